//! What somebody who wants to open a product says.

use crate::Server;
use crate::origin::Origin;
use crate::problem::Problem;
use crate::retry::Asked;
use axum::http::StatusCode;
use faregate_app::gate::OpenRequest;
use faregate_core::estate::Evidence;
use faregate_core::event::{self, Ask, Circumstances};
use serde::Deserialize;
use std::net::IpAddr;
use utoipa::ToSchema;

/// The longest name in a request.
const NAME_MAX: usize = 256;

/// A fare that somebody insists on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fare {
    /// A seat that they hold.
    Seat,
    /// A seat that nobody holds.
    FreeSeat,
    /// Tokens of a bucket.
    Tokens,
}

/// Somebody wants to open a product.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// Any alias of the person: key, login, e-mail, FlexNet user name.
    #[schema(max_length = 256)]
    pub person: String,
    /// Key of the product.
    #[schema(max_length = 256)]
    pub product: String,
    /// Name of the workstation.
    #[schema(max_length = 256)]
    pub host: String,
    /// Key of the bucket that shall pay; the person's own by default.
    #[schema(max_length = 256)]
    pub bucket: Option<String>,
    /// Version of the product, as it names itself.
    #[schema(max_length = 256)]
    pub version: Option<String>,
    /// Key of the site that the workstation takes itself to be at.
    #[schema(max_length = 256)]
    pub site: Option<String>,
    /// The workstation's own address, where it differs from the one that the server sees. It counts for no more
    /// than `site`: what is reported, not what is known.
    #[schema(max_length = 64)]
    pub address: Option<String>,
    /// The only fare that will do; whatever is cheapest by default.
    pub fare: Option<Fare>,
    /// Yes to what `confirmation-needed` asked.
    #[serde(default)]
    pub confirm: bool,
}

/// One open of a batch, with its own idempotency key.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyedOpen {
    /// Names the request for ever.
    #[schema(min_length = 1, max_length = 128)]
    key: String,
    /// Any alias of the person.
    #[schema(max_length = 256)]
    person: String,
    /// Key of the product.
    #[schema(max_length = 256)]
    product: String,
    /// Name of the workstation.
    #[schema(max_length = 256)]
    host: String,
    /// Key of the bucket that shall pay.
    #[schema(max_length = 256)]
    bucket: Option<String>,
    /// Version of the product, as it names itself.
    #[schema(max_length = 256)]
    version: Option<String>,
    /// Key of the site that the workstation takes itself to be at.
    #[schema(max_length = 256)]
    site: Option<String>,
    /// The workstation's own address, where it differs from the one that the server sees.
    #[schema(max_length = 64)]
    address: Option<String>,
    /// The only fare that will do.
    fare: Option<Fare>,
    /// Yes to what `confirmation-needed` asked.
    #[serde(default)]
    confirm: bool,
}

impl KeyedOpen {
    /// The key, and what is asked under it.
    #[must_use]
    pub fn split(self) -> (String, Open) {
        let Self { key, person, product, host, bucket, version, site, address, fare, confirm } =
            self;
        (key, Open { person, product, host, bucket, version, site, address, fare, confirm })
    }
}

impl From<Fare> for event::Fare {
    fn from(fare: Fare) -> Self {
        match fare {
            Fare::Seat => Self::Seat,
            Fare::FreeSeat => Self::FreeSeat,
            Fare::Tokens => Self::Tokens,
        }
    }
}

impl Open {
    /// The question under its key, as the gate is asked it.
    pub(crate) fn under(
        self,
        key: String,
        server: &Server,
        origin: Origin,
    ) -> Result<Asked, Problem> {
        let located = self.site.is_none() && self.address.is_some();
        let ask = self.into_ask(server, origin)?;
        Ok(Asked { request: OpenRequest { key, ask }, located })
    }

    /// The question for the gate, with what the server knows of where it comes from.
    pub(crate) fn into_ask(self, server: &Server, origin: Origin) -> Result<Ask, Problem> {
        self.has_fair_lengths()?;
        let reported = self.address.as_deref().map(address).transpose()?;
        let Self { person, product, host, bucket, version, site, fare, confirm, .. } = self;
        let evidence = Evidence {
            address: origin.0,
            country: origin.0.and_then(|address| server.atlas.country(address)),
            // Said in so many words it comes first; an address only tells of a site's network.
            site: site.or_else(|| reported.and_then(|address| site_with(server, address))),
        };
        let fare = fare.map(event::Fare::from);
        let more = Circumstances { version, evidence, fare, confirmed: confirm, agent: None };
        Ok(Ask { person, product, host, bucket, more })
    }

    fn has_fair_lengths(&self) -> Result<(), Problem> {
        let named = [&self.person, &self.product, &self.host].into_iter();
        let optional = [&self.bucket, &self.version, &self.site].into_iter().flatten();
        if named.chain(optional).any(|name| name.len() > NAME_MAX) {
            let detail = "a name of more than 256 bytes";
            return Err(Problem::bad_request("name-too-long", detail, "shorten it"));
        }
        Ok(())
    }
}

fn address(text: &str) -> Result<IpAddr, Problem> {
    text.parse().map_err(|_| {
        let help = "write an IPv4 or IPv6 address, for example 10.20.3.4";
        let detail = format!("`{text}` is no address");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-address", detail, help)
    })
}

/// The key of the site that has the address among its networks.
fn site_with(server: &Server, address: IpAddr) -> Option<String> {
    let state = server.gate.state().read();
    let evidence = Evidence { address: Some(address), ..Evidence::default() };
    let site = state.estate().locate(&evidence).site?;
    state.estate().site(site).map(|site| site.key.clone())
}
