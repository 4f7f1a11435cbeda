//! `faregate directory csv`: files for an administrator who imports them by hand.

use super::connection::Chosen;
use super::{cabinet, desired, unkept};
use crate::aside;
use crate::cli::directory::Csv;
use crate::fault::{Code, Fault};
use crate::output::{self, Align};
use faregate_connect::bulk::{BulkFile, BulkOptions, Purpose, assignment_files, bulk_files};
use faregate_connect::reading::Unsaid;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

pub(super) fn write(path: &Path, args: &Csv, as_json: bool) -> Result<(), Fault> {
    let options = BulkOptions { byte_order_mark: args.bom, ..BulkOptions::default() };
    let (files, unsaid) = match &args.plan {
        Some(name) => {
            let plan = cabinet(path).find(name).map_err(unkept)?;
            (bulk_files(&plan, &options), plan.unsaid_people().clone())
        }
        None => {
            let chosen = Chosen::read(path, &args.settings)?;
            let desired = desired::read(path, &chosen)?.0;
            (assignment_files(&desired, &options), desired.unsaid)
        }
    };
    let files = files.map_err(anyhow::Error::from)?;
    let unwritten = |why: std::io::Error| {
        let message = format!("{}: {why}", args.into.display());
        Fault::new(Code::Failed, message, "name a directory that can be written to")
    };
    is_empty(&args.into)?;
    std::fs::create_dir_all(&args.into).map_err(unwritten)?;
    for file in &files {
        std::fs::write(args.into.join(&file.name), &file.content).map_err(unwritten)?;
    }
    tell(&files, &unsaid, as_json)
}

/// Files of another day must not be imported along with these.
fn is_empty(directory: &Path) -> Result<(), Fault> {
    let shown = directory.display();
    let (message, help) = match std::fs::read_dir(directory).map(|entries| entries.count()) {
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(()),
        Err(why) => (format!("{shown}: {why}"), "name a directory"),
        Ok(0) => return Ok(()),
        Ok(_) => (format!("`{shown}` is not empty"), "name an empty directory, or a new one"),
    };
    Err(Fault::new(Code::Usage, message, help))
}

fn tell(files: &[BulkFile], unsaid: &BTreeSet<Unsaid>, as_json: bool) -> Result<(), Fault> {
    let verb = |file: &BulkFile| match file.purpose {
        Purpose::Assign => "assign",
        Purpose::Unassign => "unassign",
    };
    if as_json {
        let rows: Vec<Value> = files
            .iter()
            .map(|file| {
                let BulkFile { name, product, people, without_address, .. } = file;
                json!({
                    "file": name, "product": product, "for": verb(file), "people": people,
                    "without_address": without_address,
                })
            })
            .collect();
        return output::json(&json!({ "files": rows, "cannot_be_said": unsaid }));
    }
    let row = |file: &BulkFile| {
        vec![
            file.name.clone(),
            file.product.clone(),
            verb(file).to_owned(),
            file.people.to_string(),
        ]
    };
    let columns = [
        ("file", Align::Left),
        ("product", Align::Left),
        ("to", Align::Left),
        ("people", Align::Right),
    ];
    output::table(&columns, &files.iter().map(row).collect::<Vec<_>>(), "nothing is to be changed");
    for (file, account) in
        files.iter().flat_map(|file| file.without_address.iter().map(move |one| (file, one)))
    {
        aside!(
            "in no file: account {account}, to {} `{}`, has no address",
            verb(file),
            file.product
        );
    }
    for Unsaid { group, name, why } in unsaid {
        aside!("in no file: `{name}`, wanted in `{group}`, since {why}");
    }
    Ok(())
}
