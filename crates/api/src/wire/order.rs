//! Orders on the wire: what the page, scripts and the command line send, and what they get back.
//!
//! To add an order: a variant here with the fields of `faregate_app::orders::Order`, its arm in
//! [`OrderBody::into_order`], a row in `tests/api/orders.rs`.

use super::{Money, Tokens};
use faregate_app::orders::{AlertDeed, Done, Kind, Order, OrderRefusal};
use faregate_core::alert::AlertId;
use faregate_core::amount::{self, Currency, parse_micros};
use faregate_core::budget::RequestId;
use faregate_core::burn::{Plan, Point};
use faregate_core::estate::{DeviceId, SeatId};
use faregate_core::event::Mode;
use faregate_core::ledger::PackKind;
use faregate_core::moves::{MoveStep, PlanId};
use faregate_core::state::{Occasion, OccasionEffect};
use faregate_core::when::{Date, Instant, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest name or key in an order.
const NAME_MAX: usize = 256;
/// The longest reason or comment.
const TEXT_MAX: usize = 2_000;
/// The longest set of policies.
pub(crate) const POLICIES_MAX: usize = 262_144;

/// An order: `order` says which.
///
/// Tokens are numbers with at most six decimals; dates are `YYYY-MM-DD` in the contract's zone or RFC 3339.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "order", rename_all = "kebab-case", deny_unknown_fields)]
pub enum OrderBody {
    /// Move free tokens between two buckets, or between one and the unallocated part of the pool.
    Transfer {
        /// Key of the bucket that gives; the unallocated part when it is missing.
        from: Option<String>,
        /// Key of the bucket that gets; the unallocated part when it is missing.
        to: Option<String>,
        /// How many.
        tokens: Tokens,
        /// Why.
        why: String,
    },
    /// Ask for tokens for a bucket: whoever calls is who asks.
    Request {
        /// Key of the bucket; the caller's own by default.
        bucket: Option<String>,
        /// How many.
        tokens: Tokens,
        /// Why.
        why: String,
        /// When they are given back, if they are only borrowed.
        due: Option<String>,
    },
    /// Say yes or no to a request: whoever calls is who decides.
    Answer {
        /// Id of the request, for example `r42`.
        request: String,
        /// Yes, to so many tokens; `null`: no.
        approve: Option<Tokens>,
        /// In their words.
        #[serde(default)]
        comment: String,
    },
    /// Take in a pack of tokens.
    Buy {
        /// Name to show.
        name: String,
        /// What kind of pool it belongs to.
        #[serde(default)]
        kind: Pool,
        /// How many.
        tokens: Tokens,
        /// When its term begins.
        from: String,
        /// When its term is over: the first date or instant that does not belong to it.
        until: String,
        /// What a token of it cost.
        price: Option<Money>,
    },
    /// Correct what a pack holds, because the vendor counts otherwise.
    Correct {
        /// Number of the pack, from 1 in the order they came in.
        pack: u32,
        /// Key of the bucket that gains or loses; the unallocated part when it is missing.
        bucket: Option<String>,
        /// How many more there are; negative when there are fewer.
        tokens: Tokens,
        /// Why.
        why: String,
    },
    /// Note what the vendor says is left.
    VendorBalance {
        /// When that was.
        at: String,
        /// How many.
        tokens: Tokens,
    },
    /// Give a free seat to somebody, or free one.
    MoveSeat {
        /// Number of the seat, as `GET /v1/seats` gives it.
        seat: u32,
        /// Any name of whom; `null` frees the seat.
        person: Option<String>,
    },
    /// Let a set of policies hold, instead of the one of its name.
    AdoptPolicy {
        /// Its name.
        name: String,
        /// Whether it decides or is only watched.
        #[serde(default)]
        mode: RuleMode,
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
        /// Number of the decision that let it through.
        decision: u64,
        /// Whether it is in order.
        accepted: bool,
        /// Why.
        why: String,
    },
    /// Say what a finding is worth: what is dismissed is not found again, and teaches thresholds.
    JudgeFinding {
        /// Its id, as `GET /v1/findings` gives it: 16 hexadecimal digits.
        finding: String,
        /// Its class.
        class: String,
        /// What it is about.
        subject: String,
        /// Whether it is one.
        confirmed: bool,
        /// Why.
        why: String,
    },
    /// Let a workstation's agent speak for it no longer.
    RevokeDevice {
        /// Its id, as `GET /v1/agents` gives it: `d42`.
        device: String,
    },
    /// Let agents watch other products, or go further or less far.
    SetAgentRules {
        /// The rules, in TOML.
        text: String,
    },
    /// Watch these alert rules from now on; those with other keys stay as they are.
    SetAlertRules {
        /// The rules, in TOML.
        text: String,
        /// Even where one would fire for nearly everybody at once.
        #[serde(default)]
        anyway: bool,
    },
    /// Watch an alert rule no longer; its open alerts end.
    RemoveAlertRule {
        /// Its key.
        key: String,
    },
    /// Tell nobody what an alert rule raises.
    MuteAlertRule {
        /// Its key.
        key: String,
        /// Until when; `null`: tell them again.
        until: Option<String>,
    },
    /// Take care of an alert.
    AcknowledgeAlert {
        /// Its id: `a42`.
        alert: String,
        /// In their words.
        #[serde(default)]
        note: String,
    },
    /// Do a step of an alert's runbook.
    DoAlertStep {
        /// Its id: `a42`.
        alert: String,
        /// Number of the step, counted from 1.
        #[schema(minimum = 1)]
        step: u16,
        /// In their words.
        #[serde(default)]
        note: String,
    },
    /// Let forecasts reckon with something that is known of some days, instead of what has its key.
    SetOccasion {
        /// Its key.
        key: String,
        /// Its name.
        name: String,
        /// Whose burn it changes: `contract`, `bucket:KEY` or `product:KEY`.
        subject: String,
        /// The first day: `YYYY-MM-DD`.
        from: String,
        /// The last day: `YYYY-MM-DD`.
        to: String,
        /// How many times what would have been burned: `0.5`, `3`. Without this and `tokens_a_day` it is a holiday.
        times: Option<f64>,
        /// So many tokens more a day; fewer when negative.
        tokens_a_day: Option<Tokens>,
    },
    /// Let forecasts reckon with it no longer.
    RemoveOccasion {
        /// Its key.
        key: String,
    },
    /// Note that a plan of the company's directory is carried out, or how that ended.
    NoteDirectoryRun {
        /// The plan's digest, 64 hexadecimal digits.
        plan: String,
        /// What began or ended.
        said: String,
    },
    /// Keep a plan of moves that is another without some of its moves.
    DerivePlan {
        /// Id of the other: `p42`.
        plan: String,
        /// The numbers of the moves that it does not have, from 1.
        #[schema(max_items = 100_000)]
        without: Vec<u32>,
        /// Its name; the other's by default.
        name: Option<String>,
    },
    /// Let a plan of moves be carried out, or not. Nobody decides on their own plan.
    JudgePlan {
        /// Its id: `p42`.
        plan: String,
        /// Whether it may be carried out.
        approve: bool,
        /// Why.
        #[serde(default)]
        why: String,
    },
    /// Make moves of an approved plan, take them back, or leave them out.
    StepPlan {
        /// Its id: `p42`.
        plan: String,
        /// The numbers of the moves, from 1; all that are due when it is missing.
        #[schema(max_items = 100_000)]
        moves: Option<Vec<u32>>,
        /// What becomes of them.
        step: PlanStep,
    },
    /// Say how a bucket's allotment, or the whole pool, is to be used up over its period.
    SetPlan {
        /// Key of the bucket; the pool as a whole when it is missing.
        bucket: Option<String>,
        /// Which plan.
        plan: PlanKind,
        /// Of a curve: at most 400 points, in the order of their dates.
        #[serde(default)]
        #[schema(max_items = 400)]
        curve: Vec<CurvePoint>,
    },
}

/// What becomes of moves of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlanStep {
    /// Their seats pass on.
    Done,
    /// They pass back.
    Undone,
    /// They are left out.
    Dropped,
}

impl From<PlanStep> for MoveStep {
    fn from(step: PlanStep) -> Self {
        match step {
            PlanStep::Done => Self::Done,
            PlanStep::Undone => Self::Undone,
            PlanStep::Dropped => Self::Dropped,
        }
    }
}

/// What the id of a carried out order names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The entry of the journal.
    Entry,
    /// A request for tokens.
    Request,
    /// A plan of moves.
    Plan,
}

/// How an allotment is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlanKind {
    /// As much in every hour as in every other.
    Straight,
    /// As use went before: by weekday, and by month once a year of use is known.
    Seasonal,
    /// Through points of the owner's own.
    Curve,
}

/// By the end of a date, so much of the allotment is to be used.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// The date, in the contract's zone.
    #[schema(format = Date)]
    pub date: String,
    /// The share that is used by its end: 0 to 1, with at most six decimals.
    #[schema(minimum = 0, maximum = 1)]
    pub share: f64,
}

/// Kinds of pools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pool {
    /// A Flex pack: one year from its purchase.
    #[default]
    Flex,
    /// The annual pool of an EBA.
    ContractYear,
    /// The multi-year pool of an EBA.
    MultiYear,
}

/// Whether rules decide or are only watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleMode {
    /// They decide.
    #[default]
    Enforce,
    /// What they would have done is recorded; nobody is turned away for them.
    Monitor,
}

impl From<Mode> for RuleMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Enforce => Self::Enforce,
            Mode::Monitor => Self::Monitor,
        }
    }
}

/// An order that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct OrderDone {
    /// The entry of the journal that carried it out, or the id of the new request (`r42`) or plan (`p42`); `null` when
    /// it was only tried.
    pub id: Option<String>,
    /// What happened, in sentences.
    pub said: Vec<String>,
    /// What somebody should know all the same.
    pub warnings: Vec<String>,
    /// Whether it was only tried: nothing was booked.
    pub dry_run: bool,
    /// Whether it was carried out before, under the same `Idempotency-Key`, and not again now.
    pub repeated: bool,
}

impl OrderDone {
    /// What is said of an order that was carried out.
    #[must_use]
    pub fn new(done: Done, naming: Naming, dry_run: bool) -> Self {
        let id = match naming {
            Naming::Entry => done.seq.to_string(),
            Naming::Request => RequestId(done.seq).to_string(),
            Naming::Plan => PlanId(done.seq).to_string(),
        };
        let Done { said, warnings, repeated, .. } = done;
        Self { id: (!dry_run).then_some(id), said, warnings, dry_run, repeated }
    }
}

impl OrderBody {
    /// What the answer's id names.
    #[must_use]
    pub fn naming(&self) -> Naming {
        match self {
            Self::Request { .. } => Naming::Request,
            Self::DerivePlan { .. } => Naming::Plan,
            _ => Naming::Entry,
        }
    }

    /// The order that this body describes, with its dates read in the contract's zone.
    ///
    /// # Errors
    /// What cannot be read, and how to write it.
    pub fn into_order(self, zone: &Zone) -> Result<Order, OrderRefusal> {
        self.has_fair_lengths()?;
        let at = |text: &str| instant(text, zone);
        Ok(match self {
            Self::Transfer { from, to, tokens, why } => {
                Order::Transfer { from, to, ticks: tokens.ticks()?, why }
            }
            Self::Request { bucket, tokens, why, due } => {
                let due = due.as_deref().map(at).transpose()?;
                Order::Request { bucket, ticks: tokens.ticks()?, why, due }
            }
            Self::Answer { request, approve, comment } => {
                let approved = approve.map(Tokens::ticks).transpose()?;
                Order::Answer { request: request_id(&request)?, approved, comment }
            }
            Self::Buy { name, kind, tokens, from, until, price } => {
                let (from, until) = (at(&from)?, at(&until)?);
                let price = price.map(money).transpose()?;
                Order::Buy { name, kind: kind.into(), ticks: tokens.ticks()?, from, until, price }
            }
            Self::Correct { pack, bucket, tokens, why } => {
                Order::Correct { pack, bucket, ticks: tokens.ticks()?, why }
            }
            Self::VendorBalance { at: when, tokens } => {
                Order::VendorBalance { at: at(&when)?, ticks: tokens.ticks()? }
            }
            Self::MoveSeat { seat, person } => Order::MoveSeat { seat: SeatId(seat), person },
            Self::AdoptPolicy { name, mode, text } => {
                Order::AdoptPolicy { name, mode: mode.into(), text }
            }
            Self::RetirePolicy { name } => Order::RetirePolicy { name },
            Self::ReviewBreach { decision, accepted, why } => {
                Order::ReviewBreach { decision, accepted, why }
            }
            Self::JudgeFinding { finding, class, subject, confirmed, why } => Order::JudgeFinding {
                finding: finding_id(&finding)?,
                class,
                subject,
                confirmed,
                why,
            },
            Self::RevokeDevice { device } => Order::RevokeDevice { device: device_id(&device)? },
            Self::SetAgentRules { text } => Order::SetAgentRules { text },
            Self::NoteDirectoryRun { plan, said } => Order::NoteDirectoryRun { plan, said },
            Self::SetPlan { bucket, plan, curve } => {
                Order::SetPlan { bucket, plan: planned(plan, &curve)? }
            }
            Self::DerivePlan { plan, without, name } => {
                Order::DerivePlan { parent: plan_id(&plan)?, without, name }
            }
            Self::JudgePlan { plan, approve, why } => {
                Order::JudgePlan { plan: plan_id(&plan)?, approved: approve, why }
            }
            Self::StepPlan { plan, moves, step } => {
                Order::StepPlan { plan: plan_id(&plan)?, moves, step: step.into() }
            }
            watched @ (Self::SetAlertRules { .. }
            | Self::RemoveAlertRule { .. }
            | Self::MuteAlertRule { .. }
            | Self::AcknowledgeAlert { .. }
            | Self::DoAlertStep { .. }
            | Self::SetOccasion { .. }
            | Self::RemoveOccasion { .. }) => watched.into_watching(at)?,
        })
    }

    /// Orders about what is watched.
    fn into_watching(
        self,
        at: impl Fn(&str) -> Result<Instant, OrderRefusal>,
    ) -> Result<Order, OrderRefusal> {
        Ok(match self {
            Self::SetAlertRules { text, anyway } => Order::SetAlertRules { text, anyway },
            Self::RemoveAlertRule { key } => Order::RemoveAlertRule { key },
            Self::MuteAlertRule { key, until } => {
                Order::MuteAlertRule { key, until: until.as_deref().map(at).transpose()? }
            }
            Self::AcknowledgeAlert { alert, note } => {
                let (alert, deed) = (alert_id(&alert)?, AlertDeed::Acknowledge);
                Order::HandleAlert { alert, deed, note }
            }
            Self::DoAlertStep { alert, step, note } => {
                let place = step.checked_sub(1);
                let deed = AlertDeed::Step(place.ok_or_else(|| {
                    invalid("bad-step", "there is no step 0".to_owned(), "count from 1")
                })?);
                Order::HandleAlert { alert: alert_id(&alert)?, deed, note }
            }
            Self::SetOccasion { key, name, subject, from, to, times, tokens_a_day } => {
                let effect = effect(times, tokens_a_day)?;
                let (from, to) = (date(&from)?, date(&to)?);
                Order::SetOccasion(Occasion { key, name, subject, from, to, effect })
            }
            Self::RemoveOccasion { key } => Order::RemoveOccasion { key },
            // Whoever calls this names the orders above.
            _ => return Err(invalid("bad-order", "this is another kind of order".to_owned(), "")),
        })
    }

    fn has_fair_lengths(&self) -> Result<(), OrderRefusal> {
        let (names, text, most): (Vec<Option<&String>>, Option<&String>, usize) = match self {
            Self::Transfer { from, to, why, .. } => {
                (vec![from.as_ref(), to.as_ref()], Some(why), TEXT_MAX)
            }
            Self::Request { bucket, why, .. } | Self::Correct { bucket, why, .. } => {
                (vec![bucket.as_ref()], Some(why), TEXT_MAX)
            }
            Self::Answer { request, comment, .. } => (vec![Some(request)], Some(comment), TEXT_MAX),
            Self::Buy { name, .. } | Self::RetirePolicy { name } => {
                (vec![Some(name)], None, TEXT_MAX)
            }
            Self::VendorBalance { .. } => (Vec::new(), None, TEXT_MAX),
            Self::MoveSeat { person, .. } => (vec![person.as_ref()], None, TEXT_MAX),
            Self::AdoptPolicy { name, text, .. } => (vec![Some(name)], Some(text), POLICIES_MAX),
            Self::ReviewBreach { why, .. } => (Vec::new(), Some(why), TEXT_MAX),
            Self::JudgeFinding { class, subject, why, .. } => {
                (vec![Some(class), Some(subject)], Some(why), TEXT_MAX)
            }
            Self::RevokeDevice { device } => (vec![Some(device)], None, TEXT_MAX),
            Self::SetAgentRules { text } => (Vec::new(), Some(text), POLICIES_MAX),
            Self::NoteDirectoryRun { plan, said } => (vec![Some(plan)], Some(said), TEXT_MAX),
            Self::SetPlan { bucket, .. } => (vec![bucket.as_ref()], None, TEXT_MAX),
            Self::DerivePlan { plan, name, .. } => {
                (vec![Some(plan), name.as_ref()], None, TEXT_MAX)
            }
            Self::JudgePlan { plan, why, .. } => (vec![Some(plan)], Some(why), TEXT_MAX),
            Self::StepPlan { plan, .. } => (vec![Some(plan)], None, TEXT_MAX),
            Self::SetAlertRules { text, .. } => (Vec::new(), Some(text), POLICIES_MAX),
            Self::RemoveAlertRule { key }
            | Self::MuteAlertRule { key, .. }
            | Self::RemoveOccasion { key } => (vec![Some(key)], None, TEXT_MAX),
            Self::AcknowledgeAlert { alert, note } | Self::DoAlertStep { alert, note, .. } => {
                (vec![Some(alert)], Some(note), TEXT_MAX)
            }
            Self::SetOccasion { key, name, subject, .. } => {
                (vec![Some(key), Some(name), Some(subject)], None, TEXT_MAX)
            }
        };
        let long = |text: &String, most: usize| text.len() > most;
        let named = names.into_iter().flatten().any(|name| long(name, NAME_MAX));
        if named || text.is_some_and(|text| long(text, most)) {
            let help = format!("names have up to {NAME_MAX} bytes, reasons up to {TEXT_MAX}");
            return Err(invalid("too-long", "a name or text is too long".to_owned(), help));
        }
        Ok(())
    }
}

impl From<Pool> for PackKind {
    fn from(pool: Pool) -> Self {
        match pool {
            Pool::Flex => Self::Flex,
            Pool::ContractYear => Self::ContractYear,
            Pool::MultiYear => Self::MultiYear,
        }
    }
}

impl From<RuleMode> for Mode {
    fn from(mode: RuleMode) -> Self {
        match mode {
            RuleMode::Enforce => Self::Enforce,
            RuleMode::Monitor => Self::Monitor,
        }
    }
}

pub(super) fn invalid(
    code: &'static str,
    message: String,
    help: impl Into<String>,
) -> OrderRefusal {
    OrderRefusal::new(Kind::Invalid, code, message, help)
}

/// A plan, with the points of a curve and of nothing else.
fn planned(kind: PlanKind, curve: &[CurvePoint]) -> Result<Plan, OrderRefusal> {
    match kind {
        PlanKind::Curve => curve.iter().map(point).collect::<Result<_, _>>().map(Plan::Curve),
        _ if !curve.is_empty() => {
            let help = "say `curve` as the plan, or leave the points out";
            Err(invalid("bad-curve", "only a curve has points".to_owned(), help))
        }
        PlanKind::Straight => Ok(Plan::Straight),
        PlanKind::Seasonal => Ok(Plan::Seasonal),
    }
}

fn point(point: &CurvePoint) -> Result<Point, OrderRefusal> {
    let CurvePoint { date, share } = point;
    let bad = |what: String, help: &str| invalid("bad-curve", what, help);
    let millionths = parse_micros(&share.to_string()).ok().and_then(|it| u32::try_from(it).ok());
    Ok(Point {
        date: date
            .parse()
            .map_err(|_| bad(format!("`{date}` is no date"), "write dates as YYYY-MM-DD"))?,
        share: millionths.ok_or_else(|| {
            bad(format!("`{share}` is no share"), "write 0 to 1, with at most six decimals")
        })?,
    })
}

/// The start of a date in the contract's zone, or an instant.
fn instant(text: &str, zone: &Zone) -> Result<Instant, OrderRefusal> {
    let date = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
    let read = date.map(|date| zone.start_of(date)).or_else(|| text.parse().ok());
    read.ok_or_else(|| {
        let help = "write YYYY-MM-DD, or RFC 3339 such as 2026-11-22T06:45:00Z";
        invalid("bad-date", format!("`{text}` is no date or time"), help)
    })
}

/// The id of a request, as it is written: `r42`.
fn request_id(text: &str) -> Result<RequestId, OrderRefusal> {
    text.parse().map_err(|_| {
        invalid("bad-id", format!("`{text}` is no id of a request"), "ids look like `r42`")
    })
}

/// The id of a plan of moves, as it is written: `p42`.
pub(crate) fn plan_id(text: &str) -> Result<PlanId, OrderRefusal> {
    text.parse().map_err(|_| {
        invalid("bad-id", format!("`{text}` is no id of a plan"), "ids look like `p42`")
    })
}

/// The id of an alert, as it is written: `a42`.
fn alert_id(text: &str) -> Result<AlertId, OrderRefusal> {
    text.parse().map_err(|()| {
        invalid("bad-id", format!("`{text}` is no id of an alert"), "ids look like `a42`")
    })
}

fn date(text: &str) -> Result<Date, OrderRefusal> {
    text.parse().map_err(|_| {
        invalid("bad-date", format!("`{text}` is no date"), "write dates as YYYY-MM-DD")
    })
}

/// What an occasion does to its days.
fn effect(times: Option<f64>, tokens: Option<Tokens>) -> Result<OccasionEffect, OrderRefusal> {
    match (times, tokens) {
        (None, None) => Ok(OccasionEffect::Holiday),
        (Some(times), None) if (0.0..=1e3).contains(&times) => {
            Ok(OccasionEffect::Share((times * 1e3).round() as i64))
        }
        (None, Some(tokens)) => Ok(OccasionEffect::TokensADay(tokens.ticks()?)),
        (Some(_), Some(_)) => {
            let help = "give `times` or `tokens_a_day`, not both";
            Err(invalid("bad-effect", "the days have two effects".to_owned(), help))
        }
        (Some(times), None) => {
            let message = format!("`{times}` times is not between 0 and 1,000");
            Err(invalid("bad-effect", message, "write how many times as much as usual: 0.5, 3"))
        }
    }
}

/// The id of a finding, as it is written: 16 hexadecimal digits.
fn finding_id(text: &str) -> Result<u64, OrderRefusal> {
    let read = (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok()).flatten();
    read.ok_or_else(|| {
        let help = "`faregate findings` lists them with their 16 digits";
        invalid("bad-id", format!("`{text}` is no id of a finding"), help)
    })
}

/// The id of a workstation, as it is written: `d42`.
fn device_id(text: &str) -> Result<DeviceId, OrderRefusal> {
    text.parse().map_err(|_| {
        invalid("bad-id", format!("`{text}` is no id of a workstation"), "ids look like `d42`")
    })
}

pub(crate) fn money(Money { amount, currency }: Money) -> Result<amount::Money, OrderRefusal> {
    let micros = parse_micros(&amount).ok().filter(|micros| *micros >= 0);
    let read = micros.zip(Currency::new(&currency));
    read.map(|(micros, currency)| amount::Money { micros, currency }).ok_or_else(|| {
        let help = "write {\"amount\": \"3.00\", \"currency\": \"USD\"}";
        invalid("bad-money", format!("`{amount} {currency}` is no amount of money"), help)
    })
}
