//! What can be done to a contract.

use proptest::prelude::*;

/// What an agent says that asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) agreed: i64,
    pub(crate) clock_wrong: bool,
    /// For how many hours it asks for a lease.
    pub(crate) hours: Option<u32>,
}

/// One step; numbers that name something are taken modulo how many there are.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Buy {
        tokens: i64,
        days: i64,
    },
    Allocate {
        bucket: u16,
        tokens: i64,
    },
    Open {
        person: Option<u32>,
        product: u16,
        bucket: Option<u16>,
        agent: Option<Said>,
    },
    Alive(usize),
    Close(usize),
    Wait(i64),
    Reconcile,
    Import(Vec<(u32, u16, i64, i64)>),
    ImportAgain,
    RepeatEvent,
    MoveSeat {
        seat: u32,
        person: Option<u32>,
    },
    /// A seat comes to whoever runs that session, and goes again after so long.
    SeatVisits {
        session: usize,
        seconds: i64,
    },
    Name {
        person: u32,
        hours: i64,
    },
    Transfer {
        from: Option<u16>,
        to: Option<u16>,
        tokens: i64,
    },
    Ask {
        by: u32,
        bucket: u16,
        tokens: i64,
        loan_days: Option<i64>,
    },
    Answer {
        index: usize,
        by: u32,
        yes: Option<i64>,
    },
    Correct {
        pack: usize,
        bucket: Option<u16>,
        tokens: i64,
    },
    Project {
        days: i64,
    },
}

pub(crate) fn commands() -> impl Strategy<Value = Vec<Command>> {
    let agreed = prop_oneof![4 => Just(10), 1 => 0..10i64];
    let said = (agreed, prop::bool::weighted(0.1), option(0.7, 0..30u32))
        .prop_map(|(agreed, clock_wrong, hours)| Said { agreed, clock_wrong, hours });
    let open = (option(0.9, 0..3u32), 0..4u16, option(0.2, 0..3u16), option(0.4, said));
    let open = open.prop_map(|(person, product, bucket, agent)| Command::Open {
        person,
        product,
        bucket,
        agent,
    });
    let wait = prop_oneof![1..400i64, 600..5_000i64, 80_000..90_000i64].prop_map(Command::Wait);
    let reported = (0..3u32, 0..4u16, 0..4_000i64, 1..2_000i64);
    let import = proptest::collection::vec(reported, 1..5).prop_map(Command::Import);
    let one = prop_oneof![
        1 => (1..60i64, 1..9i64).prop_map(|(tokens, days)| Command::Buy { tokens, days }),
        2 => (0..2u16, 1..40i64)
            .prop_map(|(bucket, tokens)| Command::Allocate { bucket, tokens }),
        8 => open,
        6 => (0..9usize).prop_map(Command::Alive),
        3 => (0..9usize).prop_map(Command::Close),
        6 => wait,
        2 => Just(Command::Reconcile),
        2 => import,
        1 => Just(Command::ImportAgain),
        1 => Just(Command::RepeatEvent),
        2 => (0..2u32, option(0.5, 0..3u32))
            .prop_map(|(seat, person)| Command::MoveSeat { seat, person }),
        2 => (0..9usize, prop_oneof![1..4_000i64, 40_000..90_000i64])
            .prop_map(|(session, seconds)| Command::SeatVisits { session, seconds }),
        1 => (0..3u32, 1..40i64).prop_map(|(person, hours)| Command::Name { person, hours }),
        1 => (option(0.7, 0..2u16), option(0.7, 0..2u16), 1..30i64)
            .prop_map(|(from, to, tokens)| Command::Transfer { from, to, tokens }),
        1 => (0..3u32, 0..2u16, 1..30i64, option(0.5, 1..4i64)).prop_map(
            |(by, bucket, tokens, loan_days)| Command::Ask { by, bucket, tokens, loan_days }
        ),
        2 => (0..5usize, 0..3u32, option(0.8, 1..25i64))
            .prop_map(|(index, by, yes)| Command::Answer { index, by, yes }),
        1 => (0..4usize, option(0.5, 0..2u16), -20..20i64)
            .prop_map(|(pack, bucket, tokens)| Command::Correct { pack, bucket, tokens }),
        1 => (1..4i64).prop_map(|days| Command::Project { days }),
    ];
    proptest::collection::vec(one, 1..60)
}

fn option<T: Strategy>(some: f64, of: T) -> impl Strategy<Value = Option<T::Value>> {
    proptest::option::weighted(some, of)
}
