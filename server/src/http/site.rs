//! The site's files: scripts, wasm, styles, icons. A release binary embeds them; a debug build reads all of them from
//! `target/site` when it starts, because a build beside a running server replaces files of the same names and removes
//! those that the server's pages link to. Files under `/pkg/HASH` get a new address when they change, so browsers may
//! cache them for ever.

use axum::{
    body::{Body, Bytes},
    extract::{Path, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use leptos::config::{Env, LeptosOptions};
use rust_embed::{Embed, EmbeddedFile};
use std::{borrow::Cow, collections::HashMap, net::SocketAddr, sync::LazyLock};

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
struct Site;

static FILES: LazyLock<Files> = LazyLock::new(Files::of::<Site>);

/// The files as they were at the start, by path.
struct Files(HashMap<String, File>);

#[derive(Clone)]
struct File {
    bytes: Bytes,
    tag: String,
}

impl Files {
    fn of<Folder: Embed>() -> Self {
        let file = |path: Cow<str>| Folder::get(&path).map(|file| (path.into_owned(), file.into()));
        Self(Folder::iter().filter_map(file).collect())
    }

    fn get(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }
}

impl From<EmbeddedFile> for File {
    fn from(file: EmbeddedFile) -> Self {
        Self {
            tag: format!("\"{}\"", hex::encode(file.metadata.sha256_hash())),
            bytes: match file.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => bytes.into(),
            },
        }
    }
}

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_EACH_TIME: &str = "no-cache";

/// Where the pages look for their scripts.
pub fn leptos_options(listen: SocketAddr) -> LeptosOptions {
    let folder = match hash() {
        Some(hash) => format!("pkg/{hash}"),
        None => {
            tracing::warn!(
                "the site is not built (`cargo xtask build`): pages work, but plainly and without scripts"
            );
            "pkg".to_owned()
        }
    };
    LeptosOptions::builder()
        .output_name("switchboard")
        .site_pkg_dir(folder)
        .site_addr(listen)
        .env(if cfg!(debug_assertions) {
            Env::DEV
        } else {
            Env::PROD
        })
        .build()
}

/// The hash of the site: it changes whenever a script, the wasm or a style changes.
fn hash() -> Option<String> {
    let file = FILES.get("hash.txt")?;
    std::str::from_utf8(&file.bytes)
        .ok()
        .map(|hash| hash.trim().to_owned())
}

/// A file of `/pkg`.
pub async fn package(path: Result<Path<String>, PathRejection>, headers: HeaderMap) -> Response {
    let Ok(Path(path)) = path else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let caching = match path.split_once('/') {
        Some(_) => FOR_EVER,
        None => ASK_EACH_TIME,
    };
    file(&format!("pkg/{path}"), &headers, caching).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// A file beside `/pkg`, such as `/favicon.svg`; `None` when there is none.
pub fn top_level(path: &str, headers: &HeaderMap) -> Option<Response> {
    file(page_asset(path)?, headers, ASK_EACH_TIME)
}

fn page_asset(path: &str) -> Option<&str> {
    match path.strip_prefix('/')? {
        "" | "hash.txt" => None,
        // Browsers request it for a page that names no icon, and for every response that is not a page.
        "favicon.ico" => Some("favicon.svg"),
        name => Some(name).filter(|name| !name.starts_with("pkg/")),
    }
}

fn file(path: &str, headers: &HeaderMap, caching: &'static str) -> Option<Response> {
    if path.ends_with(".br") || path.ends_with(".gz") {
        return None;
    }
    let plain = FILES.get(path)?;
    let (encoding, file) = smallest(path, headers).map_or((None, plain), |(name, file)| (Some(name), file));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == file.tag.as_bytes());

    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.bytes.clone()).into_response()
    };
    let answer = response.headers_mut();
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    for (name, value) in [
        (header::CONTENT_TYPE, mime.as_ref()),
        (header::ETAG, file.tag.as_str()),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            answer.insert(name, value);
        }
    }
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// The smallest pre-compressed copy that the browser accepts.
fn smallest(path: &str, headers: &HeaderMap) -> Option<(&'static str, &'static File)> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(name, _)| accepts(accepted, name))
        .find_map(|(name, ending)| Some((name, FILES.get(&format!("{path}.{ending}"))?)))
}

/// Whether an `Accept-Encoding` names an encoding without refusing it (`q=0`).
pub(super) fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_embed::Metadata;
    use std::{cell::Cell, iter};

    thread_local! {
        static BUILT_ANEW: Cell<bool> = const { Cell::new(false) };
    }

    /// A folder whose only file a build removes.
    struct Folder;

    impl Embed for Folder {
        fn get(_: &str) -> Option<EmbeddedFile> {
            (!BUILT_ANEW.get()).then(|| EmbeddedFile {
                data: Cow::Borrowed(b"body {}"),
                metadata: Metadata::__rust_embed_new([0; 32], None, None),
            })
        }

        fn iter() -> impl Iterator<Item = Cow<'static, str>> + 'static {
            iter::once(Cow::Borrowed("pkg/main.css"))
        }
    }

    #[test]
    fn a_build_beside_a_running_server_takes_nothing_away() {
        let files = Files::of::<Folder>();
        BUILT_ANEW.set(true);
        let file = files.get("pkg/main.css").expect("what was there at the start");
        assert_eq!(file.bytes, "body {}");
    }

    #[test]
    fn an_icon_is_there_for_who_asks_for_it_unasked() {
        assert_eq!(page_asset("/favicon.ico"), Some("favicon.svg"));
        assert_eq!(page_asset("/favicon.svg"), Some("favicon.svg"));
        for path in ["", "/", "/hash.txt", "/pkg/x.js"] {
            assert_eq!(page_asset(path), None, "{path}");
        }
    }

    #[test]
    fn a_refused_encoding_is_not_used() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("gzip;q=0.5,BR;q=1", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("brotli", "br"));
    }
}
