//! What ends a statement before its last row: time, its sender, or the end of its key; and the line that says how
//! it went.

use super::Endpoint;
use crate::sql::SqlError;
use datafusion_postgres::pgwire::api::results::SendableRowStream;
use datafusion_postgres::pgwire::error::{ErrorInfo, PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::data::DataRow;
use datafusion_postgres::pgwire::messages::startup::SecretKey;
use faregate_app::access::SecretHash;
use futures::{Stream, StreamExt, stream};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks whether the key of a running statement still opens.
const LOOK: Duration = Duration::from_secs(1);
/// Characters of a statement that are noted.
const NOTED_MAX: usize = 2_000;

/// How to cancel what each connection is doing, by its number and the secret that it was given.
#[derive(Default)]
pub(super) struct Cancels(Mutex<HashMap<i32, (SecretKey, watch::Sender<()>)>>);

impl Cancels {
    pub(super) fn add(&self, number: i32, secret: SecretKey) -> watch::Receiver<()> {
        let (sender, receiver) = watch::channel(());
        self.all().insert(number, (secret, sender));
        receiver
    }

    pub(super) fn remove(&self, number: i32) {
        self.all().remove(&number);
    }

    /// Ends what a connection is doing, if whoever asks knows its secret.
    pub(super) fn cancel(&self, number: i32, secret: &SecretKey) {
        if let Some((known, sender)) = self.all().get(&number)
            && bytes(known) == bytes(secret)
        {
            // Nobody listens when nothing is being done.
            let _ = sender.send(());
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<i32, (SecretKey, watch::Sender<()>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A secret as it is sent: whoever cancels does not say for which version of the protocol it was made.
fn bytes(secret: &SecretKey) -> Vec<u8> {
    match secret {
        SecretKey::I32(number) => number.to_be_bytes().to_vec(),
        SecretKey::Bytes(bytes) => bytes.to_vec(),
    }
}

/// Comes when a statement has to end, with what to say.
pub(super) type End = Pin<Box<dyn Future<Output = PgWireError> + Send>>;

/// When a statement that begins now has to end.
pub(super) fn end(
    endpoint: Arc<Endpoint>,
    key: SecretHash,
    mut cancelled: watch::Receiver<()>,
    time: Duration,
) -> End {
    cancelled.mark_unchanged();
    Box::pin(async move {
        let revoked = async {
            while endpoint.door.is_open_to(&key) {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::select! {
            Ok(()) = cancelled.changed() => PgWireError::QueryCanceled,
            () = tokio::time::sleep(time) => told(SqlError::timed_out(time.as_secs())),
            () = revoked => gone(),
        }
    })
}

/// The rows of a statement, until it has to end.
///
/// The end is asked first: rows use up what the runtime lets a task do at once, after which a clock is not heard.
pub(super) fn until(
    rows: SendableRowStream,
    end: End,
    told: impl Fn(PgWireError) -> PgWireError + Send + 'static,
    mut note: Note,
) -> impl Stream<Item = PgWireResult<DataRow>> + Send {
    stream::unfold(Some((rows, end)), |going| async move {
        let (mut rows, mut end) = going?;
        tokio::select! {
            biased;
            why = &mut end => Some((Err(why), None)),
            row = rows.next() => Some((row?, Some((rows, end)))),
        }
    })
    .map(move |row| match row {
        Ok(row) => {
            note.rows += 1;
            Ok(row)
        }
        Err(why) => {
            let why = told(why);
            note.ended(&why);
            Err(why)
        }
    })
}

/// A line of the log that is written when a statement has ended, however it did.
pub(super) struct Note {
    endpoint: Arc<Endpoint>,
    line: String,
    rows: u64,
    outcome: Option<String>,
}

impl Note {
    /// Of a statement that somebody gave.
    pub(super) fn of(endpoint: Arc<Endpoint>, who: &str, sql: &str) -> Self {
        let words = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut = words.chars().take(NOTED_MAX).collect::<String>();
        Self { endpoint, line: format!("{who}: {cut}"), rows: 0, outcome: None }
    }

    /// It failed.
    pub(super) fn ended(&mut self, why: &PgWireError) {
        self.outcome = Some(match why {
            PgWireError::UserError(info) => info.message.clone(),
            other => other.to_string(),
        });
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        let outcome = self.outcome.take().unwrap_or_else(|| format!("{} rows", self.rows));
        self.endpoint.door.note(&format!("{} -> {outcome}", self.line));
    }
}

/// A fault as PostgreSQL puts it.
pub(super) fn told(error: SqlError) -> PgWireError {
    let code = error.kind.sqlstate().to_owned();
    let mut info = ErrorInfo::new("ERROR".to_owned(), code, error.message);
    info.hint = error.help;
    info.position = error.place.map(|(_, _, offset)| offset.to_string());
    PgWireError::UserError(Box::new(info))
}

/// The key was revoked, or has expired: the connection ends.
pub(super) fn gone() -> PgWireError {
    fatal("28000", "this key is not in force any more")
}

/// A fault after which the connection is closed.
pub(super) fn fatal(code: &str, message: &str) -> PgWireError {
    let info = ErrorInfo::new("FATAL".to_owned(), code.to_owned(), message.to_owned());
    PgWireError::UserError(Box::new(info))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whoever_knows_the_secret_cancels() {
        let cancels = Cancels::default();
        let (one, other) = (cancels.add(1, SecretKey::I32(7)), cancels.add(2, SecretKey::I32(8)));
        let heard = |receiver: &watch::Receiver<()>| receiver.has_changed().unwrap_or(false);
        cancels.cancel(1, &SecretKey::I32(8));
        cancels.cancel(3, &SecretKey::I32(7));
        assert!(!heard(&one) && !heard(&other));
        cancels.cancel(1, &SecretKey::Bytes(vec![0, 0, 0, 7].into()));
        assert!(heard(&one) && !heard(&other));
        cancels.remove(2);
        cancels.cancel(2, &SecretKey::I32(8));
        assert!(!heard(&other));
    }
}
