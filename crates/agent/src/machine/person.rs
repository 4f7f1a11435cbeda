//! What the person is asked and told, and what they answer.

use super::{Effect, Stage, Turn, words};
use crate::memory::Pair;
use crate::ports::{Answer, Choice, Question, QuestionKind};
use faregate_protocol::rules::{Level, Watched};
use faregate_protocol::wire::{Asked, Opened, Refusal};

/// The next unit of a session: people call it the cliff.
#[derive(Clone, Debug)]
pub(super) struct Cliff {
    /// When being used makes it cost that unit, by the server's time.
    due: i64,
    tokens: Option<f64>,
    is_told: bool,
    goes_on: bool,
    /// When the product was asked to close before it, in milliseconds since boot.
    pub(super) asked_at: Option<u64>,
}

impl Turn<'_> {
    /// Time went by.
    pub(super) fn tick(&mut self) {
        self.session_times();
        self.cliffs();
        self.idleness();
    }

    fn watched(&self, product: &str) -> Option<&Watched> {
        let rules = self.state.memory.rules.as_ref()?;
        rules.rules.products.iter().find(|one| one.product == product)
    }

    fn name_of(&self, pair: &Pair) -> String {
        let name = self.watched(&pair.1).map(|one| one.name.clone()).unwrap_or_default();
        if name.is_empty() { pair.1.clone() } else { name }
    }

    /// What can be done instead: what the server says, and the viewer of the rules.
    fn instead(&self, pair: &Pair, said: &[String]) -> Vec<String> {
        let viewer = self.watched(&pair.1).and_then(|one| one.viewer.clone());
        let viewer = viewer.map(|name| format!("Open the file in {name}, which needs no licence."));
        let said = said.iter().filter(|text| !text.is_empty());
        said.map(|text| words::sentence(text)).chain(viewer).collect()
    }

    fn show(&mut self, pair: &Pair, kind: QuestionKind, fill: impl FnOnce(&mut Question)) {
        let of = |(_, (whose, question)): &(&u64, &(Pair, Question))| {
            whose == pair && question.kind == kind
        };
        // One of a kind and session: a newer one takes its place.
        let id = self.state.questions.iter().find(of).map(|(id, _)| *id);
        let mut question = Question {
            id: id.unwrap_or_else(|| self.fresh_id()),
            account: pair.0.clone(),
            kind,
            title: String::new(),
            text: String::new(),
            remedies: Vec::new(),
            buckets: Vec::new(),
            bucket: None,
            choices: vec![Choice::Read],
            ends: None,
        };
        fill(&mut question);
        self.state.questions.insert(question.id, (pair.clone(), question.clone()));
        self.out.push(Effect::Show(question));
    }

    /// The wall clock's time in so many seconds: questions count down by it.
    fn wall_in(&self, seconds: i64) -> i64 {
        self.now.wall.saturating_add(seconds)
    }

    /// Asks whether tokens shall be spent; `confirm` is what the server wants a yes to beside.
    pub(super) fn question(&mut self, pair: &Pair, asked: Box<Asked>, confirm: Option<&Refusal>) {
        let stands = self.session(pair).is_some_and(|session| session.suspended);
        let gentle = self.live(pair).settle == Some(super::Settle::Returned);
        let until = if gentle { None } else { self.unanswered_at(pair) };
        let name = self.name_of(pair);
        let mut text = words::spend(&name, &asked);
        for more in asked.warnings.iter().chain(confirm.map(|refusal| &refusal.detail)) {
            text = format!("{text} {}", words::sentence(more));
        }
        let remedies = self.instead(pair, &asked.instead);
        let wait = i64::try_from(self.state.waits.answer_seconds).unwrap_or(i64::MAX);
        let ends = until.map(|_| self.wall_in(wait));
        self.show(pair, QuestionKind::Spend, |question| {
            let waits = if stands { ", and waits until you answer" } else { "" };
            question.title = format!("{name} needs tokens{waits}");
            question.text = text;
            question.remedies = remedies;
            question.buckets.clone_from(&asked.buckets);
            question.bucket = asked.bucket.as_ref().map(|bucket| bucket.key.clone());
            question.choices = vec![Choice::Spend, Choice::Close];
            question.ends = ends;
        });
        let confirm = confirm.is_some();
        self.stage(pair, Stage::Questioned { asked, confirm, until });
    }

    pub(super) fn tell_refusal(&mut self, pair: &Pair, refusal: &Refusal, level: Level) {
        let name = self.name_of(pair);
        let remedies = self.instead(pair, &refusal.remedies);
        let wait = i64::try_from(self.state.waits.answer_seconds).unwrap_or(i64::MAX);
        let ends = self.unanswered_at(pair).map(|_| self.wall_in(wait));
        let choices = match level {
            Level::Inform => vec![Choice::Read],
            Level::Ask | Level::Suspend | Level::Close => vec![Choice::Retry, Choice::Close],
        };
        self.show(pair, QuestionKind::Refused, |question| {
            question.title = format!("{name} may not be used now");
            question.text = words::sentence(&refusal.detail);
            question.remedies = remedies;
            question.ends = ends.filter(|_| level != Level::Inform);
            question.choices = choices;
        });
    }

    /// It was let through before, and would not be now.
    pub(super) fn tell_goes_on(&mut self, pair: &Pair, refusal: &Refusal) {
        let name = self.name_of(pair);
        let remedies = self.instead(pair, &refusal.remedies);
        self.show(pair, QuestionKind::Notice, |question| {
            question.title = format!("{name} goes on, and its use is reported");
            question.text = words::sentence(&refusal.detail);
            question.remedies = remedies;
        });
    }

    pub(super) fn tell_grace(&mut self, pair: &Pair) {
        let name = self.name_of(pair);
        self.show(pair, QuestionKind::Notice, |question| {
            question.title = format!("{name} was opened without the licence server");
            question.text = "The server cannot be reached. The use is booked once it is back, and may cost tokens.".to_owned();
        });
    }

    /// Says what should be known of an open that nobody was asked about.
    pub(super) fn tell_opened(&mut self, pair: &Pair, opened: &Opened, was_asked: bool) {
        let name = self.name_of(pair);
        let spent = (opened.tokens > 0.0 && !was_asked).then(|| words::spent(&name, opened));
        let warnings = opened.warnings.iter().map(|text| words::sentence(text));
        let all: Vec<String> = spent.into_iter().chain(warnings).collect();
        if !all.is_empty() {
            self.show(pair, QuestionKind::Notice, |question| {
                question.title = format!("{name} is open");
                question.text = all.join(" ");
            });
        }
    }

    pub(super) fn tell_end(&mut self, pair: &Pair, minutes: u32) {
        let name = self.name_of(pair);
        let ends = self.wall_in(i64::from(minutes) * 60);
        self.show(pair, QuestionKind::Notice, |question| {
            question.title = format!("{name} will be ended");
            let span = words::span(i64::from(minutes) * 60);
            question.text = format!("Save your work and close {name}: it is ended in {span}.");
            question.ends = Some(ends);
        });
    }

    /// The product is gone, and why may still be read.
    pub(super) fn leave_refusal_to_be_read(&mut self, pair: &Pair) {
        let of = |(whose, question): &&(Pair, Question)| {
            whose == pair && question.kind == QuestionKind::Refused
        };
        let Some(question) = self.state.questions.values().find(of).map(|(_, one)| one.clone())
        else {
            return;
        };
        self.show(pair, QuestionKind::Refused, |left| {
            let choices = vec![Choice::Read];
            *left = Question { choices, ends: None, ..question };
        });
    }

    /// An answer. One to a question that is not asked any more means nothing.
    pub(super) fn person(&mut self, answer: &Answer) {
        let Some((pair, question)) = self.state.questions.get(&answer.id).cloned() else { return };
        if !question.choices.contains(&answer.choice) {
            return;
        }
        self.state.questions.remove(&answer.id);
        self.out.push(Effect::Withdraw(answer.id));
        match answer.choice {
            Choice::Spend => self.spend(&pair, answer.bucket.clone()),
            Choice::Retry => self.begin(&pair),
            Choice::Close => {
                if question.kind == QuestionKind::Spend {
                    let ground = "the person did not want to spend tokens".to_owned();
                    self.decided(&pair, None, ("asked to close".to_owned(), ground, None));
                }
                self.close(&pair);
            }
            Choice::GoOn => {
                if let (Some(cliff), QuestionKind::NextUnit) =
                    (&mut self.live(&pair).cliff, question.kind)
                {
                    cliff.goes_on = true;
                }
            }
            Choice::Read => {}
        }
    }

    fn spend(&mut self, pair: &Pair, chosen: Option<String>) {
        let Stage::Questioned { asked, confirm, .. } = &self.live(pair).stage else { return };
        let (asked, confirm) = (asked.clone(), *confirm);
        let own = asked.bucket.as_ref().map(|bucket| bucket.key.clone());
        // Only what was offered can be chosen.
        let chosen = chosen.filter(|key| asked.buckets.iter().any(|one| one.key == *key));
        let agreed = Some(asked.tokens);
        self.open(pair, asked, agreed, (chosen.or(own), confirm));
    }

    /// The server says when the next unit begins.
    pub(super) fn next_unit(&mut self, pair: &Pair, next: Option<(i64, f64)>) {
        let live = self.live(pair);
        let known = live.cliff.as_ref().map(|cliff| cliff.due);
        match next {
            None => live.cliff = None,
            Some((due, _)) if known == Some(due) => {}
            Some((due, tokens)) => {
                let tokens = Some(tokens);
                let (is_told, goes_on, asked_at) = (false, false, None);
                live.cliff = Some(Cliff { due, tokens, is_told, goes_on, asked_at });
            }
        }
    }

    fn cliffs(&mut self) {
        let has = |live: &super::Live| live.cliff.is_some();
        let pairs = self.state.live.iter().filter(|(_, live)| has(live));
        let pairs: Vec<Pair> = pairs.map(|(pair, _)| pair.clone()).collect();
        pairs.iter().for_each(|pair| self.cliff(pair));
    }

    /// Warns before the next unit, and closes before it where the rules say so and nobody says otherwise.
    fn cliff(&mut self, pair: &Pair) {
        let Some(session) = self.session(pair).cloned() else { return };
        let Some(mut cliff) = self.live(pair).cliff.clone() else { return };
        let left = cliff.due.saturating_sub(self.server_time());
        let closes = self.watched(&pair.1).is_some_and(|one| one.close_before_next_unit);
        let save = i64::from(session.save_minutes.max(1)) * 60;
        let warn = self.state.memory.rules.as_ref().map_or(0, |one| one.rules.warn_seconds);
        // Whoever is to save is told before that time begins.
        let lead = if closes { i64::from(warn).max(save + 60) } else { i64::from(warn) };
        if !cliff.is_told && left > 0 && left <= lead {
            cliff.is_told = true;
            self.tell_next_unit(pair, &cliff, (left, closes));
        }
        let is_due = closes && !cliff.goes_on && cliff.is_told && session.level > Level::Inform;
        if is_due && cliff.asked_at.is_none() && left > 0 && left <= save {
            cliff.asked_at = Some(self.now.millis());
            self.close(pair);
        }
        let saved = cliff
            .asked_at
            .is_some_and(|at| self.now.millis().saturating_sub(at) / 1_000 >= save.unsigned_abs());
        // Never while the server is away: nobody can say then whether the next unit would be charged.
        let reached = self.state.contact.good.is_some();
        if is_due && saved && left <= 0 && session.level == Level::Close && reached {
            self.end(pair);
            cliff.asked_at = Some(self.now.millis());
        }
        self.live(pair).cliff = Some(cliff);
    }

    fn tell_next_unit(&mut self, pair: &Pair, cliff: &Cliff, (left, closes): (i64, bool)) {
        let name = self.name_of(pair);
        let mut text = words::next_unit(&name, cliff.tokens, left);
        if closes {
            text = format!("{text} It is closed before that unless you say that it shall go on.");
        }
        let ends = Some(self.wall_in(left));
        self.show(pair, QuestionKind::NextUnit, |question| {
            question.title = format!("{name}: the next unit begins soon");
            question.text = text;
            question.ends = ends;
            question.choices = match closes {
                true => vec![Choice::GoOn, Choice::Close],
                false => vec![Choice::Close, Choice::GoOn],
            };
        });
    }

    /// Offers to close what nobody touches, once each time.
    fn idleness(&mut self) {
        let Some(idle) = self.state.idle else { return };
        let rules = self.state.memory.rules.as_ref();
        let limit = rules.map_or(u64::MAX, |one| u64::from(one.rules.idle_seconds));
        let sessions = self.state.memory.sessions.values();
        let running = sessions.filter(|one| one.through.is_some()).map(|one| one.pair.clone());
        for pair in running.collect::<Vec<Pair>>() {
            let was_told = self.live(&pair).is_idle_told;
            self.live(&pair).is_idle_told = idle >= limit;
            if idle < limit || was_told {
                continue;
            }
            let name = self.name_of(&pair);
            let span = words::span(i64::try_from(idle).unwrap_or(i64::MAX));
            self.show(&pair, QuestionKind::Idle, |question| {
                question.title = format!("{name} is not being used");
                question.text = format!("Nobody touched this machine for {span}. Close {name}, so that others can use the licence?");
                question.choices = vec![Choice::Close, Choice::GoOn];
            });
        }
    }
}
