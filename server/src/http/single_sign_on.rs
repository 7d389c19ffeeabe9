//! The way to the provider of single sign-on and back. What belongs to one log-in is in a cookie of its own until its user
//! comes back: strangers can begin as many as they like, and nothing is stored of them.

use super::state::Http;
use app::api::{
    ApiError, flash,
    guard::ClientAddress,
    plain_form,
    visitor::{Admitted, Visitor},
};
use axum::{
    Extension,
    extract::{Query, State, rejection::QueryRejection},
    http::{
        HeaderMap, StatusCode,
        header::{HOST, SET_COOKIE},
    },
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{refusal::Refusal, sign_on::SignOnProblem};
use engine::{
    access::single_sign_on::{self, Begun},
    seldom::{EVERY_SECOND, Seldom},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use tower_sessions::Session;
use url::{Position, form_urlencoded};

/// How long a log-in at the provider may take.
const WITHIN: Duration = Duration::from_secs(10 * 60);
/// Maximum length of the address to go on to.
const MAX_NEXT: usize = 1000;

/// Behind https no other host can set it.
fn cookie_name(http: &Http) -> &'static str {
    match http.engine.is_behind_https() {
        true => "__Host-switchboard_sign_on",
        false => "switchboard_sign_on",
    }
}

#[derive(Debug, Deserialize)]
pub struct Way {
    #[serde(default)]
    next: String,
    /// Somebody who is logged in proves again who they are.
    #[serde(default)]
    again: bool,
    /// They come from another of the server's names.
    #[serde(default)]
    moved: bool,
}

/// What a browser keeps while its user is at the provider.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    begun: Begun,
    next: String,
}

/// Redirects to the provider. Whoever comes by another name of the server first goes to the public one, to which the provider
/// leads back: its cookie is there. A proxy may hide the name, so they go there once.
pub async fn begin(
    State(http): State<Http>,
    headers: HeaderMap,
    way: Result<Query<Way>, QueryRejection>,
) -> Response {
    let Ok(Query(Way { next, again, moved })) = way else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if !moved && !is_public(&http, &headers) && single_sign_on::name(&http.engine).is_some() {
        let mut public = http.public_url.clone();
        public.set_path("/login/single-sign-on");
        let mut query = public.query_pairs_mut();
        query.append_pair("next", plain_form::local(&next));
        query.append_pair("again", &again.to_string());
        query.append_pair("moved", "true");
        drop(query);
        return Redirect::to(public.as_str()).into_response();
    }
    let next = plain_form::local(&next);
    let next = if next.len() > MAX_NEXT { "/" } else { next }.to_owned();
    let (address, begun) = match single_sign_on::begin(&http.engine, again).await {
        Ok(begun) => begun,
        Err(error) => return refused(ApiError::from(error), again, &next),
    };
    let kept = serde_json::to_vec(&Kept { begun, next });
    let kept = URL_SAFE_NO_PAD.encode(kept.unwrap_or_default());
    let cookie = cookie(&http, &kept, WITHIN);
    ([(SET_COOKIE, cookie)], Redirect::to(address.as_str())).into_response()
}

/// Whether the browser calls the server by its public name.
fn is_public(http: &Http, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_none_or(|host| {
        host.eq_ignore_ascii_case(&http.public_url[Position::BeforeHost..Position::AfterPort])
    })
}

/// How the provider sends its users back: <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2>.
#[derive(Debug, Deserialize)]
pub struct Return {
    state: String,
    code: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// The provider.
    iss: Option<String>,
}

/// Lets in whoever comes back from the provider.
pub async fn finish(
    State(http): State<Http>,
    session: Session,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    answer: Result<Query<Return>, QueryRejection>,
) -> Response {
    let Ok(Query(answer)) = answer else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let address = address.map(|Extension(address)| address.0);
    let visitor = Visitor::new(http.engine.clone(), session, &headers, address);
    let kept = kept(&http, &headers).filter(|kept| is_same(&kept.begun.state, &answer.state));
    // It works once.
    let used_up = cookie(&http, "", Duration::ZERO);
    let Some(kept) = kept else {
        // Another log-in has begun in this browser, or none.
        let is_in = matches!(visitor.user().await, Ok(Some(_)));
        return ([(SET_COOKIE, used_up)], back(SignOnProblem::Expired, is_in, "/")).into_response();
    };
    if let Some(error) = &answer.error {
        static WARNED: Seldom = Seldom::every(EVERY_SECOND);
        if let Some(left_out) = WARNED.due() {
            let error: String = error.chars().take(100).collect();
            tracing::warn!(
                error,
                left_out,
                "single sign-on: the provider lets somebody not go on"
            );
        }
    }
    let is_good =
        answer.error.is_none() && single_sign_on::is_of_provider(&http.engine, answer.iss.as_deref());
    match welcome(&visitor, &kept, answer.code.filter(|_| is_good)).await {
        Ok(Admitted { to, mut cookies }) => {
            cookies.push(used_up);
            let cookies = cookies.into_iter().map(|cookie| (SET_COOKIE, cookie));
            (AppendHeaders(cookies.collect::<Vec<_>>()), Redirect::to(&to)).into_response()
        }
        Err(error) => (
            [(SET_COOKIE, used_up)],
            refused(error, kept.begun.again, &kept.next),
        )
            .into_response(),
    }
}

async fn welcome(visitor: &Visitor, kept: &Kept, code: Option<String>) -> Result<Admitted, ApiError> {
    let why = SignOnProblem::Cancelled;
    let code = code.ok_or(Refusal::SingleSignOn { why })?;
    let next = plain_form::local(&kept.next);
    let engine = &visitor.engine;
    if !kept.begun.again {
        let proven = single_sign_on::log_in(engine, code, &kept.begun, visitor.address).await?;
        return visitor.admit(proven, next).await;
    }
    let me = visitor.user().await?;
    let why = SignOnProblem::Expired;
    let me = me.ok_or(Refusal::SingleSignOn { why })?;
    let proven = single_sign_on::reauthenticate(engine, &me, code, &kept.begun, visitor.address).await?;
    let before = visitor.session.id();
    let cookies = visitor.renew(proven).await?;
    if let (Some(before), Some(now)) = (before, visitor.session.id()) {
        flash::hand_over(&before.to_string(), &now.to_string());
    }
    Ok(Admitted {
        to: next.to_owned(),
        cookies,
    })
}

fn kept(http: &Http, headers: &HeaderMap) -> Option<Kept> {
    let value = app::prefs::cookie_in(headers, cookie_name(http))?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}

fn is_same(kept: &str, brought: &str) -> bool {
    kept.as_bytes().ct_eq(brought.as_bytes()).into()
}

fn cookie(http: &Http, value: &str, lives: Duration) -> String {
    let https = http.engine.is_behind_https();
    app::prefs::private_cookie(cookie_name(http), value, lives, https)
}

fn refused(error: ApiError, again: bool, next: &str) -> Response {
    match error {
        ApiError::Refused(Refusal::SingleSignOn { why }) => back(why, again, next),
        // Meanwhile the password was changed, or the user disabled.
        ApiError::Refused(Refusal::WrongLogin) => back(SignOnProblem::Expired, again, next),
        error => error.status().into_response(),
    }
}

/// The page that says why somebody is not let in, and leads there and then to `next` when they try again.
fn back(why: SignOnProblem, again: bool, next: &str) -> Response {
    let page = if again {
        "/account/reauthenticate"
    } else {
        "/login"
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("sign_on", why.as_str());
    let next = plain_form::local(next);
    if next != "/" {
        query.append_pair("next", next);
    }
    Redirect::to(&format!("{page}?{}", query.finish())).into_response()
}
