//! TOML into settings; every key that nobody asked for is a fault.

use super::{BadSetting, HostGroup, Lined, ProductSettings, Settings, Strangers, Whom};
use crate::features::{Code, Form};
use crate::options::name::Name;
use core::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Value<'v> = &'v Spanned<DeValue<'v>>;

pub(super) fn settings(text: &str) -> Result<Settings, Vec<BadSetting>> {
    let mut faults = Faults { text, found: Vec::new() };
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(why) => {
            let span = why.span().unwrap_or_default();
            faults.add(&span, why.message().to_owned(), "write it as TOML");
            return Err(faults.found);
        }
    };
    let mut table = Table { entries: document.get_ref(), span: 0..0, asked: Vec::new() };
    let settings = Settings {
        strangers: table.strangers(&mut faults),
        timeout_all: table.minutes("timeout_all_minutes", &mut faults),
        host_groups: table.tables("host_group", &mut faults, host_group),
        products: table.tables("product", &mut faults, product),
    };
    table.end(&mut faults);
    repeated(&mut faults, settings.products.iter().map(|one| (&one.key.value, one.key.line)));
    if faults.found.is_empty() {
        return Ok(settings);
    }
    faults.found.sort_by_key(|fault| fault.line);
    Err(faults.found)
}

fn repeated<'a>(faults: &mut Faults<'_>, keys: impl Iterator<Item = (&'a String, usize)>) {
    let mut seen = std::collections::BTreeSet::new();
    for (key, line) in keys {
        if !seen.insert(key.to_lowercase()) {
            let text = format!("`{}` has settings above", key.escape_debug());
            let help = "keep one of the two".to_owned();
            faults.found.push(BadSetting { line, text, help });
        }
    }
}

fn host_group(table: &mut Table<'_>, faults: &mut Faults<'_>) -> Option<HostGroup> {
    let name = table.text("name", faults).and_then(|name| table.name("name", &name, faults));
    let hosts = table.names("hosts", faults);
    if hosts.is_empty() {
        table.fault("hosts", faults, "`hosts` names nobody".to_owned(), "write a list of hosts");
    }
    let hosts = hosts.into_iter().map(|host| host.value).collect();
    Some(HostGroup { name: name?, hosts })
}

fn product(table: &mut Table<'_>, faults: &mut Faults<'_>) -> Option<ProductSettings> {
    let key = table.text("key", faults);
    let line = faults.line(&table.place("key"));
    let features = table.names("features", faults);
    for feature in &features {
        let component =
            Code::parse(feature.value.as_str()).is_some_and(|code| code.form == Form::Component);
        if component || feature.value.as_str().contains([' ', '=', ':']) {
            let text = format!("`{}` is no package code", feature.value);
            let help = "write the package code, as in 64300ACD_F".to_owned();
            faults.found.push(BadSetting { line: feature.line, text, help });
        }
    }
    Some(ProductSettings {
        features,
        timeout_seconds: table.minutes("timeout_minutes", faults),
        borrow_hours_max: table.number("borrow_hours_max", faults),
        borrow_low_water: table.number("borrow_low_water", faults),
        borrow_only: table.has("borrow_only").then(|| table.people("borrow_only", faults)),
        borrow_not: table.people("borrow_not", faults),
        reserve: table.counted("reserve", faults),
        max: table.counted("max", faults),
        key: Lined { value: key?, line },
    })
}

/// What is wrong so far.
struct Faults<'t> {
    text: &'t str,
    found: Vec<BadSetting>,
}

impl Faults<'_> {
    fn add(&mut self, span: &Range<usize>, text: String, help: &str) {
        self.found.push(BadSetting { line: self.line(span), text, help: help.to_owned() });
    }

    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        memchr::memchr_iter(b'\n', before).count().saturating_add(1)
    }
}

/// One table, which remembers the keys that were asked for.
struct Table<'v> {
    entries: &'v DeTable<'v>,
    span: Range<usize>,
    asked: Vec<&'static str>,
}

impl<'v> Table<'v> {
    fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    fn place(&self, key: &str) -> Range<usize> {
        self.entries.get(key).map_or(self.span.clone(), Spanned::span)
    }

    fn value(&mut self, key: &'static str) -> Option<Value<'v>> {
        self.asked.push(key);
        self.entries.get(key)
    }

    fn fault(&self, key: &str, faults: &mut Faults<'_>, text: String, help: &str) {
        faults.add(&self.place(key), text, help);
    }

    fn end(&self, faults: &mut Faults<'_>) {
        for key in self.entries.keys() {
            let name: &str = key.get_ref();
            if !self.asked.contains(&name) {
                let text = format!("unknown key `{}`", name.escape_debug());
                faults.add(&key.span(), text, &format!("use one of {}", self.asked.join(", ")));
            }
        }
    }

    fn text(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<String> {
        let value = self.value(key);
        let text = value.and_then(|value| value.get_ref().as_str()).map(str::trim);
        let text = text.filter(|text| !text.is_empty()).map(str::to_owned);
        if text.is_none() {
            self.fault(key, faults, format!("`{key}` is no text"), "write a text in quotes");
        }
        text
    }

    fn name(&self, key: &str, text: &str, faults: &mut Faults<'_>) -> Option<Name> {
        let name = Name::new(text);
        name.map_err(|bad| self.fault(key, faults, bad.to_string(), &bad.help())).ok()
    }

    fn strangers(&mut self, faults: &mut Faults<'_>) -> Strangers {
        if !self.has("strangers") {
            self.asked.push("strangers");
            return Strangers::default();
        }
        match self.text("strangers", faults).as_deref() {
            Some("let-in") => return Strangers::LetIn,
            Some("refused") | None => {}
            Some(other) => {
                let text = format!("strangers `{}`", other.escape_debug());
                self.fault("strangers", faults, text, "write \"refused\" or \"let-in\"");
            }
        }
        Strangers::Refused
    }

    fn number(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<u32> {
        let number = number(self.value(key)?);
        if number.is_none() {
            let text = format!("`{key}` is no number of that kind");
            self.fault(key, faults, text, "write a whole number, 0 or more");
        }
        number
    }

    /// Minutes, as seconds.
    fn minutes(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<u32> {
        let minutes = self.number(key, faults)?;
        let seconds = minutes.checked_mul(60);
        if seconds.is_none() {
            self.fault(key, faults, format!("`{key}` is too long"), "write fewer minutes");
        }
        seconds
    }

    fn list(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<Value<'v>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        match value.get_ref().as_array() {
            Some(array) => array.iter().collect(),
            None => {
                self.fault(key, faults, format!("`{key}` is no list"), "write `[ … ]`");
                Vec::new()
            }
        }
    }

    fn names(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<Lined<Name>> {
        let mut names = Vec::new();
        for value in self.list(key, faults) {
            let line = faults.line(&value.span());
            match value.get_ref().as_str().map(Name::new) {
                Some(Ok(value)) => names.push(Lined { value, line }),
                Some(Err(bad)) => faults.add(&value.span(), bad.to_string(), &bad.help()),
                None => {
                    let text = format!("`{key}` has something that is no text");
                    faults.add(&value.span(), text, "write texts in quotes");
                }
            }
        }
        names
    }

    fn tables<T>(
        &mut self,
        key: &'static str,
        faults: &mut Faults<'_>,
        read: impl Fn(&mut Table<'v>, &mut Faults<'_>) -> Option<T>,
    ) -> Vec<T> {
        let mut all = Vec::new();
        for value in self.list(key, faults) {
            match value.get_ref().as_table() {
                Some(entries) => {
                    let mut table = Table { entries, span: value.span(), asked: Vec::new() };
                    all.extend(read(&mut table, faults));
                    table.end(faults);
                }
                None => {
                    let help = format!("write `[[{key}]]`, or tables in braces");
                    faults.add(&value.span(), format!("`{key}` is no table"), &help);
                }
            }
        }
        all
    }

    fn people(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<Lined<Whom>> {
        self.tables(key, faults, Table::whom)
    }

    fn counted(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<(u32, Lined<Whom>)> {
        self.tables(key, faults, |table, faults| {
            let count = table.number("licences", faults);
            if !table.has("licences") {
                let text = "`licences` is missing".to_owned();
                table.fault("licences", faults, text, "write how many");
            }
            let whom = table.whom(faults);
            Some((count?, whom?))
        })
    }

    /// One of the four keys that say whom.
    fn whom(&mut self, faults: &mut Faults<'_>) -> Option<Lined<Whom>> {
        const KEYS: [&str; 4] = ["group", "person", "host_group", "host"];
        let said: Vec<&'static str> = KEYS.into_iter().filter(|key| self.has(key)).collect();
        self.asked.extend(KEYS);
        let [key] = *said.as_slice() else {
            let text = format!("{} of {} are there", said.len(), KEYS.join(", "));
            let span = self.span.clone();
            faults.add(&span, text, "write one of them");
            return None;
        };
        let line = faults.line(&self.place(key));
        let text = self.text(key, faults)?;
        let value = match key {
            "group" => Whom::Group(text),
            "person" => Whom::Person(text),
            "host_group" => Whom::HostGroup(self.name(key, &text, faults)?),
            _ => Whom::Host(self.name(key, &text, faults)?),
        };
        Some(Lined { value, line })
    }
}

fn number(value: Value<'_>) -> Option<u32> {
    let integer = value.get_ref().as_integer()?;
    u32::from_str_radix(integer.as_str(), integer.radix()).ok()
}
