//! Made-up sessions in order of time, as a FlexNet debug log, a table or events, with how many they are and their
//! seconds known.
//!
//! Sixty thousand people in five regions, forty products, a working week: like the history that the other
//! races use, but from a seed and by this program, so that nothing else is needed to make it.

use crate::chance::Chance;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Sessions of a whole log; a scale makes it smaller.
pub(crate) const SESSIONS: u64 = 5_000_000;
pub(crate) const PRODUCTS: u32 = 40;
/// As many people as the races of the other kinds have.
pub(crate) const PEOPLE: u32 = 60_000;
const DAY: i64 = 86_400;
/// 2025-01-01, a Wednesday.
const START: i64 = 1_735_689_600;
/// Hours ahead of UTC, in tenths.
const REGIONS: [i64; 5] = [-80, -50, 10, 55, 80];
/// Sessions of somebody at work, a day.
const SESSIONS_A_DAY: f64 = 8.66;
/// Every so many sessions somebody is turned away first.
const SESSIONS_A_DENIAL: u64 = 37;
/// The seed of every log; a different one is a different race.
const SEED: u64 = 7;

/// What the sessions are written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Form {
    /// A debug log of FlexNet's.
    #[default]
    FlexNet,
    /// CSV, as wide as the vendor's exports.
    Table,
    /// CloudEvents, one a line.
    Events,
}

impl Form {
    /// What `faregate import` calls it.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::FlexNet => "flexnet",
            Self::Table => "csv",
            Self::Events => "events",
        }
    }

    /// What explains it.
    pub(crate) fn map(self) -> Option<&'static str> {
        let map = "name = \"races\"\n\n[columns]\nwho = \"user_email\"\nfeature = \"product_code\"\nhost = \"host\"\n\
            opened = \"start_utc\"\nclosed = \"end_utc\"\n";
        (self == Self::Table).then_some(map)
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Table => {
                "session_id,user_email,product_name,product_code,bucket,segment,region,host,ip,mode,start_utc,\
                 end_utc,tokens\n"
            }
            Self::FlexNet | Self::Events => "",
        }
    }
}

/// A file of sessions and what is in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Log {
    pub(crate) path: PathBuf,
    #[serde(default)]
    pub(crate) form: Form,
    pub(crate) sessions: u64,
    /// Of all sessions together.
    pub(crate) seconds: i64,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
}

/// So many sessions, made now or before.
pub(crate) fn log(home: &Path, form: Form, sessions: u64) -> Result<Log> {
    log_of(&home.join(format!("{}-{sessions}.log", form.command())), form, sessions, PEOPLE)
}

/// So many sessions of so many people in a file, made now or before.
pub(crate) fn log_of(path: &Path, form: Form, sessions: u64, people: u32) -> Result<Log> {
    let label = path.with_extension("json");
    if let Ok(text) = std::fs::read_to_string(&label) {
        let known: Log = serde_json::from_str(&text)?;
        if std::fs::metadata(path).is_ok_and(|file| file.len() == known.bytes) {
            return Ok(known);
        }
    }
    eprintln!("making {sessions} sessions of {people} people …");
    let made = Writer::new(path, form, sessions, people)?.write()?;
    std::fs::write(label, serde_json::to_string(&made)?)?;
    Ok(made)
}

/// How often somebody works and with what.
struct Person {
    active: f64,
    eagerness: f64,
    region: i64,
    products: [u16; 6],
    product_count: u32,
}

/// When, who, what, on the second host or not, and for how long.
type Start = (i64, u32, u16, bool, i64);

/// When, what and whose: the order of the lines of one second is check-ins, check-outs, denials.
type Line = (i64, u8, u32, u16, bool);
const IN: u8 = 0;
const OUT: u8 = 1;
const DENIED: u8 = 2;

struct Writer {
    out: BufWriter<File>,
    chance: Chance,
    people: Vec<Person>,
    lines: BinaryHeap<Reverse<Line>>,
    starts: BinaryHeap<Reverse<Start>>,
    wanted: u64,
    next_hour: i64,
    /// When, who, what and where: of the session before.
    opening: Option<(i64, u32, u16, bool)>,
    log: Log,
}

impl Writer {
    fn new(path: &Path, form: Form, wanted: u64, people: u32) -> Result<Self> {
        let mut chance = Chance::new(SEED);
        let people = (0..people).map(|_| Person::random(&mut chance)).collect();
        Ok(Self {
            out: BufWriter::with_capacity(1 << 20, File::create(path)?),
            chance,
            people,
            lines: BinaryHeap::new(),
            starts: BinaryHeap::new(),
            wanted,
            next_hour: START,
            opening: None,
            log: Log { path: path.to_owned(), form, ..Log::default() },
        })
    }

    fn write(mut self) -> Result<Log> {
        self.out.write_all(self.log.form.heading().as_bytes())?;
        for day in 0.. {
            self.plan(day);
            // Tomorrow's earliest sessions begin eight hours before the day does in UTC.
            self.write_until(START + (day + 1) * DAY - 8 * 3_600)?;
            if self.log.sessions == self.wanted {
                break;
            }
        }
        self.write_until(i64::MAX)?;
        self.out.flush()?;
        self.log.bytes = std::fs::metadata(&self.log.path)?.len();
        Ok(self.log)
    }

    /// Draws the sessions of a local day.
    fn plan(&mut self, day: i64) {
        let at_work = if (day + 2) % 7 >= 5 { 0.07 } else { 1.0 };
        for (number, person) in (0..).zip(&self.people) {
            if !self.chance.happens(person.active * at_work) {
                continue;
            }
            for _ in 0..self.chance.poisson(SESSIONS_A_DAY * person.eagerness).max(1) {
                let draw = self.chance.unit();
                let place = (draw * draw * f64::from(person.product_count)) as usize;
                let product = person.products.get(place).copied().unwrap_or(0);
                let morning = self.chance.happens(0.55);
                let (mean, deviation) = if morning { (10.0, 1.3) } else { (14.8, 1.7) };
                let hour = self.chance.normal(mean, deviation).clamp(0.0, 23.9);
                let local = day * DAY + (hour * 3_600.0) as i64;
                let start = START + (local - person.region * 360).max(0);
                let lasts = self.chance.normal(1_500_f64.ln(), 1.3).exp().min(50_400.0);
                let second_host = self.chance.happens(0.15);
                self.starts.push(Reverse((start, number, product, second_host, lasts as i64 + 5)));
            }
        }
    }

    /// Writes every line before an instant.
    fn write_until(&mut self, end: i64) -> Result<()> {
        loop {
            let start = self.starts.peek().map(|Reverse(start)| start.0);
            let line = self.lines.peek().map(|Reverse(line)| line.0);
            let open = self.log.sessions < self.wanted;
            match (start.filter(|_| open), line) {
                // Sessions become lines before anything of their second is written.
                (Some(start), line) if start < end && line.is_none_or(|at| start <= at) => {
                    self.begin()?;
                }
                (_, Some(at)) if at < end => self.write_line()?,
                _ => return Ok(()),
            }
        }
    }

    /// Turns the next session into its lines.
    fn begin(&mut self) -> Result<()> {
        let Some(Reverse(session)) = self.starts.pop() else { return Ok(()) };
        let (start, person, product, second, lasts) = session;
        let opening = Some((start, person, product, second));
        // Only a log tells two openings of one second apart.
        if self.log.form == Form::Table && self.opening == opening {
            return Ok(());
        }
        self.opening = opening;
        match self.log.form {
            Form::FlexNet => self.plan_lines(session),
            Form::Table => self.write_row(session)?,
            Form::Events => self.write_event(session)?,
        }
        self.log.sessions += 1;
        self.log.seconds += lasts;
        Ok(())
    }

    fn plan_lines(&mut self, (start, person, product, second, lasts): Start) {
        if self.log.sessions.is_multiple_of(SESSIONS_A_DENIAL) {
            self.lines.push(Reverse((start, DENIED, person, product, second)));
        }
        self.lines.push(Reverse((start, OUT, person, product, second)));
        self.lines.push(Reverse((start + lasts, IN, person, product, second)));
    }

    fn write_row(&mut self, (start, person, product, second, lasts): Start) -> Result<()> {
        let (number, host) = (self.log.sessions, host(person, second));
        let (bucket, segment, region) = (person % 120, person % 60, person % 5);
        let (high, low) = (host >> 8 & 255, host & 255);
        writeln!(
            self.out,
            "{number},user{person:06}@example.com,Product {product},ADSK{product:04}_2026_0F,\
             bucket-{bucket},segment-{segment},region-{region},WS-{host:07},10.{region}.{high}.{low},flex,\
             {},{},10",
            faregate_core::when::Instant(start),
            faregate_core::when::Instant(start + lasts)
        )?;
        self.log.lines += 1;
        Ok(())
    }

    fn write_event(&mut self, (start, person, product, second, lasts): Start) -> Result<()> {
        let (number, host) = (self.log.sessions, host(person, second));
        writeln!(
            self.out,
            "{{\"specversion\":\"1.0\",\"type\":\"session\",\"id\":\"{number:08}\",\"source\":\"/races/{}\",\
             \"subject\":\"user{person:06}@example.com\",\"time\":\"{}\",\"data\":{{\
             \"product\":\"ADSK{product:04}_2026_0F\",\"host\":\"WS-{host:07}\",\"duration_seconds\":{lasts}}}}}",
            person % 5,
            faregate_core::when::Instant(start)
        )?;
        self.log.lines += 1;
        Ok(())
    }

    fn write_line(&mut self) -> Result<()> {
        let Some(Reverse((at, kind, person, product, second))) = self.lines.pop() else {
            return Ok(());
        };
        self.write_hours(at)?;
        let (hour, minute, seconds) = clock(at);
        let word = ["IN", "OUT", "DENIED"].get(usize::from(kind)).unwrap_or(&"");
        let host = host(person, second);
        write!(
            self.out,
            "{hour}:{minute:02}:{seconds:02} (adskflex) {word}: \"ADSK{product:04}_2026_0F\" \
             user{person:06}@WS-{host:07}  "
        )?;
        if kind == DENIED {
            let why = "(Licensed number of users already reached. (-4,342:10054 \"\"))";
            self.out.write_all(why.as_bytes())?;
        }
        self.out.write_all(b"\n")?;
        self.log.lines += 1;
        Ok(())
    }

    /// Once an hour the daemon says the date.
    fn write_hours(&mut self, until: i64) -> Result<()> {
        while self.next_hour <= until {
            let (hour, ..) = clock(self.next_hour);
            let date = i32::try_from(self.next_hour.div_euclid(DAY)).unwrap_or(0);
            let (year, month, day) = faregate_core::when::Date(date).ymd();
            writeln!(self.out, "{hour}:00:00 (lmgrd) TIMESTAMP {month}/{day}/{year}")?;
            self.next_hour += 3_600;
            self.log.lines += 1;
        }
        Ok(())
    }
}

impl Person {
    fn random(chance: &mut Chance) -> Self {
        let class = chance.unit();
        let (active, eagerness) = match class {
            heavy if heavy < 0.2 => (0.92, 1.18),
            regular if regular < 0.5 => (0.45, 0.98),
            _ => (0.08, 0.72),
        };
        let region = REGIONS.get(chance.below(5) as usize).copied().unwrap_or(0);
        let mut product_count = 2;
        while product_count < 6 && chance.happens(0.55) {
            product_count += 1;
        }
        // A few products are used by most, as in every estate.
        let popular = |draw: f64| (draw * draw * draw * f64::from(PRODUCTS)) as u16;
        let products = std::array::from_fn(|_| popular(chance.unit()));
        Self { active, eagerness, region, products, product_count }
    }
}

fn host(person: u32, second: bool) -> u32 {
    person * 2 + u32::from(second)
}

fn clock(at: i64) -> (i64, i64, i64) {
    let second = at.rem_euclid(DAY);
    (second / 3_600, second / 60 % 60, second % 60)
}

/// The operator's table that makes the log's codes known.
pub(crate) fn features() -> String {
    let row = |product| format!("ADSK{product:04}_2026_0F,product-{product},Product {product}\n");
    (0..PRODUCTS).map(row).collect()
}
