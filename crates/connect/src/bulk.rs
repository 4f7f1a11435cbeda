//! A plan as CSV for administrators, in the vendor's bulk-import form.
//!
//! Two files a product: whom to assign it to, and whom to take it from.
//! Nobody opens a formula by opening such a file: a cell that would be one is prefixed.

use crate::directory::{GroupKey, Person};
use crate::plan::Plan;
use crate::reading::Desired;
use faregate_core::csv::guarded;
use std::collections::{BTreeMap, BTreeSet};

/// The columns that the vendor's import expects.
pub const COLUMNS: [&str; 3] = ["First name", "Last name", "Email"];

/// What an administrator is to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Assign the product to everybody in it.
    Assign,
    /// Take the product from everybody in it.
    Unassign,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkFile {
    /// A name for it, safe on any file system.
    pub name: String,
    /// The product.
    pub product: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Its content.
    pub content: Vec<u8>,
    /// How many people are in it.
    pub people: usize,
    /// Accounts that cannot be in it, since the directory gives no address for them.
    pub without_address: Vec<String>,
}

/// How files are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkOptions {
    /// Begin with a byte order mark, without which some spreadsheets garble accents.
    pub byte_order_mark: bool,
    /// What the vendor calls the product of a group; else the group's own name is used.
    pub products: BTreeMap<GroupKey, String>,
}

/// Why no file can be written.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// The writer failed.
    #[error("the file cannot be written: {0}")]
    Csv(String),
}

/// The files of a plan, by product. Whoever has no account yet is assigned too: the vendor's import
/// invites people by their address.
///
/// # Errors
/// [`BulkError`].
pub fn bulk_files(plan: &Plan, options: &BulkOptions) -> Result<Vec<BulkFile>, BulkError> {
    let mut rows: BTreeMap<(&str, Purpose), Rows> = BTreeMap::new();
    let product = |group: &GroupKey| {
        options.products.get(group).map(String::as_str).unwrap_or(group_name(plan, group))
    };
    let adds = plan.adds().iter().map(|step| (&step.group, &step.person, step.account.0.as_str()));
    let missing = plan.missing_people().iter().map(|missing| (&missing.group, &missing.person, ""));
    for (group, person, account) in adds.chain(missing) {
        rows.entry((product(group), Purpose::Assign)).or_default().push(person, account);
    }
    for step in plan.removes() {
        let rows = rows.entry((product(&step.group), Purpose::Unassign)).or_default();
        rows.push(&step.person, &step.account.0);
    }
    let files = rows.into_iter().enumerate();
    files.map(|(at, ((product, purpose), rows))| rows.file(at, product, purpose, options)).collect()
}

/// Files of everybody who is to have each product, for those who keep no such groups: whoever has it
/// already and is assigned it again keeps it.
///
/// # Errors
/// [`BulkError`].
pub fn assignment_files(
    desired: &Desired,
    options: &BulkOptions,
) -> Result<Vec<BulkFile>, BulkError> {
    let mut rows: BTreeMap<&str, Rows> = BTreeMap::new();
    for (group, people) in &desired.groups {
        let product = options.products.get(group).unwrap_or(&group.0);
        let rows = rows.entry(product).or_default();
        people.iter().for_each(|person| rows.push(person, ""));
    }
    let files = rows.into_iter().enumerate();
    files.map(|(at, (product, rows))| rows.file(at, product, Purpose::Assign, options)).collect()
}

/// The key as the plan spells it; both live as long as the plan.
fn group_name<'a>(plan: &'a Plan, group: &GroupKey) -> &'a str {
    plan.groups().iter().find(|planned| planned.key == *group).map_or("", |planned| &planned.key.0)
}

/// People in the vendor's form.
///
/// # Errors
/// [`BulkError`].
pub fn bulk_csv<'a>(
    people: impl IntoIterator<Item = &'a Person>,
    byte_order_mark: bool,
) -> Result<Vec<u8>, BulkError> {
    let start = if byte_order_mark { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
    let failed = |error: csv::Error| BulkError::Csv(error.to_string());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(start);
    writer.write_record(COLUMNS).map_err(failed)?;
    for person in people {
        let cells = [&person.first_name, &person.last_name, &person.email];
        writer.write_record(cells.map(|cell| plain(cell))).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| BulkError::Csv(error.to_string()))
}

/// A cell of one line that no spreadsheet takes for a formula.
fn plain(cell: &str) -> String {
    let cell: String = cell.trim().chars().filter(|c| !c.is_control()).collect();
    guarded(&cell).into_owned()
}

#[derive(Default)]
struct Rows {
    people: BTreeMap<String, Person>,
    without_address: BTreeSet<String>,
}

impl Rows {
    fn push(&mut self, person: &Person, account: &str) {
        if person.email.trim().is_empty() {
            self.without_address.insert(account.to_owned());
        } else {
            self.people.entry(person.key()).or_insert_with(|| person.clone());
        }
    }

    fn file(
        self,
        at: usize,
        product: &str,
        purpose: Purpose,
        options: &BulkOptions,
    ) -> Result<BulkFile, BulkError> {
        let verb = match purpose {
            Purpose::Assign => "assign",
            Purpose::Unassign => "unassign",
        };
        Ok(BulkFile {
            name: format!("{:02}-{}-{verb}.csv", at + 1, file_stem(product)),
            product: product.to_owned(),
            purpose,
            content: bulk_csv(self.people.values(), options.byte_order_mark)?,
            people: self.people.len(),
            without_address: self.without_address.into_iter().collect(),
        })
    }
}

/// Letters, digits and dashes of a name.
fn file_stem(name: &str) -> String {
    let dashed: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(60)
        .collect();
    let words: Vec<_> = dashed.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "product".to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests;
