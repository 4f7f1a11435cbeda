//! The Insights API: use of seats and Flex tokens by the people of teams.

use super::desk::{Desk, Look, Page, Phase, known, needed, rows, text};
use super::errands::{Errand, Progress, Taken, months};
use super::wire::{Repeat, Wire};
use super::{Freshness, PullError};
use crate::courier::encoded;
use crate::secret::Secret;
use crate::sources::{Insights, Report, Via};
use faregate_core::when::{Date, Instant};
use serde_json::{Value, json};

/// What a query asks for: who used which product on which day, and for how many tokens.
const FIELDS: &[&str] = &[
    "productName",
    "childProductName",
    "usageDate",
    "version",
    "tokens",
    "emailAddress",
    "firstName",
    "lastName",
    "userName",
    "hashedUserId",
];
const QUERY: &str = "usage-query";
/// The vendor shows use for so many days.
const DAYS_MAX: i32 = 365;
/// Our clock and the vendor's may be so many seconds apart.
const SKEW: i64 = 3_600;
const PAGE_ROWS: u64 = 1_000;
const LIST_ROWS: u64 = 100;
/// No user has more pages of exports than this; a server that never ends has.
const LISTS_MAX: u64 = 50;

/// The desk of one team, or of all.
#[derive(Debug)]
pub(super) struct InsightsDesk {
    what: Insights,
}

impl InsightsDesk {
    /// What the application may do at the vendor's; queries are posted too.
    pub(super) const SCOPE: &'static str = "data:read data:write";

    pub(super) fn new(what: &Insights) -> Self {
        Self { what: what.clone() }
    }

    /// The teams that we may see have to have ours among them.
    fn check_team(&self, wire: &mut Wire) -> Result<(), PullError> {
        let contexts = wire.get("/contexts")?;
        let contexts = contexts.as_array().into_iter().flatten();
        let known: Vec<&str> = contexts.filter_map(|one| text(one, "contextId")).collect();
        let ours = self.what.team.iter().chain(&self.what.context);
        match ours.into_iter().find(|team| !known.contains(&team.as_str())) {
            None => Ok(()),
            Some(team) => {
                let known = crate::courier::clean(&known.join(", "));
                Err(PullError::NoTeam { team: team.clone(), known })
            }
        }
    }

    fn report(errand: &Errand) -> Result<Report, PullError> {
        let all = [Report::Subscriptions, Report::Users, Report::Usage, Report::UsageReport];
        let found = all.into_iter().find(|report| label(*report) == errand.what);
        found.ok_or_else(|| PullError::not_understood(format!("an errand `{}`", errand.what)))
    }

    fn order(&self, errand: &Errand) -> Result<Value, PullError> {
        let report = Self::report(errand)?;
        let mut order = json!({
            "outputFormat": self.what.format.words().0,
            "reports": [report.word()],
        });
        let Some(fields) = order.as_object_mut() else { return Ok(order) };
        if let Some(team) = &self.what.team {
            fields.insert("teamId".to_owned(), json!(team));
        }
        if let Some((from, until)) = dates(errand) {
            fields.insert("startDate".to_owned(), json!(from));
            fields.insert("endDate".to_owned(), json!(until));
        }
        if report == Report::UsageReport {
            fields.insert("usageReports".to_owned(), json!(["USAGE_REPORT_BY_PRODUCT"]));
        }
        Ok(order)
    }

    fn list(&self, wire: &mut Wire) -> Result<Vec<Value>, PullError> {
        let mut listed: Vec<Value> = Vec::new();
        for page in 0..LISTS_MAX {
            let team = self.what.team.as_ref();
            let team = team.map(|team| format!("&teamId={}", encoded(team))).unwrap_or_default();
            let offset = page * LIST_ROWS;
            let answer = wire.get(&format!("/exports?limit={LIST_ROWS}&offset={offset}{team}"))?;
            let exports = answer.get("exports").and_then(Value::as_array);
            let exports =
                exports.ok_or_else(|| PullError::not_understood("a list without `exports`"))?;
            listed.extend(exports.iter().cloned());
            let total = answer.pointer("/pagination/totalResults").and_then(Value::as_u64);
            if exports.is_empty() || total.is_none_or(|total| offset + LIST_ROWS >= total) {
                break;
            }
        }
        Ok(listed)
    }

    fn is_ours(&self, export: &Value, order: &Value, since: Instant) -> bool {
        let same = |name: &str| export.get(name) == order.get(name);
        let of_team = self.what.team.is_none() || same("teamId");
        let at = text(export, "timestamp").and_then(|at| at.parse::<Instant>().ok());
        // Without its dates, an export could be of another month: rather ask anew.
        let dated = ["startDate", "endDate"].into_iter().all(|name| {
            let instant = |json: &Value| text(json, name).and_then(|at| at.parse::<Instant>().ok());
            instant(export) == instant(order)
        });
        let is_new = at.is_some_and(|at| at.since(since) > -SKEW);
        // One that failed was asked for before.
        let is_good =
            look(export).is_ok_and(|look| matches!(look.phase, Phase::Waiting | Phase::Ready));
        is_good && of_team && same("outputFormat") && same("reports") && dated && is_new
    }
}

impl Desk for InsightsDesk {
    fn plan(&mut self, wire: &mut Wire, taken: &Taken, today: Date) -> Result<Progress, PullError> {
        self.check_team(wire)?;
        let earliest = today.plus(-DAYS_MAX);
        let months = months(self.what.from.map_or(earliest, |from| from.max(earliest)), today);
        let dated = |what: &'static str| months.iter().map(move |m| Errand::new(what, Some(*m)));
        let mut errands = vec![Errand::document("teams", "/contexts".to_owned())];
        if self.is_paged() {
            errands.extend(dated(QUERY));
        } else {
            for report in &self.what.reports {
                match report.is_dated() {
                    true => errands.extend(dated(label(*report))),
                    false => errands.push(Errand::new(label(*report), None)),
                }
            }
        }
        errands.retain(|errand| !taken.covers(errand));
        Ok(Progress { of: self.identity(), freshness: Freshness::default(), errands })
    }

    fn ask(&mut self, wire: &mut Wire, errand: &Errand, _: &str) -> Result<String, PullError> {
        if !self.is_paged() {
            let order = self.order(errand)?;
            let answer = wire.post("/exports", Some(order), Repeat::WhenNotTaken)?;
            return Ok(needed(&answer, "id")?.to_owned());
        }
        let Some((from, until)) = &errand.period else {
            return Err(PullError::not_understood("a query without a period"));
        };
        let mut order = json!({
            "fields": FIELDS,
            "metrics": [],
            "where": format!("usageDate >= '{from}' AND usageDate < '{until}'"),
            "orderBy": "usageDate ASC",
        });
        let mut path = "/usage-queries".to_owned();
        if let (Some(context), Some(fields)) = (&self.what.context, order.as_object_mut()) {
            path += &format!("?contextId={}", encoded(context));
            fields.insert("contextId".to_owned(), json!(context));
        }
        let answer = wire.post(&path, Some(order), Repeat::Freely)?;
        Ok(needed(&answer, "id")?.to_owned())
    }

    fn seek(
        &mut self,
        wire: &mut Wire,
        errand: &Errand,
        _: &str,
        since: Instant,
    ) -> Result<Option<String>, PullError> {
        if self.is_paged() {
            return Ok(None);
        }
        let order = self.order(errand)?;
        let listed = self.list(wire)?;
        let ours = listed.iter().find(|export| self.is_ours(export, &order, since));
        ours.map(|ours| needed(ours, "id").map(str::to_owned)).transpose()
    }

    fn look(&mut self, wire: &mut Wire, tickets: &[&str]) -> Result<Vec<Look>, PullError> {
        if !self.is_paged() && tickets.len() > 1 {
            let listed = self.list(wire)?;
            let mut looks = Vec::new();
            for ticket in tickets {
                let ours = listed.iter().find(|export| text(export, "id") == Some(ticket));
                looks.push(match ours {
                    Some(export) => look(export)?,
                    // A list may be behind; what is thrown away is told of by itself.
                    None => self.refresh(wire, ticket)?,
                });
            }
            return Ok(looks);
        }
        tickets.iter().map(|ticket| self.refresh(wire, ticket)).collect()
    }

    fn retry(&mut self, _: &mut Wire, _: &str) -> Result<bool, PullError> {
        Ok(false)
    }

    fn refresh(&mut self, wire: &mut Wire, ticket: &str) -> Result<Look, PullError> {
        let path = match self.is_paged() {
            true => format!("/usage-queries/{}?offset=0&limit=1", encoded(ticket)),
            false => format!("/exports/{}", encoded(ticket)),
        };
        known(wire.get(&path))?.map_or(Ok(Look::gone()), |answer| look(&answer))
    }

    fn page(&mut self, wire: &mut Wire, ticket: &str, offset: u64) -> Result<Page, PullError> {
        let id = encoded(ticket);
        let path = format!("/usage-queries/{id}?offset={offset}&limit={PAGE_ROWS}");
        let Some(answer) = known(wire.get(&path))? else {
            return Ok(Page::none(Phase::Gone, offset));
        };
        let Look { phase, .. } = look(&answer)?;
        if phase != Phase::Ready {
            return Ok(Page::none(phase, offset));
        }
        let number =
            |name: &str| answer.pointer(&format!("/pagination/{name}")).and_then(Value::as_u64);
        let (columns, rows) = rows(&answer)?;
        let (Some(total), Some(offset)) = (number("totalResults"), number("offset")) else {
            return Err(PullError::not_understood("a page without `totalResults` and `offset`"));
        };
        Ok(Page { phase, columns, rows, total, offset })
    }

    fn dismiss(&mut self, _: &mut Wire, _: &str) -> Result<(), PullError> {
        Ok(())
    }

    fn identity(&self) -> String {
        let Insights { team, context, via, format, .. } = &self.what;
        format!("team {team:?} in {context:?} by {via:?} as {format:?}")
    }

    fn is_paged(&self) -> bool {
        self.what.via == Via::Query
    }

    fn dismisses(&self) -> bool {
        false
    }

    fn extension(&self) -> &'static str {
        if self.is_paged() { "csv" } else { self.what.format.words().1 }
    }
}

fn look(export: &Value) -> Result<Look, PullError> {
    let words = text(export, "message").unwrap_or_default();
    let phase = Phase::read(needed(export, "status")?, words)?;
    let downloads = export.get("downloads").and_then(Value::as_array);
    let links = downloads.into_iter().flatten().filter_map(|one| text(one, "downloadURL"));
    Ok(Look { phase, links: links.map(Secret::new).collect() })
}

/// How the files of a report are labelled.
fn label(report: Report) -> &'static str {
    match report {
        Report::Subscriptions => "subscriptions",
        Report::Users => "users",
        Report::Usage => "usage",
        Report::UsageReport => "usage-report",
    }
}

/// The period as the API wants it: to the last moment that belongs to it.
fn dates(errand: &Errand) -> Option<(String, String)> {
    let (from, until) = errand.period.as_ref()?;
    let last = until.parse::<Date>().ok()?.plus(-1);
    Some((format!("{from}T00:00:00.000Z"), format!("{last}T23:59:59.999Z")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Format;

    fn desk(team: Option<&str>) -> InsightsDesk {
        InsightsDesk::new(&Insights {
            team: team.map(str::to_owned),
            context: None,
            via: Via::Export,
            reports: vec![Report::UsageReport],
            format: Format::Json,
            from: None,
        })
    }

    #[test]
    fn an_export_is_ordered_as_the_vendor_documents_it_and_known_again() {
        let month = (Date::from_ymd(2025, 5, 1).unwrap(), Date::from_ymd(2025, 6, 1).unwrap());
        let errand = Errand::new("usage-report", Some(month));
        let order = desk(Some("7")).order(&errand).unwrap();
        let expected = json!({"outputFormat": "JSON", "reports": ["USAGE_REPORT"], "teamId": "7",
            "startDate": "2025-05-01T00:00:00.000Z", "endDate": "2025-05-31T23:59:59.999Z",
            "usageReports": ["USAGE_REPORT_BY_PRODUCT"]});
        assert_eq!(order, expected);
        let since = "2025-06-02T10:00:00Z".parse().unwrap();
        let listed = json!({"id": "e", "status": "SUBMITTED", "outputFormat": "JSON",
            "reports": ["USAGE_REPORT"], "teamId": "7", "timestamp": "2025-06-02T09:59:58Z",
            "startDate": "2025-05-01T00:00:00Z", "endDate": "2025-05-31T23:59:59.999Z"});
        assert!(desk(Some("7")).is_ours(&listed, &order, since));
        for (name, other) in [
            ("teamId", json!("8")),
            ("outputFormat", json!("CSV")),
            ("reports", json!(["USAGE"])),
            ("timestamp", json!("2025-06-01T09:59:58Z")),
            ("startDate", json!("2025-04-01T00:00:00Z")),
            ("endDate", Value::Null),
            ("status", json!("ERROR")),
            ("status", json!("EXPIRED")),
        ] {
            let mut export = listed.clone();
            export[name] = other;
            assert!(!desk(Some("7")).is_ours(&export, &order, since), "{name}");
        }
    }
}
