//! The embedded web page: its files, its fallback to `index.html`, and the headers that fence it in.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// Only our own files; styles inline because the component library sets them on elements.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Serves the page below `/`.
pub fn service() -> Router {
    let fence = |name: &'static str, value: &'static str| {
        let name = HeaderName::from_static(name);
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/", get(|| async { index() }))
        .route("/{*path}", get(|Path(path): Path<String>| async move { file(&path) }))
        .layer(CompressionLayer::new())
        .layer(fence("content-security-policy", POLICY))
        .layer(fence("x-content-type-options", "nosniff"))
        .layer(fence("referrer-policy", "no-referrer"))
        .layer(fence("cross-origin-opener-policy", "same-origin"))
}

fn file(path: &str) -> Response {
    match Files::get(path) {
        Some(found) => send(path, found),
        None if path.starts_with("assets/") => StatusCode::NOT_FOUND.into_response(),
        // Every other path is a place within the page.
        None => index(),
    }
}

fn index() -> Response {
    match Files::get("index.html") {
        Some(found) => send("index.html", found),
        None => {
            (StatusCode::NOT_FOUND, "this binary was built without its page: run `make build`\n")
                .into_response()
        }
    }
}

fn send(path: &str, file: EmbeddedFile) -> Response {
    // Files under assets/ carry a hash of their content in their name.
    let caching = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let kind = file.metadata.mimetype().to_owned();
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching.to_owned())], file.data)
        .into_response()
}
