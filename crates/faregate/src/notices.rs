//! Telling people: the channels that the operator declares, and what is sent on them beside the gate.

pub(crate) mod desk;
mod digests;
mod dispatch;
pub(crate) mod schedules;

pub(crate) use desk::Desk;
pub(crate) use dispatch::Dispatcher;

use crate::ambient;
use crate::declared::{self, Help};
use crate::fault::{Code, Fault};
use faregate_app::notice::Notice;
use faregate_connect::channels::{
    Channel, Channels, Letter, Outgoing, SendError, World, send, send_letter, trial,
};
use faregate_connect::endpoint::SystemResolver;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file of channels, in the data directory.
const NAME: &str = "channels.toml";
const HELP: Help = Help {
    unread: "write the file of channels as the guide to notifications shows",
    faulty: "correct the file and try again; nothing was sent",
};
/// How long one request to a receiver may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The channels that an operator declares.
pub(crate) struct Declared {
    pub(crate) channels: Channels,
    /// The file that they stand in.
    file: PathBuf,
}

impl Declared {
    /// Reads the file of channels in the data directory; without one there are none.
    pub(crate) fn read(data: &Path) -> Result<Self, Fault> {
        Self::read_or(data.join(NAME), Some(Channels::default()))
    }

    /// Reads a file of channels.
    pub(crate) fn read_file(file: PathBuf) -> Result<Self, Fault> {
        Self::read_or(file, None)
    }

    fn read_or(file: PathBuf, absent: Option<Channels>) -> Result<Self, Fault> {
        let beside = file.parent().unwrap_or(Path::new(""));
        let parse = |text: &str| Channels::parse(text, beside);
        let channels = declared::read(&file, absent, &HELP, parse)?;
        Ok(Self { channels, file })
    }

    /// The channel of a name.
    pub(crate) fn find(&self, name: &str) -> Result<&Channel, Fault> {
        self.channels.find(name).ok_or_else(|| {
            let names: Vec<&str> =
                self.channels.channels.iter().map(|one| one.name.as_str()).collect();
            let help = match names.as_slice() {
                [] => "it names no channel at all".to_owned(),
                names => format!("it names {}", names.join(", ")),
            };
            let message = format!("{}: there is no channel `{name}`", self.file.display());
            Fault::new(Code::Usage, message, help)
        })
    }
}

/// Sends a notice once, from this machine and now, with the letter that goes with it.
fn attempt(
    channel: &Channel,
    id: &str,
    notice: &Notice,
    letter: Option<&Letter>,
) -> Result<(), SendError> {
    let world = World {
        now: ambient::now(),
        variable: &ambient::variable,
        resolver: &SystemResolver,
        time_max: PATIENCE,
    };
    let one = Outgoing { id, notice };
    match letter {
        None => send(channel, one, &world),
        Some(letter) => send_letter(channel, one, letter, &world),
    }
}

/// Sends a test on a channel, now.
pub(crate) fn test(channel: &Channel) -> Result<(), SendError> {
    let notice = trial(&channel.name, ambient::now());
    attempt(channel, &format!("{}-{}", notice.id, channel.name), &notice, None)
}
