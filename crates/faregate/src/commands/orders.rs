//! The commands that give orders, each as the JSON that the API takes.

use crate::cli::budgets::{Approve, Decline, MakeRequest};
use crate::cli::budgets::{Balance, Buy, Correct, Giver, PackKind, Transfer};
use crate::fault::{Code, Fault};
use crate::giving::Giving;
use faregate_core::amount::{Currency, parse_micros};
use serde_json::{Value, json};
use std::path::Path;

pub(super) fn giving<'a>(path: &'a Path, giver: &'a Giver, as_json: bool) -> Giving<'a> {
    let Giver { on_behalf_of, trial } = giver;
    Giving { path, on_behalf_of: on_behalf_of.as_deref(), dry_run: trial.dry_run, as_json }
}

/// Gives an order as the JSON that the API takes.
pub(crate) fn give(path: &Path, order: Value, giver: &Giver, as_json: bool) -> Result<(), Fault> {
    giving(path, giver, as_json).give(order)
}

pub(crate) fn transfer(path: &Path, args: &Transfer, as_json: bool) -> Result<(), Fault> {
    let Transfer { tokens: amount, from, to, why, giver } = args;
    let order = json!({ "order": "transfer", "from": from, "to": to, "tokens": tokens(amount)?, "why": why });
    giving(path, giver, as_json).give(order)
}

pub(crate) fn buy(path: &Path, args: &Buy, as_json: bool) -> Result<(), Fault> {
    let Buy { tokens: amount, name, kind, from, until, price, currency, giver } = args;
    let kind = match kind {
        PackKind::Flex => "flex",
        PackKind::ContractYear => "contract-year",
        PackKind::MultiYear => "multi-year",
    };
    let price = price.as_deref().map(|amount| money(amount, currency)).transpose()?;
    let order = json!({
        "order": "buy", "name": name, "kind": kind, "tokens": tokens(amount)?,
        "from": from, "until": day_after(until)?, "price": price,
    });
    giving(path, giver, as_json).give(order)
}

pub(crate) fn correct(path: &Path, args: &Correct, as_json: bool) -> Result<(), Fault> {
    let Correct { pack, tokens: amount, bucket, why, giver } = args;
    let order = json!({ "order": "correct", "pack": pack, "bucket": bucket, "tokens": tokens(amount)?, "why": why });
    giving(path, giver, as_json).give(order)
}

/// Notes the vendor's balance, when one is given.
pub(crate) fn balance(path: &Path, args: &Balance, as_json: bool) -> Result<(), Fault> {
    let Some((amount, at)) = args.tokens.as_ref().zip(args.at.as_ref()) else { return Ok(()) };
    let order = json!({ "order": "vendor-balance", "at": at, "tokens": tokens(amount)? });
    giving(path, &args.giver, as_json).give(order)
}

pub(crate) fn request(path: &Path, args: &MakeRequest, as_json: bool) -> Result<(), Fault> {
    let MakeRequest { tokens: amount, bucket, why, due, giver } = args;
    let order = json!({ "order": "request", "bucket": bucket, "tokens": tokens(amount)?, "why": why, "due": due });
    giving(path, giver, as_json).give(order)
}

pub(crate) fn approve(path: &Path, args: &Approve, asked: f64, as_json: bool) -> Result<(), Fault> {
    let Approve { id, tokens: amount, comment, giver } = args;
    let approve = amount.as_deref().map(tokens).transpose()?.unwrap_or(json!(asked));
    let order = json!({ "order": "answer", "request": id, "approve": approve, "comment": comment });
    giving(path, giver, as_json).give(order)
}

pub(crate) fn decline(path: &Path, args: &Decline, as_json: bool) -> Result<(), Fault> {
    let Decline { id, comment, giver } = args;
    let order = json!({ "order": "answer", "request": id, "approve": null, "comment": comment });
    giving(path, giver, as_json).give(order)
}

pub(crate) fn move_seat(
    path: &Path,
    seat: u32,
    person: Option<&str>,
    giver: &Giver,
    as_json: bool,
) -> Result<(), Fault> {
    let order = json!({ "order": "move-seat", "seat": seat, "person": person });
    giving(path, giver, as_json).give(order)
}

pub(crate) fn adopt(
    path: &Path,
    (name, mode, text): (&str, &str, &str),
    giver: &Giver,
    as_json: bool,
) -> Result<(), Fault> {
    let order = json!({ "order": "adopt-policy", "name": name, "mode": mode, "text": text });
    giving(path, giver, as_json).give(order)
}

pub(crate) fn retire(path: &Path, name: &str, giver: &Giver, as_json: bool) -> Result<(), Fault> {
    giving(path, giver, as_json).give(json!({ "order": "retire-policy", "name": name }))
}

pub(crate) fn review(
    path: &Path,
    (decision, accepted, why): (u64, bool, &str),
    giver: &Giver,
    as_json: bool,
) -> Result<(), Fault> {
    let order =
        json!({ "order": "review-breach", "decision": decision, "accepted": accepted, "why": why });
    giving(path, giver, as_json).give(order)
}

pub(crate) fn judge_finding(
    path: &Path,
    (finding, class, subject): (&str, &str, &str),
    (confirmed, why): (bool, &str),
    giver: &Giver,
    as_json: bool,
) -> Result<(), Fault> {
    let order = json!({
        "order": "judge-finding", "finding": finding, "class": class, "subject": subject,
        "confirmed": confirmed, "why": why,
    });
    giving(path, giver, as_json).give(order)
}

fn money(amount: &str, currency: &str) -> Result<Value, Fault> {
    let fair = parse_micros(amount).is_ok_and(|micros| micros >= 0);
    let currency = currency.to_uppercase();
    if !fair || Currency::new(&currency).is_none() {
        let help = "write the price of a token as 2.85, and the currency as --currency EUR";
        let message = format!("`{amount} {currency}` is no amount of money");
        return Err(Fault::new(Code::Usage, message, help));
    }
    Ok(json!({ "amount": amount, "currency": currency }))
}

/// An amount of tokens as a JSON number: at most six decimals are exact in it.
pub(crate) fn tokens(text: &str) -> Result<Value, Fault> {
    let help = "write an amount as 1500 or 12.5";
    if text.contains(',') {
        // What is fifteen hundred to one reader is one and a half to another.
        let message = format!("`{text}` can be read in two ways");
        return Err(Fault::new(Code::Usage, message, help));
    }
    let micros =
        parse_micros(text).map_err(|why| Fault::new(Code::Usage, why.to_string(), help))?;
    Ok(json!(micros as f64 / 1e6))
}

/// The API counts a term up to the first instant after it, people count up to its last date.
pub(crate) fn day_after(last: &str) -> Result<String, Fault> {
    Ok(crate::estate::date(last)?.plus(1).to_string())
}

pub(crate) fn revoke_device(
    path: &Path,
    id: &str,
    giver: &Giver,
    as_json: bool,
) -> Result<(), Fault> {
    giving(path, giver, as_json).give(json!({ "order": "revoke-device", "device": id }))
}

pub(crate) fn set_agent_rules(
    path: &Path,
    text: &str,
    giver: &Giver,
    as_json: bool,
) -> Result<(), Fault> {
    giving(path, giver, as_json).give(json!({ "order": "set-agent-rules", "text": text }))
}
