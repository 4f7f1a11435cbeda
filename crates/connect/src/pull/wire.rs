//! Requests to the vendor: within its limits, with a token that is good, asked again where that is safe.

use super::budget::{Allowance, Budget};
use super::login::Login;
use super::{PullError, World};
use crate::courier::{Answer, Call, Courier, CourierOptions, busy};
use crate::directory::DirectoryError;
use crate::endpoint::{Allowed, Endpoint, SystemResolver};
use crate::pace::{Chance, Pace};
use crate::secret::Secret;
use crate::settings::{NoSecret, SecretPlace};
use crate::sources::Access;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::Method;

const JSON: &str = "application/json";
/// How large an answer may be that is no download.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// Whether a request may arrive twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// It asks, or sets what is to be.
    Freely,
    /// It makes something anew: it is sent again only when the vendor says that it did not take it.
    WhenNotTaken,
}

/// The way to the vendor.
pub(super) struct Wire {
    pub(super) world: Arc<dyn World>,
    pub(super) chance: Chance,
    api: Courier,
    login: Login,
    budget: Budget,
    personal: Option<Secret>,
    access: Access,
    roots: Option<Vec<u8>>,
    /// When the pull's patience is over.
    until: Duration,
    /// Whether the next request would have to wait for longer than that.
    is_spent: bool,
}

impl Wire {
    pub(super) fn new(
        access: &Access,
        scope: &'static str,
        world: &Arc<dyn World>,
        mut chance: Chance,
        budgets: &Path,
        patience: Duration,
    ) -> Result<Self, PullError> {
        let roots = match &access.roots_file {
            None => None,
            Some(file) => Some(std::fs::read(file).map_err(|why| PullError::disk(file, why))?),
        };
        let options = CourierOptions {
            time_max: world.timing().request_max,
            bytes_max: ANSWER_BYTES_MAX,
            retry: world.timing().retry,
            roots: roots.clone(),
            seed: chance.up_to(u64::MAX),
            ..CourierOptions::default()
        };
        let courier = |url: &str| courier(url, access, world, options.clone());
        let secret = |place: &Option<SecretPlace>| {
            place.as_ref().map(|place| read_secret(place, &**world)).transpose()
        };
        let login = Login {
            courier: courier(&access.login_url)?,
            client_id: access.client_id.clone(),
            client_secret: secret(&access.client_secret)?,
            refresh_token: access.refresh_token.clone(),
            scope,
            token: None,
        };
        let allowed = Allowance { sustained: access.requests_per_minute, burst: access.burst };
        Ok(Self {
            api: courier(&access.url)?,
            login,
            budget: Budget::new(budgets, [&access.user, &access.login_url], allowed),
            personal: secret(&access.personal_token)?,
            until: world.now().saturating_add(patience),
            world: world.clone(),
            chance,
            access: access.clone(),
            roots,
            is_spent: false,
        })
    }

    /// Whether the pull's patience is over, or would be before another request may go.
    pub(super) fn is_over(&self) -> bool {
        self.is_spent || self.world.now() >= self.until
    }

    /// A courier to where a download lies, which gets no token.
    pub(super) fn to_download(&self, origin: &str) -> Result<Courier, PullError> {
        let options = CourierOptions {
            time_max: self.world.timing().download_max,
            roots: self.roots.clone(),
            ..CourierOptions::default()
        };
        courier(origin, &self.access, &self.world, options)
    }

    pub(super) fn get(&mut self, path: &str) -> Result<Value, PullError> {
        Ok(self.send(Method::GET, path, None, Repeat::Freely)?.json)
    }

    pub(super) fn post(
        &mut self,
        path: &str,
        body: Option<Value>,
        repeat: Repeat,
    ) -> Result<Value, PullError> {
        Ok(self.send(Method::POST, path, body, repeat)?.json)
    }

    /// Sends a request; again while that is safe and the vendor is busy or away.
    pub(super) fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
        repeat: Repeat,
    ) -> Result<Answer, PullError> {
        let retry = self.world.timing().retry;
        let (mut tries, mut renewed) = (0, false);
        loop {
            tries += 1;
            let result = self.send_once(method.clone(), path, body.as_ref())?;
            match &result {
                Err(DirectoryError::Unauthorised { .. }) if !renewed => {
                    self.login.forget();
                    renewed = true;
                    continue;
                }
                Ok(Answer { status: 200..=299, .. }) => return Ok(result?),
                _ => {}
            }
            let Some(asked) = self.again(&result, repeat) else {
                return Err(refusal(result));
            };
            if tries >= retry.tries_max || asked.is_some_and(|asked| asked > retry.longest) {
                return Err(match (refusal(result), asked) {
                    (
                        PullError::Throttled { words, .. } | PullError::Away { words },
                        Some(asked),
                    ) => PullError::Throttled { seconds: Some(asked.as_secs()), words },
                    (other, _) => other,
                });
            }
            // The jitter comes on top of what was asked for, so that not everybody comes back at once.
            let jitter = retry.delay(tries, &mut self.chance);
            self.world.wait(asked.map_or(jitter, |asked| asked + jitter / 4));
        }
    }

    /// Whether to ask again, and what wait was asked for.
    fn again(
        &self,
        result: &Result<Answer, DirectoryError>,
        repeat: Repeat,
    ) -> Option<Option<Duration>> {
        let is_broken =
            matches!(result, Ok(Answer { status: 500, .. }) | Err(DirectoryError::NotJson { .. }));
        let asked = if is_broken { Some(None) } else { busy(result) }?;
        let is_safe = repeat == Repeat::Freely || matches!(result, Ok(Answer { status: 429, .. }));
        is_safe.then_some(asked)
    }

    /// The outer result is about us, the inner one about the vendor.
    fn send_once(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Result<Answer, DirectoryError>, PullError> {
        let left = self.until.saturating_sub(self.world.now()).as_secs();
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        let wait = self.budget.take(self.world.instant(), left.max(1));
        self.is_spent = matches!(wait, Err(PullError::Throttled { .. }));
        let wait = wait?;
        if wait > 0 {
            self.world.wait(Duration::from_secs(wait));
        }
        // After the wait, which may have outlived a token.
        let token = self.login.token()?;
        let personal = self.personal.as_ref();
        let call = Call {
            method,
            path,
            bearer: Some(&token),
            secret_header: personal.map(|secret| ("ADSK-PAT", secret)),
            body: body.map(|body| (JSON, body.to_string())),
            ..Call::default()
        };
        Ok(self.api.send_once(&call))
    }
}

fn refusal(result: Result<Answer, DirectoryError>) -> PullError {
    match result {
        Ok(Answer { status: 429, words, .. }) => PullError::Throttled { seconds: None, words },
        Ok(Answer { status: status @ 500.., words, .. }) => {
            PullError::Away { words: format!("it answers {status}: {words}") }
        }
        Ok(Answer { status, words, .. }) => PullError::Refused { status, words },
        Err(error) => error.into(),
    }
}

fn courier(
    url: &str,
    access: &Access,
    world: &Arc<dyn World>,
    options: CourierOptions,
) -> Result<Courier, PullError> {
    let allowed = Allowed::new(access.allowed_networks.iter().map(String::as_str))?;
    let endpoint = Endpoint::new(url, &SystemResolver, &allowed)?;
    let pace: Arc<dyn Pace> = world.clone();
    Ok(Courier::new(endpoint, pace, options)?)
}

fn read_secret(place: &SecretPlace, world: &dyn World) -> Result<Secret, PullError> {
    let name = match place {
        SecretPlace::File(file) => format!("`{file}`"),
        SecretPlace::Variable(name) => format!("the variable `{name}`"),
    };
    place.read(Path::new(""), |name| world.variable(name)).map_err(|why| match (why, place) {
        (NoSecret::Unreadable(why), SecretPlace::File(file)) => {
            PullError::disk(Path::new(file), why)
        }
        _ => PullError::NoSecret { place: name },
    })
}
