//! Whether an id token is to be believed: OpenID Connect Core, section 3.1.3.7.

use super::settings::Settings;
use faregate_app::oidc::{Claimed, Unproved};
use faregate_core::when::Instant;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde_json::{Map, Value};

/// Clocks differ by as many seconds.
const LEEWAY: i64 = 60;
/// The signatures that are believed: those of keys that only the provider has.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

fn not_believed(why: impl Into<String>) -> Unproved {
    Unproved::NotBelieved(why.into())
}

/// The header of a token, if it names a signature that is believed.
pub(super) fn header(token: &str) -> Result<Header, Unproved> {
    let header = jsonwebtoken::decode_header(token);
    let header = header.map_err(|_| not_believed("it is no signed token"))?;
    let known = ALGORITHMS.contains(&header.alg);
    known
        .then_some(header)
        .ok_or_else(|| not_believed("its signature is of a kind that proves nothing"))
}

/// The keys that may have signed it.
pub(super) fn candidates<'k>(keys: &'k [Jwk], header: &Header) -> Vec<&'k Jwk> {
    let signs = |key: &&Jwk| {
        key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
            && header.kid.as_ref().is_none_or(|kid| key.common.key_id.as_ref() == Some(kid))
    };
    keys.iter().filter(signs).collect()
}

/// Its claims, if one of these keys signed it.
pub(super) fn claims(
    token: &str,
    header: &Header,
    keys: &[&Jwk],
) -> Result<Map<String, Value>, Unproved> {
    // Whose time it is and for whom the token is made, is looked at below, with our clock.
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let read = |key: &&Jwk| {
        let key = DecodingKey::from_jwk(key).ok()?;
        jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation).ok()
    };
    let found = keys.iter().find_map(read).map(|token| token.claims);
    found.ok_or_else(|| not_believed("its signature is none of the provider's"))
}

/// Whom a token names, if it was made by this provider, for us, for this sign-in, and just now.
pub(super) fn claimed(
    claims: &Map<String, Value>,
    settings: &Settings,
    nonce: &str,
    now: Instant,
) -> Result<Claimed, Unproved> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let time = |name: &str| claims.get(name).and_then(Value::as_f64);
    let audiences = texts(claims.get("aud"));
    let now = now.0 as f64;
    let leeway = LEEWAY as f64;
    let own = Some(settings.client_id.as_str());
    let checks = [
        (text("iss") == Some(&settings.issuer), "it is another issuer's"),
        (audiences.iter().any(|one| Some(one.as_str()) == own), "it was made for somebody else"),
        (
            audiences.len() == 1 || text("azp") == own,
            "it was made for several, and not by way of us",
        ),
        (text("azp").is_none_or(|azp| Some(azp) == own), "it was made by way of somebody else"),
        (time("exp").is_some_and(|end| now < end + leeway), "it has expired"),
        (time("iat").is_some_and(|made| made < now + leeway), "it was made in the future"),
        (time("nbf").is_none_or(|from| from < now + leeway), "it is not valid yet"),
        (text("nonce") == Some(nonce), "it was made for another sign-in"),
        (text("sub").is_some_and(|sub| !sub.is_empty()), "it names nobody"),
    ];
    if let Some((_, why)) = checks.iter().find(|(holds, _)| !holds) {
        return Err(not_believed(*why));
    }
    let claim = &settings.name_claim;
    let name = text(claim).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| not_believed(format!("it has no claim `{claim}`")))?;
    // An address that nobody has verified may be anybody's.
    if claim == "email" && claims.get("email_verified") != Some(&Value::Bool(true)) {
        return Err(not_believed("its address of mail is not verified"));
    }
    let groups = texts(claims.get(&settings.groups_claim));
    Ok(Claimed { name: name.to_lowercase(), groups })
}

/// One text, or several.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => {
            all.iter().filter_map(|one| Some(one.as_str()?.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
