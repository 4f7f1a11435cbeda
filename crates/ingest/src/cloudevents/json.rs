//! One event's JSON: the attributes that matter, borrowed where they have no escapes, and nothing else kept.

use super::fields::{Fields, Path};
use core::fmt;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;

/// What an event says, unjudged.
#[derive(Clone, Debug, Default)]
pub(super) struct Raw<'a> {
    pub(super) version: Option<Cow<'a, str>>,
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) source: Option<Cow<'a, str>>,
    pub(super) kind: Option<Cow<'a, str>>,
    pub(super) subject: Option<Cow<'a, str>>,
    pub(super) time: Option<Cow<'a, str>>,
    pub(super) data: Data<'a>,
}

/// What its data says; numbers as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Data<'a> {
    pub(super) product: Option<Cow<'a, str>>,
    pub(super) host: Option<Cow<'a, str>>,
    pub(super) duration: Option<Cow<'a, str>>,
    pub(super) value: Option<Cow<'a, str>>,
}

/// Reads one event.
///
/// # Errors
/// The parser's own: no JSON, or no object.
pub(super) fn read<'a>(bytes: &'a [u8], fields: &Fields) -> Result<Raw<'a>, serde_json::Error> {
    // One look at all of it is quicker than one at each text; what is no UTF-8 gets the parser's own error.
    match core::str::from_utf8(bytes) {
        Ok(text) => read_with(serde_json::Deserializer::from_str(text), fields),
        Err(_) => read_with(serde_json::Deserializer::from_slice(bytes), fields),
    }
}

fn read_with<'a, R: serde_json::de::Read<'a>>(
    mut reader: serde_json::Deserializer<R>,
    fields: &Fields,
) -> Result<Raw<'a>, serde_json::Error> {
    let raw = Envelope(fields).deserialize(&mut reader)?;
    reader.end()?;
    Ok(raw)
}

struct Envelope<'f>(&'f Fields);

impl<'de> DeserializeSeed<'de> for Envelope<'_> {
    type Value = Raw<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Raw<'de>, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Envelope<'_> {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<'de>, A::Error> {
        let mut raw = Raw::default();
        while let Some(Scalar(key)) = map.next_key()? {
            let place = match key.as_deref().unwrap_or_default() {
                "specversion" => &mut raw.version,
                "id" => &mut raw.id,
                "source" => &mut raw.source,
                "type" => &mut raw.kind,
                "subject" => &mut raw.subject,
                "time" => &mut raw.time,
                "data" => {
                    let paths = Paths::of(self.0);
                    map.next_value_seed(Level { paths, depth: 0, data: &mut raw.data })?;
                    continue;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = map.next_value::<Scalar<'de>>()?.0;
        }
        Ok(raw)
    }
}

/// The fields that may still stand below the object at hand.
#[derive(Clone, Copy)]
struct Paths<'f>([Option<&'f Path>; 4]);

impl<'f> Paths<'f> {
    fn of(fields: &'f Fields) -> Self {
        let Fields { product, host, duration, value, .. } = fields;
        Self([product.as_ref(), Some(host), Some(duration), Some(value)])
    }
}

impl<'a> Data<'a> {
    fn place(&mut self, number: usize) -> Option<&mut Option<Cow<'a, str>>> {
        Some(match number {
            0 => &mut self.product,
            1 => &mut self.host,
            2 => &mut self.duration,
            3 => &mut self.value,
            _ => return None,
        })
    }
}

/// One object of the data, at a depth.
struct Level<'f, 'd, 'a> {
    paths: Paths<'f>,
    depth: usize,
    data: &'d mut Data<'a>,
}

impl<'de> DeserializeSeed<'de> for Level<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Scalar(key)) = map.next_key()? {
            let key = key.as_deref().unwrap_or_default();
            let (mut here, mut below) = (None, Paths([None; 4]));
            for ((number, path), below) in self.paths.0.iter().enumerate().zip(&mut below.0) {
                let Some(path) = path else { continue };
                match path.at(self.depth) {
                    Some((name, true)) if name == key => here = Some(number),
                    Some((name, false)) if name == key => *below = Some(*path),
                    _ => {}
                }
            }
            if let Some(place) = here.and_then(|number| self.data.place(number)) {
                *place = map.next_value::<Scalar<'de>>()?.0;
            } else if below.0.iter().any(Option::is_some) {
                let depth = self.depth.saturating_add(1);
                map.next_value_seed(Level { paths: below, depth, data: &mut *self.data })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    // Data that is no object has no field, and is no reason to refuse the text of the event.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A text, or a number as a text; `None` of null.
struct Scalar<'a>(Option<Cow<'a, str>>);

impl<'de> serde::Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(AnyScalar)
    }
}

struct AnyScalar;

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar(Some(Cow::Owned(text.to_owned()))))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Scalar<'de>, E> {
        // The shortest decimal that is this number: what the sender wrote, but for digits that no float holds.
        if number.is_finite() {
            Ok(Scalar(Some(Cow::Owned(number.to_string()))))
        } else {
            Err(E::custom("a number that is none"))
        }
    }

    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar(None))
    }
}
