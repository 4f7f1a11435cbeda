//! A plan as a table, for whoever reads it before it is carried out.

use super::{Direction, Plan, Step};
use crate::directory::Person;
use crate::reading::Unsaid;
use std::fmt::Write as _;

/// Names longer than this are cut, so that a row stays a row.
const CELL_MAX: usize = 48;

impl Plan {
    /// The dry run: a row for each change, and below it what was let be, who is missing, and how
    /// much goes.
    #[must_use]
    pub fn table(&self) -> String {
        let rows: Vec<_> = self.steps().map(row).collect();
        let group = rows.iter().map(|row| row[1].chars().count()).fold(5, usize::max);
        let mut text = String::new();
        if !rows.is_empty() {
            let _ = writeln!(text, "{:<6}  {:<group$}  person", "change", "group");
        }
        for [change, name, person] in &rows {
            let _ = writeln!(text, "{change:<6}  {name:<group$}  {person}");
        }
        self.write_notes(&mut text);
        self.write_totals(&mut text);
        text
    }

    fn write_notes(&self, text: &mut String) {
        for skipped in self.unmanaged_groups_skipped() {
            let words = skipped.reason.words();
            let _ = writeln!(text, "skipped: group `{}`, since {words}", cell(&skipped.group.0));
        }
        for missing in self.missing_people() {
            let (who, group) = (person_cell(&missing.person), cell(&missing.group.0));
            let _ = writeln!(text, "missing: `{who}` has no account, wanted in `{group}`");
        }
        for Unsaid { group, name, why } in self.unsaid_people() {
            let (who, group) = (cell(name), cell(&group.0));
            let _ = writeln!(text, "cannot be said: `{who}`, wanted in `{group}`, since {why}");
        }
        for group in self.groups().iter().filter(|group| group.others > 0) {
            let (others, name) = (group.others, cell(&group.key.0));
            let _ = writeln!(
                text,
                "let be: {others} members of `{name}` that are no people; the vendor ignores nested groups"
            );
        }
    }

    fn write_totals(&self, text: &mut String) {
        let (adds, removes, groups) =
            (self.adds().len(), self.removes().len(), self.groups().len());
        let share = self.share_removed();
        let _ = writeln!(
            text,
            "{adds} to add, {removes} to remove ({share} of {}), {groups} groups",
            share.of
        );
        for excess in self.excesses() {
            let _ = writeln!(text, "needs confirmation: {excess}");
        }
        let _ = writeln!(text, "plan {}", self.id().short());
    }
}

fn row(step: &Step) -> [String; 3] {
    let change = match step.direction {
        Direction::Add => "add",
        Direction::Remove => "remove",
    };
    let who = match step.person.email.as_str() {
        "" => format!("account {}", step.account),
        _ => person_cell(&step.person),
    };
    [change.to_owned(), cell(&step.group.0), cell(&who)]
}

fn person_cell(person: &Person) -> String {
    let name = format!("{} {}", person.first_name, person.last_name);
    match name.trim() {
        "" => cell(&person.email),
        name => cell(&format!("{} ({name})", person.email)),
    }
}

/// What a directory says ends up on a terminal: no control characters, and not without end.
fn cell(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    if clean.chars().count() <= CELL_MAX {
        return clean;
    }
    clean.chars().take(CELL_MAX - 1).chain(['…']).collect()
}
