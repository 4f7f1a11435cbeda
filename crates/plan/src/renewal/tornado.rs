//! What a deal's value hangs on: one assumption moved at a time, the most important first.

use super::levers::{Lever, Renewal};
use crate::sizing::Invalid;
use crate::sizing::order::Prices;

/// One bar of a tornado.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// What is moved.
    pub assumption: Assumption,
    /// The value when it is low.
    pub low: f64,
    /// The value when it is high.
    pub high: f64,
}

/// What is moved, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assumption {
    /// Demand − 10 %, + 10 %; commitments stay as they are.
    Demand,
    /// Its variation × ½, × 1½.
    Variation,
    /// The cost of a stock-out: none, × 2.
    StockOut,
    /// All prices − 10 %, + 10 %.
    Price,
}

impl Assumption {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Demand, Self::Variation, Self::StockOut, Self::Price];

    fn moved(self, renewal: &Renewal, is_high: bool) -> Result<Renewal, Invalid> {
        let either = |low: f64, high: f64| if is_high { high } else { low };
        let Renewal { demand, prices } = renewal.clone();
        Ok(match self {
            Self::Demand => Renewal { demand: demand.scaled(either(0.9, 1.1))?, prices },
            Self::Variation => Renewal { demand: demand.stretched(either(0.5, 1.5))?, prices },
            Self::StockOut => {
                let stock_out = prices.stock_out * either(0.0, 2.0);
                Renewal { demand, prices: Prices { stock_out, ..prices } }
            }
            Self::Price => {
                let by = either(0.9, 1.1);
                let (price, topup) = (prices.price * by, prices.topup * by);
                Renewal { demand, prices: Prices { price, topup, ..prices } }
            }
        })
    }
}

/// The value of these levers together, as each assumption moves; the widest bar first.
///
/// # Errors
/// As [`Renewal::deal`].
pub fn tornado(renewal: &Renewal, levers: &[Lever]) -> Result<Vec<Bar>, Invalid> {
    let levers: Vec<(usize, Lever)> = levers.iter().copied().enumerate().collect();
    let value = |assumption: Assumption, is_high| {
        Ok(assumption.moved(renewal, is_high)?.deal(&levers)?.value)
    };
    let bar = |assumption| {
        Ok(Bar { assumption, low: value(assumption, false)?, high: value(assumption, true)? })
    };
    let mut bars = Assumption::ALL.into_iter().map(bar).collect::<Result<Vec<Bar>, Invalid>>()?;
    let width = |bar: &Bar| (bar.high - bar.low).abs();
    bars.sort_by(|one, other| width(other).total_cmp(&width(one)));
    Ok(bars)
}
