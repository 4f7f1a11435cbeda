//! What agents watch and how far they go: written by the operator in TOML, sent to agents signed.
//!
//! ```
//! use faregate_protocol::rules::{Level, Rules};
//!
//! let rules = Rules::from_toml(r#"
//!     level = "ask"
//!     [[product]]
//!     product = "revit"
//!     processes = ["Revit.exe", "revit"]
//!     level = "suspend"
//! "#)?;
//! assert_eq!(rules.heartbeat_seconds, 300);
//! assert_eq!(rules.level_of("revit", &[]), (Level::Suspend, 10));
//! # Ok::<(), String>(())
//! ```

use crate::jws::Document;
use serde::{Deserialize, Serialize};

/// How far an agent goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Level {
    /// Tells the person, and never interferes. Tokens are spent without a question.
    Inform,
    /// Asks before tokens are spent. After a no, or a refusal, it asks the product to close, and leaves it at that.
    #[default]
    Ask,
    /// The same, and the product stands still until the question is answered.
    Suspend,
    /// The same, and after a no or a refusal the product is ended once there was time to save.
    Close,
}

/// A session that is not heard of for 15 minutes ends, and one beat may get lost.
const HEARTBEAT_SECONDS_MAX: u32 = 450;

/// All that an agent needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// How often an agent says that it is alive, 60 to 450 seconds.
    pub heartbeat_seconds: u32,
    /// A product not touched for so long is idle, 60 to 86,400 seconds.
    pub idle_seconds: u32,
    /// How long before the next unit is charged the person is warned; 0: not at all.
    pub warn_seconds: u32,
    /// How far to go where nothing else is said.
    pub level: Level,
    /// How much time to save there is before a product is ended, 1 to 240 minutes.
    pub save_minutes: u32,
    /// How often a day somebody may open a product on tokens while the server is away and no lease is at hand.
    pub graced_opens: u32,
    /// The products.
    #[serde(rename = "product")]
    pub products: Vec<Watched>,
    /// Who is treated in another way, the first that fits.
    #[serde(rename = "group")]
    pub groups: Vec<Treated>,
}

/// A product, and how to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watched {
    /// Key of the product.
    pub product: String,
    /// Name to show; the key where it is empty.
    pub name: String,
    /// Names of its processes, of which one must fit; case does not matter, `.exe` may be left out.
    pub processes: Vec<String>,
    /// Paths of its executable, with `*` for any characters, of which one must fit; any where there are none.
    pub paths: Vec<String>,
    /// Versions as they stand in the path or the file, with `*`; any where there are none.
    pub versions: Vec<String>,
    /// How far to go for this product.
    pub level: Option<Level>,
    /// How much time to save there is.
    pub save_minutes: Option<u32>,
    /// What shows its files without a licence.
    pub viewer: Option<String>,
    /// Whether to close it when the next unit would begin unless the person says to go on.
    pub close_before_next_unit: bool,
}

/// A group of people who are treated in another way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Treated {
    /// Key of the group.
    pub group: String,
    /// Only for this product; for all where it is left out.
    pub product: Option<String>,
    /// How far to go.
    pub level: Option<Level>,
    /// How much time to save there is.
    pub save_minutes: Option<u32>,
}

/// The rules as a server sends them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRules {
    /// Changes with every change.
    pub version: u32,
    /// When they were signed.
    pub issued: i64,
    /// The rules.
    pub rules: Rules,
}

impl Document for SignedRules {
    const KIND: &'static str = "faregate-rules";
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            heartbeat_seconds: 300,
            idle_seconds: 900,
            warn_seconds: 900,
            level: Level::default(),
            save_minutes: 10,
            graced_opens: 0,
            products: Vec::new(),
            groups: Vec::new(),
        }
    }
}

impl Rules {
    /// Reads what an operator wrote.
    ///
    /// # Errors
    /// What is wrong, with the line where it can be told, and what to write instead.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let rules: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        all_known(text)?;
        rules.check()?;
        Ok(rules)
    }

    /// How far to go for a product and somebody of these groups, and how many minutes there are to save.
    #[must_use]
    pub fn level_of(&self, product: &str, groups: &[&str]) -> (Level, u32) {
        let watched = self.products.iter().find(|one| one.product == product);
        let fits = |one: &&Treated| {
            groups.contains(&one.group.as_str())
                && one.product.as_deref().is_none_or(|only| only == product)
        };
        let treated = self.groups.iter().find(fits);
        let level = treated.and_then(|one| one.level).or(watched.and_then(|one| one.level));
        let minutes = treated.and_then(|one| one.save_minutes);
        let minutes = minutes.or(watched.and_then(|one| one.save_minutes));
        (level.unwrap_or(self.level), minutes.unwrap_or(self.save_minutes))
    }

    fn check(&self) -> Result<(), String> {
        within("heartbeat_seconds", self.heartbeat_seconds, 60, HEARTBEAT_SECONDS_MAX)?;
        within("idle_seconds", self.idle_seconds, 60, 86_400)?;
        within("warn_seconds", self.warn_seconds, 0, 86_400)?;
        let own = self.products.iter().filter_map(|one| one.save_minutes);
        let all = own.chain(self.groups.iter().filter_map(|one| one.save_minutes));
        all.chain([self.save_minutes])
            .try_for_each(|minutes| within("save_minutes", minutes, 1, 240))?;
        for (number, one) in (1_u32..).zip(&self.products) {
            if one.product.is_empty() {
                return Err(format!(
                    "[[product]] {number} has no `product`: write the product's key"
                ));
            }
            if one.processes.iter().all(|name| name.trim().is_empty()) {
                let key = &one.product;
                return Err(format!("product `{key}` has no `processes`: name at least one"));
            }
        }
        match self.groups.iter().find(|one| one.group.is_empty()) {
            Some(_) => Err("a [[group]] has no `group`: write the group's key".to_owned()),
            None => Ok(()),
        }
    }
}

/// What an operator writes must mean something; what a newer server signs may mean more than an agent knows, and
/// is read all the same.
fn all_known(text: &str) -> Result<(), String> {
    let written: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    known_in(text, &written, &Rules::default())?;
    let tables =
        |name: &str| written.get(name).and_then(|all| all.as_array()).into_iter().flatten();
    let watched = tables("product").filter_map(|one| one.as_table());
    watched.into_iter().try_for_each(|one| known_in(text, one, &Watched::default()))?;
    let treated = tables("group").filter_map(|one| one.as_table());
    treated.into_iter().try_for_each(|one| known_in(text, one, &Treated::default()))
}

fn known_in(text: &str, written: &toml::Table, all: &impl Serialize) -> Result<(), String> {
    let all = serde_json::to_value(all).map_err(|error| error.to_string())?;
    let Some(unknown) = written.keys().find(|key| all.get(key).is_none()) else { return Ok(()) };
    let line = text.lines().position(|line| line.trim_start().starts_with(unknown.as_str()));
    let line = line.map_or(0, |line| line.saturating_add(1));
    let names = all.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>().join("`, `"));
    let names = names.unwrap_or_default();
    Err(format!("line {line}: unknown field `{unknown}`: write one of `{names}`"))
}

fn within(name: &str, value: u32, least: u32, most: u32) -> Result<(), String> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(format!("`{name}` is {value}: write {least} to {most}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
level = "inform"
save_minutes = 5

[[product]]
product = "revit"
processes = ["Revit.exe"]
level = "suspend"

[[product]]
product = "autocad"
processes = ["acad"]
save_minutes = 20

[[group]]
group = "contractors"
product = "revit"
level = "close"

[[group]]
group = "contractors"
level = "ask"
save_minutes = 1
"#;

    #[test]
    fn the_first_group_that_fits_comes_before_the_product_and_that_before_all() {
        let rules = Rules::from_toml(TEXT).unwrap();
        let level = |product, groups: &[&str]| rules.level_of(product, groups);
        assert_eq!(level("revit", &[]), (Level::Suspend, 5));
        assert_eq!(level("revit", &["contractors"]), (Level::Close, 5));
        assert_eq!(level("autocad", &["staff"]), (Level::Inform, 20));
        assert_eq!(level("autocad", &["staff", "contractors"]), (Level::Ask, 1));
        assert_eq!(level("civil-3d", &[]), (Level::Inform, 5));
    }

    /// Agents are older or newer than their server.
    #[test]
    fn what_a_newer_server_says_more_is_no_fault() {
        let mut told = serde_json::to_value(Rules::from_toml(TEXT).unwrap()).unwrap();
        told["of_later"] = 1.into();
        told["product"][0]["of_later"] = "x".into();
        let read: Rules = serde_json::from_value(told).unwrap();
        assert_eq!(read, Rules::from_toml(TEXT).unwrap());
    }

    #[test]
    fn the_reference_shows_rules_that_can_be_read() {
        let page = include_str!("../../../docs/reference/agent-rules.md");
        let (_, rest) = page.split_once("```toml\n").unwrap();
        let rules = Rules::from_toml(rest.split_once("```").unwrap().0).unwrap();
        assert_eq!((rules.products.len(), rules.groups.len()), (2, 1));
        let (told, defaults) =
            (Rules { products: Vec::new(), groups: Vec::new(), ..rules }, Rules::default());
        assert_eq!(told, defaults, "what the page shows for all are the defaults");
    }

    #[test]
    fn faults_say_where_and_what_to_write() {
        let fault = |text: &str| Rules::from_toml(text).unwrap_err();
        assert!(fault("levle = 1").starts_with("line 1: unknown field `levle`: write one of `"));
        let nested = fault("level = \"ask\"\n[[product]]\nproduct = \"revit\"\nprocess = \"x\"");
        assert!(nested.starts_with("line 4: unknown field `process`"), "{nested}");
        assert!(fault("[[group]]\ngroup = \"a\"\nminutes = 1").contains("unknown field `minutes`"));
        assert_eq!(fault("heartbeat_seconds = 5"), "`heartbeat_seconds` is 5: write 60 to 450");
        assert!(fault("level = \"kill\"").contains("inform"));
        assert_eq!(fault("save_minutes = 0"), "`save_minutes` is 0: write 1 to 240");
        assert!(fault("[[product]]\nproduct = \"revit\"").contains("name at least one"));
        assert!(fault("[[product]]\nprocesses = [\"x\"]").contains("has no `product`"));
        assert!(fault("[[group]]\nlevel = \"ask\"").contains("has no `group`"));
    }
}
