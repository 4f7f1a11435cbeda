//! Credentials beside the journal.

use faregate_app::access::{Access, Credential, CredentialStore, Kind, Role, Secrets};
use faregate_app::accounts::{Account, AccountStore};
use faregate_app::ports::Store;
use faregate_core::when::Instant;
use faregate_store::credentials::SqliteCredentials;
use faregate_store::directory::DataDirectory;
use std::sync::atomic::{AtomicU8, Ordering};

struct Counted(AtomicU8);

impl Secrets for Counted {
    fn secret(&self) -> [u8; 32] {
        [self.0.fetch_add(1, Ordering::Relaxed); 32]
    }
}

fn credential(first: u8, kind: Kind, role: Role, expires: Option<Instant>) -> Credential {
    Credential { hash: [first; 32], kind, name: format!("name {first}"), role, expires }
}

#[test]
fn credentials_are_kept_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let (held, mut store) = DataDirectory::create(directory.path()).unwrap();
    let credentials = held.credentials().unwrap();
    let kept = [
        credential(1, Kind::Key, Role::Workstation, None),
        credential(2, Kind::Link, Role::Viewer, Some(Instant(-1))),
        credential(3, Kind::SignIn, Role::Administrator, Some(Instant(i64::MAX))),
    ];
    kept.iter().for_each(|one| credentials.add(one).unwrap());
    assert!(credentials.add(&kept[0]).is_err(), "a secret was issued twice");
    store.keep_snapshot(&faregate_core::state::State::default().checkpoint()).unwrap();
    let again = SqliteCredentials::open(&directory.path().join("faregate.db")).unwrap();
    assert_eq!(again.all().unwrap(), kept);
    again.remove(&kept[1].hash).unwrap();
    again.remove(&kept[1].hash).unwrap();
    assert_eq!(credentials.all().unwrap(), [kept[0].clone(), kept[2].clone()]);
    credentials.remove_expired(Instant(i64::MAX - 1)).unwrap();
    assert_eq!(again.all().unwrap().len(), 2);
    credentials.remove_expired(Instant(i64::MAX)).unwrap();
    assert_eq!(again.all().unwrap(), [kept[0].clone()], "keys are for ever");
}

#[test]
fn a_sign_in_outlives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (held, _store) = DataDirectory::create(directory.path()).unwrap();
    let load = || {
        Access::load(Box::new(held.credentials().unwrap()), Box::new(Counted(AtomicU8::new(7))))
            .unwrap()
    };
    let secret = load().issue(Kind::SignIn, "ana", Role::Viewer, Some(Instant(100))).unwrap();
    assert_eq!(
        load().check(Kind::SignIn, &secret, Instant(99)).map(|found| found.name).as_deref(),
        Some("ana")
    );
    assert_eq!(load().check(Kind::SignIn, &secret, Instant(100)), None);
    load().revoke(&secret).unwrap();
    assert_eq!(load().check(Kind::SignIn, &secret, Instant(99)), None);
}

#[test]
fn accounts_are_kept_and_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let (held, _store) = DataDirectory::create(directory.path()).unwrap();
    let here = held.credentials().unwrap();
    let beside = SqliteCredentials::open(&directory.path().join("faregate.db")).unwrap();
    let ana = Account {
        name: "ana".to_owned(),
        display: "Ana Díaz".to_owned(),
        email: Some("ana@acme.example".to_owned()),
        role: Role::Approver,
        password: Some("$argon2id$…".to_owned()),
        disabled: false,
        must_change: true,
    };
    let aaron = Account { name: "aaron".to_owned(), email: None, password: None, ..ana.clone() };
    for account in [&ana, &aaron] {
        here.keep_account(account).unwrap();
    }
    assert_eq!(beside.accounts().unwrap(), [aaron, ana.clone()]);
    let later = Account { disabled: true, must_change: false, role: Role::Viewer, ..ana };
    beside.keep_account(&later).unwrap();
    assert_eq!(here.account("ana").unwrap(), Some(later));
    assert_eq!(here.account("Ana").unwrap(), None);
}
