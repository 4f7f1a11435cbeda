//! A device becomes known to a server, with a one-time code from whoever runs it.

use crate::ambient;
use crate::client::{Client, Seal, address};
use crate::home::{Device, Fault, Home, public};
use crate::machine::Reply;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use faregate_protocol::SigningKey;
use faregate_protocol::signature::NEW_DEVICE;
use faregate_protocol::wire::{Enrol, Enrolled};
use std::cell::RefCell;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(15);

/// Enrols this device; its id.
///
/// The key is on the disk before the server hears of it, so that an answer that got lost is asked for again.
///
/// # Errors
/// Exit code 2: the address or the certificates are wrong; 4: the server cannot be reached; 5: it refuses.
pub fn enrol(
    home: &Home,
    server: &str,
    code: &str,
    certificates: Option<&[u8]>,
) -> Result<String, Fault> {
    let server = address(server)?;
    home.make()?;
    let _lock = home.lock()?;
    let key = match home.key()? {
        Some(key) => key,
        None => {
            let key = SigningKey::from_bytes(&ambient::chance());
            home.keep_key(&key)?;
            key
        }
    };
    let client = Client::new(&server, certificates, (key.clone(), NEW_DEVICE), TIMEOUT)?;
    let enrolled = ask(&client, &request(code, &key))?;
    if public(&enrolled.server_key).is_none() {
        let help = "is this a Faregate server? look at the address";
        return Err(Fault::new("the server's key cannot be read", help).with_code(5));
    }
    if let Some(pem) = certificates {
        home.replace("ca.pem", pem)?;
    }
    let (device, server_key) = (enrolled.device, enrolled.server_key);
    home.keep_device(&Device { server, device: device.clone(), server_key })?;
    Ok(device)
}

fn request(code: &str, key: &SigningKey) -> Enrol {
    Enrol {
        code: code.trim().to_owned(),
        name: ambient::machine_name(),
        public_key: STANDARD.encode(key.verifying_key().to_bytes()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        system: std::env::consts::OS.to_owned(),
    }
}

/// A device that does not know the time yet is told it, and asks once more.
fn ask(client: &Client, request: &Enrol) -> Result<Enrolled, Fault> {
    let mut created = ambient::wall();
    for again in [false, true] {
        let enrolled = RefCell::new(None);
        let seal = Seal { created, nonce: ambient::chance() };
        let reply = client.post("enrol", request, seal, |said: Enrolled| {
            *enrolled.borrow_mut() = Some(said);
            Reply::Rules(String::new())
        });
        match (reply, enrolled.into_inner()) {
            (_, Some(enrolled)) => return Ok(enrolled),
            (Reply::Problem(problem), None) => match problem.now.filter(|_| !again) {
                Some(now) => created = now,
                None => return Err(Fault::new(problem.detail, problem.help).with_code(5)),
            },
            (Reply::Unavailable(why) | Reply::Unreachable(why), None) => {
                let help = "look at the address, the network and, with `--ca`, the certificates";
                let what = format!("the server cannot be reached: {why}");
                return Err(Fault::new(what, help).with_code(4));
            }
            _ => break,
        }
    }
    Err(Fault::new("the server does not say who this device is", "try it again").with_code(5))
}
