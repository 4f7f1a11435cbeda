use super::*;

fn approved(moves: usize) -> PlanRecord {
    let plan = MovePlan {
        parent: None,
        name: "Autumn".to_owned(),
        by: "ana".to_owned(),
        currency: Currency::USD,
        token_price: 3_000_000,
        known_from: Date(20_000),
        known_to: Date(20_364),
        basis: String::new(),
        moves: vec![PlannedMove::default(); moves],
    };
    let verdict = Some(Verdict { approved: true, ..Verdict::default() });
    PlanRecord { plan, drawn: Instant(1), verdict, steps: Vec::new() }
}

fn step(record: &mut PlanRecord, moves: &[u32], step: MoveStep) {
    assert!(record.allows(moves, step));
    record.steps.push(Stepped { at: Instant(7), moves: moves.to_vec(), step });
}

#[test]
fn nothing_is_done_before_a_plan_is_approved() {
    let mut record = approved(1);
    record.verdict = None;
    assert_eq!(record.status(), PlanStatus::Drawn);
    assert!(!record.allows(&[0], MoveStep::Done));
    record.verdict = Some(Verdict::default());
    assert_eq!(record.status(), PlanStatus::Rejected);
    assert!(!record.allows(&[0], MoveStep::Done));
}

#[test]
fn a_move_is_done_once_and_undone_once() {
    let mut record = approved(3);
    assert_eq!(record.status(), PlanStatus::Approved);
    step(&mut record, &[0, 1], MoveStep::Done);
    assert!(!record.allows(&[0], MoveStep::Done));
    assert!(!record.allows(&[0], MoveStep::Dropped));
    assert!(!record.allows(&[2], MoveStep::Undone));
    assert!(!record.allows(&[3], MoveStep::Done), "there is none");
    assert_eq!(record.status(), PlanStatus::Underway);
    step(&mut record, &[0], MoveStep::Undone);
    assert_eq!(record.last_steps()[0], Some((MoveStep::Undone, Instant(7))));
    step(&mut record, &[0, 2], MoveStep::Dropped);
    assert_eq!(record.status(), PlanStatus::Finished);
    assert_eq!(record.last_steps().len(), 3);
    step(&mut record, &[2], MoveStep::Undone);
    assert_eq!(record.status(), PlanStatus::Underway);
}

#[test]
fn ids_are_read_back() {
    assert_eq!("p42".parse(), Ok(PlanId(42)));
    assert_eq!(PlanId(42).to_string(), "p42");
    assert!("x".parse::<PlanId>().is_err());
    for kind in MoveKind::ALL {
        assert_eq!(MoveKind::from_key(kind.key()), Some(kind));
    }
}
