use super::*;
use crate::ports::{Choice, QuestionKind};
use faregate_protocol::wire::Bucket;
use std::io::Write;

fn question(id: u64, account: &str, title: &str) -> Question {
    let bucket = |key: &str| Bucket { key: key.into(), name: key.to_uppercase(), left: 412.0 };
    Question {
        id,
        account: account.to_owned(),
        kind: QuestionKind::Spend,
        title: title.to_owned(),
        text: "text".to_owned(),
        remedies: vec!["remedy".to_owned()],
        buckets: vec![bucket("west"), bucket("east")],
        bucket: Some("west".to_owned()),
        choices: vec![Choice::Spend, Choice::Close],
        ends: None,
    }
}

fn page() -> Page {
    Page::serve([7; 16], Opener::new(Vec::new())).unwrap()
}

fn until(mut done: impl FnMut() -> bool) {
    while !done() {
        std::thread::yield_now();
    }
}

/// Sends what stands there and reads what comes back.
fn exchange(page: &Page, text: &str) -> String {
    let mut connection = TcpStream::connect(page.shared.address).unwrap();
    connection.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn host(page: &Page) -> String {
    page.shared.address.to_string()
}

fn get(page: &Page, path: &str) -> String {
    exchange(page, &format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", host(page)))
}

fn path(page: &Page, account: &str) -> String {
    format!("/{}/", page.word(account))
}

fn post(page: &Page, account: &str, headers: &str, body: &str) -> u16 {
    let (path, host, length) = (path(page, account), host(page), body.len());
    let text = format!(
        "POST {path}answer HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    status(&exchange(page, &text))
}

fn answer(page: &Page, account: &str, body: &str) -> u16 {
    let origin = format!("Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n", host(page));
    post(page, account, &format!("{origin}Content-Type: application/json\r\n"), body)
}

#[test]
fn only_the_address_of_an_account_leads_anywhere_and_to_its_own_questions() {
    let mut page = page();
    page.show(&question(1, "jo", "for jo"));
    page.show(&question(2, r"ACME\ann", "for ann"));
    let own = get(&page, &(path(&page, "jo") + "questions"));
    assert_eq!(status(&own), 200);
    assert!(
        own.contains("for jo") && !own.contains("for ann") && !own.contains("account"),
        "{own}"
    );
    let other = get(&page, &(path(&page, r"ACME\ann") + "questions"));
    assert!(other.contains("for ann") && !other.contains("for jo") && !other.contains("ACME"));
    assert_eq!(page.word("jo").len(), 32);
    let another = Page::serve([8; 16], Opener::new(Vec::new())).unwrap();
    assert_ne!(another.word("jo"), page.word("jo"));
    let word = page.word("jo");
    let (cut, upper) = (&word[..31], word.to_uppercase());
    for path in ["/", "//", "/x/", "/favicon.ico", &format!("/{cut}/"), &format!("/{word}")] {
        assert_eq!(status(&get(&page, path)), 404, "{path}");
    }
    if upper != word {
        assert_eq!(status(&get(&page, &format!("/{upper}/"))), 404);
    }
    for path in ["../", "answer/x", "page.js", "/questions", "questions/../"] {
        assert_eq!(status(&get(&page, &format!("/{word}/{path}"))), 404, "{path}");
    }
    assert_eq!(status(&get(&page, &format!("/{word}/answer"))), 405);
    let stranger = page.word("nobody was asked");
    assert_eq!(status(&get(&page, &format!("/{stranger}/"))), 404);
}

#[test]
fn the_page_is_always_the_same_and_may_run_nothing_but_itself() {
    let mut page = page();
    page.address("jo");
    let before = get(&page, &path(&page, "jo"));
    page.show(&question(1, "jo", "</script><script>alert(1)</script>\"'\n\u{202e}"));
    let after = get(&page, &path(&page, "jo"));
    assert_eq!(before, after);
    let (head, body) = after.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("default-src 'none'; script-src 'sha256-") && !head.contains("unsafe"));
    for line in ["no-store", "no-referrer", "nosniff", "frame-ancestors 'none'", "DENY"] {
        assert!(head.contains(line), "{line}");
    }
    assert!(body.contains("<script>'use strict'") && !body.contains("/*style*/"));
    for outside in ["http:", "https:", "src=", "href=", "innerHTML", "eval", "cookie", "Storage"] {
        assert!(!body.contains(outside), "{outside}");
    }
    let said = get(&page, &(path(&page, "jo") + "questions"));
    assert!(said.contains("Content-Type: application/json\r\n"));
    let (_, json) = said.split_once("\r\n\r\n").unwrap();
    let value: Value = serde_json::from_str(json).unwrap();
    let title = value["questions"][0]["title"].as_str().unwrap();
    assert_eq!(title, "</script><script>alert(1)</script>\"'\n\u{202e}");
}

#[test]
fn another_name_for_this_machine_is_refused() {
    let mut page = page();
    page.show(&question(1, "jo", "t"));
    let port = page.shared.address.port();
    let target = path(&page, "jo") + "questions";
    let with =
        |head: &str| status(&exchange(&page, &format!("GET {target} HTTP/1.1\r\n{head}\r\n")));
    assert_eq!(with(&format!("Host: 127.0.0.1:{port}\r\n")), 200);
    assert_eq!(with(&format!("Host: localhost:{port}\r\n")), 200);
    for host in [
        format!("Host: evil.example:{port}\r\n"),
        format!("Host: 127.0.0.1.evil.example:{port}\r\n"),
        "Host: 127.0.0.1\r\n".to_owned(),
        format!("Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n"),
        String::new(),
    ] {
        assert_eq!(with(&host), 403, "{host}");
    }
    for site in ["cross-site", "same-site", ""] {
        assert_eq!(with(&format!("Host: 127.0.0.1:{port}\r\nSec-Fetch-Site: {site}\r\n")), 403);
    }
    assert_eq!(with(&format!("Host: 127.0.0.1:{port}\r\nSec-Fetch-Site: none\r\n")), 200);
    assert_eq!(with(&format!("Host: 127.0.0.1:{port}\r\nOrigin: http://evil.example\r\n")), 403);
}

#[test]
fn an_answer_comes_from_the_page_itself_and_counts_once() {
    let mut page = page();
    page.show(&question(1, "jo", "t"));
    page.show(&question(2, "ann", "t"));
    let body = r#"{"id":1,"choice":"spend","bucket":"east"}"#;
    let json = "Content-Type: application/json\r\n";
    let own = format!("Origin: http://{}\r\n", host(&page));
    for headers in [
        json.to_owned(),
        format!("{json}Origin: null\r\n"),
        format!("{json}Origin: http://evil.example\r\n"),
        format!("{json}{own}Sec-Fetch-Site: cross-site\r\n"),
        format!("{json}{own}{own}"),
    ] {
        assert_eq!(post(&page, "jo", &headers, body), 403, "{headers}");
    }
    assert_eq!(post(&page, "jo", &own, body), 415);
    assert_eq!(post(&page, "jo", &format!("{own}Content-Type: text/plain\r\n"), body), 415);
    assert_eq!(answer(&page, "jo", "{"), 400);
    assert_eq!(answer(&page, "jo", r#"{"id":1,"choice":"sudo"}"#), 400);
    assert_eq!(answer(&page, "jo", &" ".repeat(5_000)), 413);
    for forged in [
        r#"{"id":2,"choice":"spend","bucket":"east"}"#,
        r#"{"id":1,"choice":"go-on","bucket":null}"#,
        r#"{"id":1,"choice":"spend","bucket":"north"}"#,
        r#"{"id":9,"choice":"spend","bucket":null}"#,
    ] {
        assert_eq!(answer(&page, "jo", forged), 409, "{forged}");
    }
    assert_eq!(page.answers(), []);
    assert_eq!(answer(&page, "jo", body), 204);
    assert_eq!(answer(&page, "jo", body), 409, "once");
    let east = Some("east".to_owned());
    assert_eq!(page.answers(), [Answer { id: 1, choice: Choice::Spend, bucket: east }]);
    assert_eq!(page.answers(), []);
    page.withdraw(2);
    assert_eq!(answer(&page, "ann", r#"{"id":2,"choice":"close","bucket":null}"#), 409);
}

/// A page that waits; in sight, once the server knows of it.
fn waiting(page: &Page, account: &str, seen: u8) -> TcpStream {
    let version = page.shared.board().version;
    let target = format!("{}questions?seen={seen}&after={version}", path(page, account));
    let mut connection = TcpStream::connect(page.shared.address).unwrap();
    let text = format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", host(page));
    connection.write_all(text.as_bytes()).unwrap();
    until(|| seen == 0 || page.shared.board().watching.get(account).is_some_and(|it| *it > 0));
    connection
}

fn rest(mut connection: TcpStream) -> String {
    let mut text = String::new();
    connection.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_page_that_waits_is_told_at_once_and_one_that_left_is_noticed() {
    let mut page = page();
    page.address("jo");
    let connection = waiting(&page, "jo", 1);
    page.show(&question(1, "jo", "changed"));
    assert!(rest(connection).contains("changed"));
    let connection = waiting(&page, "jo", 1);
    drop(connection);
    until(|| page.shared.board().watching["jo"] == 0);
    assert!(!page.shared.board().told.contains("jo"));
    until(|| page.shared.board().connections == 0);
}

/// A page whose browser is a file that addresses are written to, a line each.
fn noted() -> (Page, tempfile::TempDir, impl Fn() -> usize) {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("opened");
    let script = "printf '%s %s\\n' \"$1\" \"$2\" >>\"$0\"";
    let words = ["sh", "-c", script, file.to_str().unwrap(), "{url}", "{account}"];
    let opener = Opener::new(words.map(str::to_owned).to_vec());
    let page = Page::serve([7; 16], opener).unwrap();
    let count = move || std::fs::read_to_string(&file).map_or(0, |text| text.lines().count());
    (page, place, count)
}

/// Waits until every browser that was started has written its line.
fn settle(page: &mut Page) {
    for mut child in page.openers.drain(..) {
        child.wait().unwrap();
    }
}

#[test]
fn an_address_comes_last_where_no_place_is_named() {
    let command = |words: &[&str]| {
        let opener = Opener::new(words.iter().map(|&word| word.to_owned()).collect());
        opener.command("jo", "http://x/").map(|command| format!("{command:?}"))
    };
    assert_eq!(command(&["b", "-n"]).as_deref(), Some(r#""b" "-n" "http://x/""#));
    assert_eq!(
        command(&["b", "--at={url}", "-n"]).as_deref(),
        Some(r#""b" "--at=http://x/" "-n""#)
    );
    assert_eq!(command(&[]), None);
}

#[cfg(unix)]
#[test]
fn the_browser_is_opened_once_a_question_and_an_account_is_no_command() {
    let (mut page, place, count) = noted();
    let account = "$(touch x); `touch y`";
    page.show(&question(1, account, "t"));
    page.show(&question(1, account, "again"));
    settle(&mut page);
    assert_eq!(count(), 1);
    let text = std::fs::read_to_string(place.path().join("opened")).unwrap();
    assert_eq!(text, format!("{} {account}\n", page.address(account)));
    page.withdraw(1);
    page.show(&question(1, account, "anew"));
    settle(&mut page);
    assert_eq!(count(), 2);
}

#[cfg(unix)]
#[test]
fn the_browser_stays_closed_while_a_page_in_sight_fetches_and_opens_when_it_does_not() {
    let (mut page, _place, count) = noted();
    page.address("jo");
    let connection = waiting(&page, "jo", 1);
    page.show(&question(1, "jo", "t"));
    assert!(rest(connection).contains("\"id\":1"));
    // The page is on its way back: no second one is opened for what comes in between.
    page.show(&question(2, "jo", "t"));
    page.answers();
    settle(&mut page);
    assert_eq!(count(), 0);
    // It never came back.
    page.answers();
    page.answers();
    settle(&mut page);
    assert_eq!(count(), 1, "for the second question alone");
    page.answers();
    page.show(&question(3, "jo", "t"));
    settle(&mut page);
    assert_eq!(count(), 2);
    let hidden = waiting(&page, "jo", 0);
    page.show(&question(4, "jo", "t"));
    assert!(rest(hidden).contains("\"id\":4"));
    settle(&mut page);
    assert_eq!(count(), 3, "nobody sees a page that is not in sight");
}

#[test]
fn more_than_a_few_connections_are_dropped_and_silent_ones_do_not_stop_the_rest() {
    let page = page();
    page.address("jo");
    let connect = || TcpStream::connect(page.shared.address).unwrap();
    let mut silent: Vec<TcpStream> = (1..CONNECTIONS_MAX).map(|_| connect()).collect();
    until(|| page.shared.board().connections == CONNECTIONS_MAX - 1);
    assert_eq!(status(&get(&page, &path(&page, "jo"))), 200);
    until(|| page.shared.board().connections == CONNECTIONS_MAX - 1);
    silent.push(connect());
    until(|| page.shared.board().connections == CONNECTIONS_MAX);
    let mut one_too_many = connect();
    let text = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", path(&page, "jo"), host(&page));
    let sent = one_too_many.write_all(text.as_bytes());
    let read = sent.and_then(|()| one_too_many.read(&mut [0; 1]));
    assert_eq!(read.unwrap_or(0), 0, "it is not answered");
    drop(silent);
    until(|| page.shared.board().connections == 0);
    assert_eq!(status(&get(&page, &path(&page, "jo"))), 200);
}

#[test]
fn with_the_page_its_server_ends() {
    let page = page();
    let address = page.shared.address;
    let shared = Arc::downgrade(&page.shared);
    drop(page);
    until(|| shared.strong_count() == 0);
    assert!(TcpStream::connect(address).is_err());
}
