//! Booking plans of moves: drawn, decided on, carried out step by step.

use super::{Broken, State};
use crate::event::Event;
use crate::moves::{MovePlan, PlanId, PlanRecord, Plans, Stepped, Verdict};
use crate::when::Instant;

impl State {
    /// All plans of moves, by id.
    #[must_use]
    pub fn move_plans(&self) -> &Plans {
        &self.move_plans
    }

    /// Applies an event of this kind; `None` when it is of another.
    pub(super) fn apply_moves(
        &mut self,
        seq: u64,
        at: Instant,
        event: &Event,
    ) -> Option<Result<(), Broken>> {
        Some(match event {
            Event::MovesPlanned(plan) => self.draw(PlanId(seq), at, plan),
            Event::MovesJudged { plan, by, approved, why } => {
                let record = self.move_plans.get_mut(plan).filter(|plan| plan.verdict.is_none());
                match record {
                    Some(record) => {
                        let (by, why) = (by.clone(), why.clone());
                        record.verdict = Some(Verdict { at, by, approved: *approved, why });
                        Ok(())
                    }
                    None => Err(Broken::MovePlan(*plan)),
                }
            }
            Event::MovesStepped { plan, moves, step } => {
                let fits = |record: &&mut PlanRecord| record.allows(moves, *step);
                match self.move_plans.get_mut(plan).filter(fits) {
                    Some(record) => {
                        record.steps.push(Stepped { at, moves: moves.clone(), step: *step });
                        Ok(())
                    }
                    None => Err(Broken::MovePlan(*plan)),
                }
            }
            _ => return None,
        })
    }

    /// A plan names only what there is, and comes of one that there is.
    fn draw(&mut self, id: PlanId, at: Instant, plan: &MovePlan) -> Result<(), Broken> {
        let is_there = |parent: &PlanId| self.move_plans.contains_key(parent);
        let estate = &self.estate;
        let is_known = plan.moves.iter().all(|one| {
            estate.person(one.person).is_some()
                && estate.offering(one.offering).is_some()
                && one.seat.is_none_or(|seat| estate.seat(seat).is_some())
        });
        if !is_known || !plan.parent.as_ref().is_none_or(is_there) {
            return Err(Broken::MovePlan(id));
        }
        let (plan, steps) = (plan.clone(), Vec::new());
        let record = PlanRecord { plan, drawn: at, verdict: None, steps };
        self.move_plans.insert(id, record);
        Ok(())
    }
}
