//! Giving orders: to the store in the data directory, or, while a server uses it, to that server.
//!
//! An order is the same JSON either way, so that whatever the command line can do a script can do.

use crate::aside;
use crate::estate;
use crate::fault::{Code, Fault};
use crate::serving::Serving;
use faregate_api::wire::order::{OrderBody, OrderDone};
use faregate_app::engine::Engine;
use faregate_app::orders::{Kind, NotDone, OrderRefusal, Orderer, carry_out};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;

/// Where orders go, and in whose name.
pub(crate) struct Giving<'a> {
    pub(crate) path: &'a Path,
    /// Any alias of a person; the operating system's account when nobody is named.
    pub(crate) on_behalf_of: Option<&'a str>,
    pub(crate) dry_run: bool,
    pub(crate) as_json: bool,
}

/// What came of an order.
#[derive(Deserialize)]
pub(crate) struct Outcome {
    pub(crate) id: Option<String>,
    pub(crate) said: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

impl Giving<'_> {
    /// Gives an order, and says what came of it.
    pub(crate) fn give(&self, order: Value) -> Result<(), Fault> {
        self.tell(&self.book(order)?)
    }

    /// Gives an order that is a note, about which nobody needs to hear.
    pub(crate) fn note(&self, order: Value) -> Result<(), Fault> {
        self.book(order).map(drop)
    }

    /// Gives an order, and leaves what came of it to be said.
    pub(crate) fn book(&self, order: Value) -> Result<Outcome, Fault> {
        match estate::open(self.path) {
            Ok((_directory, mut engine)) => self.carry_out(&mut engine, order),
            Err(fault) => match Serving::find(self.path) {
                Some(serving) if fault.is_in_use() => self.post(&serving, &order),
                _ => Err(fault.helped_if_in_use(crate::giving::WAIT)),
            },
        }
    }

    fn carry_out(&self, engine: &mut Engine, order: Value) -> Result<Outcome, Fault> {
        let zone = engine.state().read().zone().clone();
        let body: OrderBody = serde_json::from_value(order).map_err(anyhow::Error::from)?;
        let naming = body.naming();
        let order = body.into_order(&zone).map_err(refused)?;
        let orderer = Orderer::new(crate::ambient::account(), true).on_behalf_of(self.on_behalf_of);
        let done = carry_out(engine, &orderer, &order, self.dry_run).map_err(fault)?;
        let OrderDone { id, said, warnings, .. } = OrderDone::new(done, naming, self.dry_run);
        Ok(Outcome { id, said, warnings })
    }

    pub(crate) fn name(&self) -> String {
        self.on_behalf_of.map_or_else(crate::ambient::account, str::to_owned)
    }

    fn post(&self, serving: &Serving, order: &Value) -> Result<Outcome, Fault> {
        let question = if self.dry_run { "?dry_run=true" } else { "" };
        let answer = serving.post(&format!("/v1/orders{question}"), Some(&self.name()), order)?;
        serde_json::from_value(answer).map_err(|why| anyhow::Error::from(why).into())
    }

    fn tell(&self, outcome: &Outcome) -> Result<(), Fault> {
        if self.as_json {
            let Outcome { id, said, warnings } = outcome;
            return crate::output::json(&json!({
                "dry_run": self.dry_run, "id": id, "said": said, "warnings": warnings,
            }));
        }
        let prefix = if self.dry_run { "would: " } else { "" };
        outcome.said.iter().for_each(|sentence| crate::say!("{prefix}{sentence}"));
        outcome.warnings.iter().for_each(|warning| aside!("warning: {warning}"));
        Ok(())
    }
}

/// What to do when whatever uses the data directory is no server that takes orders.
pub(crate) const WAIT: &str =
    "it may be an import, or a server that starts or stops: try again when it has ended";

/// The code of a refusal that is about policies; it has an exit code of its own.
pub(crate) const INVALID_POLICIES: &str = "invalid-policies";

/// An order that was not carried out, for whoever gave it.
pub(crate) fn fault(why: NotDone) -> Fault {
    match why {
        NotDone::Failed(failure) => failure.into(),
        NotDone::Refused(refusal) => refused(refusal),
    }
}

pub(crate) fn refused(OrderRefusal { kind, code, message, help }: OrderRefusal) -> Fault {
    let code = match kind {
        _ if code == INVALID_POLICIES => Code::Policy,
        Kind::Unknown | Kind::Invalid => Code::Usage,
        Kind::Forbidden | Kind::Conflict => Code::Refused,
    };
    Fault::new(code, message, help)
}
