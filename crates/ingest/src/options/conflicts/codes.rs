//! Feature codes of the wrong kind, or of no kind.

use super::{Finding, Matter};
use crate::features::{Code, FeatureTable, Form};
use crate::options::OptionsFile;
use crate::options::directive::Directive;
use crate::options::plan::both_forms;
use std::collections::BTreeMap;

pub(super) fn findings(file: &OptionsFile, table: &FeatureTable) -> Vec<Finding> {
    let mut lines: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (line, directive) in file.directives() {
        if let Some(feature) = directive.feature() {
            lines.entry(feature.code()).or_default().push(line);
        }
    }
    let mut found: Vec<Finding> =
        lines.iter().filter_map(|(code, lines)| of_code(code, lines, table)).collect();
    found.extend(one_form(file));
    found
}

fn of_code(code: &str, lines: &[usize], table: &FeatureTable) -> Option<Finding> {
    let lines = lines.iter().copied();
    let Some(feature) = table.look_up(code) else {
        let text = format!("nobody knows the feature `{code}`");
        let help = "correct the code, or add it to your table of feature codes";
        return Some(Finding::new(Matter::Unknown, lines, text, help));
    };
    let component = Code::parse(code).is_some_and(|code| code.form == Form::Component);
    let text = format!(
        "`{code}` is one version of {}; licences of packages are not ruled by it",
        feature.name
    );
    let help = "write the package's codes, which end in _F and _T_F";
    component.then(|| Finding::new(Matter::Component, lines, text, help))
}

/// Rules about who gets in that name one form of a package and not its twin.
fn one_form(file: &OptionsFile) -> Vec<Finding> {
    let mut rules: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
    for (line, directive) in file.directives() {
        if let Directive::Access { verb, feature, who } = directive
            && feature.qualifier().is_none()
        {
            rules.entry((feature.code(), verb.keyword(), who.to_string())).or_insert(line);
        }
    }
    let mut found: BTreeMap<&str, (Vec<usize>, String)> = BTreeMap::new();
    for ((code, verb, who), line) in &rules {
        let twin = both_forms(code).into_iter().flatten().find(|form| form != code);
        let Some(twin) = twin else { continue };
        if !rules.contains_key(&(twin.as_str(), *verb, who.clone())) {
            found.entry(code).or_insert_with(|| (Vec::new(), twin)).0.push(*line);
        }
    }
    let finding = |(code, (mut lines, twin)): (&str, (Vec<usize>, String))| {
        lines.sort_unstable();
        let text = format!("`{code}` is ruled, `{twin}` of the same product is not");
        let help = format!("write the same for `{twin}`, if the server has licences of it");
        Finding::new(Matter::OneForm, lines, text, help)
    };
    found.into_iter().map(finding).collect()
}
