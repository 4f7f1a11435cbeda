//! Channels against programs that are not ours: aiosmtpd, the libraries of Standard Webhooks and of Adaptive Cards.

use crate::channels::{SECRET, tell};
use crate::peer::Peer;
use crate::stub::{Reply, Stub};
use crate::tls::{To, certified};
use faregate_app::notice::{Kind, Notice};
use faregate_app::outbox::Failure;
use faregate_connect::channels::{SendError, trial};
use faregate_connect::endpoint::SystemResolver;
use faregate_core::when::Instant;
use serde_json::{Value, json};

fn notice() -> Notice {
    let mut notice = trial("x", Instant(1_790_000_000));
    notice.kind = Kind::Raised;
    notice.title = "Brücken & <Tunnel> are short of tokens".to_owned();
    notice.link = Some("https://faregate.example/alerts/a812".to_owned());
    notice
}

/// The mail server, and what it prints next; a mail to it.
fn mailed(password: &str, trusted: bool, notice: &Notice) -> Option<(Peer, Result<(), SendError>)> {
    let [certificate, key] = certified()?;
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    std::fs::write(path("certificate"), certificate).unwrap();
    std::fs::write(path("key"), key).unwrap();
    let mut peer =
        Peer::start(&["smtp", &path("certificate"), &path("key"), "faregate", "canary-secret"]);
    let told: Value = serde_json::from_str(&peer.line()?).unwrap();
    let roots =
        if trusted { format!("roots_file = \"{}\"\n", path("certificate")) } else { String::new() };
    let text = format!(
        "[channels.x]\nkind = \"mail\"\nhost = \"id.example\"\nport = {}\nuser = \"faregate\"\npassword = \"env:P\"\n\
         from = \"Faregate <faregate@acme.example>\"\nto = [\"Ana <ana@acme.example>\", \"ops@acme.example\"]\n\
         allowed_networks = [\"127.0.0.1\"]\n{roots}",
        told["port"]
    );
    let resolver = To(format!("127.0.0.1:{}", told["port"]).parse().unwrap());
    let sent = tell(&text, notice, &[("P", password.to_owned())], &resolver);
    Some((peer, sent))
}

#[test]
fn mail_arrives_encrypted_with_text_html_and_picture() {
    let Some((mut peer, sent)) = mailed("canary-secret", true, &notice()) else { return };
    sent.unwrap();
    let mail: Value = serde_json::from_str(&peer.line().unwrap()).unwrap();
    assert_eq!((&mail["encrypted"], &mail["login"]), (&json!(true), &json!(true)));
    assert_eq!(mail["from"], "faregate@acme.example");
    assert_eq!(mail["to"], json!(["ana@acme.example", "ops@acme.example"]));
    assert_eq!(mail["defects"], json!([]));
    let header = |name: &str| {
        let all = mail["headers"].as_array().unwrap();
        all.iter().find(|one| one[0] == name).map(|one| one[1].as_str().unwrap().to_owned())
    };
    assert_eq!(header("Subject").unwrap(), "Note: Brücken & <Tunnel> are short of tokens");
    assert_eq!(header("Message-ID").unwrap(), "<812-x@acme.example>");
    let part = |place: usize| mail["parts"][place].as_array().unwrap().clone();
    assert_eq!(part(0)[0], "text/plain");
    assert!(part(0)[2].as_str().unwrap().contains("1. Nothing is to be done."));
    assert_eq!(part(1)[0], "text/html");
    let html = part(1)[2].as_str().unwrap().to_owned();
    assert!(
        html.contains("Brücken &amp; &lt;Tunnel&gt;") && html.contains("src=\"cid:chart\""),
        "{html}"
    );
    assert_eq!((&part(2)[0], &part(2)[1]), (&json!("image/png"), &json!("<chart>")));
    assert!(part(2)[2].as_str().unwrap().starts_with("89504e470d0a1a0a"));
}

#[test]
fn a_wrong_password_or_certificate_is_told_of_without_the_password() {
    let Some((_peer, refused)) = mailed("canary-wrong", true, &notice()) else { return };
    let why = refused.unwrap_err();
    assert_eq!(why.failure, Failure::Refused, "{why}");
    assert!(
        why.words.starts_with("the mail server refused it: ") && !why.words.contains("canary"),
        "{why}"
    );
    let (_peer, unknown) = mailed("canary-secret", false, &notice()).unwrap();
    let why = unknown.unwrap_err();
    assert!(why.words.contains("certificate") && why.failure == Failure::Away(None), "{why}");
}

#[test]
fn the_libraries_of_standard_webhooks_verify_our_signature() {
    let stub = Stub::start(|_| Reply::json(200, &json!({})));
    // The libraries refuse what is older than five minutes: a file that was just written is not.
    let fresh = tempfile::NamedTempFile::new().unwrap();
    let made = fresh.as_file().metadata().unwrap().modified().unwrap();
    let now = made.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let text = "[channels.x]\nkind = \"webhook\"\nurl = \"env:URL\"\nsecret = \"env:HOOK\"\nallowed_networks = [\"127.0.0.1\"]\n";
    let variables = [("URL", stub.url("/")), ("HOOK", SECRET.to_owned())];
    crate::channels::tell_at(
        text,
        &notice(),
        &variables,
        &SystemResolver,
        Instant(now.cast_signed()),
    )
    .unwrap();
    let seen = stub.seen().remove(0);
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let headers: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), json!(seen.header(name).unwrap()))).collect();
    let asked = json!({ "secret": SECRET, "headers": headers, "body": seen.body });
    let Some(told) = Peer::told(&["webhook"], &asked) else { return };
    assert_eq!(told, ["verified", "verified"], "in Python and in JavaScript");
}

#[test]
fn the_library_of_adaptive_cards_renders_our_card() {
    let stub = Stub::start(|_| Reply::Text(202, Vec::new(), String::new()));
    let text =
        "[channels.x]\nkind = \"teams\"\nurl = \"env:URL\"\nallowed_networks = [\"127.0.0.1\"]\n";
    tell(text, &notice(), &[("URL", stub.url("/"))], &SystemResolver).unwrap();
    let body: Value = serde_json::from_str(&stub.seen()[0].body).unwrap();
    let Some(told) = Peer::told(&["card"], &body["attachments"][0]["content"]) else { return };
    let told: Value = serde_json::from_str(&told[0]).unwrap();
    assert_eq!((&told["problems"], &told["actions"]), (&json!([]), &json!(1)));
    let shown = told["text"].as_str().unwrap();
    for words in ["Brücken & <Tunnel> are short of tokens", "1) Nothing is to be done.", "day 4"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}
