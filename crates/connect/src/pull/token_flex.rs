//! The Token Flex Usage Data API: contracts of enterprise agreements, their use, exports of it.

use super::PullError;
use super::desk::{Desk, Look, Page, Phase, known, needed, rows, text};
use super::errands::{Errand, Progress, Taken, months};
use super::state::{Freshness, Through};
use super::wire::{Repeat, Wire};
use crate::courier::encoded;
use crate::secret::Secret;
use crate::sources::{Detail, TokenFlex, Via};
use faregate_core::when::{Date, Instant};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use ureq::http::Method;

/// What every kind of use has.
const COMMON: &[&str] = &[
    "contractYear",
    "tokenPool",
    "usageCategory",
    "usageDate",
    "productLineCode",
    "productName",
    "userName",
    "customField1",
    "customField2",
    "customField3",
    "customField4",
    "customField5",
    "customField6",
    "customField7",
    "customField8",
    "customField9",
    "customField10",
];
/// What a session of a desktop product has; the vendor takes no further fields for those.
const DESKTOP: &[&str] = &[
    "usageMonth",
    "usageDate",
    "contractYear",
    "productName",
    "productLineCode",
    "productVersion",
    "productFeatureCode",
    "userName",
    "machineName",
    "sessionStartDate",
    "sessionEndDate",
    "licenseServerTimeZoneOffset",
    "chargedItemID",
    "chargeCategory",
    "licenseServerName",
    "usageType",
    "usageCategory",
    "customField1",
    "customField2",
    "customField3",
    "customField4",
    "customField5",
    "customField6",
    "customField7",
    "customField8",
    "customField9",
    "customField10",
];
/// An address has to be good for so many seconds yet.
const LINK_MARGIN: i64 = 60;
/// Our clock and the vendor's may be so far apart.
const SKEW: i64 = 86_400;
const PAGE_ROWS: u64 = 1_000;

/// What is asked for at once: a label, categories, fields, metrics.
#[derive(Debug)]
struct Group {
    what: &'static str,
    categories: &'static [&'static str],
    fields: &'static [&'static str],
    metrics: &'static [&'static str],
}

/// Categories cannot be mixed where sessions are asked for.
const SESSIONS: &[Group] = &[
    Group {
        what: "desktop-sessions",
        categories: &["DESKTOP_PRODUCT"],
        fields: DESKTOP,
        metrics: &["tokensConsumed", "usageMinutes", "usageHours"],
    },
    Group {
        what: "cloud-usage",
        categories: &["CLOUD_PRODUCT"],
        fields: COMMON,
        metrics: &["tokensConsumed", "usageHours"],
    },
    Group {
        what: "other-usage",
        categories: &["CLOUD_SERVICE", "MANUAL_ADJUSTMENT", "MANUAL_CONSUMPTION"],
        fields: COMMON,
        metrics: &["tokensConsumed", "quantity"],
    },
];
const DAYS: &[Group] =
    &[Group { what: "daily-usage", categories: &[], fields: COMMON, metrics: &["tokensConsumed"] }];

/// The desk of one contract.
#[derive(Debug)]
pub(super) struct TokenFlexDesk {
    what: TokenFlex,
    deletes: bool,
}

impl TokenFlexDesk {
    pub(super) fn new(what: &TokenFlex, deletes: bool) -> Self {
        Self { what: what.clone(), deletes: deletes && what.via == Via::Export }
    }

    /// What the application may do at the vendor's.
    pub(super) fn scope(what: &TokenFlex) -> &'static str {
        match what.via {
            Via::Export => "data:read data:write",
            Via::Query => "data:read",
        }
    }

    fn groups(&self) -> &'static [Group] {
        match self.what.detail {
            Detail::Sessions => SESSIONS,
            Detail::Days => DAYS,
        }
    }

    fn below(&self, area: &str, rest: &str) -> String {
        format!("/{area}/{}{rest}", encoded(&self.what.contract))
    }

    fn request(&self, ticket: &str, rest: &str) -> String {
        self.below("export", &format!("/requests/{}{rest}", encoded(ticket)))
    }

    fn order(&self, errand: &Errand) -> Result<Value, PullError> {
        let group = self.groups().iter().find(|group| group.what == errand.what);
        let (Some(group), Some((from, until))) = (group, &errand.period) else {
            return Err(PullError::not_understood(format!("an errand `{}`", errand.what)));
        };
        let mut order = json!({
            "fields": group.fields,
            "metrics": group.metrics,
            "where": format!("usageDate >= '{from}' and usageDate < '{until}'"),
        });
        if !group.categories.is_empty()
            && let Some(order) = order.as_object_mut()
        {
            order.insert("usageCategory".to_owned(), json!(group.categories));
        }
        Ok(order)
    }

    /// All exports that were asked for in a span of the vendor's time.
    fn list(&self, wire: &mut Wire, from: &str, to: Instant) -> Result<Vec<Value>, PullError> {
        let (from, to) = (encoded(from), encoded(&to.to_string()));
        let path = self.below("export", &format!("/requests?fromDate={from}&toDate={to}"));
        match wire.get(&path)? {
            Value::Array(requests) => Ok(requests),
            _ => Err(PullError::not_understood("a list of exports that is none")),
        }
    }

    /// The names of the enrichment fields, and of each that has one its values. The vendor lists them in
    /// the order of the custom fields, where names may be empty and repeat.
    fn enrichment(&self, wire: &mut Wire) -> Result<Vec<Errand>, PullError> {
        let below = self.below("contract", "/enrichment");
        let listed = wire.get(&below)?;
        let mut errands = vec![Errand::document("enrichment", below.clone())];
        let mut known = BTreeSet::new();
        for (number, name) in (1..).zip(listed.as_array().into_iter().flatten()) {
            let name = name.as_str().unwrap_or_default();
            if !name.is_empty() && known.insert(name) {
                let path = format!("{below}/{}", encoded(name));
                errands.push(Errand::document(&format!("enrichment-{number}"), path));
            }
        }
        Ok(errands)
    }

    fn months(&self, contract: &Value, today: Date) -> Result<Vec<(Date, Date)>, PullError> {
        let date = |name: &str| text(contract, name).and_then(|date| date.parse::<Date>().ok());
        let from = self.what.from.or_else(|| date("contractStartDate"));
        let from = from.ok_or_else(|| {
            PullError::not_understood("a contract without `contractStartDate`; write `from`")
        })?;
        // What is used after the end is billed too, but no longer than while it is corrected.
        let end = date("contractEndDate").map_or(today, |end| end.plus(60));
        Ok(months(from, today.min(end)))
    }
}

impl Desk for TokenFlexDesk {
    fn plan(&mut self, wire: &mut Wire, taken: &Taken, today: Date) -> Result<Progress, PullError> {
        let freshness = freshness(&wire.get(&self.below("usage", "/last"))?)?;
        let contract = wire.get(&self.below("contract", ""))?;
        let all = freshness.mark(&[]);
        let mut errands = vec![
            Errand::document("contract", self.below("contract", "")),
            Errand::document("usage-summary", self.below("usage", "/summary")),
        ];
        let months = self.months(&contract, today)?;
        for (group, month) in months.iter().flat_map(|m| self.groups().iter().map(move |g| (g, m)))
        {
            let mark = freshness.mark(group.categories);
            errands.push(Errand::new(group.what, Some(*month)).marked(mark));
        }
        errands
            .iter_mut()
            .filter(|one| one.path.is_some())
            .for_each(|one| one.mark.clone_from(&all));
        errands.retain(|errand| !taken.covers(errand));
        if self.what.enrichment && !errands.is_empty() {
            errands.extend(self.enrichment(wire)?.into_iter().map(|one| one.marked(all.clone())));
            errands.retain(|errand| !taken.covers(errand));
        }
        Ok(Progress { of: self.identity(), freshness, errands })
    }

    fn ask(&mut self, wire: &mut Wire, errand: &Errand, name: &str) -> Result<String, PullError> {
        let mut order = self.order(errand)?;
        if self.is_paged() {
            let path = self.below("usage", "/query");
            let answer = wire.post(&path, Some(order), Repeat::Freely)?;
            return Ok(needed(&answer, "id")?.to_owned());
        }
        if let Some(order) = order.as_object_mut() {
            order.insert("downloadFileName".to_owned(), json!(name));
        }
        let path = self.below("export", "/requests");
        let answer = wire.post(&path, Some(order), Repeat::WhenNotTaken)?;
        Ok(needed(&answer, "requestKey")?.to_owned())
    }

    fn seek(
        &mut self,
        wire: &mut Wire,
        _: &Errand,
        name: &str,
        since: Instant,
    ) -> Result<Option<String>, PullError> {
        if self.is_paged() {
            // Queries cannot be listed; asking twice costs nothing but the vendor's time.
            return Ok(None);
        }
        let (from, to) = (since.plus(-SKEW), wire.world.instant().plus(SKEW));
        let requests = self.list(wire, &from.to_string(), to)?;
        let ours = requests.iter().find(|request| {
            let file = text(request, "downloadFileName").unwrap_or_default();
            file.strip_suffix(".csv").unwrap_or(file) == name
        });
        ours.map(|ours| needed(ours, "requestKey").map(str::to_owned)).transpose()
    }

    fn look(&mut self, wire: &mut Wire, tickets: &[&str]) -> Result<Vec<Look>, PullError> {
        if self.is_paged() {
            let mut looks = Vec::new();
            for ticket in tickets {
                let answer = known(wire.get(&self.query(ticket, 0, 1)))?;
                let phase = answer.map_or(Ok(Phase::Gone), |answer| query_phase(&answer))?;
                looks.push(Look { phase, links: Vec::new() });
            }
            return Ok(looks);
        }
        if let [ticket] = tickets {
            return Ok(vec![self.single(wire, ticket)?]);
        }
        // One request for all of them. Their keys begin with the vendor's time.
        let times = tickets.iter().filter_map(|ticket| ticket.split_once('#'));
        let Some(earliest) = times.map(|(time, _)| format!("{time}Z")).min() else {
            return tickets.iter().map(|ticket| self.single(wire, ticket)).collect();
        };
        let now = wire.world.instant();
        let listed = self.list(wire, &earliest, now.plus(SKEW))?;
        let mut looks = Vec::new();
        for ticket in tickets {
            let ours = listed.iter().find(|request| text(request, "requestKey") == Some(ticket));
            looks.push(match ours {
                Some(request) => export(request)?,
                // A list may be behind; what is thrown away is told of by itself.
                None => self.single(wire, ticket)?,
            });
        }
        Ok(looks)
    }

    fn retry(&mut self, wire: &mut Wire, ticket: &str) -> Result<bool, PullError> {
        if self.is_paged() {
            return Ok(false);
        }
        match wire.post(&self.request(ticket, "/retry"), None, Repeat::Freely) {
            Ok(_) => Ok(true),
            Err(PullError::Refused { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn refresh(&mut self, wire: &mut Wire, ticket: &str) -> Result<Look, PullError> {
        let Some(request) = known(wire.get(&self.request(ticket, "")))? else {
            return Ok(Look::gone());
        };
        let look = export(&request)?;
        let ends =
            text(&request, "downloadUrlExpireDate").and_then(|at| at.parse::<Instant>().ok());
        let is_short = ends.is_some_and(|at| at.since(wire.world.instant()) < LINK_MARGIN);
        if look.phase != Phase::Ready || !is_short {
            return Ok(look);
        }
        export(&wire.post(&self.request(ticket, "/refreshUrl"), None, Repeat::Freely)?)
    }

    fn page(&mut self, wire: &mut Wire, ticket: &str, offset: u64) -> Result<Page, PullError> {
        let Some(answer) = known(wire.get(&self.query(ticket, offset, PAGE_ROWS)))? else {
            return Ok(Page::none(Phase::Gone, offset));
        };
        let phase = query_phase(&answer)?;
        if phase != Phase::Ready {
            return Ok(Page::none(phase, offset));
        }
        let result = answer.get("result").unwrap_or(&Value::Null);
        let number = |name: &str| result.get(name).and_then(Value::as_u64);
        let (columns, rows) = rows(result)?;
        let (Some(total), Some(offset)) = (number("total"), number("offset")) else {
            return Err(PullError::not_understood("a page without `total` and `offset`"));
        };
        Ok(Page { phase, columns, rows, total, offset })
    }

    fn dismiss(&mut self, wire: &mut Wire, ticket: &str) -> Result<(), PullError> {
        let deleted = wire.send(Method::DELETE, &self.request(ticket, ""), None, Repeat::Freely);
        match deleted {
            Ok(_) | Err(PullError::Refused { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn identity(&self) -> String {
        let TokenFlex { contract, via, detail, .. } = &self.what;
        format!("contract {contract} by {via:?} of {detail:?}")
    }

    fn is_paged(&self) -> bool {
        self.what.via == Via::Query
    }

    fn dismisses(&self) -> bool {
        self.deletes
    }

    fn extension(&self) -> &'static str {
        "csv"
    }
}

impl TokenFlexDesk {
    /// One export, looked at by itself.
    fn single(&self, wire: &mut Wire, ticket: &str) -> Result<Look, PullError> {
        let request = known(wire.get(&self.request(ticket, "")))?;
        request.map_or(Ok(Look::gone()), |request| export(&request))
    }

    fn query(&self, id: &str, offset: u64, limit: u64) -> String {
        let id = encoded(id);
        self.below("usage", &format!("/query/{id}?offset={offset}&limit={limit}"))
    }
}

fn export(request: &Value) -> Result<Look, PullError> {
    let words = text(request, "message").unwrap_or_default();
    let phase = Phase::read(needed(request, "requestStatus")?, words)?;
    let links = match phase {
        Phase::Ready => vec![Secret::new(needed(request, "downloadUrl")?)],
        _ => Vec::new(),
    };
    Ok(Look { phase, links })
}

fn query_phase(answer: &Value) -> Result<Phase, PullError> {
    Phase::read(needed(answer, "status")?, text(answer, "message").unwrap_or_default())
}

/// What `usage/…/last` says, by category and kind of charge.
fn freshness(last: &Value) -> Result<Freshness, PullError> {
    let list = last.as_array();
    let list = list.ok_or_else(|| PullError::not_understood("a list of last days that is none"))?;
    let one = |entry: &Value| {
        let word = |name| text(entry, name).unwrap_or_default();
        let key = format!("{} {}", category(word("usageCategory")), word("chargeCategory"));
        let through = Through {
            used: word("lastUsageDate").to_owned(),
            processed: word("lastProcessDate").to_owned(),
        };
        (key.trim().to_owned(), through)
    };
    Ok(Freshness(list.iter().map(one).collect()))
}

/// A category of use, in today's spelling.
fn category(word: &str) -> &str {
    match word {
        "PRODUCT_CONSUMPTION" => "DESKTOP_PRODUCT",
        "CLOUD_PRODUCT_CONSUMPTION" => "CLOUD_PRODUCT",
        "CLOUD_CONSUMPTION" => "CLOUD_SERVICE",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_days_are_read_in_old_and_new_spellings() {
        let last = json!([
            {"usageCategory": "PRODUCT_CONSUMPTION", "chargeCategory": "CHARGED",
             "lastUsageDate": "2018-09-13", "lastProcessDate": "2018-06-01"},
            {"usageCategory": "CLOUD_CONSUMPTION", "chargeCategory": "N/A",
             "lastUsageDate": "2018-06-18", "lastProcessDate": "2018-06-18"},
            {"usageCategory": "CLOUD_PRODUCT_CONSUMPTION", "lastUsageDate": "2018-09-10"},
        ]);
        let freshness = freshness(&last).unwrap();
        let keys: Vec<_> = freshness.0.keys().map(String::as_str).collect();
        assert_eq!(keys, ["CLOUD_PRODUCT", "CLOUD_SERVICE N/A", "DESKTOP_PRODUCT CHARGED"]);
        assert_eq!(freshness.newest(), Date::from_ymd(2018, 9, 13));
        assert_eq!(
            freshness.mark(&["CLOUD_SERVICE"]).unwrap(),
            "CLOUD_SERVICE N/A 2018-06-18 2018-06-18"
        );
        assert_eq!(freshness.mark(&["MANUAL_ADJUSTMENT"]).as_deref(), Some(""));
        assert_eq!(Freshness::default().mark(&[]), None);
    }

    #[test]
    fn a_month_of_sessions_is_ordered_as_the_vendor_documents_it() {
        let what = TokenFlex {
            contract: "1 2".to_owned(),
            via: Via::Export,
            detail: Detail::Sessions,
            from: None,
            enrichment: false,
        };
        let desk = TokenFlexDesk::new(&what, true);
        let month = (Date::from_ymd(2018, 1, 1).unwrap(), Date::from_ymd(2018, 2, 1).unwrap());
        let order = desk.order(&Errand::new("desktop-sessions", Some(month))).unwrap();
        assert_eq!(order["where"], "usageDate >= '2018-01-01' and usageDate < '2018-02-01'");
        assert_eq!(order["usageCategory"], json!(["DESKTOP_PRODUCT"]));
        assert_eq!(order["fields"].as_array().unwrap().len(), 27);
        let key = "2018-10-29T03:25:31#4d16";
        let path = "/export/1%202/requests/2018-10-29T03%3A25%3A31%234d16/refreshUrl";
        assert_eq!(desk.request(key, "/refreshUrl"), path);
        let months = desk.months(
            &json!({"contractStartDate": "2018-01-15",
            "contractEndDate": "2018-02-10"}),
            Date::from_ymd(2020, 1, 1).unwrap(),
        );
        let months: Vec<_> = months.unwrap().iter().map(|(from, _)| from.to_string()).collect();
        assert_eq!(months, ["2018-01-01", "2018-02-01", "2018-03-01", "2018-04-01"]);
    }
}
