//! Scripts of what the ledger books. A line is `command => answer`; amounts are whole tokens, instants are
//! whole hours. A refused command must leave the ledger as it was.

use super::*;

const HOUR: i64 = 3_600;

fn tokens(text: &str) -> Ticks {
    Ticks::from_tokens(text.parse().unwrap()).unwrap()
}

fn at(text: &str) -> Instant {
    Instant(text.strip_prefix('@').unwrap().parse::<i64>().unwrap() * HOUR)
}

fn bucket(text: &str) -> BucketId {
    BucketId(text.parse().unwrap())
}

/// Runs a script on a ledger with three empty buckets.
fn check(name: &str, script: &str) {
    let mut ledger = Ledger::default();
    (0..3).for_each(|_| ledger.open_bucket());
    let mut holds = Vec::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (command, expected) = line.split_once(" => ").unwrap();
        let words: Vec<&str> = command.split_whitespace().collect();
        let before = ledger.clone();
        let answer = run(&mut ledger, &mut holds, &words);
        assert_eq!(answer, expected, "{name}: {line}");
        if !answer.starts_with("ok") {
            assert_eq!(ledger, before, "{name}: {line}: a refusal changed the ledger");
        }
        keeps_its_promises(&ledger, &format!("{name}: {line}"));
    }
}

/// What is held, and since when: the ledger itself knows only how much it is.
type Holds = Vec<(Instant, Ticks)>;

fn run(ledger: &mut Ledger, holds: &mut Holds, words: &[&str]) -> String {
    match *words {
        ["hold", _, amount, when] => holds.push((at(when), tokens(amount))),
        ["post" | "release", _, amount, ..] => {
            if let Some(place) = holds.iter().position(|(_, ticks)| *ticks == tokens(amount)) {
                holds.remove(place);
            }
        }
        _ => {}
    }
    let done = match *words {
        ["buy", name, amount, from, until] => ledger.buy(Pack {
            name: name.to_owned(),
            bought: tokens(amount),
            remaining: tokens(amount),
            from: at(from),
            until: at(until),
            ..Pack::default()
        }),
        ["allocate", to, amount] => ledger.allocate(bucket(to), tokens(amount)),
        ["hold", from, amount, when] => ledger.hold(bucket(from), tokens(amount), at(when)),
        ["post", from, amount, when] => ledger.post_hold(bucket(from), tokens(amount), at(when)),
        ["release", from, amount] => ledger.release_hold(bucket(from), tokens(amount)),
        ["charge", from, amount, when] => ledger.charge(bucket(from), tokens(amount), at(when)),
        ["uncovered", amount] => ledger.charge_uncovered(tokens(amount)),
        ["reverse", "-", amount, when] => ledger.reverse(None, tokens(amount), at(when)),
        ["reverse", to, amount, when] => ledger.reverse(Some(bucket(to)), tokens(amount), at(when)),
        ["move", from, to, amount] => {
            let side = |text: &str| text.parse().ok().map(BucketId);
            ledger.transfer(side(from), side(to), tokens(amount))
        }
        ["carry", pack, amount, until] => {
            ledger.carry(pack.parse().unwrap(), tokens(amount), at(until))
        }
        ["correct", pack, bucket, amount] => {
            let bucket = bucket.parse().ok().map(BucketId);
            ledger.correct(pack.parse().unwrap(), bucket, tokens(amount))
        }
        ["corrected"] => return format!("ok {}", ledger.balance(Account::Corrected)),
        ["expire", pack] => {
            let pack = pack.parse().unwrap();
            let breakage = ledger.breakage(pack, holds);
            return match ledger.expire(pack, &breakage) {
                Ok(()) => format!("ok {} + {}", breakage.unallocated, joined(&breakage.buckets)),
                Err(refusal) => refusal.to_string(),
            };
        }
        ["packs"] => {
            let left: Vec<Ticks> = ledger.packs().iter().map(|pack| pack.remaining).collect();
            return format!("ok {}", joined(&left));
        }
        ["bucket", id] => {
            let has = ledger.bucket(bucket(id)).unwrap();
            return format!("ok {}", joined(&[has.available, has.held, has.allocated, has.spent]));
        }
        _ => panic!("no such command: {words:?}"),
    };
    done.map_or_else(|refusal| refusal.to_string(), |()| "ok".to_owned())
}

fn joined(amounts: &[Ticks]) -> String {
    amounts.iter().map(ToString::to_string).collect::<Vec<_>>().join("/")
}

/// Conservation, floors, packs = balances, and what a bucket was given = what it has and has spent.
fn keeps_its_promises(ledger: &Ledger, when: &str) {
    let sum: Ticks = ledger.accounts().map(|account| ledger.balance(account)).sum();
    assert_eq!(sum, Ticks::ZERO, "{when}");
    for account in ledger.accounts() {
        let floored =
            !matches!(account, Account::Purchased | Account::Uncovered | Account::Corrected);
        assert!(!floored || ledger.balance(account).0 >= 0, "{when}: {account:?}");
    }
    let owned = ledger.buckets().iter().flat_map(|bucket| [bucket.available, bucket.held]);
    let owned: Ticks = owned.chain([ledger.balance(Account::Unallocated)]).sum();
    assert_eq!(ledger.packs().iter().map(|pack| pack.remaining).sum::<Ticks>(), owned, "{when}");
    for bucket in ledger.buckets() {
        let has: Ticks = [bucket.available, bucket.held, bucket.spent].into_iter().sum();
        assert_eq!(has, bucket.allocated, "{when}");
    }
}

#[test]
fn a_hold_moves_tokens_and_ends_once() {
    check(
        "hold",
        "buy a 100 @0 @10 => ok
         allocate 0 60 => ok
         hold 0 10 @1 => ok
         bucket 0 => ok 50/10/60/0
         packs => ok 100
         post 0 10 @1 => ok
         bucket 0 => ok 50/0/60/10
         packs => ok 90
         post 0 10 @1 => Held(BucketId(0)) would fall below its floor
         release 0 10 => Held(BucketId(0)) would fall below its floor
         hold 0 20 @1 => ok
         release 0 20 => ok
         bucket 0 => ok 50/0/60/10
         release 0 1 => Held(BucketId(0)) would fall below its floor",
    );
}

#[test]
fn what_is_not_there_is_not_given() {
    check(
        "floors",
        "buy a 100 @0 @10 => ok
         allocate 0 101 => Unallocated would fall below its floor
         allocate 7 1 => there is no bucket 7
         allocate 0 60 => ok
         hold 0 61 @1 => Available(BucketId(0)) would fall below its floor
         hold 1 1 @1 => Available(BucketId(1)) would fall below its floor
         hold 7 1 @1 => there is no bucket 7
         hold 0 1 @10 => no valid pack holds that many tokens
         charge 0 1 @-1 => no valid pack holds that many tokens
         charge 0 61 @1 => Available(BucketId(0)) would fall below its floor
         hold 0 60 @9 => ok
         hold 0 1 @9 => Available(BucketId(0)) would fall below its floor
         buy b -1 @0 @10 => the amount is out of range",
    );
    check(
        "a hold reserves the packs of all buckets",
        "buy a 10 @0 @10 => ok
         buy b 10 @20 @30 => ok
         allocate 0 10 => ok
         allocate 1 10 => ok
         hold 0 10 @1 => ok
         hold 1 1 @1 => no valid pack holds that many tokens
         charge 1 1 @1 => no valid pack holds that many tokens",
    );
}

#[test]
fn packs_burn_earliest_end_first_then_the_smallest() {
    check(
        "burning",
        "buy late 100 @0 @30 => ok
         buy early 50 @0 @20 => ok
         buy small 40 @0 @20 => ok
         buy future 10 @5 @6 => ok
         allocate 0 200 => ok
         charge 0 30 @1 => ok
         packs => ok 100/50/10/10
         charge 0 25 @1 => ok
         packs => ok 100/35/0/10
         hold 0 40 @1 => ok
         post 0 40 @1 => ok
         packs => ok 95/0/0/10
         charge 0 5 @5 => ok
         packs => ok 95/0/0/5
         charge 0 96 @1 => no valid pack holds that many tokens
         charge 0 96 @5 => ok
         packs => ok 4/0/0/0",
    );
}

#[test]
fn a_small_pack_that_ends_late_waits_for_its_turn() {
    check(
        "the end goes before the size",
        "buy small 10 @0 @30 => ok
         buy large 100 @0 @20 => ok
         allocate 0 110 => ok
         charge 0 5 @1 => ok
         packs => ok 10/95",
    );
}

#[test]
fn a_reversal_returns_what_was_burned_last() {
    check(
        "reversal",
        "buy late 100 @0 @30 => ok
         buy early 50 @0 @20 => ok
         allocate 0 150 => ok
         charge 0 60 @1 => ok
         packs => ok 90/0
         reverse 0 15 @1 => ok
         packs => ok 100/5
         bucket 0 => ok 105/0/150/45
         reverse 0 46 @1 => no valid pack holds that many tokens
         reverse 9 1 @1 => there is no bucket 9
         uncovered 7 => ok
         reverse - 7 @1 => ok
         reverse 0 45 @25 => ok
         packs => ok 100/50",
    );
}

#[test]
fn the_end_of_a_pack_takes_the_unallocated_first_then_pro_rata() {
    check(
        "breakage",
        "buy a 100 @0 @10 => ok
         allocate 0 60 => ok
         allocate 1 20 => ok
         expire 0 => ok 20 + 60/20/0
         packs => ok 0
         bucket 0 => ok 0/0/0/0
         expire 0 => ok 0 + 0/0/0",
    );
    check(
        "shared by what is available",
        "buy a 90 @0 @10 => ok
         buy b 90 @0 @20 => ok
         allocate 0 100 => ok
         allocate 1 50 => ok
         charge 0 10 @1 => ok
         hold 1 10 @1 => ok
         packs => ok 80/90
         expire 0 => ok 30 + 34.615385/15.384615/0
         packs => ok 0/90
         post 1 10 @1 => ok
         packs => ok 0/80",
    );
    check(
        "what only the ended pack backs stays",
        "buy a 90 @0 @10 => ok
         buy b 90 @2 @20 => ok
         allocate 0 100 => ok
         hold 0 10 @1 => ok
         expire 0 => ok 80 + 0/0/0
         packs => ok 10/90
         post 0 10 @1 => ok
         packs => ok 0/90",
    );
    check(
        "what other packs lack stays",
        "buy a 30 @0 @10 => ok
         buy b 8 @0 @20 => ok
         allocate 0 38 => ok
         hold 0 7 @1 => ok
         hold 0 5 @9 => ok
         expire 0 => ok 0 + 26/0/0
         packs => ok 4/8
         release 0 7 => ok
         expire 0 => ok 0 + 4/0/0
         packs => ok 0/8",
    );
    check(
        "an old pack does not wait for the holds of today",
        "buy old 5 @0 @10 => ok
         buy new 100 @20 @30 => ok
         allocate 0 100 => ok
         hold 0 25 @21 => ok
         expire 0 => ok 5 + 0/0/0
         packs => ok 0/100
         bucket 0 => ok 75/25/100/0",
    );
    check("no such pack", "expire 3 => no valid pack holds that many tokens");
}

#[test]
fn free_tokens_move_and_held_ones_stay() {
    check(
        "transfers",
        "buy a 100 @0 @10 => ok
         move pool 0 60 => ok
         move 0 1 20 => ok
         bucket 0 => ok 40/0/40/0
         bucket 1 => ok 20/0/20/0
         hold 0 30 @1 => ok
         move 0 1 11 => Available(BucketId(0)) would fall below its floor
         move 0 pool 10 => ok
         bucket 0 => ok 0/30/30/0
         release 0 30 => ok
         charge 0 30 @1 => ok
         move 1 0 20 => ok
         bucket 0 => ok 20/0/50/30
         move 1 0 1 => Available(BucketId(1)) would fall below its floor
         move pool 1 51 => Unallocated would fall below its floor
         move 0 7 1 => there is no bucket 7
         move 7 0 1 => there is no bucket 7
         move 0 1 0 => the amount is out of range
         move 0 1 -1 => the amount is out of range",
    );
}

#[test]
fn part_of_a_pack_lives_on() {
    check(
        "carried",
        "buy a 100 @0 @10 => ok
         allocate 0 100 => ok
         charge 0 30 @1 => ok
         carry 0 71 @20 => no valid pack holds that many tokens
         carry 0 0 @20 => the amount is out of range
         carry 0 -5 @20 => the amount is out of range
         carry 0 7 @10 => the amount is out of range
         carry 3 7 @20 => no valid pack holds that many tokens
         carry 0 7 @20 => ok
         packs => ok 63/7
         carry 0 7 @20 => no valid pack holds that many tokens
         carry 1 1 @30 => no valid pack holds that many tokens
         expire 0 => ok 0 + 63/0/0
         bucket 0 => ok 7/0/37/30
         charge 0 1 @9 => no valid pack holds that many tokens
         charge 0 7 @10 => ok
         packs => ok 0/0",
    );
    check(
        "what is given back after a carry returns to its pack, no further",
        "buy a 100 @0 @10 => ok
         allocate 0 100 => ok
         charge 0 30 @1 => ok
         carry 0 70 @20 => ok
         packs => ok 0/70
         reverse 0 30 @1 => ok
         packs => ok 30/70
         reverse 0 1 @1 => no valid pack holds that many tokens
         expire 0 => ok 0 + 30/0/0
         packs => ok 0/70",
    );
    check(
        "a hold outlives its pack",
        "buy a 10 @0 @10 => ok
         allocate 0 10 => ok
         hold 0 10 @9 => ok
         carry 0 4 @20 => ok
         expire 0 => ok 0 + 0/0/0
         post 0 10 @9 => ok
         packs => ok 0/0",
    );
}

#[test]
fn the_vendors_count_holds() {
    check(
        "both directions",
        "buy a 100 @0 @10 => ok
         allocate 0 60 => ok
         correct 0 pool 5 => ok
         correct 0 0 -7 => ok
         correct 0 pool -5 => ok
         corrected => ok 7
         packs => ok 93
         bucket 0 => ok 53/0/53/0
         correct 0 0 -54 => Available(BucketId(0)) would fall below its floor
         correct 0 pool -41 => Unallocated would fall below its floor
         correct 0 pool -94 => no valid pack holds that many tokens
         correct 4 pool 1 => no valid pack holds that many tokens
         correct 0 9 1 => there is no bucket 9
         charge 0 53 @1 => ok
         correct 0 0 3 => ok
         reverse 0 53 @1 => ok
         bucket 0 => ok 56/0/56/0
         packs => ok 96
         expire 0 => ok 40 + 56/0/0
         correct 0 pool 2 => ok
         expire 0 => ok 2 + 0/0/0",
    );
}

#[test]
fn what_was_bought_stays_bought_when_part_of_it_lives_on() {
    let mut ledger = Ledger::default();
    let pack = |name: &str, whole: &str, until| Pack {
        name: name.to_owned(),
        bought: tokens(whole),
        remaining: tokens(whole),
        until: Instant(until),
        ..Pack::default()
    };
    ledger.buy(pack("a", "100", 10)).unwrap();
    // Of the name that the part of the first will have, and beginning where it will.
    ledger.buy(Pack { from: Instant(10), ..pack("a, carried forward", "40", 20) }).unwrap();
    ledger.carry(0, tokens("100"), Instant(30)).unwrap();
    let bought: Vec<Ticks> = (0..4).map(|number| ledger.purchased(number)).collect();
    assert_eq!(bought, [tokens("100"), tokens("40"), Ticks::ZERO, Ticks::ZERO]);
}

#[test]
fn breakage_computed_before_a_change_is_refused() {
    let mut ledger = Ledger::default();
    ledger.open_bucket();
    let pack = |whole: &str| Pack {
        name: String::new(),
        bought: tokens(whole),
        remaining: tokens(whole),
        from: Instant(0),
        until: Instant(10),
        ..Pack::default()
    };
    ledger.buy(pack("10")).unwrap();
    ledger.allocate(BucketId(0), tokens("10")).unwrap();
    let stale = ledger.breakage(0, &[]);
    ledger.charge(BucketId(0), tokens("4"), Instant(0)).unwrap();
    let before = ledger.clone();
    assert_eq!(ledger.expire(0, &stale), Err(Refusal::NoPack));
    ledger.buy(pack("4")).unwrap();
    let two_packs = Breakage { unallocated: Ticks::ZERO, buckets: vec![tokens("7")] };
    assert!(ledger.expire(1, &two_packs).is_err());
    assert_eq!(ledger.buckets(), before.buckets());
}

#[test]
fn an_entry_balances_or_is_refused() {
    let mut ledger = Ledger::default();
    let leg = |account, ticks| Posting { account, ticks: Ticks(ticks) };
    let odd = [leg(Account::Purchased, -5), leg(Account::Unallocated, 4)];
    assert_eq!(ledger.post(&odd), Err(Refusal::Unbalanced(Ticks(-1))));
    let huge = [leg(Account::Purchased, -i64::MAX), leg(Account::Unallocated, i64::MAX)];
    assert_eq!(ledger.post(&huge), Ok(()));
    assert_eq!(ledger.post(&huge), Err(Refusal::OutOfRange));
    // Legs of one account count together: through zero and back is no overdraft.
    let there_and_back = [leg(Account::Consumed, -5), leg(Account::Consumed, 5)];
    assert_eq!(ledger.post(&there_and_back), Ok(()));
    assert_eq!(ledger.balance(Account::Available(BucketId(4))), Ticks::ZERO);
}

/// What was ever allocated or spent can leave the range before any balance does: then nothing is booked.
#[test]
fn a_total_out_of_range_is_refused() {
    let all = Ticks(i64::MAX);
    let full = |allocated, spent| {
        let (available, held) = (tokens("50"), tokens("50"));
        let bucket = BucketBalance { available, held, allocated, spent };
        let pack = Pack {
            bought: tokens("1000"),
            remaining: tokens("900"),
            until: Instant(9),
            ..Pack::default()
        };
        let balances = ["-1000", "800", "100", "0", "0", "0"].map(tokens);
        Ledger::restored(balances, vec![bucket], vec![pack])
    };
    let (id, one) = (BucketId(0), tokens("1"));
    type Entry = fn(&mut Ledger, BucketId, Ticks) -> Result<(), Refusal>;
    let rows: [(Ticks, Ticks, Entry); 5] = [
        (all, Ticks::ZERO, |ledger, id, one| ledger.allocate(id, one)),
        (all, Ticks::ZERO, |ledger, id, one| ledger.transfer(None, Some(id), one)),
        (all, Ticks::ZERO, |ledger, id, one| ledger.correct(0, Some(id), one)),
        (Ticks::ZERO, all, |ledger, id, one| ledger.charge(id, one, Instant(0))),
        (Ticks::ZERO, all, |ledger, id, one| ledger.post_hold(id, one, Instant(0))),
    ];
    for (row, (allocated, spent, entry)) in rows.into_iter().enumerate() {
        let mut ledger = full(allocated, spent);
        assert_eq!(entry(&mut ledger, id, one), Err(Refusal::OutOfRange), "{row}");
        assert_eq!(ledger, full(allocated, spent), "{row}");
        assert_eq!(entry(&mut full(one, one), id, one), Ok(()), "{row}");
    }
}
