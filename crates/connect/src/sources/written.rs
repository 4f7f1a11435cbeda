//! The sources as they are written, and the way from there to what they mean.

mod access;

use super::{
    Detail, Files, Folder, Format, INSIGHTS_URL, Insights, Kind, Report, Source, Sources,
    TOKEN_FLEX_URL, TokenFlex, Via,
};
use crate::settings::{SettingsFault, line};
use faregate_core::when::{Date, Zone};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;
use toml::Spanned;

/// A day and a minute, in seconds.
const DAY: u64 = 86_400;
const MINUTE: u64 = 60;
/// The vendor's data is a day old, and its limits are counted over eight hours.
const EVERY_MIN: Duration = Duration::from_secs(5 * MINUTE);
const FOLDER_EVERY: Duration = Duration::from_secs(30);
const FOLDER_EVERY_MIN: Duration = Duration::from_secs(5);
const BYTES_MAX: u64 = 16 << 30;
/// The longest name, which becomes a directory's.
const NAME_MAX: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    sources: BTreeMap<String, Spanned<WrittenSource>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSource {
    kind: Spanned<WrittenKind>,
    every: Option<Spanned<String>>,
    zone: Option<Spanned<String>>,
    stale_after: Option<Spanned<String>>,
    keep: Option<Spanned<String>>,
    patience: Option<Spanned<String>>,
    // Of both APIs.
    url: Option<Spanned<String>>,
    auth: Option<Spanned<WrittenAuth>>,
    via: Option<Spanned<WrittenVia>>,
    from: Option<Spanned<String>>,
    allowed_networks: Option<Spanned<Vec<String>>>,
    roots_file: Option<Spanned<String>>,
    requests_per_minute: Option<Spanned<u32>>,
    burst: Option<Spanned<u32>>,
    outstanding_max: Option<Spanned<u32>>,
    delete_exports: Option<Spanned<bool>>,
    bytes_max: Option<Spanned<u64>>,
    // Of Token Flex.
    contract: Option<Spanned<String>>,
    detail: Option<Spanned<WrittenDetail>>,
    enrichment: Option<Spanned<bool>>,
    // Of Insights.
    team: Option<Spanned<String>>,
    context: Option<Spanned<String>>,
    reports: Option<Spanned<Vec<WrittenReport>>>,
    format: Option<Spanned<WrittenFormat>>,
    // Of a folder.
    path: Option<Spanned<String>>,
    pattern: Option<Spanned<String>>,
    files: Option<Spanned<String>>,
    settle: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAuth {
    client_id: Option<Spanned<String>>,
    client_secret: Option<Spanned<String>>,
    refresh_token: Option<Spanned<String>>,
    personal_token: Option<Spanned<String>>,
    login_url: Option<Spanned<String>>,
    user: Option<Spanned<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenKind {
    TokenFlex,
    Insights,
    Folder,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenVia {
    Export,
    Query,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenDetail {
    Sessions,
    Days,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenFormat {
    Csv,
    Excel,
    Json,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenReport {
    Subscriptions,
    Users,
    Usage,
    UsageReport,
}

pub(super) fn read(text: &str, beside: &Path) -> Result<Sources, Vec<SettingsFault>> {
    let mut check = Check { text, beside, faults: Vec::new() };
    match toml::from_str::<Written>(text) {
        Ok(written) => {
            let sources = check.sources(written);
            check.faults.sort_by_key(|fault| fault.line);
            if check.faults.is_empty() { Ok(Sources { sources }) } else { Err(check.faults) }
        }
        Err(error) => {
            let fault =
                SettingsFault::unread(text, &error, "see the reference of the file of sources");
            // An unknown variant is quoted, and a secret may have been put there by mistake.
            let message = fault.message.split(" variant `").next().unwrap_or_default();
            let message = match message == "unknown" {
                true => "a word that is not known here".to_owned(),
                false => message.to_owned(),
            };
            Err(vec![SettingsFault { message, ..fault }])
        }
    }
}

struct Check<'a> {
    text: &'a str,
    beside: &'a Path,
    faults: Vec<SettingsFault>,
}

/// A line that may be left out.
type Maybe<T> = Option<Spanned<T>>;

/// The name of a line, and where it is.
type Place = (&'static str, Option<Range<usize>>);

fn at<T>(name: &'static str, line: &Maybe<T>) -> Place {
    (name, line.as_ref().map(Spanned::span))
}

impl Check<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        line(self.text, span)
    }

    fn fault(&mut self, span: &Range<usize>, message: impl Into<String>, help: &str) {
        self.faults.push(SettingsFault::at(self.text, span, message, help));
    }

    fn sources(&mut self, written: Written) -> Vec<Source> {
        let named = written.sources.into_iter();
        named.filter_map(|(name, source)| self.source(name, source)).collect()
    }

    fn source(&mut self, name: String, source: Spanned<WrittenSource>) -> Option<Source> {
        let span = source.span();
        let mut source = source.into_inner();
        self.name(&name, &span);
        let every = self.every(&mut source);
        let stale_after = self.time_if_said(source.stale_after.take(), "stale_after");
        let keep = self.time_if_said(source.keep.take(), "keep");
        let patience =
            self.time(source.patience.take(), "patience", Duration::from_secs(30 * MINUTE));
        let zone = self.zone(source.zone.take());
        let kind = self.kind(&mut source);
        Some(Source {
            name,
            kind: kind?,
            every: every?,
            zone: zone?,
            stale_after: stale_after?,
            keep: keep?,
            patience: patience?,
            line: self.line(&span),
        })
    }

    fn name(&mut self, name: &str, span: &Range<usize>) {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(known) {
            let help = "use small letters, digits and `-`: it becomes a directory's name";
            self.fault(span, "the name of a source cannot be used", help);
        }
    }

    fn every(&mut self, source: &mut WrittenSource) -> Option<Duration> {
        // A look into a folder costs nobody anything.
        let (usual, least, help) = match source.kind.get_ref() {
            WrittenKind::Folder => (FOLDER_EVERY, FOLDER_EVERY_MIN, "write \"5s\" or more"),
            _ => {
                let help =
                    "write \"5m\" or more: the vendor's data is a day old, and requests are few";
                (Duration::from_secs(6 * 3_600), EVERY_MIN, help)
            }
        };
        let span = source.every.as_ref().map(Spanned::span).unwrap_or_default();
        let every = self.time(source.every.take(), "every", usual)?;
        if every < least {
            self.fault(&span, "`every` is too often", help);
        }
        Some(every)
    }

    /// A length of time such as `6h`.
    fn time(&mut self, written: Maybe<String>, name: &str, usual: Duration) -> Option<Duration> {
        let Some(written) = written else { return Some(usual) };
        let time = length(written.get_ref());
        if time.is_none() {
            let help = "write a number and s, m, h or d, such as \"6h\"";
            self.fault(&written.span(), format!("`{name}` is not a length of time"), help);
        }
        time
    }

    /// A length of time; nothing when nothing is said.
    fn time_if_said(&mut self, written: Maybe<String>, name: &str) -> Option<Option<Duration>> {
        match written {
            None => Some(None),
            written => self.time(written, name, Duration::MAX).map(Some),
        }
    }

    fn zone(&mut self, written: Maybe<String>) -> Option<Option<Zone>> {
        let Some(written) = written else { return Some(None) };
        let zone = Zone::named(written.get_ref());
        if let Err(why) = &zone {
            let help = "write a name such as \"Europe/Berlin\", or leave it out";
            self.fault(&written.span(), why.to_string(), help);
        }
        zone.ok().map(Some)
    }

    fn kind(&mut self, source: &mut WrittenSource) -> Option<Kind> {
        let kind = *source.kind.get_ref();
        self.foreign_lines(source, kind);
        match kind {
            WrittenKind::Folder => self.folder(source).map(Kind::Folder),
            WrittenKind::TokenFlex => {
                let access = self.access(source, TOKEN_FLEX_URL);
                let token_flex = self.token_flex(source);
                Some(Kind::TokenFlex(token_flex?, access?))
            }
            WrittenKind::Insights => {
                let access = self.access(source, INSIGHTS_URL);
                let insights = self.insights(source);
                Some(Kind::Insights(insights?, access?))
            }
        }
    }

    /// Lines that mean nothing for this kind are told of rather than passed over.
    fn foreign_lines(&mut self, source: &WrittenSource, kind: WrittenKind) {
        use WrittenKind::{Folder, Insights, TokenFlex};
        let of_both = [
            at("url", &source.url),
            at("auth", &source.auth),
            at("via", &source.via),
            at("from", &source.from),
            at("allowed_networks", &source.allowed_networks),
            at("roots_file", &source.roots_file),
            at("requests_per_minute", &source.requests_per_minute),
            at("burst", &source.burst),
            at("outstanding_max", &source.outstanding_max),
            at("patience", &source.patience),
        ];
        let of_token_flex = [
            at("contract", &source.contract),
            at("detail", &source.detail),
            at("enrichment", &source.enrichment),
            at("delete_exports", &source.delete_exports),
        ];
        let of_insights = [
            at("team", &source.team),
            at("context", &source.context),
            at("reports", &source.reports),
            at("format", &source.format),
        ];
        let of_folder = [
            at("path", &source.path),
            at("pattern", &source.pattern),
            at("files", &source.files),
            at("settle", &source.settle),
        ];
        let lines: [(&[WrittenKind], &[Place]); 4] = [
            (&[TokenFlex, Insights], &of_both),
            (&[TokenFlex], &of_token_flex),
            (&[Insights], &of_insights),
            (&[Folder], &of_folder),
        ];
        let foreign = lines.iter().filter(|(kinds, _)| !kinds.contains(&kind));
        for (name, span) in foreign.flat_map(|(_, lines)| *lines) {
            if let Some(span) = span {
                let message = format!("`{name}` means nothing for this kind of source");
                self.fault(span, message, "leave it out, or change the kind");
            }
        }
    }

    /// A line that is not there is told of at the kind's, which asks for it.
    fn needed(
        &mut self,
        source: &Spanned<WrittenKind>,
        name: &str,
        line: Maybe<String>,
        help: &str,
    ) -> Option<String> {
        let span = line.as_ref().map_or_else(|| source.span(), Spanned::span);
        let text = line.map(Spanned::into_inner).filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.fault(&span, format!("`{name}` is missing"), help);
        }
        text
    }

    fn date(&mut self, written: Maybe<String>) -> Option<Option<Date>> {
        let Some(written) = written else { return Some(None) };
        let date: Option<Date> = written.get_ref().parse().ok();
        if date.is_none() {
            self.fault(&written.span(), "`from` is not a day", "write it as \"2026-01-31\"");
        }
        Some(Some(date?))
    }

    fn token_flex(&mut self, source: &mut WrittenSource) -> Option<TokenFlex> {
        let help = "write the number of the agreement, as the vendor's account shows it";
        let contract = self.needed(&source.kind, "contract", source.contract.take(), help);
        let from = self.date(source.from.take());
        let via = via(source.via.as_ref());
        let detail = match (source.detail.as_ref().map(|detail| *detail.get_ref()), via) {
            (Some(WrittenDetail::Days), _) | (None, Via::Query) => Detail::Days,
            (Some(WrittenDetail::Sessions) | None, Via::Export) => Detail::Sessions,
            (Some(WrittenDetail::Sessions), Via::Query) => {
                let help = "write detail = \"days\", or via = \"export\"";
                let span = source.detail.as_ref().map(Spanned::span).unwrap_or_default();
                self.fault(&span, "sessions come by export only", help);
                Detail::Sessions
            }
        };
        Some(TokenFlex {
            contract: contract?,
            via,
            detail,
            from: from?,
            enrichment: source.enrichment.as_ref().is_some_and(|yes| *yes.get_ref()),
        })
    }

    fn insights(&mut self, source: &mut WrittenSource) -> Option<Insights> {
        let from = self.date(source.from.take());
        let reports = source.reports.take().map(|reports| {
            if reports.get_ref().is_empty() {
                let help = "name one of subscriptions, users, usage and usage-report";
                self.fault(&reports.span(), "no report is asked for", help);
            }
            let mut reports: Vec<_> = reports.into_inner().into_iter().map(report).collect();
            reports.sort();
            reports.dedup();
            reports
        });
        let format = source.format.as_ref().map(|format| *format.get_ref());
        Some(Insights {
            team: source.team.take().map(Spanned::into_inner),
            context: source.context.take().map(Spanned::into_inner),
            via: via(source.via.as_ref()),
            reports: reports.unwrap_or_else(|| vec![Report::Usage]),
            format: match format.unwrap_or(WrittenFormat::Csv) {
                WrittenFormat::Csv => Format::Csv,
                WrittenFormat::Excel => Format::Excel,
                WrittenFormat::Json => Format::Json,
            },
            from: from?,
        })
    }

    fn folder(&mut self, source: &mut WrittenSource) -> Option<Folder> {
        let kind = &source.kind;
        let path = self.needed(kind, "path", source.path.take(), "name the folder to watch");
        let help = "name what the files are, such as \"token-usage\" or \"flexnet\"";
        let span = source.files.as_ref().map(Spanned::span);
        let files = self.needed(kind, "files", source.files.take(), help);
        let files = files.and_then(|word| self.files(&word, &span.unwrap_or_default()));
        let settle = self.time(source.settle.take(), "settle", Duration::from_secs(MINUTE));
        let bytes_max = self.bytes(source.bytes_max.take());
        let pattern = source.pattern.take();
        if let Some(pattern) = pattern.as_ref().filter(|text| text.get_ref().contains('/')) {
            let help = "write a pattern of names; folders within the folder are not looked into";
            self.fault(&pattern.span(), "`pattern` holds a `/`", help);
        }
        Some(Folder {
            path: self.beside.join(path?),
            pattern: pattern.map_or_else(|| "*".to_owned(), Spanned::into_inner),
            files: files?,
            settle: settle?,
            bytes_max,
        })
    }

    fn files(&mut self, word: &str, span: &Range<usize>) -> Option<Files> {
        let files = Files::named(word);
        if files.is_none() {
            let known: Vec<&str> = Files::WORDS.iter().map(|(word, _)| *word).collect();
            let help = format!("write one of {}, or csv: and the file of a map", known.join(", "));
            self.fault(span, format!("`{word}` is nothing that is taken in"), &help);
        }
        files
    }

    fn bytes(&mut self, written: Maybe<u64>) -> u64 {
        if let Some(zero) = written.as_ref().filter(|bytes| *bytes.get_ref() == 0) {
            self.fault(&zero.span(), "`bytes_max` is 0", "write how large a file may be, in bytes");
        }
        written.map_or(BYTES_MAX, Spanned::into_inner)
    }
}

fn via(written: Option<&Spanned<WrittenVia>>) -> Via {
    match written.map(|via| *via.get_ref()) {
        None | Some(WrittenVia::Export) => Via::Export,
        Some(WrittenVia::Query) => Via::Query,
    }
}

fn report(written: WrittenReport) -> Report {
    match written {
        WrittenReport::Subscriptions => Report::Subscriptions,
        WrittenReport::Users => Report::Users,
        WrittenReport::Usage => Report::Usage,
        WrittenReport::UsageReport => Report::UsageReport,
    }
}

/// A length of time such as `90s`, `30m`, `6h` or `3d`.
fn length(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => MINUTE,
        'h' => 3_600,
        'd' => DAY,
        _ => return None,
    };
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = number.checked_mul(seconds)?;
    // A hundred years: what is added to a date stays one.
    (seconds > 0 && seconds <= 36_525 * DAY).then(|| Duration::from_secs(seconds))
}
