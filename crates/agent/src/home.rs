//! The agent's directory: who this device is, whom it believes, and what the operator set.
//!
//! | file | what |
//! |---|---|
//! | `device.json` | the server, this device's id, the server's key |
//! | `device.key` | this device's secret key, for its owner alone |
//! | `ca.pem` | certificates to trust instead of the public ones |
//! | `agent.toml` | settings, if there are any |
//! | `memory` | what must not be forgotten ([`crate::book`]) |
//! | `orders/` | leases fetched or given back by the command line, for the agent that runs |
//! | `status.json`, `agent.log`, `lock` | how it is, what it did, that it runs |

use crate::book;
use crate::machine::{Identity, Waits};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::fmt;
use faregate_protocol::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Something failed: what, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What failed.
    pub what: String,
    /// What to do about it.
    pub help: String,
    /// With what the program ends.
    pub code: u8,
}

impl Fault {
    /// Something that is nobody's fault in particular: 1.
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into(), code: 1 }
    }

    /// The same with another exit code.
    #[must_use]
    pub fn with_code(self, code: u8) -> Self {
        Self { code, ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  help: {}", self.what, self.help)
    }
}

/// The directory.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

/// What enrolment left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Device {
    /// Where the server is: `https://licences.example.com`.
    pub server: String,
    /// This device's id.
    pub device: String,
    /// The server's public key, base64.
    pub server_key: String,
}

/// What the operator may set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What opens an address in the person's browser: a command, to which the address is added. Needed where the
    /// agent runs as a service; otherwise the system's.
    pub opener: Option<Vec<String>>,
    /// For tests: waits that nobody should change.
    pub test: TestSettings,
}

/// Waits that only tests change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TestSettings {
    /// How often processes are looked at; 2,000.
    pub poll_millis: Option<u64>,
    /// See [`Waits::try_millis`].
    pub try_millis: Option<u64>,
    /// See [`Waits::retry_millis`].
    pub retry_millis: Option<u64>,
    /// See [`Waits::answer_seconds`].
    pub answer_seconds: Option<u64>,
    /// See [`Waits::heartbeat_seconds`].
    pub heartbeat_seconds: Option<u64>,
    /// Answers by rule with `--no-ui`, from this file; see [`crate::prompt::rule`].
    pub answers: Option<PathBuf>,
    /// How long one request may take; 4,500.
    pub request_millis: Option<u64>,
}

impl TestSettings {
    /// The waits of the decision core.
    #[must_use]
    pub fn waits(&self) -> Waits {
        let usual = Waits::default();
        Waits {
            try_millis: self.try_millis.unwrap_or(usual.try_millis),
            retry_millis: self.retry_millis.unwrap_or(usual.retry_millis),
            answer_seconds: self.answer_seconds.unwrap_or(usual.answer_seconds),
            heartbeat_seconds: self.heartbeat_seconds,
        }
    }
}

impl Home {
    /// The directory, which need not exist.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self(directory)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The directory of orders.
    #[must_use]
    pub fn orders(&self) -> PathBuf {
        self.0.join("orders")
    }

    /// Makes the directory, closed to others.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make(&self) -> Result<(), Fault> {
        let made = fs::create_dir_all(self.orders());
        #[cfg(unix)]
        let made = made.and_then(|()| {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            fs::set_permissions(&self.0, mode)
        });
        made.map_err(|error| self.fault("cannot be made", &error))
    }

    /// Who this device is.
    ///
    /// # Errors
    /// It was not enrolled (exit code 3), or its files cannot be read.
    pub fn device(&self) -> Result<(Device, SigningKey, Identity), Fault> {
        let text = fs::read_to_string(self.0.join("device.json"));
        let text = text.map_err(|error| match error.kind() {
            ErrorKind::NotFound => self.not_enrolled(),
            _ => self.fault("cannot be read", &error),
        })?;
        let device: Device = serde_json::from_str(&text).map_err(|_| self.broken("device.json"))?;
        let key = self.key()?.ok_or_else(|| self.not_enrolled())?;
        let server_key = public(&device.server_key).ok_or_else(|| self.broken("device.json"))?;
        let identity = Identity { device: device.device.clone(), server_key };
        Ok((device, key, identity))
    }

    /// This device's key, if it has one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn key(&self) -> Result<Option<SigningKey>, Fault> {
        match fs::read_to_string(self.0.join("device.key")) {
            Ok(text) => {
                let bytes = STANDARD.decode(text.trim()).ok();
                let seed = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
                seed.map(|seed| Some(SigningKey::from_bytes(&seed)))
                    .ok_or_else(|| self.broken("device.key"))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.fault("cannot be read", &error)),
        }
    }

    /// Keeps the key, before anybody hears of it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep_key(&self, key: &SigningKey) -> Result<(), Fault> {
        self.replace("device.key", STANDARD.encode(key.to_bytes()).as_bytes())
    }

    /// Keeps what enrolment left.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep_device(&self, device: &Device) -> Result<(), Fault> {
        let text = serde_json::to_vec_pretty(device).unwrap_or_default();
        self.replace("device.json", &text)
    }

    /// Certificates to trust instead of the public ones.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn certificates(&self) -> Result<Option<Vec<u8>>, Fault> {
        match fs::read(self.0.join("ca.pem")) {
            Ok(pem) => Ok(Some(pem)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.fault("cannot be read", &error)),
        }
    }

    /// What the operator set.
    ///
    /// # Errors
    /// The file says something that cannot be understood (exit code 2).
    pub fn settings(&self) -> Result<Settings, Fault> {
        let path = self.0.join("agent.toml");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Settings::default()),
            Err(error) => return Err(self.fault("cannot be read", &error)),
        };
        toml::from_str(&text).map_err(|error| {
            let what = format!("{}: {}", path.display(), error.to_string().trim());
            Fault::new(what, "correct the line, or remove it").with_code(2)
        })
    }

    /// Puts a file in its place, whole.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        book::replace(&self.0.join(name), bytes)
            .map_err(|error| self.fault("cannot be written", &error))
    }

    /// The one agent of this directory: as long as the file is held.
    ///
    /// # Errors
    /// Another one runs.
    pub fn lock(&self) -> Result<File, Fault> {
        let file = File::options().create(true).append(true).open(self.0.join("lock"));
        let file = file.map_err(|error| self.fault("cannot be written", &error))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(_) => Err(Fault::new(
                format!("an agent runs already in {}", self.0.display()),
                "stop it first, or give another directory with `--state`",
            )),
        }
    }

    /// Whether an agent runs in this directory.
    #[must_use]
    pub fn is_run(&self) -> bool {
        let file = File::options().append(true).open(self.0.join("lock"));
        file.is_ok_and(|file| file.try_lock().is_err())
    }

    pub(crate) fn fault(&self, what: &str, error: &io::Error) -> Fault {
        let help = match error.kind() {
            ErrorKind::PermissionDenied => {
                "run it as the account that the agent runs under, or give another directory with `--state`"
            }
            _ => "see that the disk has room and the directory exists",
        };
        Fault::new(format!("{} {what}: {error}", self.0.display()), help)
    }

    fn not_enrolled(&self) -> Fault {
        let what = format!("this device is not enrolled (nothing in {})", self.0.display());
        let help = "get a code from whoever runs the licences: `faregate-agent enrol --server URL`";
        Fault::new(what, help).with_code(3)
    }

    fn broken(&self, name: &str) -> Fault {
        let what = format!("{} is damaged", self.0.join(name).display());
        Fault::new(what, "remove it and enrol the device again with a fresh code").with_code(3)
    }
}

/// A public key in base64.
#[must_use]
pub fn public(text: &str) -> Option<VerifyingKey> {
    let bytes: [u8; 32] = STANDARD.decode(text.trim()).ok()?.try_into().ok()?;
    VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak())
}
