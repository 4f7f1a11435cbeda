//! `faregate key` and `faregate sign-in`: ways in.

use crate::ambient::{SystemSecrets, WallClock};
use crate::cli::{Key, KeyRole, SignIn};
use crate::fault::Fault;
use crate::say;
use crate::{estate, output};
use faregate_app::access::{Access, Kind, LINK_SECONDS, Role};
use faregate_app::ports::Clock;
use faregate_store::directory::DataDirectory;
use serde_json::json;
use std::path::Path;

pub(crate) fn make_key(path: &Path, args: &Key, as_json: bool) -> Result<(), Fault> {
    let role = match args.role {
        KeyRole::Viewer => Role::Viewer,
        KeyRole::Workstation => Role::Workstation,
        KeyRole::Administrator => Role::Administrator,
    };
    let key = access(path)?.issue(Kind::Key, &args.name, role, None)?;
    if as_json {
        return output::json(&json!({ "key": key, "name": args.name, "role": role.key() }));
    }
    say!("{key}");
    eprintln!("a key for a {}; it is shown only now", role.key());
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

fn access(path: &Path) -> Result<Access, Fault> {
    // A store that is damaged, or of a newer release, keeps what it has: reading it finds that out.
    estate::refuse_empty(path)?;
    DataDirectory::read(path)?;
    let credentials = DataDirectory::credentials_beside(path)?;
    Ok(Access::load(Box::new(credentials), Box::new(SystemSecrets))?)
}
