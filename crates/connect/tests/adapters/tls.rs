//! Encryption: whom we trust, and that a name has to be the certificate's.

use crate::{Steps, scim_server::TOKEN};
use faregate_connect::courier::{Courier, CourierError, CourierOptions};
use faregate_connect::directory::DirectoryError;
use faregate_connect::endpoint::{Allowed, Endpoint, Resolve};
use faregate_connect::pace::Retry;
use faregate_connect::scim::{ScimDirectory, ScimOptions};
use faregate_connect::secret::Secret;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::thread::JoinHandle;

/// Resolves every name to this address.
pub(crate) struct To(pub(crate) SocketAddr);

impl Resolve for To {
    fn resolve(&self, _: &str, _: u16) -> std::io::Result<Vec<SocketAddr>> {
        Ok(vec![self.0])
    }
}

const CONFIG: &str = "[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = id.example
[extensions]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:id.example
";

/// A certificate of `id.example` and its key, in PEM; `None` where there is no `openssl`.
pub(crate) fn certified() -> Option<[Vec<u8>; 2]> {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("config"), CONFIG).unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "2", "-config", "config", "-keyout", "key", "-out", "certificate"])
        .current_dir(directory.path())
        .output();
    match made {
        Ok(made) if made.status.success() => {
            Some(["certificate", "key"].map(|name| std::fs::read(path(name)).unwrap()))
        }
        other => {
            println!("skipped: openssl makes no certificate: {other:?}");
            None
        }
    }
}

/// Answers one connection as a SCIM server of little use; whether it read a request.
fn serve(certificate: &[u8], key: &[u8]) -> (SocketAddr, JoinHandle<bool>) {
    let certificate = CertificateDer::from_pem_slice(certificate).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let (stream, _) = listener.accept().unwrap();
        let mut stream = BufReader::new(rustls::StreamOwned::new(connection, stream));
        let mut head = String::new();
        while stream.read_line(&mut head).is_ok_and(|read| read > 2) {}
        let _ = stream.get_mut().write_all(b"HTTP/1.1 204 X\r\nConnection: close\r\n\r\n");
        let _ = stream.get_mut().flush();
        head.contains(TOKEN)
    });
    (address, thread)
}

/// What connecting ends with, and whether the server came to read the token.
fn check(host: &str, trusted: bool) -> Option<(String, bool)> {
    let [certificate, key] = certified()?;
    let (address, server) = serve(&certificate, &key);
    let allowed = Allowed::new(["127.0.0.1"]).unwrap();
    let endpoint = Endpoint::new(&format!("https://{host}/v2"), &To(address), &allowed).unwrap();
    let options = CourierOptions {
        roots: trusted.then_some(certificate),
        retry: Retry { tries_max: 1, ..Retry::default() },
        ..CourierOptions::default()
    };
    let courier = Courier::new(endpoint, Arc::<Steps>::default(), options).unwrap();
    let error = ScimDirectory::connect(courier, Secret::new(TOKEN), ScimOptions::default());
    let error: DirectoryError = error.unwrap_err();
    Some((error.to_string(), server.join().unwrap()))
}

#[test]
fn only_a_trusted_certificate_of_the_right_name_gets_the_token() {
    let Some(trusted) = check("id.example", true) else { return };
    assert_eq!(trusted, ("the directory does not offer PATCH".to_owned(), true));
    for (host, trusted) in [("id.example", false), ("other.example", true)] {
        let (error, read) = check(host, trusted).unwrap();
        assert!(error.contains("certificate"), "{error}");
        assert!(!read, "{host}");
    }
}

#[test]
fn certificates_that_are_none_are_refused() {
    let allowed = Allowed::new(["127.0.0.1"]).unwrap();
    let to = To("127.0.0.1:1".parse().unwrap());
    let endpoint = Endpoint::new("https://id.example", &to, &allowed).unwrap();
    let options = CourierOptions { roots: Some(b"nothing".to_vec()), ..CourierOptions::default() };
    let result = Courier::new(endpoint, Arc::<Steps>::default(), options);
    assert_eq!(result.unwrap_err(), CourierError::Roots("there are none".to_owned()));
}
