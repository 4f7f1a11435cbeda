//! One connection: nobody's until somebody signs in, theirs from then on.

use super::bounds::gone;
use super::catalogue::session;
use super::signing_in::SigningIn;
use super::statements::Statements;
use super::{Endpoint, bounds};
use crate::fault::LakeError;
use crate::rights::{Outlook, Rights, Tables};
use async_trait::async_trait;
use datafusion::prelude::SessionContext;
use datafusion_postgres::pgwire::api::PgWireServerHandlers;
use datafusion_postgres::pgwire::api::auth::StartupHandler;
use datafusion_postgres::pgwire::api::cancel::CancelHandler;
use datafusion_postgres::pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::cancel::CancelRequest;
use faregate_app::access::Credential;
use std::sync::{Arc, OnceLock};
use tokio::sync::{Mutex, watch};

/// A connection, before and after somebody has signed in.
pub(super) struct Connection {
    pub(super) endpoint: Arc<Endpoint>,
    guest: OnceLock<Guest>,
}

/// Whoever has signed in.
pub(super) struct Guest {
    pub(super) credential: Credential,
    /// Name and role, for the log.
    pub(super) who: String,
    pub(super) session: SessionContext,
    pub(super) cancelled: watch::Receiver<()>,
    number: i32,
    outlook: Arc<Outlook>,
    /// The tables that the session's functions were made for.
    registered: Mutex<Arc<Tables>>,
}

impl Connection {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self { endpoint, guest: OnceLock::new() }
    }

    /// Whoever has signed in. Asked before anything is answered: after a wrong key the other side may go on
    /// talking until it hears that the connection is closed.
    pub(super) fn guest(&self) -> PgWireResult<&Guest> {
        self.guest.get().ok_or_else(|| bounds::fatal("28000", "nobody has signed in"))
    }

    /// Lets somebody in, once.
    pub(super) fn admit(&self, guest: Guest) {
        // A second sign-in over one connection is no message of the protocol, and changes nothing.
        let _ = self.guest.set(guest);
    }

    /// The guest with the tables and rights of now.
    pub(super) async fn fresh(&self) -> PgWireResult<&Guest> {
        let guest = self.guest()?;
        let rights = self.endpoint.door.rights(&guest.credential.hash).ok_or_else(gone)?;
        let tables = self.endpoint.tables().await.map_err(unavailable)?;
        guest.outlook.change(Arc::clone(&tables), rights);
        let mut registered = guest.registered.lock().await;
        if !Arc::ptr_eq(&registered, &tables) {
            guest.outlook.register(&guest.session).await.map_err(unavailable)?;
            *registered = tables;
        }
        Ok(guest)
    }

    /// Forgets how to cancel what it was doing.
    pub(super) fn end(&self) {
        if let Some(guest) = self.guest.get() {
            self.endpoint.cancels.remove(guest.number);
            self.endpoint.door.note(&format!("{} left", guest.who));
        }
    }
}

impl Guest {
    /// A session for the bearer of a key.
    pub(super) async fn new(
        endpoint: &Endpoint,
        credential: Credential,
        rights: Rights,
        (number, cancelled): (i32, watch::Receiver<()>),
    ) -> PgWireResult<Self> {
        let tables = endpoint.tables().await.map_err(unavailable)?;
        let outlook = Arc::new(Outlook::new(Arc::clone(&tables), rights));
        let session = session(endpoint, &credential.name).map_err(unavailable)?;
        outlook.register(&session).await.map_err(unavailable)?;
        let who = format!("{} ({})", credential.name, credential.role.key());
        let registered = Mutex::new(tables);
        Ok(Self { credential, who, session, cancelled, number, outlook, registered })
    }
}

/// The lake cannot be read now.
pub(super) fn unavailable(why: LakeError) -> PgWireError {
    bounds::fatal("57P03", &why.to_string())
}

/// A connection as the protocol's library wants it.
impl PgWireServerHandlers for Connected {
    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        Arc::new(Statements::of(&self.0))
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        Arc::new(Statements::of(&self.0))
    }

    fn startup_handler(&self) -> Arc<impl StartupHandler> {
        Arc::new(SigningIn(Arc::clone(&self.0)))
    }

    fn cancel_handler(&self) -> Arc<impl CancelHandler> {
        Arc::new(Cancelling(Arc::clone(&self.0.endpoint)))
    }
}

/// A connection, shared among what the protocol's library asks for.
pub(super) struct Connected(pub(super) Arc<Connection>);

struct Cancelling(Arc<Endpoint>);

#[async_trait]
impl CancelHandler for Cancelling {
    async fn on_cancel_request(&self, request: CancelRequest) {
        self.0.cancels.cancel(request.pid, &request.secret_key);
    }
}
