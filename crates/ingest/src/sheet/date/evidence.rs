//! What the values of a column say about its order.

use super::{BadDate, Day, Fits, Order, fits, ordered, split};

/// What was seen of a column so far: of each kind the first line, with its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    days_first: Option<(u64, String)>,
    months_first: Option<(u64, String)>,
    either: Option<(u64, String)>,
}

/// Why the order of a column cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// No value tells; the first that could be either, and its line.
    Ambiguous {
        /// The line.
        line: u64,
        /// The value.
        value: String,
    },
    /// Values contradict each other.
    Mixed {
        /// A value with the day first: line and text.
        days_first: (u64, String),
        /// A value with the month first: line and text.
        months_first: (u64, String),
    },
}

impl Evidence {
    /// Looks at a value.
    pub fn see(&mut self, line: u64, text: &str) {
        let text = text.trim();
        // What machines write has its year first.
        if text.bytes().take(4).all(|byte| byte.is_ascii_digit()) {
            return;
        }
        let Some((Day::Open(one, other, year), _)) = split(text) else { return };
        let (order, place) = match fits(one, other) {
            Fits::Only(Order::Dmy) => (Order::Dmy, &mut self.days_first),
            Fits::Only(Order::Mdy) => (Order::Mdy, &mut self.months_first),
            // Such figures are days in both orders or in none.
            Fits::Both => (Order::Dmy, &mut self.either),
            Fits::Same => return,
        };
        // 13/13 and 30/2 are no days, and say nothing of others; a day in a year that nobody believes does.
        if !matches!(ordered(one, other, year, Some(order)), Ok(_) | Err(BadDate::Unbelievable)) {
            return;
        }
        place.get_or_insert_with(|| (line, text.to_owned()));
    }

    /// Whether every value so far says by itself what it means.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The order of the column; `None` where no value needs one.
    ///
    /// # Errors
    /// [`Unclear`], to be asked about.
    pub fn decide(self) -> Result<Option<Order>, Unclear> {
        match (self.days_first, self.months_first, self.either) {
            (Some(days_first), Some(months_first), _) => {
                Err(Unclear::Mixed { days_first, months_first })
            }
            (Some(_), None, _) => Ok(Some(Order::Dmy)),
            (None, Some(_), _) => Ok(Some(Order::Mdy)),
            (None, None, Some((line, value))) => Err(Unclear::Ambiguous { line, value }),
            (None, None, None) => Ok(None),
        }
    }
}
