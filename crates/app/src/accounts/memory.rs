//! Accounts in memory, for tests and for servers that keep none.

use super::{Account, AccountStore};
use crate::ports::StoreError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Accounts that end with the process; its copies share them.
#[derive(Clone, Debug, Default)]
pub struct MemoryAccounts(Arc<Mutex<BTreeMap<String, Account>>>);

impl MemoryAccounts {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Account>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AccountStore for MemoryAccounts {
    fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        Ok(self.all().values().cloned().collect())
    }

    fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.all().get(name).cloned())
    }

    fn keep_account(&self, account: &Account) -> Result<(), StoreError> {
        self.all().insert(account.name.clone(), account.clone());
        Ok(())
    }
}
