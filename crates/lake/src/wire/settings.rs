//! What an endpoint allows.

use datafusion_postgres::pgwire::tokio::TlsAcceptor;
use std::time::Duration;

/// How much those who connect may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many may be connected at once.
    pub connections_max: usize,
    /// How long a statement may take, until its last row. A client may ask for less, with `statement_timeout`.
    pub statement_time: Duration,
}

/// A certificate and its key, ready for connections.
#[derive(Clone)]
pub struct Tls(pub(super) TlsAcceptor);
