//! A directory by SCIM 2.0 (RFC 7643 and 7644).
//!
//! Names of fields are read without regard to case, and truth values as text too: servers that were
//! built for Entra ID write them as it does.
//! It must never send a whole list of members, since a `replace` would take away whom we did not
//! read, nor a `remove` without a value path: to a server that follows the RFC, `members` alone means
//! all of them, whatever stands in the value.

mod json;

use crate::courier::{Answer, Call, Courier, encoded, header};
use crate::directory::{Account, AccountId, Change, Directory, DirectoryError, Group, GroupId};
use crate::directory::{Members, Person};
use crate::secret::Secret;
use faregate_core::estate::folded;
use json::{field, is_true, resources, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use ureq::http::Method;

const SCIM: &str = "application/scim+json";
/// No directory has more pages than this; a server that never ends has.
const PAGES_MAX: usize = 20_000;

/// How a server wants operations to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// As RFC 7644 has it, and Okta sends it: `add` and `remove`.
    #[default]
    Standard,
    /// As Entra ID sends it, for servers that were built for nothing else: `Add` and `Remove`.
    Entra,
}

/// How to talk to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScimOptions {
    /// How changes are written.
    pub dialect: Dialect,
    /// Resources a page.
    pub page: usize,
    /// Of more people than this, all accounts are listed instead of looking each one up.
    pub look_up_max: usize,
}

impl Default for ScimOptions {
    fn default() -> Self {
        Self { dialect: Dialect::Standard, page: 100, look_up_max: 50 }
    }
}

/// A directory that speaks SCIM.
#[derive(Debug)]
pub struct ScimDirectory {
    courier: Courier,
    token: Secret,
    options: ScimOptions,
    has_etags: bool,
    /// The version of each group that we know of.
    versions: BTreeMap<GroupId, String>,
}

impl ScimDirectory {
    /// Asks the server what it offers.
    ///
    /// # Errors
    /// [`DirectoryError::Unable`] when it can filter or patch nothing.
    pub fn connect(
        courier: Courier,
        token: Secret,
        options: ScimOptions,
    ) -> Result<Self, DirectoryError> {
        let mut this =
            Self { courier, token, options, has_etags: false, versions: BTreeMap::new() };
        let config = accepted(this.get("/ServiceProviderConfig")?)?.json;
        let offers = |name| field(&config, name).and_then(|part| field(part, "supported"));
        for (name, what) in [("patch", "PATCH"), ("filter", "filters")] {
            if !offers(name).is_some_and(is_true) {
                return Err(DirectoryError::Unable(what));
            }
        }
        this.has_etags = offers("etag").is_some_and(is_true);
        Ok(this)
    }

    fn get(&mut self, path: &str) -> Result<Answer, DirectoryError> {
        let bearer = Some(&self.token);
        self.courier.send(&Call { path, bearer, ..Call::default() })
    }

    /// All resources of a kind, page by page.
    fn list(&mut self, kind: &str, query: &str) -> Result<Vec<Value>, DirectoryError> {
        let mut all = Vec::new();
        let mut seen = BTreeSet::new();
        for _ in 0..PAGES_MAX {
            let (start, count) = (all.len() + 1, self.options.page);
            let path = format!("/{kind}?{query}&startIndex={start}&count={count}");
            let page = accepted(self.get(&path)?)?.json;
            let total = field(&page, "totalResults").and_then(Value::as_u64);
            let Some(total) = total else {
                return Err(DirectoryError::Unexpected("a list without `totalResults`".to_owned()));
            };
            let resources = resources(&page);
            for resource in resources {
                if !seen.insert(text(resource, "id").map(str::to_owned)) {
                    let what = "the pages of a list repeat each other".to_owned();
                    return Err(DirectoryError::Unexpected(what));
                }
            }
            all.extend(resources.iter().cloned());
            if resources.is_empty() || all.len() as u64 >= total {
                return complete(all, total);
            }
        }
        Err(DirectoryError::Unexpected("a list without an end".to_owned()))
    }

    fn list_filtered(
        &mut self,
        kind: &str,
        attribute: &str,
        value: &str,
        rest: &str,
    ) -> Result<Vec<Value>, DirectoryError> {
        // The value is a JSON string, so that a quote in it ends nothing.
        let filter = encoded(&format!("{attribute} eq {}", json!(value)));
        self.list(kind, &format!("filter={filter}{rest}"))
    }

    /// The account of a person, by what is surest first.
    fn look_up(&mut self, person: &Person) -> Result<Option<Account>, DirectoryError> {
        let external = person.external_id.as_deref().map(|id| ("externalId", id));
        let mail = person.email.as_str();
        for (attribute, value) in
            external.into_iter().chain([("userName", mail), ("emails.value", mail)])
        {
            let found = self.list_filtered("Users", attribute, value, "")?;
            let accounts: BTreeMap<_, _> =
                found.iter().filter_map(account).map(|found| (found.id.clone(), found)).collect();
            if let Some(account) = only(value, accounts.into_values().collect())? {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    /// The accounts of many people, out of a list of all.
    fn look_all_up(&mut self, people: &[Person]) -> Result<Vec<Option<Account>>, DirectoryError> {
        let mut by_name = [BTreeMap::new(), BTreeMap::new(), BTreeMap::new()];
        for user in self.list("Users", "")? {
            for (index, names) in by_name.iter_mut().zip(names_of(&user)) {
                for name in names {
                    index.entry(name).or_insert_with(Vec::new).extend(account(&user));
                }
            }
        }
        let [external, user_name, mail] = by_name;
        let none = Vec::new();
        let pick = |person: &Person| {
            let id = person.external_id.as_deref().unwrap_or_default();
            let tries =
                [(&external, id.to_owned()), (&user_name, person.key()), (&mail, person.key())];
            for (index, name) in tries {
                let found = index.get(&name).unwrap_or(&none).clone();
                if let Some(account) = only(&name, found)? {
                    return Ok(Some(account));
                }
            }
            Ok(None)
        };
        people.iter().map(pick).collect()
    }

    fn patch(
        &mut self,
        group: &GroupId,
        account: &AccountId,
        operation: Value,
    ) -> Result<Change, DirectoryError> {
        let path = format!("/Groups/{}", encoded(&group.0));
        let before = self.version(group, &path)?;
        let adds = operation.get("value").is_some();
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [operation],
        });
        let call = Call {
            method: Method::PATCH,
            path: &path,
            bearer: Some(&self.token),
            headers: before.iter().map(|version| ("if-match", version.clone())).collect(),
            body: Some((SCIM, body.to_string())),
            ..Call::default()
        };
        let answer = self.courier.send(&call)?;
        self.versions.remove(group);
        if matches!(answer.status, 409 | 412) {
            // Our own write, of which the answer was lost, changes the version as well.
            let is_in = self.members(group)?.accounts.contains(account);
            let changed = DirectoryError::Changed { words: answer.words };
            return if is_in == adds { Ok(Change::AlreadySo) } else { Err(changed) };
        }
        let after = version_of(&accepted(answer)?);
        self.versions.extend(after.clone().map(|version| (group.clone(), version)));
        // A server that counts versions says in this way that there was nothing to do.
        let same = before.is_some() && before == after;
        Ok(if same { Change::AlreadySo } else { Change::Done })
    }

    /// The version of a group as we know it, asking where we do not.
    fn version(&mut self, group: &GroupId, path: &str) -> Result<Option<String>, DirectoryError> {
        if !self.has_etags {
            return Ok(None);
        }
        if !self.versions.contains_key(group) {
            let answer = accepted(self.get(&format!("{path}?excludedAttributes=members"))?)?;
            self.versions.extend(version_of(&answer).map(|version| (group.clone(), version)));
        }
        Ok(self.versions.get(group).cloned())
    }

    fn capitalised(&self, word: &str) -> String {
        match (self.options.dialect, word.split_at_checked(1)) {
            (Dialect::Entra, Some((first, rest))) => first.to_uppercase() + rest,
            _ => word.to_owned(),
        }
    }
}

impl Directory for ScimDirectory {
    fn groups(&mut self, names: &[String]) -> Result<Vec<Group>, DirectoryError> {
        let mut found = BTreeMap::new();
        for name in names {
            let rest = "&excludedAttributes=members";
            for group in self.list_filtered("Groups", "displayName", name, rest)? {
                let (Some(id), Some(name)) = (text(&group, "id"), text(&group, "displayName"))
                else {
                    return Err(DirectoryError::Unexpected("a group without an id".to_owned()));
                };
                let description = text(&group, "description").unwrap_or_default().to_owned();
                let (id, name) = (GroupId::from(id), name.to_owned());
                found.insert(id.clone(), Group { id, name, description, fixed: None });
            }
        }
        Ok(found.into_values().collect())
    }

    fn members(&mut self, group: &GroupId) -> Result<Members, DirectoryError> {
        let path = format!("/Groups/{}", encoded(&group.0));
        let answer = accepted(self.get(&path)?)?;
        if text(&answer.json, "id") != Some(group.0.as_str()) {
            return Err(DirectoryError::Unexpected("another group than asked for".to_owned()));
        }
        let version = version_of(&answer).filter(|_| self.has_etags);
        self.versions.extend(version.map(|version| (group.clone(), version)));
        let mut members = Members::default();
        let list = field(&answer.json, "members").and_then(Value::as_array);
        for member in list.into_iter().flatten() {
            let is_group = text(member, "type").is_some_and(|kind| kind != "User")
                || text(member, "$ref").is_some_and(|place| place.contains("/Groups/"));
            match text(member, "value") {
                Some(id) if !is_group => drop(members.accounts.insert(id.into())),
                _ => members.others += 1,
            }
        }
        Ok(members)
    }

    fn find(&mut self, people: &[Person]) -> Result<Vec<Option<Account>>, DirectoryError> {
        if people.len() > self.options.look_up_max {
            return self.look_all_up(people);
        }
        people.iter().map(|person| self.look_up(person)).collect()
    }

    fn describe(&mut self, accounts: &[AccountId]) -> Result<Vec<Account>, DirectoryError> {
        let mut found = Vec::new();
        for id in accounts {
            let answer = self.get(&format!("/Users/{}", encoded(&id.0)))?;
            if answer.status != 404 {
                found.extend(account(&accepted(answer)?.json));
            }
        }
        Ok(found)
    }

    fn add(&mut self, group: &GroupId, account: &AccountId) -> Result<Change, DirectoryError> {
        let op = self.capitalised("add");
        let operation = json!({"op": op, "path": "members", "value": [{"value": account.0}]});
        self.patch(group, account, operation)
    }

    fn remove(&mut self, group: &GroupId, account: &AccountId) -> Result<Change, DirectoryError> {
        let op = self.capitalised("remove");
        let path = format!("members[value eq {}]", json!(account.0));
        self.patch(group, account, json!({"op": op, "path": path}))
    }
}

/// The answer, when it is a success.
fn accepted(answer: Answer) -> Result<Answer, DirectoryError> {
    match answer.status {
        200..=299 => Ok(answer),
        status => Err(DirectoryError::Refused { status, words: answer.words }),
    }
}

/// A list is as long as the server says, or nothing is planned from it.
fn complete(all: Vec<Value>, total: u64) -> Result<Vec<Value>, DirectoryError> {
    if (all.len() as u64) < total {
        let what = format!("a list of {total} that ends after {}", all.len());
        return Err(DirectoryError::Unexpected(what));
    }
    Ok(all)
}

fn version_of(answer: &Answer) -> Option<String> {
    let header = header(&answer.headers, "etag").map(str::to_owned);
    header.or_else(|| text(field(&answer.json, "meta")?, "version").map(str::to_owned))
}

/// The one account that answers to a name.
pub(crate) fn only(name: &str, mut found: Vec<Account>) -> Result<Option<Account>, DirectoryError> {
    match found.len() {
        0 | 1 => Ok(found.pop()),
        count => Err(DirectoryError::Ambiguous { name: name.to_owned(), count }),
    }
}

fn account(user: &Value) -> Option<Account> {
    let name = |part| field(user, "name").and_then(|name| text(name, part)).unwrap_or_default();
    let emails = field(user, "emails").and_then(Value::as_array);
    let emails = || emails.into_iter().flatten();
    let primary = emails().find(|email| field(email, "primary").is_some_and(is_true));
    let email = primary.or_else(|| emails().next()).and_then(|email| text(email, "value"));
    Some(Account {
        id: text(user, "id")?.into(),
        person: Person {
            email: email.or_else(|| text(user, "userName")).unwrap_or_default().to_owned(),
            external_id: text(user, "externalId").map(str::to_owned),
            first_name: name("givenName").to_owned(),
            last_name: name("familyName").to_owned(),
        },
    })
}

/// By what an account is found: external id, user name, addresses.
fn names_of(user: &Value) -> [BTreeSet<String>; 3] {
    let emails = field(user, "emails").and_then(Value::as_array);
    let emails = emails.into_iter().flatten().filter_map(|email| text(email, "value"));
    [
        text(user, "externalId").map(str::to_owned).into_iter().collect(),
        text(user, "userName").map(folded).into_iter().collect(),
        emails.map(folded).collect(),
    ]
}
