//! Why somebody is turned away: one ranked list, with codes that never change. The catalogue of refusals is
//! generated from it.
//!
//! To add one: a variant at its rank, its fact below, its check in `gate`, a row in the gate's
//! tests, its wire tag in the store's codec; then `cargo xtask docs` renews the catalogue.

/// Why somebody is turned away, most fundamental first.
///
/// On one fare, the first that applies is the one given. Where several fares were tried, it is the last in this
/// list: what stood between the person and the fare that came nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Nobody has told us of such a product.
    ProductUnknown,
    /// No person has this alias.
    PersonUnknown,
    /// No bucket has this key.
    BucketUnknown,
    /// The person asked for a bucket that they may not spend from.
    BucketNotYours,
    /// The person's time here is over: a contract ended, they left.
    AccessEnded,
    /// The policies in force do not permit it.
    NotEligible,
    /// The policies in force permit it at other times.
    OutsideSchedule,
    /// The policies in force permit it elsewhere, or what would be used may not be used here.
    RegionNotAllowed,
    /// The tariff in force has no rate for the product: it needs a seat.
    NotOnTariff,
    /// It is asked for without the server, and what it costs cannot be known in advance.
    NoLease,
    /// The person's seat is in use on as many other workstations as are allowed.
    SeatHeldElsewhere,
    /// Only a seat would do, and none that covers the product is free.
    NoFreeSeat,
    /// The bucket's dates do not include today.
    BucketNotInForce,
    /// As many go on at once as are allowed.
    ConcurrentCapReached,
    /// The cap on a span of hours is reached.
    WindowCapReached,
    /// The cap on a day is reached.
    DailyCapReached,
    /// The cap on a week or a month is reached.
    MonthlyCapReached,
    /// Somebody has to say yes first: more people than usual open this here, just now.
    ConfirmationNeeded,
    /// The bucket has fewer tokens left than the launch costs.
    BucketExhausted,
    /// No pack that is valid today has that many tokens left.
    PoolExhausted,
    /// The workstation's clock is wrong: when the use was could not be said.
    ClockWrong,
    /// Tokens would be spent, and the person has not said yes to the price.
    TokensNotAgreed,
}

/// What is said about a reason.
struct Fact {
    code: &'static str,
    transient: bool,
    sentence: &'static str,
    remedies: &'static [&'static str],
}

impl Reason {
    /// All reasons, in order of precedence.
    pub const ALL: [Self; 22] = [
        Self::ProductUnknown,
        Self::PersonUnknown,
        Self::BucketUnknown,
        Self::BucketNotYours,
        Self::AccessEnded,
        Self::NotEligible,
        Self::OutsideSchedule,
        Self::RegionNotAllowed,
        Self::NotOnTariff,
        Self::NoLease,
        Self::SeatHeldElsewhere,
        Self::NoFreeSeat,
        Self::BucketNotInForce,
        Self::ConcurrentCapReached,
        Self::WindowCapReached,
        Self::DailyCapReached,
        Self::MonthlyCapReached,
        Self::ConfirmationNeeded,
        Self::BucketExhausted,
        Self::PoolExhausted,
        Self::ClockWrong,
        Self::TokensNotAgreed,
    ];

    /// Stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.fact().code
    }

    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether the same question may be answered differently later without anybody changing a rule.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        self.fact().transient
    }

    /// What happened, in a sentence for the person who was turned away.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        self.fact().sentence
    }

    /// What they can do about it.
    #[must_use]
    pub const fn remedies(self) -> &'static [&'static str] {
        self.fact().remedies
    }

    /// Whether a policy may give it.
    #[must_use]
    pub const fn is_for_policies(self) -> bool {
        matches!(
            self,
            Self::NotEligible | Self::OutsideSchedule | Self::RegionNotAllowed | Self::NoFreeSeat
        )
    }

    const fn fact(self) -> &'static Fact {
        match self {
            Self::ProductUnknown => &PRODUCT_UNKNOWN,
            Self::PersonUnknown => &PERSON_UNKNOWN,
            Self::BucketUnknown => &BUCKET_UNKNOWN,
            Self::BucketNotYours => &BUCKET_NOT_YOURS,
            Self::AccessEnded => &ACCESS_ENDED,
            Self::NotEligible => &NOT_ELIGIBLE,
            Self::OutsideSchedule => &OUTSIDE_SCHEDULE,
            Self::RegionNotAllowed => &REGION_NOT_ALLOWED,
            Self::NotOnTariff => &NOT_ON_TARIFF,
            Self::NoLease => &NO_LEASE,
            Self::SeatHeldElsewhere => &SEAT_HELD_ELSEWHERE,
            Self::NoFreeSeat => &NO_FREE_SEAT,
            Self::BucketNotInForce => &BUCKET_NOT_IN_FORCE,
            Self::ConcurrentCapReached => &CONCURRENT_CAP_REACHED,
            Self::WindowCapReached => &WINDOW_CAP_REACHED,
            Self::DailyCapReached => &DAILY_CAP_REACHED,
            Self::MonthlyCapReached => &MONTHLY_CAP_REACHED,
            Self::ConfirmationNeeded => &CONFIRMATION_NEEDED,
            Self::BucketExhausted => &BUCKET_EXHAUSTED,
            Self::PoolExhausted => &POOL_EXHAUSTED,
            Self::ClockWrong => &CLOCK_WRONG,
            Self::TokensNotAgreed => &TOKENS_NOT_AGREED,
        }
    }
}

const ASK_MANAGER: &str = "ask your licence manager";

const PRODUCT_UNKNOWN: Fact = Fact {
    code: "product-unknown",
    transient: false,
    sentence: "this product is not known to Faregate",
    remedies: &["ask your licence manager to add the product"],
};

const PERSON_UNKNOWN: Fact = Fact {
    code: "person-unknown",
    transient: false,
    sentence: "nobody with this name is known to Faregate",
    remedies: &["ask your licence manager to add your login as an alias"],
};

const BUCKET_UNKNOWN: Fact = Fact {
    code: "bucket-unknown",
    transient: false,
    sentence: "there is no bucket with this name",
    remedies: &["leave the bucket out to use your own", "ask your licence manager for its name"],
};

const BUCKET_NOT_YOURS: Fact = Fact {
    code: "bucket-not-yours",
    transient: false,
    sentence: "this bucket is not for you to spend from",
    remedies: &[
        "leave the bucket out to use your own",
        "ask the owner of that bucket to open it for you",
        "ask your licence manager which buckets are yours",
    ],
};

const ACCESS_ENDED: Fact = Fact {
    code: "access-ended",
    transient: false,
    sentence: "your access ended with your contract",
    remedies: &["ask your licence manager to extend it"],
};

const NOT_ELIGIBLE: Fact = Fact {
    code: "not-eligible",
    transient: false,
    sentence: "the rules in force do not let you open this product",
    remedies: &[ASK_MANAGER, "open it in a viewer", "use another product"],
};

const OUTSIDE_SCHEDULE: Fact = Fact {
    code: "outside-schedule",
    transient: true,
    sentence: "this product can be opened at other hours only",
    remedies: &["try again during those hours", ASK_MANAGER],
};

const REGION_NOT_ALLOWED: Fact = Fact {
    code: "region-not-allowed",
    transient: false,
    sentence: "these licences may not be used from where you are",
    remedies: &[
        "use it from an allowed region",
        "ask your licence manager which licences are for your region",
    ],
};

const NOT_ON_TARIFF: Fact = Fact {
    code: "not-on-tariff",
    transient: false,
    sentence: "this product cannot be opened on tokens, only on a seat",
    remedies: &["ask your licence manager for a seat", "use another product"],
};

const NO_LEASE: Fact = Fact {
    code: "no-lease",
    transient: false,
    sentence: "this product cannot be used on tokens without the server just now",
    remedies: &[
        "open it while the server can be reached",
        "connect the workstation that took it along before, so that it gives it back",
    ],
};

const SEAT_HELD_ELSEWHERE: Fact = Fact {
    code: "seat-held-elsewhere",
    transient: true,
    sentence: "your seat is in use on another workstation",
    remedies: &["close the product there", "ask a colleague to close it for you"],
};

const NO_FREE_SEAT: Fact = Fact {
    code: "no-free-seat",
    transient: true,
    sentence: "you would need a seat, and none is free",
    remedies: &[
        "ask a colleague whose seat is idle to release it",
        "open it in a viewer",
        "ask your licence manager for a seat",
    ],
};

const BUCKET_NOT_IN_FORCE: Fact = Fact {
    code: "bucket-not-in-force",
    transient: false,
    sentence: "the dates of this bucket do not include today",
    remedies: &["use another bucket", "ask the owner of the bucket to extend it"],
};

const CONCURRENT_CAP_REACHED: Fact = Fact {
    code: "concurrent-cap-reached",
    transient: true,
    sentence: "as many sessions as are allowed at once go on already",
    remedies: &["close one that you do not need", "try again later"],
};

const WINDOW_CAP_REACHED: Fact = Fact {
    code: "window-cap-reached",
    transient: true,
    sentence: "as much as is allowed in these hours was used already",
    remedies: &["try again later", ASK_MANAGER],
};

const DAILY_CAP_REACHED: Fact = Fact {
    code: "daily-cap-reached",
    transient: true,
    sentence: "as much as is allowed on a day was used already",
    remedies: &["try again tomorrow", "ask your licence manager to raise the cap"],
};

const MONTHLY_CAP_REACHED: Fact = Fact {
    code: "monthly-cap-reached",
    transient: true,
    sentence: "as much as is allowed in this week or month was used already",
    remedies: &["ask your licence manager to raise the cap", "open it in a viewer"],
};

const CONFIRMATION_NEEDED: Fact = Fact {
    code: "confirmation-needed",
    transient: true,
    sentence: "many people open this here just now; somebody has to confirm that tokens shall be spent",
    remedies: &[
        "confirm, and ask again",
        "open it in a viewer",
        "ask the trainer which licences are meant",
    ],
};

const BUCKET_EXHAUSTED: Fact = Fact {
    code: "bucket-exhausted",
    transient: true,
    sentence: "your bucket does not have enough tokens left",
    remedies: &["ask the owner of your bucket for tokens", "use a viewer"],
};

const POOL_EXHAUSTED: Fact = Fact {
    code: "pool-exhausted",
    transient: true,
    sentence: "the contract does not have enough valid tokens left",
    remedies: &["ask your licence manager to buy tokens", "use a viewer"],
};

const CLOCK_WRONG: Fact = Fact {
    code: "clock-wrong",
    transient: true,
    sentence: "the clock of this workstation is wrong",
    remedies: &["set the clock right, and ask again", "open it on another workstation"],
};

const TOKENS_NOT_AGREED: Fact = Fact {
    code: "tokens-not-agreed",
    transient: true,
    sentence: "opening this costs tokens, and you have not said yes to the price",
    remedies: &["say yes to the price, and ask again", "open it in a viewer"],
};
