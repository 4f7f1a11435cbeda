//! The suite.

use faregate_app::notice::{Chart, Kind, Notice, Severity};
use faregate_app::outbox::{Delivery, Draft, Filter, Outbox, Outcome, Standing, Tally};
use faregate_app::ports::StoreError;
use faregate_core::when::Instant;

type Case = (&'static str, fn(&mut dyn Outbox));

pub(crate) const CASES: &[Case] = &[
    ("the cursor begins at the end and moves with what is added", cursor),
    ("who is behind the cursor adds nothing", fenced),
    ("a delivery that is known stays as it is", known),
    ("what is due comes in its order", due),
    ("the end of an alert is not told before its beginning", overtaking),
    ("what is settled stays settled", settled),
    ("an outbox ahead of the journal goes back to it", ahead),
    ("channels are counted and switched", tallies),
    ("lists are filtered, and what is old is forgotten", lists),
    ("a notice comes back as it was", whole),
];

/// A delivery of an entry, about something of its own, due at 100.
pub(crate) fn draft(seq: u64, channel: &str) -> Draft {
    draft_of(seq, channel, &format!("alert-{seq}"))
}

/// A delivery of an entry about a thing.
pub(crate) fn draft_of(seq: u64, channel: &str, about: &str) -> Draft {
    let notice = Notice {
        id: seq.to_string(),
        kind: Kind::Raised,
        severity: Severity::Warning,
        title: format!("title {seq}"),
        text: "Something\nhappened.".to_owned(),
        facts: vec![("left".to_owned(), "4".to_owned())],
        steps: vec!["look".to_owned()],
        link: None,
        chart: None,
        about: about.to_owned(),
        at: Instant(90),
    };
    Draft::new(seq, channel, notice, Instant(100))
}

fn ids(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|one| one.draft.id.as_str()).collect()
}

fn all(outbox: &mut dyn Outbox) -> Vec<Delivery> {
    outbox.list(&Filter { limit: 100, ..Filter::default() }).unwrap()
}

fn again(due: i64, words: &str) -> Outcome {
    Outcome::Again { due: Instant(due), words: words.to_owned() }
}

fn cursor(outbox: &mut dyn Outbox) {
    assert_eq!(outbox.begin(5).unwrap(), 5);
    assert_eq!(outbox.begin(9).unwrap(), 5, "it began already");
    outbox.expand(5, 9, &[draft(7, "mail")]).unwrap();
    assert_eq!(outbox.begin(9).unwrap(), 9);
    outbox.expand(9, 12, &[]).unwrap();
    assert_eq!(outbox.begin(20).unwrap(), 12);
    outbox.expand(12, 12, &[draft(0, "mail")]).unwrap();
    assert_eq!(outbox.begin(20).unwrap(), 12);
    assert_eq!(ids(&all(outbox)), ["0-mail", "7-mail"]);
}

fn fenced(outbox: &mut dyn Outbox) {
    let nobody = outbox.expand(0, 1, &[draft(1, "mail")]);
    assert!(matches!(nobody, Err(StoreError::Fenced { .. })), "it has not begun");
    outbox.begin(5).unwrap();
    for after in [4, 6] {
        let refused = outbox.expand(after, 9, &[draft(7, "mail")]);
        assert!(matches!(refused, Err(StoreError::Fenced { seq: 5 })), "{refused:?}");
    }
    assert_eq!((outbox.begin(9).unwrap(), all(outbox).len()), (5, 0));
}

fn known(outbox: &mut dyn Outbox) {
    outbox.begin(0).unwrap();
    outbox.expand(0, 1, &[draft(1, "mail"), draft(1, "chat")]).unwrap();
    outbox.settle("1-mail", &Outcome::Sent, Instant(200)).unwrap();
    outbox.expand(1, 1, &[draft(1, "mail"), draft(2, "mail"), draft(2, "mail")]).unwrap();
    assert_eq!(ids(&all(outbox)), ["2-mail", "1-chat", "1-mail"]);
    assert_eq!(all(outbox)[2].standing, Standing::Sent);
    assert!(outbox.knows("1-chat").unwrap() && !outbox.knows("3-chat").unwrap());
}

fn due(outbox: &mut dyn Outbox) {
    outbox.begin(0).unwrap();
    let early = Draft { due: Instant(50), ..draft(3, "mail") };
    outbox.expand(0, 4, &[draft(1, "mail"), draft(2, "mail"), early, draft(4, "chat")]).unwrap();
    assert!(outbox.due("mail", Instant(49), 9).unwrap().is_empty());
    assert_eq!(ids(&outbox.due("mail", Instant(99), 9).unwrap()), ["3-mail"]);
    let due = outbox.due("mail", Instant(100), 9).unwrap();
    assert_eq!(ids(&due), ["3-mail", "1-mail", "2-mail"]);
    assert_eq!(ids(&outbox.due("mail", Instant(100), 2).unwrap()), ["3-mail", "1-mail"]);
    outbox.settle("3-mail", &again(150, "away"), Instant(101)).unwrap();
    assert_eq!(ids(&outbox.due("mail", Instant(149), 9).unwrap()), ["1-mail", "2-mail"]);
    let last = outbox.due("mail", Instant(150), 9).unwrap().pop().unwrap();
    assert_eq!((last.tries, last.words.as_deref()), (1, Some("away")));
}

fn overtaking(outbox: &mut dyn Outbox) {
    outbox.begin(0).unwrap();
    let (raised, cleared) = (draft_of(1, "mail", "x"), draft_of(2, "mail", "x"));
    let others = [draft_of(3, "mail", "y"), draft_of(4, "chat", "x")];
    outbox.expand(0, 4, &[raised, cleared, others[0].clone(), others[1].clone()]).unwrap();
    assert_eq!(ids(&outbox.due("mail", Instant(100), 9).unwrap()), ["1-mail", "3-mail"]);
    outbox.settle("1-mail", &again(500, "away"), Instant(101)).unwrap();
    assert_eq!(ids(&outbox.due("mail", Instant(102), 9).unwrap()), ["3-mail"]);
    assert_eq!(ids(&outbox.due("chat", Instant(102), 9).unwrap()), ["4-chat"]);
    outbox.settle("1-mail", &Outcome::GivenUp { words: "no".to_owned() }, Instant(501)).unwrap();
    assert_eq!(ids(&outbox.due("mail", Instant(501), 9).unwrap()), ["2-mail", "3-mail"]);
}

fn settled(outbox: &mut dyn Outbox) {
    outbox.begin(0).unwrap();
    outbox.expand(0, 1, &[draft(1, "mail")]).unwrap();
    outbox.settle("1-mail", &Outcome::Held { until: Instant(300) }, Instant(110)).unwrap();
    let held = all(outbox).remove(0);
    assert_eq!((held.tries, held.is_held, held.draft.due), (0, true, Instant(300)));
    outbox.settle("1-mail", &Outcome::Sent, Instant(300)).unwrap();
    let sent = all(outbox).remove(0);
    assert_eq!((sent.standing, sent.tries, sent.is_held), (Standing::Sent, 1, true));
    outbox.settle("1-mail", &again(400, "late"), Instant(301)).unwrap();
    outbox.settle("nobody", &Outcome::Sent, Instant(301)).unwrap();
    assert_eq!(all(outbox), [sent]);
    assert!(outbox.due("mail", Instant(900), 9).unwrap().is_empty());
}

fn ahead(outbox: &mut dyn Outbox) {
    outbox.begin(0).unwrap();
    outbox.expand(0, 8, &[draft(3, "mail"), draft(7, "mail"), draft(0, "mail")]).unwrap();
    assert_eq!(outbox.begin(5).unwrap(), 5);
    assert_eq!(ids(&all(outbox)), ["0-mail", "3-mail"]);
    outbox.expand(5, 7, &[draft(7, "mail")]).unwrap();
    assert!(outbox.knows("7-mail").unwrap(), "another entry has that number now");
}

fn tallies(outbox: &mut dyn Outbox) {
    outbox.begin(0).unwrap();
    assert_eq!(outbox.tally("mail").unwrap(), Tally::default());
    let drafts: Vec<Draft> = (1..=4).map(|seq| draft(seq, "mail")).collect();
    outbox.expand(0, 4, &drafts).unwrap();
    outbox.settle("1-mail", &Outcome::Sent, Instant(110)).unwrap();
    outbox.settle("2-mail", &again(500, "away"), Instant(120)).unwrap();
    outbox.settle("3-mail", &Outcome::GivenUp { words: "no".into() }, Instant(130)).unwrap();
    let tally = outbox.tally("mail").unwrap();
    assert_eq!((tally.waiting, tally.given_up, tally.last_sent), (2, 1, Some(Instant(110))));
    assert_eq!(tally.last_failure, Some((Instant(130), "no".to_owned())));
    outbox.settle("4-mail", &Outcome::Sent, Instant(140)).unwrap();
    assert_eq!(outbox.tally("mail").unwrap().last_failure, None, "all is well since");
    outbox.switch("mail", Some("gone"), Instant(150)).unwrap();
    assert_eq!(outbox.tally("mail").unwrap().off, Some((Instant(150), "gone".to_owned())));
    outbox.switch("mail", None, Instant(160)).unwrap();
    outbox.switch("mail", None, Instant(160)).unwrap();
    assert_eq!(outbox.tally("mail").unwrap().off, None);
    assert_eq!(outbox.tally("chat").unwrap(), Tally::default());
}

fn lists(outbox: &mut dyn Outbox) {
    outbox.begin(0).unwrap();
    outbox.expand(0, 3, &[draft(1, "mail"), draft(2, "chat"), draft(3, "mail")]).unwrap();
    outbox.settle("1-mail", &Outcome::Sent, Instant(110)).unwrap();
    let mut listed = |channel: Option<&str>, standing, limit| {
        let filter = Filter { channel: channel.map(str::to_owned), standing, limit };
        outbox.list(&filter).unwrap().into_iter().map(|one| one.draft.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, None, 2), ["3-mail", "2-chat"]);
    assert_eq!(listed(Some("mail"), None, 9), ["3-mail", "1-mail"]);
    assert_eq!(listed(Some("mail"), Some(Standing::Sent), 9), ["1-mail"]);
    assert!(listed(Some("nobody"), None, 9).is_empty());
    outbox.forget(Instant(110)).unwrap();
    assert_eq!(all(outbox).len(), 3, "of that very moment");
    outbox.forget(Instant(111)).unwrap();
    assert_eq!(ids(&all(outbox)), ["3-mail", "2-chat"], "what waits is never forgotten");
}

fn whole(outbox: &mut dyn Outbox) {
    outbox.begin(0).unwrap();
    let mut notices: Vec<Draft> = Vec::new();
    for (seq, kind) in (1..).zip(Kind::ALL) {
        let mut one = draft(seq, "mail");
        let about = &mut one.notice;
        (about.kind, about.severity) = (kind, Severity::ALL[seq as usize % 3]);
        about.link = Some("https://x.example/?a=b".to_owned());
        about.title = "„\u{0}'; DROP TABLE delivery; -- 日本".to_owned();
        about.chart = Some(Chart {
            title: "Tokens a day".to_owned(),
            labels: vec!["11-22".to_owned(), String::new()],
            values: vec![0.1, f64::MAX],
            limit: (seq % 2 == 0).then_some(-0.5),
        });
        notices.push(one);
    }
    outbox.expand(0, 9, &notices).unwrap();
    let read: Vec<Draft> = all(outbox).into_iter().rev().map(|one| one.draft).collect();
    assert_eq!(read, notices);
}
