//! The address that a request comes from, as far as it can be trusted.
//!
//! It is the peer's, unless the peer is a proxy that the operator trusts: then the right-most address of
//! `X-Forwarded-For` that is no such proxy's. What stands further left is anybody's invention.

use crate::Server;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use faregate_core::estate::Cidr;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

/// The address of whoever asks; `None` when nothing trusted tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin(pub Option<IpAddr>);

impl FromRequestParts<Server> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(address)| address.ip().to_canonical());
        Ok(Self(peer.and_then(|peer| client(peer, &parts.headers, &server.trusted_proxies))))
    }
}

/// Whether the browser speaks TLS: with this server, it never does; with a trusted proxy, as that proxy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tls(pub bool);

impl FromRequestParts<Server> for Tls {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(address)| address.ip().to_canonical());
        let trusted = server.trusted_proxies.iter();
        let is_proxy = |peer: IpAddr| trusted.clone().any(|block| block.contains(peer));
        // The right-most is the nearest proxy's word.
        let last = parts.headers.get_all("x-forwarded-proto").iter().next_back();
        let said = last.and_then(|line| line.to_str().ok()?.rsplit(',').next());
        let is_https = said.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"));
        Ok(Self(is_https && peer.is_some_and(is_proxy)))
    }
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Cidr]) -> Option<IpAddr> {
    let is_proxy = |address: IpAddr| trusted.iter().any(|block| block.contains(address));
    if !is_proxy(peer) {
        return Some(peer);
    }
    let lines = headers.get_all("x-forwarded-for").iter();
    let hops: Vec<&str> =
        lines.flat_map(|line| line.to_str().unwrap_or("?").split(',')).map(str::trim).collect();
    let mut last = peer;
    for hop in hops.into_iter().rev() {
        // Beyond a hop that cannot be read nothing is trusted, and the proxy's own address says nothing.
        last = read(hop)?;
        if !is_proxy(last) {
            return Some(last);
        }
    }
    Some(last)
}

/// An address as proxies write it: alone, with a port, in brackets.
fn read(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<Cidr> =
            ["10.0.0.0/8", "127.0.0.1", "::1"].map(|block| block.parse().unwrap()).to_vec();
        let table: [(&str, &[&str], Option<&str>); 13] = [
            // No proxy: the header is the caller's invention.
            ("203.0.113.7", &[], Some("203.0.113.7")),
            ("203.0.113.7", &["192.0.2.1"], Some("203.0.113.7")),
            // One proxy, two, and what the caller put in front of them.
            ("10.0.0.1", &["192.0.2.1"], Some("192.0.2.1")),
            ("10.0.0.1", &["198.51.100.9, 192.0.2.1"], Some("192.0.2.1")),
            ("10.0.0.1", &["198.51.100.9, 192.0.2.1, 10.9.9.9"], Some("192.0.2.1")),
            ("10.0.0.1", &["198.51.100.9", "192.0.2.1 , 10.9.9.9"], Some("192.0.2.1")),
            ("::1", &["2001:db8::7"], Some("2001:db8::7")),
            ("10.0.0.1", &["[2001:db8::7]:4711"], Some("2001:db8::7")),
            ("10.0.0.1", &["192.0.2.1:4711"], Some("192.0.2.1")),
            ("10.0.0.1", &["::ffff:192.0.2.1"], Some("192.0.2.1")),
            // Nobody but proxies: the one furthest out.
            ("10.0.0.1", &["10.1.1.1"], Some("10.1.1.1")),
            ("10.0.0.1", &[], Some("10.0.0.1")),
            ("10.0.0.1", &["192.0.2.1, unknown"], None),
        ];
        for (peer, lines, expected) in table {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
            }
            let found = client(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found, expected.map(|text| text.parse().unwrap()), "{peer} {lines:?}");
            let direct = client(peer.parse().unwrap(), &headers, &[]);
            assert_eq!(direct, Some(peer.parse().unwrap()), "without proxies: {peer} {lines:?}");
        }
    }
}
