//! Which directory, and how to talk to it: the operator's settings, the secret, the pace.

use crate::ambient::{self, Monotonic};
use crate::cli::directory::Settings as Named;
use crate::declared::{self, Help};
use crate::fault::{Code, Fault};
use faregate_connect::courier::{Courier, CourierOptions};
use faregate_connect::directory::Directory;
use faregate_connect::endpoint::{Allowed, Endpoint, EndpointError, SystemResolver};
use faregate_connect::graph::{GraphAccess, GraphDirectory, GraphOptions};
use faregate_connect::plan::Plan;
use faregate_connect::scim::{ScimDirectory, ScimOptions};
use faregate_connect::secret::Secret;
use faregate_connect::settings::{GRAPH_SCOPE, Kind, SecretPlace, Settings};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HELP: Help = Help {
    unread: "write the settings, as the guide on directories shows, or name them with --settings",
    faulty: "correct the settings and try again; nothing was changed",
};

/// The settings, and the file that they stand in.
pub(super) struct Chosen {
    pub(super) settings: Settings,
    file: PathBuf,
}

impl Chosen {
    pub(super) fn read(path: &Path, named: &Named) -> Result<Self, Fault> {
        let file = named.settings.clone().unwrap_or_else(|| path.join("directory.toml"));
        let settings = declared::read(&file, None, &HELP, Settings::parse)?;
        Ok(Self { settings, file })
    }

    /// Faults of lines of the settings.
    pub(super) fn faulty(&self, faults: impl IntoIterator<Item = (usize, String)>) -> Fault {
        declared::faulty(&self.file, faults, HELP.faulty)
    }

    /// Whether a plan was made for this directory.
    pub(super) fn is_of(&self, plan: &Plan) -> Result<(), Fault> {
        let url = &self.settings.url;
        match plan.origin() {
            Some(origin) if origin.directory == *url => Ok(()),
            origin => {
                let made = origin.map_or("no directory", |origin| &origin.directory);
                let id = plan.id().short();
                let message = format!("plan {id} was made for {made}, the settings name {url}");
                let help = "name the settings that it was made with, or plan again";
                Err(Fault::new(Code::Refused, message, help))
            }
        }
    }

    pub(super) fn connect(&self) -> Result<Box<dyn Directory>, Fault> {
        let Settings { url, kind, .. } = &self.settings;
        let secret = self.secret()?;
        let pace = Arc::new(Monotonic::new());
        Ok(match kind {
            Kind::Scim(dialect) => {
                let options = ScimOptions { dialect: *dialect, ..ScimOptions::default() };
                let courier = self.courier(url, &pace)?;
                let directory = ScimDirectory::connect(courier, secret, options);
                Box::new(directory.map_err(super::unreadable)?)
            }
            Kind::Graph { tenant, client_id, login_url } => {
                let access = GraphAccess {
                    tenant: tenant.clone(),
                    client_id: client_id.clone(),
                    client_secret: secret,
                    scope: GRAPH_SCOPE.to_owned(),
                };
                let (login, api) = (self.courier(login_url, &pace)?, self.courier(url, &pace)?);
                Box::new(GraphDirectory::new(login, api, access, GraphOptions::default()))
            }
        })
    }

    fn courier(&self, url: &str, pace: &Arc<Monotonic>) -> Result<Courier, Fault> {
        let unusable = |why: EndpointError| self.fault(&why, why.help());
        let networks = self.settings.allowed_networks.iter().map(String::as_str);
        let allowed = Allowed::new(networks).map_err(unusable)?;
        let endpoint = Endpoint::new(url, &SystemResolver, &allowed).map_err(unusable)?;
        let roots = self.settings.roots_file.as_ref().map(|name| {
            let help = "name a file of certificates in PEM";
            std::fs::read(self.beside(name))
                .map_err(|why| self.fault(&format!("roots_file `{name}`: {why}"), help))
        });
        let options = CourierOptions {
            per_second: self.settings.requests_per_second,
            burst: self.settings.requests_per_second,
            roots: roots.transpose()?,
            seed: ambient::fresh_seed(),
            ..CourierOptions::default()
        };
        let courier = Courier::new(endpoint, pace.clone(), options);
        courier.map_err(|why| self.fault(&why, "name a file of certificates in PEM"))
    }

    fn secret(&self) -> Result<Secret, Fault> {
        let place = &self.settings.secret;
        let beside = self.file.parent().unwrap_or(Path::new(""));
        place.read(beside, ambient::variable).map_err(|why| {
            let what = match place {
                SecretPlace::File(name) => format!("secret_file `{name}`"),
                SecretPlace::Variable(name) => format!("variable `{name}`"),
            };
            let help = "put the bearer token, or the application's secret, there";
            self.fault(&format!("there is no secret in {what}: {why}"), help)
        })
    }

    /// A file that the settings name: a relative path is relative to them.
    fn beside(&self, name: &str) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(name)
    }

    fn fault(&self, why: &dyn Display, help: &str) -> Fault {
        Fault::new(Code::Input, format!("{}: {why}", self.file.display()), help)
    }
}
