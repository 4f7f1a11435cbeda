//! Each of the vendor's formats, in each generation, from a small file of our own.

use super::*;

/// Reads a fixture: kind and generation, then what it says.
fn check(file: &str, kind: (Kind, Generation), expected: &[&str]) -> Reader {
    let path = format!("{}/src/usage/tests/exports/{file}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(sniff(&bytes), Ok(kind), "{file}");
    assert_eq!(told(&bytes, &Said::default()), expected, "{file}");
    read(&bytes, &Said::default()).unwrap().1
}

#[test]
fn token_flex_session_by_session() {
    check(
        "token-flex-sessions.csv",
        (Kind::TokenFlexSessions, Generation::Api),
        &[
            "2 ana.diaz (Login) WS-0007 Revit 2018-01-15T16:30:00Z+30930 10",
            "3 ana.diaz (Login) WS-0007 Revit 2018-01-16T02:00:00Z+240 0",
            "4 ben@bridge.example (Email) WS-0012 AutoCAD 2018-01-16T18:00:00Z+3600 0.5",
            "line 5: it is closed at `2018-01-17 07:00:00`, before it is opened at `2018-01-17 08:00:00`; correct it, or export the table again",
        ],
    );
}

#[test]
fn token_flex_by_day_and_product() {
    let reader = check(
        "token-flex-days.csv",
        (Kind::TokenFlex, Generation::Api),
        &[
            "2 - - Fusion 360 2016-01-01 45",
            "3 - - InfraWorks 2016-01-01 0",
            "4 - - RVT 2016-01-02 -12.5",
        ],
    );
    assert!(!reader.plan().names_people());
}

#[test]
fn token_usage_in_three_generations() {
    let kind = Kind::TokenUsage;
    check(
        "token-usage-old.csv",
        (kind, Generation::Old),
        &[
            "2 ana@bridge.example (Email) - Revit 2023-05-02 10",
            "3 77fe (Hashed) - AutoCAD 2023-05-02 7",
        ],
    );
    check(
        "token-usage-middle.csv",
        (kind, Generation::Middle),
        &[
            "2 ana@bridge.example (Email) - Revit 2024-05-02 10",
            "3 ana@bridge.example (Email) - Revit 2024-05-14 -10",
        ],
    );
    let reader = check(
        "token-usage-2026.csv",
        (kind, Generation::Current),
        &["2 ana@bridge.example (Email) - Revit 2026-01-05 2.5"],
    );
    assert_eq!(reader.tally().summaries, 1);
}

#[test]
fn usage_seats_and_users() {
    check(
        "usage-report-middle.csv",
        (Kind::UsageReport, Generation::Middle),
        &["2 ana@bridge.example (Email) - Revit 2024-05-02 -"],
    );
    check(
        "usage-report-2026.csv",
        (Kind::UsageReport, Generation::Current),
        &["2 0a1b (Hashed) - Revit 2026-01-05 -"],
    );
    check(
        "seat-usage-middle.csv",
        (Kind::SeatUsage, Generation::Middle),
        &["2 ana@bridge.example (Email) - Revit - -", "3 ben@bridge.example (Email) - Revit - -"],
    );
    check(
        "users-2026.csv",
        (Kind::Users, Generation::Current),
        &["2 ana@bridge.example (Email) - Revit - -", "3 ben@bridge.example (Email) - - - -"],
    );
    check(
        "users-middle.csv",
        (Kind::Users, Generation::Middle),
        &["2 ana@bridge.example (Email) - Revit - -"],
    );
}

#[test]
fn answers_of_the_interfaces_for_programs() {
    let reader = check(
        "token-flex-query.json",
        (Kind::TokenFlex, Generation::Api),
        &[
            "2 ana.diaz (Login) - Revit 2018-01-15 60",
            "3 ben@bridge.example (Email) - Rendering 2018-01-15 1.234",
            "line 4: nobody is named; export the table with the column of names, or of hashed ids",
        ],
    );
    assert_eq!(reader.plan().page, Some(Page { total: 12, offset: 0, limit: 3 }));
    check(
        "insights-query.json",
        (Kind::TokenUsage, Generation::Api),
        &["2 0a1b (Hashed) - Revit 2026-01-05 10", "3 Ana Díaz (FullName) - Revit 2026-01-06 10"],
    );
}

/// A sink that keeps what [`Collected`] does not.
#[derive(Default)]
struct Rest(Vec<String>);

impl Sink for Rest {
    fn row(&mut self, row: &UsageRow<'_>) {
        let Seat { assigned, unassigned, last_used, days_used, days_inactive } = row.seat;
        let date = |date: Option<Date>| date.map_or("-".to_owned(), |date| date.to_string());
        self.0.push(match row.when {
            When::Report => format!(
                "{} {} {} {days_used:?} {days_inactive:?}",
                date(assigned),
                date(unassigned),
                date(last_used)
            ),
            _ => format!(
                "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
                row.feature, row.version, row.charge, row.category, row.pool, row.item, row.seconds
            ),
        });
    }

    fn rejected(&mut self, _: &Rejected<'_>) {}
}

fn rest(file: &str) -> Vec<String> {
    let path = format!("{}/src/usage/tests/exports/{file}", env!("CARGO_MANIFEST_DIR"));
    let mut rest = Rest::default();
    read_into(&std::fs::read(path).unwrap(), Survey::new(Said::default()), &mut rest).unwrap();
    rest.0
}

#[test]
fn what_is_said_besides_is_kept() {
    assert_eq!(
        rest("token-flex-sessions.csv"),
        [
            "Some(\"86832RVT_2018_0F\") Some(\"2018\") Some(Charged) Some(DesktopProduct) Some(ContractYear) Some(\"c-1\") Some(30930)",
            "Some(\"86832RVT_2018_0F\") Some(\"2018\") Some(Free) Some(DesktopProduct) Some(ContractYear) Some(\"c-1\") Some(240)",
            "Some(\"86445ACD_2018_0F\") Some(\"2018\") Some(Casual) Some(DesktopProduct) Some(MultiYear) Some(\"c-2\") Some(3600)",
        ]
    );
    assert_eq!(
        rest("seat-usage-middle.csv"),
        ["2023-01-09 - 2024-05-02 Some(41) Some(3)", "2023-01-09 2024-02-01 - Some(0) None"]
    );
    assert_eq!(
        rest("users-2026.csv"),
        ["2023-01-09 - 2026-01-05 None Some(17)", "- - - None None"]
    );
}

#[test]
fn every_spelling_of_a_word_is_known() {
    for (word, category) in [
        ("DESKTOP_PRODUCT", UsageCategory::DesktopProduct),
        ("PRODUCT_CONSUMPTION", UsageCategory::DesktopProduct),
        ("CLOUD_PRODUCT", UsageCategory::CloudProduct),
        ("CLOUD_PRODUCT_CONSUMPTION", UsageCategory::CloudProduct),
        ("CLOUD_SERVICE", UsageCategory::CloudService),
        ("CLOUD_CONSUMPTION", UsageCategory::CloudService),
        ("Manual Adjustment", UsageCategory::ManualAdjustment),
        ("manual-consumption", UsageCategory::ManualConsumption),
    ] {
        assert_eq!(UsageCategory::named(word), Some(category), "{word}");
    }
    assert_eq!(ChargeCategory::named("n/a"), Some(ChargeCategory::NotApplicable));
    assert_eq!((UsageCategory::named("BARTER"), TokenPool::named("XY")), (None, None));
}

#[test]
fn the_real_export_is_read_whole() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/tokenflex/export-desktop-cloud-year1.csv"
    );
    let Ok(bytes) = std::fs::read(path) else { return println!("skipped: {path} is absent") };
    let (found, reader) = read(&bytes, &Said::default()).unwrap();
    assert_eq!(reader.plan().kind, Kind::TokenFlex);
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!((found.rows.len() + 1, found.rejected.len()), (lines, 0));
}
