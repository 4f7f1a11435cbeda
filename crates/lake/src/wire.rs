//! A PostgreSQL endpoint over the lake, for the tools that people have: read-only, by API key, with their rights.
//!
//! Whoever signs in gets a session of their own, whose tables show what they may see ([`rights`](crate::rights)).
//! Before each statement the key is looked at again. Nothing here writes to the store or to the lake.

mod bounds;
mod catalogue;
mod connection;
mod door;
mod parameters;
mod settings;
mod signing_in;
mod statements;
mod tls;

pub use door::{Audit, Door};
pub use settings::{Limits, Tls};

use crate::fault::LakeError;
use crate::lake::Lake;
use crate::place::Place;
use crate::queries::Kept;
use crate::rights::Tables;
use crate::session::Means;
use bounds::Cancels;
use connection::{Connected, Connection};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion_postgres::pgwire::api::RandomPidSecretKeyGenerator;
use datafusion_postgres::pgwire::tokio::{TlsAcceptor, process_socket};
use faregate_core::when::Instant;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore};

/// For so many seconds a look at the lake's logs is fresh enough.
const FRESH_SECONDS: i64 = 10;

/// Answers that are kept take up to so much of what statements may have of the memory, beside it.
const KEPT_SHARE: usize = 2;

/// What all connections share.
pub struct Endpoint {
    door: Door,
    place: Place,
    limits: Limits,
    threads: usize,
    /// One pool of memory for all statements together.
    runtime: Arc<RuntimeEnv>,
    /// What was found for those who may see everything.
    kept: Arc<Kept>,
    look: Mutex<Option<Look>>,
    cancels: Cancels,
    keys: RandomPidSecretKeyGenerator,
}

/// The lake as it was at some time.
struct Look {
    lake: Lake,
    tables: Arc<Tables>,
    at: Instant,
}

impl Endpoint {
    /// An endpoint over the lake of a place, which may still have to be made.
    ///
    /// # Errors
    /// [`LakeError::Query`] when the directory for what does not fit into memory cannot be used.
    pub fn new(
        door: Door,
        place: Place,
        means: &Means,
        limits: Limits,
    ) -> Result<Arc<Self>, LakeError> {
        Ok(Arc::new(Self {
            door,
            place,
            limits,
            threads: means.threads,
            runtime: means.runtime()?,
            kept: Arc::new(Kept::new(means.memory / KEPT_SHARE)),
            look: Mutex::default(),
            cancels: Cancels::default(),
            keys: RandomPidSecretKeyGenerator::default(),
        }))
    }

    /// Serves whoever connects, for ever. Without `tls`, only from this machine: keys are not sent in the open.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, tls: Option<Tls>) {
        let places = Arc::new(Semaphore::new(self.limits.connections_max));
        let acceptor = tls.map(|tls| tls.0);
        loop {
            let (socket, from) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(why) => {
                    self.door.note(&format!("a connection could not be accepted: {why}"));
                    // Most likely there are too many open files: some close in time.
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                }
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                let most = self.limits.connections_max;
                self.door.note(&format!("{from} was turned away: there are {most} connections"));
                continue;
            };
            let (endpoint, acceptor) = (Arc::clone(&self), acceptor.clone());
            tokio::spawn(async move {
                endpoint.attend(socket, acceptor).await;
                drop(place);
            });
        }
    }

    async fn attend(self: Arc<Self>, socket: TcpStream, acceptor: Option<TlsAcceptor>) {
        let connection = Arc::new(Connection::new(self));
        // Whoever hangs up in the middle is no news.
        let _ = process_socket(socket, acceptor, Connected(Arc::clone(&connection))).await;
        connection.end();
    }

    /// The tables as of a fresh look.
    async fn tables(&self) -> Result<Arc<Tables>, LakeError> {
        let mut look = self.look.lock().await;
        let now = self.door.now();
        if let Some(last) = look.as_ref().filter(|last| now.since(last.at) < FRESH_SECONDS) {
            return Ok(Arc::clone(&last.tables));
        }
        // A look that fails leaves none: a lake that was removed is found anew once it is made.
        let lake = match look.take() {
            Some(mut last) => {
                last.lake.refresh().await?;
                last.lake
            }
            None => Lake::find(self.place.clone()).await?.ok_or_else(not_yet)?,
        };
        let tables = Tables::of(&lake, self.door.zone()).await?.keeping(Arc::clone(&self.kept));
        let tables = Arc::new(tables);
        *look = Some(Look { lake, tables: Arc::clone(&tables), at: now });
        Ok(tables)
    }
}

fn not_yet() -> LakeError {
    LakeError::Damaged("it is not there yet; a server makes it within a minute".to_owned())
}
