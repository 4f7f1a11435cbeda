//! Orders: what people tell Faregate to do with budgets, seats, rules and the estate.
//!
//! Whoever gives an order, the page, a script or the command line, it comes through [`carry_out`]: it is
//! checked as a whole against the state, then booked as one commit that begins with who ordered what.
//!
//! To add an order: a variant of [`Order`], its arm in `decide` with the checks, a row in the tests, its shape
//! in `faregate_api::wire`.

use crate::engine::{Engine, Failure, rehearse};
use crate::merge::{self, Merge};
use crate::rights::Right;
use crate::rules::Books;
use faregate_core::alert::AlertId;
use faregate_core::amount::{Money, Ticks};
use faregate_core::anomaly::Class;
use faregate_core::budget::RequestId;
use faregate_core::burn::Plan;
use faregate_core::estate::{DeviceId, SeatId};
use faregate_core::event::{Event, Mode, PolicySet};
use faregate_core::ledger::PackKind;
use faregate_core::moves::{MovePlan, MoveStep, PlanId};
use faregate_core::state::{Occasion, State};
use faregate_core::when::Instant;

mod alerts;
mod budgets;
mod devices;
mod occasions;
mod once;
mod orderer;
mod plans;
mod refusal;
mod seats;
pub use alerts::AlertDeed;
pub use once::Once;
pub use orderer::Orderer;
pub use refusal::{Kind, OrderRefusal};

/// What somebody tells Faregate to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Move free tokens between two buckets, or between one and the unallocated part of the pool.
    Transfer {
        /// Key of the bucket that gives; `None`: the unallocated part of the pool.
        from: Option<String>,
        /// Key of the bucket that gets.
        to: Option<String>,
        /// How many.
        ticks: Ticks,
        /// Why.
        why: String,
    },
    /// Ask for tokens for a bucket; whoever gives the order is who asks.
    Request {
        /// Key of the bucket; the asker's own by default.
        bucket: Option<String>,
        /// How many.
        ticks: Ticks,
        /// Why.
        why: String,
        /// When they are given back, if they are only borrowed.
        due: Option<Instant>,
    },
    /// Say yes or no to a request; whoever gives the order is who decides.
    Answer {
        /// To which.
        request: RequestId,
        /// Yes, to so many; `None`: no.
        approved: Option<Ticks>,
        /// In their words.
        comment: String,
    },
    /// Take in a pack of tokens.
    Buy {
        /// Name to show.
        name: String,
        /// What kind of pool it belongs to.
        kind: PackKind,
        /// How many.
        ticks: Ticks,
        /// First instant of validity.
        from: Instant,
        /// First instant after.
        until: Instant,
        /// What a token of it cost.
        price: Option<Money>,
    },
    /// Correct what a pack holds, because the vendor counts otherwise.
    Correct {
        /// Number of the pack, counted from 1 in the order they came in.
        pack: u32,
        /// Key of the bucket that gains or loses; the unallocated part by default.
        bucket: Option<String>,
        /// How many more there are; negative when there are fewer.
        ticks: Ticks,
        /// Why.
        why: String,
    },
    /// Note what the vendor says is left.
    VendorBalance {
        /// When that was.
        at: Instant,
        /// How many.
        ticks: Ticks,
    },
    /// Give a free seat to somebody, or free one.
    MoveSeat {
        /// Which.
        seat: SeatId,
        /// Any alias of whom; `None`: nobody.
        person: Option<String>,
    },
    /// Let a set of policies hold, instead of the one of its name.
    AdoptPolicy {
        /// Its name.
        name: String,
        /// Whether it decides or is only watched.
        mode: Mode,
        /// The policies, in Cedar.
        text: String,
    },
    /// Let a set of policies hold no longer.
    RetirePolicy {
        /// Its name.
        name: String,
    },
    /// Accept or reject use outside of its territory.
    ReviewBreach {
        /// The decision that let it through.
        decision: u64,
        /// Whether it is in order.
        accepted: bool,
        /// Why.
        why: String,
    },
    /// Say what a finding is worth: what is dismissed is not found again, and teaches thresholds.
    JudgeFinding {
        /// Which.
        finding: u64,
        /// The key of its class.
        class: String,
        /// What it is about.
        subject: String,
        /// Whether it is one.
        confirmed: bool,
        /// Why.
        why: String,
    },
    /// Let a workstation speak for itself: its agent has the private half of this key.
    EnrolDevice {
        /// The public half.
        key: [u8; 32],
        /// Name of the machine.
        name: String,
        /// Any alias of the one person whose workstation it is; `None`: anybody's.
        person: Option<String>,
    },
    /// Let a workstation speak for itself no longer.
    RevokeDevice {
        /// Which.
        device: DeviceId,
    },
    /// Let agents watch other products, or go further or less far.
    SetAgentRules {
        /// The rules, in TOML.
        text: String,
    },
    /// Note that a plan of the company's directory is carried out, or how that ended. Nothing here changes:
    /// what changed is in the directory, and the journal says who did it.
    NoteDirectoryRun {
        /// The plan's digest, 64 hexadecimal digits.
        plan: String,
        /// What began or ended.
        said: String,
    },
    /// Watch these alert rules from now on; those with other keys stay as they are.
    SetAlertRules {
        /// The rules, in TOML.
        text: String,
        /// Even where one would fire for nearly everybody at once.
        anyway: bool,
    },
    /// Watch an alert rule no longer.
    RemoveAlertRule {
        /// Its key.
        key: String,
    },
    /// Tell nobody what an alert rule raises.
    MuteAlertRule {
        /// Its key.
        key: String,
        /// Until when; `None`: tell them again.
        until: Option<Instant>,
    },
    /// Do something about an alert.
    HandleAlert {
        /// Which.
        alert: AlertId,
        /// What.
        deed: AlertDeed,
        /// In their words.
        note: String,
    },
    /// Let forecasts reckon with something that is known of some days.
    SetOccasion(Occasion),
    /// Let forecasts reckon with it no longer.
    RemoveOccasion {
        /// Its key.
        key: String,
    },
    /// Make an identity another person's, or their own again.
    Merge(Merge),
    /// Keep a plan of moves; whoever gives the order is who drew it.
    DrawPlan(Box<MovePlan>),
    /// Keep a plan that is another without some of its moves.
    DerivePlan {
        /// The other.
        parent: PlanId,
        /// The numbers of the moves that it does not have, from 1.
        without: Vec<u32>,
        /// Its name; the other's by default.
        name: Option<String>,
    },
    /// Let a plan of moves be carried out, or not; whoever gives the order is who decides.
    JudgePlan {
        /// Which.
        plan: PlanId,
        /// Whether it may be.
        approved: bool,
        /// Why.
        why: String,
    },
    /// Make moves of an approved plan, take them back, or leave them out.
    StepPlan {
        /// Which.
        plan: PlanId,
        /// The numbers of the moves, from 1; `None`: all that are due.
        moves: Option<Vec<u32>>,
        /// What.
        step: MoveStep,
    },
    /// Say how an allotment is to be used up.
    SetPlan {
        /// Key of the bucket; `None`: the pool as a whole.
        bucket: Option<String>,
        /// How.
        plan: Plan,
    },
}

impl Order {
    /// What is ordered, in a few words, for the record.
    fn words(&self) -> String {
        match self {
            Self::Transfer { .. } => "transfer tokens".to_owned(),
            Self::Request { .. } => "ask for tokens".to_owned(),
            Self::Answer { request, .. } => format!("answer request {request}"),
            Self::Buy { name, .. } => format!("take in pack `{name}`"),
            Self::Correct { pack, .. } => format!("correct pack {pack}"),
            Self::VendorBalance { .. } => "note the vendor's balance".to_owned(),
            Self::MoveSeat { seat, .. } => format!("move seat {}", seat.0),
            Self::AdoptPolicy { name, .. } => format!("adopt policies `{name}`"),
            Self::RetirePolicy { name } => format!("retire policies `{name}`"),
            Self::ReviewBreach { decision, .. } => format!("review decision {decision}"),
            Self::JudgeFinding { finding, .. } => format!("judge finding {finding:016x}"),
            Self::EnrolDevice { name, .. } => format!("enrol workstation `{name}`"),
            Self::RevokeDevice { device } => format!("revoke workstation {device}"),
            Self::SetAgentRules { .. } => "set the rules for agents".to_owned(),
            Self::NoteDirectoryRun { plan, said } => format!("directory plan {plan}: {said}"),
            Self::SetAlertRules { .. } => "set alert rules".to_owned(),
            Self::RemoveAlertRule { key } => format!("remove alert rule `{key}`"),
            Self::MuteAlertRule { key, until: Some(_) } => format!("mute alert rule `{key}`"),
            Self::MuteAlertRule { key, until: None } => format!("unmute alert rule `{key}`"),
            Self::HandleAlert { alert, deed: AlertDeed::Acknowledge, .. } => {
                format!("take on alert {alert}")
            }
            Self::HandleAlert { alert, deed: AlertDeed::Step(step), .. } => {
                format!("do step {} of alert {alert}", step + 1)
            }
            Self::SetOccasion(Occasion { key, .. }) => format!("set occasion `{key}`"),
            Self::RemoveOccasion { key } => format!("remove occasion `{key}`"),
            Self::Merge(Merge { person, into: Some(into) }) => {
                format!("merge `{person}` into `{into}`")
            }
            Self::Merge(Merge { person, into: None }) => {
                format!("take back the merge of `{person}`")
            }
            Self::DerivePlan { parent, .. } => format!("draw a plan from plan {parent}"),
            Self::DrawPlan(plan) => format!("draw plan `{}`", plan.name),
            Self::JudgePlan { plan, approved: true, .. } => format!("approve plan {plan}"),
            Self::JudgePlan { plan, approved: false, .. } => format!("reject plan {plan}"),
            Self::StepPlan { plan, step, .. } => format!("moves of plan {plan} {}", step.key()),
            Self::SetPlan { bucket: None, .. } => "set the plan of the pool".to_owned(),
            Self::SetPlan { bucket: Some(key), .. } => format!("set the plan of bucket `{key}`"),
        }
    }

    /// The right that it asks for.
    fn right(&self) -> Right {
        match self {
            Self::Request { .. }
            | Self::Transfer { .. }
            | Self::HandleAlert { .. }
            | Self::SetPlan { .. } => Right::AskForTokens,
            Self::Answer { .. } => Right::AnswerRequests,
            Self::JudgePlan { .. } => Right::JudgePlans,
            Self::Buy { .. } => Right::BuyPacks,
            _ => Right::RunFaregate,
        }
    }
}

/// An order that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Sequence number of the first event that carried it out; a request's id.
    pub seq: u64,
    /// What happened, in sentences.
    pub said: Vec<String>,
    /// What somebody should know all the same.
    pub warnings: Vec<String>,
    /// Whether it was carried out before, under the same key, and this only says so.
    pub repeated: bool,
    /// What a merge changes.
    pub merge: Option<Box<merge::Plan>>,
}

/// Why an order was not carried out. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// It makes no sense, or is not theirs to give.
    #[error("{}", .0.message)]
    Refused(OrderRefusal),
    /// The store or the clock failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<OrderRefusal> for NotDone {
    fn from(refusal: OrderRefusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What an order comes down to.
#[derive(Debug, Default)]
struct Decided {
    events: Vec<Event>,
    said: Vec<String>,
    warnings: Vec<String>,
}

/// Checks an order, and books it unless it is only tried.
///
/// # Errors
/// [`NotDone`]; nothing was booked.
pub fn carry_out(
    engine: &mut Engine,
    orderer: &Orderer,
    order: &Order,
    only_try: bool,
) -> Result<Done, NotDone> {
    let now = engine.ready()?;
    if let Order::Merge(merge) = order {
        return merged(engine, orderer, (order, merge), only_try, None);
    }
    let (events, done) = planned(engine, orderer, order, now)?;
    if !only_try && !events.is_empty() {
        engine.append_at(now, events, None)?;
    }
    Ok(done)
}

/// Checks an order and books it, unless it was booked before under the same key.
///
/// # Errors
/// [`NotDone`]; nothing was booked. [`Failure::KeyReused`] when the key names another order.
pub fn carry_out_once(
    engine: &mut Engine,
    orderer: &Orderer,
    order: &Order,
    once: Once,
) -> Result<Done, NotDone> {
    let now = engine.ready()?;
    if let Some(done) = once.before(engine)? {
        return Ok(done);
    }
    if let Order::Merge(merge) = order {
        let request = Some((once.key, once.digest));
        return merged(engine, orderer, (order, merge), false, request);
    }
    let (events, done) = planned(engine, orderer, order, now)?;
    if !events.is_empty() {
        engine.append_at(now, events, Some((once.key, once.digest)))?;
    }
    Ok(done)
}

/// The events that an order comes down to, the order itself first, and what will be said of them.
fn planned(
    engine: &mut Engine,
    orderer: &Orderer,
    order: &Order,
    now: Instant,
) -> Result<(Vec<Event>, Done), NotDone> {
    may_give(orderer, order)?;
    if let Order::ReviewBreach { decision, .. } = order {
        is_breach(engine, *decision)?;
    }
    let shared = engine.state();
    let state = shared.read();
    let Decided { mut events, said, warnings } =
        decide(&state, &mut engine.books, orderer, order, now)?;
    rehearse(&state, now, &events).map_err(OrderRefusal::broken)?;
    let is_note = matches!(order, Order::NoteDirectoryRun { .. });
    // The order itself comes first, what carries it out follows; a note is nothing but the order.
    let seq = state.seq() + if is_note { 1 } else { 2 };
    if is_note || !events.is_empty() {
        events.insert(0, Event::Ordered { by: orderer.words(), what: order.words() });
    }
    Ok((events, Done { seq, said, warnings, repeated: false, merge: None }))
}

fn may_give(orderer: &Orderer, order: &Order) -> Result<(), OrderRefusal> {
    let needed = order.right();
    let message = match needed {
        _ if orderer.may(needed) => return Ok(()),
        Right::AskForTokens => "this is for members and those who run Faregate",
        Right::AnswerRequests => "this is for members, approvers and those who run Faregate",
        Right::JudgePlans => "only an approver or somebody who runs Faregate may do this",
        Right::BuyPacks => "only procurement or somebody who runs Faregate may do this",
        _ => "only an administrator or a licence manager may do this",
    };
    Err(OrderRefusal::forbidden(message))
}

/// A merge reads all use that is stored, so it is no matter of the state alone.
fn merged(
    engine: &mut Engine,
    orderer: &Orderer,
    (order, merge): (&Order, &Merge),
    only_try: bool,
    request: Option<(String, u128)>,
) -> Result<Done, NotDone> {
    may_give(orderer, order)?;
    let ordered = Event::Ordered { by: orderer.words(), what: order.words() };
    merge::carry_out(engine, merge, ordered, only_try, request)
}

/// Whether a decision let use through outside of its territory.
fn is_breach(engine: &mut Engine, decision: u64) -> Result<(), NotDone> {
    let entry = engine.store.entry(decision).map_err(Failure::from)?;
    match entry.map(|entry| entry.event) {
        Some(Event::Opened(opened)) if opened.basis.breach.is_some() => Ok(()),
        _ => {
            let message =
                format!("decision {decision} let nothing through outside of its territory");
            let help = "`faregate place breaches` lists those that did";
            Err(OrderRefusal::new(Kind::Unknown, "no-breach", message, help).into())
        }
    }
}

/// What an order comes down to in a state.
fn decide(
    state: &State,
    books: &mut Books,
    orderer: &Orderer,
    order: &Order,
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    match order {
        Order::Transfer { from, to, ticks, why } => {
            budgets::transfer(state, orderer, from.as_deref(), to.as_deref(), *ticks, why, now)
        }
        Order::Request { bucket, ticks, why, due } => {
            budgets::request(state, orderer, bucket.as_deref(), *ticks, why, *due, now)
        }
        Order::Answer { request, approved, comment } => {
            budgets::answer(state, orderer, *request, *approved, comment, now)
        }
        Order::Buy { .. } | Order::Correct { .. } | Order::VendorBalance { .. } => {
            budgets::pack(state, order, now)
        }
        Order::MoveSeat { seat, person } => seats::move_seat(state, *seat, person.as_deref(), now),
        Order::AdoptPolicy { name, mode, text } => adopted(state, books, (name, *mode, text), now),
        Order::RetirePolicy { name } if state.policies().contains_key(name) => Ok(Decided {
            events: vec![Event::PolicyRetired(name.clone())],
            said: vec![format!("policies `{name}` hold no longer")],
            warnings: Vec::new(),
        }),
        Order::RetirePolicy { name } => Err(OrderRefusal::unknown("policies", name)),
        Order::ReviewBreach { decision, accepted, why } => {
            let (decision, accepted, why) = (*decision, *accepted, why.clone());
            let event = Event::BreachReviewed { decision, accepted, why };
            let word = if accepted { "accepted" } else { "rejected" };
            let said = vec![format!("decision {decision} was {word}")];
            Ok(Decided { events: vec![event], said, warnings: Vec::new() })
        }
        Order::JudgeFinding { finding, class, subject, confirmed, why } => {
            judged(*finding, (class, subject), *confirmed, why)
        }
        Order::EnrolDevice { key, name, person } => {
            devices::enrol(state, *key, name, person.as_deref(), now)
        }
        Order::RevokeDevice { device } => devices::revoke(state, *device),
        Order::SetAgentRules { text } => devices::set_rules(state, text),
        Order::SetAlertRules { text, anyway } => alerts::set(state, text, *anyway, now),
        Order::RemoveAlertRule { key } => alerts::remove(state, key),
        Order::MuteAlertRule { key, until } => alerts::mute(state, key, *until, now),
        Order::HandleAlert { alert, deed, note } => {
            alerts::handle(state, orderer, (*alert, deed), note, now)
        }
        Order::SetPlan { bucket, plan } => {
            budgets::set_plan(state, orderer, bucket.as_deref(), plan, now)
        }
        Order::DrawPlan(plan) => plans::draw(state, orderer, plan),
        Order::DerivePlan { parent, without, name } => {
            plans::derive(state, orderer, *parent, without, name.as_deref())
        }
        Order::JudgePlan { plan, approved, why } => {
            plans::judge(state, orderer, *plan, *approved, why)
        }
        Order::StepPlan { plan, moves, step } => {
            plans::step(state, (*plan, moves.as_deref()), *step, now)
        }
        Order::SetOccasion(occasion) => occasions::set(state, occasion),
        Order::RemoveOccasion { key } => occasions::remove(state, key),
        // It is decided with the store at hand, in `merged`.
        Order::Merge(_) => Ok(Decided::default()),
        Order::NoteDirectoryRun { plan, .. } => {
            let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
            if plan.len() != 64 || !plan.chars().all(is_digit) {
                let (message, help) = (format!("`{plan}` is no digest"), "give all 64 digits");
                return Err(OrderRefusal::new(Kind::Invalid, "bad-digest", message, help));
            }
            let said = vec!["it is noted in the journal".to_owned()];
            Ok(Decided { events: Vec::new(), said, warnings: Vec::new() })
        }
    }
}

fn adopted(
    state: &State,
    books: &mut Books,
    (name, mode, text): (&str, Mode, &str),
    now: Instant,
) -> Result<Decided, OrderRefusal> {
    let watched = match mode {
        Mode::Enforce => "hold",
        Mode::Monitor => "are watched, and turn nobody away,",
    };
    let set = PolicySet { name: name.to_owned(), mode, text: text.to_owned() };
    crate::rules::adopt(state, books, set, now).map(|(event, warnings)| Decided {
        events: vec![event],
        said: vec![format!("policies `{name}` {watched} from now on")],
        warnings,
    })
}

/// What somebody says of a finding, unless nobody could know what it is about, or why it was said.
fn judged(
    finding: u64,
    (class, subject): (&str, &str),
    confirmed: bool,
    why: &str,
) -> Result<Decided, OrderRefusal> {
    let invalid = |code, message, help| Err(OrderRefusal::new(Kind::Invalid, code, message, help));
    let listed = "`faregate findings --json` lists findings with their class and subject";
    let Some(known) = Class::from_key(class) else {
        return invalid("unknown-class", format!("`{class}` is no class of findings"), listed);
    };
    if subject.trim().is_empty() {
        let message = "a judgement needs the subject of its finding".to_owned();
        return invalid("no-subject", message, listed);
    }
    if why.trim().is_empty() {
        let message = "a judgement needs a reason".to_owned();
        return invalid("no-reason", message, "say why, for whoever looks later");
    }
    let (subject, why) = (subject.to_owned(), why.to_owned());
    let event = Event::FindingJudged { finding, class: known, subject, confirmed, why };
    let word = if confirmed { "confirmed" } else { "dismissed" };
    let said = vec![format!("finding {finding:016x} was {word}")];
    Ok(Decided { events: vec![event], said, warnings: Vec::new() })
}
