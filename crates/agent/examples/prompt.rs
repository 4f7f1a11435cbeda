//! Asks three questions in a page: `cargo run -p faregate-agent --example prompt`.
//!
//! Says the page's address and then each answer, a line of JSON each; ends when its input does.

use faregate_agent::ports::{Answer, Choice, Prompter, Question, QuestionKind};
use faregate_agent::prompt::web::{Opener, Page};
use faregate_protocol::wire::Bucket;
use std::time::{Duration, SystemTime};

fn main() -> std::io::Result<()> {
    let mut page = Page::serve(secret(), Opener::new(Vec::new()))?;
    println!("{}", serde_json::json!({ "url": page.address("jo") }));
    std::thread::spawn(|| {
        // Whoever started this has gone.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    for question in [spend(), refused(), hostile()] {
        page.show(&question);
    }
    loop {
        for Answer { id, choice, bucket } in page.answers() {
            println!("{}", serde_json::json!({ "id": id, "choice": choice, "bucket": bucket }));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Good enough to look at questions that are made up.
fn secret() -> [u8; 16] {
    now().as_nanos().to_le_bytes()
}

#[expect(clippy::disallowed_methods, reason = "a time to count down to")]
fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

fn spend() -> Question {
    Question {
        id: 1,
        account: "jo".into(),
        kind: QuestionKind::Spend,
        title: "Revit will use 10 tokens (about 30.00 USD) of Bridge West (412 left)".into(),
        text: "They last until tomorrow, 09:12. Closed within 5 minutes it costs nothing.".into(),
        remedies: vec![
            "Your seat is free on WS-114: close Revit there".into(),
            "Open the model in the viewer, which needs no licence".into(),
        ],
        buckets: vec![
            bucket("bridge-west", "Bridge West", 412.0),
            bucket("bridge-east", "Bridge East", 96.5),
            bucket("tender", "Tender 2026/14", 1_200.0),
        ],
        bucket: Some("bridge-west".into()),
        choices: vec![Choice::Spend, Choice::Close],
        ends: None,
    }
}

fn refused() -> Question {
    let keys = ["north", "south", "east", "west", "harbour", "depot"];
    Question {
        id: 2,
        account: "jo".into(),
        kind: QuestionKind::Refused,
        title: "AutoCAD needs 7 tokens (about 21.00 USD), and Bridge West has 3 left".into(),
        text: "AutoCAD closes when the time is over. Please save your work now.".into(),
        remedies: vec![
            "Ask Ada Byron for more tokens of Bridge West".into(),
            "Choose another project and ask again".into(),
        ],
        buckets: keys.map(|key| bucket(key, &format!("Line {key}"), 40.0)).to_vec(),
        bucket: Some("north".into()),
        choices: vec![Choice::Retry, Choice::Close],
        ends: i64::try_from(now().as_secs() + 599).ok(),
    }
}

/// What somebody may have called a project.
fn hostile() -> Question {
    let name = "</script><script>document.title='broken'</script>";
    Question {
        id: 3,
        account: "jo".into(),
        kind: QuestionKind::Notice,
        title: format!(
            "{name} \"quoted\" 'too' & \u{202e}turned round\u{202c} \u{5e9}\u{5dc}\u{5d5}\u{5dd}"
        ),
        text: format!(
            "First line\nsecond line <img src=x onerror=alert(1)>\n{}",
            "long".repeat(60)
        ),
        remedies: vec![format!("<b>{name}</b>")],
        buckets: Vec::new(),
        bucket: None,
        choices: vec![Choice::Read],
        ends: None,
    }
}

fn bucket(key: &str, name: &str, left: f64) -> Bucket {
    Bucket { key: key.into(), name: name.into(), left }
}
