//! Uploads a file in parts, by the protocol tus. After a cut line it asks how much has come, and goes on from there.

use crate::{api::ApiError, wire};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    file::UploadedFile,
    ids::{FileId, SessionId},
    refusal::Refusal,
};
use leptos::prelude::window;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, File, Headers, RequestInit, Response};

const UPLOADS: &str = "/uploads";
/// Bytes of one request.
const PART: f64 = 2.0 * 1024.0 * 1024.0;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What a file is uploaded for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    Session(SessionId),
    CannedReply,
}

/// Why a file was not uploaded.
#[derive(Debug)]
pub enum Failed {
    /// The user removed it, or left the page.
    Stopped,
    Refused(ApiError),
}

/// What a request came to.
enum Answer {
    Done(Response),
    /// The line is cut, or the process is busy or away.
    Cut,
}

/// Uploads the file, and returns what the process sees it as. `told` hears of the share in percent, and whether the line is cut.
pub async fn upload(
    file: &File,
    purpose: Purpose,
    signal: &AbortSignal,
    told: impl Fn(u32, bool),
) -> Result<UploadedFile, Failed> {
    let size = file.size();
    let mut pause = FIRST_PAUSE;
    let mut place: Option<String> = None;
    let mut offset: Option<f64> = None;
    let mut share = 0;
    loop {
        let answer = match (&place, offset) {
            (None, _) => create(file, purpose, signal).await?,
            (Some(at), None) => request(at, "HEAD", &[], None, signal).await?,
            (Some(at), Some(from)) if from < size => append(at, file, from, signal).await?,
            (Some(at), Some(_)) => match describe(at, signal).await? {
                Some(file) => return Ok(file),
                None => Answer::Cut,
            },
        };
        match answer {
            Answer::Done(response) => {
                pause = FIRST_PAUSE;
                match &place {
                    None => {
                        place = response.headers().get("location").ok().flatten();
                        offset = Some(0.0);
                        if place.is_none() {
                            return Err(Failed::Refused(ApiError::Malformed));
                        }
                    }
                    Some(_) => {
                        let there = response.headers().get("upload-offset").ok().flatten();
                        offset = there.and_then(|there| there.parse().ok());
                    }
                }
                share = percent(offset.unwrap_or(0.0), size);
                told(share, false);
            }
            Answer::Cut => {
                told(share, true);
                offset = None;
                sleep(pause).await;
                if signal.aborted() {
                    return Err(Failed::Stopped);
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share between 0 and 100"
)]
fn percent(part: f64, whole: f64) -> u32 {
    (part / whole.max(1.0) * 100.0).clamp(0.0, 100.0) as u32
}

fn id_of(place: &str) -> Result<FileId, Failed> {
    let id = place.rsplit('/').next().unwrap_or_default();
    id.parse().map_err(|_| Failed::Refused(ApiError::Malformed))
}

/// What the process sees a complete file as; `None` when it could not be asked.
async fn describe(place: &str, signal: &AbortSignal) -> Result<Option<UploadedFile>, Failed> {
    let Answer::Done(response) = request(place, "GET", &[], None, signal).await? else {
        return Ok(None);
    };
    let Some(text) = text_of(&response).await else {
        return Ok(None);
    };
    let upload = wire::read(&text).map_err(|_| Failed::Refused(ApiError::Malformed))?;
    Ok(Some(UploadedFile {
        id: id_of(place)?,
        upload,
    }))
}

async fn create(file: &File, purpose: Purpose, signal: &AbortSignal) -> Result<Answer, Failed> {
    let (key, value) = match purpose {
        Purpose::Session(session) => ("session", session.to_string()),
        Purpose::CannedReply => ("purpose", "canned_reply".to_owned()),
    };
    let metadata = format!(
        "{key} {},filename {}",
        BASE64_STANDARD.encode(value),
        BASE64_STANDARD.encode(file.name())
    );
    let headers = [
        ("upload-length", file.size().to_string()),
        ("upload-metadata", metadata),
    ];
    request(UPLOADS, "POST", &headers, None, signal).await
}

async fn append(place: &str, file: &File, from: f64, signal: &AbortSignal) -> Result<Answer, Failed> {
    let part = file.slice_with_f64_and_f64(from, (from + PART).min(file.size()));
    let part = part.map_err(|_| Failed::Refused(ApiError::Malformed))?;
    let headers = [
        ("content-type", "application/offset+octet-stream".to_owned()),
        ("upload-offset", from.to_string()),
    ];
    request(place, "PATCH", &headers, Some(&part), signal).await
}

async fn request(
    place: &str,
    method: &str,
    headers: &[(&str, String)],
    body: Option<&JsValue>,
    signal: &AbortSignal,
) -> Result<Answer, Failed> {
    if signal.aborted() {
        return Err(Failed::Stopped);
    }
    let broken = |_| Failed::Refused(ApiError::Malformed);
    let all = Headers::new().map_err(broken)?;
    all.set("tus-resumable", "1.0.0").map_err(broken)?;
    for (name, value) in headers {
        all.set(name, value).map_err(broken)?;
    }
    let init = RequestInit::new();
    init.set_method(method);
    init.set_headers(&all);
    init.set_signal(Some(signal));
    if let Some(body) = body {
        init.set_body(body);
    }
    let answered = JsFuture::from(window().fetch_with_str_and_init(place, &init)).await;
    let response = match answered.map(JsCast::dyn_into::<Response>) {
        Ok(Ok(response)) => response,
        _ if signal.aborted() => return Err(Failed::Stopped),
        _ => return Ok(Answer::Cut),
    };
    match response.status() {
        200..300 => Ok(Answer::Done(response)),
        401 => Err(Failed::Refused(ApiError::SignIn)),
        status => match refusal(&response).await {
            // Another request is ahead of this one, or behind it: HEAD tells.
            Some(Refusal::WrongOffset { .. } | Refusal::Busy { .. }) => Ok(Answer::Cut),
            Some(refusal) => Err(Failed::Refused(ApiError::Refused(refusal))),
            None if matches!(status, 408 | 429) || status >= 500 => Ok(Answer::Cut),
            None => Err(Failed::Refused(ApiError::Malformed)),
        },
    }
}

async fn refusal(response: &Response) -> Option<Refusal> {
    wire::read(&text_of(response).await?).ok()
}

async fn text_of(response: &Response) -> Option<String> {
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

async fn sleep(pause: Duration) {
    let millis = i32::try_from(pause.as_millis()).unwrap_or(i32::MAX);
    let promise = js_sys::Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, millis);
    });
    let _ = JsFuture::from(promise).await;
}
