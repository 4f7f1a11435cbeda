//! What the values of a column say about its separators.

use super::{Decimal, Shape, shape, whole};

/// What was seen of a column so far: of each kind the first line, with its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    point: Option<(u64, String)>,
    comma: Option<(u64, String)>,
    either: Option<(u64, String)>,
}

/// Why the separators of a column cannot be told.
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
        /// A value with a decimal point: line and text.
        point: (u64, String),
        /// A value with a decimal comma: line and text.
        comma: (u64, String),
    },
}

impl Evidence {
    /// Looks at a value.
    pub fn see(&mut self, line: u64, text: &str) {
        let text = text.trim();
        if text.is_empty() || whole(text).is_some() {
            return;
        }
        let place = match shape(text) {
            Some(Shape::Only(Decimal::Point)) => &mut self.point,
            Some(Shape::Only(Decimal::Comma)) => &mut self.comma,
            Some(Shape::Either) => &mut self.either,
            Some(Shape::Plain) | None => return,
        };
        place.get_or_insert_with(|| (line, text.to_owned()));
    }

    /// Whether every value so far is a whole number without separators.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The decimal sign of the column; `None` where no value needs one.
    ///
    /// # Errors
    /// [`Unclear`], to be asked about.
    pub fn decide(self) -> Result<Option<Decimal>, Unclear> {
        match (self.point, self.comma, self.either) {
            (Some(point), Some(comma), _) => Err(Unclear::Mixed { point, comma }),
            (Some(_), None, _) => Ok(Some(Decimal::Point)),
            (None, Some(_), _) => Ok(Some(Decimal::Comma)),
            (None, None, Some((line, value))) => Err(Unclear::Ambiguous { line, value }),
            (None, None, None) => Ok(None),
        }
    }
}
