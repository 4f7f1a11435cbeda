//! What was acknowledged, and whether the server still stands by it.

use super::contract::PRICE;
use crate::chance::Chance;
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Answers asked for in one batch.
const BATCH: usize = 1_000;
/// Losses told in full.
const TOLD: usize = 20;

/// A server, as far as checking needs it.
pub(super) trait Answers {
    fn open(&mut self, ask: &Ask) -> Result<Value>;
    fn open_many(&mut self, asks: &[Ask]) -> Result<Vec<Value>>;
    fn close(&mut self, session: &str) -> Result<Value>;
    /// Tokens spent in all.
    fn spent(&mut self) -> Result<f64>;
}

/// One request to open; its key says what it asks, so that it can be asked again from the key alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    pub(super) person: u32,
    pub(super) product: u32,
    pub(super) bucket: u32,
    pub(super) name: String,
}

impl Ask {
    pub(super) fn key(&self) -> String {
        format!("kill-{}", self.name)
    }

    pub(super) fn body(&self) -> Value {
        json!({
            "person": format!("user-{}", self.person), "product": format!("product-{}", self.product),
            "host": "ws", "bucket": format!("bucket-{}", self.bucket),
        })
    }
}

/// An acknowledged answer, without its `repeated`.
#[derive(Clone, Debug)]
pub(super) struct Ack {
    pub(super) ask: Ask,
    answer: Value,
}

impl Ack {
    pub(super) fn new(ask: Ask, answer: Value) -> Self {
        Self { ask, answer: without_repeated(answer) }
    }
}

fn without_repeated(mut answer: Value) -> Value {
    if let Some(fields) = answer.as_object_mut() {
        fields.remove("repeated");
    }
    answer
}

/// What is wrong when an acknowledged request is asked again and this is the answer.
pub(super) fn same_answer(ack: &Ack, again: &Value) -> Option<String> {
    let key = ack.ask.key();
    if again["repeated"] != json!(true) {
        return Some(format!("{key} is not known any more: {again}"));
    }
    let again = without_repeated(again.clone());
    (again != ack.answer).then(|| format!("{key} was {} and is {again}", ack.answer))
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Open(Ask),
    Close(String),
}

/// What one connection saw.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) acks: Vec<Ack>,
    /// Sessions and when they ended.
    pub(super) closed: Vec<(String, Value)>,
    pub(super) retries: u64,
    /// The request whose answer the kill cut off.
    pub(super) unanswered: Option<Asked>,
    pub(super) losses: Vec<String>,
}

/// What went missing.
#[derive(Default)]
pub(super) struct Losses {
    count: usize,
    told: Vec<String>,
}

impl Losses {
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn first(&self) -> &[String] {
        &self.told
    }

    fn add(&mut self, found: impl IntoIterator<Item = String>) {
        for loss in found {
            self.count += 1;
            if self.told.len() < TOLD {
                self.told.push(loss);
            }
        }
    }
}

/// All that was ever acknowledged.
#[derive(Default)]
pub(super) struct Record {
    acks: Vec<Ack>,
    closed: Vec<(String, Value)>,
    /// Who has paid for what.
    paid: BTreeSet<(u32, u32)>,
    retries: u64,
    refusals: u64,
    unanswered: Vec<Asked>,
    /// Requests whose answer a kill cut off, and how many of them had been committed.
    cut_off: (u64, u64),
    checked: u64,
}

impl Record {
    pub(super) fn acknowledged(&self) -> u64 {
        self.acks.len() as u64 + self.closed.len() as u64 + self.retries
    }

    pub(super) fn in_words(&self) -> String {
        let (opens, closes) = (self.acks.len(), self.closed.len());
        let (cut_off, committed) = self.cut_off;
        format!(
            "{opens} opens ({} refused), {closes} closes, {} retries; {cut_off} answers cut off by a kill, \
             {committed} of them committed; {} answers checked after a kill",
            self.refusals, self.retries, self.checked
        )
    }

    pub(super) fn ack(&self, place: usize) -> &Ack {
        &self.acks[place]
    }

    /// The places of some acknowledged answers.
    pub(super) fn sample(&self, count: usize, chance: &mut Chance) -> Vec<usize> {
        let all = self.acks.len() as u32;
        let count = count.min(self.acks.len());
        (0..count).map(|_| chance.below(all) as usize).collect()
    }

    /// Takes what a round saw; returns the place of its first answer.
    pub(super) fn take(&mut self, seen: Vec<Seen>, losses: &mut Losses) -> usize {
        let first = self.acks.len();
        for one in seen {
            one.acks.into_iter().for_each(|ack| self.know(ack));
            self.closed.extend(one.closed);
            self.retries += one.retries;
            self.unanswered.extend(one.unanswered);
            losses.add(one.losses);
        }
        first
    }

    fn know(&mut self, ack: Ack) {
        if ack.answer["route"] == "tokens" {
            self.paid.insert((ack.ask.person, ack.ask.product));
        } else {
            self.refusals += 1;
        }
        self.acks.push(ack);
    }

    /// Asks again what a kill left unanswered: from here on it is answered.
    pub(super) fn settle(&mut self, server: &mut dyn Answers, losses: &mut Losses) -> Result<()> {
        for asked in std::mem::take(&mut self.unanswered) {
            self.cut_off.0 += 1;
            match asked {
                Asked::Open(ask) => {
                    let answer = server.open(&ask)?;
                    self.cut_off.1 += u64::from(answer["repeated"] == json!(true));
                    let known = self.acks.iter().find(|ack| ack.ask == ask);
                    match known {
                        Some(ack) => losses.add(same_answer(ack, &answer)),
                        None => self.know(Ack::new(ask, answer)),
                    }
                }
                Asked::Close(session) => {
                    let ended = server.close(&session)?;
                    self.cut_off.1 += u64::from(ended["already"] == json!(true));
                    self.closed.push((session, ended["at"].clone()));
                }
            }
        }
        Ok(())
    }

    /// Asks again for all answers from a place on, and for all ends of sessions.
    pub(super) fn verify(
        &mut self,
        from: usize,
        server: &mut dyn Answers,
        losses: &mut Losses,
    ) -> Result<()> {
        let places: Vec<usize> = (from..self.acks.len()).collect();
        self.verify_some(&places, server, losses)?;
        // The sessions of this round are the last ones closed; older ones have their turn at the end.
        let closed = if from == 0 { 0 } else { self.closed.len().saturating_sub(BATCH) };
        for (session, at) in self.closed.iter().skip(closed) {
            self.checked += 1;
            let again = server.close(session)?;
            if again["already"] != json!(true) || again["at"] != *at {
                losses.add([format!("{session} ended at {at} and now: {again}")]);
            }
        }
        Ok(())
    }

    /// Asks again for the answers at some places.
    pub(super) fn verify_some(
        &mut self,
        places: &[usize],
        server: &mut dyn Answers,
        losses: &mut Losses,
    ) -> Result<()> {
        for some in places.chunks(BATCH) {
            let acks: Vec<&Ack> = some.iter().map(|place| &self.acks[*place]).collect();
            let asks: Vec<Ask> = acks.iter().map(|ack| ack.ask.clone()).collect();
            let answers = server.open_many(&asks)?;
            let missing = acks.len().saturating_sub(answers.len());
            losses.add((0..missing).map(|_| "a batch was answered in part".to_owned()));
            losses
                .add(acks.iter().zip(&answers).filter_map(|(ack, again)| same_answer(ack, again)));
            self.checked += answers.len() as u64;
        }
        Ok(())
    }

    /// Each pair that was let through has paid once, and nobody else has.
    pub(super) fn verify_spent(
        &mut self,
        server: &mut dyn Answers,
        losses: &mut Losses,
    ) -> Result<()> {
        let expected = self.paid.len() as f64 * PRICE as f64;
        let spent = server.spent()?;
        if spent != expected {
            losses.add([format!("{spent} tokens are spent, the answers come to {expected}")]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
