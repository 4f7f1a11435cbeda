//! Where a secret is: never in the settings themselves.

use crate::secret::Secret;
use std::fmt;
use std::io;
use std::path::Path;

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// In a file; a relative path is relative to the settings.
    File(String),
    /// In an environment variable of this name.
    Variable(String),
}

/// Why there is no secret at its place.
#[derive(Debug, thiserror::Error)]
pub enum NoSecret {
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(io::Error),
    /// There is no such variable.
    #[error("it is not set")]
    Unset,
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
}

impl SecretPlace {
    /// The place that `file:NAME` or `env:NAME` means; a relative path is relative to `beside`. Nothing, where the text
    /// means neither: it is not to be quoted, for it may be the secret itself.
    #[must_use]
    pub fn written(text: &str, beside: &Path) -> Option<Self> {
        match text.split_once(':')? {
            ("file", file) if !file.is_empty() => {
                Some(Self::File(beside.join(file).to_string_lossy().into_owned()))
            }
            ("env", name) if !name.is_empty() => Some(Self::Variable(name.to_owned())),
            _ => None,
        }
    }

    /// The secret that is there now; a relative path is relative to `beside`.
    ///
    /// # Errors
    /// [`NoSecret`].
    pub fn read(
        &self,
        beside: &Path,
        variable: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Secret, NoSecret> {
        let text = match self {
            Self::File(name) => {
                std::fs::read_to_string(beside.join(name)).map_err(NoSecret::Unreadable)?
            }
            Self::Variable(name) => variable(name).ok_or(NoSecret::Unset)?,
        };
        if text.trim().is_empty() { Err(NoSecret::Empty) } else { Ok(Secret::new(&text)) }
    }
}

impl fmt::Display for SecretPlace {
    /// As the operator writes it: `file:NAME` or `env:NAME`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "file:{file}"),
            Self::Variable(name) => write!(f, "env:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_and_a_secret_is_not() {
        let check = |text: &str, expected: Option<&str>| {
            let found = SecretPlace::written(text, Path::new("/etc"));
            assert_eq!(found.map(|place| place.to_string()).as_deref(), expected, "{text}");
        };
        check("file:oidc.secret", Some("file:/etc/oidc.secret"));
        check("file:/run/oidc.secret", Some("file:/run/oidc.secret"));
        check("env:OIDC_SECRET", Some("env:OIDC_SECRET"));
        for text in ["hunter2", "file:", "env:", "", ":", "vault:x"] {
            check(text, None);
        }
    }

    #[test]
    fn a_secret_is_read_or_it_is_said_why_not() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("full"), " canary-7 \n").unwrap();
        std::fs::write(directory.path().join("blank"), " \n").unwrap();
        let variable = |name: &str| match name {
            "FULL" => Some("canary-7".to_owned()),
            "BLANK" => Some(String::new()),
            _ => None,
        };
        let check = |place: SecretPlace, expected: Result<(), &str>| {
            let found = place.read(directory.path(), variable).map_err(|why| why.to_string());
            let said = found.map(|secret| assert_eq!(secret, Secret::new("canary-7")));
            assert_eq!(said, expected.map_err(str::to_owned), "{place}");
        };
        let file = |name: &str| SecretPlace::File(name.to_owned());
        let env = |name: &str| SecretPlace::Variable(name.to_owned());
        check(file("full"), Ok(()));
        check(file("blank"), Err("it is empty"));
        check(file("none"), Err("No such file or directory (os error 2)"));
        check(env("FULL"), Ok(()));
        check(env("BLANK"), Err("it is empty"));
        check(env("NONE"), Err("it is not set"));
    }
}
