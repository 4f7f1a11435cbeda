//! Mail: text, HTML and a picture, over SMTP to an address that was checked and pinned.

use super::send::{Letter, Outgoing, SendError, World};
use super::words::{bars, headline, label, line, lines, link, plain};
use super::{Channel, Mail, Security, picture, wire};
use faregate_app::notice::{Kind, Notice, Severity};
use faregate_app::outbox::Failure;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{SmtpTransport, Transport};
use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

const SUBJECT_MAX: usize = 200;

/// Sends a notice to all who are to get it, as one mail: those of the channel, or those of the letter that goes with it.
pub(super) fn send(
    channel: &Channel,
    mail: &Mail,
    (one, letter): (Outgoing<'_>, Option<&Letter>),
    world: &World<'_>,
) -> Result<(), SendError> {
    let message = message(mail, one, letter)
        .map_err(|why| SendError::settings(why, "check `from` and `to` of the channel"))?;
    let scheme = if mail.security == Security::None { "http" } else { "https" };
    let origin = format!("{scheme}://{}:{}", mail.host, mail.port);
    let endpoint = wire::checked(channel, &origin, world)?;
    let login = mail.login.as_ref();
    let login = login.map(|(user, place)| Ok((user, wire::secret(place, world)?))).transpose()?;
    let tls = tls(channel, mail)?;
    let mut last = Err(SendError::settings("the mail server has no address", "check its name"));
    for address in endpoint.addresses() {
        let mut transport = SmtpTransport::builder_dangerous(address.ip().to_string())
            .port(mail.port)
            .tls(tls.clone())
            .timeout(Some(world.time_max))
            .hello_name(ClientId::Domain("faregate".to_owned()));
        if let Some((user, password)) = &login {
            let known = Credentials::new((*user).clone(), password.expose().to_owned());
            let ways = vec![Mechanism::Plain, Mechanism::Login];
            transport = transport.credentials(known).authentication(ways);
        }
        last = transport.build().send(&message).map(drop).map_err(|why| {
            let mut failed = failed(&why, world);
            if let Some((_, password)) = &login {
                failed.words = password.scrub(&failed.words);
            }
            failed
        });
        // Another address of the same server may answer; one that answered has decided.
        if !matches!(&last, Err(SendError { failure: Failure::Away(_), .. })) {
            break;
        }
    }
    last
}

fn tls(channel: &Channel, mail: &Mail) -> Result<Tls, SendError> {
    let help = "name a file of certificates in PEM";
    let mut parameters = TlsParameters::builder(mail.host.clone());
    if let Some(pem) = wire::roots(channel)? {
        let root = Certificate::from_pem(&pem)
            .map_err(|why| SendError::settings(why.to_string(), help))?;
        parameters =
            parameters.certificate_store(CertificateStore::None).add_root_certificate(root);
    }
    let parameters =
        parameters.build().map_err(|why| SendError::settings(why.to_string(), help))?;
    Ok(match mail.security {
        Security::StartTls => Tls::Required(parameters),
        Security::Tls => Tls::Wrapper(parameters),
        Security::None => Tls::None,
    })
}

fn failed(why: &lettre::transport::smtp::Error, world: &World<'_>) -> SendError {
    let told = line(&why.to_string(), 300);
    let (failure, words, help) = if why.is_permanent() {
        (
            Failure::Refused,
            format!("the mail server refused it: {told}"),
            "check `from`, `to` and the login of the channel",
        )
    } else if is_timeout(why) {
        let seconds = world.time_max.as_millis().div_ceil(1_000);
        (
            Failure::Away(None),
            format!("the mail server did not answer within {seconds} seconds"),
            "look whether it is overloaded",
        )
    } else if why.is_transient() {
        (
            Failure::Away(None),
            format!("the mail server is busy: {told}"),
            "nothing: it is tried again",
        )
    } else if why.is_client() {
        (
            Failure::Refused,
            format!("the mail server lacks something: {told}"),
            "check `security` and the login of the channel",
        )
    } else {
        (
            Failure::Away(None),
            format!("the mail server cannot be reached: {told}"),
            "check its name, port and certificate",
        )
    };
    SendError { failure, words, help }
}

/// Where a socket's time is over, it says on Unix that it would block.
fn is_timeout(why: &lettre::transport::smtp::Error) -> bool {
    let mut source = why.source();
    while let Some(error) = source {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::WouldBlock) {
            return true;
        }
        source = error.source();
    }
    why.is_timeout()
}

/// The mail of a notice: the same bytes whenever it is made.
fn message(mail: &Mail, one: Outgoing<'_>, letter: Option<&Letter>) -> Result<Message, String> {
    let Outgoing { id, notice } = one;
    let mailbox = |text: &String| text.parse::<Mailbox>().map_err(|why| why.to_string());
    let from = mailbox(&mail.from)?;
    let domain = from.email.domain().to_owned();
    let at = UNIX_EPOCH + Duration::from_secs(u64::try_from(notice.at.0).unwrap_or(0));
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let mut builder = Message::builder()
        .from(from)
        .date(at)
        .subject(headline(notice, SUBJECT_MAX))
        .message_id(Some(format!("<{}@{domain}>", token(id))))
        // Mail programs put what is about one alert into one thread.
        .references(format!("<about-{}@{domain}>", token(&notice.about)))
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
    for to in letter.map_or(&mail.to, |letter| &letter.to) {
        builder = builder.to(mailbox(to)?);
    }
    let html = SinglePart::html(html(notice));
    let shown = match notice.chart.as_ref().map(picture::png) {
        None => MultiPart::related().boundary("faregate-related").singlepart(html),
        Some(png) => {
            let kind = ContentType::parse("image/png").map_err(|why| why.to_string())?;
            let inline = Attachment::new_inline("chart".to_owned()).body(png, kind);
            MultiPart::related().boundary("faregate-related").singlepart(html).singlepart(inline)
        }
    };
    let text = SinglePart::plain(plain(notice));
    let both = MultiPart::alternative().boundary("faregate-alternative");
    let both = both.singlepart(text).multipart(shown);
    let all = match letter {
        None => both,
        Some(Letter { file, media_type, bytes, .. }) => {
            let kind = ContentType::parse(media_type).map_err(|why| why.to_string())?;
            let attached = Attachment::new(file.clone()).body(bytes.clone(), kind);
            MultiPart::mixed().boundary("faregate-mixed").multipart(both).singlepart(attached)
        }
    };
    builder.multipart(all).map_err(|why| why.to_string())
}

/// A part of a message id: letters, digits, `.`, `_` and `-`.
fn token(text: &str) -> String {
    let plain =
        |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    text.chars().take(200).map(plain).collect()
}

fn html(notice: &Notice) -> String {
    let mut body = format!(
        "<p style=\"margin:0;color:{}\"><b>{}</b></p><h1 style=\"font-size:20px;margin:4px 0 12px\">{}</h1>",
        colour(notice),
        escaped(label(notice)),
        escaped(&line(&notice.title, 500)),
    );
    let text = lines(&notice.text, 50_000);
    for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        body += &format!("<p>{}</p>", escaped(part).replace('\n', "<br>"));
    }
    if let Some(chart) = &notice.chart {
        let (title, figures) =
            (escaped(&line(&chart.title, 200)), escaped(&bars(chart).join(", ")));
        body += &format!(
            "<p><b>{title}</b><br><img src=\"cid:chart\" width=\"{}\" height=\"{}\" alt=\"{figures}\" style=\"max-width:100%\"></p>",
            picture::WIDTH,
            picture::HEIGHT,
        );
    }
    let row = |(label, value): &(String, String)| {
        let (label, value) = (escaped(&line(label, 200)), escaped(&line(value, 1_000)));
        format!(
            "<tr><th align=\"left\" style=\"padding:2px 16px 2px 0\">{label}</th><td>{value}</td></tr>"
        )
    };
    if !notice.facts.is_empty() {
        body += &format!("<table>{}</table>", notice.facts.iter().map(row).collect::<String>());
    }
    if !notice.steps.is_empty() {
        let step = |step: &String| format!("<li>{}</li>", escaped(&line(step, 1_000)));
        body += &format!(
            "<h2 style=\"font-size:16px\">What to do</h2><ol>{}</ol>",
            notice.steps.iter().map(step).collect::<String>()
        );
    }
    if let Some(link) = link(notice) {
        body += &format!("<p><a href=\"{}\">Open in Faregate</a></p>", escaped(link));
    }
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"font-family:sans-serif;max-width:40em\">{body}</body></html>",
        escaped(&headline(notice, SUBJECT_MAX)),
    )
}

const fn colour(notice: &Notice) -> &'static str {
    match (notice.kind, notice.severity) {
        (Kind::Cleared, _) => "#276749",
        (_, Severity::Critical) => "#9b2c2c",
        (_, Severity::Warning) => "#975a16",
        (_, Severity::Info) => "#2c5282",
    }
}

/// Text in which nothing is taken for markup, in content and in attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests;
