//! Where a report says what, in each of its generations.

use super::{NoReport, Reason};
use csv::ByteRecord;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Day,
    Email,
    Login,
    AutodeskId,
    HashedId,
    First,
    Last,
    Product,
    Offering,
    Code,
    Tokens,
}

/// Headers without case, blanks and underscores: `day_used`, `Day used` and `usageDate` among them.
const HEADERS: &[(&str, Field)] = &[
    ("dayused", Field::Day),
    ("usagedate", Field::Day),
    ("email", Field::Email),
    ("emailaddress", Field::Email),
    ("useremail", Field::Email),
    ("username", Field::Login),
    ("autodeskid", Field::AutodeskId),
    ("hashedautodeskid", Field::HashedId),
    ("hasheduserid", Field::HashedId),
    ("firstname", Field::First),
    ("lastname", Field::Last),
    ("product", Field::Product),
    ("productname", Field::Product),
    ("offeringname", Field::Offering),
    ("productlinecode", Field::Code),
    ("tokensused", Field::Tokens),
    ("tokensconsumed", Field::Tokens),
    ("tokens", Field::Tokens),
];

/// Whoever is named by several columns is named by the first of these.
const WHO: [Field; 4] = [Field::Email, Field::Login, Field::AutodeskId, Field::HashedId];

/// Which column says what.
pub(super) struct Columns {
    fields: Vec<Option<Field>>,
}

impl Columns {
    pub(super) fn of(header: &ByteRecord) -> Result<Self, NoReport> {
        let mut fields = Vec::new();
        for cell in header {
            let name = String::from_utf8_lossy(cell).trim().to_owned();
            let plain = name.to_lowercase().replace([' ', '_', '-'], "");
            let known =
                HEADERS.iter().find(|(header, _)| *header == plain).map(|(_, field)| *field);
            if known.is_some() && fields.contains(&known) {
                return Err(NoReport::Twice(name));
            }
            fields.push(known);
        }
        let columns = Self { fields };
        let product = [Field::Product, Field::Offering, Field::Code];
        if !columns.has(Field::Day) {
            return Err(NoReport::Column("Day used"));
        }
        if !columns.has(Field::Tokens) {
            return Err(NoReport::Column("Tokens used"));
        }
        if !product.into_iter().any(|field| columns.has(field)) {
            return Err(NoReport::Column("Product"));
        }
        Ok(columns)
    }

    fn has(&self, field: Field) -> bool {
        self.fields.contains(&Some(field))
    }

    /// Whether the report says who used what.
    pub(super) fn names_people(&self) -> bool {
        let named = WHO.into_iter().any(|field| self.has(field));
        named || (self.has(Field::First) && self.has(Field::Last))
    }

    /// Whether a row has as many fields, one empty field at the end of either aside.
    pub(super) fn fits(&self, record: &ByteRecord) -> bool {
        record.len().abs_diff(self.fields.len()) <= 1
            && record.iter().skip(self.fields.len()).all(<[u8]>::is_empty)
            && self.fields.iter().skip(record.len()).all(Option::is_none)
    }

    /// What a field of a row says; `None` when it is missing, empty or hidden.
    pub(super) fn text<'r>(
        &self,
        row: &'r ByteRecord,
        field: Field,
    ) -> Result<Option<&'r str>, Reason> {
        let Some(place) = self.fields.iter().position(|known| *known == Some(field)) else {
            return Ok(None);
        };
        let bytes = row.get(place).unwrap_or_default();
        let text = core::str::from_utf8(bytes).map_err(|_| Reason::Text)?.trim();
        // With personal data off, the vendor writes asterisks.
        let is_hidden = text.bytes().all(|byte| byte == b'*');
        Ok(Some(text).filter(|_| !is_hidden))
    }

    /// Who a row is about: by the best name that is not hidden.
    pub(super) fn who(&self, row: &ByteRecord) -> Result<Option<String>, Reason> {
        for field in WHO {
            if let Some(name) = self.text(row, field)? {
                return Ok(Some(name.to_owned()));
            }
        }
        let parts = [self.text(row, Field::First)?, self.text(row, Field::Last)?];
        let full = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Ok(Some(full).filter(|name| !name.is_empty()))
    }
}
