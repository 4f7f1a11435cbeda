//! Events and checkpoints of any bytes: what can be read, is written the same again or reads the same.
#![no_main]

use faregate_core::event::Event;
use faregate_core::state::{Checkpoint, State};
use faregate_store::codec::{decode, encode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(event) = decode::<Event>(bytes) {
        assert_eq!(decode::<Event>(&encode(&event)), Ok(event));
    }
    if let Ok(checkpoint) = decode::<Checkpoint>(bytes) {
        assert_eq!(decode::<Checkpoint>(&encode(&checkpoint)).as_ref(), Ok(&checkpoint));
        let _ = State::restore(checkpoint);
    }
});
