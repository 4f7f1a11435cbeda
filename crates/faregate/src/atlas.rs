//! In which country an address is, from a data base in MaxMind's format that the operator brings.
//!
//! Faregate ships none: such data bases have licences of their own, and grow old.

use crate::fault::{Code, Fault};
use faregate_app::ports::Atlas;
use faregate_core::estate::Country;
use faregate_core::when::{DAY, Instant};
use maxminddb::{PathElement, Reader};
use std::net::IpAddr;
use std::path::Path;

/// A data base, read as a whole: it is asked with every request.
pub(crate) struct MmdbAtlas(Reader<Vec<u8>>);

impl MmdbAtlas {
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        let bad = |why: String| {
            let help = "name a data base of addresses in MaxMind's format (.mmdb)";
            Fault::new(Code::Input, format!("atlas `{}`: {why}", path.display()), help)
        };
        let bytes = std::fs::read(path).map_err(|why| bad(why.to_string()))?;
        let reader = Reader::from_source(bytes).map_err(|why| bad(why.to_string()))?;
        Ok(Self(reader))
    }

    /// What it is and how old, for whoever starts a server: an address moves on in a few months.
    pub(crate) fn told(&self, now: Instant) -> String {
        let metadata = self.0.metadata();
        let made = Instant(i64::try_from(metadata.build_epoch).unwrap_or(i64::MAX));
        let days = now.since(made) / DAY;
        format!("atlas `{}`, made on {made}, {days} days old", metadata.database_type)
    }
}

impl Atlas for MmdbAtlas {
    /// A record that is damaged, or of another shape, tells nothing.
    fn country(&self, address: IpAddr) -> Option<Country> {
        let found = self.0.lookup(address.to_canonical()).ok()?;
        let shapes: [&[PathElement<'_>]; 3] = [
            &[PathElement::Key("country"), PathElement::Key("iso_code")],
            &[PathElement::Key("country_code")],
            &[PathElement::Key("country")],
        ];
        let code = |shape: &&[PathElement<'_>]| {
            let code = found.decode_path::<&str>(shape).ok().flatten()?;
            Country::new(code)
        };
        shapes.iter().find_map(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/atlas.mmdb")
    }

    #[test]
    fn an_address_has_the_country_of_its_network() {
        let atlas = MmdbAtlas::open(&fixture()).unwrap();
        let table = [
            ("203.0.113.7", Some("ES")),
            ("198.51.100.1", Some("IN")),
            ("::ffff:198.51.100.1", Some("IN")),
            ("2001:db8::1", Some("PT")),
            ("192.0.2.1", Some("FR")),
            ("192.0.2.130", Some("DE")),
            ("192.0.2.250", None),
            ("10.0.0.1", None),
        ];
        for (address, expected) in table {
            let found = atlas.country(address.parse().unwrap());
            assert_eq!(
                found.map(|country| country.code().to_owned()).as_deref(),
                expected,
                "{address}"
            );
        }
    }

    #[test]
    fn its_age_is_told() {
        let atlas = MmdbAtlas::open(&fixture()).unwrap();
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let told = "atlas `Faregate-Test`, made on 2026-11-01T00:00:00Z, 21 days old";
        assert_eq!(atlas.told(now), told);
    }

    #[test]
    fn what_is_no_data_base_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("no.mmdb");
        for bytes in [&b""[..], b"no data base", &[0xff; 4096]] {
            std::fs::write(&path, bytes).unwrap();
            assert!(MmdbAtlas::open(&path).is_err(), "{} bytes", bytes.len());
        }
        // Cut anywhere, it is refused or tells nothing, and never ends the server.
        let whole = std::fs::read(fixture()).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            if let Ok(atlas) = MmdbAtlas::open(&path) {
                atlas.country("203.0.113.7".parse().unwrap());
            }
        }
        let mut damaged = whole.clone();
        for place in 0..whole.len() {
            damaged[place] ^= 0xff;
            std::fs::write(&path, &damaged).unwrap();
            if let Ok(atlas) = MmdbAtlas::open(&path) {
                atlas.country("203.0.113.7".parse().unwrap());
                atlas.country("2001:db8::1".parse().unwrap());
            }
            damaged[place] = whole[place];
        }
    }
}
