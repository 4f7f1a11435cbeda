//! Authority is a value: a handler that spends tokens takes an [`Authorized`] that only the check can make.

use crate::Server;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, Method, header, request::Parts};
use faregate_app::access::{Credential, Kind, Role, SecretHash};
use faregate_app::orders::Orderer;
use faregate_app::rights::{Right, RightSet};
use faregate_app::sight::Sight;
use faregate_core::state::State;
use faregate_core::when::Instant;
use std::marker::PhantomData;

/// Name of the cookie that carries a sign-in.
pub const COOKIE: &str = "faregate_sign_in";

/// Header in which an administrator names the person for whom an order is given.
pub const ON_BEHALF_OF: &str = "faregate-on-behalf-of";

/// Something that not everybody may do.
pub trait Permission: Send + Sync + 'static {
    /// What it is, in words that follow "you may not".
    const WORDS: &'static str;
    /// The right that it takes; `None`: to be somebody.
    const RIGHT: Option<Right>;
}

macro_rules! permissions {
    ($($(#[doc = $doc:literal])+ $name:ident: $words:literal;)+) => {$(
        $(#[doc = $doc])+
        pub struct $name;

        impl Permission for $name {
            const WORDS: &'static str = $words;
            const RIGHT: Option<Right> = Some(Right::$name);
        }
    )+};
}

permissions! {
    /// Open, keep alive and close sessions.
    SpendTokens: "open or close sessions";
    /// Read balances, burn and sessions.
    ReadBurn: "read burn and balances";
    /// Read everybody's buckets, seats and rules.
    ReadEstate: "read the estate and its rules";
    /// Read what is one's own; how far that goes, [`Sight`] says.
    ReadOwn: "read buckets, requests, seats and people";
    /// Read pace and forecasts of what one sees.
    ReadOutlook: "read pace and forecasts";
    /// Read what to buy.
    ReadPurchases: "read what to buy";
    /// Give orders; which ones, `faregate_app::orders` says.
    GiveOrders: "give orders";
    /// Report use that took place elsewhere.
    ReportUse: "report use";
    /// Change who and what there is.
    RunFaregate: "change who and what there is";
    /// Ask what opening a product would cost; for whom, [`Sight`] says.
    AskPrice: "ask for a quote";
    /// Read who comes in, and as what.
    ReadAccess: "read who comes in";
    /// Say who comes in, and as what.
    ManageAccess: "say who comes in";
}

/// Know one's own name.
pub struct BeSomebody;

impl Permission for BeSomebody {
    const WORDS: &'static str = "be here";
    const RIGHT: Option<Right> = None;
}

/// Proof that the caller may do `P`. Only the check below makes one.
pub struct Authorized<P> {
    credential: Credential,
    /// What they may do.
    rights: RightSet,
    /// For whom an administrator acts.
    on_behalf_of: Option<String>,
    permission: PhantomData<P>,
}

impl<P> Authorized<P> {
    /// Name of whoever it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.credential.name
    }

    /// Their role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.credential.role
    }

    /// What they may do.
    #[must_use]
    pub fn rights(&self) -> RightSet {
        self.rights
    }

    /// Whether they came in with a sign-in, and not with a key.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.credential.kind == Kind::SignIn
    }

    /// The hash of what they came in with.
    pub(crate) fn hash(&self) -> &SecretHash {
        &self.credential.hash
    }

    /// How far they see.
    #[must_use]
    pub fn sight(&self, state: &State, now: Instant) -> Sight {
        Sight::of(self.role(), self.name(), state, now)
    }

    /// How far they see, once a state is at hand that nobody changes meanwhile.
    pub(crate) fn sight_at(&self, now: Instant) -> impl FnOnce(&State) -> Sight + Send + 'static {
        let (role, name) = (self.role(), self.name().to_owned());
        move |state| Sight::of(role, &name, state, now)
    }

    /// Who they are when they give an order: never what a body says, always whose key it is. Administrators,
    /// who could write into the store anyway, may name whom they act for.
    #[must_use]
    pub fn orderer(&self) -> Orderer {
        let orderer = Orderer::with_rights(self.name(), self.rights);
        orderer.on_behalf_of(self.on_behalf_of.as_deref())
    }
}

impl<P: Permission> FromRequestParts<Server> for Authorized<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let credential = credential(parts, server)?;
        let (role, rights) = (credential.role, server.rights.of(credential.role));
        if !P::RIGHT.is_none_or(|right| rights.has(right)) {
            let detail = format!("{} may not {}", role.with_article(), P::WORDS);
            return Err(Problem::forbidden(detail));
        }
        let on_behalf_of = on_behalf_of(&parts.headers, role, rights)?;
        Ok(Self { credential, rights, on_behalf_of, permission: PhantomData })
    }
}

/// Whom an administrator acts for; nobody else may act for anybody.
fn on_behalf_of(
    headers: &HeaderMap,
    role: Role,
    rights: RightSet,
) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(ON_BEHALF_OF) else { return Ok(None) };
    if !rights.has(Right::ActForOthers) {
        let detail = format!("{} may not act for somebody else", role.with_article());
        return Err(Problem::forbidden(detail));
    }
    // Left out, the order would be the administrator's own.
    let name = str::from_utf8(value.as_bytes()).map_err(|_| {
        let detail = format!("`{ON_BEHALF_OF}` is no name in UTF-8");
        Problem::bad_request("bad-name", detail, "send the name's bytes in UTF-8")
    })?;
    Ok(Some(name.to_owned()))
}

fn credential(parts: &Parts, server: &Server) -> Result<Credential, Problem> {
    let now = server.gate.now();
    if let Some(key) = bearer(&parts.headers) {
        return server.access.check(Kind::Key, key, now).ok_or_else(Problem::unauthorized);
    }
    let secret = sign_in_cookie(&parts.headers).ok_or_else(Problem::unauthorized)?;
    let credential =
        server.access.check(Kind::SignIn, secret, now).ok_or_else(Problem::unauthorized)?;
    // A browser sends the cookie whoever asks for the request; only our own page may change things with it.
    let changes = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !is_same_origin(&parts.headers) {
        return Err(Problem::cross_site());
    }
    Ok(credential)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

/// The sign-in's secret that the browser sent.
pub(crate) fn sign_in_cookie(headers: &HeaderMap) -> Option<&str> {
    cookie_of(headers, COOKIE)
}

/// The cookie of this name that the browser sent.
pub(crate) fn cookie_of<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies =
        lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, from)| from == host)
        }
        (None, _) => true,
        (Some(_), None) => false,
    }
}
