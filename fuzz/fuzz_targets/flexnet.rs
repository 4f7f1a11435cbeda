//! A debug log of any bytes: nothing panics, every line is accounted for, and chunks make no difference.
#![no_main]

use faregate_core::when::Zone;
use faregate_ingest::flexnet::{Collected, Reader, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = sniff(bytes);
    let Ok(zone) = Zone::named("Europe/Madrid") else { return };
    let (mut whole, mut parts) = (Collected::default(), Collected::default());
    let mut reader = Reader::new(zone.clone());
    reader.feed(bytes, &mut whole);
    reader.finish(&mut whole);
    let tally = reader.tally();
    assert_eq!(tally.lines, tally.events + tally.rejected + tally.skipped);
    assert!(whole.sessions.iter().all(|session| session.closed.is_none_or(|end| end >= session.opened)));
    let mut reader = Reader::new(zone);
    bytes.chunks(7).for_each(|chunk| reader.feed(chunk, &mut parts));
    reader.finish(&mut parts);
    assert_eq!(whole, parts);
});
