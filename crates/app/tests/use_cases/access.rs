//! Keys, links and sign-ins.

use crate::world::T0;
use faregate_app::access::{
    Access, Credential, CredentialStore, Kind, LINK_SECONDS, Role, SIGN_IN_SECONDS, SecretHash,
    Secrets,
};
use faregate_app::ports::StoreError;
use faregate_core::when::Instant;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Credential>>>);

impl CredentialStore for Kept {
    fn all(&self) -> Result<Vec<Credential>, StoreError> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn find(&self, hash: &SecretHash) -> Result<Option<Credential>, StoreError> {
        Ok(self.0.lock().unwrap().iter().find(|credential| credential.hash == *hash).cloned())
    }

    fn add(&self, credential: &Credential) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(credential.clone());
        Ok(())
    }

    fn remove(&self, hash: &SecretHash) -> Result<(), StoreError> {
        self.0.lock().unwrap().retain(|credential| credential.hash != *hash);
        Ok(())
    }

    fn remove_expired(&self, now: Instant) -> Result<(), StoreError> {
        self.0.lock().unwrap().retain(|one| one.expires.is_none_or(|end| now < end));
        Ok(())
    }
}

struct Counted(AtomicU64);

impl Secrets for Counted {
    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        secret
    }
}

fn access(kept: &Kept) -> Access {
    Access::load(Box::new(kept.clone()), Box::new(Counted(AtomicU64::new(0)))).unwrap()
}

#[test]
fn a_secret_opens_what_it_is_for_while_it_lasts() {
    let kept = Kept::default();
    let secret = access(&kept).issue(Kind::Key, "ci", Role::Viewer, Some(T0)).unwrap();
    let loaded = access(&kept);
    let check = |kind, secret: &str, at, known: bool| {
        assert_eq!(loaded.check(kind, secret, at).is_some(), known, "{kind:?} {secret} {at}");
    };
    check(Kind::Key, &secret, T0.plus(-1), true);
    check(Kind::Key, &secret, T0, false);
    check(Kind::Link, &secret, T0.plus(-1), false);
    check(Kind::Key, &secret[..secret.len() - 1], T0.plus(-1), false);
    check(Kind::Key, &secret.to_uppercase(), T0.plus(-1), false);
    check(Kind::Key, "", T0.plus(-1), false);
    let stored = format!("{:?}", kept.all().unwrap());
    assert!(!stored.contains(&secret), "the secret itself was stored");
}

#[test]
fn what_another_process_revokes_opens_nothing_after_the_next_look() {
    let kept = Kept::default();
    let access = access(&kept);
    let issue = |name| access.issue(Kind::Key, name, Role::Viewer, None).unwrap();
    let (gone, stays, lent) = (issue("gone"), issue("stays"), access.lend("lent", Role::Viewer));
    kept.0.lock().unwrap().retain(|credential| credential.name != "gone");
    let known = |secret: &str| access.check(Kind::Key, secret, T0).is_some();
    assert!(known(&gone), "the process that issued it remembers it");
    access.reload(T0).unwrap();
    assert_eq!([known(&gone), known(&stays), known(&lent)], [false, true, true]);
}

#[test]
fn what_has_expired_is_not_kept() {
    let kept = Kept::default();
    let access = access(&kept);
    let issue = |name, expires| access.issue(Kind::SignIn, name, Role::Viewer, expires).unwrap();
    issue("until now", Some(T0));
    issue("until then", Some(T0.plus(1)));
    issue("for ever", None);
    access.reload(T0.plus(-1)).unwrap();
    assert_eq!(kept.all().unwrap().len(), 3);
    access.reload(T0).unwrap();
    let names: Vec<String> = kept.all().unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["until then", "for ever"]);
}

#[test]
fn a_link_signs_in_once() {
    let kept = Kept::default();
    let access = access(&kept);
    assert_eq!(access.redeem("fgl_no", T0).unwrap(), None);
    let barrier = Barrier::new(4);
    for round in 0..200 {
        let expires = Some(T0.plus(LINK_SECONDS));
        let link = access.issue(Kind::Link, "ana", Role::Administrator, expires).unwrap();
        let winners = std::thread::scope(|scope| {
            let redeem = || {
                barrier.wait();
                access.redeem(&link, T0).unwrap()
            };
            let tries: Vec<_> = (0..4).map(|_| scope.spawn(redeem)).collect();
            tries.into_iter().filter_map(|thread| thread.join().unwrap()).collect::<Vec<String>>()
        });
        let [sign_in] = winners.as_slice() else {
            panic!("{} signed in in round {round}", winners.len())
        };
        let found = access.check(Kind::SignIn, sign_in, T0).unwrap();
        let expected = ("ana", Role::Administrator, Some(T0.plus(SIGN_IN_SECONDS)));
        assert_eq!((found.name.as_str(), found.role, found.expires), expected);
        assert_eq!(kept.all().unwrap().len(), 1, "the link is gone from the store as well");
        access.revoke(sign_in).unwrap();
        assert_eq!(access.check(Kind::SignIn, sign_in, T0), None);
        assert_eq!(kept.all().unwrap(), []);
    }
}

/// A key made by another process is known at once; one that is revoked does not come back.
#[test]
fn a_key_made_elsewhere_is_known() {
    let kept = Kept::default();
    let (here, elsewhere) = (access(&kept), access(&kept));
    let secret = elsewhere.issue(Kind::Key, "ci", Role::Workstation, None).unwrap();
    assert_eq!(here.check(Kind::Key, &secret, T0).map(|found| found.role), Some(Role::Workstation));
    here.revoke(&secret).unwrap();
    assert_eq!(here.check(Kind::Key, &secret, T0), None);
}

#[test]
fn an_expired_link_is_no_good() {
    let access = access(&Kept::default());
    let link = access.issue(Kind::Link, "ana", Role::Viewer, Some(T0)).unwrap();
    assert_eq!(access.redeem(&link, T0).unwrap(), None);
}

#[test]
fn roles_have_names() {
    for role in Role::ALL {
        assert_eq!(Role::from_key(role.key()), Some(role));
    }
    assert_eq!(Role::from_key("auditor"), Some(Role::Viewer));
    assert_eq!(Role::from_key("root"), None);
}
