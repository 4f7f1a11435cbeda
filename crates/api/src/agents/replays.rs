//! Each signed request counts once. Nonces are remembered as long as their signatures are believed.

use faregate_core::when::Instant;
use faregate_protocol::signature::WINDOW_SECONDS;
use rustc_hash::FxHashSet;

/// A generation of nonces covers this long: whatever is admitted now is stale before its generation is dropped.
const GENERATION_SECONDS: i64 = 2 * WINDOW_SECONDS;

/// Why a request is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It was not made just now, or before we started to remember.
    Clock,
    /// It came before.
    Again,
}

/// Who used which nonce, of late.
pub(super) struct Replays {
    /// Nothing made before this is believed: what came then was forgotten.
    since: Instant,
    generation: i64,
    current: FxHashSet<([u8; 32], [u8; 16])>,
    previous: FxHashSet<([u8; 32], [u8; 16])>,
}

impl Replays {
    pub(super) fn new(since: Instant) -> Self {
        let generation = since.0.div_euclid(GENERATION_SECONDS);
        let (current, previous) = (FxHashSet::default(), FxHashSet::default());
        Self { since, generation, current, previous }
    }

    /// Admits a request that the holder of a key made at an instant, or says why not.
    pub(super) fn admit(
        &mut self,
        now: Instant,
        created: Instant,
        key: [u8; 32],
        nonce: [u8; 16],
    ) -> Result<(), Refused> {
        let age = now.0.saturating_sub(created.0);
        if !(-WINDOW_SECONDS..=WINDOW_SECONDS).contains(&age) || created < self.since {
            return Err(Refused::Clock);
        }
        self.turn(now);
        let used = (key, nonce);
        if self.previous.contains(&used) || !self.current.insert(used) {
            return Err(Refused::Again);
        }
        Ok(())
    }

    /// Begins a new generation when its time has come. A clock that goes back keeps what is remembered.
    fn turn(&mut self, now: Instant) {
        let generation = now.0.div_euclid(GENERATION_SECONDS);
        if generation > self.generation {
            let last = std::mem::take(&mut self.current);
            let follows = generation == self.generation.saturating_add(1);
            self.previous = if follows { last } else { FxHashSet::default() };
            self.generation = generation;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const D1: [u8; 32] = [1; 32];
    const T0: Instant = Instant(1_767_225_600);

    #[test]
    fn only_what_was_made_just_now_is_admitted() {
        let mut replays = Replays::new(T0);
        let now = T0.plus(10_000);
        let mut admit = |age: i64| {
            replays.admit(now, now.plus(-age), D1, age.to_le_bytes().repeat(2).try_into().unwrap())
        };
        assert_eq!(admit(0), Ok(()));
        assert_eq!(admit(WINDOW_SECONDS), Ok(()));
        assert_eq!(admit(-WINDOW_SECONDS), Ok(()));
        assert_eq!(admit(WINDOW_SECONDS + 1), Err(Refused::Clock));
        assert_eq!(admit(-WINDOW_SECONDS - 1), Err(Refused::Clock));
    }

    #[test]
    fn nothing_from_before_the_start_is_admitted() {
        let mut replays = Replays::new(T0);
        assert_eq!(replays.admit(T0, T0.plus(-1), D1, [0; 16]), Err(Refused::Clock));
        assert_eq!(replays.admit(T0, T0, D1, [0; 16]), Ok(()));
    }

    /// Whatever was admitted is refused at every later second at which its time alone would let it in.
    #[test]
    fn a_request_is_never_admitted_twice() {
        for start in 0..GENERATION_SECONDS {
            for ahead in [-WINDOW_SECONDS, 0, WINDOW_SECONDS] {
                let now = T0.plus(10_000 + start);
                let mut replays = Replays::new(T0);
                assert_eq!(replays.admit(now, now.plus(ahead), D1, [1; 16]), Ok(()));
                assert_eq!(
                    replays.admit(now, now.plus(ahead), [2; 32], [1; 16]),
                    Ok(()),
                    "another device"
                );
                for later in [0, 1, 299, 300, 301, 599, 600] {
                    let again = replays.admit(now.plus(later), now.plus(ahead), D1, [1; 16]);
                    assert!(again.is_err(), "{start} {ahead} {later}");
                }
            }
        }
    }

    #[test]
    fn what_is_stale_is_forgotten() {
        let mut replays = Replays::new(T0);
        for second in 0..10_000_i64 {
            let nonce = second.to_le_bytes().repeat(2).try_into().unwrap();
            let now = T0.plus(second);
            assert_eq!(replays.admit(now, now, D1, nonce), Ok(()));
        }
        let kept = replays.current.len() + replays.previous.len();
        assert!(kept <= 1_200, "{kept}");
    }
}
