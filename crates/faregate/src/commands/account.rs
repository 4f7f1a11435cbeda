//! `faregate account`: people who sign in with a name and a password.
//!
//! A password never stands on the command line, where other processes would see it: it is asked for, or is the
//! first line of a pipe.

use super::key::{access, credentials};
use crate::cli::access::Account as Action;
use crate::fault::{Code, Fault};
use crate::output::{self, Align};
use crate::{aside, say};
use faregate_app::access::Role;
use faregate_app::accounts::{Account, Accounts, Change, Refused};
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal, stdin};
use std::path::Path;

pub(crate) fn run(path: &Path, action: Action, no_input: bool, as_json: bool) -> Result<(), Fault> {
    let accounts = Accounts::new(Box::new(credentials(path)?));
    let (account, did) = match action {
        Action::List => return list(&accounts, as_json),
        Action::Add { name, role, display, email, keep_password } => {
            let password = Some(password(no_input)?);
            let must_change = Some(!keep_password);
            let change = Change { display, email, password, must_change, ..Change::default() };
            let added = accounts.add(&access(path)?, &name, Role::from(role), change);
            (added.map_err(refused)?, "may sign in")
        }
        Action::Set { name, role, display, email } => {
            let role = role.map(Role::from);
            let change = Change { display, email, role, ..Change::default() };
            (changed(&accounts, path, &name, change)?, "is changed")
        }
        Action::Reset { name, keep_password } => {
            let password = Some(password(no_input)?);
            let must_change = Some(!keep_password);
            let change = Change { password, must_change, ..Change::default() };
            (changed(&accounts, path, &name, change)?, "has another password")
        }
        Action::Disable { name, undo } => {
            let change = Change { disabled: Some(!undo), ..Change::default() };
            let did = if undo { "may sign in again" } else { "may not sign in any more" };
            (changed(&accounts, path, &name, change)?, did)
        }
    };
    if as_json {
        return output::json(&told(&account));
    }
    say!("{}, {}, {did}", account.name, account.role.with_article());
    if account.must_change {
        aside!("they choose another password when they sign in");
    }
    Ok(())
}

fn changed(accounts: &Accounts, path: &Path, name: &str, change: Change) -> Result<Account, Fault> {
    accounts.change(&access(path)?, name, change).map_err(refused)
}

fn list(accounts: &Accounts, as_json: bool) -> Result<(), Fault> {
    let all = accounts.all()?;
    if as_json {
        return output::json(&all.iter().map(told).collect::<Vec<Value>>());
    }
    let row = |account: &Account| {
        let state = match account {
            Account { disabled: true, .. } => "disabled",
            Account { password: None, .. } => "without a password",
            Account { must_change: true, .. } => "has to choose another password",
            _ => "",
        };
        let email = account.email.clone().unwrap_or_default();
        let role = account.role.key().to_owned();
        vec![account.name.clone(), account.display.clone(), role, email, state.to_owned()]
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let columns = ["name", "called", "role", "e-mail", "state"].map(|name| (name, Align::Left));
    output::table(&columns, &rows, "there are no accounts: `faregate account add` adds one");
    Ok(())
}

fn told(account: &Account) -> Value {
    json!({
        "name": account.name, "display": account.display, "email": account.email,
        "role": account.role.key(), "has_password": account.password.is_some(),
        "disabled": account.disabled, "must_change": account.must_change,
    })
}

/// A password, typed twice at a terminal or once through a pipe.
fn password(no_input: bool) -> Result<String, Fault> {
    let help = "pipe it in: its first line is the password";
    let unread = |why: std::io::Error| {
        Fault::new(Code::Usage, format!("no password can be read: {why}"), help)
    };
    if no_input || !stdin().is_terminal() {
        let mut line = String::new();
        stdin().lock().read_line(&mut line).map_err(unread)?;
        let password = line.trim_end_matches(['\r', '\n']).to_owned();
        if password.is_empty() {
            return Err(Fault::new(Code::Usage, "no password was given", help));
        }
        return Ok(password);
    }
    let terminal = console::Term::stderr();
    let ask = |words: &str| {
        terminal.write_str(words)?;
        terminal.read_secure_line()
    };
    let first = ask("Password: ").map_err(unread)?;
    if ask("Again: ").map_err(unread)? == first {
        return Ok(first);
    }
    Err(Fault::new(Code::Usage, "that was another password", "type the same one twice"))
}

fn refused(why: Refused) -> Fault {
    let help = match &why {
        Refused::Weak(_) => "take several words that belong together only for them",
        Refused::Taken(_) => "`faregate account set` changes it",
        Refused::Unknown(_) => "`faregate account list` prints all of them",
        Refused::BadName(_) => "names have up to 128 letters, digits and . _ - @ + \\",
        Refused::Machine(_) => "`faregate key` makes a key for it",
        Refused::LastAdministrator(_) => "let somebody else be one first",
        _ => "",
    };
    match why {
        Refused::Store(error) => error.into(),
        why => Fault::new(Code::Refused, why.to_string(), help),
    }
}
