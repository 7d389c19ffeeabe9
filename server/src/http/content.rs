//! The content of a stored file as a response: whole or a range of it.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use engine::files::OpenFile;
use std::ops::Range;

/// What the request asks for, streamed, with its length.
///
/// # Errors
/// The store cannot be read.
pub async fn content(file: &OpenFile, headers: &HeaderMap) -> engine::Result<Response> {
    let etag = file.sha256.as_ref().map(|sha256| format!("\"{sha256}\""));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok());
    let mut response = match (wanted(headers, file.size), &etag) {
        (_, Some(etag)) if known.is_some_and(|known| known.split(',').any(|known| known.trim() == etag)) => {
            StatusCode::NOT_MODIFIED.into_response()
        }
        (Wanted::All, _) => {
            let mut response = Body::from_stream(file.read(None).await?).into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, file.size.into());
            response
        }
        (Wanted::Part(range), _) => {
            let length = range.end - range.start;
            let told = format!("bytes {}-{}/{}", range.start, range.end - 1, file.size);
            let body = Body::from_stream(file.read(Some(range)).await?);
            let mut response = (StatusCode::PARTIAL_CONTENT, body).into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, length.into());
            set(response.headers_mut(), header::CONTENT_RANGE, &told);
            response
        }
        (Wanted::Nothing, _) => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            set(
                response.headers_mut(),
                header::CONTENT_RANGE,
                &format!("bytes */{}", file.size),
            );
            response
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(etag) = etag {
        set(headers, header::ETAG, &etag);
    }
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// Which bytes a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Part(Range<u64>),
    /// The range is not within the file.
    Nothing,
}

/// Several ranges, and ranges that cannot be read, get the whole file, as RFC 9110 allows.
fn wanted(headers: &HeaderMap, size: u64) -> Wanted {
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some(ranges) = range.and_then(|range| http_range_header::parse_range_header(range).ok()) else {
        return Wanted::All;
    };
    match ranges.validate(size).as_deref() {
        Ok([range]) => Wanted::Part(*range.start()..*range.end() + 1),
        Ok(_) => Wanted::All,
        Err(_) => Wanted::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_served_as_a_part() {
        let wanted = |range: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            wanted(&headers, 1000)
        };
        assert_eq!(wanted("bytes=0-99"), Wanted::Part(0..100));
        assert_eq!(wanted("bytes=900-"), Wanted::Part(900..1000));
        assert_eq!(wanted("bytes=-100"), Wanted::Part(900..1000));
        assert_eq!(wanted("bytes=1000-"), Wanted::Nothing);
        assert_eq!(wanted("bytes=0-1,5-6"), Wanted::All);
        assert_eq!(wanted("lines=1-2"), Wanted::All);
    }
}
