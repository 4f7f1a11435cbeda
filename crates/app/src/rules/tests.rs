use super::*;

fn set(name: &str, mode: Mode, id: &str) -> PolicySet {
    let text = format!("@id(\"{id}\") permit (principal, action, resource);");
    PolicySet { name: name.to_owned(), mode, text }
}

/// A state that adopts sets, as the journal says.
fn adopted(state: &mut State, books: &mut Books, set: PolicySet) -> Result<(), OrderRefusal> {
    let (event, _) = adopt(state, books, set, Instant(0))?;
    state.apply(state.seq() + 1, Instant(0), &event).unwrap();
    Ok(())
}

#[test]
fn what_was_compiled_to_be_adopted_is_what_the_gate_asks() {
    let (mut state, mut books) = (State::default(), Books::default());
    adopted(&mut state, &mut books, set("b", Mode::Enforce, "b")).unwrap();
    let checked = books.of([&set("b", Mode::Enforce, "b")].into_iter()).unwrap();
    let rules = Rules::kept(&mut books, &state);
    assert!(Arc::ptr_eq(&checked, &rules.enforced) && rules.hold_in(&state));

    // A set on trial leaves those in force as they were compiled, wherever its name stands among theirs.
    adopted(&mut state, &mut books, set("a", Mode::Monitor, "a")).unwrap();
    let all = [set("a", Mode::Monitor, "a"), set("b", Mode::Enforce, "b")];
    let checked = books.of(all.iter()).unwrap();
    let rules = Rules::kept(&mut books, &state);
    assert!(Arc::ptr_eq(&rules.enforced, &books.of(all[1..].iter()).unwrap()));
    assert!(Arc::ptr_eq(rules.on_trial.as_ref().unwrap(), &checked));
    // Put in force, it is the same book.
    adopted(&mut state, &mut books, set("a", Mode::Enforce, "a")).unwrap();
    let rules = Rules::kept(&mut books, &state);
    assert!(Arc::ptr_eq(&rules.enforced, &checked) && rules.on_trial.is_none());
}

#[test]
fn only_so_many_books_are_kept_and_the_last_used_stay() {
    let mut books = Books::default();
    let first = books.of([&set("0", Mode::Enforce, "p")].into_iter()).unwrap();
    for number in 1..20 {
        books.of([&set(&number.to_string(), Mode::Enforce, "p")].into_iter()).unwrap();
        let again = books.of([&set("0", Mode::Enforce, "p")].into_iter()).unwrap();
        assert!(Arc::ptr_eq(&first, &again), "{number}");
    }
    assert!(Arc::strong_count(&first) <= 3);
}

/// Two sets on trial whose policies share a name cannot be loaded together: were both adopted, the gate could
/// read none of them and would let nobody through.
#[test]
fn sets_that_cannot_be_loaded_together_are_not_adopted_together() {
    let (mut state, mut books) = (State::default(), Books::default());
    adopted(&mut state, &mut books, set("base", Mode::Enforce, "p")).unwrap();
    adopted(&mut state, &mut books, set("one", Mode::Monitor, "same")).unwrap();
    for mode in [Mode::Monitor, Mode::Enforce] {
        let refusal = adopted(&mut state, &mut books, set("two", mode, "same")).unwrap_err();
        assert_eq!(refusal.code, "invalid-policies");
        assert!(refusal.message.contains("another policy is named `same`"), "{refusal:?}");
    }
    assert!(!Rules::kept(&mut books, &state).are_unreadable());
}
