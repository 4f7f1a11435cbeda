//! Credentials and accounts beside the journal, over a connection of their own.

use crate::sqlite::failed;
use faregate_app::access::{Credential, CredentialStore, Kind, Role, SecretHash};
use faregate_app::accounts::{Account, AccountStore};
use faregate_app::ports::StoreError;
use faregate_core::when::Instant;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Credentials and accounts in the store's file.
pub struct SqliteCredentials(Mutex<Connection>);

impl SqliteCredentials {
    /// Opens the table of a store that was brought to this release's format already.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Connection::open(path).map(|db| Self(Mutex::new(db))).map_err(failed)
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CredentialStore for SqliteCredentials {
    fn all(&self) -> Result<Vec<Credential>, StoreError> {
        let db = self.db();
        let mut statement =
            db.prepare("SELECT hash, kind, name, role, expires FROM credential").map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            all.extend(read(row).map_err(failed)?);
        }
        Ok(all)
    }

    fn find(&self, hash: &SecretHash) -> Result<Option<Credential>, StoreError> {
        let db = self.db();
        let sql = "SELECT hash, kind, name, role, expires FROM credential WHERE hash = ?";
        let mut statement = db.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query([hash]).map_err(failed)?;
        rows.next().map_err(failed)?.map_or(Ok(None), |row| read(row).map_err(failed))
    }

    fn add(&self, credential: &Credential) -> Result<(), StoreError> {
        let Credential { hash, kind, name, role, expires } = credential;
        let sql = "INSERT INTO credential (hash, kind, name, role, expires) VALUES (?, ?, ?, ?, ?)";
        let values = params![hash, kind_key(*kind), name, role.key(), expires.map(|end| end.0)];
        self.db().execute(sql, values).map_err(failed)?;
        Ok(())
    }

    fn remove(&self, hash: &SecretHash) -> Result<(), StoreError> {
        self.db().execute("DELETE FROM credential WHERE hash = ?", [hash]).map_err(failed)?;
        Ok(())
    }

    fn remove_expired(&self, now: Instant) -> Result<(), StoreError> {
        let sql = "DELETE FROM credential WHERE expires <= ?";
        self.db().execute(sql, [now.0]).map_err(failed)?;
        Ok(())
    }
}

impl AccountStore for SqliteCredentials {
    fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let db = self.db();
        let sql = format!("{ACCOUNTS} ORDER BY name");
        let mut statement = db.prepare_cached(&sql).map_err(failed)?;
        let rows = statement.query_map([], read_account).map_err(failed)?;
        let all: rusqlite::Result<Vec<Option<Account>>> = rows.collect();
        Ok(all.map_err(failed)?.into_iter().flatten().collect())
    }

    fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let db = self.db();
        let sql = format!("{ACCOUNTS} WHERE name = ?");
        let mut statement = db.prepare_cached(&sql).map_err(failed)?;
        let found = statement.query_row([name], read_account).optional().map_err(failed)?;
        Ok(found.flatten())
    }

    fn keep_account(&self, account: &Account) -> Result<(), StoreError> {
        let Account { name, display, email, role, password, disabled, must_change } = account;
        let sql = "INSERT OR REPLACE INTO account
            (name, display, email, role, password, disabled, must_change) VALUES (?, ?, ?, ?, ?, ?, ?)";
        let values = params![name, display, email, role.key(), password, disabled, must_change];
        self.db().execute(sql, values).map_err(failed)?;
        Ok(())
    }
}

const ACCOUNTS: &str =
    "SELECT name, display, email, role, password, disabled, must_change FROM account";

/// An account with a role that this release does not know lets nobody in, so it is left out.
fn read_account(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Account>> {
    let role: String = row.get(3)?;
    let Some(role) = Role::from_key(&role) else { return Ok(None) };
    Ok(Some(Account {
        name: row.get(0)?,
        display: row.get(1)?,
        email: row.get(2)?,
        role,
        password: row.get(4)?,
        disabled: row.get(5)?,
        must_change: row.get(6)?,
    }))
}

/// A credential of a kind or role that this release does not know opens nothing, so it is left out.
fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Credential>> {
    let (kind, role): (String, String) = (row.get(1)?, row.get(3)?);
    let kinds = [Kind::Key, Kind::Link, Kind::SignIn, Kind::Code, Kind::SharedCode];
    let kind = kinds.into_iter().find(|known| kind_key(*known) == kind);
    let expires = row.get::<_, Option<i64>>(4)?.map(Instant);
    let (hash, name) = (row.get(0)?, row.get(2)?);
    Ok(kind.zip(Role::from_key(&role)).map(|(kind, role)| Credential {
        hash,
        kind,
        name,
        role,
        expires,
    }))
}

const fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Key => "key",
        Kind::Link => "link",
        Kind::SignIn => "sign-in",
        Kind::Code => "code",
        Kind::SharedCode => "shared-code",
    }
}
