//! Reports that are sent by the clock: the file of schedules, and the letters that they become.
//!
//! The file is the operator's as much as the server's: it is read whenever somebody asks, and written as a whole. A
//! report is made when it is sent, so that nothing is kept of it, and what is sent again is the same.

use super::Desk;
use crate::ambient::WallClock;
use faregate_api::routes::report_schedules::ReportSchedule;
use faregate_api::schedules::Schedules;
use faregate_app::accounts::Accounts;
use faregate_app::engine::Engine;
use faregate_app::notice::{Kind, Notice, Severity};
use faregate_app::outbox::{Draft, Outbox};
use faregate_app::ports::StoreError;
use faregate_connect::channels::{self, Channels, Letter};
use faregate_core::when::{Date, Instant};
use faregate_library::make;
use faregate_library::schedule::Schedule;
use faregate_store::directory::DataDirectory;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file of schedules, in the data directory.
const NAME: &str = "report-schedules.json";

/// The file of schedules.
#[derive(Clone, Debug)]
pub(crate) struct Book(PathBuf);

impl Book {
    /// That of a data directory.
    pub(crate) fn of(data: &Path) -> Self {
        Self(data.join(NAME))
    }

    /// All schedules; none without a file.
    pub(crate) fn all(&self) -> Result<Vec<Schedule>, StoreError> {
        let text = match std::fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(why) if why.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(self.bad(&why)),
        };
        let written: Vec<ReportSchedule> =
            serde_json::from_str(&text).map_err(|why| self.bad(&why))?;
        let read = |one: &ReportSchedule| {
            one.read().map_err(|why| self.bad(&format!("the schedule `{}`: {why}", one.key)))
        };
        written.iter().map(read).collect()
    }

    /// Keeps a schedule, instead of the one of its key.
    pub(crate) fn keep(&self, schedule: Schedule) -> Result<(), StoreError> {
        let mut all = self.all()?;
        all.retain(|one| one.key != schedule.key);
        all.push(schedule);
        all.sort_by(|a, b| a.key.cmp(&b.key));
        self.write(&all)
    }

    /// Forgets a schedule; whether there was one.
    pub(crate) fn forget(&self, key: &str) -> Result<bool, StoreError> {
        let mut all = self.all()?;
        let before = all.len();
        all.retain(|one| one.key != key);
        self.write(&all)?;
        Ok(all.len() < before)
    }

    /// Nobody reads half of it: it is written beside its place, and put there.
    fn write(&self, all: &[Schedule]) -> Result<(), StoreError> {
        let written: Vec<ReportSchedule> = all.iter().map(ReportSchedule::from).collect();
        let text = serde_json::to_string_pretty(&written).map_err(|why| self.bad(&why))?;
        let fresh = self.0.with_extension("json.new");
        let written = std::fs::write(&fresh, text + "\n");
        written.and_then(|()| std::fs::rename(&fresh, &self.0)).map_err(|why| self.bad(&why))
    }

    fn bad(&self, why: &dyn std::fmt::Display) -> StoreError {
        StoreError::Other(format!("{}: {why}", self.0.display()))
    }
}

/// The names of the channels by which files go.
pub(crate) fn mail_channels(channels: &Channels) -> Vec<String> {
    let mail = channels.channels.iter();
    let mail = mail.filter(|one| matches!(one.kind, channels::Kind::Mail(_)));
    mail.map(|one| one.name.clone()).collect()
}

/// Has the report of a schedule sent now; the id of the delivery.
pub(crate) fn send_now(
    outbox: &mut dyn Outbox,
    schedule: &Schedule,
    (now, end): (Instant, u64),
) -> Result<String, StoreError> {
    let date = schedule.zone.date(now);
    let draft = draft(schedule, schedule.notice(date, Some(now)), date, now);
    let id = draft.id.clone();
    let cursor = outbox.begin(end)?;
    outbox.expand(cursor, cursor, &[draft])?;
    Ok(id)
}

/// The reports that are due and were not sent yet.
pub(super) fn due(
    outbox: &mut dyn Outbox,
    schedules: &[Schedule],
    now: Instant,
) -> Result<Vec<Draft>, StoreError> {
    let mut drafts = Vec::new();
    for schedule in schedules {
        let Some(date) = schedule.due(now) else { continue };
        let draft = draft(schedule, schedule.notice(date, None), date, now);
        if !outbox.knows(&draft.id)? {
            drafts.push(draft);
        }
    }
    Ok(drafts)
}

fn draft(schedule: &Schedule, id: String, date: Date, now: Instant) -> Draft {
    let (title, about) = schedule.report.words();
    let (from, to) = schedule.period(date);
    let span = match schedule.report.is_of_period() {
        true if from == to => format!("{from}"),
        true => format!("{from} to {to}"),
        false => format!("as of {date}"),
    };
    let bucket = schedule.bucket.as_ref().map(|bucket| ("Bucket".to_owned(), bucket.clone()));
    let notice = Notice {
        kind: Kind::Digest,
        severity: Severity::Info,
        title: format!("{title}, {span}"),
        text: format!("The report is attached: {about}.\n{} asked for it.", schedule.by),
        facts: bucket.into_iter().collect(),
        steps: Vec::new(),
        link: None,
        chart: None,
        about: format!("report-{}", schedule.key),
        id,
        at: now,
    };
    Draft::new(0, &schedule.channel, notice, now)
}

/// The letter that goes with a notice, made now; `None`: none goes with it. Where it cannot be made, why.
pub(super) fn letter(data: &Path, notice: &Notice) -> Option<Result<Letter, String>> {
    let (key, date) = Schedule::of_notice(&notice.id).filter(|_| notice.kind == Kind::Digest)?;
    Some(written(data, key, date, notice.at))
}

/// Made of the store, so that no decision waits for it.
fn written(data: &Path, key: &str, date: Date, at: Instant) -> Result<Letter, String> {
    let all = Book::of(data).all().map_err(|why| why.to_string())?;
    let schedule = all.into_iter().find(|one| one.key == key);
    let schedule = schedule.ok_or_else(|| format!("there is no schedule `{key}` any more"))?;
    if is_kept_out(data, &schedule.by)? {
        return Err(format!("`{}`, who asked for it, is kept out", schedule.by));
    }
    let store = DataDirectory::read(data).map_err(|why| format!("{why:?}"))?;
    let engine = Engine::load(Box::new(store), Arc::new(WallClock));
    let mut engine = engine.map_err(|why| why.to_string())?;
    let asked = {
        let shared = engine.state();
        let state = shared.read();
        schedule.asked(&state, date, at.max(state.at()))
    };
    let gone = || "its bucket is gone, or no longer theirs who asked for it".to_owned();
    let asked = asked.ok_or_else(gone)?;
    let bytes = make(&mut engine, &asked).map_err(|why| why.to_string())?;
    let (file, media_type) = (asked.file_name(), asked.format.media_type().to_owned());
    Ok(Letter { to: schedule.to, file, media_type, bytes })
}

/// Whether somebody has an account, and it lets nobody in.
fn is_kept_out(data: &Path, name: &str) -> Result<bool, String> {
    let kept = DataDirectory::credentials_beside(data).map_err(|why| format!("{why:?}"))?;
    let account = Accounts::new(Box::new(kept)).find(name).map_err(|why| why.to_string())?;
    Ok(account.is_some_and(|account| account.disabled))
}

impl Schedules for Desk {
    fn all(&self) -> Result<Vec<Schedule>, StoreError> {
        self.book().all()
    }

    fn keep(&self, schedule: Schedule) -> Result<(), StoreError> {
        self.book().keep(schedule)
    }

    fn forget(&self, key: &str) -> Result<(), StoreError> {
        self.book().forget(key).map(drop)
    }

    fn mail_channels(&self) -> Vec<String> {
        mail_channels(&self.declared.channels)
    }

    fn send(&self, schedule: &Schedule, now: Instant) -> Result<String, StoreError> {
        send_now(&mut *self.outbox(), schedule, (now, u64::MAX))
    }
}
