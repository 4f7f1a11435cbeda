//! The identity provider of a data directory, as its `sign-in.toml` says.

use crate::ambient;
use crate::fault::{Code, Fault};
use faregate_app::oidc::IdentityProvider;
use faregate_connect::oidc::Provider;
use faregate_connect::oidc::settings::Settings;
use faregate_connect::secret::Secret;
use faregate_connect::settings::SecretPlace;
use std::fmt::Display;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

/// The file in the data directory.
const NAME: &str = "sign-in.toml";

/// The provider, if there is one. Nothing is asked of it yet: a server starts while its provider is away.
pub(crate) fn read(directory: &Path) -> Result<Option<Arc<dyn IdentityProvider>>, Fault> {
    let file = directory.join(NAME);
    let fault = |why: &dyn Display, help: &str| {
        Fault::new(Code::Input, format!("{}: {why}", file.display()), help)
    };
    let help = "put the file right, as the guide on signing in shows, or take it away";
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(fault(&why, help)),
    };
    let settings = Settings::parse(&text).map_err(|wrong| {
        let message = format!("{}:{}: {}", file.display(), wrong.line, wrong.message);
        Fault::new(Code::Input, message, wrong.help)
    })?;
    let secret = settings.secret.as_ref().map(|place| {
        let text = match place {
            SecretPlace::File(name) => {
                std::fs::read_to_string(directory.join(name)).map_err(|why| {
                    fault(&format!("{place}: {why}"), "put the client's secret there")
                })?
            }
            SecretPlace::Variable(name) => ambient::variable(name).unwrap_or_default(),
        };
        let is_one = !text.trim().is_empty();
        let missing = || fault(&format!("{place}: it is empty"), "put the client's secret there");
        is_one.then(|| Secret::new(&text)).ok_or_else(missing)
    });
    let roots = settings.roots_file.as_ref().map(|name| {
        let read = std::fs::read(directory.join(name));
        read.map_err(|why| fault(&format!("`{name}`: {why}"), "name a file of certificates in PEM"))
    });
    let provider = Provider::new(settings, secret.transpose()?, roots.transpose()?);
    Ok(Some(Arc::new(provider.map_err(|why| fault(&why, why.help()))?)))
}
