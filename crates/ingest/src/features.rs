//! Which product a feature code is.
//!
//! A code is looked up whole, then by its product part: `ACD` of `87545ACD_2022_0F`, and `3DSMAX`
//! of `662003DSMAX_F`, where the first five digits are the number and the product begins with a
//! digit. Several years of one product are one family; families agree with the tariffs' products.
//! A code that is in no table is `None`, for the caller to quarantine: never a rate of 0.
//!
//! To add a product: one row in `data/feature-codes.csv`, or in an operator's own table of the
//! same shape.

use rustc_hash::FxHashMap;

const SHIPPED: &str = include_str!("../data/feature-codes.csv");

/// A feature code taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code<'a> {
    /// The product part: `ACD`, `3DSMAX`, `ACAD_E`.
    pub product: &'a str,
    /// The version, as a year; packages cover several and have none.
    pub year: Option<u16>,
    /// Which of the three forms it has.
    pub form: Form,
}

/// The three forms of a feature code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `<5 digits><PRODUCT>_<year>_0F`: one version of a product.
    Component,
    /// `<5 digits><PRODUCT>_F`: a package of versions, perpetual licences.
    Package,
    /// `<5 digits><PRODUCT>_T_F`: a package of versions, multi-user subscription.
    TermPackage,
}

impl<'a> Code<'a> {
    /// Takes a code apart; `None` for a code of another shape, such as another vendor's.
    #[must_use]
    pub fn parse(code: &'a str) -> Option<Self> {
        let (number, rest) = code.split_at_checked(5)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (product, year, form) = if let Some(product) = rest.strip_suffix("_T_F") {
            (product, None, Form::TermPackage)
        } else if let Some(product) = rest.strip_suffix("_F") {
            (product, None, Form::Package)
        } else {
            let (product, year) = rest.strip_suffix("_0F")?.rsplit_once('_')?;
            let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
            (product, is_year.then(|| year.parse().ok()).flatten(), Form::Component)
        };
        let complete = !product.is_empty() && (form != Form::Component || year.is_some());
        complete.then_some(Self { product, year, form })
    }
}

/// The product part of a code, `None` for a code of another shape.
#[must_use]
pub fn product_part(code: &str) -> Option<&str> {
    Code::parse(code).map(|code| code.product)
}

/// What the table knows of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature<'t> {
    /// The product family, as tariffs name it: `civil-3d`.
    pub family: &'t str,
    /// For people: `Civil 3D`.
    pub name: &'t str,
    /// The version, as a year, where the code has one.
    pub year: Option<u16>,
}

/// Product families by code and by product part; by default it knows none.
#[derive(Clone, Debug, Default)]
pub struct FeatureTable {
    rows: FxHashMap<Box<str>, Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    family: Box<str>,
    name: Box<str>,
}

impl FeatureTable {
    /// The table that Faregate ships: the vendor's codes since 2014.
    #[must_use]
    pub fn shipped() -> Self {
        let mut table = Self { rows: FxHashMap::default() };
        // A test holds that the shipped table has no bad row.
        let _ = table.extend(SHIPPED);
        table
    }

    /// Adds an operator's rows, `code-or-product-part,family-key,display name`, which win over
    /// shipped ones. Empty lines and lines that begin with `#` are ignored, display names may be
    /// quoted. Returns how many rows there were.
    ///
    /// # Errors
    /// Every bad row with its line; then no row is added at all.
    pub fn extend(&mut self, csv: &str) -> Result<usize, Vec<BadRow>> {
        let (mut good, mut bad) = (FxHashMap::default(), Vec::new());
        let csv = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        for (line, text) in (1_usize..).zip(csv.lines()) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            match row(text) {
                Ok((code, _)) if good.contains_key(code) => {
                    bad.push(BadRow { line, fault: Fault::Repeated(code.to_owned()) });
                }
                Ok((code, row)) => {
                    good.insert(Box::from(code), row);
                }
                Err(fault) => bad.push(BadRow { line, fault }),
            }
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        let count = good.len();
        self.rows.extend(good);
        Ok(count)
    }

    /// The family of a code, by the whole code, else by its product part.
    #[must_use]
    pub fn look_up(&self, code: &str) -> Option<Feature<'_>> {
        let parts = Code::parse(code);
        let by_product = || self.rows.get(parts?.product);
        let row = self.rows.get(code).or_else(by_product)?;
        Some(Feature {
            family: &row.family,
            name: &row.name,
            year: parts.and_then(|code| code.year),
        })
    }

    /// Every family once, with its display name, in the order of the keys.
    #[must_use]
    pub fn families(&self) -> Vec<(&str, &str)> {
        let mut families: Vec<(&str, &str)> =
            self.rows.values().map(|row| (&*row.family, &*row.name)).collect();
        families.sort_unstable();
        families.dedup_by_key(|(family, _)| *family);
        families
    }
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not three fields.
    Fields(usize),
    /// An empty code, or blanks in it.
    Code(String),
    /// A family key that is not kebab-case.
    Family(String),
    /// An empty display name.
    Name,
    /// The code has a row above.
    Repeated(String),
}

impl core::fmt::Display for BadRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.fault {
            Fault::Fields(count) => {
                write!(f, "{count} fields; write `code,family-key,display name`")
            }
            Fault::Code(code) => {
                write!(f, "`{code}` is no feature code; write it as the log does, without blanks")
            }
            Fault::Family(family) => write!(
                f,
                "`{family}` is no family key; write lower-case letters and digits joined by hyphens, as in `civil-3d`"
            ),
            Fault::Name => f.write_str("the display name is empty; write one"),
            Fault::Repeated(code) => write!(f, "`{code}` has a row above; keep one of the two"),
        }
    }
}

fn row(text: &str) -> Result<(&str, Row), Fault> {
    let fields: Vec<&str> = text.splitn(3, ',').map(str::trim).collect();
    let [code, family, name] = *fields.as_slice() else { return Err(Fault::Fields(fields.len())) };
    let name = match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted,
        None if name.contains(',') => {
            return Err(Fault::Fields(name.matches(',').count().saturating_add(3)));
        }
        None => name,
    };
    if code.is_empty() || code.contains(|letter: char| letter.is_whitespace() || letter == '"') {
        return Err(Fault::Code(code.to_owned()));
    }
    if !is_kebab(family) {
        return Err(Fault::Family(family.to_owned()));
    }
    if name.is_empty() {
        return Err(Fault::Name);
    }
    Ok((code, Row { family: family.into(), name: name.replace("\"\"", "\"").into() }))
}

/// Lower-case letters and digits in parts joined by single hyphens.
pub(crate) fn is_kebab(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split('-').all(part)
}

#[cfg(test)]
mod tests;
