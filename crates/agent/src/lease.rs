//! Leases: tokens held beforehand, to use a product without the server on a journey; and giving them back.
//!
//! The command line fetches a lease itself, with the device's key, and leaves it in `orders/` for the agent that
//! runs, or that runs next. The request is on the disk before it is sent, and one that was never answered is sent
//! again as it was: nothing is held twice.

use crate::ambient;
use crate::client::{Client, Seal};
use crate::clock::{Clock, Now};
use crate::home::{Fault, Home};
use crate::machine::{Reply, Request};
use crate::ports::Times;
use crate::run::remembered;
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::jws;
use faregate_protocol::wire::{Close, Open, Opened};
use serde::{Deserialize, Serialize};
use std::fs;
use std::time::Duration;

/// Exit code: the server refuses.
const REFUSED: u8 = 5;
const TIMEOUT: Duration = Duration::from_secs(15);

/// What the command line leaves for the agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case")]
pub enum Order {
    /// A lease was asked for.
    Lease {
        /// The request, as it is sent however often.
        open: Box<Open>,
        /// The answer: a grant as JWS.
        grant: Option<String>,
    },
    /// A lease shall be given back.
    Return {
        /// Its session.
        session: String,
    },
}

/// Fetches a lease for an account and a product.
///
/// # Errors
/// Exit code 3: not enrolled; 4: the server cannot be reached; 5: it refuses.
pub fn take(
    home: &Home,
    times: &mut impl Times,
    (account, product): (&str, &str),
    hours: u32,
) -> Result<Grant, Fault> {
    let (device, key, identity) = home.device()?;
    home.make()?;
    let certificates = home.certificates()?;
    let client = Client::new(
        &device.server,
        certificates.as_deref(),
        (key, device.device.as_str()),
        TIMEOUT,
    )?;
    let open = unfinished(home, account, product).unwrap_or_else(|| Open {
        key: hex(ambient::chance::<16>()),
        account: account.to_owned(),
        product: product.to_owned(),
        lease: Some(hours.saturating_mul(3_600)),
        // Whoever orders a lease by name and hours has said yes to what it holds.
        agreed: Some(AGREED_TOKENS_MAX),
        clock: times.wall(),
        ..Open::default()
    });
    let name = format!("orders/lease-{}.json", open.key);
    keep(home, &name, &Order::Lease { open: Box::new(open.clone()), grant: None })?;
    let mut created = server_time(home, times)?;
    let opened = fetch(&client, &open, &mut created).inspect_err(|fault| {
        // What was refused is not asked for again; what was not answered is.
        if fault.code == REFUSED {
            drop(fs::remove_file(home.path().join(&name)));
        }
    })?;
    let text = match (&opened.grant, &opened.refusal) {
        (Some(text), _) => text.clone(),
        (None, refusal) => {
            drop(fs::remove_file(home.path().join(&name)));
            let refusal = refusal.clone().unwrap_or_default();
            let help = refusal.remedies.join(" ");
            return Err(
                Fault::new(format!("no lease: {}", refusal.detail), help).with_code(REFUSED)
            );
        }
    };
    let grant = jws::verify::<Grant>(&identity.server_key, &text).map_err(|error| {
        Fault::new(format!("no lease: {error}"), "enrol the device again").with_code(REFUSED)
    })?;
    keep(home, &name, &Order::Lease { open: Box::new(open), grant: Some(text) })?;
    // A seat needs no lease: the session that said so is not used.
    if let (GrantedFare::Seat, Some(session)) = (&grant.fare, opened.session) {
        let close = Request::Close(Close { sessions: vec![session] });
        let _ = client.send(&close, Seal { created, nonce: ambient::chance() });
    }
    Ok(grant)
}

/// More than any lease costs: the command is the agreement, and the server says what was held.
const AGREED_TOKENS_MAX: f64 = 1_000_000.0;

/// Has the leases of an account given back: of one product, or all. Their sessions.
///
/// # Errors
/// There is none.
pub fn give_back(
    home: &Home,
    (account, product): (&str, Option<&str>),
) -> Result<Vec<String>, Fault> {
    home.device()?;
    let reading = remembered(home)?;
    let whose = |grant: &&Grant| {
        grant.account == account && product.is_none_or(|product| grant.product == product)
    };
    let lease = |grant: &Grant| match &grant.fare {
        GrantedFare::Lease { session, .. } => Some(session.clone()),
        GrantedFare::Seat => None,
    };
    let grants = reading.memory.grants.iter().filter(whose);
    let sessions: Vec<String> = grants.filter_map(lease).collect();
    if sessions.is_empty() {
        let what = format!("{account} has no lease here");
        return Err(Fault::new(
            what,
            "see `faregate-agent status`; the account is set with `--account`",
        ));
    }
    for session in &sessions {
        let order = Order::Return { session: session.clone() };
        keep(home, &format!("orders/return-{session}.json"), &order)?;
    }
    Ok(sessions)
}

fn keep(home: &Home, name: &str, order: &Order) -> Result<(), Fault> {
    home.replace(name, &serde_json::to_vec(order).unwrap_or_default())
}

/// A lease that was asked for, and never answered.
fn unfinished(home: &Home, account: &str, product: &str) -> Option<Open> {
    let entries = fs::read_dir(home.orders()).ok()?;
    entries.flatten().find_map(|entry| {
        let bytes = fs::read(entry.path()).ok()?;
        match serde_json::from_slice(&bytes).ok()? {
            Order::Lease { open, grant: None } => {
                (open.account == account && open.product == product).then_some(*open)
            }
            _ => None,
        }
    })
}

fn server_time(home: &Home, times: &mut impl Times) -> Result<i64, Fault> {
    let (boot, since_boot, wall) = (times.boot(), times.since_boot(), times.wall());
    let now = Now { boot, since_boot, wall, chance: [0; 16] };
    let mut clock = Clock::new(remembered(home)?.memory.anchor);
    clock.look(&now);
    Ok(clock.server_time(&now))
}

fn fetch(client: &Client, open: &Open, created: &mut i64) -> Result<Opened, Fault> {
    for again in [false, true] {
        let seal = Seal { created: *created, nonce: ambient::chance() };
        match client.send(&Request::Open(Box::new(open.clone())), seal) {
            Reply::Opened(opened) => return Ok(*opened),
            Reply::Problem(problem) => match problem.now.filter(|_| !again) {
                Some(now) => *created = now,
                None => return Err(Fault::new(problem.detail, problem.help).with_code(REFUSED)),
            },
            Reply::Unreachable(why) | Reply::Unavailable(why) => {
                let what = format!("the server cannot be reached: {why}");
                let help = "connect to the company's network, and say the same again: nothing is held twice";
                return Err(Fault::new(what, help).with_code(4));
            }
            _ => break,
        }
    }
    Err(Fault::new("the server's answer cannot be understood", "try it again").with_code(REFUSED))
}

fn hex(bytes: [u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
