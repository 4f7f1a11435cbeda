//! Logs of real licence servers, where they are at hand.

use crate::paper::Reading;
use crate::world::{T0, World};
use faregate_app::engine::Engine;
use faregate_app::import::flexnet::{Input, import};
use faregate_core::event::Counts;
use faregate_core::when::Zone;
use faregate_ingest::features::FeatureTable;
use faregate_ingest::flexnet::Options;
use std::path::Path;

fn import_file(engine: &mut Engine, path: &Path) -> Counts {
    let bytes = Box::new(std::fs::File::open(path).unwrap());
    let inputs = vec![Input { name: path.display().to_string(), bytes }];
    let options = Options { zone: Zone::named("Europe/Madrid").unwrap(), start_date: None };
    import(engine, &FeatureTable::shipped(), inputs, &options, &mut Reading::default())
        .unwrap()
        .counts
}

#[test]
fn real_logs_hold_so_many_sessions_and_hold_them_once() {
    let check = |file: &str, sessions: u64| {
        let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/flexnet");
        let path = logs.join(file);
        if !path.exists() {
            println!("skipped: there is no `{}`", path.display());
            return;
        }
        let mut world = World::new(1_000_000);
        world.clock.set(T0.plus(365 * 86_400));
        let first = import_file(&mut world.engine, &path);
        assert_eq!(first.sessions, sessions, "{file}: {first:?}");
        let before = world.store.told();
        let again = import_file(&mut world.engine, &path);
        assert_eq!(
            (again.sessions, again.closed, again.duplicates),
            (0, 0, sessions),
            "{file}: {again:?}"
        );
        assert_eq!(world.store.told(), before, "{file}");
        let charges = crate::paper::charged(&world.engine).len();
        println!(
            "{file}: {sessions} sessions, {charges} charges, {} quarantined",
            first.quarantined
        );
    };
    check("adskflex-v11.18-2022.log", 4_556);
    check("adskflex-v11.12-2016-options.log", 959);
}
