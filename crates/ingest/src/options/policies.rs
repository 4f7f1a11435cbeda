//! An options file as policies: the import of what is there already.
//!
//! The text forbids only, so it stands beside `base`. It never forbids more than the licence server does: of what
//! cannot be said in a policy nothing is guessed, it is listed instead, with its lines and what to do. A product
//! whose two forms (`_F`, `_T_F`) have different rules is forbidden to whom both turn away.

mod terms;

use super::OptionsFile;
use super::directive::{Directive, GroupKind, Verb, Who};
use super::groups::Groups;
use crate::features::{Code, FeatureTable, Form};
use core::fmt::Write as _;
use std::collections::{BTreeMap, BTreeSet};
use terms::{Condition, Terms, literal};

/// Policies made from an options file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The policies, in Cedar; empty where nothing is restricted.
    pub text: String,
    /// What is not in them.
    pub notes: Vec<Note>,
    /// The groups of users that they name, and who is in them: keys as policies write them, in lower case.
    pub groups: BTreeMap<String, BTreeSet<String>>,
}

/// Something that a policy cannot say, or that has to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its lines.
    pub lines: Vec<usize>,
    /// What is not said.
    pub text: String,
    /// What to do.
    pub help: &'static str,
}

/// The policies of an options file, and what they leave out; users are the people of those keys.
#[must_use]
pub fn to_policies(file: &OptionsFile, table: &FeatureTable) -> Imported {
    to_policies_of(file, table, &|_| None)
}

/// The same where some users have other keys than their names: `key` tells the key of a user who has one.
#[must_use]
pub fn to_policies_of(
    file: &OptionsFile,
    table: &FeatureTable,
    key: &dyn Fn(&str) -> Option<String>,
) -> Imported {
    let mut import = Import {
        key,
        groups: file.groups(),
        codes: BTreeMap::new(),
        all: Rules::default(),
        out: Imported::default(),
    };
    import.collect(file, table);
    import.write(table);
    import.out.notes.sort_by(|one, other| one.lines.cmp(&other.lines));
    import.out
}

/// Whom the lines of one code let in and shut out.
#[derive(Clone, Debug, Default)]
struct Rules {
    include: Terms,
    exclude: Terms,
}

struct Import<'a> {
    key: &'a dyn Fn(&str) -> Option<String>,
    groups: Groups,
    /// Rules by product family and code.
    codes: BTreeMap<String, BTreeMap<String, Rules>>,
    all: Rules,
    out: Imported,
}

impl Import<'_> {
    fn note(&mut self, lines: impl IntoIterator<Item = usize>, text: String, help: &'static str) {
        self.out.notes.push(Note { lines: lines.into_iter().collect(), text, help });
    }

    fn collect(&mut self, file: &OptionsFile, table: &FeatureTable) {
        for bad in file.bad_lines() {
            self.note([bad.line], bad.fault.to_string(), "correct the line, and import again");
        }
        for (line, directive) in file.directives() {
            match directive {
                Directive::Access { verb: Verb::Include | Verb::Exclude, .. } => {
                    self.access(line, directive, table);
                }
                Directive::AccessAll { include, who } => self.list(line, None, *include, who),
                other => self.left_out(line, other),
            }
        }
    }

    fn access(&mut self, line: usize, directive: &Directive, table: &FeatureTable) {
        let Directive::Access { verb, feature, who } = directive else { return };
        let code = feature.code();
        let Some(known) = table.look_up(code) else {
            let text = format!("nobody knows the feature `{code}`");
            return self.note([line], text, "add the code to your table of feature codes");
        };
        if feature.qualifier().is_some() {
            let text = format!("`{feature}` is one pool of licences; policies know products");
            return self.note([line], text, "decide whether it shall hold for the product");
        }
        if Code::parse(code).is_some_and(|code| code.form == Form::Component) {
            let text = format!("`{code}` is one version of {}", known.name);
            return self.note(
                [line],
                text,
                "write a condition on `context.version`, if it is meant",
            );
        }
        let place = (known.family.to_owned(), code.to_owned());
        self.list(line, Some(place), !verb.excludes(), who);
    }

    /// Puts somebody on a list: of a family's code, or of all features.
    fn list(&mut self, line: usize, code: Option<(String, String)>, include: bool, who: &Who) {
        let term = terms::term(who, &self.groups, self.key);
        let cannot = term.as_ref().map(|_| ()).map_err(|what| *what);
        let all = code.is_none();
        let rules = match code {
            Some((family, code)) => self.codes.entry(family).or_default().entry(code).or_default(),
            None => &mut self.all,
        };
        let list = if include { &mut rules.include } else { &mut rules.exclude };
        list.lines.insert(line);
        match term {
            Ok(term) => list.any_of.extend(term),
            Err(_) if include => list.complete = false,
            Err(_) => {}
        }
        if let Err(what) = cannot {
            let scope = if all { "all features" } else { "the product" };
            let text = if include {
                format!(
                    "{who} cannot be said ({what}), so who is included for {scope} is not either"
                )
            } else {
                format!("{who} cannot be said ({what})")
            };
            self.note([line], text, "write a policy by hand that says what is meant");
        }
        self.remember(who);
    }

    fn remember(&mut self, who: &Who) {
        let Some((GroupKind::Users, name)) = who.group() else { return };
        let Some(group) = self.groups.get(GroupKind::Users, name) else { return };
        let key = name.as_str().to_lowercase();
        let members = group.members.iter().map(|(member, _)| terms::key(member, self.key));
        self.out.groups.entry(key).or_default().extend(members);
    }

    fn left_out(&mut self, line: usize, directive: &Directive) {
        let (text, help) = match directive {
            Directive::Max { count, feature, who } => (
                format!("{who} together get at most {count} of `{feature}`"),
                "set a cap for the group, which Faregate keeps apart from policies",
            ),
            Directive::Reserve { count, feature, who } => (
                format!("{count} of `{feature}` are kept for {who}"),
                "keep the line, or give them seats",
            ),
            Directive::Access { verb, feature, who } => (
                format!("{} of `{feature}` for {who} is about borrowing", verb.keyword()),
                "keep the line; Faregate does not decide on borrowing",
            ),
            Directive::Timeout { .. } | Directive::TimeoutAll { .. } | Directive::Linger { .. } => {
                ("how long an idle licence stays out".to_owned(), "keep the line")
            }
            Directive::BorrowLowWater { .. }
            | Directive::MaxBorrowHours { .. }
            | Directive::MaxOverdraft { .. } => {
                ("how licences are borrowed or overdrawn".to_owned(), "keep the line")
            }
            Directive::Other { keyword, .. } => {
                (format!("{keyword} is FlexNet's own"), "keep the line")
            }
            _ => return,
        };
        self.note([line], text, help);
    }

    fn write(&mut self, table: &FeatureTable) {
        let names: BTreeMap<&str, &str> = table.families().into_iter().collect();
        let all = self.all.clone();
        let (mut text, mut listed) = (String::new(), BTreeSet::new());
        if let Some(condition) = all.exclude.any() {
            let say = "the licence server shuts you out of all products";
            policy(&mut text, "options-all-exclude", say, None, &condition);
        }
        let mut families = String::new();
        for (family, codes) in &self.codes {
            let name = names.get(family.as_str()).copied().unwrap_or(family);
            if codes.values().any(|rules| !rules.include.lines.is_empty()) {
                listed.insert(family.clone());
            }
            family_policies(&mut families, family, name, codes, &all.include);
        }
        // Who includes a group that does not exist includes nobody, and shuts out all others.
        if !all.include.lines.is_empty() && all.include.complete {
            let condition = Condition::any(&all.include.any_of);
            let others = listed.iter().map(|family| format!("resource == {}", product(family)));
            let condition = others.fold(condition, Condition::or);
            let say = "the licence server includes you for no product";
            policy(&mut text, "options-all-include", say, None, &condition.not());
        }
        text.push_str(&families);
        if !text.is_empty() {
            let head =
                "// Imported from an options file. It forbids only: keep `base` beside it.\n";
            text.insert_str(0, head);
        }
        self.out.text = text;
    }
}

fn family_policies(
    out: &mut String,
    family: &str,
    name: &str,
    codes: &BTreeMap<String, Rules>,
    all: &Terms,
) {
    // Where one code has a list, the policy about all products leaves the family out, and every code needs its own.
    let listed = codes.values().any(|rules| !rules.include.lines.is_empty());
    let shut_out = |rules: &Rules| rules.shut_out(all, listed);
    let pairs: BTreeSet<(Option<Condition>, Option<Condition>)> =
        codes.values().map(|rules| (rules.exclude.any(), shut_out(rules))).collect();
    let resource = product(family);
    let mut pairs = pairs.into_iter();
    if let (1, Some((exclude, shut_out))) = (pairs.len(), pairs.next()) {
        if let Some(condition) = exclude {
            let say = format!("the licence server shuts you out of {name}");
            policy(out, &format!("options-{family}-exclude"), &say, Some(&resource), &condition);
        }
        if let Some(condition) = shut_out {
            let say = format!("the licence server does not include you for {name}");
            policy(out, &format!("options-{family}-include"), &say, Some(&resource), &condition);
        }
        return;
    }
    let denied: Option<Vec<Condition>> = codes
        .values()
        .map(|rules| match (rules.exclude.any(), shut_out(rules)) {
            (Some(exclude), Some(shut_out)) => Some(exclude.or(shut_out.text())),
            (one, other) => one.or(other),
        })
        .collect();
    let Some(condition) =
        denied.and_then(|all| all.into_iter().reduce(|one, other| one.and(&other)))
    else {
        return;
    };
    let say = format!("the licence server lets you open {name} in none of its forms");
    policy(out, &format!("options-{family}"), &say, Some(&resource), &condition);
}

impl Rules {
    /// Who is not included, where somebody is, and where all who are can be said.
    fn shut_out(&self, all: &Terms, listed: bool) -> Option<Condition> {
        let by_all = listed && !all.lines.is_empty();
        if (self.include.lines.is_empty() && !by_all) || !self.include.complete || !all.complete {
            return None;
        }
        let terms = self.include.any_of.union(&all.any_of).cloned().collect();
        Some(Condition::any(&terms).not())
    }
}

fn product(family: &str) -> String {
    format!("Product::{}", literal(family))
}

fn policy(out: &mut String, id: &str, say: &str, resource: Option<&str>, condition: &Condition) {
    let scope = resource.map_or_else(|| "resource".to_owned(), |one| format!("resource == {one}"));
    let (word, text) = condition.clause();
    let _ = write!(
        out,
        "\n@id({})\n@otherwise(\"refuse\")\n@say({})\nforbid (\n    principal,\n    action,\n    {scope}\n)\n{word} {{\n    {text}\n}};\n",
        literal(id),
        literal(say),
    );
}
