//! Secrets, which nothing prints.

use std::fmt;

/// A bearer token or a client's secret. It has no `Display`, and its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in; space around it, as files end with, is dropped.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The secret itself, for the one line that puts it on the wire.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without this secret, for words that come from a server which may echo it.
    pub(crate) fn scrub(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "(secret)") }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret::new(" canary-7 \n");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)).matches("canary").count(), 0);
        assert_eq!(secret.scrub("bad token canary-7!"), "bad token (secret)!");
        assert_eq!(secret.expose(), "canary-7");
        assert_eq!(Secret::new("").scrub("abc"), "abc");
    }
}
