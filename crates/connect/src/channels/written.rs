//! The channels as they are written, and the way from there to what they mean.

use super::{
    Address, CHANNELS_MAX, Channel, Channels, Digest, Every, Into, Kind, Login, Mail,
    PAGERDUTY_URL, Quiet, Role, Security,
};
use crate::settings::{SecretPlace, SettingsFault};
use lettre::message::Mailbox;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;

/// The longest name, which becomes part of ids.
const NAME_MAX: usize = 40;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    channels: BTreeMap<String, Spanned<WrittenChannel>>,
    #[serde(default, rename = "digest")]
    digests: Vec<Spanned<WrittenDigest>>,
}

/// A line that may be left out.
type Maybe<T = String> = Option<Spanned<T>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChannel {
    kind: Spanned<String>,
    quiet: Maybe,
    quiet_days: Maybe<Vec<String>>,
    allowed_networks: Maybe<Vec<String>>,
    roots_file: Maybe,
    // Of some kinds: each takes its own, and what is left means nothing for it.
    url: Maybe,
    secret: Maybe,
    user: Maybe,
    password: Maybe,
    token: Maybe,
    host: Maybe,
    port: Maybe<u16>,
    security: Maybe,
    from: Maybe,
    to: Maybe<Vec<String>>,
    into: Maybe,
    project: Maybe,
    issue_type: Maybe,
    routing_key: Maybe,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDigest {
    channel: Spanned<String>,
    every: Spanned<String>,
    at: Maybe,
    role: Maybe,
    bucket: Maybe,
}

pub(super) fn read(text: &str, beside: &Path) -> Result<Channels, Vec<SettingsFault>> {
    let mut check = Check { text, beside, faults: Vec::new() };
    match toml::from_str::<Written>(text) {
        Ok(written) => {
            let channels = check.channels(written);
            check.faults.sort_by_key(|fault| fault.line);
            if check.faults.is_empty() { Ok(channels) } else { Err(check.faults) }
        }
        Err(error) => {
            Err(vec![SettingsFault::unread(text, &error, "see the guide to notifications")])
        }
    }
}

struct Check<'a> {
    text: &'a str,
    beside: &'a Path,
    faults: Vec<SettingsFault>,
}

impl Check<'_> {
    fn fault(&mut self, span: &Range<usize>, message: impl std::convert::Into<String>, help: &str) {
        self.faults.push(SettingsFault::at(self.text, span, message, help));
    }

    fn channels(&mut self, written: Written) -> Channels {
        if let Some(beyond) = written.channels.values().nth(CHANNELS_MAX) {
            let message = format!("there are more than {CHANNELS_MAX} channels");
            self.fault(&beyond.span(), message, "let a program at one of them pass them on");
        }
        let names: Vec<String> = written.channels.keys().cloned().collect();
        let named = written.channels.into_iter();
        let channels = named.filter_map(|(name, channel)| self.channel(name, channel)).collect();
        let digests = written.digests.into_iter();
        let digests = digests.filter_map(|digest| self.digest(digest, &names)).collect();
        Channels { channels, digests }
    }

    fn channel(&mut self, name: String, channel: Spanned<WrittenChannel>) -> Option<Channel> {
        let span = channel.span();
        let mut channel = channel.into_inner();
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(known) {
            let help = "use small letters, digits and `-`: it becomes part of what receivers see";
            self.fault(&span, "the name of a channel cannot be used", help);
        }
        let quiet = self.quiet(&mut channel);
        let kind = self.kind(&mut channel);
        if kind.is_some() {
            self.foreign_lines(&channel);
        }
        let networks = channel.allowed_networks.map(Spanned::into_inner).unwrap_or_default();
        let roots = channel.roots_file.map(|file| self.beside.join(file.into_inner()));
        Some(Channel {
            name,
            kind: kind?,
            quiet: quiet?,
            allowed_networks: networks,
            roots_file: roots,
        })
    }

    fn kind(&mut self, channel: &mut WrittenChannel) -> Option<Kind> {
        let at = channel.kind.span();
        match channel.kind.get_ref().as_str() {
            "mail" => self.mail(channel).map(Kind::Mail),
            "webhook" => {
                let url = self.address(&at, channel.url.take(), true);
                let secret = self.secret(&at, "secret", channel.secret.take());
                Some(Kind::Webhook { url: url?, secret: secret? })
            }
            "slack" => self.address(&at, channel.url.take(), false).map(Kind::Slack),
            "teams" => self.address(&at, channel.url.take(), false).map(Kind::Teams),
            "servicenow" => {
                let url =
                    self.needed(&at, "url", channel.url.take(), "write the instance's address");
                let login = self.login(channel);
                let into = self.into(&at, channel.into.take());
                Some(Kind::ServiceNow { url: url?, login: login?, into: into? })
            }
            "jira" => self.jira(channel),
            "pagerduty" => {
                let url = channel.url.take().map(Spanned::into_inner);
                let routing_key = self.secret(&at, "routing_key", channel.routing_key.take());
                let url = url.unwrap_or_else(|| PAGERDUTY_URL.to_owned());
                Some(Kind::PagerDuty { url, routing_key: routing_key? })
            }
            other => {
                let message = format!("`{other}` is no kind of channel");
                let help = "write mail, webhook, slack, teams, servicenow, jira or pagerduty";
                self.fault(&at, message, help);
                None
            }
        }
    }

    fn mail(&mut self, channel: &mut WrittenChannel) -> Option<Mail> {
        let at = channel.kind.span();
        let host = self.needed(&at, "host", channel.host.take(), "name the mail server");
        let host = host.filter(|host| self.is_host(&at, host));
        let security = match channel.security.take() {
            None => Some(Security::StartTls),
            Some(word) => self.security(&word),
        };
        let user = channel.user.take().map(Spanned::into_inner);
        let is_clear = security == Some(Security::None);
        if let Some(password) = channel.password.as_ref().filter(|_| is_clear) {
            let help = "encrypt the way, or leave the login out";
            self.fault(&password.span(), "a password is not sent in the clear", help);
        }
        let password = channel.password.take();
        let login = match (user, password) {
            (None, None) => Some(None),
            (Some(user), password) => {
                self.secret(&at, "password", password).map(|place| Some((user, place)))
            }
            (None, Some(password)) => {
                self.fault(&password.span(), "`user` is missing", "write as whom to sign in");
                None
            }
        };
        let from = self.needed(&at, "from", channel.from.take(), "write who mails are from");
        let from = from.filter(|from| self.is_mailbox(&at, from));
        let to = self.recipients(&at, channel.to.take());
        let usual = if security == Some(Security::Tls) { 465 } else { 587 };
        let port = channel.port.take().map_or(usual, Spanned::into_inner);
        Some(Mail { host: host?, port, security: security?, login: login?, from: from?, to: to? })
    }

    fn is_host(&mut self, at: &Range<usize>, host: &str) -> bool {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let is = host.len() <= 253 && host.chars().all(known);
        if !is {
            self.fault(at, "`host` is no name of a server", "write it without scheme and port");
        }
        is
    }

    fn security(&mut self, word: &Spanned<String>) -> Option<Security> {
        let known =
            [("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)];
        let found = known.into_iter().find(|(known, _)| known == word.get_ref());
        if found.is_none() {
            let message = format!("`{}` is no way to encrypt mail", word.get_ref());
            self.fault(&word.span(), message, "write starttls, tls or none");
        }
        found.map(|(_, security)| security)
    }

    fn recipients(&mut self, at: &Range<usize>, to: Maybe<Vec<String>>) -> Option<Vec<String>> {
        let span = to.as_ref().map_or_else(|| at.clone(), Spanned::span);
        let all = to.map(Spanned::into_inner).unwrap_or_default();
        if all.is_empty() {
            self.fault(&span, "`to` is missing", "write who gets the mails, as a list");
            return None;
        }
        all.iter().all(|one| self.is_mailbox(&span, one)).then_some(all)
    }

    fn is_mailbox(&mut self, at: &Range<usize>, text: &str) -> bool {
        let is = text.parse::<Mailbox>().is_ok() && !text.contains(char::is_control);
        if !is {
            let help = "write it as ana@acme.example, or as Ana <ana@acme.example>";
            self.fault(at, format!("`{}` is no address", text.escape_debug()), help);
        }
        is
    }

    fn jira(&mut self, channel: &mut WrittenChannel) -> Option<Kind> {
        let at = channel.kind.span();
        let url = self.needed(&at, "url", channel.url.take(), "write the site's address");
        let login = self.login(channel);
        let project =
            self.needed(&at, "project", channel.project.take(), "write the project's key");
        let known = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if let Some(bad) = project.as_ref().filter(|key| !key.chars().all(known)) {
            let message = format!("`{bad}` is no key of a project");
            self.fault(&at, message, "write it as it stands before the numbers of its issues");
        }
        let issue_type = channel.issue_type.take().map(Spanned::into_inner);
        let issue_type = issue_type.unwrap_or_else(|| "Task".to_owned());
        Some(Kind::Jira { url: url?, login: login?, project: project?, issue_type })
    }

    /// A user with a password or token, or a token alone.
    fn login(&mut self, channel: &mut WrittenChannel) -> Option<Login> {
        let at = channel.kind.span();
        let user = channel.user.take().map(Spanned::into_inner);
        let (name, place) = match (channel.password.take(), channel.token.take()) {
            (None, token) => ("token", token),
            (password, None) => ("password", password),
            (_, Some(token)) => {
                self.fault(&token.span(), "`password` and `token` are both said", "leave one out");
                return None;
            }
        };
        let place = self.secret(&at, name, place)?;
        match (name, user) {
            (_, Some(user)) if user.contains(':') => {
                self.fault(&at, "`user` holds a `:`", "write the user alone");
                None
            }
            (_, Some(user)) => Some(Login::Basic(user, place)),
            ("token", None) => Some(Login::Bearer(place)),
            _ => {
                self.fault(&at, "`user` is missing", "write whose password it is");
                None
            }
        }
    }

    fn into(&mut self, at: &Range<usize>, written: Maybe) -> Option<Into> {
        let span = written.as_ref().map_or_else(|| at.clone(), Spanned::span);
        let help = "write \"incident\", or \"import:\" and the name of the import set's table";
        let text = self.needed(at, "into", written, help)?;
        let known = |c: char| c.is_ascii_alphanumeric() || c == '_';
        match text.split_once(':') {
            None if text == "incident" => Some(Into::Incident),
            Some(("import", table)) if !table.is_empty() && table.chars().all(known) => {
                Some(Into::ImportSet(table.to_owned()))
            }
            _ => {
                self.fault(&span, format!("`{text}` is nothing that becomes of a notice"), help);
                None
            }
        }
    }

    /// A line that is not there is told of at the kind's, which asks for it.
    fn needed(&mut self, at: &Range<usize>, name: &str, line: Maybe, help: &str) -> Option<String> {
        let span = line.as_ref().map_or_else(|| at.clone(), Spanned::span);
        let text = line.map(Spanned::into_inner).filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.fault(&span, format!("`{name}` is missing"), help);
        }
        text
    }

    /// An address; one that is a secret itself does not stand in the file.
    fn address(&mut self, at: &Range<usize>, line: Maybe, may_be_plain: bool) -> Option<Address> {
        let help =
            "write \"file:NAME\" or \"env:NAME\"; the address is a secret, and does not stand here";
        let span = line.as_ref().map_or_else(|| at.clone(), Spanned::span);
        let text = self.needed(at, "url", line, help)?;
        if may_be_plain && (text.starts_with("https://") || text.starts_with("http://")) {
            return Some(Address::Plain(text));
        }
        match SecretPlace::written(&text, self.beside) {
            Some(place) => Some(Address::Secret(place)),
            None => {
                self.fault(&span, "`url` does not say where it is", help);
                None
            }
        }
    }

    /// Where a secret is. The text is not quoted: it may be the secret itself.
    fn secret(&mut self, at: &Range<usize>, name: &str, line: Maybe) -> Option<SecretPlace> {
        let help = "write \"file:NAME\" or \"env:NAME\"; the secret itself does not stand here";
        let span = line.as_ref().map_or_else(|| at.clone(), Spanned::span);
        let text = self.needed(at, name, line, help)?;
        let place = SecretPlace::written(&text, self.beside);
        if place.is_none() {
            self.fault(&span, format!("`{name}` does not say where it is"), help);
        }
        place
    }

    fn quiet(&mut self, channel: &mut WrittenChannel) -> Option<Quiet> {
        let mut quiet = Quiet::default();
        if let Some(written) = channel.quiet.take() {
            let hours = written.get_ref().split_once('-');
            let hours = hours.and_then(|(from, until)| Some((minute(from)?, minute(until)?)));
            let Some(hours) = hours.filter(|(from, until)| from != until) else {
                let help = "write when they begin and end, such as \"19:00-07:00\"";
                self.fault(&written.span(), "`quiet` are no hours", help);
                return None;
            };
            quiet.hours = Some(hours);
        }
        let Some(days) = channel.quiet_days.take() else { return Some(quiet) };
        for word in days.get_ref() {
            let Some(day) = DAYS.iter().position(|known| known == word) else {
                let help = format!("write some of {}", DAYS.join(", "));
                self.fault(&days.span(), format!("`{word}` is no day"), &help);
                return None;
            };
            quiet.days[day] = true;
        }
        if quiet.days == [true; 7] {
            self.fault(&days.span(), "no day is left to tell anything", "leave one out");
            return None;
        }
        Some(quiet)
    }

    fn digest(&mut self, digest: Spanned<WrittenDigest>, names: &[String]) -> Option<Digest> {
        let span = digest.span();
        let WrittenDigest { channel, every, at, role, bucket } = digest.into_inner();
        if !names.contains(channel.get_ref()) {
            let message = format!("there is no channel `{}`", channel.get_ref());
            self.fault(&channel.span(), message, "name a channel of this file");
        }
        let known = [Every::Day, Every::Week, Every::Month];
        let found = known.into_iter().find(|known| known.word() == every.get_ref());
        if found.is_none() {
            let message = format!("`{}` is not how often", every.get_ref());
            self.fault(&every.span(), message, "write daily, weekly or monthly");
        }
        let at_span = at.as_ref().map(Spanned::span).unwrap_or_default();
        let minute = at.map_or(Some(7 * 60), |at| minute(at.get_ref()));
        if minute.is_none() {
            self.fault(&at_span, "`at` is no time of day", "write it as \"07:00\"");
        }
        let role = self.role(&span, role, bucket);
        let channel = channel.into_inner();
        Some(Digest { channel, every: found?, minute: minute?, role: role? })
    }

    fn role(&mut self, at: &Range<usize>, role: Maybe, bucket: Maybe) -> Option<Role> {
        let span = role.as_ref().map_or_else(|| at.clone(), Spanned::span);
        let word = role.as_ref().map_or("licence-manager", |role| role.get_ref().as_str());
        match (word, bucket) {
            ("licence-manager", None) => Some(Role::LicenceManager),
            ("bucket-owner", Some(bucket)) => Some(Role::BucketOwner(bucket.into_inner())),
            ("licence-manager", Some(bucket)) => {
                let help = "write role = \"bucket-owner\", or leave the bucket out";
                self.fault(&bucket.span(), "`bucket` means nothing for this role", help);
                None
            }
            ("bucket-owner", None) => {
                self.fault(&span, "`bucket` is missing", "write the bucket's key");
                None
            }
            (other, _) => {
                let message = format!("`{other}` is no role of a digest");
                self.fault(&span, message, "write licence-manager or bucket-owner");
                None
            }
        }
    }

    /// Lines that the kind did not take are told of rather than passed over.
    fn foreign_lines(&mut self, channel: &WrittenChannel) {
        for (name, span) in left(channel) {
            let message = format!("`{name}` means nothing for this kind of channel");
            self.fault(&span, message, "leave it out, or change the kind");
        }
    }
}

/// The lines that nothing has taken.
fn left(channel: &WrittenChannel) -> Vec<(&'static str, Range<usize>)> {
    let texts = [
        ("url", &channel.url),
        ("secret", &channel.secret),
        ("user", &channel.user),
        ("password", &channel.password),
        ("token", &channel.token),
        ("host", &channel.host),
        ("security", &channel.security),
        ("from", &channel.from),
        ("into", &channel.into),
        ("project", &channel.project),
        ("issue_type", &channel.issue_type),
        ("routing_key", &channel.routing_key),
    ];
    let texts = texts.into_iter().filter_map(|(name, line)| Some((name, line.as_ref()?.span())));
    let port = channel.port.as_ref().map(|line| ("port", line.span()));
    let to = channel.to.as_ref().map(|line| ("to", line.span()));
    texts.chain(port).chain(to).collect()
}

/// The minute of the day of a time such as `07:00`.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |text: &str, max: u16| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|number| digits && *number <= max)
    };
    Some(number(hours, 23)? * 60 + number(minutes, 59)?)
}
