//! How to reach the vendor, and as whom: the lines of both APIs and the table `auth`.

use super::{BYTES_MAX, Check, Maybe, WrittenAuth, WrittenKind, WrittenSource};
use crate::settings::SecretPlace;
use crate::sources::{Access, BURST_MAX, LOGIN_URL, OUTSTANDING_MAX, REQUESTS_PER_MINUTE_MAX};
use std::path::PathBuf;
use toml::Spanned;

impl Check<'_> {
    pub(super) fn access(&mut self, source: &mut WrittenSource, url: &str) -> Option<Access> {
        let auth = source.auth.take();
        if auth.is_none() {
            let help = "write a table auth with client_id and client_secret";
            self.fault(&source.kind.span(), "`auth` is missing", help);
        }
        let auth = auth?;
        let is_insights = *source.kind.get_ref() == WrittenKind::Insights;
        let mut access = self.auth(auth, is_insights)?;
        if let Some(other) = source.url.take() {
            access.url = other.into_inner();
        } else {
            url.clone_into(&mut access.url);
        }
        let networks = source.allowed_networks.take();
        access.allowed_networks = networks.map(Spanned::into_inner).unwrap_or_default();
        let roots = source.roots_file.take();
        access.roots_file = roots.map(|file| self.beside.join(file.into_inner()));
        let sustained = source.requests_per_minute.take();
        access.requests_per_minute =
            self.at_most(sustained, "requests_per_minute", REQUESTS_PER_MINUTE_MAX);
        access.burst = self.at_most(source.burst.take(), "burst", BURST_MAX);
        if source.outstanding_max.is_some() {
            let max = u32::try_from(OUTSTANDING_MAX).unwrap_or(u32::MAX);
            let outstanding = self.at_most(source.outstanding_max.take(), "outstanding_max", max);
            access.outstanding_max = outstanding as usize;
        }
        access.delete_exports = source.delete_exports.as_ref().is_some_and(|yes| *yes.get_ref());
        access.bytes_max = self.bytes(source.bytes_max.take());
        Some(access)
    }

    /// What the vendor allows is also what can be written.
    fn at_most(&mut self, written: Maybe<u32>, name: &str, max: u32) -> u32 {
        let Some(written) = written else { return max };
        if !(1..=max).contains(written.get_ref()) {
            let message = format!("`{name}` is {}", written.get_ref());
            let help = format!("write a number from 1 to {max}, which is what the vendor allows");
            self.fault(&written.span(), message, &help);
        }
        *written.get_ref()
    }

    fn auth(&mut self, auth: Spanned<WrittenAuth>, is_insights: bool) -> Option<Access> {
        let span = auth.span();
        let auth = auth.into_inner();
        let client_id = auth.client_id.map(Spanned::into_inner);
        if client_id.is_none() {
            let help = "copy it from the application's page at the vendor";
            self.fault(&span, "`client_id` is missing", help);
        }
        let client_secret = self.secret(auth.client_secret, "client_secret");
        let refresh_token = self.token_file(auth.refresh_token);
        if let Some(personal) = auth.personal_token.as_ref().filter(|_| !is_insights) {
            let message = "`personal_token` means nothing for this kind of source";
            self.fault(&personal.span(), message, "leave it out, or change the kind");
        }
        let personal_token = self.secret(auth.personal_token, "personal_token");
        if client_secret == Some(None) && refresh_token == Some(None) {
            let help = "name the file or variable of the secret, or the file of a refresh token";
            self.fault(&span, "`client_secret` is missing", help);
        }
        let client_id = client_id?;
        Some(Access {
            url: String::new(),
            login_url: auth.login_url.map_or_else(|| LOGIN_URL.to_owned(), Spanned::into_inner),
            user: auth.user.map_or_else(|| client_id.clone(), Spanned::into_inner),
            client_id,
            client_secret: client_secret?,
            refresh_token: refresh_token?,
            personal_token: personal_token?,
            allowed_networks: Vec::new(),
            roots_file: None,
            requests_per_minute: REQUESTS_PER_MINUTE_MAX,
            burst: BURST_MAX,
            outstanding_max: 10,
            delete_exports: false,
            bytes_max: BYTES_MAX,
        })
    }

    /// Where a secret is. The text is not quoted: it may be the secret itself.
    fn secret(&mut self, written: Maybe<String>, name: &str) -> Option<Option<SecretPlace>> {
        let Some(written) = written else { return Some(None) };
        let place = SecretPlace::written(written.get_ref(), self.beside);
        if place.is_none() {
            let help = "write \"file:NAME\" or \"env:NAME\"; the secret itself does not stand here";
            self.fault(&written.span(), format!("`{name}` does not say where it is"), help);
        }
        place.map(Some)
    }

    /// A refresh token is rewritten at each use, so it is in a file.
    fn token_file(&mut self, written: Maybe<String>) -> Option<Option<PathBuf>> {
        let span = written.as_ref().map(Spanned::span).unwrap_or_default();
        match self.secret(written, "refresh_token")? {
            None => Some(None),
            Some(SecretPlace::File(file)) => Some(Some(PathBuf::from(file))),
            Some(SecretPlace::Variable(_)) => {
                let help = "write \"file:NAME\": the vendor changes the token at each use";
                self.fault(&span, "`refresh_token` is in a variable", help);
                None
            }
        }
    }
}
