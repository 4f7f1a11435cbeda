//! An output of lmstat of any bytes: nothing panics, chunks make no difference, and a cut one never says nobody.
#![no_main]

use faregate_core::when::{Instant, Zone};
use faregate_ingest::lmstat::{Holding, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let polled = Instant(1_508_511_720);
    let (mut whole, mut parts) = (Reader::new(polled, Zone::utc()), Reader::new(polled, Zone::utc()));
    whole.feed(bytes);
    bytes.chunks(7).for_each(|chunk| parts.feed(chunk));
    let status = whole.finish();
    assert_eq!(status, parts.finish());
    assert!(status.rejected.iter().all(|one| one.line > 0 && one.line <= status.lines));
    for feature in &status.features {
        let known = matches!(status.holders(&feature.code), Holding::Known(_));
        assert!(!known || (feature.unread == 0 && status.unknown.is_empty()));
    }
});
