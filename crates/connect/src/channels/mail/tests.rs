//! What a mail is made of, and what cannot get into it.

use super::*;
use crate::channels::trial;
use faregate_core::when::Instant;

fn mail() -> Mail {
    Mail {
        host: "mail.example".to_owned(),
        port: 587,
        security: Security::StartTls,
        login: None,
        from: "Faregate <faregate@acme.example>".to_owned(),
        to: vec!["Ana <ana@acme.example>".to_owned(), "ops@acme.example".to_owned()],
    }
}

fn text(notice: &Notice) -> String {
    let made = message(&mail(), Outgoing { id: "812-ops", notice }, None).unwrap();
    String::from_utf8(made.formatted()).unwrap()
}

#[test]
fn the_same_notice_is_the_same_mail() {
    let notice = trial("ops", Instant(1_790_000_000));
    assert_eq!(text(&notice), text(&notice));
    let mail = text(&notice);
    for line in [
        "Message-ID: <812-ops@acme.example>\r\n",
        "References: <about-test-1790000000@acme.example>\r\n",
        "Subject: Test: channel ops works\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "To: Ana <ana@acme.example>, ops@acme.example\r\n",
        "Content-Type: image/png\r\n",
        "Content-ID: <chart>\r\n",
    ] {
        assert!(mail.contains(line), "{line}{mail}");
    }
}

#[test]
fn no_name_begins_a_header_or_markup() {
    let mut notice = trial("ops", Instant(0));
    notice.title = "Hall\r\nBcc: eve@evil.example\n\n<script>".to_owned();
    notice.about = "x>\r\nBcc: eve@evil.example".to_owned();
    notice.text = "<img src=x onerror=alert(1)>".to_owned();
    notice.facts = vec![("<b>".to_owned(), "\"' onload='x".to_owned())];
    notice.steps = vec!["</ol><a href=//evil.example>".to_owned()];
    notice.link = Some("https://x.example/\"onclick=".to_owned());
    notice.chart.as_mut().unwrap().labels[0] = "\" onerror=\"alert(1)".to_owned();
    let mail = text(&notice);
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_lowercase().contains("\nbcc:"), "{head}");
    let shown = html(&notice);
    for bad in ["<script", "<img src=x", "</ol><a", "onclick", "\" onerror", "' onload"] {
        assert!(!shown.contains(bad), "{bad}: {shown}");
    }
    assert!(shown.contains("&lt;img src=x onerror=alert(1)&gt;"), "{shown}");
}
