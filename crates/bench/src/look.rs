//! One load on one server, without a peer: to profile by.

use crate::estate;
use crate::load::{Script, load};
use crate::outcome::short;
use crate::races::decisions::{CONNECTIONS, costs};
use crate::races::{Setting, heartbeats};
use crate::scripts::{Batches, Caller, Heartbeats, Null, Opens};
use crate::server::Server;
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Look {
    /// What is asked
    #[arg(value_enum)]
    what: What,
    /// For how long
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// The server's binary, instead of the one built beside this program
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Nothing
    Null,
    /// Opens, one a request
    Opens,
    /// Opens, all on one bucket
    Hot,
    /// Opens, 8,189 a request
    Batch,
    /// Heartbeats of 100,000 agents
    Heartbeats,
}

pub(crate) fn run(args: &Look) -> Result<()> {
    let setting = Setting::new(args.binary.clone(), 1, args.seconds, 1.0)?;
    let data = setting.fresh("store-look")?;
    estate::create(&data, setting.policies)?;
    let server = Server::start(&setting.binary, &data)?;
    let caller = Caller { key: server.key.clone() };
    let seed = crate::ambient::chance();
    let connections = if args.what == What::Batch { 1 } else { CONNECTIONS };
    let mut script: Box<dyn Script> = match args.what {
        What::Null => Box::new(Null),
        What::Opens => Box::new(Opens::new(caller, seed, connections, false)),
        What::Hot => Box::new(Opens::new(caller, seed, connections, true)),
        What::Batch => Box::new(Batches::new(caller, seed, 8_189)),
        What::Heartbeats => {
            let sessions = heartbeats::open_sessions(&server, 100_000)?;
            Box::new(Heartbeats::new(caller, seed, sessions))
        }
    };
    let before = server.threads()?;
    let done = load(server.address, connections, setting.seconds, &mut *script)?;
    println!("{}/s, {} failed", short(done.rate()), done.failures);
    let [half, most] = [0.5, 0.99].map(|share| short(done.latency.quantile(share)));
    println!("p50 {half} ms, p99 {most} ms");
    println!("{}", costs(&done, &before, &server.threads()?));
    server.stop()
}
