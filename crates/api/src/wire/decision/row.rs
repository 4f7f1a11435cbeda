//! A decision in a list: what was asked, and what it came to.

use super::{Place, Tried, breach_key};
use crate::wire::Tokens;
use faregate_app::decisions::{about, asked};
use faregate_app::ports::Entry;
use faregate_app::sight::Sight;
use faregate_core::estate::BucketId;
use faregate_core::event::{Basis, Event, Route, SessionId};
use faregate_core::state::State;
use serde::Serialize;
use utoipa::ToSchema;

/// A decision of the gate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionRow {
    /// Place in the journal: `/v1/decisions/{id}` explains it.
    pub decision: u64,
    /// When it was decided.
    pub at: String,
    /// `allowed` or `refused`.
    pub outcome: &'static str,
    /// `seat`, `free-seat`, `tokens` or `refused`.
    pub route: &'static str,
    /// Id of the session, unless refused.
    pub session: Option<String>,
    /// Name that was asked with.
    pub asked_as: String,
    /// Key of the person; `null` when nobody has that name.
    pub person: Option<String>,
    /// Their name.
    pub person_name: Option<String>,
    /// Key of the product, as it was asked for.
    pub product: String,
    /// Its name; `null` when nobody knows it.
    pub product_name: Option<String>,
    /// Workstation.
    pub host: String,
    /// Key of the bucket that pays, or that was asked for.
    pub bucket: Option<String>,
    /// Its name.
    pub bucket_name: Option<String>,
    /// Tokens reserved then; 0 when the running unit was paid already, or on a seat.
    pub tokens: Tokens,
    /// The refusal's code.
    pub code: Option<&'static str>,
    /// What happened, when refused.
    pub detail: Option<&'static str>,
    /// The policy or cap that turned the person away, or sent them on.
    pub rule: Option<String>,
    /// Where the request came from, as far as is known.
    pub place: Place,
    /// `report` or `quarantine`, when it was let through outside of its territory.
    pub breach: Option<&'static str>,
    /// What rules on trial would have said, when that is something else.
    pub trial: Option<Tried>,
}

impl DecisionRow {
    /// A decision, as far as a caller sees it: a bucket that is none of theirs is left out. `None` for what is no
    /// decision.
    #[must_use]
    pub fn new(state: &State, sight: Sight, entry: &Entry) -> Option<Self> {
        let (estate, ask) = (state.estate(), asked(&entry.event)?);
        let person = about(state, &entry.event, entry.at).and_then(|id| estate.person(id));
        let product = estate.product_called(&ask.product).and_then(|id| estate.product(id));
        let came_to = CameTo::of(&entry.event)?;
        let chosen = ask.bucket.as_deref().and_then(|key| estate.bucket_called(key));
        let bucket = came_to.bucket.or(chosen).filter(|id| sight.bucket(state, *id));
        let bucket = bucket.and_then(|id| estate.bucket(id));
        let basis = came_to.basis;
        Some(Self {
            decision: entry.seq,
            at: entry.at.to_string(),
            outcome: if came_to.code.is_none() { "allowed" } else { "refused" },
            route: came_to.route,
            session: came_to.code.is_none().then(|| SessionId(entry.seq).to_string()),
            asked_as: ask.person.clone(),
            person: person.map(|person| person.key.clone()),
            person_name: person.map(|person| person.name.clone()),
            product: product.map_or_else(|| ask.product.clone(), |product| product.key.clone()),
            product_name: product.map(|product| product.name.clone()),
            host: ask.host.clone(),
            bucket: bucket.map(|bucket| bucket.key.clone()),
            bucket_name: bucket.map(|bucket| bucket.name.clone()),
            tokens: came_to.tokens,
            code: came_to.code,
            detail: came_to.detail,
            rule: basis.rule.clone(),
            place: Place::new(state, basis.place),
            breach: basis.breach.map(breach_key),
            trial: basis.trial.clone().map(Tried::from),
        })
    }
}

/// What a decision came to.
struct CameTo<'a> {
    route: &'static str,
    bucket: Option<BucketId>,
    tokens: Tokens,
    code: Option<&'static str>,
    detail: Option<&'static str>,
    basis: &'a Basis,
}

impl<'a> CameTo<'a> {
    fn of(event: &'a Event) -> Option<Self> {
        match event {
            Event::Refused(refused) => Some(Self {
                route: "refused",
                bucket: None,
                tokens: Tokens::default(),
                code: Some(refused.reason.code()),
                detail: Some(refused.reason.sentence()),
                basis: &refused.basis,
            }),
            Event::Opened(opened) => {
                let (bucket, tokens) = match opened.route {
                    Route::Tokens { bucket, ticks, .. } => (Some(bucket), ticks.into()),
                    Route::Seat(_) | Route::FreeSeat(_) => (None, Tokens::default()),
                };
                let (route, basis) = (opened.route.fare().key(), &opened.basis);
                Some(Self { route, bucket, tokens, code: None, detail: None, basis })
            }
            _ => None,
        }
    }
}
