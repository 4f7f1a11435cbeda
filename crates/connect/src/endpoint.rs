//! Where we send requests: an address that is checked once, and pinned.
//!
//! Whoever configures a directory's address could point it into the company's network, or at the
//! cloud's metadata service. So a name is resolved once, every address that it resolves to has to be
//! public or on a list, and requests go to those addresses whatever the name resolves to later.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use ureq::http::Uri;

/// Turns names into addresses.
pub trait Resolve {
    /// All addresses of a host.
    ///
    /// # Errors
    /// What the resolver says.
    fn resolve(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>>;
}

/// The machine's own resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        Ok((host, port).to_socket_addrs()?.collect())
    }
}

/// Networks that are allowed though they are not public, each as `10.1.0.0/16` or one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Vec<(IpAddr, u8)>);

impl Allowed {
    /// Reads a list of networks.
    ///
    /// # Errors
    /// [`EndpointError::BadNetwork`].
    pub fn new<'a>(networks: impl IntoIterator<Item = &'a str>) -> Result<Self, EndpointError> {
        networks.into_iter().map(network).collect::<Result<_, _>>().map(Self)
    }

    fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(network, bits)| within(address, *network, *bits))
    }
}

fn network(text: &str) -> Result<(IpAddr, u8), EndpointError> {
    let bad = || EndpointError::BadNetwork(text.to_owned());
    let (address, bits) = text.split_once('/').unwrap_or((text, ""));
    let address: IpAddr = address.trim().parse().map_err(|_| bad())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = if bits.is_empty() { most } else { bits.parse().map_err(|_| bad())? };
    if bits > most { Err(bad()) } else { Ok((address, bits)) }
}

fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (a, b, size) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    (a ^ b).checked_shr(size - u32::from(bits)).unwrap_or(0) == 0
}

/// Why an address is none that we send a token to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is no address.
    #[error("`{0}` is not an address such as `https://id.example/scim/v2`")]
    BadUrl(String),
    /// It carries a name and password, a query or a fragment.
    #[error("the address of `{0}` carries more than a host and a path")]
    TooMuch(String),
    /// The token would go over the wire in the clear.
    #[error("`{0}` is not encrypted")]
    NotEncrypted(String),
    /// The name is unknown.
    #[error("`{host}` cannot be resolved: {words}")]
    Unresolved {
        /// The host.
        host: String,
        /// What the resolver says.
        words: String,
    },
    /// It leads into a network that is not public.
    #[error("`{host}` leads to {address}, which is {kind}")]
    Forbidden {
        /// The host.
        host: String,
        /// Where it leads.
        address: IpAddr,
        /// What that is.
        kind: &'static str,
    },
    /// A network of the list is none.
    #[error("`{0}` is not a network such as `10.1.0.0/16`")]
    BadNetwork(String),
}

impl EndpointError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::BadUrl(_) | Self::TooMuch(_) => "give the address as the directory shows it",
            Self::NotEncrypted(_) => "use https; http is for listed networks only",
            Self::Unresolved { .. } => "check the name, and the machine's resolver",
            Self::Forbidden { .. } => "list the network if the directory really is in it",
            Self::BadNetwork(_) => "give an address, a slash and a number of bits",
        }
    }
}

/// A checked and pinned address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    origin: String,
    path: String,
    encrypted: bool,
    addresses: Vec<SocketAddr>,
}

impl Endpoint {
    /// Checks an address, and pins what it resolves to.
    ///
    /// # Errors
    /// [`EndpointError`]; one forbidden address among several is enough.
    pub fn new(
        url: &str,
        resolver: &dyn Resolve,
        allowed: &Allowed,
    ) -> Result<Self, EndpointError> {
        let target = Target::parse(url)?;
        let host = &target.host;
        let unresolved = |words: String| EndpointError::Unresolved { host: host.clone(), words };
        let addresses = resolver
            .resolve(host.trim_matches(['[', ']']), target.port)
            .map_err(|error| unresolved(error.to_string()))?;
        if addresses.is_empty() {
            return Err(unresolved("it has no address".to_owned()));
        }
        for address in addresses.iter().map(SocketAddr::ip) {
            if !allowed.contains(address)
                && let Some(kind) = forbidden(address)
            {
                return Err(EndpointError::Forbidden { host: host.clone(), address, kind });
            }
            if !target.encrypted && !allowed.contains(address) {
                return Err(EndpointError::NotEncrypted(target.origin));
            }
        }
        let Target { origin, path, encrypted, .. } = target;
        Ok(Self { origin, path, encrypted, addresses })
    }

    /// Whether requests are encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// The addresses that requests go to.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The whole address of a path below this one.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.path)
    }

    /// The path below this address that a whole address names, if it is below it.
    #[must_use]
    pub fn below<'a>(&self, url: &'a str) -> Option<&'a str> {
        let rest = url.strip_prefix(&self.origin)?.strip_prefix(&self.path)?;
        let climbs = rest.split(['/', '?', '\\']).any(|part| part == "..");
        (rest.starts_with(['/', '?']) && !climbs).then_some(rest)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

struct Target {
    origin: String,
    path: String,
    host: String,
    port: u16,
    encrypted: bool,
}

impl Target {
    fn parse(url: &str) -> Result<Self, EndpointError> {
        let bad = || EndpointError::BadUrl(shown(url));
        let uri: Uri = url.trim().parse().map_err(|_| bad())?;
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad()),
        };
        let authority = uri.authority().ok_or_else(bad)?;
        let host = authority.host().to_owned();
        if host.is_empty() {
            return Err(bad());
        }
        if authority.as_str().contains('@') || uri.query().is_some() || url.contains('#') {
            return Err(EndpointError::TooMuch(host));
        }
        let scheme = if encrypted { "https" } else { "http" };
        let origin = format!("{scheme}://{authority}");
        let port = authority.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { origin, path, host, port, encrypted })
    }
}

/// An address for a message, without what may be a password in it.
fn shown(url: &str) -> String {
    url.rsplit_once('@').map_or(url, |(_, rest)| rest).chars().take(100).collect()
}

/// Networks that no directory on the internet is in, and what they are.
const V4: &[(Ipv4Addr, u8, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this machine"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "private to a provider"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "this machine"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local, where metadata services are"),
    (Ipv4Addr::new(168, 63, 129, 16), 32, "a cloud's metadata service"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "reserved"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "for documents only"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "reserved"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "for measurements only"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "for documents only"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "for documents only"),
    (Ipv4Addr::new(224, 0, 0, 0), 3, "multicast or reserved"),
];

/// What a forbidden address is; `None` for a public one.
fn forbidden(address: IpAddr) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(address) => V4
            .iter()
            .find(|(network, bits, _)| within(address.into(), (*network).into(), *bits))
            .map(|(_, _, kind)| *kind),
        IpAddr::V6(address) => forbidden_v6(address),
    }
}

fn forbidden_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [a, b, c, _, _, _, g, h] = address.segments();
    // Addresses that a gateway turns into one of the older kind are judged as that one.
    let [high, low] = [g.to_be_bytes(), h.to_be_bytes()];
    let last = Ipv4Addr::new(high[0], high[1], low[0], low[1]);
    match (a, b, c) {
        (0, ..) => Some("this machine or reserved"),
        (0x64, 0xff9b, 0) => forbidden(last.into()),
        (0x64, 0xff9b, _) => Some("private"),
        (0x100, 0, 0) => Some("nowhere"),
        (0x2001, 0..=0x1ff, _) => Some("reserved"),
        (0x2001, 0xdb8, _) | (0x3fff, ..) => Some("for documents only"),
        (0x2002, ..) => Some("reserved"),
        (0x5f00, ..) => Some("reserved"),
        (0xfc00..=0xfdff, ..) => Some("private"),
        (0xfe80..=0xfeff, ..) => Some("link-local"),
        (0xff00..=0xffff, ..) => Some("multicast"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
