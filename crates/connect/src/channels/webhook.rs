//! Standard Webhooks: a signed request that a receiver can check, and recognise when it comes twice.

use super::wire::{Post, Prepared};
use super::words::{bars, link};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use faregate_app::notice::Notice;
use faregate_core::when::Instant;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// How long a key is, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The signature of a body, as `webhook-signature` carries it; `None` when the secret is none.
///
/// ```
/// use faregate_connect::channels::signature;
/// use faregate_connect::secret::Secret;
///
/// let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
/// let body = r#"{"test": 2432232314}"#;
/// let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body);
/// assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
/// ```
#[must_use]
pub fn signature(secret: &Secret, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.expose().strip_prefix("whsec_")?).ok()?;
    if !KEY_BYTES.contains(&key.len()) {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// The request for a notice.
pub(super) fn post(
    secret: &Secret,
    path: &str,
    id: &str,
    notice: &Notice,
    now: Instant,
) -> Prepared<Post> {
    let body = body(notice).to_string();
    let signed = signature(secret, id, now.0, &body)
        .ok_or("the signing secret is none: it is `whsec_` and 24 to 64 bytes in base64")?;
    Ok(Post {
        headers: vec![
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", now.0.to_string()),
            ("webhook-signature", signed),
        ],
        ..Post::json(path, body)
    })
}

/// All of a notice, for programs.
fn body(notice: &Notice) -> Value {
    let facts = notice.facts.iter().map(|(label, value)| json!({ "label": label, "value": value }));
    let chart = notice.chart.as_ref().map(|chart| {
        json!({
            "title": chart.title, "labels": chart.labels, "values": chart.values,
            "limit": chart.limit, "text": bars(chart),
        })
    });
    let group = match notice.kind.key() {
        kind @ ("digest" | "test") => kind.to_owned(),
        kind => format!("alert.{kind}"),
    };
    json!({
        "type": group,
        "timestamp": notice.at.to_string(),
        "data": {
            "id": notice.id, "about": notice.about, "kind": notice.kind.key(),
            "severity": notice.severity.key(), "title": notice.title, "text": notice.text,
            "facts": facts.collect::<Vec<_>>(), "steps": notice.steps,
            "link": link(notice), "chart": chart,
        },
    })
}
