use super::*;
use jsonwebtoken::EncodingKey;
use serde_json::json;

const NOW: Instant = Instant(1_800_000_000);

/// An Ed25519 key in PKCS #8, of RFC 8032's first test, and its public half.
const PRIVATE: &str = "302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn settings(more: &str) -> Settings {
    let text =
        "url = \"https://f.example\"\nissuer = \"https://id.example\"\nclient_id = \"faregate\"\n";
    Settings::parse(&format!("{text}{more}")).unwrap()
}

fn good() -> Value {
    json!({
        "iss": "https://id.example", "aud": "faregate", "sub": "7", "exp": NOW.0 + 300, "iat": NOW.0,
        "nonce": "n", "preferred_username": "Ana", "groups": ["a", "b"],
    })
}

fn key(id: &str) -> Jwk {
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": id, "use": "sig" });
    serde_json::from_value(key).unwrap()
}

fn signed(claims: &Value) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some("k".to_owned());
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(&bytes(PRIVATE))).unwrap()
}

fn read(token: &str, settings: &Settings) -> Result<Claimed, Unproved> {
    let header = header(token)?;
    let (keys, other) = ([key("other"), key("k")], settings);
    claimed(&claims(token, &header, &candidates(&keys, &header))?, other, "n", NOW)
}

#[test]
fn a_token_for_us_is_believed() {
    let found = read(&signed(&good()), &settings("")).unwrap();
    let groups = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(found, Claimed { name: "ana".to_owned(), groups });
}

/// Each claim that differs is named; `null` takes it away.
#[test]
fn what_is_wrong_with_a_token_is_said() {
    let table = [
        (json!({ "iss": "https://evil.example" }), "it is another issuer's"),
        (json!({ "iss": "https://id.example/" }), "it is another issuer's"),
        (json!({ "aud": "other" }), "it was made for somebody else"),
        (json!({ "aud": ["other", "faregate"] }), "it was made for several, and not by way of us"),
        (json!({ "azp": "other" }), "it was made by way of somebody else"),
        (json!({ "exp": NOW.0 - LEEWAY }), "it has expired"),
        (json!({ "exp": null }), "it has expired"),
        (json!({ "iat": NOW.0 + LEEWAY }), "it was made in the future"),
        (json!({ "nbf": NOW.0 + LEEWAY }), "it is not valid yet"),
        (json!({ "nonce": "other" }), "it was made for another sign-in"),
        (json!({ "nonce": null }), "it was made for another sign-in"),
        (json!({ "sub": "" }), "it names nobody"),
        (json!({ "preferred_username": " " }), "it has no claim `preferred_username`"),
    ];
    for (change, why) in table {
        let mut claims = good();
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        assert_eq!(read(&signed(&claims), &settings("")), Err(not_believed(why)), "{change}");
    }
    let mut several = good();
    (several["aud"], several["azp"]) = (json!(["other", "faregate"]), json!("faregate"));
    assert!(read(&signed(&several), &settings("")).is_ok());
}

#[test]
fn an_address_has_to_be_verified() {
    let by_mail = settings("name = \"email\"\n");
    for (verified, believed) in
        [(json!(true), true), (json!(false), false), (json!(null), false), (json!("true"), false)]
    {
        let mut claims = good();
        (claims["email"], claims["email_verified"]) = (json!("ana@acme.example"), verified.clone());
        assert_eq!(read(&signed(&claims), &by_mail).is_ok(), believed, "{verified}");
    }
}

#[test]
fn a_token_that_nobody_signed_is_not_believed() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let token = signed(&good());
    let (head, rest) = token.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut more = good();
    more["groups"] = json!(["administrators"]);
    let none = part(&json!({ "alg": "none" }));
    // The public key taken for a shared secret.
    let shared = jsonwebtoken::encode(
        &Header { kid: Some("k".to_owned()), ..Header::new(Algorithm::HS256) },
        &good(),
        &EncodingKey::from_secret(PUBLIC.as_bytes()),
    );
    let forged = [
        String::new(),
        format!("{head}.{body}"),
        format!("{head}.{body}."),
        format!("{head}.{}.{signature}", part(&more)),
        format!("{none}.{body}."),
        format!("{none}.{body}.{signature}"),
        shared.unwrap(),
    ];
    for token in forged {
        let found = read(&token, &settings(""));
        assert!(matches!(found, Err(Unproved::NotBelieved(_))), "{token}: {found:?}");
    }
    let header = header(&token).unwrap();
    let unknown = [key("other")];
    assert_eq!(candidates(&unknown, &header).len(), 0, "a key of another name");
}
