//! Alert rules as people write them, in TOML.
//!
//! ```
//! use faregate_app::alerts::written::Written;
//!
//! let rules = Written::all(r#"
//!     [[rule]]
//!     key = "busy-day"
//!     name = "More than 500 tokens in a day"
//!     watch = "burn"
//!     over = "day"
//!     above = 500
//!     channels = ["mail"]
//! "#)?;
//! assert_eq!(rules[0].key, "busy-day");
//! # Ok::<(), String>(())
//! ```

use core::fmt;
use faregate_core::alert::{
    Deed, Escalation, Level, MARGIN, Rule, Scope, Severity, Span, Step, WHOLE, Watch,
};
use faregate_core::amount::{Ticks, parse_micros};
use serde::{Deserialize, Serialize};

/// More channels, steps or escalations than this are a slip.
const PARTS_MAX: usize = 32;
/// The longest name or text.
const TEXT_MAX: usize = 2_000;

/// A file of rules.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "rule")]
    rules: Vec<Written>,
}

/// One rule.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Written {
    /// Stable kebab-case key.
    pub key: String,
    /// Name to show; the key where it is missing.
    pub name: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// `info`, `warning` or `critical`.
    pub severity: Option<String>,
    /// `contract`, `bucket`, `bucket:KEY`, `product`, `product:KEY`, `group:KEY`, `dimension:NAME`, `person` or
    /// `person:KEY`. Without a key, each by itself.
    pub scope: Option<String>,
    /// What is watched: `burn`, `left`, `runs-out`, `pace`, `projected`, `findings`, `pack-ends`, `source-stale`,
    /// `agents-heard` or `request-waits`.
    pub watch: String,
    /// Of burn: `hour`, `day`, `week` or `month`.
    pub over: Option<String>,
    /// Crossed above: tokens, or a share such as `"150 %"`.
    pub above: Option<Amount>,
    /// Crossed below: tokens, or a share such as `"30 %"`.
    pub below: Option<Amount>,
    /// Of running out: with at least this chance, such as `"20 %"`.
    pub chance: Option<Amount>,
    /// Lead time, such as `"14d"`.
    pub within: Option<String>,
    /// Of requests: how long they wait, such as `"8h"`.
    pub waits: Option<String>,
    /// Of findings: classes; all when there are none.
    pub classes: Vec<String>,
    /// Key of the weekly hours in which it is measured.
    pub schedule: Option<String>,
    /// How long the limit must be crossed before anybody is told, such as `"10m"`.
    pub sustained: Option<String>,
    /// How far the value must come back before the alert ends, such as `"5 %"`.
    pub margin: Option<Amount>,
    /// Whether those who cross it at the same time are told of in one notice.
    pub grouped: bool,
    /// Names of channels.
    pub channels: Vec<String>,
    /// Whom to tell as well when nobody takes it on.
    #[serde(rename = "escalate")]
    pub escalations: Vec<WrittenEscalation>,
    /// The runbook.
    #[serde(rename = "step")]
    pub steps: Vec<WrittenStep>,
}

/// Whom to tell as well.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WrittenEscalation {
    /// How long after it was raised, such as `"2h"`.
    pub after: String,
    /// Names of channels.
    pub channels: Vec<String>,
}

/// A step of a runbook.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct WrittenStep {
    /// What to do.
    pub text: String,
    /// What its button does: `review-people`, `size-top-up`, `request-purchase`, `top-up-bucket` or `mute`.
    #[serde(rename = "do", skip_serializing_if = "Option::is_none")]
    pub deed: Option<String>,
    /// Of a purchase request: channels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// Of topping up: how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Amount>,
    /// Of muting: how long, such as `"4h"`.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub lasts: Option<String>,
}

/// A number of tokens, or a share in words.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Amount {
    /// Whole tokens.
    Whole(i64),
    /// Tokens with decimals.
    Decimal(f64),
    /// `"30 %"`, or tokens in quotes.
    Text(String),
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => write!(f, "{number}"),
            Self::Decimal(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Amount {
    fn level(&self, field: &str) -> Result<Level, String> {
        let text = self.to_string();
        match text.trim().strip_suffix('%') {
            Some(share) => thousandths(share.trim(), field).map(Level::Share),
            None => tokens(text.trim(), field).map(Level::Tokens),
        }
    }

    fn share(&self, field: &str) -> Result<i64, String> {
        match self.level(field)? {
            Level::Share(share) => Ok(share),
            Level::Tokens(_) => Err(format!("`{field}` is a share: write \"{self} %\"")),
        }
    }

    fn tokens(&self, field: &str) -> Result<Ticks, String> {
        match self.level(field)? {
            Level::Tokens(ticks) => Ok(ticks),
            Level::Share(_) => Err(format!("`{field}` is a number of tokens, not a share")),
        }
    }
}

/// Per cent with at most one decimal, above zero.
fn thousandths(text: &str, field: &str) -> Result<i64, String> {
    let micros = parse_micros(text).ok().filter(|micros| micros % 100_000 == 0);
    let share = micros.map(|micros| micros / 100_000).filter(|share| *share > 0);
    share.ok_or_else(|| {
        format!("`{field}` is `{text} %`: write a share above zero, with at most one decimal")
    })
}

fn tokens(text: &str, field: &str) -> Result<Ticks, String> {
    let micros = parse_micros(text).ok().filter(|micros| *micros > 0);
    let ticks = micros.and_then(Ticks::from_micro_tokens);
    ticks.ok_or_else(|| format!("`{field}` is `{text}`: write a number of tokens above zero"))
}

/// `90s`, `10m`, `8h`, `14d`; in seconds, above zero.
pub(crate) fn seconds(text: &str, field: &str) -> Result<i64, String> {
    let wrong =
        || format!("`{field}` is `{text}`: write a time such as \"10m\", \"8h\" or \"14d\"");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number = text.strip_suffix(unit).and_then(|digits| digits.trim().parse::<i64>().ok());
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let seconds = number.and_then(|number| number.checked_mul(each));
    seconds.filter(|seconds| (1..=366 * 86_400).contains(seconds)).ok_or_else(wrong)
}

fn days(text: &str, field: &str) -> Result<u16, String> {
    let days = seconds(text, field)?.div_euclid(86_400);
    let days = u16::try_from(days).ok().filter(|days| *days > 0);
    days.ok_or_else(|| format!("`{field}` is `{text}`: write whole days, such as \"14d\""))
}

impl Written {
    /// Reads a file of rules.
    ///
    /// # Errors
    /// What is wrong, with the line or the rule where it can be told, and what to write instead.
    pub fn all(text: &str) -> Result<Vec<Self>, String> {
        let file: File = toml::from_str(text).map_err(|why| why.to_string())?;
        if file.rules.is_empty() {
            return Err("there is no rule: begin each with [[rule]]".to_owned());
        }
        for (place, one) in file.rules.iter().enumerate() {
            one.rule().map_err(|why| format!("rule {} `{}`: {why}", place + 1, one.key))?;
            if file.rules.iter().take(place).any(|earlier| earlier.key == one.key) {
                return Err(format!("two rules have the key `{}`", one.key));
            }
        }
        Ok(file.rules)
    }

    /// One rule, as [`Written::text`] wrote it.
    ///
    /// # Errors
    /// As [`Written::all`].
    pub fn one(text: &str) -> Result<Self, String> {
        Self::all(text)?.pop().ok_or_else(|| "there is no rule".to_owned())
    }

    /// The rule as text, for the journal.
    #[must_use]
    pub fn text(&self) -> String {
        // Strings, numbers and lists of them are always written.
        toml::to_string(&File { rules: vec![self.clone()] }).unwrap_or_default()
    }

    /// What it means.
    ///
    /// # Errors
    /// What is wrong, and what to write instead.
    pub fn rule(&self) -> Result<Rule, String> {
        self.check_shape()?;
        let escalations = self.escalations.iter().map(|one| {
            let after_seconds = seconds(&one.after, "after")?;
            Ok(Escalation { after_seconds, channels: one.channels.clone() })
        });
        let mut escalations = escalations.collect::<Result<Vec<_>, String>>()?;
        escalations.sort_by_key(|one| one.after_seconds);
        let scope = self.scope.as_deref().map_or(Ok(Scope::Contract), scope)?;
        let margin = self.margin.as_ref().map(|margin| margin.share("margin")).transpose()?;
        let sustained = self.sustained.as_deref().map(|text| seconds(text, "sustained"));
        let watch = self.watch()?;
        fits(&scope, &watch)?;
        Ok(Rule {
            key: self.key.clone(),
            name: self.name.clone().unwrap_or_else(|| self.key.clone()),
            owner: self.owner.clone().unwrap_or_default(),
            severity: self.severity.as_deref().map_or(Ok(Severity::Warning), severity)?,
            scope,
            watch,
            schedule: self.schedule.clone(),
            sustained_seconds: sustained.transpose()?.unwrap_or(0),
            margin: margin.unwrap_or(MARGIN),
            grouped: self.grouped,
            channels: self.channels.clone(),
            escalations,
            steps: self.steps.iter().map(WrittenStep::step).collect::<Result<_, _>>()?,
        })
    }

    fn check_shape(&self) -> Result<(), String> {
        let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.key.is_empty() || self.key.len() > 64 || !self.key.chars().all(is_kebab) {
            return Err("`key` is a name of small letters, digits and `-`, up to 64".to_owned());
        }
        let parts = [self.channels.len(), self.steps.len(), self.escalations.len()];
        if parts.into_iter().any(|count| count > PARTS_MAX) {
            return Err(format!("at most {PARTS_MAX} channels, steps or escalations"));
        }
        let names = self.channels.iter().chain(self.escalations.iter().flat_map(|e| &e.channels));
        if names.into_iter().any(String::is_empty) {
            return Err("a channel has no name".to_owned());
        }
        let texts = [&self.name, &self.owner].into_iter().flatten();
        let texts = texts.chain(self.steps.iter().map(|step| &step.text));
        if texts.into_iter().any(|text| text.len() > TEXT_MAX) {
            return Err(format!("a text is longer than {TEXT_MAX} bytes"));
        }
        Ok(())
    }

    fn watch(&self) -> Result<Watch, String> {
        let watch = self.known_watch()?;
        let allowed: &[&str] = match &watch {
            Watch::Burn { .. } => &["over", "above"],
            Watch::Left { .. } => &["below"],
            Watch::RunsOut { .. } => &["chance", "within"],
            Watch::Pace { .. } | Watch::Projected { .. } => &["above"],
            Watch::Findings { .. } => &["classes"],
            Watch::PackEnds { .. } => &["within"],
            Watch::SourceStale => &[],
            Watch::AgentsHeard { .. } => &["below"],
            Watch::RequestWaits { .. } => &["waits"],
        };
        let given = [
            ("over", self.over.is_some()),
            ("above", self.above.is_some()),
            ("below", self.below.is_some()),
            ("chance", self.chance.is_some()),
            ("within", self.within.is_some()),
            ("waits", self.waits.is_some()),
            ("classes", !self.classes.is_empty()),
        ];
        let stray = given.iter().find(|(name, is_given)| *is_given && !allowed.contains(name));
        match stray {
            Some((name, _)) => Err(format!("`{}` has no `{name}`", self.watch)),
            None => Ok(watch),
        }
    }

    fn known_watch(&self) -> Result<Watch, String> {
        Ok(match self.watch.as_str() {
            "burn" => Watch::Burn {
                span: span(needed(self.over.as_ref(), "over")?)?,
                above: needed(self.above.as_ref(), "above")?.level("above")?,
            },
            "left" => {
                let below = needed(self.below.as_ref(), "below")?.level("below")?;
                if matches!(below, Level::Share(share) if share > WHOLE) {
                    return Err("`below` is more than all: write at most \"100 %\"".to_owned());
                }
                Watch::Left { below }
            }
            "runs-out" => Watch::RunsOut {
                within_days: days(needed(self.within.as_ref(), "within")?, "within")?,
                chance: part(needed(self.chance.as_ref(), "chance")?, "chance")?,
            },
            "pace" => Watch::Pace { above: needed(self.above.as_ref(), "above")?.share("above")? },
            "projected" => {
                Watch::Projected { above: needed(self.above.as_ref(), "above")?.tokens("above")? }
            }
            "findings" => Watch::Findings { classes: self.classes.clone() },
            "pack-ends" => Watch::PackEnds {
                within_days: days(needed(self.within.as_ref(), "within")?, "within")?,
            },
            "source-stale" => Watch::SourceStale,
            "agents-heard" => {
                Watch::AgentsHeard { below: part(needed(self.below.as_ref(), "below")?, "below")? }
            }
            "request-waits" => Watch::RequestWaits {
                seconds: seconds(needed(self.waits.as_ref(), "waits")?, "waits")?,
            },
            other => {
                return Err(format!(
                    "`watch` is `{other}`: write burn, left, runs-out, pace, projected, findings, \
                     pack-ends, source-stale, agents-heard or request-waits"
                ));
            }
        })
    }
}

impl WrittenStep {
    fn step(&self) -> Result<Step, String> {
        let deed = match self.deed.as_deref() {
            None => Deed::Manual,
            Some("review-people") => Deed::ReviewPeople,
            Some("size-top-up") => Deed::SizeTopUp,
            Some("request-purchase") => Deed::RequestPurchase { channels: self.channels.clone() },
            Some("top-up-bucket") => Deed::TopUpBucket {
                ticks: needed(self.tokens.as_ref(), "tokens")?.tokens("tokens")?,
            },
            Some("mute") => {
                Deed::Mute { seconds: seconds(needed(self.lasts.as_ref(), "for")?, "for")? }
            }
            Some(other) => {
                return Err(format!(
                    "`do` is `{other}`: write review-people, size-top-up, request-purchase, \
                     top-up-bucket or mute"
                ));
            }
        };
        if self.text.trim().is_empty() {
            return Err("a step has no `text`".to_owned());
        }
        Ok(Step { text: self.text.clone(), deed })
    }
}

fn needed<'a, T>(value: Option<&'a T>, field: &str) -> Result<&'a T, String> {
    value.ok_or_else(|| format!("`{field}` is missing"))
}

/// A share of at most all.
fn part(amount: &Amount, field: &str) -> Result<i64, String> {
    let share = amount.share(field)?;
    let fits = (share <= WHOLE).then_some(share);
    fits.ok_or_else(|| format!("`{field}` is more than all: write at most \"100 %\""))
}

fn span(text: &String) -> Result<Span, String> {
    match text.as_str() {
        "hour" => Ok(Span::Hour),
        "day" => Ok(Span::Day),
        "week" => Ok(Span::Week),
        "month" => Ok(Span::Month),
        _ => Err(format!("`over` is `{text}`: write hour, day, week or month")),
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    let wrong = || format!("`severity` is `{text}`: write info, warning or critical");
    Severity::from_key(text).ok_or_else(wrong)
}

fn scope(text: &str) -> Result<Scope, String> {
    let (kind, key) = match text.split_once(':') {
        Some((kind, key)) if !key.is_empty() => (kind, Some(key.to_owned())),
        Some(_) => return Err(format!("`scope` is `{text}`: a key is missing after the colon")),
        None => (text, None),
    };
    match (kind, key) {
        ("contract", None) => Ok(Scope::Contract),
        ("bucket", key) => Ok(Scope::Bucket(key)),
        ("product", key) => Ok(Scope::Product(key)),
        ("person", key) => Ok(Scope::Person(key)),
        ("group", Some(key)) => Ok(Scope::Group(key)),
        ("dimension", Some(key)) => Ok(Scope::Groups(key)),
        _ => Err(format!(
            "`scope` is `{text}`: write contract, bucket, bucket:KEY, product, product:KEY, group:KEY, \
             dimension:NAME, person or person:KEY"
        )),
    }
}

/// Whether the scope has what is watched.
fn fits(scope: &Scope, watch: &Watch) -> Result<(), String> {
    let fits = match watch {
        Watch::Burn { .. } | Watch::Findings { .. } => true,
        Watch::Left { .. } | Watch::Pace { .. } | Watch::RunsOut { .. } => {
            matches!(scope, Scope::Contract | Scope::Bucket(_))
        }
        Watch::Projected { .. } => {
            matches!(scope, Scope::Contract | Scope::Bucket(_) | Scope::Product(_))
        }
        Watch::PackEnds { .. }
        | Watch::SourceStale
        | Watch::AgentsHeard { .. }
        | Watch::RequestWaits { .. } => *scope == Scope::Contract,
    };
    if fits { Ok(()) } else { Err("this `watch` cannot be measured for this `scope`".to_owned()) }
}
