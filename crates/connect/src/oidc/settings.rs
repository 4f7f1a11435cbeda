//! What the operator says of signing in: `sign-in.toml`.
//!
//! ```toml
//! url = "https://faregate.acme.example"   # where people reach the pages
//! issuer = "https://id.acme.example"
//! client_id = "faregate"
//! secret = "file:oidc.secret"             # or "env:OIDC_SECRET"; left out for a public client
//! label = "Acme"                          # what people call it
//! scopes = ["profile", "email"]           # asked for besides `openid`
//! name = "preferred_username"             # the claim that names the person
//! groups = "groups"                       # the claim that names their groups
//! default_role = "member"                 # of those who have no role by a group or an account
//! unknown_people = false                  # whether those come in whom nobody knows here
//!
//! [roles]                                 # which groups give which roles
//! "licence managers" = "licence-manager"
//! ```

use crate::settings::{SecretPlace, SettingsFault};
use faregate_app::access::Role;
use faregate_app::oidc::Admission;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;

/// What the operator says of an identity provider, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where people reach the pages, without a slash at its end.
    pub url: String,
    /// Who the provider says that it is.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// Where our secret is; public clients have none.
    pub secret: Option<SecretPlace>,
    /// What people call it.
    pub label: String,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that names the person.
    pub name_claim: String,
    /// The claim that names their groups.
    pub groups_claim: String,
    /// Who comes in, and as what.
    pub admission: Admission,
    /// Networks that are allowed though they are not public.
    pub allowed_networks: Vec<String>,
    /// A file of certificates to trust instead of the public ones, in PEM.
    pub roots_file: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    url: Spanned<String>,
    issuer: Spanned<String>,
    client_id: Spanned<String>,
    secret: Option<Spanned<String>>,
    label: Option<String>,
    scopes: Option<Vec<String>>,
    name: Option<String>,
    groups: Option<String>,
    default_role: Option<Spanned<String>>,
    #[serde(default)]
    unknown_people: bool,
    #[serde(default)]
    roles: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    allowed_networks: Vec<String>,
    roots_file: Option<String>,
}

impl Settings {
    /// Reads and checks settings.
    ///
    /// # Errors
    /// The first fault. No message quotes a line, should a secret stand there.
    pub fn parse(text: &str) -> Result<Self, SettingsFault> {
        let written: Written = toml::from_str(text)
            .map_err(|error| SettingsFault::unread(text, &error, "see the guide on signing in"))?;
        let at = |span: Range<usize>, message: String, help: &str| {
            SettingsFault::at(text, &span, message, help)
        };
        let address = |written: &Spanned<String>| {
            let url = written.get_ref().trim_end_matches('/');
            let is_one = url.starts_with("https://") || url.starts_with("http://");
            let help = "write an address such as https://faregate.acme.example";
            let message = || format!("`{url}` is no address");
            // An issuer is compared letter by letter, so it stays as it is written.
            if is_one { Ok(url.to_owned()) } else { Err(at(written.span(), message(), help)) }
        };
        let role = |written: &Spanned<String>| {
            let key = written.get_ref();
            let role = Role::from_key(key).filter(|role| !role.is_machine());
            let help = "name a role of people, as `faregate rights` prints them";
            role.ok_or_else(|| at(written.span(), format!("`{key}` is no role of people"), help))
        };
        let secret = |written: &Spanned<String>| {
            let place = SecretPlace::written(written.get_ref(), Path::new(""));
            let help = "say where the secret is: `file:NAME` or `env:NAME`";
            place.ok_or_else(|| at(written.span(), "no secret stands here".to_owned(), help))
        };
        let url = address(&written.url)?;
        address(&written.issuer)?;
        if written.client_id.get_ref().trim().is_empty() {
            let help = "take it from the provider's page of this application";
            return Err(at(written.client_id.span(), "`client_id` is empty".to_owned(), help));
        }
        let roles = written.roles.iter().map(|(group, key)| Ok((group.clone(), role(key)?)));
        let admission = Admission {
            roles: roles.collect::<Result<_, SettingsFault>>()?,
            default_role: written.default_role.as_ref().map(role).transpose()?,
            unknown_people: written.unknown_people,
        };
        let or = |given: Option<String>, default: &str| given.unwrap_or(default.to_owned());
        Ok(Self {
            url,
            secret: written.secret.as_ref().map(secret).transpose()?,
            label: or(written.label, "single sign-on"),
            issuer: written.issuer.into_inner(),
            client_id: written.client_id.into_inner(),
            scopes: written.scopes.unwrap_or(vec!["profile".to_owned(), "email".to_owned()]),
            name_claim: or(written.name, "preferred_username"),
            groups_claim: or(written.groups, "groups"),
            admission,
            allowed_networks: written.allowed_networks,
            roots_file: written.roots_file,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str =
        "url = \"https://f.example/\"\nissuer = \"https://id.example/\"\nclient_id = \"f\"\n";

    #[test]
    fn what_is_left_out_has_a_default() {
        let read = Settings::parse(LEAST).unwrap();
        assert_eq!(
            (read.url.as_str(), read.issuer.as_str()),
            ("https://f.example", "https://id.example/")
        );
        assert_eq!(
            (read.name_claim.as_str(), read.groups_claim.as_str()),
            ("preferred_username", "groups")
        );
        assert_eq!((read.secret, read.admission), (None, Admission::default()));
    }

    #[test]
    fn faults_have_their_line() {
        let table = [
            ("", "line 1: missing field `url`"),
            ("colour = 1", "line 4: unknown field `colour`"),
            ("secret = \"hunter2\"", "line 4: no secret stands here"),
            ("default_role = \"emperor\"", "line 4: `emperor` is no role of people"),
            (
                "[roles]\n\"x\" = \"viewer\"\n\"y\" = \"collector\"",
                "line 6: `collector` is no role",
            ),
            ("unknown_people = 3", "line 4: invalid type"),
        ];
        for (more, expected) in table {
            let text = if more.is_empty() { String::new() } else { format!("{LEAST}{more}\n") };
            let told = Settings::parse(&text).unwrap_err().to_string();
            assert!(told.starts_with(expected), "{more}: {told}");
            assert!(!told.contains("hunter2"), "{told}");
        }
        let told = Settings::parse(&LEAST.replace("https://f", "ftp://f")).unwrap_err().to_string();
        assert!(told.starts_with("line 1: `ftp://f.example` is no address"), "{told}");
    }
}
