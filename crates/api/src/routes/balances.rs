//! `/v1/balances`: packs, the unallocated part, buckets.

use crate::Server;
use crate::authority::{Authorized, ReadBurn};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use faregate_app::views::grouped;
use faregate_core::amount::Ticks;
use faregate_core::estate::BucketId;
use faregate_core::ledger::Account;
use faregate_core::state;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A lot of tokens with its term.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pack {
    /// Number in the order bought, from 1.
    pub id: usize,
    /// Name.
    pub name: String,
    /// Tokens bought.
    pub bought: f64,
    /// Tokens left.
    pub remaining: f64,
    /// First date.
    pub starts: String,
    /// Last date.
    pub ends: String,
}

/// What a bucket has.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bucket {
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Ever allocated, less what expired.
    pub allocated: f64,
    /// Spent.
    pub spent: f64,
    /// Reserved for launches within their grace.
    pub held: f64,
    /// Free to spend.
    pub available: f64,
    /// Use of its people that nothing covered, and that the vendor bills all the same.
    pub uncovered: f64,
}

/// Where the tokens are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Balances {
    /// Packs, in the order bought.
    pub packs: Vec<Pack>,
    /// In no bucket.
    pub unallocated: f64,
    /// Buckets, in the order opened.
    pub buckets: Vec<Bucket>,
    /// All of it in words.
    pub text: String,
}

/// Packs, the unallocated part and all buckets.
#[utoipa::path(
    get, path = "/v1/balances", tag = "burn",
    responses((status = 200, body = Balances), (status = 401, body = Problem), (status = 403, body = Problem)),
    security(("key" = []), ("cookie" = []))
)]
pub async fn balances(_: Authorized<ReadBurn>, State(server): State<Server>) -> Json<Balances> {
    Json(shown(&server.gate.state().read()))
}

fn shown(state: &state::State) -> Balances {
    let ledger = state.ledger();
    let packs = (1..).zip(ledger.packs()).map(|(id, pack)| Pack {
        id,
        name: pack.name.clone(),
        bought: pack.bought.tokens(),
        remaining: pack.remaining.tokens(),
        starts: state.zone().date(pack.from).to_string(),
        ends: state.zone().date(pack.until.plus(-1)).to_string(),
    });
    let uncovered = uncovered(state);
    let known = (0..).map(BucketId).zip(state.estate().buckets());
    let buckets = known.zip(ledger.buckets()).map(|((id, bucket), balance)| Bucket {
        key: bucket.key.clone(),
        name: bucket.name.clone(),
        allocated: balance.allocated.tokens(),
        spent: balance.spent.tokens(),
        held: balance.held.tokens(),
        available: balance.available.tokens(),
        uncovered: uncovered.get(&id).copied().unwrap_or_default().tokens(),
    });
    let unallocated = ledger.balance(Account::Unallocated).tokens();
    let mut shown = Balances {
        packs: packs.collect(),
        unallocated,
        buckets: buckets.collect(),
        text: String::new(),
    };
    shown.text = in_words(&shown);
    shown
}

/// What of each bucket's use nothing covered.
fn uncovered(state: &state::State) -> HashMap<BucketId, Ticks> {
    let mut of = HashMap::new();
    // Nearly always there is none, and then no charge need be looked at.
    if state.ledger().balance(Account::Uncovered) == Ticks::ZERO {
        return of;
    }
    for charge in state.charges().iter().filter(|charge| !charge.paid) {
        let sum: &mut Ticks = of.entry(charge.bucket).or_default();
        *sum = sum.plus(charge.ticks).unwrap_or(*sum);
    }
    of
}

fn in_words(balances: &Balances) -> String {
    let lowest = balances
        .buckets
        .iter()
        .filter(|bucket| bucket.allocated > 0.0)
        .min_by(|a, b| (a.available / a.allocated).total_cmp(&(b.available / b.allocated)));
    let count = balances.buckets.len();
    let buckets = if count == 1 { "1 bucket".to_owned() } else { format!("{count} buckets") };
    let free = format!("{buckets}, and {} tokens in none.", grouped(balances.unallocated));
    match lowest {
        Some(bucket) => {
            let share = grouped(bucket.available / bucket.allocated * 100.0);
            format!("{free} {} is lowest, with {share} % of its allocation available.", bucket.name)
        }
        None => free,
    }
}
