//! The shapes on the wire that several routes share. Tokens are numbers exact to a millionth; money is a
//! decimal string with its currency; instants are RFC 3339 in UTC; dates are local to the contract.

use faregate_app::orders::OrderRefusal;
use faregate_app::views;
use faregate_core::amount::{self, Ticks, parse_micros};
use faregate_core::burn::Sum;
use faregate_core::state::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub mod ask;
pub mod decision;
pub mod import;
pub mod merge;
pub mod order;
pub mod password;
pub mod receipt;
pub mod session;
pub mod uncharged;

/// A number of tokens with at most six decimals. It goes into the ledger exactly, or not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(minimum = -2_500_000_000_i64, maximum = 2_500_000_000_i64)]
pub struct Tokens(pub f64);

impl Tokens {
    /// The same amount as the ledger keeps it.
    ///
    /// # Errors
    /// A refusal when there are more than six decimals, or more tokens than the ledger can hold.
    pub fn ticks(self) -> Result<Ticks, OrderRefusal> {
        // The shortest text that stands for the number is the one that was sent: no ledger amount within range
        // shares its number with another.
        let micros = parse_micros(&self.0.to_string()).ok();
        micros.and_then(Ticks::from_micro_tokens).ok_or_else(|| {
            let message = format!("`{}` is no amount of tokens", self.0);
            let help = "write a number with at most six decimals, up to 2.5 thousand millions";
            order::invalid("bad-amount", message, help)
        })
    }
}

impl From<Ticks> for Tokens {
    fn from(ticks: Ticks) -> Self {
        Self(ticks.tokens())
    }
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Decimal digits, for example `1236.00`.
    pub amount: String,
    /// ISO 4217 code.
    pub currency: String,
}

impl From<amount::Money> for Money {
    fn from(money: amount::Money) -> Self {
        Self { amount: money.to_string(), currency: money.currency.code().to_owned() }
    }
}

/// Tokens, and what they cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Amount {
    /// Tokens.
    pub tokens: f64,
    /// Their price, once one is known.
    pub money: Option<Money>,
}

impl From<Sum> for Amount {
    fn from(sum: Sum) -> Self {
        Self { tokens: sum.ticks.tokens(), money: sum.money().map(Money::from) }
    }
}

/// An estimate with its band.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Estimate {
    /// Tokens expected.
    pub tokens: f64,
    /// Their price.
    pub money: Option<Money>,
    /// One in ten ends below.
    pub low: f64,
    /// One in ten ends above.
    pub high: f64,
    /// How it was made, in words.
    pub method: String,
}

/// The contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Contract {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The zone in which its days are counted.
    pub zone: String,
    /// Name of the tariff in force.
    pub tariff: String,
    /// Price of a token.
    pub price: Option<Money>,
}

/// Where the tokens are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Balance {
    /// Ever bought.
    pub purchased: f64,
    /// Neither spent nor expired.
    pub left: f64,
    /// Of those, reserved for launches within their grace.
    pub held: f64,
    /// Left and not reserved.
    pub available: f64,
    /// Use that nothing covered and that the vendor bills all the same.
    pub uncovered: f64,
}

/// Burn over the usual spans.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Spans {
    /// Today so far.
    pub today: Amount,
    /// Yesterday.
    pub yesterday: Amount,
    /// This calendar month so far.
    pub month_to_date: Amount,
    /// This calendar month when it is over.
    pub projected_month: Estimate,
}

/// The dates between which there is any usage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Usage {
    /// First date with a charge.
    #[schema(format = Date)]
    pub first: String,
    /// Last date with a charge.
    #[schema(format = Date)]
    pub last: String,
}

/// The first screen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Summary {
    /// When it was true.
    pub as_of: String,
    /// The journal's last entry that it includes.
    pub seq: u64,
    /// The contract.
    pub contract: Contract,
    /// Where the tokens are.
    pub balance: Balance,
    /// What was spent.
    pub burn: Spans,
    /// When there was any; `null` before the first charge.
    pub usage: Option<Usage>,
    /// Sessions that go on now.
    pub open_sessions: u64,
    /// Sessions that a log shows without an end, and not of the last day.
    pub unclosed_sessions: u64,
    /// Imported sessions kept but not charged: their product is unknown, or the tariff has no rate for it.
    pub quarantined_sessions: u64,
    /// All of it in words.
    pub text: String,
}

impl Summary {
    /// A summary as it goes over the wire.
    #[must_use]
    pub fn new(state: &State, summary: &views::Summary) -> Self {
        let tariff = state.tariff().map(|(_, tariff)| tariff.parts().name.clone());
        let price = summary.price.map(Money::from);
        let end = summary.month_end;
        let tokens = whole(end.tokens);
        let projected = summary
            .price
            .zip(Ticks::from_tokens(tokens))
            .map(|(price, ticks)| price.for_tokens(ticks));
        let available = summary.left.minus(summary.held).unwrap_or_default();
        Self {
            as_of: summary.as_of.to_string(),
            seq: summary.seq,
            contract: Contract {
                id: "1".to_owned(),
                name: state.name().to_owned(),
                zone: state.zone().name().to_owned(),
                tariff: tariff.unwrap_or_default(),
                price,
            },
            balance: Balance {
                purchased: summary.purchased.tokens(),
                left: summary.left.tokens(),
                held: summary.held.tokens(),
                available: available.tokens(),
                uncovered: summary.uncovered.tokens(),
            },
            burn: Spans {
                today: summary.today.into(),
                yesterday: summary.yesterday.into(),
                month_to_date: summary.month.into(),
                projected_month: Estimate {
                    tokens: end.tokens.round(),
                    money: projected.map(Money::from),
                    low: end.low.round(),
                    high: end.high.round(),
                    method: method(end.history_days),
                },
            },
            usage: summary
                .usage
                .map(|(first, last)| Usage { first: first.to_string(), last: last.to_string() }),
            open_sessions: summary.open_sessions,
            unclosed_sessions: summary.unclosed_sessions,
            quarantined_sessions: summary.quarantined_sessions,
            text: summary.text.clone(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "an estimate, rounded for display")]
fn whole(tokens: f64) -> i64 {
    tokens.round() as i64
}

fn method(history_days: u32) -> String {
    match history_days {
        0 => "no history yet: what was used so far".to_owned(),
        days => format!(
            "level, weekdays and holidays of the last {days} days; the band holds 8 months in 10"
        ),
    }
}
