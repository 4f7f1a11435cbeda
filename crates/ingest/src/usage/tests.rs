use super::*;
use crate::sheet::Cells;
use proptest::prelude::*;

mod bad;
mod formats;

/// One row on one line: `2 ana (Email) ws1 Revit 2026-01-31 10`.
pub(crate) fn tell(row: &Owned) -> String {
    let who = row.who.as_ref().map_or("-".to_owned(), |(name, kind)| format!("{name} ({kind:?})"));
    let when = match row.when {
        When::Session { opened, closed: Some(closed) } => {
            format!("{opened}+{}", closed.since(opened))
        }
        When::Session { opened, closed: None } => format!("{opened}+"),
        When::Day(day) => day.to_string(),
        When::Report => "-".to_owned(),
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let tokens = row.tokens.map_or("-".to_owned(), |tokens| tokens.to_string());
    format!("{} {who} {} {} {when} {tokens}", row.line, text(&row.host), text(&row.product))
}

/// What a table reads as: its rows, and what is wrong with the others.
pub(super) fn told(bytes: &[u8], said: &Said) -> Vec<String> {
    match read(bytes, said) {
        Ok((found, _)) => {
            let rejected = found.rejected.iter().map(|(line, fault, text)| {
                (*line, Rejected { line: *line, fault: fault.clone(), text }.to_string())
            });
            let rows = found.rows.iter().map(|row| (row.line, tell(row)));
            let mut all: Vec<(u64, String)> = rows.chain(rejected).collect();
            all.sort_by_key(|(line, _)| *line);
            all.into_iter().map(|(_, told)| told).collect()
        }
        Err(refusal) => vec![refusal.to_string()],
    }
}

pub(super) fn zone(name: &str) -> Said {
    Said { zone: Some(Zone::named(name).unwrap()), ..Said::default() }
}

#[test]
fn a_workbook_reads_as_its_csv_does() {
    let mut survey = Survey::new(Said::default());
    let sheet: Vec<(u64, Cells)> = [
        (1, vec![("Token usage, January", false)]),
        (
            3,
            vec![
                ("Day used", false),
                ("Email", false),
                ("Product", false),
                ("Tokens used", false),
                ("Team", false),
            ],
        ),
        (
            4,
            vec![
                ("2026-01-05T00:00:00", false),
                ("ana@x", false),
                ("Revit", false),
                ("1.234", true),
            ],
        ),
        (
            5,
            vec![
                ("46027", true),
                ("ana@x", false),
                ("Revit", false),
                ("7", true),
                ("Bridge", false),
            ],
        ),
    ]
    .into_iter()
    .map(|(line, texts)| {
        let mut cells = Cells::default();
        texts.iter().for_each(|(text, is_number)| match is_number {
            true => cells.number(text),
            false => cells.text(text),
        });
        (line, cells)
    })
    .collect();
    sheet.iter().for_each(|(line, cells)| {
        survey.cells(*line, cells);
    });
    let mut reader = Reader::new(survey.finish().unwrap());
    let mut found = Collected::default();
    sheet.iter().for_each(|(line, cells)| reader.cells(*line, cells, &mut found));
    reader.finish(&mut found);
    let told: Vec<String> = found.rows.iter().map(tell).collect();
    assert_eq!(
        told,
        ["4 ana@x (Email) - Revit 2026-01-05 1.234", "5 ana@x (Email) - Revit 2026-01-05 7"]
    );
    assert_eq!(found.rejected, []);
}

#[test]
fn the_survey_of_a_plain_table_ends_early_and_of_another_does_not() {
    let table = |day: &str| {
        let row = format!("{day},ana@x,Revit,10\n");
        format!("Day used,Email,Product,Tokens used\n{}", row.repeat(20_000))
    };
    let wants_more = |text: &str| {
        let mut survey = Survey::new(Said::default());
        survey.feed(text.as_bytes())
    };
    assert!(!wants_more(&table("2026-01-05")));
    assert!(wants_more(&table("13/1/2026")), "a later row may contradict");
    let late = format!("{}1/2/2026,ana@x,Revit,10\n", table("2026-01-05"));
    let (found, reader) = read(late.as_bytes(), &Said::default()).unwrap();
    assert_eq!(reader.tally().kept, 20_000);
    let (line, fault, _) = &found.rejected[0];
    assert_eq!((*line, fault.code()), (20_002, "day-ambiguous"), "never guessed, however late");
}

#[test]
fn a_clock_that_is_set_back_is_read_in_order() {
    let text = "sessionStartDate,sessionEndDate,productName,userName\n\
        2026-10-25 02:30:00,2026-10-25 02:10:00,Revit,ana\n\
        2026-10-25 02:10:00,2026-10-25 02:30:00,Revit,ana\n\
        2026-03-29 02:30:00,2026-03-29 04:00:00,Revit,ana\n";
    assert_eq!(
        told(text.as_bytes(), &zone("Europe/Berlin")),
        [
            "2 ana (Login) - Revit 2026-10-25T00:30:00Z+2400 -",
            "3 ana (Login) - Revit 2026-10-25T00:10:00Z+1200 -",
            "4 ana (Login) - Revit 2026-03-29T01:30:00Z+1800 -",
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        rows in prop::collection::vec((3_653_i32..47_000, 0_i64..86_400, 0_i64..1_000_000, "[a-z]{1,8}", "[A-Za-z0-9,; \"]{0,9}x", -9_000_000_000_i64..9_000_000_000), 1..20),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        is_dmy in any::<bool>(),
        is_comma in any::<bool>(),
    ) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let when = |at: i64| {
            let (year, month, day) = Date(i32::try_from(at.div_euclid(86_400)).unwrap()).ymd();
            let second = at.rem_euclid(86_400);
            let (first, then) = if is_dmy { (i32::from(day), i32::from(month)) } else { (i32::from(month), i32::from(day)) };
            format!("{first}/{then}/{year} {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
        };
        let point = if is_comma { "," } else { "." };
        let mut text = ["sessionStartDate", "sessionEndDate", "userName", "productName", "tokensConsumed"].join(&delimiter.to_string());
        let mut wanted = Vec::new();
        for (line, (day, second, length, who, product, micros)) in (2_u64..).zip(&rows) {
            let opened = Instant(i64::from(*day) * 86_400 + second);
            let closed = opened.plus(*length);
            let tokens = format!("{}{}{point}{:06}", if *micros < 0 { "-" } else { "" }, micros.abs() / 1_000_000, micros.abs() % 1_000_000);
            let cells = [when(opened.0), when(closed.0), who.clone(), quoted(product), quoted(&tokens)];
            text.push_str(&format!("\n{}", cells.join(&delimiter.to_string())));
            wanted.push(Owned {
                line,
                who: Some((who.clone(), NameKind::Login)),
                host: None,
                product: Some(product.trim().to_owned()),
                when: When::Session { opened, closed: Some(closed) },
                seconds: None,
                tokens: Ticks::from_micro_tokens(*micros),
            });
        }
        let dates = if is_dmy { Order::Dmy } else { Order::Mdy };
        let said = Said { dates: Some(dates), ..zone("UTC") };
        let (found, _) = read(text.as_bytes(), &said).unwrap();
        prop_assert_eq!(&found.rejected, &[]);
        prop_assert_eq!(&found.rows, &wanted, "{}", text);
        // Without a word it is the same, or a question.
        match read(text.as_bytes(), &zone("UTC")) {
            Ok((found, _)) => prop_assert_eq!(&found.rows, &wanted, "{}", text),
            Err(refusal) => prop_assert_eq!(refusal.code(), "dates-unclear"),
        }
    }

    #[test]
    fn chunks_do_not_matter(rows in "(2026-01-0[1-9],[a-zé]{1,3},\"?Revit\"?,[0-9.,]{1,4}\r?\n){1,8}", is_wide in any::<bool>(), cuts in prop::collection::vec(any::<usize>(), 0..40)) {
        let text = format!("\u{feff}Day used,Email,Product,Tokens used\n{rows}");
        let bytes = if is_wide { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain([0, bytes.len()]).collect();
        cuts.sort_unstable();
        let (mut survey, mut in_parts) = (Survey::new(Said::default()), Collected::default());
        cuts.windows(2).for_each(|cut| {
            survey.feed(&bytes[cut[0]..cut[1]]);
        });
        match survey.finish() {
            Err(refusal) => prop_assert_eq!(Err(refusal), read(&bytes, &Said::default()).map(|_| ())),
            Ok(plan) => {
                let mut reader = Reader::new(plan);
                cuts.windows(2).for_each(|cut| reader.feed(&bytes[cut[0]..cut[1]], &mut in_parts));
                reader.finish(&mut in_parts);
                prop_assert_eq!(in_parts, read(&bytes, &Said::default()).unwrap().0);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_refused_or_told(bytes in prop::collection::vec(any::<u8>(), 0..200), which in 0_usize..6) {
        let heads = [
            "", "Day used,Email,Product,Tokens used\n", "sessionStartDate,sessionEndDate,productName,userName\n",
            "{\"columns\": [\"usageDate\", \"tokens\", \"productName\"], \"rows\": [", "email,role,days_inactive\n", "[{",
        ];
        let bytes = [heads[which].as_bytes(), &bytes].concat();
        let _ = sniff(&bytes);
        if let Ok((found, reader)) = read(&bytes, &zone("UTC")) {
            let tally = reader.tally();
            prop_assert_eq!(tally.kept, found.rows.len() as u64);
            prop_assert_eq!(tally.rejected, found.rejected.len() as u64);
            prop_assert_eq!(tally.rows, tally.kept + tally.rejected + tally.left_out + tally.summaries + tally.headers);
        }
    }
}
