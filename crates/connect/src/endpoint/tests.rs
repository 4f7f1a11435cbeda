use super::*;

/// Resolves every name to these addresses.
struct To(&'static [&'static str]);

impl Resolve for To {
    fn resolve(&self, _: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        Ok(self.0.iter().map(|text| SocketAddr::new(text.parse().unwrap(), port)).collect())
    }
}

fn endpoint(url: &str, addresses: &'static [&'static str]) -> Result<Endpoint, EndpointError> {
    let allowed = Allowed::new(["10.1.0.0/16", "192.168.7.9", "fd12::/16"]).unwrap();
    Endpoint::new(url, &To(addresses), &allowed)
}

#[track_caller]
fn check(url: &str, addresses: &'static [&'static str], expected: Result<(), &str>) {
    let outcome = endpoint(url, addresses).map(drop).map_err(|error| error.to_string());
    assert_eq!(outcome.as_ref().copied().map_err(String::as_str), expected);
}

#[test]
fn only_public_and_listed_addresses_are_pinned() {
    let url = "https://id.example/scim/v2/";
    check(url, &["93.184.215.14", "2606:2800:21f:cb07::1"], Ok(()));
    check(url, &["10.1.2.3", "192.168.7.9", "fd12::1", "::ffff:10.1.2.3"], Ok(()));
    for address in [
        "127.0.0.1",
        "0.0.0.0",
        "10.2.0.1",
        "172.31.255.255",
        "192.168.7.8",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001::1",
        "fe80::1",
        "fec0::1",
        "fd00:ec2::254",
        "fc00::1",
        "ff02::1",
        "::7f00:1",
        "2001:db8::1",
    ] {
        let ip: IpAddr = address.parse().unwrap();
        let pinned = Endpoint::new(url, &One(ip), &Allowed::default());
        assert!(matches!(pinned, Err(EndpointError::Forbidden { .. })), "{address}");
    }
    for public in ["64:ff9b::808:808", "::ffff:8.8.8.8", "8.8.8.8", "2606:2800:21f:cb07::1"] {
        assert_eq!(forbidden(public.parse().unwrap()), None, "{public}");
    }
}

/// Resolves every name to this address.
struct One(IpAddr);

impl Resolve for One {
    fn resolve(&self, _: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        Ok(vec![SocketAddr::new(self.0, port)])
    }
}

#[test]
fn one_forbidden_address_among_public_ones_is_enough() {
    let message = "`id.example` leads to 169.254.169.254, which is link-local, where metadata \
                   services are";
    check("https://id.example", &["93.184.215.14", "169.254.169.254"], Err(message));
    check("https://id.example", &[], Err("`id.example` cannot be resolved: it has no address"));
}

#[test]
fn an_address_is_a_host_and_a_path() {
    let public = &["93.184.215.14"];
    let bad = "`ftp://id.example` is not an address such as `https://id.example/scim/v2`";
    check("ftp://id.example", public, Err(bad));
    let bad = "`id.example` is not an address such as `https://id.example/scim/v2`";
    check("id.example", public, Err(bad));
    let much = "the address of `id.example` carries more than a host and a path";
    check("https://user:pass@id.example/", public, Err(much));
    check("https://id.example/?a=b", public, Err(much));
    check("https://id.example/#a", public, Err(much));
    check("http://id.example/", public, Err("`http://id.example` is not encrypted"));
    check("http://id.example/", &["10.1.0.1"], Ok(()));
    // A password in an address that cannot be read stays out of the message.
    assert!(!endpoint("x://user:pass word@h", public).unwrap_err().to_string().contains("pass"));
}

#[test]
fn the_name_is_kept_and_the_address_pinned() {
    let endpoint = endpoint("https://id.example:8443/scim/v2/", &["93.184.215.14"]).unwrap();
    assert_eq!(endpoint.addresses(), ["93.184.215.14:8443".parse().unwrap()]);
    assert_eq!(endpoint.url("/Users"), "https://id.example:8443/scim/v2/Users");
    let below = |url| endpoint.below(url);
    assert_eq!(below("https://id.example:8443/scim/v2/Users?x=1"), Some("/Users?x=1"));
    assert_eq!(below("https://id.example:8443/scim/v2evil/Users"), None);
    assert_eq!(below("https://id.example:8443/scim/v2/../admin"), None);
    assert_eq!(below("https://id.example:8443.evil.example/scim/v2/Users"), None);
    assert_eq!(below("https://evil.example/scim/v2/Users"), None);
    assert_eq!(below("http://id.example:8443/scim/v2/Users"), None);
}

#[test]
fn a_list_of_networks_is_read_strictly() {
    for bad in ["10.0.0.0/33", "::/129", "here", "10.0.0.0/x", ""] {
        assert_eq!(Allowed::new([bad]), Err(EndpointError::BadNetwork(bad.to_owned())));
    }
    let all = Allowed::new(["0.0.0.0/0"]).unwrap();
    assert!(all.contains("169.254.169.254".parse().unwrap()));
    assert!(!all.contains("::1".parse().unwrap()));
}
