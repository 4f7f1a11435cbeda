//! Worked examples of charging, recomputed: how many units each meter counts.

use super::{Figure, Side};
use crate::races::Setting;
use anyhow::Result;
use faregate_core::tariff::Meter;
use faregate_core::usage::{Interval, Observed, metered, units};
use faregate_core::when::{Instant, Zone};

/// Idle time after which use has ended, in seconds.
const IDLE_SECONDS: i64 = 900;

/// What happened, and what is right.
struct Example {
    name: &'static str,
    zone: &'static str,
    /// Open, close, and activity where it was reported.
    sessions: &'static [(i64, i64, Option<&'static [i64]>)],
    /// Started hours, minutes, calendar days, 24-hour windows.
    units: [usize; 4],
    seconds: i64,
}

const METERS: [Meter; 4] =
    [Meter::StartedHour, Meter::Minute, Meter::CalendarDay, Meter::Window24h];

const fn whole(open: i64, close: i64) -> (i64, i64, Option<&'static [i64]>) {
    (open, close, None)
}

const EXAMPLES: [Example; 10] = [
    Example {
        name: "opened again past the window's end",
        zone: "UTC",
        sessions: &[whole(1_780_300_800, 1_780_333_200), whole(1_780_383_600, 1_780_419_600)],
        units: [19, 1_140, 2, 2],
        seconds: 68_400,
    },
    Example {
        name: "from the evening to the next afternoon",
        zone: "UTC",
        sessions: &[whole(1_780_340_400, 1_780_419_600)],
        units: [22, 1_320, 2, 1],
        seconds: 79_200,
    },
    Example {
        name: "a day of 25 hours",
        zone: "Europe/Berlin",
        sessions: &[whole(1_792_879_200, 1_792_969_200)],
        units: [25, 1_500, 1, 2],
        seconds: 90_000,
    },
    Example {
        name: "a day of 23 hours",
        zone: "Europe/Berlin",
        sessions: &[whole(1_774_738_800, 1_774_821_600)],
        units: [23, 1_380, 1, 1],
        seconds: 82_800,
    },
    Example {
        name: "over midnight in Berlin",
        zone: "Europe/Berlin",
        sessions: &[whole(1_780_350_600, 1_780_351_800)],
        units: [1, 20, 2, 1],
        seconds: 1_200,
    },
    Example {
        name: "the same, before midnight in UTC",
        zone: "UTC",
        sessions: &[whole(1_780_350_600, 1_780_351_800)],
        units: [1, 20, 1, 1],
        seconds: 1_200,
    },
    Example {
        name: "half an hour of work, then idle",
        zone: "UTC",
        sessions: &[(
            1_780_304_400,
            1_780_333_200,
            Some(&[
                1_780_304_400,
                1_780_304_700,
                1_780_305_000,
                1_780_305_300,
                1_780_305_600,
                1_780_305_900,
                1_780_306_200,
            ]),
        )],
        units: [1, 45, 1, 1],
        seconds: 2_700,
    },
    Example {
        name: "two hosts at once",
        zone: "UTC",
        sessions: &[whole(1_780_304_400, 1_780_311_600), whole(1_780_308_000, 1_780_315_200)],
        units: [3, 180, 1, 1],
        seconds: 10_800,
    },
    Example {
        name: "left open over a weekend",
        zone: "UTC",
        sessions: &[whole(1_780_650_000, 1_780_909_200)],
        units: [72, 4_320, 4, 3],
        seconds: 259_200,
    },
    Example {
        name: "idle when the window ends",
        zone: "UTC",
        sessions: &[(
            1_780_300_800,
            1_780_399_200,
            Some(&[
                1_780_300_800,
                1_780_301_400,
                1_780_302_000,
                1_780_302_600,
                1_780_303_200,
                1_780_303_800,
                1_780_398_000,
            ]),
        )],
        units: [3, 80, 2, 2],
        seconds: 4_800,
    },
];

pub(super) fn run(_: &Setting) -> Result<Vec<Figure>> {
    let mut wrong = Vec::new();
    for example in &EXAMPLES {
        let zone = Zone::named(example.zone).map_err(|why| anyhow::anyhow!("{why}"))?;
        let stretches = stretches(example);
        let seconds: i64 = stretches.iter().map(|stretch| stretch.seconds()).sum();
        let found = METERS.map(|meter| units(meter, &zone, &stretches).len());
        if (found, seconds) != (example.units, example.seconds) {
            wrong.push(format!("{}: {found:?}, {seconds} s", example.name));
        }
    }
    let right = EXAMPLES.len() - wrong.len();
    Ok(vec![Figure {
        name: "charging examples that come out exactly",
        value: right as f64,
        target: EXAMPLES.len() as f64,
        side: Side::Exactly,
        unit: "examples",
        note: wrong.join("; "),
    }])
}

fn stretches(example: &Example) -> Vec<Interval> {
    let instants = |seconds: &[i64]| seconds.iter().copied().map(Instant).collect::<Vec<_>>();
    let activity: Vec<Option<Vec<Instant>>> =
        example.sessions.iter().map(|(_, _, activity)| activity.map(instants)).collect();
    let sessions = example.sessions.iter().zip(&activity);
    let observed = sessions.map(|((open, close, _), activity)| Observed {
        open: Instant(*open),
        close: Instant(*close),
        activity: activity.as_deref(),
    });
    metered(&observed.collect::<Vec<_>>(), IDLE_SECONDS)
}
