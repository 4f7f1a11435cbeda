//! Signed requests: HTTP Message Signatures (RFC 9421) with `Content-Digest` (RFC 9530), in one fixed profile.
//!
//! Covered are always `@method`, `@path`, `@query` and `content-digest`, in this order; the parameters are always
//! `created`, `nonce`, `keyid` and `alg="ed25519"`. A signature of another shape is refused rather than interpreted.
//!
//! ```
//! use faregate_protocol::SigningKey;
//! use faregate_protocol::signature::{Claim, Message, sign};
//!
//! let key = SigningKey::from_bytes(&[7; 32]);
//! let message = Message { method: "POST", target: "/v1/agent/beat", body: b"{}" };
//! let headers = sign(&key, "d4", 1_767_225_600, [1; 16], message);
//! let claim = Claim::read(&headers.content_digest, &headers.signature_input, &headers.signature)?;
//! assert_eq!((claim.key_id.as_str(), claim.created), ("d4", 1_767_225_600));
//! claim.verify(&key.verifying_key(), message)?;
//!
//! let other = Message { body: b"{ }", ..message };
//! assert!(claim.verify(&key.verifying_key(), other).is_err());
//! # Ok::<(), faregate_protocol::signature::BadSignature>(())
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::fmt;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// How far an agent's `created` may be from the server's clock, in seconds; further off it is told to set it right.
pub const WINDOW_SECONDS: i64 = 300;
/// Name of the header with the digest of the body.
pub const CONTENT_DIGEST: &str = "content-digest";
/// Name of the header that says what is signed.
pub const SIGNATURE_INPUT: &str = "signature-input";
/// Name of the header with the signature.
pub const SIGNATURE: &str = "signature";
/// The key id of a device that is not enrolled yet.
pub const NEW_DEVICE: &str = "new";

const COVERED: &str = r#"("@method" "@path" "@query" "content-digest")"#;
const LABEL: &str = "faregate";

/// What is signed of a request.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// Path and query, as in the request line.
    pub target: &'a str,
    /// The body, empty where there is none.
    pub body: &'a [u8],
}

impl Message<'_> {
    fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target, |(path, _)| path)
    }

    /// RFC 9421 §2.2.7: with its question mark, also where there is none.
    fn query(&self) -> String {
        format!("?{}", self.target.split_once('?').map_or("", |(_, query)| query))
    }
}

/// The three headers of a signed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headers {
    /// `content-digest`
    pub content_digest: String,
    /// `signature-input`
    pub signature_input: String,
    /// `signature`
    pub signature: String,
}

/// What a request says of its signature, not verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who is said to have signed.
    pub key_id: String,
    /// When, by the signer's clock.
    pub created: i64,
    /// Never twice from one device.
    pub nonce: [u8; 16],
    content_digest: String,
    signature: Signature,
}

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSignature {
    /// The headers are not of the one profile.
    Shape,
    /// The body is not the one that was signed.
    Digest,
    /// The key did not make this signature for this request.
    Key,
}

impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "the signature headers are not of the profile that agents use",
            Self::Digest => "the body is not the one that was signed",
            Self::Key => "the device's key did not sign this request",
        })
    }
}

impl core::error::Error for BadSignature {}

/// Signs a request. `created` is the signer's best knowledge of the server's time; a nonce is never used twice.
#[must_use]
pub fn sign(
    key: &SigningKey,
    key_id: &str,
    created: i64,
    nonce: [u8; 16],
    message: Message<'_>,
) -> Headers {
    let content_digest = digest(message.body);
    let parameters = parameters(key_id, created, nonce);
    let signature = key.sign(base(message, &content_digest, &parameters).as_bytes());
    Headers {
        content_digest,
        signature_input: format!("{LABEL}={parameters}"),
        signature: format!("{LABEL}=:{}:", STANDARD.encode(signature.to_bytes())),
    }
}

impl Claim {
    /// Reads the three headers.
    ///
    /// # Errors
    /// [`BadSignature::Shape`].
    pub fn read(
        content_digest: &str,
        signature_input: &str,
        signature: &str,
    ) -> Result<Self, BadSignature> {
        Self::parse(content_digest, signature_input, signature).ok_or(BadSignature::Shape)
    }

    fn parse(content_digest: &str, signature_input: &str, signature: &str) -> Option<Self> {
        let rest = signature_input.strip_prefix(LABEL)?.strip_prefix('=')?.strip_prefix(COVERED)?;
        let rest = rest.strip_prefix(";created=")?;
        let (created, rest) = rest.split_once(";nonce=\"")?;
        let (nonce, rest) = rest.split_once("\";keyid=\"")?;
        let key_id = rest.strip_suffix("\";alg=\"ed25519\"")?;
        let signature = signature.strip_prefix(LABEL)?.strip_prefix("=:")?.strip_suffix(':')?;
        let claim = Self {
            key_id: key_id.to_owned(),
            created: created.parse().ok()?,
            nonce: STANDARD.decode(nonce).ok()?.try_into().ok()?,
            content_digest: content_digest.to_owned(),
            signature: Signature::from_bytes(&STANDARD.decode(signature).ok()?.try_into().ok()?),
        };
        // What is read must be what was written, to the byte: there is one way to say it.
        let written = parameters(&claim.key_id, claim.created, claim.nonce);
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_plain(key_id) && signature_input.strip_prefix(LABEL)?.strip_prefix('=')? == written)
            .then_some(claim)
    }

    /// Holds the claim against the request and the key of the device that it names.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, key: &VerifyingKey, message: Message<'_>) -> Result<(), BadSignature> {
        if self.content_digest != digest(message.body) {
            return Err(BadSignature::Digest);
        }
        let parameters = parameters(&self.key_id, self.created, self.nonce);
        let base = base(message, &self.content_digest, &parameters);
        key.verify_strict(base.as_bytes(), &self.signature).map_err(|_| BadSignature::Key)
    }
}

/// RFC 9530: a structured field with the SHA-256 of the content.
fn digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

fn parameters(key_id: &str, created: i64, nonce: [u8; 16]) -> String {
    let nonce = STANDARD.encode(nonce);
    format!("{COVERED};created={created};nonce=\"{nonce}\";keyid=\"{key_id}\";alg=\"ed25519\"")
}

/// RFC 9421 §2.5: the lines that are signed.
fn base(message: Message<'_>, content_digest: &str, parameters: &str) -> String {
    let (method, path, query) = (message.method, message.path(), message.query());
    lines(&[
        ("@method", method),
        ("@path", path),
        ("@query", &query),
        ("content-digest", content_digest),
        ("@signature-params", parameters),
    ])
}

fn lines(components: &[(&str, &str)]) -> String {
    let line = |(name, value): &(&str, &str)| format!("\"{name}\": {value}");
    components.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 9421, B.1.4 and B.2.6: the key and the signature of the example.
    #[test]
    fn lines_are_signed_as_in_the_example_of_the_rfc() {
        let seed = STANDARD.decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=").unwrap();
        let key = SigningKey::from_bytes(&seed.try_into().unwrap());
        let signed = lines(&[
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("@method", "POST"),
            ("@path", "/foo"),
            ("@authority", "example.com"),
            ("content-type", "application/json"),
            ("content-length", "18"),
            (
                "@signature-params",
                "(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
                 ;created=1618884473;keyid=\"test-key-ed25519\"",
            ),
        ]);
        let expected = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
        assert_eq!(STANDARD.encode(key.sign(signed.as_bytes()).to_bytes()), expected);
    }

    /// RFC 9530, appendix D: the digest of `{"hello": "world"}`.
    #[test]
    fn bodies_are_digested_as_in_the_example_of_the_rfc() {
        let expected = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
        assert_eq!(digest(br#"{"hello": "world"}"#), expected);
    }

    fn signed<'a>(message: Message<'a>) -> (SigningKey, Headers, Message<'a>) {
        let key = SigningKey::from_bytes(&[3; 32]);
        let headers = sign(&key, "d17", 1_767_225_600, [9; 16], message);
        (key, headers, message)
    }

    fn read(headers: &Headers) -> Result<Claim, BadSignature> {
        Claim::read(&headers.content_digest, &headers.signature_input, &headers.signature)
    }

    #[test]
    fn whatever_is_changed_is_noticed() {
        let message = Message { method: "POST", target: "/v1/sessions?x=1", body: b"{\"a\":1}" };
        let (key, headers, message) = signed(message);
        let public = key.verifying_key();
        let check =
            |headers: &Headers, message| read(headers).and_then(|c| c.verify(&public, message));
        assert_eq!(check(&headers, message), Ok(()));
        for changed in [
            Message { method: "PUT", ..message },
            Message { target: "/v1/sessions", ..message },
            Message { target: "/v1/sessions?x=2", ..message },
            Message { target: "/v1/session?x=1", ..message },
        ] {
            assert_eq!(check(&headers, changed), Err(BadSignature::Key), "{changed:?}");
        }
        let body = Message { body: b"{\"a\":2}", ..message };
        assert_eq!(check(&headers, body), Err(BadSignature::Digest));
        let swapped = Headers { content_digest: digest(body.body), ..headers.clone() };
        assert_eq!(check(&swapped, body), Err(BadSignature::Key), "a digest of another body");
        let put = |old: &str, new: &str| Headers {
            signature_input: headers.signature_input.replace(old, new),
            ..headers.clone()
        };
        for (old, new) in
            [("created=1767225600", "created=1767225601"), ("d17", "d18"), ("CQkJ", "CQkK")]
        {
            assert_eq!(check(&put(old, new), message), Err(BadSignature::Key), "{old}");
        }
        let strange = SigningKey::from_bytes(&[4; 32]).verifying_key();
        assert_eq!(read(&headers).unwrap().verify(&strange, message), Err(BadSignature::Key));
    }

    #[test]
    fn there_is_one_shape() {
        let (_, headers, _) = signed(Message { method: "GET", target: "/", body: b"" });
        let bad = |old: &str, new: &str| {
            let input = headers.signature_input.replace(old, new);
            Claim::read(&headers.content_digest, &input, &headers.signature)
        };
        assert!(bad("", "").is_ok());
        for (old, new) in [
            ("\"@query\" ", ""),
            ("ed25519", "hmac-sha256"),
            ("created=", "created=+"),
            ("created=", "created=0"),
            ("d17", "d1\"7"),
            ("faregate=", "sig1="),
            (";alg", ";expires=1;alg"),
        ] {
            assert_eq!(bad(old, new), Err(BadSignature::Shape), "{old} -> {new}");
        }
    }

    proptest! {
        #[test]
        fn any_headers_are_read_or_refused(digest in ".{0,40}", input in ".{0,80}", signature in ".{0,100}") {
            prop_assert_eq!(Claim::read(&digest, &input, &signature), Err(BadSignature::Shape));
        }

        #[test]
        fn what_is_signed_is_verified(
            body in proptest::collection::vec(any::<u8>(), 0..200),
            created in any::<i64>(),
            nonce in any::<[u8; 16]>(),
        ) {
            let key = SigningKey::from_bytes(&[5; 32]);
            let message = Message { method: "POST", target: "/v1/x?y", body: &body };
            let headers = sign(&key, "d1", created, nonce, message);
            let claim = read(&headers).unwrap();
            prop_assert_eq!((claim.created, claim.nonce), (created, nonce));
            prop_assert_eq!(claim.verify(&key.verifying_key(), message), Ok(()));
        }
    }
}
