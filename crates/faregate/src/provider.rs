//! The identity provider of a data directory, as its `sign-in.toml` says.

use crate::ambient;
use crate::declared::{self, Help};
use crate::fault::{Code, Fault};
use faregate_app::oidc::IdentityProvider;
use faregate_connect::oidc::Provider;
use faregate_connect::oidc::settings::Settings;
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

/// The file in the data directory.
const NAME: &str = "sign-in.toml";
const HELP: Help = Help {
    unread: "put the file right, as the guide on signing in shows, or take it away",
    faulty: "correct the file and try again, or take it away",
};

/// The provider, if there is one. Nothing is asked of it yet: a server starts while its provider is away.
pub(crate) fn read(directory: &Path) -> Result<Option<Arc<dyn IdentityProvider>>, Fault> {
    let file = directory.join(NAME);
    let fault = |why: &dyn Display, help: &str| {
        Fault::new(Code::Input, format!("{}: {why}", file.display()), help)
    };
    let parse = |text: &str| Settings::parse(text).map(Some).map_err(|wrong| vec![wrong]);
    let Some(settings) = declared::read(&file, Some(None), &HELP, parse)? else { return Ok(None) };
    let secret = settings.secret.as_ref().map(|place| {
        let read = place.read(directory, ambient::variable);
        read.map_err(|why| fault(&format!("{place}: {why}"), "put the client's secret there"))
    });
    let roots = settings.roots_file.as_ref().map(|name| {
        let read = std::fs::read(directory.join(name));
        read.map_err(|why| fault(&format!("`{name}`: {why}"), "name a file of certificates in PEM"))
    });
    let provider = Provider::new(settings, secret.transpose()?, roots.transpose()?);
    Ok(Some(Arc::new(provider.map_err(|why| fault(&why, why.help()))?)))
}
