//! What shall stand in the options file, and what cannot.

use super::asking::{Asking, Spot};
use super::groups::{Known, Rights, key, name_of};
use crate::rules::Rules;
use faregate_core::estate::{Breach, Cidr, GroupId, PersonId, ProductId, Territory};
use faregate_core::state::State;
use faregate_core::when::Instant;
use faregate_ingest::features::{Code, FeatureTable, Form};
use faregate_ingest::options::plan::{Rule, Wanted, both_forms, generate};
use faregate_ingest::options::settings::{
    BadSetting, Lined, ProductSettings, Settings, Strangers, Whom,
};
use faregate_ingest::options::{Feature, Name, OptionsFile, Range, Who};
use std::collections::{BTreeMap, BTreeSet};

/// What shall stand in the options file.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// As data.
    pub wanted: Wanted,
    /// As lines.
    pub file: OptionsFile,
    /// What no line says.
    pub unsaid: Vec<Unsaid>,
}

/// Something that an options file cannot say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsaid {
    /// What, and what is done instead.
    pub text: String,
    /// What can be done about it.
    pub help: String,
}

impl Unsaid {
    pub(super) fn new(text: impl Into<String>, help: impl Into<String>) -> Self {
        Self { text: text.into(), help: help.into() }
    }
}

/// Makes a plan of what the policies in force answer and the operator's settings add, for the codes that the server
/// serves or the settings name.
///
/// # Errors
/// All that is wrong with the settings, or why no file can be made of them.
pub fn plan(
    state: &State,
    rules: &Rules,
    settings: &Settings,
    (served, table): (&BTreeSet<String>, &FeatureTable),
    now: Instant,
) -> Result<Plan, Vec<String>> {
    if rules.are_unreadable() {
        let why = "the policies in the journal cannot be read by this release; use a newer one";
        return Err(vec![why.to_owned()]);
    }
    let mut unsaid = Vec::new();
    let known = Known::of(state.estate(), now, &mut unsaid);
    let mut planning = Planning {
        state,
        settings,
        known,
        unsaid,
        faults: Vec::new(),
        wanted: Wanted {
            case_insensitive: true,
            timeout_all: settings.timeout_all,
            ..Wanted::default()
        },
    };
    planning.host_groups();
    let codes = planning.codes(served, table);
    let accesses = planning.accesses(rules, codes.keys(), now);
    planning.rules(&codes, &accesses);
    planning.of_other_kinds();
    planning.finish()
}

/// Who may open a product, as far as an options file can say it.
#[derive(Default)]
struct Access {
    people: BTreeSet<PersonId>,
    /// The only places from which somebody may, for everybody.
    only: Vec<Who>,
    /// Places from which nobody may.
    not: Vec<Who>,
}

struct Planning<'a> {
    state: &'a State,
    settings: &'a Settings,
    known: Known,
    wanted: Wanted,
    unsaid: Vec<Unsaid>,
    faults: Vec<BadSetting>,
}

impl Planning<'_> {
    fn fault(&mut self, line: usize, text: String, help: &str) {
        self.faults.push(BadSetting { line, text, help: help.to_owned() });
    }

    fn finish(mut self) -> Result<Plan, Vec<String>> {
        if !self.faults.is_empty() {
            self.faults.sort_by_key(|fault| fault.line);
            return Err(self.faults.iter().map(ToString::to_string).collect());
        }
        let file = generate(&self.wanted)
            .map_err(|bad| bad.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        Ok(Plan { wanted: self.wanted, file, unsaid: self.unsaid })
    }

    fn host_groups(&mut self) {
        for group in &self.settings.host_groups {
            let hosts = group.hosts.iter().cloned();
            self.wanted.host_groups.entry(group.name.clone()).or_default().extend(hosts);
        }
    }

    /// The codes of each product, both forms of each.
    fn codes(
        &mut self,
        served: &BTreeSet<String>,
        table: &FeatureTable,
    ) -> BTreeMap<ProductId, BTreeSet<Feature>> {
        let estate = self.state.estate();
        let mut named: Vec<(ProductId, Option<usize>, Name)> = Vec::new();
        for ProductSettings { key, features, .. } in &self.settings.products {
            match estate.product_called(&key.value) {
                Some(product) => named.extend(
                    features.iter().map(|one| (product, Some(one.line), one.value.clone())),
                ),
                None => {
                    let text = format!("no product is called `{}`", key.value);
                    let help = "use the key of a product of the estate".to_owned();
                    self.faults.push(BadSetting { line: key.line, text, help });
                }
            }
        }
        let is_package =
            |code: &&String| Code::parse(code).is_some_and(|code| code.form != Form::Component);
        for code in served.iter().filter(is_package) {
            let family = || estate.product_called(table.look_up(code)?.family);
            let product = self.state.product_of_feature(code).or_else(family);
            named.extend(
                product.zip(Name::new(code).ok()).map(|(product, name)| (product, None, name)),
            );
        }
        self.distinct(named)
    }

    /// Both forms of each code; what the settings say of a code goes before what its name says.
    fn distinct(
        &mut self,
        named: Vec<(ProductId, Option<usize>, Name)>,
    ) -> BTreeMap<ProductId, BTreeSet<Feature>> {
        let mut owners: BTreeMap<Feature, ProductId> = BTreeMap::new();
        for (product, line, code) in named {
            let both = both_forms(code.as_str()).map_or_else(|| vec![code.to_string()], Vec::from);
            let features = both.iter().filter_map(|code| Feature::new(Name::new(code).ok()?));
            let mut taken = false;
            for feature in features {
                taken |= *owners.entry(feature).or_insert(product) != product;
            }
            if let Some(line) = line.filter(|_| taken) {
                let text = format!("`{code}` is a code of another product above");
                self.fault(line, text, "keep one of the two");
            }
        }
        let mut codes: BTreeMap<ProductId, BTreeSet<Feature>> = BTreeMap::new();
        for (feature, product) in owners {
            codes.entry(product).or_default().insert(feature);
        }
        let products = (0_u16..).map(ProductId).zip(self.state.estate().products());
        let without = products.filter(|(id, _)| !codes.contains_key(id));
        let without: Vec<&str> = without.map(|(_, product)| product.key.as_str()).collect();
        if !without.is_empty() {
            self.unsaid.push(Unsaid::new(
                format!("no feature code is known of {}: nobody is shut out of them", some(&without)),
                "write their package codes into the settings, or name the debug log in which the server lists them",
            ));
        }
        codes
    }

    fn accesses<'p>(
        &mut self,
        rules: &Rules,
        products: impl Iterator<Item = &'p ProductId>,
        now: Instant,
    ) -> BTreeMap<ProductId, Access> {
        let hosts = self.settings.host_groups.iter().flat_map(|group| &group.hosts);
        let hosts = hosts.map(ToString::to_string).collect();
        let asking = Asking::new(self.state, rules, &hosts, now);
        products.map(|product| (*product, self.access(&asking, *product))).collect()
    }

    fn access(&mut self, asking: &Asking<'_>, product: ProductId) -> Access {
        let all: Vec<PersonId> = self.state.estate().everybody().map(|(id, _)| id).collect();
        let spots: Vec<&Spot> = asking.spots().collect();
        let mut at: Vec<BTreeSet<PersonId>> = vec![BTreeSet::new(); spots.len()];
        let mut at_times = 0_usize;
        for person in &all {
            let answer = asking.answer(*person, product);
            at_times += usize::from(answer.at_times_only);
            for number in answer.from {
                if let Some(people) = at.get_mut(number) {
                    people.insert(*person);
                }
            }
        }
        let called = self.called(product);
        if at_times > 0 {
            self.unsaid.push(Unsaid::new(
                format!("{} may open {called} at some hours only; the file knows no hours, so they get in at all", count(at_times)),
                "the gate refuses at other hours, and `faregate leakage` shows who went past it",
            ));
        }
        let people: BTreeSet<PersonId> = at.iter().flatten().copied().collect();
        self.placed(&spots, &at, people, all.len(), &called)
    }

    /// What can be said of places: that nobody may from some, or that everybody may from some and from no other.
    fn placed(
        &mut self,
        spots: &[&Spot],
        at: &[BTreeSet<PersonId>],
        people: BTreeSet<PersonId>,
        everybody: usize,
        called: &str,
    ) -> Access {
        let paired = || spots.iter().copied().zip(at);
        let (shut, open): (Vec<_>, Vec<_>) = paired().partition(|(_, there)| there.is_empty());
        if people.is_empty() || shut.is_empty() && open.iter().all(|(_, there)| **there == people) {
            return Access { people, ..Access::default() };
        }
        let spots = |all: &[(&Spot, &BTreeSet<PersonId>)]| -> Vec<Spot> {
            all.iter().map(|(spot, _)| (*spot).clone()).collect()
        };
        let (shut_spots, open_spots) = (spots(&shut), spots(&open));
        let alike = open.iter().all(|(_, there)| **there == people);
        let nowhere_else = shut_spots.contains(&Spot::Anywhere);
        let said = match (alike, nowhere_else) {
            (true, false) if !overlap(&shut_spots, &open_spots) => whos(&shut_spots)
                .map(|not| Access { people: people.clone(), not, ..Access::default() }),
            (true, true) if people.len() == everybody && !overlap(&open_spots, &shut_spots) => {
                whos(&open_spots).map(|only| Access {
                    people: people.clone(),
                    only,
                    ..Access::default()
                })
            }
            _ => None,
        };
        if let Some(said) = said {
            return said;
        }
        self.unsaid.push(Unsaid::new(
            format!("who may open {called} depends on where they are, which INCLUDE and EXCLUDE cannot say: {} who may somewhere get in everywhere", count(people.len())),
            "the gate refuses elsewhere, and `faregate leakage` shows who went past it",
        ));
        Access { people, ..Access::default() }
    }

    /// The lines of every code, and the groups that they name.
    fn rules(
        &mut self,
        codes: &BTreeMap<ProductId, BTreeSet<Feature>>,
        accesses: &BTreeMap<ProductId, Access>,
    ) {
        let classes = self.classes(accesses);
        for (product, features) in codes {
            let key = self.key(*product);
            let own =
                self.settings.products.iter().find(|one| {
                    self.state.estate().product_called(&one.key.value) == Some(*product)
                });
            let mut rule = own.map_or_else(Rule::default, |own| self.rule(own));
            if let Some(access) = accesses.get(product) {
                let of = |may: bool| {
                    let groups =
                        classes.iter().filter(move |(rights, _)| rights.contains(&key) == may);
                    groups.map(|(_, name)| Who::Group(name.clone())).collect::<Vec<_>>()
                };
                if !access.only.is_empty() {
                    rule.only = Some(access.only.clone());
                } else if self.settings.strangers == Strangers::LetIn {
                    rule.not.extend(of(false));
                } else {
                    rule.only = Some(of(true));
                }
                rule.not.extend(access.not.iter().cloned());
            }
            for feature in features {
                self.wanted.rules.insert(feature.clone(), rule.clone());
            }
        }
    }

    /// People by what they may open, each such set with the name of its group.
    fn classes(&mut self, accesses: &BTreeMap<ProductId, Access>) -> Vec<(Rights, Name)> {
        let by_person = || accesses.iter().filter(|(_, access)| access.only.is_empty());
        let all: Rights = by_person().map(|(product, _)| self.key(*product)).collect();
        let mut classes: BTreeMap<Rights, BTreeSet<PersonId>> = BTreeMap::new();
        let estate = self.state.estate();
        for (person, _) in estate.everybody() {
            let may = by_person().filter(|(_, access)| access.people.contains(&person));
            let rights: Rights = may.map(|(product, _)| self.key(*product)).collect();
            if !rights.is_empty() && self.known.is_nameless(person) {
                self.unsaid.push(Unsaid::new(
                    format!("{} has no name that a licence server can know", key(estate, person)),
                    "give them their FlexNet user name as an alias",
                ));
            }
            classes.entry(rights).or_default().insert(person);
        }
        if self.settings.strangers == Strangers::Refused || all.is_empty() {
            classes.remove(&Rights::new());
        }
        let mut named = Vec::new();
        for (rights, people) in classes {
            if let Some(name) = name_of(&rights, &all) {
                self.wanted.groups.insert(name.clone(), self.known.members(&people));
                named.push((rights, name));
            }
        }
        named
    }

    /// What the settings say of a product.
    fn rule(&mut self, own: &ProductSettings) -> Rule {
        let counted = |planning: &mut Self, all: &[(u32, Lined<Whom>)]| {
            let one = |(count, whom): &(u32, Lined<Whom>)| Some((*count, planning.who(whom)?));
            all.iter().filter_map(one).collect()
        };
        Rule {
            borrow_only: own.borrow_only.as_ref().map(|only| self.whos(only)),
            borrow_not: self.whos(&own.borrow_not),
            reserve: counted(self, &own.reserve),
            max: counted(self, &own.max),
            timeout_seconds: own.timeout_seconds,
            borrow_hours_max: own.borrow_hours_max,
            borrow_low_water: own.borrow_low_water,
            ..Rule::default()
        }
    }

    fn whos(&mut self, all: &[Lined<Whom>]) -> Vec<Who> {
        all.iter().filter_map(|whom| self.who(whom)).collect()
    }

    /// Whom a setting means, its group made on the way.
    fn who(&mut self, whom: &Lined<Whom>) -> Option<Who> {
        let estate = self.state.estate();
        let missing = |text: String, help: &str| (text, help.to_owned());
        let found = match &whom.value {
            Whom::Host(name) => Ok(Who::Host(name.clone())),
            Whom::HostGroup(name) if self.wanted.host_groups.contains_key(name) => {
                Ok(Who::HostGroup(name.clone()))
            }
            Whom::HostGroup(name) => Err(missing(
                format!("no group of hosts is called `{name}`"),
                "describe it as a [[host_group]]",
            )),
            Whom::Group(group) => match estate.group_called(group) {
                Some(id) => self.people_as(format!("faregate-of-{group}"), self.in_group(id)),
                None => Err(missing(
                    format!("no group is called `{group}`"),
                    "use the key of a group of the estate",
                )),
            },
            Whom::Person(name) => match estate.person_called(name) {
                Some(id) => self.people_as(format!("faregate-person-{name}"), vec![id]),
                None => Err(missing(
                    format!("nobody is called `{name}`"),
                    "use any name of a person of the estate",
                )),
            },
        };
        found.map_err(|(text, help)| self.fault(whom.line, text, &help)).ok()
    }

    fn in_group(&self, group: GroupId) -> Vec<PersonId> {
        let estate = self.state.estate();
        let all = estate.everybody().map(|(id, _)| id);
        all.filter(|person| estate.groups_of(*person).contains(&group)).collect()
    }

    fn people_as(&mut self, name: String, people: Vec<PersonId>) -> Result<Who, (String, String)> {
        let name = Name::new(&name).map_err(|bad| (bad.to_string(), bad.help()))?;
        self.wanted.groups.insert(name.clone(), self.known.members(&people));
        Ok(Who::Group(name))
    }

    /// What the gate minds besides policies, and an options file does not.
    fn of_other_kinds(&mut self) {
        let refuses = |territory: &&Territory| territory.breach == Breach::Refuse;
        let territories = self.state.estate().territories().iter().filter(refuses).count();
        if territories > 0 {
            self.unsaid.push(Unsaid::new(
                format!("{territories} of the territories refuse use elsewhere; the file knows no countries"),
                "the gate refuses there; or name networks as sites, and write a policy about them",
            ));
        }
        self.unsaid.push(Unsaid::new(
            "budgets, caps and prices: the file knows no tokens",
            "the gate refuses what they do not cover, and `faregate leakage` shows who went past it",
        ));
    }

    fn key(&self, product: ProductId) -> String {
        let product = self.state.estate().product(product);
        product.map_or_else(String::new, |product| product.key.clone())
    }

    fn called(&self, product: ProductId) -> String {
        format!("`{}`", self.key(product))
    }
}

fn count(people: usize) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{people} people") }
}

/// Places as an options file names them; `None` where one has no such name.
fn whos(spots: &[Spot]) -> Option<Vec<Who>> {
    let mut all = Vec::new();
    for spot in spots {
        match spot {
            Spot::Anywhere => {}
            Spot::Network(cidr) => {
                all.extend(Range::covering(cidr).ok()?.into_iter().map(Who::Internet));
            }
            Spot::Host(host) => all.push(Who::Host(Name::new(host).ok()?)),
        }
    }
    Some(all)
}

/// Whether networks of the one kind have addresses of the other in them.
fn overlap(some: &[Spot], others: &[Spot]) -> bool {
    let cidr = |spot: &Spot| match spot {
        Spot::Network(cidr) => Some(*cidr),
        Spot::Anywhere | Spot::Host(_) => None,
    };
    let others: Vec<Cidr> = others.iter().filter_map(cidr).collect();
    some.iter().filter_map(cidr).any(|one| others.iter().any(|other| one.overlaps(other)))
}

/// Some keys, and how many there are besides.
fn some(keys: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = keys.iter().take(SHOWN).map(|key| format!("`{key}`")).collect();
    match keys.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more products", shown.join(", ")),
    }
}
