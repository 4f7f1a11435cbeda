//! Which role may do what: the answers of `policies/rights.cedar`, asked once and kept as a table.
//!
//! Rights are of roles; what is whose, [`crate::sight`] and the orders themselves say.
//! To add a right: see `faregate_policy`'s module of rights, then a variant here, and who has it in the tests.

use crate::access::Role;
use faregate_policy::{Fault, RightsBook};
use std::sync::LazyLock;

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Read balances, burn and sessions.
    ReadBurn,
    /// Read everybody's buckets, seats and rules.
    ReadEstate,
    /// Read what is one's own; how far that goes, `Sight` says.
    ReadOwn,
    /// Read pace and forecasts of what one sees.
    ReadOutlook,
    /// Read what to buy: sizing, renewal, who is best off with what.
    ReadPurchases,
    /// Ask what opening a product would cost.
    AskPrice,
    /// Read who comes in, and as what.
    ReadAccess,
    /// Open, keep alive and close sessions.
    SpendTokens,
    /// Report use that took place elsewhere.
    ReportUse,
    /// Give orders; which ones, the rights below and what is whose say.
    GiveOrders,
    /// Ask for tokens, move and plan those that one decides on, handle alerts about them.
    AskForTokens,
    /// Answer requests that wait for oneself.
    AnswerRequests,
    /// Approve and reject plans of moves.
    JudgePlans,
    /// Take in packs of tokens.
    BuyPacks,
    /// Change who and what there is.
    RunFaregate,
    /// Say who comes in, and as what.
    ManageAccess,
    /// Give orders in somebody else's name.
    ActForOthers,
}

impl Right {
    /// All rights.
    pub const ALL: [Self; 17] = [
        Self::ReadBurn,
        Self::ReadEstate,
        Self::ReadOwn,
        Self::ReadOutlook,
        Self::ReadPurchases,
        Self::AskPrice,
        Self::ReadAccess,
        Self::SpendTokens,
        Self::ReportUse,
        Self::GiveOrders,
        Self::AskForTokens,
        Self::AnswerRequests,
        Self::JudgePlans,
        Self::BuyPacks,
        Self::RunFaregate,
        Self::ManageAccess,
        Self::ActForOthers,
    ];

    /// The name of its action in `policies/rights.cedarschema`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ReadBurn => "read-burn",
            Self::ReadEstate => "read-estate",
            Self::ReadOwn => "read-own",
            Self::ReadOutlook => "read-outlook",
            Self::ReadPurchases => "read-purchases",
            Self::AskPrice => "ask-price",
            Self::ReadAccess => "read-access",
            Self::SpendTokens => "spend-tokens",
            Self::ReportUse => "report-use",
            Self::GiveOrders => "give-orders",
            Self::AskForTokens => "ask-for-tokens",
            Self::AnswerRequests => "answer-requests",
            Self::JudgePlans => "judge-plans",
            Self::BuyPacks => "buy-packs",
            Self::RunFaregate => "run-faregate",
            Self::ManageAccess => "manage-access",
            Self::ActForOthers => "act-for-others",
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// The rights of one caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RightSet(u32);

impl RightSet {
    /// All rights.
    pub const ALL: Self = Self(u32::MAX);

    /// Whether this is one of them.
    #[must_use]
    pub const fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// Those of them that there are, in their order.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

impl FromIterator<Right> for RightSet {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        Self(rights.into_iter().fold(0, |bits, right| bits | right.bit()))
    }
}

/// The rights of each role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights([RightSet; Role::ALL.len()]);

static SHIPPED: LazyLock<Rights> = LazyLock::new(|| {
    // A test reads the text that is shipped; were it wrong all the same, nobody would be let do anything.
    let none = Rights([RightSet::default(); Role::ALL.len()]);
    RightsBook::load(None).map_or(none, |book| Rights::of_book(&book))
});

impl Rights {
    /// As Faregate ships them.
    #[must_use]
    pub fn shipped() -> Self {
        SHIPPED.clone()
    }

    /// The shipped ones with a text on top, that has this name in faults.
    ///
    /// # Errors
    /// What is wrong with the text, each with its line; also that it would let nobody run Faregate.
    pub fn with(name: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let book = RightsBook::load(Some((name, text)))?;
        let rights = Self::of_book(&book);
        let administrator = rights.of(Role::Administrator);
        let needed = [Right::RunFaregate, Right::ManageAccess];
        let lost = needed.into_iter().find(|right| !administrator.has(*right));
        lost.map_or(Ok(rights), |right| {
            let message = format!("administrators would lose the right `{}`", right.key());
            let help =
                "nobody could put it right again: leave administrators out of what is forbidden";
            Err(vec![book.fault(Role::Administrator.key(), right.key(), &message, help)])
        })
    }

    fn of_book(book: &RightsBook) -> Self {
        let of = |role: Role| {
            Right::ALL.into_iter().filter(|right| book.allows(role.key(), right.key())).collect()
        };
        Self(Role::ALL.map(of))
    }

    /// The rights of a role.
    #[must_use]
    pub fn of(&self, role: Role) -> RightSet {
        let place = Role::ALL.into_iter().position(|known| known == role);
        place.and_then(|place| self.0.get(place).copied()).unwrap_or_default()
    }
}
