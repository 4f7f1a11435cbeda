//! Buckets: opened before people, since those name them; agreed after people, since owners are some.

use super::change::Fields;
use super::draft::{Draft, listed, next_id};
use super::tree;
use faregate_core::amount::Ticks;
use faregate_core::estate::{Bucket, BucketId, BucketTerms, Leftover, PersonId, folded};
use faregate_core::event::{BucketSet, Event, Move, MoveCause};
use faregate_ingest::estate::rows::{self, Said};
use faregate_ingest::estate::{Kind, Row, words};
use rustc_hash::FxHashMap;

/// The rows of buckets, those above first.
pub(super) type Ordered<'a> = Vec<&'a Row<rows::Bucket>>;

/// Opens the new ones, so that what follows can name them.
pub(super) fn open<'a>(draft: &mut Draft<'a>) -> Ordered<'a> {
    let rows = draft.once(&draft.document.buckets, "bucket", |bucket| bucket.key.clone());
    let rows = in_order(draft, &rows);
    let mut new = Vec::new();
    for row in &rows {
        let rows::Bucket { key, name, .. } = &row.value;
        if draft.estate().bucket_called(key).is_none() {
            let there = draft.estate().buckets().len();
            let Some(id) = next_id(there, draft.bucket_keys.len()) else {
                draft.fault(
                    &row.source,
                    "there are 65,536 buckets already".to_owned(),
                    "add no more",
                );
                break;
            };
            draft.bucket_keys.push(key.clone());
            draft.buckets.insert(folded(key), BucketId(id));
            let name = name.clone().unwrap_or_else(|| key.clone());
            new.push(Bucket { key: key.clone(), name });
        }
    }
    draft.book(new, Event::BucketsOpened);
    rows
}

fn in_order<'a>(draft: &mut Draft<'a>, rows: &[&'a Row<rows::Bucket>]) -> Ordered<'a> {
    let keys: Vec<String> = rows.iter().map(|row| folded(&row.value.key)).collect();
    let by_key: FxHashMap<&str, &rows::Bucket> =
        keys.iter().map(String::as_str).zip(rows.iter().map(|row| &row.value)).collect();
    let estate = draft.estate();
    let (order, knots) = tree::order(&keys, |key| {
        let there = estate.bucket_called(key).and_then(|id| estate.parent(id));
        let there = there.and_then(|id| estate.bucket(id)).map(|bucket| bucket.key.clone());
        let said = by_key.get(key).map(|row| row.parent.clone()).unwrap_or_default();
        said.over(there).map(|key| folded(&key)).into_iter().collect()
    });
    for (place, message, help) in knots.into_iter().map(|knot| knot.told("bucket")) {
        if let Some(row) = rows.get(place) {
            draft.fault(&row.source, message, help);
        }
    }
    order.into_iter().filter_map(|place| rows.get(place).copied()).collect()
}

/// What is agreed of them, once people have their ids.
pub(super) fn agree(draft: &mut Draft<'_>, rows: &Ordered<'_>) {
    let mut names: FxHashMap<String, BucketId> = FxHashMap::default();
    for (id, bucket) in (0u16..).map(BucketId).zip(draft.estate().buckets()) {
        names.insert(folded(&bucket.name), id);
        names.insert(folded(&bucket.key), id);
    }
    let mut set = Vec::new();
    for row in rows {
        let Some(id) = draft.bucket(&row.source, &row.value.key) else { continue };
        let before = draft.estate().bucket(id);
        let Some(after) = wanted(draft, row, id) else { continue };
        let other = names.get(&folded(&after.name)).filter(|other| **other != id);
        if let Some(other) = other.filter(|_| before.is_some_and(|b| b.name != after.name)) {
            let message = format!(
                "`{}` would be named as the bucket `{}`",
                after.key,
                draft.bucket_key(*other)
            );
            draft.fault(&row.source, message, "give it a name of its own");
        }
        let fields = fields(draft, before.map(|_| id), &after, row.value.tokens);
        let is_new = before.is_none();
        let changes = draft.change(Kind::Bucket, &after.key, is_new, fields);
        if changes && (!is_new || after.terms != BucketTerms::default()) {
            set.push(after);
        }
    }
    draft.book(set, Event::BucketsSet);
}

fn wanted(draft: &mut Draft<'_>, row: &Row<rows::Bucket>, id: BucketId) -> Option<BucketSet> {
    let said = &row.value;
    let before = draft.estate().bucket(id);
    let there = before.map(|_| draft.estate().bucket_terms(id)).unwrap_or_default();
    let parent = match &said.parent {
        Said::Value(key) => Some(draft.bucket(&row.source, key)?),
        Said::Cleared => None,
        Said::Nothing => there.parent,
    };
    let owners = match &said.owners {
        None => there.owners,
        Some(keys) => keys.iter().filter_map(|key| draft.person(&row.source, key)).collect(),
    };
    let terms = BucketTerms {
        parent,
        owners,
        period: said.period.unwrap_or(there.period),
        leftover: said.leftover.unwrap_or(there.leftover),
        lends: said.lends.unwrap_or(there.lends),
    };
    let name = before.map_or(&said.key, |before| &before.name);
    Some(BucketSet {
        key: before.map_or(&said.key, |before| &before.key).clone(),
        name: said.name.as_ref().unwrap_or(name).clone(),
        terms,
    })
}

fn fields(
    draft: &Draft<'_>,
    known: Option<BucketId>,
    after: &BucketSet,
    tokens: Option<Ticks>,
) -> Fields {
    let before = known.and_then(|id| draft.estate().bucket(id));
    let terms = known.map(|id| draft.estate().bucket_terms(id));
    let terms = terms.as_ref();
    let mut fields = Fields::default();
    fields.add("name", before.map(|b| &b.name), &after.name, Clone::clone);
    let parent =
        |id: &Option<BucketId>| id.map_or_else(String::new, |id| draft.bucket_key(id).to_owned());
    fields.add("parent", terms.map(|t| &t.parent), &after.terms.parent, parent);
    let owners = |ids: &Vec<PersonId>| listed(ids.iter().map(|id| draft.person_key(*id)));
    fields.add("owners", terms.map(|t| &t.owners), &after.terms.owners, owners);
    let period = |period: &_| words::write_period(*period);
    fields.add("period", terms.map(|t| &t.period), &after.terms.period, period);
    let leftover = |leftover: &_| leftover_word(*leftover).to_owned();
    fields.add("leftover", terms.map(|t| &t.leftover), &after.terms.leftover, leftover);
    let lends = |yes: &bool| if *yes { "yes" } else { "no" }.to_owned();
    fields.add("lends", terms.map(|t| &t.lends), &after.terms.lends, lends);
    if let Some(tokens) = tokens.filter(|tokens| known.is_none() && tokens.is_positive()) {
        fields.add("tokens", None, &tokens, Ticks::to_string);
    }
    fields
}

/// The word of a leftover in files.
pub(super) const fn leftover_word(leftover: Leftover) -> &'static str {
    match leftover {
        Leftover::Return => "return",
        Leftover::Carry => "carry",
        Leftover::Expire => "expire",
    }
}

/// Gives new buckets their tokens, each from the one above or from what is unallocated.
pub(super) fn endow(draft: &mut Draft<'_>, rows: &Ordered<'_>) {
    let mut free: FxHashMap<Option<BucketId>, Ticks> = FxHashMap::default();
    for row in rows {
        let rows::Bucket { key, parent, tokens, .. } = &row.value;
        let new = draft.buckets.get(&folded(key)).copied();
        let tokens = tokens.filter(|tokens| tokens.is_positive());
        let Some((to, ticks)) = new.zip(tokens) else { continue };
        let from = parent.value().and_then(|key| draft.bucket(&row.source, key));
        let is_there = from.is_none_or(|id| draft.estate().bucket(id).is_some());
        let there = if is_there { draft.state.free_tokens(from) } else { Ticks::ZERO };
        let free_there = free.entry(from).or_insert(there);
        let Some(rest) = free_there.minus(ticks).filter(|rest| rest.0 >= 0) else {
            let left = *free_there;
            let at = from.map_or("the unallocated part of the pool".to_owned(), |id| {
                format!("bucket `{}`", draft.bucket_key(id))
            });
            let message = format!("`{key}` would get {ticks} tokens, and {left} are free in {at}");
            draft.fault(&row.source, message, "give it less, or name a `parent` that has more");
            continue;
        };
        *free_there = rest;
        let gained = free.entry(Some(to)).or_insert(Ticks::ZERO);
        *gained = gained.plus(ticks).unwrap_or_default();
        let why = format!("allocation of {}:{}", row.source.file, row.source.line);
        let order = Move { from, to: Some(to), ticks, cause: MoveCause::Order, why };
        draft.push(Event::TokensMoved(order));
    }
}
