//! What is left after `kill -9` under load: every reservation that was acknowledged, and a clean bill.

use super::{CONNECTIONS, Setting, copy};
use crate::ambient;
use crate::command::output;
use crate::load::{Answer, Script, load};
use crate::scripts::{Ask, Caller, Opens, decision};
use crate::server::Server;
use anyhow::{Result, anyhow};
use faregate_app::ports::Store;
use faregate_store::directory::DataDirectory;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Requests that are repeated over HTTP after the restart; all others are looked up in the store.
const REPEATED: usize = 1_000;

/// Kills the server under load and starts it again; returns what is not as it must be.
pub(super) fn run(setting: &Setting, template: &Path) -> Result<Vec<String>> {
    let data = copy(setting, template, "store-a1-killed")?;
    let server = Server::start(&setting.binary, &data)?;
    let (address, caller) = (server.address, Caller { key: server.key.clone() });
    let delay = Duration::from_secs_f64(setting.seconds / 2.0);
    let killer = std::thread::spawn(move || {
        std::thread::sleep(delay);
        server.kill()
    });
    let mut script = Opens::new(caller, ambient::chance(), CONNECTIONS, false);
    let done = load(address, CONNECTIONS, setting.seconds * 2.0, &mut script)?;
    killer.join().map_err(|_| anyhow!("the server could not be killed"))??;
    let acknowledged = script.acknowledged;
    let mut wrong = Vec::new();
    if !done.broken {
        wrong.push("the server outlived its kill".to_owned());
    }
    let server = Server::start(&setting.binary, &data)?;
    wrong.extend(repeat(&server, &acknowledged)?);
    server.stop()?;
    wrong.extend(look_up(&data, &acknowledged)?);
    let doctor = output(Command::new(&setting.binary).arg("--data").arg(&data).arg("doctor"));
    wrong.extend(doctor.err().map(|why| format!("{why:#}")));
    eprintln!(
        "A1 killed after {} acknowledged decisions: {} wrong",
        acknowledged.len(),
        wrong.len()
    );
    Ok(wrong)
}

/// The same request gets the same answer from the server that came after.
fn repeat(server: &Server, acknowledged: &[(Ask, u64)]) -> Result<Option<String>> {
    let caller = Caller { key: server.key.clone() };
    let last = acknowledged.len().saturating_sub(REPEATED);
    let left = acknowledged.get(last..).unwrap_or(&[]).to_vec();
    let mut script = Repeats { caller, left, asked: None };
    let count = script.left.len() as u64;
    let done = load(server.address, 1, 60.0, &mut script)?;
    let differing = count - done.count;
    Ok((differing > 0).then(|| format!("{differing} repeated requests got another answer")))
}

/// Every key is in the store, with its decision.
fn look_up(data: &Path, acknowledged: &[(Ask, u64)]) -> Result<Option<String>> {
    let (_directory, mut store) = DataDirectory::open(data).map_err(|why| anyhow!("{why:?}"))?;
    let mut lost = 0;
    for (ask, seq) in acknowledged {
        let found = store.request(&ask.key_text())?;
        lost += u64::from(found.is_none_or(|request| request.seq != *seq));
    }
    Ok((lost > 0).then(|| format!("{lost} acknowledged decisions are gone")))
}

struct Repeats {
    caller: Caller,
    left: Vec<(Ask, u64)>,
    asked: Option<u64>,
}

impl Script for Repeats {
    fn ask(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        let Some((ask, seq)) = self.left.pop() else { return false };
        ask.post(&self.caller, out);
        self.asked = Some(seq);
        true
    }

    fn take(&mut self, _: usize, answer: Answer<'_>) -> u64 {
        u64::from(answer.is_success() && decision(answer.body) == self.asked)
    }
}
