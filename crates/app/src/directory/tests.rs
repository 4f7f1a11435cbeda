use super::*;
use faregate_core::estate::{
    AliasTerm, GENERAL, Group, GroupId, Offering, Product, Seat, Standing,
};

const NOW: Instant = Instant(1_000);

fn text(text: &str) -> String {
    text.to_owned()
}

/// An estate with an offering `aec` that covers `revit`, and a group `all` above `site`.
struct World(Estate);

impl World {
    fn new() -> Self {
        let mut estate = Estate::default();
        estate.define_product(Product { key: text("revit"), name: text("Revit") });
        let (key, name) = (text("aec"), text("AEC"));
        estate.define_offering(Offering { key, name, covers: vec![text("revit")] });
        let (key, name) = (text("other"), text("Other"));
        estate.define_offering(Offering { key, name, covers: Vec::new() });
        let group = |key: &str, parents| Group {
            key: text(key),
            name: text(key),
            dimension: None,
            parents,
        };
        let all = estate.set_group(group("all", Vec::new())).unwrap();
        estate.set_group(group("site", vec![all])).unwrap();
        Self(estate)
    }

    fn person(&mut self, key: &str, name: &str, aliases: &[&str]) -> PersonId {
        let aliases = aliases.iter().map(|alias| text(alias)).collect();
        let (key, name) = (text(key), text(name));
        self.0.add_person(Person { key, name, bucket: GENERAL, aliases })
    }

    fn seat(&mut self, offering: &str, person: Option<PersonId>, from: i64, until: i64) -> SeatId {
        let offering = self.0.offering_called(offering).unwrap();
        let (from, until) = (Instant(from), Instant(until));
        self.0.add_seat(Seat { offering, person, from, until })
    }

    fn standing(&mut self, id: PersonId, groups: Vec<GroupId>, until: Option<i64>) {
        let until = until.map(Instant);
        self.0.set_standing(id, Standing { groups, contractor: false, until });
    }

    #[track_caller]
    fn check(&self, of: MembersOf<'_>, members: &[&str], unsaid: &[&str]) {
        let found = membership(&self.0, of, NOW).unwrap();
        let told: Vec<&str> = found.members.iter().map(|member| member.email.as_str()).collect();
        assert_eq!(told, members, "{of:?}");
        let told: Vec<&str> = found.unsaid.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(told, unsaid, "{of:?}");
    }
}

#[test]
fn holders_of_seats_are_members_as_things_stand_now() {
    let mut world = World::new();
    let ids: Vec<PersonId> =
        ('a'..='f').map(|key| world.person(&format!("{key}@x.example"), "", &[])).collect();
    world.seat("aec", Some(ids[0]), 0, 2_000);
    world.seat("aec", Some(ids[0]), 0, 2_000);
    world.seat("aec", Some(ids[1]), 0, 1_000);
    world.seat("aec", Some(ids[2]), 1_001, 2_000);
    let passed = world.seat("aec", Some(ids[3]), 0, 2_000);
    world.0.move_seat(passed, Some(ids[4]), NOW);
    world.seat("aec", None, 0, 2_000);
    world.seat("other", Some(ids[5]), 0, 2_000);
    world.check(MembersOf::Offering("aec"), &["a@x.example", "e@x.example"], &[]);
    world.check(MembersOf::Product("revit"), &["a@x.example", "e@x.example"], &[]);
    world.check(MembersOf::Offering("other"), &["f@x.example"], &[]);
}

#[test]
fn members_of_a_group_are_those_of_groups_below_too_and_nobody_who_left() {
    let mut world = World::new();
    let [all, site] = ["all", "site"].map(|key| world.0.group_called(key).unwrap());
    for (key, group, until) in
        [("a", all, None), ("b", site, Some(1_001)), ("c", site, Some(1_000)), ("d", all, Some(1))]
    {
        let id = world.person(&format!("{key}@x.example"), "", &[]);
        world.standing(id, vec![group], until);
        world.seat("aec", Some(id), 0, 2_000);
    }
    world.person("e@x.example", "", &[]);
    world.check(MembersOf::Group("all"), &["a@x.example", "b@x.example"], &[]);
    world.check(MembersOf::Group("site"), &["b@x.example"], &[]);
    world.check(MembersOf::Offering("aec"), &["a@x.example", "b@x.example"], &[]);
}

#[test]
fn nobody_is_dropped_for_want_of_an_address() {
    let mut world = World::new();
    let dated = world.person("dan", "Dan", &[]);
    for (alias, from, until) in [("dan@old.example", 0, 999), ("dan@new.example", 999, 2_000)] {
        let (from, until) = (Instant(from), Instant(until));
        world.0.add_alias(AliasTerm { alias: text(alias), person: dated, from, until }).unwrap();
    }
    let others = [
        world.person("4711", "Ana Díaz", &["adiaz", "ana@x.example"]),
        world.person("ben@x.example", "ben@x.example", &["ben@y.example"]),
        world.person("cleo", "Cleo", &["cleo@x.example", "cleo@y.example"]),
        world.person("eva", "Eva", &["eva@ws-1", "a b@x.example", "@x.example", "e@", "e@x..y"]),
    ];
    for id in others.into_iter().chain([dated]) {
        world.seat("aec", Some(id), 0, 2_000);
    }
    let found = ["ana@x.example", "ben@x.example", "dan@new.example"];
    world.check(MembersOf::Offering("aec"), &found, &["cleo", "eva"]);
    let found = membership(&world.0, MembersOf::Offering("aec"), NOW).unwrap();
    let names: Vec<&str> = found.members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["Ana Díaz", "", "Dan"]);
    let why: Vec<Unsaid> = found.unsaid.iter().map(|(_, why)| *why).collect();
    assert_eq!(why, [Unsaid::SeveralAddresses, Unsaid::NoAddress]);
}

#[test]
fn what_the_estate_does_not_have_is_named() {
    let world = World::new();
    for (of, expected) in [
        (MembersOf::Offering("revit"), "there is no offering `revit`"),
        (MembersOf::Product("aec"), "there is no product `aec`"),
        (MembersOf::Group("aec"), "there is no group `aec`"),
    ] {
        assert_eq!(membership(&world.0, of, NOW).unwrap_err().to_string(), expected);
    }
}
