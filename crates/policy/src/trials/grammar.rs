//! Made-up policies: every construct that the schema allows, in conditions of a few levels.

use super::Chance;
use super::estate::{
    BUCKETS, COUNTRIES, GROUPS, HOSTS, OFFERINGS, PEOPLE, PRODUCTS, REGIONS, SCHEDULES, SITES,
    VERSIONS,
};
use faregate_core::event::{Mode, PolicySet};

/// A set of one policy, named by its number.
#[must_use]
pub fn policy_set(chance: &mut Chance, number: usize) -> PolicySet {
    let text = policy(chance, number);
    PolicySet { name: format!("set-{number}"), mode: Mode::Enforce, text }
}

fn policy(chance: &mut Chance, number: usize) -> String {
    let forbids = chance.once_in(2);
    let mut text = format!("@id(\"policy-{number}\")\n");
    if forbids && chance.once_in(2) {
        let reason = chance.pick(&[
            "not-eligible",
            "outside-schedule",
            "region-not-allowed",
            "no-free-seat",
        ]);
        text += &format!("@reason(\"{reason}\")\n");
    }
    if forbids && chance.once_in(3) {
        text += &format!("@otherwise(\"{}\")\n", chance.pick(&["refuse", "route"]));
    }
    text += if forbids { "forbid" } else { "permit" };
    text += &format!("({}, {}, {})", principal(chance), action(chance), resource(chance));
    for _ in 0..chance.below(3) {
        let kind = if chance.once_in(4) { "unless" } else { "when" };
        text += &format!("\n{kind} {{ {} }}", Grammar { chance }.truth(3));
    }
    text + ";\n"
}

fn named(chance: &mut Chance, kind: &str, keys: &[&'static str]) -> String {
    format!("{kind}::\"{}\"", chance.pick(keys))
}

fn principal(chance: &mut Chance) -> String {
    match chance.below(8) {
        0 => format!("principal == {}", named(chance, "Person", &PEOPLE)),
        1 | 2 => format!("principal in {}", named(chance, "Group", &GROUPS)),
        3 => "principal is Person".to_owned(),
        4 => format!("principal is Person in {}", named(chance, "Group", &GROUPS)),
        _ => "principal".to_owned(),
    }
}

fn resource(chance: &mut Chance) -> String {
    match chance.below(8) {
        0 => format!("resource == {}", named(chance, "Product", &PRODUCTS)),
        1 => format!("resource in {}", named(chance, "Offering", &OFFERINGS)),
        2 => format!("resource is Product in {}", named(chance, "Offering", &OFFERINGS)),
        3 => format!("resource in {}", named(chance, "Product", &PRODUCTS)),
        _ => "resource".to_owned(),
    }
}

const ACTIONS: [&str; 3] = ["open-on-seat", "take-free-seat", "open-on-tokens"];

fn action(chance: &mut Chance) -> String {
    match chance.below(6) {
        0 => format!("action == {}", named(chance, "Action", &ACTIONS)),
        1 => "action in Action::\"open\"".to_owned(),
        2 => {
            let (one, two) = (named(chance, "Action", &ACTIONS), named(chance, "Action", &ACTIONS));
            format!("action in [{one}, {two}]")
        }
        _ => "action".to_owned(),
    }
}

struct Grammar<'c> {
    chance: &'c mut Chance,
}

impl Grammar<'_> {
    fn truth(&mut self, depth: usize) -> String {
        let Some(below) = depth.checked_sub(1) else { return self.atom() };
        match self.chance.below(16) {
            0..=2 => format!("({} && {})", self.truth(below), self.truth(below)),
            3 | 4 => format!("({} || {})", self.truth(below), self.truth(below)),
            5 => format!("!({})", self.truth(below)),
            6 => {
                let (one, two) = (self.truth(below), self.truth(below));
                format!("(if {} then {one} else {two})", self.truth(below))
            }
            7 => format!("({} {} {})", self.long(below), self.comparison(), self.long(below)),
            8 => format!("({} {} {})", self.time(below), self.comparison(), self.time(below)),
            9 => format!("({} {} {})", self.span(below), self.comparison(), self.span(below)),
            10 => self.sets(below),
            11 => format!("({} == {})", self.word(below), self.word(below)),
            12 => format!("({} != {})", self.bucket(below), self.bucket(below)),
            13 => self.optional(below),
            14 => self.left_to_cedar(),
            _ => self.atom(),
        }
    }

    fn atom(&mut self) -> String {
        match self.chance.below(16) {
            0 => "principal.contractor".to_owned(),
            1 => "context.confirmed".to_owned(),
            2 => format!("principal in {}", named(self.chance, "Group", &GROUPS)),
            3 => {
                let (one, two) = (self.group(), self.group());
                format!("principal in [{one}, {two}]")
            }
            4 => format!("principal == {}", named(self.chance, "Person", &PEOPLE)),
            5 => format!("resource == {}", named(self.chance, "Product", &PRODUCTS)),
            6 => format!("resource in {}", named(self.chance, "Offering", &OFFERINGS)),
            7 => format!("action == {}", named(self.chance, "Action", &ACTIONS)),
            8 => format!("action in [{}]", named(self.chance, "Action", &ACTIONS)),
            9 | 10 => {
                format!("context.during.contains({})", named(self.chance, "Schedule", &SCHEDULES))
            }
            11 => format!("context.host like \"{}\"", self.pattern()),
            12 => format!("{} in {}", self.bucket(0), named(self.chance, "Bucket", &BUCKETS)),
            13 => "action in Action::\"open\"".to_owned(),
            14 => format!("principal.bucket in {}", self.buckets()),
            _ => self.chance.pick(&["true", "false"]).to_owned(),
        }
    }

    /// Facts that are not always there, and so are asked for first.
    fn optional(&mut self, depth: usize) -> String {
        let site = named(self.chance, "Site", &SITES);
        let country = named(self.chance, "Country", &COUNTRIES);
        let region = named(self.chance, "Region", &REGIONS);
        match self.chance.below(13) {
            0 => format!("(context has version && context.version like \"{}\")", self.pattern()),
            1 => format!("(context has site && context.site == {site})"),
            2 => format!("(context has site && context.site in {country})"),
            3 => {
                let other = named(self.chance, "Country", &COUNTRIES);
                format!("(context has site && context.site in [{other}, {country}])")
            }
            4 => format!("(context has country && context.country in {region})"),
            5 => format!("(context has region && context.region == {region})"),
            6 => "(context has asked && context.asked == \"tokens\")".to_owned(),
            7 => format!("(principal has until && principal.until < {})", self.time(depth)),
            8 => format!("(context has address && {})", self.address()),
            9 => "(context has site && context has country && context.site in context.country)"
                .to_owned(),
            10 => "context has region".to_owned(),
            11 => format!(
                "(principal has until && {} > principal.until.durationSince(context.now))",
                self.span(depth)
            ),
            _ => format!("(context has site && context.site is Site in {region})"),
        }
    }

    fn address(&mut self) -> String {
        let function = self.chance.pick(&["isIpv4", "isIpv6", "isLoopback", "isMulticast"]);
        let range = self.chance.pick(&[
            "10.20.0.0/16",
            "10.20.3.4",
            "0.0.0.0/0",
            "2001:db8::/32",
            "::/0",
            "10.20.3.7/30",
        ]);
        match self.chance.below(4) {
            0 => format!("context.address.{function}()"),
            1 => format!("context.address == ip(\"{range}\")"),
            2 => format!("ip(\"{range}\").isInRange(context.address)"),
            _ => format!("context.address.isInRange(ip(\"{range}\"))"),
        }
    }

    fn sets(&mut self, depth: usize) -> String {
        let (one, two) = (self.schedules(), self.schedules());
        match self.chance.below(8) {
            0 => format!("{one}.containsAll({two})"),
            1 => format!("{one}.containsAny({two})"),
            2 => format!("{one}.isEmpty()"),
            3 => format!("({one} == {two})"),
            4 => format!("[1, 2, 2, {}].contains({})", self.long(depth), self.long(depth)),
            5 => format!("[\"seat\", {}].contains({})", self.word(depth), self.word(depth)),
            6 => format!("[{}, {}].contains(context.weekday)", self.digit(), self.digit()),
            _ => format!("{}.contains({})", self.buckets(), self.bucket(depth)),
        }
    }

    fn schedules(&mut self) -> String {
        let (one, two) = (self.schedule(), self.schedule());
        match self.chance.below(3) {
            0 => format!("[{one}]"),
            1 => format!("[{one}, {two}]"),
            _ => "context.during".to_owned(),
        }
    }

    fn buckets(&mut self) -> String {
        let one = named(self.chance, "Bucket", &BUCKETS);
        match self.chance.below(3) {
            0 => format!("[{one}, context.bucket]"),
            1 => "[context.bucket, principal.bucket]".to_owned(),
            _ => format!("[{one}, {}]", named(self.chance, "Bucket", &BUCKETS)),
        }
    }

    /// What is not compiled: records, what a named entity is in, attributes of named entities.
    fn left_to_cedar(&mut self) -> String {
        let (one, two) = (self.group(), self.group());
        let product = named(self.chance, "Product", &PRODUCTS);
        let person = named(self.chance, "Person", &PEOPLE);
        match self.chance.below(5) {
            0 => format!("{one} in {two}"),
            1 => format!("({one} has dimension && {one}.dimension like \"*-1\")"),
            2 => format!("{product} in {}", named(self.chance, "Offering", &OFFERINGS)),
            3 => format!("{{a: {}}}.a", self.truth(1)),
            _ => format!("{person}.contractor"),
        }
    }

    fn long(&mut self, depth: usize) -> String {
        let Some(below) = depth.checked_sub(1) else { return self.digit() };
        match self.chance.below(12) {
            0 | 1 => "context.minute".to_owned(),
            2 => "context.weekday".to_owned(),
            3 => format!("({} + {})", self.long(below), self.long(below)),
            4 => format!("({} - {})", self.long(below), self.long(below)),
            5 => format!("({} * {})", self.long(below), self.long(below)),
            6 => format!("(-{})", self.long(below)),
            7 => {
                let unit =
                    self.chance.pick(&["Milliseconds", "Seconds", "Minutes", "Hours", "Days"]);
                format!("{}.to{unit}()", self.span(below))
            }
            8 => format!("(if {} then {} else 3)", self.truth(below), self.long(below)),
            9 => format!("(9223372036854775807 + {})", self.long(below)),
            _ => self.digit(),
        }
    }

    fn digit(&mut self) -> String {
        self.chance.pick(&["0", "1", "2", "5", "480", "1080", "-3", "86400"]).to_owned()
    }

    fn time(&mut self, depth: usize) -> String {
        let Some(below) = depth.checked_sub(1) else { return "context.now".to_owned() };
        match self.chance.below(8) {
            0 => format!("{}.offset({})", self.time(below), self.span(below)),
            1 => format!("{}.toDate()", self.time(below)),
            2 => "datetime(\"2025-12-01T09:30:00+0100\")".to_owned(),
            3 => "datetime(\"1969-07-20T20:17:40.500Z\")".to_owned(),
            4 => "datetime(\"2025-12-10\")".to_owned(),
            _ => "context.now".to_owned(),
        }
    }

    fn span(&mut self, depth: usize) -> String {
        let literals = ["1d2h", "-90m", "0ms", "9223372036854775807ms", "7d", "-5d12h30m10s7ms"];
        let literal = format!("duration(\"{}\")", self.chance.pick(&literals));
        let Some(below) = depth.checked_sub(1) else { return literal };
        match self.chance.below(4) {
            0 => format!("{}.durationSince({})", self.time(below), self.time(below)),
            1 => format!("{}.toTime()", self.time(below)),
            _ => literal,
        }
    }

    fn word(&mut self, depth: usize) -> String {
        match self.chance.below(5) {
            0 => "context.host".to_owned(),
            1 => "context.trust".to_owned(),
            2 if depth > 0 => format!("(if {} then \"vpn\" else context.host)", self.truth(0)),
            3 => format!("\"{}\"", self.chance.pick(&["vpn", "network", "geo", "unknown"])),
            _ => format!("\"{}\"", self.chance.pick(&HOSTS)),
        }
    }

    fn pattern(&mut self) -> String {
        let text = self.chance.pick(&VERSIONS);
        self.chance
            .pick(&["*", "ws-*", "*1*", "lab\\*3", "*ñ*host", "", "2026", "*.*", text])
            .to_owned()
    }

    fn group(&mut self) -> String {
        named(self.chance, "Group", &GROUPS)
    }

    fn schedule(&mut self) -> String {
        named(self.chance, "Schedule", &SCHEDULES)
    }

    fn bucket(&mut self, depth: usize) -> String {
        match self.chance.below(4) {
            0 => "principal.bucket".to_owned(),
            1 if depth > 0 => named(self.chance, "Bucket", &BUCKETS),
            _ => "context.bucket".to_owned(),
        }
    }

    fn comparison(&mut self) -> &'static str {
        self.chance.pick(&["<", "<=", ">", ">=", "=="])
    }
}
