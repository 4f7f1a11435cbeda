use super::*;

/// `family year` of a code, or `-`.
fn check(code: &str, expected: &str) {
    let table = FeatureTable::shipped();
    let found = match table.look_up(code) {
        Some(Feature { family, year: Some(year), .. }) => format!("{family} {year}"),
        Some(Feature { family, year: None, .. }) => family.to_owned(),
        None => "-".to_owned(),
    };
    assert_eq!(found, expected, "{code}");
}

#[test]
fn codes_map_to_families_and_years() {
    check("87545ACD_2022_0F", "autocad 2022");
    check("64300ACD_F", "autocad");
    check("64300ACD_T_F", "autocad");
    check("662003DSMAX_F", "3ds-max");
    check("876933DSMAX_2023_0F", "3ds-max 2023");
    check("87556CIV3D_2022_0F", "civil-3d 2022");
    check("64801INVPROSA_F", "inventor");
    check("87696NAVMAN_2023_0F", "navisworks-manage 2023");
    check("86138AMECH_PP_2014_0F", "autocad-mechanical 2014");
    check("86150ACAD_E_2014_0F", "autocad-electrical 2014");
    check("87617MAYA_2022_0F", "maya 2022");
    check("86064ACDLT_2014_0F", "autocad-lt 2014");
    check("99999NOSUCH_2030_0F", "-");
    check("MATLAB", "-");
    check("", "-");
    check("12345_F", "-");
    check("12345_2022_0F", "-");
    check("1234éACD_F", "-");
}

#[test]
fn the_shipped_table_has_no_bad_row() {
    let mut table = FeatureTable { rows: FxHashMap::default() };
    assert_eq!(table.extend(SHIPPED), Ok(237));
    let families = table.families();
    assert!(
        families.iter().all(|(family, name)| is_kebab(family) && !name.starts_with("Autodesk"))
    );
}

#[test]
fn an_operator_adds_and_overrides() {
    let mut table = FeatureTable::shipped();
    let rows = "\u{feff}# ours\r\n12345SPECIAL_F,special-tool,\"Special, Tool\"\r\nACD,autocad-ours,Our AutoCAD\r\n\r\n";
    assert_eq!(table.extend(rows), Ok(2));
    assert_eq!(table.look_up("12345SPECIAL_F").unwrap().name, "Special, Tool");
    assert_eq!(table.look_up("87545ACD_2022_0F").unwrap().family, "autocad-ours");
}

#[test]
fn bad_rows_are_named_and_nothing_is_added() {
    let mut table = FeatureTable::shipped();
    let before = table.rows.len();
    let bad = table
        .extend("A,b\n# fine\nX,Bad Key,N\nX Y,k,N\nZ,k,\nW,k,N\nW,k,N\nV,k,a,b\n")
        .unwrap_err();
    let lines: Vec<String> = bad.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "line 1: 2 fields; write `code,family-key,display name`",
            "line 3: `Bad Key` is no family key; write lower-case letters and digits joined by hyphens, as in `civil-3d`",
            "line 4: `X Y` is no feature code; write it as the log does, without blanks",
            "line 5: the display name is empty; write one",
            "line 7: `W` has a row above; keep one of the two",
            "line 8: 4 fields; write `code,family-key,display name`",
        ]
    );
    assert_eq!(table.rows.len(), before);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_is_a_code_or_none(code in ".{0,20}", csv in "(.|\n|,){0,80}") {
        let mut table = FeatureTable::shipped();
        let _ = table.extend(&csv);
        let _ = table.look_up(&code);
    }
}

/// The tables that the shipped one was made from, where they are at hand.
#[test]
fn every_code_of_the_public_tables_maps() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/featurecodes");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("skipped: no feature code tables in {folder}");
        return;
    };
    let table = FeatureTable::shipped();
    let mut codes = 0;
    for file in files {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for code in text.lines().flat_map(|line| line.split(',').skip(1)).map(str::trim) {
            if !code.is_empty() {
                codes += 1;
                assert!(table.look_up(code).is_some(), "{code}");
            }
        }
    }
    assert!(codes > 1_000, "{codes}");
}
