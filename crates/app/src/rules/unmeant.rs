//! What a set of policies says, and its author probably does not mean: names that nothing bears, and people
//! whom it locks out of the seats that they hold.

use faregate_core::access::{Forbidden, Policy, Question, Verdict};
use faregate_core::estate::{Country, Estate, PersonId, Place, ProductId, SeatId, folded};
use faregate_core::event::{Ask, Fare};
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_ingest::estate::nearest;
use faregate_policy::{Doubt, Mention, RuleBook, Warning};
use std::collections::{BTreeMap, BTreeSet};

/// So many seats, the first ones, are asked about before a set is adopted.
const SEATS_ASKED: usize = 2_000;

/// A warning for each name that sets mention and the estate does not know, with the nearest one that it does.
pub(super) fn unknown_names(
    estate: &Estate,
    book: &RuleBook,
    is_asked: impl Fn(&str) -> bool,
) -> Vec<Warning> {
    let mut known: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut warnings = Vec::new();
    for mention in book.mentions().filter(|mention| is_asked(mention.set)) {
        let names = known.entry(mention.kind).or_insert_with(|| names(estate, mention.kind));
        // A country needs no row in any file: whatever has two letters may be one.
        let is_country = mention.kind == "Country" && Country::new(mention.key).is_some();
        if !is_country && !names.contains(mention.key) {
            warnings.push(unknown(&mention, names));
        }
    }
    warnings
}

fn unknown(mention: &Mention<'_>, names: &BTreeSet<String>) -> Warning {
    let Mention { set, line, kind, key } = mention;
    let near = nearest(key, names.iter().map(String::as_str));
    let help = near.map_or_else(
        || "what is named so may be added later; until then it is nobody and nothing".to_owned(),
        |near| format!("did you mean {kind}::\"{near}\"?"),
    );
    let message = format!("there is no {} `{key}`", kind.to_lowercase());
    Warning { doubt: Doubt::UnknownName, set: (*set).to_owned(), line: *line, message, help }
}

/// All names of a kind, as policies write them.
fn names(estate: &Estate, kind: &str) -> BTreeSet<String> {
    let all: Vec<&String> = match kind {
        "Person" => estate.everybody().map(|(_, person)| &person.key).collect(),
        "Group" => estate.groups().iter().map(|group| &group.key).collect(),
        "Product" => estate.products().iter().map(|product| &product.key).collect(),
        "Offering" => estate.offerings().iter().map(|offering| &offering.key).collect(),
        "Bucket" => estate.buckets().iter().map(|bucket| &bucket.key).collect(),
        "Region" => estate.regions().iter().map(|region| &region.key).collect(),
        "Site" => estate.sites().iter().map(|site| &site.key).collect(),
        "Schedule" => estate.schedules().iter().map(|schedule| &schedule.key).collect(),
        _ => Vec::new(),
    };
    all.into_iter().map(|key| folded(key)).collect()
}

/// People who hold a seat on which a set forbids them to open what it covers. Whoever holds a seat that covers a
/// product never opens it on tokens: they would be locked out.
pub(super) fn locked_out(
    state: &State,
    book: &RuleBook,
    set: &str,
    now: Instant,
) -> Option<Warning> {
    let estate = state.estate();
    let ids = (0_u32..).map(SeatId).zip(estate.seats());
    let held = ids.filter_map(|(id, seat)| Some((seat, estate.holder(id, now)?)));
    let in_term = held.filter(|(seat, _)| seat.from <= now && now < seat.until);
    let shut: BTreeSet<PersonId> = in_term
        .take(SEATS_ASKED)
        .filter(|(seat, person)| {
            let covered = estate.offering(seat.offering).map(|offering| &offering.covers);
            let products = covered.into_iter().flatten();
            products
                .filter_map(|key| estate.product_called(key))
                .any(|product| is_shut(state, book, set, (*person, product), now))
        })
        .map(|(_, person)| person)
        .collect();
    let example = estate.person(*shut.first()?).map_or("?", |person| person.key.as_str());
    let people = match shut.len() {
        1 => "1 person holds a seat".to_owned(),
        count => format!("{count} people hold seats"),
    };
    Some(Warning {
        doubt: Doubt::LockedOut,
        set: String::new(),
        line: 0,
        message: format!("{people} that these policies forbid them, for example {example}"),
        help: "free the seat, or leave the group".to_owned(),
    })
}

/// Whether a set says no to the seat, and not for a reason that is as true of tokens: where somebody is, when.
fn is_shut(
    state: &State,
    book: &RuleBook,
    set: &str,
    (person, product): (PersonId, ProductId),
    at: Instant,
) -> bool {
    let (ask, place, bucket) = (Ask::default(), Place::default(), state.payer(person));
    let judged = |fare| {
        let question = Question { person, product, fare, bucket, place, ask: &ask, at };
        book.judge(state, &question)
    };
    let Verdict::Forbid(Forbidden { rule: Some(rule), .. }) = judged(Fare::Seat) else {
        return false;
    };
    let as_true_of_tokens =
        matches!(judged(Fare::Tokens), Verdict::Forbid(other) if other.rule == Some(rule));
    book.set_of(rule) == Some(set) && !as_true_of_tokens
}
