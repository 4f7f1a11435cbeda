//! The server's certificate.

use super::Tls;
use crate::fault::LakeError;
use datafusion_postgres::pgwire::tokio::TlsAcceptor;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How clients that begin with TLS at once name the protocol.
const PROTOCOL: &[u8] = b"postgresql";

impl Tls {
    /// Reads a chain of certificates, the server's own first, and its key; both in PEM.
    ///
    /// # Errors
    /// [`LakeError::Settings`] when one cannot be read, or they do not belong together.
    pub fn read(certificates: &Path, key: &Path) -> Result<Self, LakeError> {
        let unusable = |path: &Path, why: String| LakeError::Settings { path: path.into(), why };
        let chain = CertificateDer::pem_file_iter(certificates)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|why| unusable(certificates, why.to_string()))?;
        let secret = PrivateKeyDer::from_pem_file(key);
        let secret = secret.map_err(|why| unusable(key, why.to_string()))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret))
            .map_err(|why| unusable(certificates, why.to_string()))?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}
