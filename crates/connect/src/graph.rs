//! A directory by Microsoft Graph 1.0: Entra ID.
//!
//! It must never send a `DELETE` that does not end in `/$ref`: without it, Graph deletes the
//! account itself where the permissions allow it.

use crate::courier::{Answer, Call, Courier, clean, encoded};
use crate::directory::{Account, AccountId, Change, Directory, DirectoryError, Fixed, Group};
use crate::directory::{GroupId, Members, Person};
use crate::scim::only;
use crate::secret::Secret;
use faregate_core::estate::folded;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use ureq::http::Method;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
/// A token is renewed this long before it ends.
const TOKEN_MARGIN: Duration = Duration::from_secs(60);
/// No directory has more pages than this; a server that never ends has.
const PAGES_MAX: usize = 20_000;
const USER: &str = "#microsoft.graph.user";
const USER_FIELDS: &str = "$select=id,mail,userPrincipalName,givenName,surname,employeeId";

/// Who we are to Graph: an application with its own secret.
#[derive(Clone, Debug)]
pub struct GraphAccess {
    /// The tenant's id or domain.
    pub tenant: String,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: Secret,
    /// What is asked for: `https://graph.microsoft.com/.default`.
    pub scope: String,
}

/// How to talk to Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphOptions {
    /// Members or accounts a page; Graph allows 999.
    pub page: usize,
    /// Of more people than this, all accounts are listed instead of looking each one up.
    pub look_up_max: usize,
}

impl Default for GraphOptions {
    fn default() -> Self {
        Self { page: 999, look_up_max: 200 }
    }
}

/// Entra ID.
#[derive(Debug)]
pub struct GraphDirectory {
    login: Courier,
    api: Courier,
    access: GraphAccess,
    options: GraphOptions,
    token: Option<(Secret, Duration)>,
    /// Who members are, as their lists said.
    known: BTreeMap<AccountId, Account>,
}

impl GraphDirectory {
    /// A directory behind two endpoints: one for tokens, such as
    /// `https://login.microsoftonline.com`, and Graph's, such as `https://graph.microsoft.com/v1.0`.
    #[must_use]
    pub fn new(login: Courier, api: Courier, access: GraphAccess, options: GraphOptions) -> Self {
        Self { login, api, access, options, token: None, known: BTreeMap::new() }
    }

    /// A token, renewed when it is about to end.
    fn token(&mut self) -> Result<Secret, DirectoryError> {
        let now = self.api.now();
        if let Some((token, until)) = &self.token
            && now < *until
        {
            return Ok(token.clone());
        }
        let answer = self.ask_for_token()?;
        let token = answer.json.get("access_token").and_then(Value::as_str).map(Secret::new);
        let token =
            token.ok_or_else(|| DirectoryError::Unexpected("no `access_token`".to_owned()))?;
        let seconds = answer.json.get("expires_in").and_then(Value::as_u64).unwrap_or(0);
        let lives = Duration::from_secs(seconds).saturating_sub(TOKEN_MARGIN);
        self.token = Some((token.clone(), now.saturating_add(lives)));
        Ok(token)
    }

    fn ask_for_token(&mut self) -> Result<Answer, DirectoryError> {
        let path = format!("/{}/oauth2/v2.0/token", encoded(&self.access.tenant));
        let secret = &self.access.client_secret;
        let body = format!(
            "client_id={}&scope={}&client_secret={}&grant_type=client_credentials",
            encoded(&self.access.client_id),
            encoded(&self.access.scope),
            encoded(secret.expose()),
        );
        let call = Call {
            method: Method::POST,
            path: &path,
            body: Some((FORM, body)),
            secrets: vec![secret],
            ..Call::default()
        };
        let answer = self.login.send(&call)?;
        match answer.status {
            200..=299 => Ok(answer),
            _ => Err(DirectoryError::Unauthorised { words: answer.words }),
        }
    }

    /// Sends a request; with another token, once, when this one is no longer good.
    fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, DirectoryError> {
        let send = |this: &mut Self| {
            let token = this.token()?;
            this.api.send(&Call {
                method: method.clone(),
                path,
                bearer: Some(&token),
                body: body.as_ref().map(|body| (JSON, body.to_string())),
                secrets: vec![&this.access.client_secret],
                ..Call::default()
            })
        };
        match send(self) {
            Err(DirectoryError::Unauthorised { .. }) => {
                self.token = None;
                send(self)
            }
            result => result,
        }
    }

    /// All of a collection, by its links from page to page.
    fn list(&mut self, path: String) -> Result<Vec<Value>, DirectoryError> {
        let (mut all, mut seen, mut path) = (Vec::new(), BTreeSet::new(), path);
        while seen.len() < PAGES_MAX && seen.insert(path.clone()) {
            let mut page = accepted(self.send(Method::GET, &path, None)?)?.json;
            let Some(Value::Array(values)) = page.get_mut("value").map(Value::take) else {
                return Err(DirectoryError::Unexpected("a list without `value`".to_owned()));
            };
            all.extend(values);
            let Some(next) = page.get("@odata.nextLink").and_then(Value::as_str) else {
                return Ok(all);
            };
            // The next page is asked for with our token, so it has to be where this one was.
            let below = self.api.endpoint().below(next);
            let scrubbed = self.token.as_ref().map(|(token, _)| token.scrub(next));
            let elsewhere =
                || DirectoryError::Redirected { to: clean(&scrubbed.unwrap_or_default()) };
            path = below.ok_or_else(elsewhere)?.to_owned();
        }
        Err(DirectoryError::Unexpected("a list without an end".to_owned()))
    }

    fn look_up(&mut self, person: &Person) -> Result<Option<Account>, DirectoryError> {
        let mail = quoted(&person.email);
        let by_mail = format!("mail eq {mail} or userPrincipalName eq {mail}");
        let external = person.external_id.as_deref();
        let by_id = external.map(|id| format!("employeeId eq {}", quoted(id)));
        for filter in by_id.into_iter().chain([by_mail]) {
            let path = format!("/users?$filter={}&{USER_FIELDS}", encoded(&filter));
            let found = self.list(path)?.iter().filter_map(account).collect();
            if let Some(account) = only(&person.email, found)? {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    fn look_all_up(&mut self, people: &[Person]) -> Result<Vec<Option<Account>>, DirectoryError> {
        let (mut by_id, mut by_mail) = (BTreeMap::new(), BTreeMap::new());
        for user in self.list(format!("/users?{USER_FIELDS}&$top={}", self.options.page))? {
            let text = |name| user.get(name).and_then(Value::as_str);
            let names: BTreeSet<_> = [text("mail"), text("userPrincipalName")]
                .into_iter()
                .flatten()
                .map(folded)
                .collect();
            for name in names {
                by_mail.entry(name).or_insert_with(Vec::new).extend(account(&user));
            }
            if let Some(id) = text("employeeId") {
                by_id.entry(id.to_owned()).or_insert_with(Vec::new).extend(account(&user));
            }
        }
        let pick = |person: &Person| {
            let id = person.external_id.as_ref().and_then(|id| by_id.get(id));
            let found = id.or_else(|| by_mail.get(&person.key())).cloned().unwrap_or_default();
            only(&person.email, found)
        };
        people.iter().map(pick).collect()
    }

    /// Whether the group is there: a 404 for a member says nothing of it.
    fn has_group(&mut self, group: &GroupId) -> Result<bool, DirectoryError> {
        let path = format!("/groups/{}?$select=id", encoded(&group.0));
        Ok(self.send(Method::GET, &path, None)?.status == 200)
    }
}

impl Directory for GraphDirectory {
    fn groups(&mut self, names: &[String]) -> Result<Vec<Group>, DirectoryError> {
        let mut found = BTreeMap::new();
        for name in names {
            let filter = encoded(&format!("displayName eq {}", quoted(name)));
            let fields = "id,displayName,description,groupTypes,onPremisesSyncEnabled,\
                          isAssignableToRole";
            for group in self.list(format!("/groups?$filter={filter}&$select={fields}"))? {
                let Some(group) = group_of(&group) else {
                    return Err(DirectoryError::Unexpected("a group without an id".to_owned()));
                };
                found.insert(group.id.clone(), group);
            }
        }
        Ok(found.into_values().collect())
    }

    fn members(&mut self, group: &GroupId) -> Result<Members, DirectoryError> {
        let id = encoded(&group.0);
        let path = format!("/groups/{id}/members?{USER_FIELDS}&$top={}", self.options.page);
        let mut members = Members::default();
        for member in self.list(path)? {
            let is_user = member.get("@odata.type").and_then(Value::as_str) == Some(USER);
            match account(&member) {
                Some(account) if is_user => {
                    members.accounts.insert(account.id.clone());
                    self.known.insert(account.id.clone(), account);
                }
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
        Ok(accounts.iter().filter_map(|id| self.known.get(id)).cloned().collect())
    }

    fn add(&mut self, group: &GroupId, account: &AccountId) -> Result<Change, DirectoryError> {
        let path = format!("/groups/{}/members/$ref", encoded(&group.0));
        let object = self.api.endpoint().url(&format!("/directoryObjects/{}", encoded(&account.0)));
        let answer = self.send(Method::POST, &path, Some(json!({"@odata.id": object})))?;
        if answer.status == 400 && answer.words.contains("already exist") {
            return Ok(Change::AlreadySo);
        }
        accepted(answer).map(|_| Change::Done)
    }

    fn remove(&mut self, group: &GroupId, account: &AccountId) -> Result<Change, DirectoryError> {
        let (id, member) = (encoded(&group.0), encoded(&account.0));
        if id.is_empty() || member.is_empty() {
            return Err(DirectoryError::Unexpected("an empty id".to_owned()));
        }
        let path = format!("/groups/{id}/members/{member}/$ref");
        let answer = self.send(Method::DELETE, &path, None)?;
        if answer.status == 404 && self.has_group(group)? {
            return Ok(Change::AlreadySo);
        }
        accepted(answer).map(|_| Change::Done)
    }
}

fn accepted(answer: Answer) -> Result<Answer, DirectoryError> {
    match answer.status {
        200..=299 => Ok(answer),
        status => Err(DirectoryError::Refused { status, words: answer.words }),
    }
}

/// A text in a filter of OData: a quote in it is written twice.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn group_of(group: &Value) -> Option<Group> {
    let text = |name| group.get(name).and_then(Value::as_str);
    let is = |name| group.get(name).and_then(Value::as_bool).unwrap_or(false);
    let types = group.get("groupTypes").and_then(Value::as_array);
    let dynamic = types.is_some_and(|types| types.iter().any(|kind| kind == "DynamicMembership"));
    let fixed = match (dynamic, is("onPremisesSyncEnabled"), is("isAssignableToRole")) {
        (true, ..) => Some(Fixed::Dynamic),
        (_, true, _) => Some(Fixed::Synchronised),
        (_, _, true) => Some(Fixed::GivesRoles),
        _ => None,
    };
    Some(Group {
        id: text("id").filter(|id| !id.is_empty())?.into(),
        name: text("displayName")?.to_owned(),
        description: text("description").unwrap_or_default().to_owned(),
        fixed,
    })
}

fn account(user: &Value) -> Option<Account> {
    let text = |name| user.get(name).and_then(Value::as_str);
    let own = |name| text(name).unwrap_or_default().to_owned();
    Some(Account {
        id: text("id").filter(|id| !id.is_empty())?.into(),
        person: Person {
            email: text("mail").or(text("userPrincipalName")).unwrap_or_default().to_owned(),
            external_id: text("employeeId").map(str::to_owned),
            first_name: own("givenName"),
            last_name: own("surname"),
        },
    })
}
