//! The check itself is checked: servers that lose something, each in its own way.

use super::*;
use std::collections::BTreeMap;

/// A server in memory that can be told to forget.
#[derive(Default)]
struct Planted {
    answers: BTreeMap<String, Value>,
    ended: BTreeMap<String, u64>,
    paid: BTreeSet<(u32, u32)>,
    overcharged: f64,
    next: u64,
}

impl Answers for Planted {
    fn open(&mut self, ask: &Ask) -> Result<Value> {
        if let Some(known) = self.answers.get(&ask.key()) {
            let mut again = known.clone();
            again["repeated"] = true.into();
            return Ok(again);
        }
        self.next += 1;
        self.paid.insert((ask.person, ask.product));
        let session = format!("s{}", self.next);
        let answer = json!({ "decision": self.next, "route": "tokens", "session": session });
        self.answers.insert(ask.key(), answer.clone());
        let mut fresh = answer;
        fresh["repeated"] = false.into();
        Ok(fresh)
    }

    fn open_many(&mut self, asks: &[Ask]) -> Result<Vec<Value>> {
        asks.iter().map(|ask| self.open(ask)).collect()
    }

    fn close(&mut self, session: &str) -> Result<Value> {
        let already = self.ended.contains_key(session);
        let at = *self.ended.entry(session.to_owned()).or_insert(self.next);
        Ok(json!({ "session": session, "at": at, "already": already }))
    }

    fn spent(&mut self) -> Result<f64> {
        Ok(self.paid.len() as f64 * PRICE as f64 + self.overcharged)
    }
}

fn ask(number: u32) -> Ask {
    Ask { person: number, product: 0, bucket: 0, name: number.to_string() }
}

/// Ten opens and one close, acknowledged; then `harm` is done; how much of it is found?
fn losses_after(harm: impl FnOnce(&mut Planted)) -> usize {
    let (mut server, mut record, mut losses) =
        (Planted::default(), Record::default(), Losses::default());
    let acks = (0..10).map(|number| Ack::new(ask(number), server.open(&ask(number)).unwrap()));
    let mut seen = Seen { acks: acks.collect(), ..Seen::default() };
    let at = server.close("s3").unwrap()["at"].clone();
    seen.closed.push(("s3".to_owned(), at));
    seen.unanswered = Some(Asked::Open(ask(99)));
    harm(&mut server);
    let first = record.take(vec![seen], &mut losses);
    record.settle(&mut server, &mut losses).unwrap();
    record.verify(first, &mut server, &mut losses).unwrap();
    record.verify_spent(&mut server, &mut losses).unwrap();
    losses.count()
}

#[test]
fn a_server_that_keeps_its_word_passes() {
    assert_eq!(losses_after(|_| {}), 0);
    // What was committed and not acknowledged is no loss either way.
    assert_eq!(losses_after(|server| drop(server.open(&ask(99)))), 0);
}

#[test]
fn an_answer_acknowledged_before_its_commit_is_found() {
    // The commit never came: the key is free again, and the next answer is another one.
    assert_eq!(losses_after(|server| drop(server.answers.remove(&ask(4).key()))), 1);
    let all = |server: &mut Planted| server.answers.clear();
    assert_eq!(losses_after(all), 10);
}

#[test]
fn another_answer_is_found() {
    let other = |server: &mut Planted| {
        server.answers.get_mut(&ask(4).key()).unwrap()["decision"] = 77.into();
    };
    assert_eq!(losses_after(other), 1);
}

#[test]
fn a_close_that_was_forgotten_is_found() {
    assert_eq!(losses_after(|server| server.ended.clear()), 1);
    assert_eq!(losses_after(|server| *server.ended.get_mut("s3").unwrap() += 1), 1);
}

#[test]
fn a_charge_too_many_or_too_few_is_found() {
    assert_eq!(losses_after(|server| server.overcharged = PRICE as f64), 1);
    let unpaid = |server: &mut Planted| assert!(server.paid.remove(&(4, 0)));
    assert_eq!(losses_after(unpaid), 1);
}

#[test]
fn what_a_connection_found_counts() {
    let (mut record, mut losses) = (Record::default(), Losses::default());
    let seen = Seen { losses: vec!["answer 503".to_owned()], ..Seen::default() };
    record.take(vec![seen], &mut losses);
    assert_eq!(losses.count(), 1);
}
