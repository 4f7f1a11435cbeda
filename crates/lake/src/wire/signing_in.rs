//! Signing in: the user is the key's name, the password is the key.
//!
//! Of keys only their SHA-256 is kept, from which no SCRAM can be reckoned. So the key itself is sent, and that
//! only where nobody reads along: over TLS, or on this machine.

use super::bounds::fatal;
use super::catalogue::SPOKEN;
use super::connection::{Connection, Guest};
use async_trait::async_trait;
use datafusion_postgres::pgwire::api::auth::{
    DefaultServerParameterProvider, LoginInfo, StartupHandler, finish_authentication,
    protocol_negotiation, save_startup_parameters_to_metadata,
};
use datafusion_postgres::pgwire::api::{ClientInfo, PgWireConnectionState, PidSecretKeyGenerator};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::startup::Authentication;
use datafusion_postgres::pgwire::messages::{PgWireBackendMessage, PgWireFrontendMessage};
use futures::{Sink, SinkExt};
use std::fmt::Debug;
use std::sync::Arc;

/// A connection of which nobody knows yet whose it is.
pub(super) struct SigningIn(pub(super) Arc<Connection>);

#[async_trait]
impl StartupHandler for SigningIn {
    async fn on_startup<C>(
        &self,
        client: &mut C,
        message: PgWireFrontendMessage,
    ) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        match message {
            PgWireFrontendMessage::Startup(startup) => {
                if !client.is_secure() && !client.socket_addr().ip().is_loopback() {
                    let why = "a key is not sent in the open: connect with sslmode=require";
                    return Err(fatal("28000", why));
                }
                protocol_negotiation(client, &startup).await?;
                save_startup_parameters_to_metadata(client, &startup);
                client.set_state(PgWireConnectionState::AuthenticationInProgress);
                let asked = Authentication::CleartextPassword;
                client.send(PgWireBackendMessage::Authentication(asked)).await?;
            }
            PgWireFrontendMessage::PasswordMessageFamily(said) => {
                let key = said.into_password()?.password;
                self.sign_in(client, &key).await?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl SigningIn {
    async fn sign_in<C>(&self, client: &mut C, key: &str) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let endpoint = &self.0.endpoint;
        let (name, from) = (user(client), client.socket_addr());
        let entered = endpoint.door.enter(&name, key);
        let rights = entered.as_ref().and_then(|entered| endpoint.door.rights(&entered.hash));
        let Some((credential, rights)) = entered.zip(rights) else {
            endpoint.door.note(&format!("{name} from {from} was turned away"));
            return Err(PgWireError::InvalidPassword(name));
        };
        let (number, secret) = endpoint.keys.generate(client);
        client.set_pid_and_secret_key(number, secret.clone());
        let cancelled = (number, endpoint.cancels.add(number, secret));
        let guest = Guest::new(endpoint, credential, rights, cancelled).await;
        let guest = guest.inspect_err(|_| endpoint.cancels.remove(number))?;
        endpoint.door.note(&format!("{} signed in from {from}", guest.who));
        self.0.admit(guest);
        finish_authentication(client, &parameters()).await
    }
}

fn user<C: ClientInfo>(client: &C) -> String {
    LoginInfo::from_client_info(client).user().unwrap_or_default().to_owned()
}

/// What a client is told of the server.
fn parameters() -> DefaultServerParameterProvider {
    let mut told = DefaultServerParameterProvider::default();
    told.server_version = format!("{SPOKEN} (Faregate)");
    told.is_superuser = false;
    told.default_transaction_read_only = true;
    told.time_zone = "UTC".to_owned();
    told
}
