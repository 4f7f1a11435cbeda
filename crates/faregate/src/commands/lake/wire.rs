//! `faregate serve --sql`: the endpoint for programs that speak PostgreSQL.

use super::keeping::{MEMORY_UNIT, means_in, place};
use crate::aside;
use crate::cli::lake::Endpoint as Args;
use crate::fault::{Code, Fault};
use crate::output::shown;
use faregate_app::access::Access;
use faregate_app::gate::Gate;
use faregate_lake::LakeError;
use faregate_lake::wire::{Door, Endpoint, Limits, Tls};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// Memory for the statements of all connections together.
const MEMORY: usize = 512 * MEMORY_UNIT;

/// How long statements are waited for when the server stops.
const PATIENCE: Duration = Duration::from_secs(1);

/// An endpoint that listens, and answers nobody yet.
pub(crate) struct Listening {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    limits: Limits,
}

impl Listening {
    /// Begins to listen, when that is asked for.
    pub(crate) fn begin(args: &Args) -> Result<Option<Self>, Fault> {
        let Some(asked) = args.sql else { return Ok(None) };
        let files = args.sql_certificate.as_deref().zip(args.sql_key.as_deref());
        let tls = files.map(|(chain, key)| Tls::read(chain, key)).transpose().map_err(unfit)?;
        if tls.is_none() && !asked.ip().is_loopback() {
            let message = format!("--sql {asked} would take keys in the open");
            let help = "add --sql-certificate and --sql-key, or listen on 127.0.0.1 only";
            return Err(Fault::new(Code::Usage, message, help));
        }
        let unusable = |why: std::io::Error| {
            let help =
                "stop the program that listens there, or choose another with --sql 127.0.0.1:0";
            Fault::new(Code::Address, format!("cannot listen on {asked}: {why}"), help)
        };
        let listener = TcpListener::bind(asked).map_err(unusable)?;
        listener.set_nonblocking(true).map_err(unusable)?;
        let address = listener.local_addr().map_err(unusable)?;
        let statement_time = Duration::from_secs(args.sql_time);
        let limits = Limits { connections_max: args.sql_connections, statement_time };
        Ok(Some(Self { listener, address, tls, limits }))
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers, on threads of its own, so that no launch waits for a question.
    pub(crate) fn serve(self, path: &Path, access: Arc<Access>, gate: Gate) -> Answering {
        let (path, (stop, stopped)) = (path.to_owned(), oneshot::channel());
        let started = std::thread::Builder::new().name(crate::panics::MAY_PANIC.to_owned()).spawn(
            move || {
                if let Err(why) = self.answer(&path, access, gate, stopped) {
                    aside!("sql: {why}");
                }
            },
        );
        let thread = started.map_err(|why| aside!("sql: {why}")).ok();
        Answering { stop, thread }
    }

    fn answer(
        self,
        path: &Path,
        access: Arc<Access>,
        gate: Gate,
        stopped: oneshot::Receiver<()>,
    ) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name(crate::panics::MAY_PANIC)
            .enable_all()
            .build()?;
        let served = runtime.block_on(async {
            let door =
                Door::new(access, gate, Arc::new(|line: &str| aside!("sql: {}", shown(line))));
            let means = means_in(path, MEMORY)?;
            let endpoint = Endpoint::new(door, place(path)?, &means, self.limits)?;
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            tokio::select! {
                () = endpoint.serve(listener, self.tls) => {}
                // Told so, or let go.
                _ = stopped => {}
            }
            Ok(())
        });
        // Statements that are being answered are let go: nothing is written.
        runtime.shutdown_timeout(PATIENCE);
        served
    }
}

/// An endpoint that answers.
pub(crate) struct Answering {
    stop: oneshot::Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Answering {
    /// Ends it, and waits until it has let go of the keys.
    pub(crate) fn end(self) {
        // It may have ended by itself.
        let _ = self.stop.send(());
        let _ = self.thread.map(JoinHandle::join);
    }
}

fn unfit(why: LakeError) -> Fault {
    let help = "give a chain of certificates and its key, both in PEM";
    Fault::new(Code::Failed, why.to_string(), help)
}
