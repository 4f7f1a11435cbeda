//! The bodies of what agents and servers send each other, as JSON.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST /v1/agent/enrol` | [`Enrol`], signed with the key that it carries, `keyid="new"` | [`Enrolled`] |
//! | `GET /v1/agent/rules` | | [`crate::rules::SignedRules`] as JWS text (`application/jose`) |
//! | `POST /v1/agent/beat` | [`Beat`] | [`BeatAnswer`] |
//! | `POST /v1/agent/ask` | [`Ask`] | [`Asked`]: nothing is booked |
//! | `POST /v1/agent/open` | [`Open`] | [`Opened`]; the same [`Open::key`] gets the same answer for ever |
//! | `POST /v1/agent/close` | [`Close`] | [`Closed`] |
//! | `POST /v1/agent/uses` | [`Uses`] | [`UsesTaken`] |
//!
//! All but the first are signed by an enrolled device. Errors are problem documents (RFC 9457) with a `code`:
//! `clock-off` (401; its `now` is the server's time in seconds), `replayed`, `signature`, `device-revoked` (401).

use crate::rules::Level;
use serde::{Deserialize, Serialize};

/// A device wants to be known.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrol {
    /// The one-time code, from whoever runs the server.
    pub code: String,
    /// Name of the machine.
    pub name: String,
    /// The device's public key, base64.
    pub public_key: String,
    /// Release of the agent.
    pub version: String,
    /// Name of the operating system.
    pub system: String,
}

/// A device is known.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    /// Its id, for `keyid`: `d42`.
    pub device: String,
    /// The server's public key, base64: what it signs is believed from here on.
    pub server_key: String,
    /// The server's time.
    pub now: i64,
}

/// A device is alive, and so are these sessions.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Beat {
    /// The device's wall clock.
    pub clock: i64,
    /// Version of the rules that it has; 0: none.
    #[serde(default)]
    pub rules: u32,
    /// Release of the agent.
    #[serde(default)]
    pub version: String,
    /// Sessions that go on.
    #[serde(default)]
    pub sessions: Vec<Pulse>,
}

/// A session goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pulse {
    /// Its id: `s42`.
    pub session: String,
    /// Whether the product was used since the last beat.
    pub active: bool,
}

/// What a device should know after a beat.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BeatAnswer {
    /// The server's time.
    pub now: i64,
    /// Version of the rules in force: fetch them when it differs.
    pub rules: u32,
    /// What is to be said of sessions.
    #[serde(default)]
    pub sessions: Vec<PulseAnswer>,
}

/// What is to be said of a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PulseAnswer {
    /// Its id.
    pub session: String,
    /// `false`: no such session of this device runs; tell of the use, and open anew.
    pub runs: bool,
    /// When being used makes it cost the next unit; `null` when it never does.
    #[serde(default)]
    pub next_unit: Option<i64>,
    /// What that unit costs, in tokens.
    #[serde(default)]
    pub next_tokens: Option<f64>,
}

/// Somebody is about to open a product: what would that come to?
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ask {
    /// The account of the operating system.
    pub account: String,
    /// Key of the product.
    pub product: String,
    /// Its version, as it names itself.
    #[serde(default)]
    pub version: Option<String>,
    /// Key of the bucket (the project) that shall pay.
    #[serde(default)]
    pub bucket: Option<String>,
    /// The device's wall clock.
    pub clock: i64,
}

/// What opening would come to, and how far to go.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Asked {
    /// `seat`, `free-seat`, `tokens` or `refused`.
    pub route: String,
    /// Tokens that would be held now; 0 on a seat, or when the running unit is paid.
    pub tokens: f64,
    /// What they cost, in words, where a price is known: `30.00 USD`.
    pub money: Option<String>,
    /// What is left in the bucket before.
    pub left: Option<f64>,
    /// The bucket that would pay.
    pub bucket: Option<Bucket>,
    /// Buckets the person may choose from.
    pub buckets: Vec<Bucket>,
    /// How far to go.
    pub level: Level,
    /// Minutes to save before a product is ended.
    pub save_minutes: u32,
    /// Why not, when refused.
    pub refusal: Option<Refusal>,
    /// What they could do instead, in words.
    pub instead: Vec<String>,
    /// What they should know.
    pub warnings: Vec<String>,
}

/// A bucket, to choose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bucket {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Tokens left in it.
    pub left: f64,
}

/// Why somebody is turned away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// Stable code.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What they can do.
    pub remedies: Vec<String>,
    /// Whether the same question may be answered differently later.
    pub transient: bool,
}

/// Somebody opens a product.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Open {
    /// Names the request for ever; written down before it is sent.
    pub key: String,
    /// The account of the operating system.
    pub account: String,
    /// Key of the product.
    pub product: String,
    /// Its version, as it names itself.
    #[serde(default)]
    pub version: Option<String>,
    /// Key of the bucket that shall pay.
    #[serde(default)]
    pub bucket: Option<String>,
    /// Tokens that the person said yes to.
    #[serde(default)]
    pub agreed: Option<f64>,
    /// Yes to what `confirmation-needed` asked.
    #[serde(default)]
    pub confirm: bool,
    /// Seconds of a lease: to be used while the server is away.
    #[serde(default)]
    pub lease: Option<u32>,
    /// The device's wall clock.
    pub clock: i64,
}

/// The answer to an open.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Opened {
    /// Place in the journal, for `faregate explain`.
    pub decision: u64,
    /// `seat`, `tokens` or `refused`.
    pub route: String,
    /// Id of the session, unless refused.
    pub session: Option<String>,
    /// Tokens held now.
    pub tokens: f64,
    /// Key of the bucket that pays.
    pub bucket: Option<String>,
    /// Closed before this instant it costs nothing.
    pub free_until: Option<i64>,
    /// Why not, when refused.
    pub refusal: Option<Refusal>,
    /// A [`crate::grant::Grant`] as JWS: for a seat, or for the lease that was asked for.
    pub grant: Option<String>,
    /// What they should know.
    pub warnings: Vec<String>,
    /// Whether the same key was answered before.
    pub repeated: bool,
}

/// Sessions end.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Close {
    /// Their ids.
    pub sessions: Vec<String>,
}

/// What became of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Closed {
    /// Those that ended now, or had ended before.
    pub ended: Vec<String>,
    /// Those that are not this device's.
    pub unknown: Vec<String>,
}

/// Use that the server has not seen, each part once it has ended.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Uses {
    /// The uses, in any order.
    pub uses: Vec<Use>,
    /// Leases that are given back: nothing more is used under them.
    #[serde(default)]
    pub returned: Vec<String>,
}

/// A stretch of use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Use {
    /// Names the stretch for ever.
    pub key: String,
    /// The account of the operating system.
    pub account: String,
    /// Key of the product.
    pub product: String,
    /// When it began, by the best knowledge of the server's time.
    pub opened: i64,
    /// When it ended.
    pub closed: i64,
    /// The lease's session, when it was under one.
    #[serde(default)]
    pub lease: Option<String>,
    /// On what it was let through: `seat`, `lease`, `grace`, `none`.
    #[serde(default)]
    pub basis: String,
}

/// What became of the uses.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsesTaken {
    /// Keys of those that need not be sent again.
    pub taken: Vec<String>,
    /// Of those, the ones that were known already.
    pub duplicates: u64,
    /// Of those, the ones under a lease that had ended.
    pub late: u64,
    /// Keys of those that will never be taken, and why.
    pub refused: Vec<(String, String)>,
}
