//! The settings as they are written, and the way from there to what they mean.

use super::{GRAPH_LOGIN_URL, GRAPH_URL, Kind, MARKER, ManagedGroup, SecretPlace, Settings};
use super::{SettingsFault, Source, line};
use crate::directory::GroupKey;
use crate::limits::Limits;
use crate::managed::Managed;
use crate::scim::Dialect;
use faregate_core::estate::folded;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use toml::Spanned;

/// More requests a second than any directory wants.
const RATE_MAX: u32 = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: Spanned<WrittenKind>,
    url: Option<Spanned<String>>,
    login_url: Option<Spanned<String>>,
    tenant: Option<Spanned<String>>,
    client_id: Option<Spanned<String>>,
    dialect: Option<Spanned<WrittenDialect>>,
    secret_file: Option<Spanned<String>>,
    secret_variable: Option<Spanned<String>>,
    #[serde(default)]
    allowed_networks: Vec<String>,
    roots_file: Option<String>,
    requests_per_second: Option<Spanned<u32>>,
    marker: Option<Spanned<String>>,
    limits: Option<WrittenLimits>,
    groups: Spanned<BTreeMap<String, Spanned<WrittenSource>>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenKind {
    Scim,
    Graph,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenDialect {
    Standard,
    Entra,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLimits {
    share_percent: Option<Spanned<u8>>,
    per_group: Option<usize>,
}

/// An offering's key, or a table that says what else.
struct WrittenSource(Table);

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    offering: Option<String>,
    product: Option<String>,
    members_of: Option<String>,
}

impl<'de> Deserialize<'de> for WrittenSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Table;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an offering, or a table such as { product = \"revit\" }")
            }

            fn visit_str<E>(self, text: &str) -> Result<Table, E> {
                Ok(Table { offering: Some(text.to_owned()), ..Table::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Table, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(Either).map(Self)
    }
}

pub(super) fn read(text: &str) -> Result<Settings, Vec<SettingsFault>> {
    let mut check = Check { text, faults: Vec::new() };
    match toml::from_str::<Written>(text) {
        Ok(written) => {
            let settings = check.settings(written);
            check.faults.sort_by_key(|fault| fault.line);
            settings.filter(|_| check.faults.is_empty()).ok_or(check.faults)
        }
        Err(error) => {
            let help = "see the guide on directories for a file that is right";
            Err(vec![SettingsFault::unread(text, &error, help)])
        }
    }
}

struct Check<'a> {
    text: &'a str,
    faults: Vec<SettingsFault>,
}

impl Check<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        line(self.text, span)
    }

    fn fault(&mut self, span: &Range<usize>, message: impl Into<String>, help: &str) {
        self.faults.push(SettingsFault::at(self.text, span, message, help));
    }

    fn settings(&mut self, mut written: Written) -> Option<Settings> {
        let kind = self.kind(&mut written);
        let url = match (written.url.take(), *written.kind.get_ref()) {
            (Some(url), _) => Some(url.into_inner()),
            (None, WrittenKind::Graph) => Some(GRAPH_URL.to_owned()),
            (None, WrittenKind::Scim) => {
                self.missing(&written.kind, "url", "write url = \"https://id.example/scim/v2\"")
            }
        };
        let secret = self.secret(&mut written);
        let rate = self.rate(written.requests_per_second.as_ref());
        let limits = self.limits(written.limits.as_ref());
        let groups = self.groups(written.groups);
        let keys = groups.iter().map(|group| group.key.clone());
        let marker = written.marker.as_ref();
        let managed = Managed::new(marker.map_or(MARKER, |marker| marker.get_ref()), keys);
        if let (Err(why), Some(marker)) = (&managed, marker) {
            self.fault(&marker.span(), why.to_string(), "leave it out, or write a word");
        }
        Some(Settings {
            url: url?,
            kind: kind?,
            secret: secret?,
            allowed_networks: written.allowed_networks,
            roots_file: written.roots_file,
            requests_per_second: rate,
            limits,
            managed: managed.ok()?,
            groups,
        })
    }

    fn kind(&mut self, written: &mut Written) -> Option<Kind> {
        let Written { kind, tenant, client_id, login_url, dialect, .. } = written;
        match kind.get_ref() {
            WrittenKind::Scim => {
                let others =
                    [("tenant", tenant), ("client_id", client_id), ("login_url", login_url)];
                for (name, value) in others {
                    self.foreign(name, "graph", value.as_ref().map(Spanned::span));
                }
                let dialect = dialect.as_ref().map(|dialect| *dialect.get_ref());
                Some(Kind::Scim(match dialect.unwrap_or(WrittenDialect::Standard) {
                    WrittenDialect::Standard => Dialect::Standard,
                    WrittenDialect::Entra => Dialect::Entra,
                }))
            }
            WrittenKind::Graph => {
                self.foreign("dialect", "scim", dialect.as_ref().map(Spanned::span));
                let help = "copy it from the application's page in the portal";
                let mut needed = |name, value: &mut Option<Spanned<String>>| {
                    let given = value.take().map(Spanned::into_inner);
                    given.or_else(|| self.missing(kind, name, help))
                };
                let (tenant, client_id) =
                    (needed("tenant", tenant), needed("client_id", client_id));
                let login = login_url.take().map(Spanned::into_inner);
                let login_url = login.unwrap_or_else(|| GRAPH_LOGIN_URL.to_owned());
                Some(Kind::Graph { tenant: tenant?, client_id: client_id?, login_url })
            }
        }
    }

    fn foreign(&mut self, name: &str, kind: &str, span: Option<Range<usize>>) {
        if let Some(span) = span {
            let message = format!("`{name}` is for the kind `{kind}` only");
            self.fault(&span, message, "leave it out, or change the kind");
        }
    }

    /// A line that is not there is told of at the kind's, which asks for it.
    fn missing<T>(&mut self, kind: &Spanned<WrittenKind>, name: &str, help: &str) -> Option<T> {
        self.fault(&kind.span(), format!("`{name}` is missing"), help);
        None
    }

    fn secret(&mut self, written: &mut Written) -> Option<SecretPlace> {
        match (written.secret_file.take(), written.secret_variable.take()) {
            (Some(file), None) => Some(SecretPlace::File(file.into_inner())),
            (None, Some(name)) => Some(SecretPlace::Variable(name.into_inner())),
            (Some(_), Some(name)) => {
                let message = "the secret is in a file and in a variable";
                self.fault(&name.span(), message, "leave one of the two out");
                None
            }
            (None, None) => {
                let help = "name a file, or secret_variable; the secret itself does not stand here";
                self.missing(&written.kind, "secret_file", help)
            }
        }
    }

    fn rate(&mut self, written: Option<&Spanned<u32>>) -> u32 {
        let Some(rate) = written else { return 10 };
        if !(1..=RATE_MAX).contains(rate.get_ref()) {
            let message = format!("`{}` is no number of requests a second", rate.get_ref());
            self.fault(&rate.span(), message, "write a number from 1 to 1000");
        }
        *rate.get_ref()
    }

    fn limits(&mut self, written: Option<&WrittenLimits>) -> Limits {
        let usual = Limits::default();
        let Some(written) = written else { return usual };
        let share = written.share_percent.as_ref();
        if let Some(share) = share.filter(|share| *share.get_ref() > 100) {
            let message = format!("`{}` is more than all of them", share.get_ref());
            self.fault(&share.span(), message, "write a number of percent from 0 to 100");
        }
        Limits {
            share_max_percent: share.map_or(usual.share_max_percent, |share| *share.get_ref()),
            per_group_max: written.per_group.unwrap_or(usual.per_group_max),
        }
    }

    fn groups(
        &mut self,
        written: Spanned<BTreeMap<String, Spanned<WrittenSource>>>,
    ) -> Vec<ManagedGroup> {
        if written.get_ref().is_empty() {
            let help = "write a line such as \"Revit\" = \"revit\" below [groups]";
            self.fault(&written.span(), "no group is handed over", help);
        }
        let mut groups: Vec<ManagedGroup> = Vec::new();
        for (name, source) in written.into_inner() {
            let span = source.span();
            if name.trim().is_empty() {
                self.fault(&span, "a group without a name", "write its name in the directory");
            }
            let same = |group: &&ManagedGroup| folded(&group.key.0) == folded(&name);
            if let Some(first) = groups.iter().find(same) {
                let message = format!("group `{name}` is handed over in line {} too", first.line);
                self.fault(&span, message, "keep one; a directory takes no account of capitals");
            }
            if let Some(members) = self.source(&span, source.into_inner()) {
                groups.push(ManagedGroup { key: GroupKey(name), members, line: self.line(&span) });
            }
        }
        groups
    }

    fn source(
        &mut self,
        span: &Range<usize>,
        WrittenSource(table): WrittenSource,
    ) -> Option<Source> {
        match (table.offering, table.product, table.members_of) {
            (Some(key), None, None) => Some(Source::Offering(key)),
            (None, Some(key), None) => Some(Source::Product(key)),
            (None, None, Some(key)) => Some(Source::MembersOf(key)),
            _ => {
                let help = "write one of offering, product and members_of";
                self.fault(span, "it is not clear who is to be in this group", help);
                None
            }
        }
    }
}
