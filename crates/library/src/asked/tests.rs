use super::*;

/// Of a report: its formats, whether it is of a period, and whether one bucket can be asked for.
fn check(report: Report, formats: &str, of_period: bool, of_bucket: bool) {
    let key = report.key();
    let all: Vec<&str> = formats.split(' ').collect();
    assert_eq!(report.written_as(None).map(Format::key), Ok(all[0]), "{key}");
    for format in Format::ALL.map(Format::key) {
        let expected = match all.contains(&format) {
            true => Ok(format),
            false => Err(Unasked::NotWrittenAs(report, format.to_owned())),
        };
        assert_eq!(report.written_as(Some(format)).map(Format::key), expected, "{key}");
    }
    let docx = report.written_as(Some("docx")).unwrap_err().to_string();
    assert_eq!(docx, format!("the report `{key}` is not written as `docx`"));
    assert_eq!(report.takes_period(false), Ok(of_period), "{key}");
    let said = if of_period { Ok(true) } else { Err(Unasked::OfNow(report)) };
    assert_eq!(report.takes_period(true), said, "{key}");
    let bucket = if of_bucket { Ok(()) } else { Err(Unasked::NotOfBuckets(report)) };
    assert_eq!(report.takes_bucket(), bucket, "{key}");
}

#[test]
fn what_may_be_asked_of_a_report_is_said_once() {
    check(Report::Burn, "xlsx pdf csv", true, true);
    check(Report::Chargeback, "xlsx pdf csv", true, false);
    check(Report::Statement, "xlsx pdf csv", true, true);
    check(Report::DoubleDips, "xlsx pdf csv", true, false);
    check(Report::Seats, "xlsx pdf csv", false, false);
    check(Report::Evidence, "pdf xlsx csv", true, false);
    check(Report::CostAndUsage, "csv", true, false);
    check(Report::Commitments, "csv", false, false);
    check(Report::Calendar, "ics", false, false);
}
