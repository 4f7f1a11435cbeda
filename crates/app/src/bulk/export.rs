//! An estate as `estate.toml`: what an import of it into an empty contract of the same tariff makes again.
//!
//! Left out is what is no estate: tokens, charges, requests, policies; and who held a seat before its holder.

use faregate_core::amount::Money;
use faregate_core::caps::{Cap, Each, Measure, Span, Then};
use faregate_core::estate::{Breach, Domain, Estate, SeatId, Territory};
use faregate_core::event::Mode;
use faregate_core::state::State;
use faregate_core::when::{DAY, Instant, Zone};
use faregate_ingest::estate::words;
use rustc_hash::FxHashMap;

/// The estate of a contract as `estate.toml`.
#[must_use]
pub fn export(state: &State) -> String {
    let mut sheet = Sheet { text: String::new(), zone: state.zone().clone() };
    sheet
        .text
        .push_str("# What Faregate knows of this estate. See docs/reference/estate-files.md.\n");
    let estate = state.estate();
    groups(&mut sheet, estate);
    buckets(&mut sheet, estate);
    people(&mut sheet, estate);
    aliases(&mut sheet, estate);
    seats(&mut sheet, state);
    places(&mut sheet, estate);
    schedules(&mut sheet, estate);
    state.counts().caps().iter().for_each(|one| cap(&mut sheet, estate, one));
    terms(&mut sheet, state);
    for rate in state.exchange_rates() {
        sheet.table("[[exchange_rate]]");
        sheet.text("of", rate.of.code());
        sheet.text("price", &decimal(rate.price.micros));
        sheet.text("currency", rate.price.currency.code());
        sheet.bare("from", &rate.from.to_string());
    }
    sheet.text
}

/// TOML on its way.
struct Sheet {
    text: String,
    zone: Zone,
}

impl Sheet {
    fn table(&mut self, head: &str) {
        self.text.push('\n');
        self.text.push_str(head);
        self.text.push('\n');
    }

    fn bare(&mut self, column: &str, value: &str) {
        self.text.push_str(column);
        self.text.push_str(" = ");
        self.text.push_str(value);
        self.text.push('\n');
    }

    fn text(&mut self, column: &str, value: &str) {
        self.bare(column, &quoted(value));
    }

    fn texts<'t>(&mut self, column: &str, values: impl IntoIterator<Item = &'t str>) {
        let values: Vec<String> = values.into_iter().map(quoted).collect();
        if !values.is_empty() {
            self.bare(column, &format!("[{}]", values.join(", ")));
        }
    }

    /// An instant, unless it is the first or the last that there is.
    fn when(&mut self, column: &str, at: Instant) {
        if at.0 != i64::MIN && at.0 != i64::MAX {
            let text = when(&self.zone, at);
            self.bare(column, &text);
        }
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(letter)));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// The date that begins at this instant, or the instant; `always` for the first and the last there is.
pub(super) fn when(zone: &Zone, at: Instant) -> String {
    if at.0 == i64::MIN || at.0 == i64::MAX {
        return "always".to_owned();
    }
    let date = zone.date(at);
    if zone.start_of(date) == at { date.to_string() } else { at.to_string() }
}

fn groups(sheet: &mut Sheet, estate: &Estate) {
    for group in estate.groups() {
        sheet.table("[[group]]");
        sheet.text("key", &group.key);
        sheet.text("name", &group.name);
        if let Some(dimension) = &group.dimension {
            sheet.text("dimension", dimension);
        }
        let parents = group.parents.iter().filter_map(|id| estate.group(*id));
        sheet.texts("parents", parents.map(|parent| parent.key.as_str()));
    }
}

fn buckets(sheet: &mut Sheet, estate: &Estate) {
    for (id, bucket) in (0u16..).map(faregate_core::estate::BucketId).zip(estate.buckets()) {
        let terms = estate.bucket_terms(id);
        sheet.table("[[bucket]]");
        sheet.text("key", &bucket.key);
        sheet.text("name", &bucket.name);
        if let Some(parent) = terms.parent.and_then(|id| estate.bucket(id)) {
            sheet.text("parent", &parent.key);
        }
        let owners = terms.owners.iter().filter_map(|id| estate.person(*id));
        sheet.texts("owners", owners.map(|owner| owner.key.as_str()));
        sheet.text("period", &words::write_period(terms.period));
        sheet.text("leftover", super::buckets::leftover_word(terms.leftover));
        sheet.bare("lends", &terms.lends.to_string());
    }
}

fn people(sheet: &mut Sheet, estate: &Estate) {
    for (id, person) in estate.everybody() {
        sheet.table("[[person]]");
        sheet.text("key", &person.key);
        sheet.text("name", &person.name);
        if let Some(bucket) = estate.bucket(person.bucket) {
            sheet.text("bucket", &bucket.key);
        }
        // Who was merged into them is one of their names.
        let names = estate.undated_names(id).filter(|name| *name != person.key);
        sheet.texts("aliases", names);
        let Some(standing) = estate.standing(id) else { continue };
        let groups = standing.groups.iter().filter_map(|id| estate.group(*id));
        sheet.texts("groups", groups.map(|group| group.key.as_str()));
        if standing.contractor {
            sheet.bare("contractor", "true");
        }
        if let Some(until) = standing.until {
            sheet.when("until", until);
        }
    }
}

fn aliases(sheet: &mut Sheet, estate: &Estate) {
    for term in estate.alias_terms() {
        let Some(person) = estate.person(estate.same_as(term.person)) else { continue };
        sheet.table("[[alias]]");
        sheet.text("alias", &term.alias);
        sheet.text("person", &person.key);
        sheet.when("from", term.from);
        sheet.when("until", term.until);
    }
}

/// Seats in the order of their ids, so that they get the same ones again; like ones next to each other are
/// one row.
fn seats(sheet: &mut Sheet, state: &State) {
    let estate = state.estate();
    let mut rows: Vec<(_, u32)> = Vec::new();
    let mut places = FxHashMap::default();
    for (id, seat) in (0u32..).map(SeatId).zip(estate.seats()) {
        let at = state.at().max(seat.from).min(seat.until.plus(-1));
        let row = (seat.offering, estate.holder(id, at), seat.from, seat.until);
        // Of one person there is one row; free seats keep their places.
        let earlier = row.1.and_then(|_| places.get(&row).copied());
        let last = rows.last().filter(|(last, _)| *last == row).map(|_| rows.len() - 1);
        match earlier.or(last).and_then(|place: usize| rows.get_mut(place)) {
            Some((_, count)) => *count += 1,
            None => {
                places.insert(row, rows.len());
                rows.push((row, 1));
            }
        }
    }
    for ((offering, person, from, until), count) in rows {
        let Some(offering) = estate.offering(offering) else { continue };
        sheet.table("[[seat]]");
        sheet.text("offering", &offering.key);
        if let Some(person) = person.and_then(|id| estate.person(id)) {
            sheet.text("person", &person.key);
        }
        sheet.when("from", from);
        sheet.when("until", until);
        if count > 1 {
            sheet.bare("count", &count.to_string());
        }
    }
}

fn places(sheet: &mut Sheet, estate: &Estate) {
    for site in estate.sites() {
        sheet.table("[[site]]");
        sheet.text("key", &site.key);
        sheet.text("name", &site.name);
        sheet.text("country", site.country.code());
        sheet.text("zone", site.zone.name());
        let networks: Vec<String> = site.networks.iter().map(words::write_network).collect();
        sheet.texts("networks", networks.iter().map(String::as_str));
    }
    for region in estate.regions() {
        sheet.table("[[region]]");
        sheet.text("key", &region.key);
        sheet.text("name", &region.name);
        sheet.texts("countries", region.countries.iter().map(|country| country.code()));
    }
    estate.territories().iter().for_each(|one| territory(sheet, estate, one));
}

fn territory(sheet: &mut Sheet, estate: &Estate, territory: &Territory) {
    let of = match territory.domain {
        Domain::Pool => Some("pool".to_owned()),
        Domain::Bucket(id) => estate.bucket(id).map(|bucket| format!("bucket:{}", bucket.key)),
        Domain::Offering(id) => {
            estate.offering(id).map(|offering| format!("offering:{}", offering.key))
        }
        Domain::Seat(id) => Some(format!("seat:{}", id.0)),
    };
    let Some(of) = of else { return };
    sheet.table("[[territory]]");
    sheet.text("of", &of);
    let allowed: Vec<String> = territory.allowed.iter().map(|name| quoted(name)).collect();
    sheet.bare("allowed", &format!("[{}]", allowed.join(", ")));
    sheet.when("from", territory.from);
    sheet.when("until", territory.until);
    sheet.text("breach", breach_word(territory.breach));
    sheet.text("unknown", breach_word(territory.unknown));
}

fn schedules(sheet: &mut Sheet, estate: &Estate) {
    for schedule in estate.schedules() {
        sheet.table("[[schedule]]");
        sheet.text("key", &schedule.key);
        sheet.text("zone", schedule.zone.name());
        let hours: Vec<String> =
            schedule.hours.iter().map(|hours| quoted(&words::write_hours(hours))).collect();
        sheet.bare("hours", &format!("[{}]", hours.join(", ")));
        let except: Vec<String> = schedule.except.iter().map(ToString::to_string).collect();
        if !except.is_empty() {
            sheet.bare("except", &format!("[{}]", except.join(", ")));
        }
        for (column, date) in [("from", schedule.from), ("until", schedule.until)] {
            if let Some(date) = date {
                sheet.bare(column, &date.to_string());
            }
        }
    }
}

fn cap(sheet: &mut Sheet, estate: &Estate, cap: &Cap) {
    sheet.table("[[cap]]");
    sheet.text("key", &cap.key);
    let person = cap.person.and_then(|id| estate.person(id)).map(|person| &person.key);
    let group = cap.group.and_then(|id| estate.group(id)).map(|group| &group.key);
    let product = cap.product.and_then(|id| estate.product(id)).map(|product| &product.key);
    let bucket = cap.bucket.and_then(|id| estate.bucket(id)).map(|bucket| &bucket.key);
    let of = [("person", person), ("group", group), ("product", product), ("bucket", bucket)];
    for (column, key) in of {
        if let Some(key) = key {
            sheet.text(column, key);
        }
    }
    sheet.text("each", each_word(cap.each));
    sheet.text("measure", measure_word(cap.measure));
    sheet.text("per", &per(cap.measure, cap.span));
    sheet.text("limit", &limit(cap.measure, cap.limit));
    sheet.text("then", then_word(cap.then));
    sheet.text("mode", mode_word(cap.mode));
}

fn terms(sheet: &mut Sheet, state: &State) {
    let terms = state.terms();
    sheet.table("[terms]");
    let owners = terms.owners.iter().filter_map(|id| state.estate().person(*id));
    sheet.texts("owners", owners.map(|owner| owner.key.as_str()));
    if let Some(large) = terms.large {
        sheet.text("large", &large.to_string());
    }
    sheet.bare("request_days", &(terms.request_seconds / DAY).max(1).to_string());
    sheet.bare("seat_moves_a_day", &terms.seat_moves_a_day.to_string());
    if let Some(hosts) = terms.seat_hosts_max {
        sheet.bare("seat_hosts_max", &hosts.to_string());
    }
    if let Some(cost) = terms.seat_move_cost {
        sheet.text("seat_move_cost", &money(cost));
    }
    if let Some((part, seconds)) = terms.carry {
        sheet.text("carry_percent", &percent(part));
        sheet.bare("carry_days", &(seconds / DAY).to_string());
    }
}

/// Millionths as percent: `10`, `2.5`.
pub(super) fn percent(millionths: u32) -> String {
    decimal(i64::from(millionths) * 100)
}

/// `12.5 EUR`.
pub(super) fn money(money: Money) -> String {
    format!("{} {}", decimal(money.micros), money.currency.code())
}

/// Millionths as the shortest decimal.
fn decimal(micros: i64) -> String {
    let (sign, micros) = (if micros < 0 { "-" } else { "" }, micros.unsigned_abs());
    let fraction = format!("{:06}", micros % 1_000_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", micros / 1_000_000)
}

/// Over which time a cap counts, as its column says it.
pub(super) fn per(measure: Measure, span: Span) -> String {
    if measure == Measure::Running { "now".to_owned() } else { words::write_span(span) }
}

/// A cap's limit, as its column says it.
pub(super) fn limit(measure: Measure, limit: i64) -> String {
    match measure {
        Measure::Tokens => faregate_core::amount::Ticks(limit).to_string(),
        _ => limit.to_string(),
    }
}

pub(super) const fn breach_word(breach: Breach) -> &'static str {
    match breach {
        Breach::Report => "report",
        Breach::Quarantine => "quarantine",
        Breach::Refuse => "refuse",
    }
}

pub(super) const fn each_word(each: Each) -> &'static str {
    match each {
        Each::Person => "person",
        Each::Room => "room",
        Each::Together => "together",
    }
}

pub(super) const fn measure_word(measure: Measure) -> &'static str {
    match measure {
        Measure::Tokens => "tokens",
        Measure::Opens => "opens",
        Measure::Running => "running",
        Measure::People => "people",
    }
}

pub(super) const fn then_word(then: Then) -> &'static str {
    match then {
        Then::Refuse => "refuse",
        Then::Confirm => "confirm",
    }
}

pub(super) const fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Enforce => "enforce",
        Mode::Monitor => "monitor",
    }
}
