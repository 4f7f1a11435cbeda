//! `faregate key` and `faregate sign-in`: ways in.

use crate::ambient::{SystemSecrets, WallClock};
use crate::cli::access::{Key, KeyAction, MakeKey, SignIn};
use crate::fault::{Code, Fault};
use crate::output::{self, Align};
use crate::{aside, estate, say};
use faregate_app::access::{Access, Credential, CredentialStore, Kind, LINK_SECONDS, NoKey, Role};
use faregate_app::engine::Engine;
use faregate_app::ports::Clock;
use faregate_store::credentials::SqliteCredentials;
use faregate_store::directory::DataDirectory;
use serde_json::{Value, json};
use std::path::Path;

pub(crate) fn run(path: &Path, args: &Key, as_json: bool) -> Result<(), Fault> {
    match &args.action {
        None => make(path, &args.make, as_json),
        Some(KeyAction::List) => list(path, as_json),
        Some(KeyAction::Revoke { id }) => revoke(path, id, as_json),
    }
}

fn make(path: &Path, args: &MakeKey, as_json: bool) -> Result<(), Fault> {
    let role = Role::from(args.role);
    // Read only where it matters: a journal may be long.
    let engine = (role == Role::Member).then(|| estate::read(path)).transpose()?;
    let is_person = |name: &str| {
        let known = |engine: &Engine| {
            engine.state().read().estate().person_known_as(name, WallClock.now()).is_some()
        };
        engine.as_ref().is_some_and(known)
    };
    let made = access(path)?.make_key(&args.name, role, None, is_person);
    let key = made.map_err(|why| match why {
        NoKey::Store(why) => why.into(),
        why => no_key(&args.name, &why),
    })?;
    if as_json {
        return output::json(&json!({ "key": key, "name": args.name, "role": role.key() }));
    }
    say!("{key}");
    aside!("a key for {}; it is shown only now", role.with_article());
    Ok(())
}

fn no_key(name: &str, why: &NoKey) -> Fault {
    let help = match why {
        NoKey::Nobody => {
            "a member's key bears one of their names: `--name`, as `faregate person show` prints them"
        }
        _ => "name whoever it is for with `--name`",
    };
    let message = match why {
        NoKey::Nobody => format!("nobody is called `{name}`"),
        why => why.to_string(),
    };
    Fault::new(Code::Usage, message, help)
}

/// Those in force, by name; links that nobody has followed yet are no keys.
fn in_force(path: &Path) -> Result<Vec<Credential>, Fault> {
    let now = WallClock.now();
    let mut all = credentials(path)?.all()?;
    all.retain(|one| one.kind != Kind::Link && one.expires.is_none_or(|end| now < end));
    all.sort_by(|a, b| (&a.name, a.hash).cmp(&(&b.name, b.hash)));
    Ok(all)
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Key => "key",
        Kind::Link => "link",
        Kind::SignIn => "sign-in",
        Kind::Code => "enrolment code",
        Kind::SharedCode => "shared enrolment code",
    }
}

fn list(path: &Path, as_json: bool) -> Result<(), Fault> {
    let all = in_force(path)?;
    let expires = |one: &Credential| one.expires.map(|end| end.to_string());
    if as_json {
        let row = |one: &Credential| {
            json!({
                "id": one.id(), "kind": kind(one.kind), "name": one.name, "role": one.role.key(),
                "expires": expires(one),
            })
        };
        return output::json(&all.iter().map(row).collect::<Vec<Value>>());
    }
    let row = |one: &Credential| {
        let expires = expires(one).unwrap_or("when revoked".to_owned());
        vec![
            one.id(),
            kind(one.kind).to_owned(),
            one.name.clone(),
            one.role.key().to_owned(),
            expires,
        ]
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let columns = ["id", "kind", "name", "role", "ends"].map(|name| (name, Align::Left));
    output::table(&columns, &rows, "there are no keys: `faregate key` makes one");
    Ok(())
}

fn revoke(path: &Path, wanted: &str, as_json: bool) -> Result<(), Fault> {
    let all = in_force(path)?;
    let found = all.iter().find(|one| one.id() == wanted).ok_or_else(|| {
        let help = "`faregate key list` prints the ids of all";
        Fault::new(Code::Usage, format!("there is no key `{wanted}`"), help)
    })?;
    credentials(path)?.remove(&found.hash)?;
    let (what, name) = (kind(found.kind), &found.name);
    if as_json {
        return output::json(&json!({ "id": wanted, "kind": what, "name": name, "revoked": true }));
    }
    say!("{what} {wanted} of {name} opens nothing any more");
    Ok(())
}

pub(crate) fn make_link(path: &Path, args: &SignIn, as_json: bool) -> Result<(), Fault> {
    let expires = Some(WallClock.now().plus(LINK_SECONDS));
    let token = access(path)?.issue(Kind::Link, "administrator", Role::Administrator, expires)?;
    let link = format!("{}/sign-in?token={token}", args.url.trim_end_matches('/'));
    if as_json {
        return output::json(&json!({ "sign_in": link }));
    }
    say!("{link}");
    Ok(())
}

pub(super) fn access(path: &Path) -> Result<Access, Fault> {
    Ok(Access::load(Box::new(credentials(path)?), Box::new(SystemSecrets))?)
}

/// Credentials and accounts of a data directory that a server may use.
pub(super) fn credentials(path: &Path) -> Result<SqliteCredentials, Fault> {
    // A store that is damaged, or of a newer release, keeps what it has: reading it finds that out.
    estate::refuse_empty(path)?;
    DataDirectory::read(path)?;
    Ok(DataDirectory::credentials_beside(path)?)
}
