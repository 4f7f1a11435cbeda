//! Which of the vendor's tables a header is of, and of which generation.

use super::field::{Field, Layout};

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Token Flex, session by session.
    TokenFlexSessions,
    /// Token Flex, by day and product.
    TokenFlex,
    /// Flex: who was charged how many tokens on which day.
    TokenUsage,
    /// Who used what on which day, without tokens.
    UsageReport,
    /// How much seats are used.
    SeatUsage,
    /// Who there is, and what they are assigned.
    Users,
    /// A table that a map explains.
    Mapped,
}

impl Kind {
    /// Its name on receipts.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::TokenFlexSessions => "token-flex-sessions",
            Self::TokenFlex => "token-flex",
            Self::TokenUsage => "token-usage",
            Self::UsageReport => "usage-report",
            Self::SeatUsage => "seat-usage",
            Self::Users => "users",
            Self::Mapped => "csv",
        }
    }
}

/// When the vendor wrote its headers so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Generation {
    /// `offering_name`, `day_used`, `team_alias`.
    Old,
    /// `Day used`, with columns that the exports of 2026 no longer have.
    Middle,
    /// As exported in 2026: `Day used` of Token Usage and Seat Usage, `day_used` of the others.
    Current,
    /// `usageDate`, of the interfaces for programs and the exports of Token Flex.
    Api,
}

const PRODUCTS: [Field; 4] = [Field::Product, Field::Offering, Field::Code, Field::Feature];

impl Kind {
    /// Whether its rows are of seats or people rather than of use.
    pub(super) const fn is_of_seats(self) -> bool {
        matches!(self, Self::SeatUsage | Self::Users)
    }

    /// The kind of a header.
    ///
    /// # Errors
    /// The column that is missing, as today's exports call it.
    pub(super) fn of(layout: &Layout) -> Result<Self, &'static str> {
        let has_product = layout.has_any(&PRODUCTS);
        if layout.has(Field::Opened) {
            return has_product.then_some(Self::TokenFlexSessions).ok_or("productName");
        }
        if layout.has(Field::Day) {
            return match (layout.has(Field::Tokens), has_product) {
                (_, false) => Err("Product"),
                (true, true) if is_api(layout) && is_token_flex(layout) => Ok(Self::TokenFlex),
                (true, true) => Ok(Self::TokenUsage),
                (false, true) if is_api(layout) => Err("tokensConsumed"),
                (false, true) if layout.names_people() => Ok(Self::UsageReport),
                (false, true) => Err("Tokens used"),
            };
        }
        let by_seat = [Field::DaysUsed, Field::MonthlyAverage, Field::Activity];
        if has_product && layout.names_people() && layout.has_any(&by_seat) {
            return Ok(Self::SeatUsage);
        }
        let of_users =
            [Field::LastUsed, Field::Assigned, Field::DaysInactive, Field::Status, Field::Role];
        if layout.names_people() && layout.has_any(&of_users) {
            return Ok(Self::Users);
        }
        Err(if layout.has(Field::Month) { "usageDate" } else { "Day used" })
    }

    /// The columns without which no row can be booked as a charge.
    pub(super) fn charges(layout: &Layout) -> Result<Self, &'static str> {
        match (layout.has(Field::Day), layout.has(Field::Tokens)) {
            (false, _) => Err("Day used"),
            (true, false) => Err("Tokens used"),
            (true, true) if layout.has_any(&PRODUCTS) => {
                Ok(if is_token_flex(layout) { Self::TokenFlex } else { Self::TokenUsage })
            }
            (true, true) => Err("Product"),
        }
    }
}

fn is_token_flex(layout: &Layout) -> bool {
    layout.has_any(&[Field::Pool, Field::Category, Field::Charge, Field::Code])
}

/// Words run together: `usageDate`.
fn is_api(layout: &Layout) -> bool {
    let runs_together = |name: &str| {
        !name.contains([' ', '_'])
            && name.starts_with(|letter: char| letter.is_lowercase())
            && name.contains(|letter: char| letter.is_uppercase())
    };
    layout.columns().any(|(place, _)| runs_together(layout.name(place)))
}

impl Generation {
    pub(super) fn of(layout: &Layout, kind: Kind) -> Self {
        if is_api(layout) {
            return Self::Api;
        }
        let has = |header: &str| layout.names.iter().any(|name| name.eq_ignore_ascii_case(header));
        let is_snake = layout.names.iter().any(|name| name.contains('_'));
        let only_today = |known: &[&str]| {
            layout
                .names
                .iter()
                .all(|name| name.is_empty() || known.contains(&&*name.to_lowercase()))
        };
        match kind {
            _ if has("offering_name") || has("team_alias") || has("tokens_used") => Self::Old,
            Kind::TokenUsage if only_today(TOKEN_USAGE) => Self::Current,
            Kind::UsageReport | Kind::Users if is_snake => Self::Current,
            Kind::TokenFlexSessions | Kind::TokenFlex => Self::Api,
            _ => Self::Middle,
        }
    }
}

/// The columns of Token Usage in 2026.
const TOKEN_USAGE: &[&str] =
    &["day used", "email", "first name", "last name", "product", "feature", "team", "tokens used"];
