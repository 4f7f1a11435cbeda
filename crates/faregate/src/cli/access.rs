//! `faregate key`, `sign-in` and `account`: who comes in.

use clap::{Args, Subcommand, ValueEnum};
use faregate_app::access::Role;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Key {
    #[command(subcommand)]
    pub action: Option<KeyAction>,
    #[command(flatten)]
    pub make: MakeKey,
}

#[derive(Subcommand)]
pub(crate) enum KeyAction {
    /// Print the keys and sign-ins in force, without their secrets
    List,
    /// Let a key or sign-in open nothing any more
    Revoke {
        /// Its id, as `key list` prints it
        id: String,
    },
}

#[derive(Args)]
pub(crate) struct MakeKey {
    /// Whose key it is; a member's bears one of the person's names
    #[arg(long, default_value = "api key")]
    pub name: String,
    /// What its bearer may do
    #[arg(long, value_enum, default_value_t = KeyRole::Viewer)]
    pub role: KeyRole,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum KeyRole {
    /// An auditor: reads everything
    #[value(alias = "auditor")]
    Viewer,
    /// Opens and closes sessions
    Workstation,
    /// Reports use, such as a render farm's
    Collector,
    /// A person: sees what is theirs, asks for tokens, decides where they may
    Member,
    /// Reads what was spent and what to buy; takes in packs
    Procurement,
    /// Reads everything; answers requests that wait for them, judges plans of moves
    Approver,
    /// Everything but who comes in
    LicenceManager,
    /// Everything
    Administrator,
}

#[derive(Args)]
pub(crate) struct SignIn {
    /// Where the server listens, for the link
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub url: String,
}

impl From<KeyRole> for Role {
    fn from(role: KeyRole) -> Self {
        match role {
            KeyRole::Viewer => Self::Viewer,
            KeyRole::Workstation => Self::Workstation,
            KeyRole::Collector => Self::Collector,
            KeyRole::Member => Self::Member,
            KeyRole::Procurement => Self::Procurement,
            KeyRole::Approver => Self::Approver,
            KeyRole::LicenceManager => Self::LicenceManager,
            KeyRole::Administrator => Self::Administrator,
        }
    }
}

#[derive(Subcommand)]
pub(crate) enum Account {
    /// Add an account; its password is asked for, or read from a pipe
    Add {
        /// The name to sign in with: one of the person's names, where they are one of the estate
        name: String,
        /// What they may do
        #[arg(long, value_enum)]
        role: KeyRole,
        /// The name to show
        #[arg(long)]
        display: Option<String>,
        /// Where mail reaches them
        #[arg(long)]
        email: Option<String>,
        /// Let them keep the password; by default they choose another one when they first sign in
        #[arg(long)]
        keep_password: bool,
    },
    /// Print all accounts
    List,
    /// Change an account; another role signs them out
    Set {
        /// The name to sign in with
        name: String,
        /// What they may do
        #[arg(long, value_enum)]
        role: Option<KeyRole>,
        /// The name to show
        #[arg(long)]
        display: Option<String>,
        /// Where mail reaches them; empty: nowhere
        #[arg(long)]
        email: Option<String>,
    },
    /// Set another password, which is asked for or read from a pipe; they are signed out
    Reset {
        /// The name to sign in with
        name: String,
        /// Let them keep the password; by default they choose another one when they next sign in
        #[arg(long)]
        keep_password: bool,
    },
    /// Let an account sign nobody in, and sign them out
    Disable {
        /// The name to sign in with
        name: String,
        /// Let it sign them in again
        #[arg(long)]
        undo: bool,
    },
}
