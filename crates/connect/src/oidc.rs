//! Signing in by OpenID Connect: discovery, the authorisation code with PKCE, and id tokens.
//!
//! A browser is sent to the provider and comes back with a code, which we change for a token over a connection of
//! our own; what the browser brings is never believed by itself. Addresses go through [`crate::endpoint`], and no
//! redirect is followed. It must never print a code, a token or the secret.
//!
//! To know another claim: its name in [`settings`], its meaning in `token`.

pub mod settings;
mod token;

use crate::courier::{Answer, Call, Courier, CourierOptions, encoded};
use crate::directory::DirectoryError;
use crate::endpoint::{Allowed, Endpoint, EndpointError, SystemResolver};
use crate::pace::Pace;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use faregate_app::oidc::{Admission, Ask, Claimed, IdentityProvider, Unproved};
use faregate_core::when::Instant;
use jsonwebtoken::jwk::Jwk;
use serde_json::Value;
use settings::Settings;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use ureq::http::Method;

/// Where a provider sends browsers back to, below our address.
pub const CALLBACK: &str = "/v1/sign-in/oidc/callback";

const FORM: &str = "application/x-www-form-urlencoded";
/// What a provider says of itself is asked again after so many seconds.
const KNOWN_SECONDS: i64 = 3_600;
/// Its keys are asked again for a token with an unknown one, but no sooner than after so many seconds.
const KEYS_SECONDS: i64 = 30;
/// How long one request may take.
const TIME_MAX: Duration = Duration::from_secs(10);
/// How large an answer may be.
const BYTES_MAX: u64 = 1 << 20;

/// An identity provider that speaks OpenID Connect.
pub struct Provider {
    settings: Settings,
    secret: Option<Secret>,
    roots: Option<Vec<u8>>,
    allowed: Allowed,
    known: Mutex<Option<Known>>,
}

/// What a provider says of itself.
#[derive(Clone)]
struct Known {
    at: Instant,
    authorization: String,
    token: String,
    keys_address: String,
    /// Whether our secret goes in a header, and not in the body.
    takes_basic: bool,
    keys: Vec<Jwk>,
    keys_at: Instant,
}

impl Provider {
    /// A provider as the settings say, with our secret and the certificates to trust where there are some.
    ///
    /// # Errors
    /// [`EndpointError::BadNetwork`].
    pub fn new(
        settings: Settings,
        secret: Option<Secret>,
        roots: Option<Vec<u8>>,
    ) -> Result<Self, EndpointError> {
        let allowed = Allowed::new(settings.allowed_networks.iter().map(String::as_str))?;
        Ok(Self { settings, secret, roots, allowed, known: Mutex::default() })
    }

    fn redirect(&self) -> String {
        format!("{}{CALLBACK}", self.settings.url)
    }

    /// What the provider says of itself, asked again when that was a while ago.
    fn known(&self, now: Instant) -> Result<Known, Unproved> {
        let mut known = self.lock();
        if let Some(known) = known.as_ref().filter(|known| now.since(known.at) < KNOWN_SECONDS) {
            return Ok(known.clone());
        }
        let fresh = self.discover(now)?;
        *known = Some(fresh.clone());
        Ok(fresh)
    }

    fn discover(&self, now: Instant) -> Result<Known, Unproved> {
        let issuer = &self.settings.issuer;
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let said = self.ask(&address, Call::default())?.json;
        let text = |name: &str| {
            let text = said.get(name).and_then(Value::as_str).map(str::to_owned);
            text.ok_or_else(|| Unproved::Away(format!("it says no `{name}`")))
        };
        if text("issuer")? != *issuer {
            return Err(Unproved::Away("it says that it is another issuer".to_owned()));
        }
        let methods = said.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
        let takes_basic =
            methods.is_none_or(|methods| methods.iter().any(|one| one == "client_secret_basic"));
        let keys_address = text("jwks_uri")?;
        let keys = self.keys(&keys_address)?;
        let (authorization, token) = (text("authorization_endpoint")?, text("token_endpoint")?);
        Ok(Known { at: now, authorization, token, keys_address, takes_basic, keys, keys_at: now })
    }

    fn keys(&self, address: &str) -> Result<Vec<Jwk>, Unproved> {
        let said = self.ask(address, Call::default())?.json;
        let keys = said.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or_else(|| Unproved::Away("it says no keys".to_owned()))?;
        // A key of a kind that we do not know signs nothing that we believe.
        Ok(keys.iter().filter_map(|key| serde_json::from_value(key.clone()).ok()).collect())
    }

    /// The id token for a code.
    fn exchange(&self, known: &Known, code: &str, verifier: &str) -> Result<String, Unproved> {
        let code = Secret::new(code);
        let verifier = Secret::new(verifier);
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.expose().to_owned()),
            ("redirect_uri", self.redirect()),
            ("code_verifier", verifier.expose().to_owned()),
        ];
        let client = &self.settings.client_id;
        let basic = self.secret.as_ref().filter(|_| known.takes_basic).map(|secret| {
            let both = format!("{}:{}", encoded(client), encoded(secret.expose()));
            Secret::new(&format!("Basic {}", STANDARD.encode(both)))
        });
        if basic.is_none() {
            form.push(("client_id", client.clone()));
            form.extend(self.secret.iter().map(|own| ("client_secret", own.expose().to_owned())));
        }
        let call = Call {
            method: Method::POST,
            secret_header: basic.as_ref().map(|secret| ("authorization", secret)),
            body: Some((FORM, joined(&form))),
            secrets: self.secret.iter().chain([&code, &verifier]).collect(),
            ..Call::default()
        };
        let answer = self.ask(&known.token, call)?;
        let token = answer.json.get("id_token").and_then(Value::as_str);
        token.map(str::to_owned).ok_or_else(|| Unproved::Away("it sends no id token".to_owned()))
    }

    /// Sends one request to an address that is checked and pinned.
    fn ask(&self, address: &str, call: Call<'_>) -> Result<Answer, Unproved> {
        let away = |words: String| Unproved::Away(words);
        let endpoint = Endpoint::new(address, &SystemResolver, &self.allowed)
            .map_err(|why| away(format!("{why}; {}", why.help())))?;
        let options = CourierOptions {
            time_max: TIME_MAX,
            bytes_max: BYTES_MAX,
            roots: self.roots.clone(),
            ..CourierOptions::default()
        };
        let courier = Courier::new(endpoint, Arc::new(AtOnce), options);
        let courier = courier.map_err(|why| away(why.to_string()))?;
        let answer = courier.send_once(&call).map_err(|why| match why {
            DirectoryError::Unauthorised { words } => Unproved::Refused(words),
            why => away(why.to_string()),
        })?;
        match answer.status {
            200..=299 => Ok(answer),
            400..=499 => Err(Unproved::Refused(answer.words)),
            status => Err(away(format!("it answers {status}: {}", answer.words))),
        }
    }

    /// Its keys, asked again since one is missing, unless that was just now.
    fn keys_again(&self, known: &Known, now: Instant) -> Result<Vec<Jwk>, Unproved> {
        if now.since(known.keys_at) < KEYS_SECONDS {
            return Ok(known.keys.clone());
        }
        let keys = self.keys(&known.keys_address)?;
        *self.lock() = Some(Known { keys: keys.clone(), keys_at: now, ..known.clone() });
        Ok(keys)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IdentityProvider for Provider {
    fn label(&self) -> &str {
        &self.settings.label
    }

    fn admission(&self) -> &Admission {
        &self.settings.admission
    }

    fn address(&self, ask: &Ask, now: Instant) -> Result<String, Unproved> {
        let known = self.known(now)?;
        let scopes = ["openid"].into_iter().chain(self.settings.scopes.iter().map(String::as_str));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(ask.verifier.as_bytes()));
        let query = [
            ("response_type", "code".to_owned()),
            ("client_id", self.settings.client_id.clone()),
            ("redirect_uri", self.redirect()),
            ("scope", scopes.collect::<Vec<_>>().join(" ")),
            ("state", ask.state.clone()),
            ("nonce", ask.nonce.clone()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ];
        let joint = if known.authorization.contains('?') { '&' } else { '?' };
        Ok(format!("{}{joint}{}", known.authorization, joined(&query)))
    }

    fn prove(&self, code: &str, ask: &Ask, now: Instant) -> Result<Claimed, Unproved> {
        let known = self.known(now)?;
        let token = self.exchange(&known, code, &ask.verifier)?;
        let header = token::header(&token)?;
        let by = |keys: &[Jwk]| token::claims(&token, &header, &token::candidates(keys, &header));
        // Its keys may be others by now, under other names or under none.
        let claims = by(&known.keys).or_else(|_| by(&self.keys_again(&known, now)?))?;
        token::claimed(&claims, &self.settings, &ask.nonce, now)
    }
}

fn joined(pairs: &[(&str, String)]) -> String {
    let pair = |(name, value): &(&str, String)| format!("{name}={}", encoded(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Each request goes once: whoever signs in tries again.
struct AtOnce;

impl Pace for AtOnce {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn wait(&self, _: Duration) {}
}
