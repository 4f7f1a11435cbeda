//! The cases. Each gets an empty store.

use faregate_app::ports::{
    Batch, BlockKind, Entry, GateUse, Memo, Paid, Request, Store, StoreError, Use, UseBlock,
};
use faregate_core::amount::Ticks;
use faregate_core::estate::{BucketId, PersonId, ProductId, SeatId};
use faregate_core::event::{Ask, Basis, Event, Opened, Reason, Refused, Route};
use faregate_core::state::{Checkpoint, State};
use faregate_core::when::{DAY, Date, Instant};

pub(super) type Case = fn(&mut dyn Store);

pub(super) const CASES: [(&str, Case); 18] = [
    ("an empty store is empty", empty),
    ("what was appended is replayed in order", replayed),
    ("a visitor can stop the replay", stopped),
    ("an entry is found by its number", found),
    ("decisions are told from the latest back", decisions),
    ("requests are kept with their answers", requests),
    ("a second writer is fenced and stores nothing", fenced),
    ("a gap is refused, at the start and within", gaps),
    ("names keep their numbers", names),
    ("uses are found by day and by their end", uses),
    ("blocks know their import, in the order stored", blocks),
    ("what was taken back is left out, and can be told anew", taken_back),
    ("what imports remember of a day adds up", memos),
    ("uses of the gate are found by their end", gate_uses),
    ("a snapshot replaces the one before", snapshots),
    ("a commit keeps all of a transaction", committed),
    ("a rollback leaves what there was, byte for byte", rolled_back),
    ("transactions do not nest", nested),
];

pub(super) fn entry(seq: u64) -> Entry {
    let event = Event::Allocated { bucket: BucketId(0), ticks: Ticks(seq.cast_signed()) };
    Entry { seq, at: Instant(1_000 + seq.cast_signed()), event }
}

pub(super) fn batch(numbers: impl IntoIterator<Item = u64>) -> Batch {
    Batch { entries: numbers.into_iter().map(entry).collect(), ..Batch::default() }
}

fn request(key: &str, digest: u128, seq: u64) -> Request {
    Request { key: key.to_owned(), digest, seq }
}

fn used(day: i32, opened: i64, seconds: i64) -> Use {
    let opened = Instant(i64::from(day) * DAY + opened);
    Use {
        user: 0,
        host: u32::MAX,
        feature: 2,
        ordinal: u32::MAX,
        opened,
        closed: opened.plus(seconds),
    }
}

fn gate_used(opened: i64, closed: i64) -> GateUse {
    GateUse {
        person: u32::MAX,
        product: u16::MAX,
        opened: Instant(opened),
        closed: Instant(closed),
    }
}

/// All that a store tells, to be compared.
#[derive(Debug, PartialEq)]
struct Told {
    entries: Vec<Entry>,
    names: Vec<String>,
    uses: Vec<(Date, Vec<Use>)>,
    blocks: Vec<UseBlock>,
    memos: Vec<(u32, Memo)>,
    gate_uses: Vec<GateUse>,
    snapshot: Option<Checkpoint>,
    request: Option<Request>,
}

fn told(store: &mut dyn Store) -> Told {
    let since_ever = Instant(i64::MIN);
    let days = store.days_with_uses(since_ever).unwrap();
    Told {
        entries: all(store, 0),
        names: store.names().unwrap(),
        uses: days.into_iter().map(|day| (day, sorted(store.uses_of(day).unwrap()))).collect(),
        blocks: blocks_after(store, 0),
        memos: store.memos_of(Date(10)).unwrap(),
        gate_uses: gate_uses_from(store, since_ever),
        snapshot: store.snapshot().unwrap(),
        request: store.request("inside").unwrap(),
    }
}

fn all(store: &mut dyn Store, after: u64) -> Vec<Entry> {
    let mut entries = Vec::new();
    store
        .replay(after, &mut |entry| {
            entries.push(entry);
            true
        })
        .unwrap();
    entries
}

fn blocks_after(store: &mut dyn Store, after: u64) -> Vec<UseBlock> {
    let mut blocks = Vec::new();
    let mut visit = |block| {
        blocks.push(block);
        true
    };
    store.use_blocks(after, &mut visit).unwrap();
    blocks
}

fn sorted(mut uses: Vec<Use>) -> Vec<Use> {
    uses.sort_unstable_by_key(|one| (one.opened, one.closed, one.user));
    uses
}

fn must_be_fenced(result: Result<(), StoreError>, number: u64) {
    assert!(matches!(result, Err(StoreError::Fenced { seq }) if seq == number), "{result:?}");
}

fn empty(store: &mut dyn Store) {
    let nothing = Told {
        entries: Vec::new(),
        names: Vec::new(),
        uses: Vec::new(),
        blocks: Vec::new(),
        memos: Vec::new(),
        gate_uses: Vec::new(),
        snapshot: None,
        request: None,
    };
    assert_eq!(told(store), nothing);
    assert_eq!(store.entry(0).unwrap(), None);
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

fn replayed(store: &mut dyn Store) {
    store.append(&batch(1..=3)).unwrap();
    store.append(&batch(4..=5)).unwrap();
    assert_eq!(all(store, 0), (1..=5).map(entry).collect::<Vec<_>>());
    assert_eq!(all(store, 3), [entry(4), entry(5)]);
    assert_eq!(all(store, 5), []);
}

fn stopped(store: &mut dyn Store) {
    store.append(&batch(1..=5)).unwrap();
    let mut visited = 0;
    let mut visit = |_| {
        visited += 1;
        visited < 2
    };
    store.replay(0, &mut visit).unwrap();
    assert_eq!(visited, 2);
}

fn found(store: &mut dyn Store) {
    store.append(&batch(1..=3)).unwrap();
    assert_eq!(store.entry(2).unwrap(), Some(entry(2)));
    assert_eq!(store.entry(4).unwrap(), None);
}

fn decisions(store: &mut dyn Store) {
    let opened = Event::Opened(Opened {
        ask: Ask::default(),
        person: PersonId(0),
        product: ProductId(0),
        route: Route::Seat(SeatId(0)),
        tariff: 0,
        basis: Basis::default(),
    });
    let (reason, basis) = (Reason::PersonUnknown, Basis::default());
    let refused = Event::Refused(Refused { ask: Ask::default(), reason, tariff: 0, basis });
    let mut entries = batch(1..=6).entries;
    (entries[1].event, entries[3].event, entries[4].event) = (opened.clone(), refused, opened);
    store.append(&Batch { entries, ..Batch::default() }).unwrap();
    let mut told = |first, last, at_most: usize| {
        let mut told = Vec::new();
        let mut visit = |entry: Entry| {
            told.push(entry.seq);
            told.len() < at_most
        };
        store.decisions(first, last, &mut visit).unwrap();
        told
    };
    assert_eq!(told(1, u64::MAX, 9), [5, 4, 2]);
    assert_eq!(told(2, 4, 9), [4, 2], "both ends are included");
    assert_eq!(told(1, 6, 1), [5], "the visitor can stop");
    assert_eq!(told(3, 3, 9), Vec::<u64>::new(), "what is no decision is not told");
    assert_eq!(told(5, 4, 9), Vec::<u64>::new());
}

fn requests(store: &mut dyn Store) {
    let kept = [request("a", 0, 1), request("A", u128::MAX, 1), request("", 7, 2)];
    let asked = Batch { requests: kept.to_vec(), ..batch(1..=2) };
    store.append(&asked).unwrap();
    for one in kept {
        assert_eq!(store.request(&one.key).unwrap(), Some(one));
    }
    assert_eq!(store.request("b").unwrap(), None);
    let again = Batch { requests: vec![request("a", 9, 3)], ..batch([3]) };
    assert!(store.append(&again).is_err(), "a key was answered twice");
    assert_eq!(store.request("a").unwrap(), Some(request("a", 0, 1)));
    assert_eq!(store.entry(3).unwrap(), None, "an entry was kept without its request");
}

fn fenced(store: &mut dyn Store) {
    store.append(&batch(1..=3)).unwrap();
    let late = Batch {
        requests: vec![request("late", 1, 3)],
        gate_uses: vec![gate_used(1, 2)],
        ..batch(3..=4)
    };
    must_be_fenced(store.append(&late), 3);
    assert_eq!(all(store, 0).len(), 3);
    assert_eq!(store.request("late").unwrap(), None);
    assert_eq!(gate_uses_from(store, Instant(0)), []);
    store.append(&batch([4])).unwrap();
}

fn gaps(store: &mut dyn Store) {
    must_be_fenced(store.append(&batch([2])), 2);
    must_be_fenced(store.append(&batch([1, 3])), 3);
    must_be_fenced(store.append(&batch([1, 1])), 1);
    assert_eq!(all(store, 0), []);
    store.append(&Batch::default()).unwrap();
    store.append(&batch([1])).unwrap();
}

fn names(store: &mut dyn Store) {
    let (first, more) = (["ana", "Ana"].map(str::to_owned), ["Łukasz Ö".to_owned(), String::new()]);
    store.add_names(0, &first).unwrap();
    store.add_names(2, &[]).unwrap();
    store.add_names(2, &more).unwrap();
    assert_eq!(store.names().unwrap(), [first, more].concat());
    assert!(store.add_names(1, &["taken".to_owned()]).is_err());
    assert_eq!(store.names().unwrap().len(), 4);
}

fn uses(store: &mut dyn Store) {
    let (short, long, early) = (used(10, 5, 60), used(10, DAY - 1, 5 * DAY), used(-1, 7, 0));
    store.add_uses(1, Date(10), BlockKind::Told, &[short]).unwrap();
    store.add_uses(1, Date(10), BlockKind::Told, &[long]).unwrap();
    store.add_uses(1, Date(-1), BlockKind::Told, &[early]).unwrap();
    store.add_uses(1, Date(12), BlockKind::Told, &[]).unwrap();
    assert_eq!(sorted(store.uses_of(Date(10)).unwrap()), [short, long]);
    assert_eq!(store.uses_of(Date(-1)).unwrap(), [early]);
    assert_eq!(store.uses_of(Date(11)).unwrap(), []);
    let mut check = |from, days: &[i32]| {
        let days: Vec<Date> = days.iter().copied().map(Date).collect();
        assert_eq!(store.days_with_uses(from).unwrap(), days, "from {from}");
    };
    check(Instant(i64::MIN), &[-1, 10]);
    check(early.closed, &[-1, 10]);
    check(early.closed.plus(1), &[10]);
    check(long.closed, &[10]);
    check(long.closed.plus(1), &[]);
}

fn blocks(store: &mut dyn Store) {
    let (first, second, third) = (used(10, 5, 60), used(10, 6, 60), used(11, 7, 60));
    store.add_uses(1, Date(10), BlockKind::Told, &[first, second]).unwrap();
    store.add_uses(u32::MAX, Date(11), BlockKind::Told, &[third]).unwrap();
    store.add_uses(2, Date(12), BlockKind::Told, &[]).unwrap();
    store.add_uses(1, Date(10), BlockKind::TakenBack, &[second]).unwrap();
    let all = blocks_after(store, 0);
    let said: Vec<_> = all.iter().map(|block| (block.batch, block.day, block.kind)).collect();
    let expected = [
        (1, Date(10), BlockKind::Told),
        (u32::MAX, Date(11), BlockKind::Told),
        (1, Date(10), BlockKind::TakenBack),
    ];
    assert_eq!(said, expected);
    assert_eq!(all[0].uses, [first, second]);
    assert!(all.is_sorted_by(|one, next| one.number < next.number), "{all:?}");
    assert_eq!(blocks_after(store, all[0].number), all[1..]);
    assert_eq!(blocks_after(store, all[2].number), []);
    assert_eq!(store.blocks_of(Date(10)).unwrap(), [all[0].clone(), all[2].clone()]);
    let mut visited = 0;
    let mut visit = |_| {
        visited += 1;
        false
    };
    store.use_blocks(0, &mut visit).unwrap();
    assert_eq!(visited, 1);
}

fn taken_back(store: &mut dyn Store) {
    let (stays, goes) = (used(10, 5, 60), used(10, 6, DAY));
    store.add_uses(1, Date(10), BlockKind::Told, &[stays, goes]).unwrap();
    store.add_uses(1, Date(10), BlockKind::TakenBack, &[goes]).unwrap();
    assert_eq!(store.uses_of(Date(10)).unwrap(), [stays]);
    assert_eq!(store.days_with_uses(stays.closed).unwrap(), [Date(10)]);
    assert_eq!(store.days_with_uses(goes.closed).unwrap(), []);
    store.add_uses(2, Date(10), BlockKind::Told, &[goes]).unwrap();
    assert_eq!(sorted(store.uses_of(Date(10)).unwrap()), [stays, goes]);
    assert_eq!(store.days_with_uses(goes.closed).unwrap(), [Date(10)]);
    store.add_uses(2, Date(10), BlockKind::TakenBack, &[goes]).unwrap();
    store.add_uses(1, Date(10), BlockKind::TakenBack, &[stays]).unwrap();
    assert_eq!(store.uses_of(Date(10)).unwrap(), []);
    assert_eq!(store.days_with_uses(Instant(i64::MIN)).unwrap(), []);
}

fn memos(store: &mut dyn Store) {
    let paid = Paid { who: 1, product: u32::MAX, ticks: Ticks(-1), count: 7 };
    let first = Memo {
        again: vec![(0, 3), (5, 1), (u32::MAX - 1, 1)],
        otherwise: vec![used(10, 5, 60), used(10, 6, 0)],
        open: vec![used(10, DAY - 1, 9 * DAY)],
        paid: vec![paid],
    };
    let second = Memo { again: vec![(4, 1)], ..Memo::default() };
    store.add_memo(7, Date(10), &first).unwrap();
    store.add_memo(2, Date(10), &second).unwrap();
    store.add_memo(7, Date(10), &second).unwrap();
    store.add_memo(7, Date(-1), &first).unwrap();
    store.add_memo(7, Date(12), &Memo::default()).unwrap();
    store.add_uses(7, Date(11), BlockKind::Told, &[used(11, 0, 0)]).unwrap();
    let expected = [(2, second.clone()), (7, first.clone()), (7, second)];
    assert_eq!(store.memos_of(Date(10)).unwrap(), expected);
    let early = Memo { otherwise: Vec::new(), open: Vec::new(), ..first };
    let found = store.memos_of(Date(-1)).unwrap();
    assert_eq!((found[0].1.again.clone(), found[0].1.paid.clone()), (early.again, early.paid));
    assert_eq!(store.memos_of(Date(12)).unwrap(), []);
    assert_eq!(store.days_of_batch(7).unwrap(), [Date(-1), Date(10), Date(11)]);
    assert_eq!(store.days_of_batch(2).unwrap(), [Date(10)]);
    assert_eq!(store.days_of_batch(1).unwrap(), []);
}

fn gate_uses_from(store: &mut dyn Store, from: Instant) -> Vec<GateUse> {
    let mut found = Vec::new();
    store.gate_uses(from, &mut |one| found.push(one)).unwrap();
    found
}

fn gate_uses(store: &mut dyn Store) {
    let (long, short) = (gate_used(10, 100), gate_used(20, 30));
    store.append(&Batch { gate_uses: vec![long, short], ..batch([1]) }).unwrap();
    let mut check = |from, expected: &[GateUse]| {
        let mut found = gate_uses_from(store, Instant(from));
        found.sort_unstable_by_key(|one| one.opened);
        assert_eq!(found, expected, "from {from}");
    };
    check(0, &[long, short]);
    check(30, &[long, short]);
    check(31, &[long]);
    check(101, &[]);
}

fn snapshots(store: &mut dyn Store) {
    let first = State::default().checkpoint();
    let second = Checkpoint { seq: 9, name: "later".to_owned(), ..first.clone() };
    store.keep_snapshot(&first).unwrap();
    assert_eq!(store.snapshot().unwrap(), Some(first));
    store.keep_snapshot(&second).unwrap();
    assert_eq!(store.snapshot().unwrap(), Some(second));
}

fn fill(store: &mut dyn Store, seq: u64, request: Request) {
    let first = u32::try_from(store.names().unwrap().len()).unwrap();
    store.add_names(first, &[format!("name {first}")]).unwrap();
    store.add_uses(1, Date(10), BlockKind::Told, &[used(10, seq.cast_signed(), 60)]).unwrap();
    let memo = Memo { again: vec![(u32::try_from(seq).unwrap(), 1)], ..Memo::default() };
    store.add_memo(1, Date(10), &memo).unwrap();
    let requests = vec![request];
    let gate_uses = vec![gate_used(seq.cast_signed(), 1_000)];
    store.append(&Batch { requests, gate_uses, ..batch([seq]) }).unwrap();
}

fn committed(store: &mut dyn Store) {
    store.begin().unwrap();
    fill(store, 1, request("inside", 5, 1));
    fill(store, 2, request("next", 6, 2));
    store.commit().unwrap();
    let told = told(store);
    assert_eq!(told.entries, [entry(1), entry(2)]);
    assert_eq!((told.names.len(), told.gate_uses.len()), (2, 2));
    assert_eq!(told.uses[0].1.len(), 2);
    assert_eq!(told.request, Some(request("inside", 5, 1)));
}

fn rolled_back(store: &mut dyn Store) {
    fill(store, 1, request("before", 5, 1));
    let before = told(store);
    store.begin().unwrap();
    fill(store, 2, request("inside", 6, 2));
    store.keep_snapshot(&State::default().checkpoint()).unwrap();
    assert_eq!(all(store, 0).len(), 2, "a transaction sees its own writes");
    store.rollback();
    assert_eq!(told(store), before);
    store.rollback();
    fill(store, 2, request("inside", 7, 2));
    assert_eq!(told(store).request, Some(request("inside", 7, 2)));
}

fn nested(store: &mut dyn Store) {
    store.begin().unwrap();
    assert!(store.begin().is_err());
    fill(store, 1, request("inside", 5, 1));
    store.commit().unwrap();
    assert_eq!(all(store, 0).len(), 1);
    store.begin().unwrap();
    store.commit().unwrap();
}
