//! What the gate answers, on the wire.

pub mod row;

use super::Tokens;
use crate::Server;
use faregate_app::gate::{Answer, Decision};
use faregate_core::estate::{self, Breach, Trust};
use faregate_core::event::{Basis, Opened, Reason, Route, SessionId, Trial};
use faregate_core::state::State;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to an open.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// Place in the journal; explain it with `faregate explain`.
    pub decision: u64,
    /// When it was decided.
    pub at: String,
    /// `seat`, `tokens` or `refused`.
    pub route: &'static str,
    /// Id of the session, unless refused.
    pub session: Option<String>,
    /// Key of the bucket that pays.
    pub bucket: Option<String>,
    /// Tokens reserved now; 0 when the running unit was paid already, or on a seat.
    pub tokens: Tokens,
    /// A launch closed before this instant costs nothing.
    pub free_until: Option<String>,
    /// Why not, when refused.
    pub refusal: Option<Refusal>,
    /// The policy or cap that turned the person away.
    pub rule: Option<String>,
    /// Where the request came from, as far as is known.
    pub place: Place,
    /// `report` or `quarantine`, when it was let through outside of its territory.
    pub breach: Option<&'static str>,
    /// What rules on trial would have said, when that is something else.
    pub trial: Option<Tried>,
    /// What the person should know all the same.
    pub warnings: Vec<String>,
    /// Whether this request had been answered before, and this is that answer.
    pub repeated: bool,
}

/// Why somebody is turned away.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// What happened.
    pub detail: &'static str,
    /// What the policy that decided says of it, in its author's words.
    pub say: Option<String>,
    /// Whether the same question may be answered differently later.
    pub transient: bool,
    /// What the person can do.
    pub remedies: &'static [&'static str],
}

/// Where a request came from.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Place {
    /// Key of the site.
    pub site: Option<String>,
    /// Code of the country.
    pub country: Option<String>,
    /// Key of the region.
    pub region: Option<String>,
    /// Why we think so: `network`, `vpn`, `geo`, `reported` or `unknown`; the most trusted first.
    pub trust: &'static str,
}

/// What rules on trial would have said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tried {
    /// `seat`, `free-seat`, `tokens` or `refused`.
    pub route: &'static str,
    /// The refusal's code.
    pub code: Option<&'static str>,
    /// The policy or cap that would have decided.
    pub rule: Option<String>,
}

impl Refusal {
    /// A reason, with what the deciding policy says of it.
    #[must_use]
    pub fn new(reason: Reason, say: Option<String>) -> Self {
        let (code, detail) = (reason.code(), reason.sentence());
        Self { code, detail, say, transient: reason.is_transient(), remedies: reason.remedies() }
    }
}

impl Place {
    /// A place, named.
    #[must_use]
    pub fn new(state: &State, place: estate::Place) -> Self {
        let site = place.site.and_then(|site| state.estate().site(site));
        let region = place.country.and_then(|country| state.estate().region_of(country));
        Self {
            site: site.map(|site| site.key.clone()),
            country: place.country.map(|country| country.code().to_owned()),
            region: region.map(|region| region.key.clone()),
            trust: place.trust.key(),
        }
    }
}

impl From<Trial> for Tried {
    fn from(trial: Trial) -> Self {
        match trial {
            Trial::Opens(fare) => Self { route: fare.key(), code: None, rule: None },
            Trial::Refuses(reason, rule) => {
                Self { route: "refused", code: Some(reason.code()), rule }
            }
        }
    }
}

/// What an answer stood on.
pub(crate) fn basis(answer: &Answer) -> &Basis {
    match answer {
        Answer::Opened(opened) => &opened.basis,
        Answer::Refused(refused) => &refused.basis,
    }
}

/// The stable name of a breach that is let through.
pub(crate) fn breach_key(breach: Breach) -> &'static str {
    match breach {
        Breach::Report => "report",
        Breach::Quarantine => "quarantine",
        Breach::Refuse => "refuse",
    }
}

/// What the deciding policy says to whoever it turned away (`@say`).
fn say(server: &Server, rule: Option<&str>) -> Option<String> {
    let rule = rule?;
    let state = server.gate.state().read();
    server.rules.of(&state).sentence(rule).map(str::to_owned)
}

/// The place of a decision. Most come from no known place: they are answered without a look at the state.
pub(crate) fn place(server: &Server, place: estate::Place) -> Place {
    if place.trust == Trust::Unknown {
        return Place { trust: place.trust.key(), ..Place::default() };
    }
    Place::new(&server.gate.state().read(), place)
}

/// What somebody who got through should know.
pub(crate) fn warnings(opened: &Opened) -> Vec<String> {
    let given = matches!(opened.route, Route::FreeSeat(_))
        .then(|| "a free seat was given to you: it is yours from now on".to_owned());
    let abroad = opened.basis.breach.map(|breach| match breach {
        Breach::Quarantine => "this is outside of where these licences may be used: somebody will look at it".to_owned(),
        Breach::Report | Breach::Refuse => {
            "this is outside of where these licences may be used, or nobody knows where it is: it is reported".to_owned()
        }
    });
    given.into_iter().chain(abroad).collect()
}

impl Decided {
    /// A decision as it goes over the wire.
    #[must_use]
    pub fn new(server: &Server, decision: Decision) -> Self {
        let stood_on = basis(&decision.answer).clone();
        let mut decided = Self {
            decision: decision.seq,
            at: decision.at.to_string(),
            route: "refused",
            session: None,
            bucket: decision.bucket,
            tokens: Tokens::default(),
            free_until: None,
            refusal: None,
            place: place(server, stood_on.place),
            breach: stood_on.breach.map(breach_key),
            trial: stood_on.trial.map(Tried::from),
            warnings: Vec::new(),
            repeated: decision.repeated,
            rule: stood_on.rule,
        };
        match decision.answer {
            Answer::Refused(refused) => {
                let say = say(server, decided.rule.as_deref());
                decided.refusal = Some(Refusal::new(refused.reason, say));
            }
            Answer::Opened(opened) => {
                decided.session = Some(SessionId(decision.seq).to_string());
                decided.route = "seat";
                decided.warnings = warnings(&opened);
                if let Route::Tokens { ticks, grace_end, .. } = opened.route {
                    decided.route = "tokens";
                    decided.tokens = ticks.into();
                    decided.free_until = ticks.is_positive().then(|| grace_end.to_string());
                }
            }
        }
        decided
    }
}
