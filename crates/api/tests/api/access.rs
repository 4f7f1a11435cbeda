//! Signing in and out; keys made beside the server; the page's headers.

use crate::estate::{Call, CountedSecrets, Estate};
use faregate_app::access::{Access, Kind, Role, SIGN_IN_SECONDS};
use serde_json::json;

fn sign_in(token: &str) -> Call {
    Call::post("/v1/sign-in").json(&json!({ "token": token }))
}

/// The `name=value` of the cookie that an answer sets.
fn set(cookie: &str) -> &str {
    cookie.split(';').next().unwrap()
}

#[tokio::test]
async fn a_link_signs_in_once() {
    let estate = Estate::new();
    let link = estate.link();
    let first = estate.send(sign_in(&link)).await;
    assert_eq!(first.status, 204);
    let cookie = first.header("set-cookie");
    let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
    let age = format!("Max-Age={SIGN_IN_SECONDS}");
    assert_eq!(attributes, ["Path=/", age.as_str(), "HttpOnly", "SameSite=Lax"]);
    let me = || Call::get("/v1/me").header("cookie", set(cookie));
    assert_eq!(estate.send(me()).await.status, 200);

    let second = estate.send(sign_in(&link)).await;
    assert_eq!((second.status.as_u16(), second.header("set-cookie")), (401, ""));
    assert_eq!(second.json()["code"], "link-used");

    estate.clock.pass(SIGN_IN_SECONDS - 1);
    assert_eq!(estate.send(me()).await.status, 200);
    estate.clock.pass(1);
    assert_eq!(estate.send(me()).await.status, 401, "a sign-in ends");
}

#[tokio::test]
async fn a_link_that_has_expired_signs_nobody_in() {
    let estate = Estate::new();
    let link = estate.link();
    estate.clock.pass(3_600);
    assert_eq!(estate.send(sign_in(&link)).await.status, 401);
    assert_eq!(estate.send(sign_in("fgl_made-up")).await.status, 401);
    assert_eq!(estate.send(sign_in(&estate.key(Role::Administrator))).await.status, 401);
}

#[tokio::test]
async fn a_look_at_a_link_does_not_use_it_up() {
    let estate = Estate::new();
    let path = format!("/sign-in?token={}", estate.link());
    let looked = estate.send(Call::new("HEAD", &path)).await;
    assert_eq!((looked.status.as_u16(), looked.header("set-cookie")), (200, ""));
    let followed = estate.send(Call::get(&path)).await;
    assert_eq!(followed.header("location"), "/");
}

#[tokio::test]
async fn following_a_link_leads_to_the_page() {
    let estate = Estate::new();
    let path = format!("/sign-in?token={}", estate.link());
    let followed = estate.send(Call::get(&path)).await;
    assert_eq!((followed.status.as_u16(), followed.header("location")), (303, "/"));
    let me = Call::get("/v1/me").header("cookie", set(followed.header("set-cookie")));
    assert_eq!(estate.send(me).await.status, 200);

    for path in [path.as_str(), "/sign-in", "/sign-in?token="] {
        let stale = estate.send(Call::get(path)).await;
        assert_eq!((stale.status.as_u16(), stale.header("location")), (303, "/?sign-in=stale"));
        assert_eq!(stale.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn signing_out_ends_the_sign_in() {
    let estate = Estate::new();
    let (cookie, other) = (estate.cookie(), estate.cookie());
    let out = Call::post("/v1/sign-out").header("cookie", &cookie);
    let gone = estate.send(out.header("sec-fetch-site", "same-origin")).await;
    assert_eq!(gone.status, 204);
    assert!(gone.header("set-cookie").starts_with("faregate_sign_in=; Path=/; Max-Age=0;"));
    let me = |cookie: &str| Call::get("/v1/me").header("cookie", cookie);
    assert_eq!(estate.send(me(&cookie)).await.status, 401);
    assert_eq!(estate.send(me(&other)).await.status, 200, "another browser stays signed in");
}

#[tokio::test]
async fn a_key_made_elsewhere_works_at_once() {
    let estate = Estate::new();
    let secrets = Box::new(CountedSecrets::from(100));
    let elsewhere = Access::load(Box::new(estate.credentials.clone()), secrets).unwrap();
    let key = elsewhere.issue(Kind::Key, "made elsewhere", Role::Viewer, None).unwrap();
    let me = estate.send(Call::get("/v1/me").key(&key)).await;
    assert_eq!(me.json()["name"], "made elsewhere");
}

#[tokio::test]
async fn the_page_is_fenced_in() {
    let estate = Estate::new();
    for path in ["/", "/burn", "/sessions?state=open", "/no-such-page"] {
        let page = estate.send(Call::get(path)).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-eval"));
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
    }
    let missing = estate.send(Call::get("/assets/no-such-file.js")).await;
    assert_eq!(missing.status, 404, "a missing file is not the page");
}

#[tokio::test]
async fn no_answer_is_kept_or_guessed_at() {
    let estate = Estate::new();
    let key = estate.key(Role::Administrator);
    let calls = [
        Call::get("/v1/summary").key(&key),
        Call::get("/v1/events").key(&key),
        Call::get("/v1/summary"),
        Call::get("/v1/no-such-path"),
        Call::new("DELETE", "/v1/summary"),
        Call::get("/sign-in?token=made-up"),
    ];
    for call in calls {
        let reply = estate.send(call).await;
        let found = ["cache-control", "x-content-type-options", "referrer-policy"]
            .map(|name| reply.header(name));
        assert_eq!(found, ["no-store", "nosniff", "no-referrer"], "{reply:?}");
    }
    let page = estate.send(Call::get("/")).await;
    assert_ne!(page.header("cache-control"), "no-store", "the page has its own");
}

#[tokio::test]
async fn health_needs_nobody() {
    let estate = Estate::new();
    let health = estate.send(Call::get("/healthz")).await;
    assert_eq!((health.status.as_u16(), &health.body[..]), (200, &b"ok\n"[..]));
}

/// A browser is led back to the page, which says why; a program gets the problem.
#[tokio::test]
async fn a_browser_whom_no_provider_lets_in_comes_back_to_the_page() {
    let estate = Estate::new();
    for path in ["/v1/sign-in/oidc", "/v1/sign-in/oidc/callback?code=c&state=s"] {
        let page = Call::get(path).header("accept", "text/html,application/xhtml+xml");
        let led = estate.send(page).await;
        let to = led.header("location");
        assert_eq!((led.status.as_u16(), to), (303, "/?failed=no-provider"), "{path}");
        let program = estate.send(Call::get(path)).await;
        assert_eq!(
            (program.status.as_u16(), &program.json()["code"]),
            (404, &"no-provider".into())
        );
    }
}
