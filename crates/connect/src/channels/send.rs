//! Sending: a notice on a channel, once.

use super::wire::{Post, Wire, secret};
use super::{Address, Channel, Kind, jira, mail, pagerduty, servicenow, slack, teams, webhook};
use crate::endpoint::Resolve;
use faregate_app::notice::Notice;
use faregate_app::outbox::Failure;
use faregate_core::when::Instant;
use std::time::Duration;

/// A notice under the id of its delivery.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The delivery's id, by which a receiver knows a second copy.
    pub id: &'a str,
    /// What to say.
    pub notice: &'a Notice,
}

/// A file that goes with a notice, and to whom: instead of those whom the channel names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// E-mail addresses of those who get it.
    pub to: Vec<String>,
    /// The file's name.
    pub file: String,
    /// What it is.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What sending needs of the machine.
pub struct World<'a> {
    /// The wall clock's time.
    pub now: Instant,
    /// What an environment variable holds.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Turns names into addresses.
    pub resolver: &'a dyn Resolve,
    /// How long one request may take, and one answer of a mail server.
    pub time_max: Duration,
}

/// Why a notice was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct SendError {
    /// What follows from it.
    pub failure: Failure,
    /// What went wrong, with nothing secret in it.
    pub words: String,
    /// What to do about it.
    pub help: &'static str,
}

impl SendError {
    /// Something that the operator has to put right.
    pub(super) fn settings(words: impl Into<String>, help: &'static str) -> Self {
        Self { failure: Failure::Refused, words: words.into(), help }
    }
}

/// Sends a notice with a file, which goes by mail alone, and returns when the mail server has it.
///
/// # Errors
/// [`SendError`]; those who get it may have it all the same, and know it by its id when it comes again.
pub fn send_letter(
    channel: &Channel,
    one: Outgoing<'_>,
    letter: &Letter,
    world: &World<'_>,
) -> Result<(), SendError> {
    match &channel.kind {
        Kind::Mail(mail) => mail::send(channel, mail, (one, Some(letter)), world),
        _ => Err(SendError::settings("files go by mail", "name a channel of the kind `mail`")),
    }
}

/// Sends a notice on a channel, and returns when its receiver has it.
///
/// # Errors
/// [`SendError`]; the receiver may have it all the same, and knows it by its id when it comes again.
pub fn send(channel: &Channel, one: Outgoing<'_>, world: &World<'_>) -> Result<(), SendError> {
    let Outgoing { id, notice } = one;
    match &channel.kind {
        Kind::Mail(mail) => mail::send(channel, mail, (one, None), world),
        Kind::Webhook { url, secret: place } => {
            let key = secret(place, world)?;
            let wire = to(channel, url, world)?;
            let post = webhook::post(&key, &wire.path, id, notice, world.now);
            run(
                &wire,
                post.map_err(|why| {
                    SendError::settings(why, "copy the secret as the receiver shows it")
                })?,
            )
        }
        Kind::Slack(url) => {
            let wire = to(channel, url, world)?;
            run(&wire, slack::post(&wire.path, notice))
        }
        Kind::Teams(url) => {
            let wire = to(channel, url, world)?;
            run(&wire, teams::post(&wire.path, notice))
        }
        Kind::ServiceNow { url, login, into } => {
            let wire =
                Wire::new(channel, url, false, Vec::new(), world)?.signed_in(login, world)?;
            servicenow::send(&wire, into, one)
        }
        Kind::Jira { url, login, project, issue_type } => {
            let wire =
                Wire::new(channel, url, false, Vec::new(), world)?.signed_in(login, world)?;
            jira::send(&wire, project, issue_type, one)
        }
        Kind::PagerDuty { url, routing_key } => {
            let key = secret(routing_key, world)?;
            let wire = Wire::new(channel, url, false, vec![key.clone()], world)?;
            pagerduty::posts(&key, notice).into_iter().try_for_each(|post| run(&wire, post))
        }
    }
}

fn run(wire: &Wire, post: Post) -> Result<(), SendError> {
    wire.run(post).map(drop)
}

/// The way to an address that may be a secret.
fn to(channel: &Channel, url: &Address, world: &World<'_>) -> Result<Wire, SendError> {
    match url {
        Address::Plain(url) => Wire::new(channel, url, false, Vec::new(), world),
        Address::Secret(place) => {
            Wire::new(channel, secret(place, world)?.expose(), true, Vec::new(), world)
        }
    }
}
