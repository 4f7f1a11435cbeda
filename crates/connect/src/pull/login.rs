//! Access tokens of the vendor: of an application alone, or of a person who signed in once.
//!
//! A refresh token is good for one use: the vendor answers with the next one, which has to be on the
//! disk before anything else is done. If the machine dies between that answer and our writing, the
//! person has to sign in again; nothing on our side can prevent that.

use super::PullError;
use crate::courier::{Call, Courier, encoded};
use crate::disk;
use crate::secret::Secret;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::http::Method;

const FORM: &str = "application/x-www-form-urlencoded";
/// A token is renewed this long before it ends.
const MARGIN: Duration = Duration::from_secs(60);

/// Gets access tokens.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) courier: Courier,
    pub(super) client_id: String,
    pub(super) client_secret: Option<Secret>,
    /// Whose file holds the refresh token, when a person signed in.
    pub(super) refresh_token: Option<PathBuf>,
    pub(super) scope: &'static str,
    pub(super) token: Option<(Secret, Duration)>,
}

impl Login {
    /// A token, renewed when it is about to end.
    pub(super) fn token(&mut self) -> Result<Secret, PullError> {
        let now = self.courier.now();
        if let Some((token, until)) = &self.token
            && now < *until
        {
            return Ok(token.clone());
        }
        let answer = match self.refresh_token.clone() {
            None => {
                self.ask(&[("grant_type", "client_credentials"), ("scope", self.scope)], &[])?
            }
            Some(file) => self.refresh(&file)?,
        };
        let token = text(&answer, "access_token").map(Secret::new);
        let token = token.ok_or_else(|| PullError::not_understood("no `access_token`"))?;
        let seconds = answer.get("expires_in").and_then(Value::as_u64).unwrap_or(0);
        let lives = Duration::from_secs(seconds).saturating_sub(MARGIN);
        self.token = Some((token.clone(), now.saturating_add(lives)));
        Ok(token)
    }

    /// The token is no longer good, whatever was said of its end.
    pub(super) fn forget(&mut self) {
        self.token = None;
    }

    fn refresh(&mut self, file: &Path) -> Result<Value, PullError> {
        let at = |why| PullError::disk(file, why);
        let mut lock = file.as_os_str().to_owned();
        lock.push(".lock");
        // Two sources may share one person's token, and each use of it makes the one before worthless.
        let _lock = disk::lock(Path::new(&lock)).map_err(at)?;
        let known = read_token(file)?;
        // What could not be written is found out before this one is spent.
        disk::replace(file, format!("{}\n", known.expose()).as_bytes()).map_err(at)?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", known.expose())];
        let answer = self.ask(&form, &[&known])?;
        if let Some(next) = text(&answer, "refresh_token") {
            disk::replace(file, format!("{next}\n").as_bytes()).map_err(at)?;
        }
        Ok(answer)
    }

    fn ask(&mut self, form: &[(&str, &str)], secrets: &[&Secret]) -> Result<Value, PullError> {
        let mut body = format!("client_id={}", encoded(&self.client_id));
        let own = self.client_secret.as_ref();
        let secret = own.map(|secret| ("client_secret", secret.expose()));
        for (name, value) in form.iter().copied().chain(secret) {
            body += &format!("&{name}={}", encoded(value));
        }
        let call = Call {
            method: Method::POST,
            path: "/token",
            body: Some((FORM, body)),
            secrets: secrets.iter().copied().chain(own).collect(),
            ..Call::default()
        };
        let answer = self.courier.send(&call)?;
        match answer.status {
            200..=299 => Ok(answer.json),
            // The vendor's own trouble is no reason to renew a secret.
            500.. => Err(PullError::Away { words: answer.words }),
            _ => Err(PullError::SignIn { words: answer.words }),
        }
    }
}

fn text<'a>(answer: &'a Value, name: &str) -> Option<&'a str> {
    answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn read_token(file: &Path) -> Result<Secret, PullError> {
    let text = std::fs::read_to_string(file).map_err(|why| PullError::disk(file, why))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(file).map_err(|why| PullError::disk(file, why))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(PullError::OpenToOthers(file.display().to_string()));
        }
    }
    match text.trim() {
        "" => Err(PullError::NoSecret { place: format!("`{}`", file.display()) }),
        token => Ok(Secret::new(token)),
    }
}
