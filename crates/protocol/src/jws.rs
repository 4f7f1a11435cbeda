//! Documents that a server signs: compact JWS (RFC 7515) with `EdDSA` (RFC 8037) and nothing else.
//!
//! The header says what kind of document it is (`typ`), so that one can never be taken for another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A kind of document.
pub trait Document: Serialize + DeserializeOwned {
    /// Its `typ`.
    const KIND: &'static str;
}

/// Why a document is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadDocument {
    /// It is no JWS of this kind.
    Shape,
    /// The server did not sign it.
    Key,
    /// It is signed, and says nothing that this release understands.
    Content,
}

impl fmt::Display for BadDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "this is no signed document of this kind",
            Self::Key => "the document was not signed by the server this device is enrolled with",
            Self::Content => "the document is signed, and this release cannot read it",
        })
    }
}

impl core::error::Error for BadDocument {}

/// Signs a document.
///
/// # Errors
/// [`BadDocument::Content`] when it cannot be written as JSON.
pub fn sign<D: Document>(key: &SigningKey, document: &D) -> Result<String, BadDocument> {
    let payload = serde_json::to_vec(document).map_err(|_| BadDocument::Content)?;
    let signed = format!("{}.{}", header::<D>(), URL_SAFE_NO_PAD.encode(payload));
    let signature = key.sign(signed.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())))
}

/// The document, when this key signed it and it is of this kind.
///
/// # Errors
/// [`BadDocument`].
pub fn verify<D: Document>(key: &VerifyingKey, text: &str) -> Result<D, BadDocument> {
    let (signed, signature) = text.trim().rsplit_once('.').ok_or(BadDocument::Shape)?;
    let (head, payload) = signed.split_once('.').ok_or(BadDocument::Shape)?;
    if head != header::<D>() {
        return Err(BadDocument::Shape);
    }
    let signature = decoded(signature)?.try_into().map_err(|_| BadDocument::Shape)?;
    key.verify_strict(signed.as_bytes(), &Signature::from_bytes(&signature))
        .map_err(|_| BadDocument::Key)?;
    serde_json::from_slice(&decoded(payload)?).map_err(|_| BadDocument::Content)
}

fn header<D: Document>() -> String {
    URL_SAFE_NO_PAD.encode(format!("{{\"alg\":\"EdDSA\",\"typ\":\"{}\"}}", D::KIND))
}

fn decoded(text: &str) -> Result<Vec<u8>, BadDocument> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| BadDocument::Shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Note {
        text: String,
    }

    impl Document for Note {
        const KIND: &'static str = "faregate-note";
    }

    #[derive(Serialize, Deserialize, Debug)]
    struct Other {
        text: String,
    }

    impl Document for Other {
        const KIND: &'static str = "faregate-other";
    }

    /// RFC 8037, appendix A.4: the example's key and signature.
    #[test]
    fn payloads_are_signed_as_in_the_example_of_the_rfc() {
        let seed = decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = SigningKey::from_bytes(&seed.try_into().unwrap());
        let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).to_bytes()), expected);
    }

    #[test]
    fn only_what_was_signed_is_believed() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let public = key.verifying_key();
        let note = Note { text: "open".to_owned() };
        let text = sign(&key, &note).unwrap();
        assert_eq!(verify::<Note>(&public, &text), Ok(note));
        assert_eq!(
            verify::<Other>(&public, &text).unwrap_err(),
            BadDocument::Shape,
            "another kind"
        );
        let stranger = SigningKey::from_bytes(&[2; 32]).verifying_key();
        assert_eq!(verify::<Note>(&stranger, &text).unwrap_err(), BadDocument::Key);
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify::<Note>(&public, &changed).is_err(), "byte {at}");
        }
        let none = text.replace(&header::<Note>(), &URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
        assert_eq!(verify::<Note>(&public, &none).unwrap_err(), BadDocument::Shape);
    }
}
