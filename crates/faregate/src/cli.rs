//! The command line: what can be said.

use clap::{Args, Parser, Subcommand};

pub(crate) mod access;
pub(crate) mod agents;
pub(crate) mod budgets;
pub(crate) mod burn;
pub(crate) mod buying;
pub(crate) mod directory;
pub(crate) mod estate;
pub(crate) mod findings;
pub(crate) mod imports;
#[cfg_attr(
    not(feature = "lake"),
    allow(dead_code, reason = "a build without the lake does nothing that was asked of it")
)]
pub(crate) mod lake;
pub(crate) mod library;
pub(crate) mod monitor;
pub(crate) mod notices;
pub(crate) mod options;
pub(crate) mod plans;
pub(crate) mod rules;
pub(crate) mod sources;
pub(crate) mod what_if;

use std::net::SocketAddr;
use std::path::PathBuf;

/// Lets each person through on the right fare: a seat, or tokens of a bucket.
#[derive(Parser)]
#[command(name = "faregate", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Directory of the store [default: ./faregate-data; demo: ./faregate-demo]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print JSON instead of words
    #[arg(long, global = true)]
    pub json: bool,
    /// Never ask anything; passwords are read from a pipe then
    #[arg(long, global = true)]
    pub no_input: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create a store and begin a contract
    Init(Init),
    /// Take in use from files, once
    Import(Box<imports::Import>),
    /// Take in use from a file as it grows
    Tail {
        #[command(subcommand)]
        source: TailSource,
    },
    /// Where use comes from, and how fresh each source is
    Source {
        #[command(subcommand)]
        action: sources::Source,
    },
    /// Where people are told, and whether it works
    Channel {
        #[command(subcommand)]
        action: notices::Channel,
    },
    /// Print what was sent on channels, what waits to be, and what was given up
    Deliveries(notices::Deliveries),
    /// Serve the API and the page
    Serve(Serve),
    /// Make up an estate with a year of history, let workstations run, and serve it
    Demo(Demo),
    /// Print what was spent, how fast, and beside which plan
    Burn(burn::Burn),
    /// Print from which use on a seat is cheaper than tokens
    BreakEven(BreakEven),
    /// Buckets: who may spend how many tokens
    Bucket {
        #[command(subcommand)]
        action: budgets::Bucket,
    },
    /// Packs of tokens, and what the vendor says of them
    Pack {
        #[command(subcommand)]
        action: budgets::Pack,
    },
    /// Requests for tokens
    Request {
        #[command(subcommand)]
        action: budgets::Request,
    },
    /// Print what each department, project or cost centre costs
    Chargeback(budgets::Chargeback),
    /// Print tokens that the vendor charged although a seat covered the use
    DoubleDips(budgets::Span),
    /// Print what went past the gate: used without asking, or although refused, or not reported
    Leakage(Leakage),
    /// Print what looks unusual, with its cost and its evidence; say what a finding is worth
    Findings(findings::Findings),
    /// People, their names and groups
    Person {
        #[command(subcommand)]
        action: estate::Person,
    },
    /// Groups of people
    Group {
        #[command(subcommand)]
        action: estate::Group,
    },
    /// Seats, and who holds them
    Seat {
        #[command(subcommand)]
        action: estate::Seat,
    },
    /// Sites and their networks
    Site {
        #[command(subcommand)]
        action: estate::Site,
    },
    /// Where licences were used, and where they may be
    Place {
        #[command(subcommand)]
        action: estate::Place,
    },
    /// The estate as files
    Estate {
        #[command(subcommand)]
        action: estate::Estate,
    },
    /// Groups of the company's directory, by which the vendor assigns products
    Directory {
        #[command(subcommand)]
        action: directory::Directory,
    },
    /// Workstations that speak for themselves, and the rules for their agents
    Agent {
        #[command(subcommand)]
        action: agents::Agent,
    },
    /// Policies: who may open what, where, when and on what
    Policy {
        #[command(subcommand)]
        action: rules::Policy,
    },
    /// The use history as tables that other tools read
    Lake {
        #[command(subcommand)]
        action: lake::Lake,
    },
    /// Ask the lake: in SQL, or by the name of a query
    Sql(lake::Sql),
    /// The options file of a FlexNet licence server
    Options {
        #[command(subcommand)]
        action: options::Options,
    },
    /// Print who holds what at the licence server, and how that differs from the gate and the log
    Lmstat(options::Lmstat),
    /// Alerts, the rules that raise them, and their runbooks
    Alert {
        #[command(subcommand)]
        action: monitor::Alert,
    },
    /// Print what will be burned and when tokens run out, also if something happened
    Forecast(monitor::Forecast),
    /// Print what a past period would have cost under another tariff, price, plan, set of rules or layout
    WhatIf(what_if::WhatIf),
    /// Holidays, training weeks, projects: what forecasts reckon with
    Occasion {
        #[command(subcommand)]
        action: monitor::Occasion,
    },
    /// Who should be on a seat and who on tokens: advice, plans of moves, what they saved
    Plan {
        #[command(subcommand)]
        action: plans::Plan,
    },
    /// Print how many tokens to buy for the year to come, and what each quantity means
    Size(buying::Size),
    /// Print what a renewal is worth: the vendor's proposal under stress, every lever, alone and together
    Renew(buying::Renew),
    /// Reports as files to take along: workbooks, PDFs, FOCUS, a calendar
    Report {
        #[command(subcommand)]
        action: library::Report,
    },
    /// Print the caps, and what counts for them
    Caps,
    /// Print every reason for a refusal, and what to do about each
    Refusals,
    /// Print what the gate would answer, and book nothing
    Quote(rules::Quote),
    /// Print why somebody was let through or turned away, recomputed from the journal
    Explain(Explain),
    /// Check everything that must be true
    Doctor,
    /// Make an API key, which is printed once; list keys, revoke one
    Key(access::Key),
    /// People who sign in with a name and a password
    Account {
        #[command(subcommand)]
        action: access::Account,
    },
    /// Print what each role may do
    Rights,
    /// Make a one-time link to sign in with
    SignIn(access::SignIn),
    /// Print the OpenAPI description
    Openapi,
    /// Print shell completions
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

#[derive(Args)]
pub(crate) struct Init {
    /// Name of the contract
    #[arg(long, default_value = "Autodesk contract")]
    pub name: String,
    /// Zone in which the contract's days are counted, for example Europe/Madrid
    #[arg(long, default_value = "UTC")]
    pub zone: String,
    /// A shipped tariff (flex-daily, guide-hourly, guide-daily) or a file
    #[arg(long, default_value = "flex-daily")]
    pub tariff: String,
    /// Tokens bought with the first pack
    #[arg(long, value_name = "N")]
    pub tokens: Option<i64>,
    /// First date of the first pack [default: today]
    #[arg(long, value_name = "DATE", requires = "tokens")]
    pub from: Option<String>,
    /// Last date of the first pack [default: a year later]
    #[arg(long, value_name = "DATE", requires = "tokens")]
    pub until: Option<String>,
}

#[derive(Args)]
pub(crate) struct ImportFlexnet {
    /// The logs, in any order
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub log: Log,
    /// Where rejected lines are listed [default: rejected.csv in the data directory]
    #[arg(long, value_name = "FILE")]
    pub rejected: Option<PathBuf>,
}

/// How to read a FlexNet log.
#[derive(Args)]
pub(crate) struct Log {
    /// Zone of the licence server's clock, for example Europe/Madrid
    #[arg(long)]
    pub zone: String,
    /// Date of the first line, for a log that says none (YYYY-MM-DD)
    #[arg(long, value_name = "DATE")]
    pub start_date: Option<String>,
    /// More feature codes: lines of code-or-product-part,family-key,display name
    #[arg(long, value_name = "FILE")]
    pub features: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum TailSource {
    /// A FlexNet debug log (lmgrd -l, DEBUGLOG)
    Flexnet(TailFlexnet),
}

#[derive(Args)]
pub(crate) struct TailFlexnet {
    /// The log
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub log: Log,
    /// Stop at the end of what is there now
    #[arg(long)]
    pub catch_up: bool,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// A FlexNet debug log to follow; needs --zone
    #[arg(long, value_name = "FILE", requires = "zone")]
    pub tail: Option<PathBuf>,
    /// Zone of that licence server's clock
    #[arg(long)]
    pub zone: Option<String>,
    /// Date of its first line, when it says none (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", requires = "tail")]
    pub start_date: Option<String>,
    /// More feature codes: lines of code-or-product-part,family-key,display name
    #[arg(long, value_name = "FILE")]
    pub features: Option<PathBuf>,
    /// A file of sources to pull from and take in [default: sources.toml in the data directory]
    #[arg(long, value_name = "FILE")]
    pub sources: Option<PathBuf>,
    /// A reverse proxy whose X-Forwarded-For is believed; repeat for several
    #[arg(long, value_name = "CIDR")]
    pub trusted_proxy: Vec<String>,
    /// A data base of addresses and countries, in MaxMind's format
    #[arg(long, value_name = "FILE.mmdb")]
    pub atlas: Option<PathBuf>,
    /// Where people reach the pages, for links in notices: https://faregate.example
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    #[command(flatten)]
    pub endpoint: lake::Endpoint,
}

#[derive(Args)]
pub(crate) struct Demo {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// 60 people and 3 months instead of 400 and 12
    #[arg(long)]
    pub small: bool,
    /// The same seed makes the same estate
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Leave the workstations off
    #[arg(long)]
    pub no_workstations: bool,
}

#[derive(Args)]
pub(crate) struct BreakEven {
    /// A shipped tariff (flex-daily, guide-hourly, guide-daily) or a file
    #[arg(long, default_value = "flex-daily")]
    pub tariff: String,
    /// Price of a token, instead of the tariff's
    #[arg(long, value_name = "PRICE")]
    pub token_price: Option<f64>,
    /// Discount on seats, in percent
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT")]
    pub seat_discount: f64,
    /// Discount on tokens, in percent
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT")]
    pub token_discount: f64,
}

#[derive(Args)]
pub(crate) struct Leakage {
    #[command(flatten)]
    pub span: budgets::Span,
    /// At most this many rows
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// Also seats that are used without the licence server, as they should be
    #[arg(long)]
    pub all: bool,
}

#[derive(Args)]
pub(crate) struct Explain {
    /// Number of the decision, id of the session (s42), or idempotency key of the request
    pub id: String,
}
