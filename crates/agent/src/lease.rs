//! Leases: tokens held beforehand, to use a product without the server on a journey; and giving them back.
//!
//! The command line fetches a lease itself, with the device's key, and leaves it in `orders/` for the agent that
//! runs, or that runs next. The request is on the disk before it is sent, and one that was never answered is sent
//! again as it was: nothing is held twice.

use crate::ambient;
use crate::client::{Client, Seal};
use crate::clock::{Clock, Now};
use crate::home::{Fault, Home};
use crate::log::instant;
use crate::machine::words::tokens;
use crate::machine::{Identity, Reply, Request};
use crate::ports::Times;
use crate::run::remembered;
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::jws;
use faregate_protocol::wire::{Ask, Close, Open, Refusal};
use serde::{Deserialize, Serialize};
use std::fs;
use std::time::Duration;

/// Exit code: the server refuses.
const REFUSED: u8 = 5;
/// The problem of a request that the server saw before: signed anew, it is another.
const DOUBLED: &str = "replayed";
const TIMEOUT: Duration = Duration::from_secs(15);

/// What the command line leaves for the agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case")]
pub enum Order {
    /// A lease was asked for.
    Lease {
        /// The request: the same however often it is sent, but for the clock.
        open: Box<Open>,
        /// What was said of its price.
        #[serde(default)]
        price: Price,
        /// The answer: a grant as JWS.
        grant: Option<String>,
    },
    /// A lease shall be given back.
    Return {
        /// Its session.
        session: String,
    },
}

/// A lease that was fetched, and what it holds.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What may be used, and until when.
    pub grant: Grant,
    /// Tokens that are held.
    pub tokens: f64,
    /// Of what, as it was said before.
    pub price: Price,
}

/// What is known of a price beside the tokens.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Price {
    /// In money: `30.00 USD`.
    pub money: Option<String>,
    /// Name of the bucket that pays.
    pub bucket: Option<String>,
}

impl Taken {
    /// What the person should know.
    #[must_use]
    pub fn words(&self) -> String {
        let (product, until) = (&self.grant.product, instant(self.grant.until));
        if self.tokens <= 0.0 {
            return format!("{product} can be used without the server until {until}\n");
        }
        let money = self.price.money.as_ref().map(|money| format!(" (about {money})"));
        let bucket = self.price.bucket.as_ref().map(|name| format!(" of {name}"));
        let (money, bucket) = (money.unwrap_or_default(), bucket.unwrap_or_default());
        let tokens = tokens(self.tokens);
        format!(
            "holds {tokens}{money}{bucket} until {until}: {product} can be used without the server\n"
        )
    }
}

/// Fetches a lease for an account and a product. It holds no more than the server says just before.
///
/// # Errors
/// Exit code 3: not enrolled; 4: the server cannot be reached; 5: it refuses.
pub fn take(
    home: &Home,
    times: &mut impl Times,
    (account, product): (&str, &str),
    hours: u32,
) -> Result<Taken, Fault> {
    let (device, key, identity) = home.device()?;
    home.make()?;
    let certificates = home.certificates()?;
    let key = (key, device.device.as_str());
    let client = Client::new(&device.server, certificates.as_deref(), key, TIMEOUT)?;
    let (created, wall) = (server_time(home, times)?, times.wall());
    let mut desk = Desk { home, client, identity, created, wall };
    if let Some((open, price)) = unfinished(home, account, product)
        && let Some(taken) = desk.order(open, price)?
    {
        return Ok(taken);
    }
    let (agreed, price) = desk.price(account, product)?;
    let open = Open {
        key: hex(ambient::chance::<16>()),
        account: account.to_owned(),
        product: product.to_owned(),
        lease: Some(hours.saturating_mul(3_600)),
        // Whoever orders a lease by name and hours has said yes to what it holds.
        agreed: Some(agreed),
        ..Open::default()
    };
    let nothing = || Fault::new("no lease: it is over already", "try it again").with_code(REFUSED);
    desk.order(open, price)?.ok_or_else(nothing)
}

/// Where leases are ordered.
struct Desk<'a> {
    home: &'a Home,
    client: Client,
    identity: Identity,
    /// The server's time, by the best that is known.
    created: i64,
    wall: i64,
}

impl Desk<'_> {
    /// How many tokens a lease would hold.
    fn price(&mut self, account: &str, product: &str) -> Result<(f64, Price), Fault> {
        let (account, product) = (account.to_owned(), product.to_owned());
        let ask = Ask { account, product, clock: self.wall, ..Ask::default() };
        let Reply::Asked(asked) = self.send(&Request::Ask(ask))? else {
            return Err(not_understood());
        };
        match asked.refusal {
            Some(refusal) => Err(no_lease(&refusal)),
            None => {
                let bucket = asked.bucket.map(|bucket| bucket.name);
                Ok((asked.tokens, Price { money: asked.money, bucket }))
            }
        }
    }

    /// Orders a lease; `None`: it was ordered before, and is over.
    fn order(&mut self, open: Open, price: Price) -> Result<Option<Taken>, Fault> {
        let name = format!("orders/lease-{}.json", open.key);
        let open = Open { clock: self.wall, ..open };
        let (ordered, said) = (Box::new(open.clone()), price.clone());
        keep(self.home, &name, &Order::Lease { open: ordered, price: said, grant: None })?;
        // What was not answered is asked for again; what the server refused, or cannot even read, is not.
        let opened = match self.send(&Request::Open(Box::new(open.clone())))? {
            Reply::Opened(opened) => *opened,
            Reply::Problem(problem) => {
                self.drop_order(&name);
                return Err(Fault::new(problem.detail, problem.help).with_code(REFUSED));
            }
            _ => return Err(not_understood()),
        };
        if let Some(refusal) = &opened.refusal {
            self.drop_order(&name);
            return Err(no_lease(refusal));
        }
        let Some(text) = opened.grant else {
            self.drop_order(&name);
            return Ok(None);
        };
        let grant = jws::verify::<Grant>(&self.identity.server_key, &text).map_err(|error| {
            Fault::new(format!("no lease: {error}"), "enrol the device again").with_code(REFUSED)
        })?;
        if grant.until <= self.created {
            self.return_old(&grant)?;
            self.drop_order(&name);
            return Ok(None);
        }
        let done = Order::Lease { open: Box::new(open), price: price.clone(), grant: Some(text) };
        keep(self.home, &name, &done)?;
        // A seat needs no lease: the session that said so is not used.
        if let (GrantedFare::Seat, Some(session)) = (&grant.fare, opened.session) {
            let _ = self.send(&Request::Close(Close { sessions: vec![session] }));
        }
        Ok(Some(Taken { grant, tokens: opened.tokens, price }))
    }

    fn return_old(&self, grant: &Grant) -> Result<(), Fault> {
        match &grant.fare {
            GrantedFare::Lease { session, .. } => order_return(self.home, session),
            GrantedFare::Seat => Ok(()),
        }
    }

    fn drop_order(&self, name: &str) {
        drop(fs::remove_file(self.home.path().join(name)));
    }

    /// Sends a request; once more when the server tells its time, or saw the request before.
    ///
    /// Of problems, only those of what was asked for are answers: nothing came of that, nor ever will.
    fn send(&mut self, request: &Request) -> Result<Reply, Fault> {
        for again in [false, true] {
            let seal = Seal { created: self.created, nonce: ambient::chance() };
            match self.client.send(request, seal) {
                Reply::Problem(problem) => {
                    if !again && (problem.now.is_some() || problem.code == DOUBLED) {
                        self.created = problem.now.unwrap_or(self.created);
                        continue;
                    }
                    if matches!(problem.status, 400 | 413 | 422) {
                        return Ok(Reply::Problem(problem));
                    }
                    return Err(Fault::new(problem.detail, problem.help).with_code(REFUSED));
                }
                Reply::Unreachable(why) | Reply::Unavailable(why) => {
                    let what = format!("the server cannot be reached: {why}");
                    let help = "connect to the company's network, and say the same again: nothing is held twice";
                    return Err(Fault::new(what, help).with_code(4));
                }
                reply => return Ok(reply),
            }
        }
        Err(not_understood())
    }
}

fn no_lease(refusal: &Refusal) -> Fault {
    let what = format!("no lease: {}", refusal.detail);
    Fault::new(what, refusal.remedies.join(" ")).with_code(REFUSED)
}

fn not_understood() -> Fault {
    Fault::new("the server's answer cannot be understood", "try it again").with_code(REFUSED)
}

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
        order_return(home, session)?;
    }
    Ok(sessions)
}

fn order_return(home: &Home, session: &str) -> Result<(), Fault> {
    let order = Order::Return { session: session.to_owned() };
    keep(home, &format!("orders/return-{session}.json"), &order)
}

fn keep(home: &Home, name: &str, order: &Order) -> Result<(), Fault> {
    home.replace(name, &serde_json::to_vec(order).unwrap_or_default())
}

/// A lease that was asked for, and never answered.
fn unfinished(home: &Home, account: &str, product: &str) -> Option<(Open, Price)> {
    let entries = fs::read_dir(home.orders()).ok()?;
    entries.flatten().find_map(|entry| {
        let bytes = fs::read(entry.path()).ok()?;
        match serde_json::from_slice(&bytes).ok()? {
            Order::Lease { open, price, grant: None } => {
                (open.account == account && open.product == product).then_some((*open, price))
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

fn hex(bytes: [u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
