//! parse(render(x)) = x, for files made at random out of everything that can be made.

use super::*;
use crate::options::directive::QUALIFIERS;
use proptest::prelude::*;

fn any_name() -> impl Strategy<Value = Name> {
    let text = prop_oneof![
        4 => "[A-Za-z][A-Za-z0-9._-]{0,12}",
        2 => "[a-zé]{1,6} [a-zñ]{1,6}",
        2 => "[A-Z]{1,4}\\\\[a-z]{1,6}",
        1 => "[^\u{0}-\u{1f}]{1,40}",
        1 => "[+:=*'%$~(){}]{1,6}",
        1 => prop::sample::select(vec!["GROUP", "USER", "INCLUDE", "+x", "a:KEY", "10.0.0.*", "//c"])
            .prop_map(str::to_owned),
    ];
    text.prop_filter_map("no name", |text| Name::new(&text).ok())
}

fn any_feature() -> impl Strategy<Value = Feature> {
    let plain = any_name().prop_filter_map("no feature", Feature::new);
    let pool = prop::option::of((prop::sample::select(QUALIFIERS.to_vec()), any_name()));
    (plain, pool).prop_map(|(feature, pool)| match pool {
        Some((word, value)) => feature.pool(word, value).unwrap(),
        None => feature,
    })
}

fn any_range() -> impl Strategy<Value = Range> {
    prop_oneof![
        prop::array::uniform4(prop::option::of(any::<u8>())).prop_map(Range::V4),
        prop::array::uniform8(prop::option::of(any::<u16>())).prop_map(Range::V6),
    ]
}

fn any_who() -> impl Strategy<Value = Who> {
    prop_oneof![
        any_name().prop_map(Who::User),
        any_name().prop_map(Who::Host),
        any_name().prop_map(Who::Display),
        any_name().prop_map(Who::Project),
        any_name().prop_map(Who::Group),
        any_name().prop_map(Who::HostGroup),
        any_range().prop_map(Who::Internet),
    ]
}

fn any_directive() -> impl Strategy<Value = Directive> {
    let kind = prop::sample::select(vec![GroupKind::Users, GroupKind::Hosts]);
    let count = || any::<u32>();
    prop_oneof![
        2 => (kind, any_name(), prop::collection::vec(any_name(), 1..400))
            .prop_map(|(kind, name, members)| Directive::Group { kind, name, members }),
        3 => (prop::sample::select(Verb::ALL.to_vec()), any_feature(), any_who())
            .prop_map(|(verb, feature, who)| Directive::Access { verb, feature, who }),
        1 => (any::<bool>(), any_who()).prop_map(|(include, who)| Directive::AccessAll { include, who }),
        1 => (count(), any_feature(), any_who())
            .prop_map(|(count, feature, who)| Directive::Reserve { count, feature, who }),
        1 => (count(), any_feature(), any_who())
            .prop_map(|(count, feature, who)| Directive::Max { count, feature, who }),
        1 => (any_feature(), count(), 0..5_u8).prop_map(|(feature, n, which)| match which {
            0 => Directive::Timeout { feature, seconds: n },
            1 => Directive::Linger { feature, seconds: n },
            2 => Directive::BorrowLowWater { feature, count: n },
            3 => Directive::MaxBorrowHours { feature, hours: n },
            _ => Directive::MaxOverdraft { feature, count: n },
        }),
        1 => count().prop_map(|seconds| Directive::TimeoutAll { seconds }),
        1 => any::<bool>().prop_map(Directive::GroupCaseInsensitive),
        1 => (any::<bool>(), any::<bool>(), "[A-Za-z:\\\\/ #.]{1,20}").prop_filter_map(
            "no path",
            |(report, append, path)| {
                let path = LogPath::new(&path).ok()?;
                Some(Directive::Log { report, append, path })
            }
        ),
        1 => Just(Directive::NoLog("DENIED")),
        1 => prop::collection::vec(any_name(), 0..3)
            .prop_map(|words| Directive::Other { keyword: "FQDN_MATCHING", words }),
    ]
}

/// Any text, mixed with what an options file is made of.
pub(super) fn hostile() -> impl Strategy<Value = String> {
    const WORDS: [&str; 34] = [
        "GROUP ",
        "HOST_GROUP ",
        "INCLUDE ",
        "EXCLUDE ",
        "INCLUDEALL ",
        "EXCLUDEALL ",
        "RESERVE ",
        "MAX ",
        "TIMEOUT ",
        "TIMEOUTALL ",
        "INCLUDE_BORROW ",
        "GROUPCASEINSENSITIVE ON",
        "USER ",
        "GROUP ",
        "HOST_GROUP ",
        "INTERNET ",
        "64300ACD_F ",
        "64300ACD_T_F ",
        "87545ACD_2022_0F ",
        "G ",
        "g ",
        "jo ",
        "Jo ",
        "10.0.0.* ",
        "1 ",
        "4294967295 ",
        "\\",
        "\\\n",
        "\r\n",
        "\"",
        "# faregate begin\n",
        "# faregate end\n",
        "#",
        "MAX_BORROW_HOURS ",
    ];
    let part = prop_oneof![
        8 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
        4 => Just("\n".to_owned()),
        1 => ".{0,6}",
        1 => any::<char>().prop_map(|letter| letter.to_string()),
    ];
    prop::collection::vec(part, 0..80).prop_map(|parts| parts.concat())
}

fn directives(file: &OptionsFile) -> Vec<Directive> {
    file.directives().map(|(_, directive)| directive.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_is_written_is_read_the_same(list in prop::collection::vec(any_directive(), 0..12)) {
        let file = OptionsFile::of(list.iter().cloned());
        let text = file.render();
        prop_assert_eq!(&OptionsFile::parse(&text), &file);
        // Split groups have the members of the whole ones, and no line is too long.
        prop_assert_eq!(file.groups().iter().map(|(k, n, g)| (k, n.clone(), g.members.iter().map(|m| m.0.clone()).collect::<Vec<_>>())).collect::<Vec<_>>(),
            unsplit(&list).iter().map(|((k, n), m)| (*k, n.clone(), m.clone())).collect::<Vec<_>>());
        prop_assert!(text.lines().all(|line| line.chars().count() <= LINE_CHARACTERS_MAX));
    }

    #[test]
    fn what_is_read_is_kept_and_its_meaning_can_be_written(text in hostile()) {
        let file = OptionsFile::parse(&text);
        prop_assert_eq!(file.render(), text);
        let again = OptionsFile::parse(&OptionsFile::of(directives(&file)).render());
        prop_assert!(again.bad_lines().is_empty());
        prop_assert_eq!(OptionsFile::of(directives(&again)).render(), again.render());
        let members = |file: &OptionsFile| file.groups().iter().map(|(k, n, g)| (k, n.clone(), g.members.len())).collect::<Vec<_>>();
        prop_assert_eq!(members(&file), members(&again));
    }

    /// The threat: a name that becomes a line, or another word of its line.
    #[test]
    fn no_name_is_anything_else(text in "(.|[\n\r\t\"#\\\\\u{85}\u{2028}\u{b}\u{c} ]|INCLUDE F USER x){1,12}") {
        let Ok(name) = Name::new(&text) else { return Ok(()) };
        let rule = |who| Directive::Access { verb: Verb::Include, feature: super::feature("F"), who };
        let group = Directive::Group { kind: GroupKind::Users, name: name.clone(), members: vec![name.clone(); 3] };
        let all = [group, rule(Who::User(name.clone())), rule(Who::Group(name))];
        let file = OptionsFile::of(all.clone());
        prop_assert_eq!(file.render().matches('\n').count(), 3);
        prop_assert_eq!(directives(&OptionsFile::parse(&file.render())), all);
    }
}

fn unsplit(list: &[Directive]) -> std::collections::BTreeMap<(GroupKind, Name), Vec<Name>> {
    let mut groups = std::collections::BTreeMap::<_, Vec<Name>>::new();
    for directive in list {
        if let Directive::Group { kind, name, members } = directive {
            groups.entry((*kind, name.clone())).or_default().extend(members.iter().cloned());
        }
    }
    groups
}
