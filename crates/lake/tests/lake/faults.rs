//! Killed at any write, before it or after it but before the answer: the next run ends at the same rows.

use crate::world::World;
use datafusion::arrow::util::pretty::pretty_format_batches;
use faregate_app::ports::{BlockKind, Store};
use faregate_core::estate::ProductId;
use faregate_core::event::{Event, FeatureMapped};
use faregate_core::when::Instant;
use faregate_lake::LakeSync;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What becomes of the write at which the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    BeforeIt,
    AfterIt,
    /// It does not die, but another process does all the work just before.
    Overtaken,
    /// Nor then, but another process erases a person just before.
    Erased,
}

impl Death {
    const fn kills(self) -> bool {
        matches!(self, Self::BeforeIt | Self::AfterIt)
    }
}

/// A store whose process dies at a write: none that follows takes place.
#[derive(Debug)]
struct Dying {
    inner: Arc<InMemory>,
    left: AtomicI64,
    death: Death,
    other: Other,
}

/// The other process, which is not of interest when the store is shown.
struct Other(Arc<World>);

impl std::fmt::Debug for Other {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "other")
    }
}

impl Dying {
    fn dead() -> Error {
        Error::Generic { store: "dying", source: "killed".into() }
    }

    /// Whether this write takes place, and whether its answer arrives.
    fn step(&self) -> (bool, bool) {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        if !self.death.kills() {
            return (true, true);
        }
        (left > 0 || (left == 0 && self.death == Death::AfterIt), left > 0)
    }

    fn has_died(&self) -> bool {
        self.left.load(Ordering::SeqCst) < 0
    }
}

impl std::fmt::Display for Dying {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "dying")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Dying {
    async fn put_opts(&self, to: &Path, content: PutPayload, how: PutOptions) -> Result<PutResult> {
        let (takes_place, is_answered) = self.step();
        if !self.death.kills() && self.left.load(Ordering::SeqCst) == -1 {
            let Other(world) = &self.other;
            let mut other = world.sync_on(self.inner.clone()).await.writing_after(20);
            other.run(&mut world.store.clone(), world.now()).await.unwrap();
            if self.death == Death::Erased {
                assert!(other.erase("person3", &world.means(), world.now()).await.unwrap());
            }
        }
        let done = if takes_place {
            self.inner.put_opts(to, content, how).await
        } else {
            Err(Self::dead())
        };
        if is_answered { done } else { Err(Self::dead()) }
    }

    async fn put_multipart_opts(
        &self,
        to: &Path,
        how: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        if self.step().1 { self.inner.put_multipart_opts(to, how).await } else { Err(Self::dead()) }
    }

    async fn get_opts(&self, from: &Path, how: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(from, how).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, how: CopyOptions) -> Result<()> {
        if self.step().1 { self.inner.copy_opts(from, to, how).await } else { Err(Self::dead()) }
    }
}

/// A lake that has the beginning; the store goes on with all that a sync can meet.
async fn begun() -> (World, InMemory) {
    let files = InMemory::new();
    let mut world = World::new();
    world.import(0, 30);
    let shared = Arc::new(files);
    world.files = shared.clone();
    drop(world.sync().await);
    world.gate(4);
    world.import(30, 30);
    // One import is undone, and a code becomes known.
    let mut store = world.store.clone();
    for day in store.days_with_uses(Instant(i64::MIN)).unwrap() {
        for block in store.blocks_of(day).unwrap().into_iter().filter(|one| one.batch == 1) {
            store.add_uses(1, day, BlockKind::TakenBack, &block.uses).unwrap();
        }
    }
    let mapped = FeatureMapped { code: "vred".to_owned(), product: ProductId(2), released: 0 };
    world.append(vec![Event::FeaturesMapped(vec![mapped])]);
    world.import(60, 30);
    (world, shared.fork())
}

#[tokio::test]
async fn killed_at_any_write_the_next_run_ends_at_the_same_rows() {
    let (world, files) = begun().await;
    let expected = world.expected().await;
    let world = Arc::new(world);
    let mut unlike = 0;
    for death in [Death::BeforeIt, Death::AfterIt, Death::Overtaken] {
        let mut survived = false;
        for write in 0..200 {
            let left = AtomicI64::new(write);
            let (inner, other) = (Arc::new(files.fork()), Other(world.clone()));
            let dying = Arc::new(Dying { inner, left, death, other });
            let mut sync = world.sync_on(dying.clone()).await.writing_after(20);
            let died = sync.run(&mut world.store.clone(), world.now()).await.is_err();
            let compacted = sync.lake_mut().compact(2, &world.means(), world.now()).await;
            assert!(dying.has_died() || (!died && compacted.is_ok()), "without a reason");
            let mut next = world.sync_on(Arc::new(dying.inner.fork())).await;
            if death == Death::BeforeIt {
                unlike += usize::from(is_unlike(&world, &mut next).await);
            }
            next.run(&mut world.store.clone(), world.now()).await.unwrap();
            let found = world.facts(next.lake()).await;
            assert_eq!(found, expected, "killed {death:?} at write {write}");
            assert!(next.lake().is_whole().await.unwrap(), "what was cut short is not ended");
            survived = !dying.has_died();
            if survived {
                assert!(write > 20, "only {write} writes were tried");
                break;
            }
        }
        assert!(survived, "there are more writes than were tried");
    }
    assert!(unlike > 10, "tables were unlike each other {unlike} times only");
}

/// Whether the lake differs from the store; one that was cut short may, and says that it was.
async fn is_unlike(world: &World, sync: &mut LakeSync) -> bool {
    let found = sync.lake_mut().check(&mut world.store.clone(), &world.means()).await.unwrap();
    let is_whole = sync.lake().is_whole().await.unwrap();
    assert!(found.is_empty() || !is_whole, "taken for a fault: {found:?}");
    !found.is_empty()
}

/// Whoever is erased while another process writes is named nowhere in the end, whichever write it was.
#[tokio::test]
async fn an_erasure_before_any_write_stays() {
    let (world, files) = begun().await;
    let world = Arc::new(world);
    for write in 0.. {
        let (inner, other) = (Arc::new(files.fork()), Other(world.clone()));
        let (left, death) = (AtomicI64::new(write), Death::Erased);
        let writing = Arc::new(Dying { inner, left, death, other });
        let mut sync = world.sync_on(writing.clone()).await.writing_after(20);
        let done = sync.run(&mut world.store.clone(), world.now()).await;
        if !writing.has_died() {
            assert!(write > 20, "only {write} writes were tried");
            break;
        }
        if done.is_err() {
            sync.run(&mut world.store.clone(), world.now()).await.unwrap();
        }
        for sql in ["SELECT key, name FROM people", "SELECT text FROM names"] {
            let rows = world.ask(sync.lake(), sql).await;
            let rows = pretty_format_batches(&rows).unwrap().to_string();
            let is_named = rows.contains("person3 ") || rows.contains("Person 3 ");
            assert!(!is_named, "{sql}, erased before write {write}: {rows}");
        }
    }
}
