//! Passwords: what one has to be, and how it is kept.
//!
//! Argon2id with OWASP's parameters (m = 19,456 KiB, t = 2, p = 1): each look costs some tens of milliseconds, so
//! callers bound how many run at once. Length counts, composition does not (NIST SP 800-63B).

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::fmt;

/// The shortest password, in characters.
pub const CHARACTERS_MIN: usize = 12;
/// The longest, in bytes: hashing takes no more than this.
const BYTES_MAX: usize = 1_024;

/// Of the passwords that are tried first, those that are long enough.
const WORST: [&str; 24] = [
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789012345",
    "1234567890123456",
    "123123123123",
    "123412341234",
    "123456123456",
    "123456789123",
    "000000000000",
    "111111111111",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "passw0rd1234",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdfghjkl",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "abcdefghijkl",
    "iloveyou1234",
    "administrator",
];

/// What a password is compared with where there is no account, so that this takes as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWF0LWFsbC0wMQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// It has fewer characters than asked for.
    Short,
    /// It is longer than what is hashed.
    Long,
    /// It is among those that are tried first, or one character over and over.
    Common,
    /// It is the account's name.
    Name,
    /// It is the one that they have.
    Same,
}

impl fmt::Display for Weak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => write!(f, "the password has fewer than {CHARACTERS_MIN} characters"),
            Self::Long => write!(f, "the password is longer than {BYTES_MAX} bytes"),
            Self::Common => f.write_str("the password is among those that are tried first"),
            Self::Name => f.write_str("the password is the sign-in name"),
            Self::Same => f.write_str("the new password is the old one"),
        }
    }
}

/// Whether a password may be used.
///
/// # Errors
/// [`Weak`].
pub fn check(name: &str, password: &str) -> Result<(), Weak> {
    let lower = password.to_lowercase();
    let first = lower.chars().next();
    match () {
        () if password.chars().count() < CHARACTERS_MIN => Err(Weak::Short),
        () if password.len() > BYTES_MAX => Err(Weak::Long),
        () if lower.chars().all(|letter| Some(letter) == first) => Err(Weak::Common),
        () if WORST.contains(&lower.as_str()) => Err(Weak::Common),
        () if lower == name.to_lowercase() => Err(Weak::Name),
        () => Ok(()),
    }
}

/// The hash to keep, in PHC's form, which names its parameters; `None` when no hash can be made.
#[must_use]
pub fn hashed(password: &str, chance: &[u8; 32]) -> Option<String> {
    let salt = SaltString::encode_b64(chance.get(..16)?).ok()?;
    Some(hasher()?.hash_password(password.as_bytes(), &salt).ok()?.to_string())
}

/// Whether it is the password of this hash. Without a hash it is not, and takes as long to find out.
#[must_use]
pub fn is(password: &str, hash: Option<&str>) -> bool {
    let known = hash.and_then(|hash| PasswordHash::new(hash).ok());
    let nobodys = PasswordHash::new(NOBODYS).ok();
    let Some((compared, hasher)) = known.as_ref().or(nobodys.as_ref()).zip(hasher()) else {
        return false;
    };
    let password = password.get(..BYTES_MAX).unwrap_or(password);
    let same = hasher.verify_password(password.as_bytes(), compared).is_ok();
    same && known.is_some()
}

fn hasher() -> Option<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_the_worst_are_refused() {
        let table = [
            ("elevenchars", Err(Weak::Short)),
            ("twelve chars", Ok(())),
            ("ñññññññññññ", Err(Weak::Short)),
            ("ein Gartenzwerg", Ok(())),
            ("PassWord1234", Err(Weak::Common)),
            ("zzzzzzzzzzzzzzz", Err(Weak::Common)),
            ("Anna.Lopez@Acme.example", Err(Weak::Name)),
        ];
        for (password, expected) in table {
            assert_eq!(check("anna.lopez@acme.example", password), expected, "{password}");
        }
        assert_eq!(check("a", &"ab".repeat(BYTES_MAX)), Err(Weak::Long));
        assert!(WORST.iter().all(|worst| worst.chars().count() >= CHARACTERS_MIN));
    }

    #[test]
    fn a_hash_knows_its_password_and_its_cost() {
        let hash = hashed("correct horse", &[7; 32]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is("correct horse", Some(&hash)) && !is("correct horsf", Some(&hash)));
        assert_ne!(Some(hash), hashed("correct horse", &[8; 32]), "salted");
        assert!(!is("correct horse", Some("no hash")) && !is("correct horse", None));
    }

    /// What unknown names are compared with costs what a password of somebody costs.
    #[test]
    fn nobodys_hash_costs_the_same() {
        let (nobodys, made) = (PasswordHash::new(NOBODYS).unwrap(), hashed("a", &[1; 32]).unwrap());
        let made = PasswordHash::new(&made).unwrap();
        assert_eq!(nobodys.algorithm, made.algorithm);
        assert_eq!(nobodys.version, made.version);
        assert_eq!(nobodys.params, made.params);
        assert_eq!(nobodys.hash.unwrap().len(), made.hash.unwrap().len());
        assert_eq!(nobodys.salt.unwrap().len(), made.salt.unwrap().len());
    }
}
