//! Opens of workstations that report their address, and their retries after a change of network.
//!
//! The server makes a site out of a reported address, and the gate compares that site with the rest of the
//! question. What the server makes of it is no part of the question: when a key is known with another question,
//! the sites that may have been made then are tried. A key that is known answers and never books, so trying is
//! harmless.

use crate::Server;
use crate::problem::Problem;
use faregate_app::engine::Failure;
use faregate_app::explain::find_request;
use faregate_app::gate::{Decision, OpenRequest};
use tokio::sync::oneshot;

/// An open as it came in.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) request: OpenRequest,
    /// Whether the server made the site, or found none, out of a reported address.
    pub(crate) located: bool,
}

/// Asks the gate to open a product.
pub(crate) async fn open(server: &Server, asked: Asked) -> Result<Decision, Problem> {
    let Asked { request, located } = asked;
    if !located {
        return once(server, request).await.map_err(Problem::from);
    }
    let answer = match once(server, request.clone()).await {
        Err(Failure::KeyReused) => as_asked_before(server, request).await.map(|(_, before)| before),
        answer => answer,
    };
    answer.map_err(Problem::from)
}

/// Asks the gate to open many; all answers share one commit.
pub(crate) async fn open_many(
    server: &Server,
    mut asked: Vec<Asked>,
) -> Result<Vec<Decision>, Problem> {
    let requests = |asked: &[Asked]| asked.iter().map(|one| one.request.clone()).collect();
    if !asked.iter().any(|one| one.located) {
        let all = asked.into_iter().map(|one| one.request).collect();
        return all_at_once(server, all).await.map_err(Problem::from);
    }
    let answers = match all_at_once(server, requests(&asked)).await {
        Err(Failure::KeyReused) => {
            for one in asked.iter_mut().filter(|one| one.located) {
                if is_known(server, &one.request.key).await? {
                    let (request, _) = as_asked_before(server, one.request.clone()).await?;
                    one.request = request;
                }
            }
            all_at_once(server, requests(&asked)).await
        }
        answers => answers,
    };
    answers.map_err(Problem::from)
}

/// The request as it was asked under its key before, and its answer. Its key must be known.
async fn as_asked_before(
    server: &Server,
    request: OpenRequest,
) -> Result<(OpenRequest, Decision), Failure> {
    let sites: Vec<String> = {
        let state = server.gate.state().read();
        state.estate().sites().iter().map(|site| site.key.clone()).collect()
    };
    let now = request.ask.more.evidence.site.clone();
    for site in [now, None].into_iter().chain(sites.into_iter().map(Some)) {
        let mut again = request.clone();
        again.ask.more.evidence.site = site;
        match once(server, again.clone()).await {
            Err(Failure::KeyReused) => {}
            answer => return answer.map(|decision| (again, decision)),
        }
    }
    Err(Failure::KeyReused)
}

async fn once(server: &Server, request: OpenRequest) -> Result<Decision, Failure> {
    let (reply, waiting) = oneshot::channel();
    // A caller that has gone away does not want its answer; the decision stands all the same.
    server.gate.open(request, |answer| drop(reply.send(answer)));
    waiting.await.unwrap_or(Err(Failure::Stopping))
}

async fn all_at_once(
    server: &Server,
    requests: Vec<OpenRequest>,
) -> Result<Vec<Decision>, Failure> {
    let (reply, waiting) = oneshot::channel();
    server.gate.open_many(requests, |answers| drop(reply.send(answers)));
    waiting.await.unwrap_or(Err(Failure::Stopping))
}

async fn is_known(server: &Server, key: &str) -> Result<bool, Failure> {
    let key = key.to_owned();
    let (reply, waiting) = oneshot::channel();
    server.gate.run(move |engine| drop(reply.send(find_request(engine, &key))));
    Ok(waiting.await.unwrap_or(Err(Failure::Stopping))?.is_some())
}
