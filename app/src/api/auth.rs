//! Log-in, first start and log-out, and each user's language and theme.

#[cfg(feature = "ssr")]
use super::error::ApiResult;
#[cfg(feature = "ssr")]
use super::guard::{
    self, ADDRESS, AUTHENTICATED_AT, DEVICE, PROOF, SECOND_FACTOR, USER, WAITING, actor, broken, engine,
    web_session,
};
#[cfg(feature = "ssr")]
use super::plain_form;
use super::{checked::Checked, error::ApiError, rpc::Rpc};
use domain::{
    access::{Me, Role, UserForm},
    form::{Invalid, Problem, Problems},
    language::Language,
};
#[cfg(feature = "ssr")]
use domain::{ids::UserId, refusal::Refusal, time::Timestamp};
#[cfg(feature = "ssr")]
use engine::access::{
    proof::{Proof, Proven},
    second_factor::{self, Asked},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use std::time::Duration;

/// Who is logged in.
///
/// # Errors
/// [`ApiError::SignIn`] when nobody is.
#[server(prefix = "/rpc", endpoint = "auth/me", protocol = Rpc)]
pub async fn who_am_i() -> Result<Me, ApiError> {
    guard::me().await
}

/// Logs in, or asks for the code of a second factor, and redirects to `next`.
#[server(prefix = "/rpc", endpoint = "auth/log-in", protocol = Rpc)]
pub async fn log_in(
    login: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    let browser = guard::browser();
    let caller = guard::caller(browser.as_deref());
    let proven = engine::access::log_in::log_in(&engine()?, &login, &password, caller).await?;
    admit(proven, plain_form::local(&next)).await
}

impl Checked for LogIn {
    fn check(&self) -> Result<(), Invalid> {
        let mut problems = Problems::default();
        for (field, text) in [("login", &self.login), ("password", &self.password)] {
            if text.is_empty() {
                problems.add(field, Problem::Required);
            }
        }
        problems.unless_any(())
    }
}

/// Whether this link may still create the first administrator.
#[server(prefix = "/rpc", endpoint = "auth/setup-link", protocol = Rpc)]
pub async fn setup_link_valid(token: String) -> Result<bool, ApiError> {
    Ok(engine::access::setup::setup_link_valid(&engine()?, &token).await?)
}

/// Creates the first administrator, logs in as that user and redirects to the channels.
#[server(prefix = "/rpc", endpoint = "auth/finish-setup", protocol = Rpc)]
pub async fn finish_setup(token: String, #[server(default)] form: UserForm) -> Result<(), ApiError> {
    let form = UserForm {
        role: Role::Admin.to_string(),
        ..form
    };
    let proven = engine::access::setup::finish_setup(&engine()?, &token, &form).await?;
    admit(proven, "/channels").await
}

impl Checked for FinishSetup {
    fn check(&self) -> Result<(), Invalid> {
        UserForm {
            role: Role::Admin.to_string(),
            ..self.form.clone()
        }
        .check()
        .map(drop)
    }
}

/// Ends this web session.
#[server(prefix = "/rpc", endpoint = "auth/log-out", protocol = Rpc)]
pub async fn log_out() -> Result<(), ApiError> {
    // Whoever is not logged in any more is out already.
    if let Some(me) = guard::user().await? {
        engine::access::web_sessions::note_log_out(&engine()?, &me).await?;
    }
    flush().await?;
    leptos_axum::redirect("/login");
    Ok(())
}

/// Ends every web session of the user, on this device and all others.
#[server(prefix = "/rpc", endpoint = "auth/log-out-everywhere", protocol = Rpc)]
pub async fn log_out_everywhere() -> Result<(), ApiError> {
    engine::access::web_sessions::log_out_everywhere(&engine()?, &actor().await?).await?;
    flush().await?;
    leptos_axum::redirect("/login");
    Ok(())
}

/// Stores the language in a cookie, and with the user if one is logged in.
#[server(prefix = "/rpc", endpoint = "auth/language", protocol = Rpc)]
pub async fn set_language(language: Language) -> Result<(), ApiError> {
    keep(crate::prefs::LANGUAGE_COOKIE, language.as_str());
    match who_am_i().await {
        Ok(me) => {
            let actor = domain::access::Actor::User(me);
            Ok(engine::access::users::set_language(&engine()?, &actor, language).await?)
        }
        Err(_) => Ok(()),
    }
}

/// Stores the theme in a cookie.
#[server(prefix = "/rpc", endpoint = "auth/theme", protocol = Rpc)]
pub async fn set_theme(theme: crate::prefs::Theme) -> Result<(), ApiError> {
    keep(crate::prefs::THEME_COOKIE, theme.as_str());
    Ok(())
}

/// How long a log-in waits for the code of a second factor.
#[cfg(feature = "ssr")]
const WAITS: Duration = Duration::from_secs(10 * 60);

/// Somebody who has proved who they are, but for the code of their second factor.
#[cfg(feature = "ssr")]
#[derive(Serialize, Deserialize)]
struct Waiting {
    user: UserId,
    by: String,
    until: Timestamp,
}

/// Logs somebody in and redirects to `next`, or first to the page that asks for the code of their second factor.
#[cfg(feature = "ssr")]
pub(super) async fn admit(proven: Proven, next: &str) -> ApiResult<()> {
    let engine = engine()?;
    let begun = match second_factor::asked_of(&engine, &proven.me).await? {
        Asked::Nothing => {
            let_in(proven).await?;
            leptos_axum::redirect(next);
            return Ok(());
        }
        Asked::Code => None,
        Asked::SetUp(begun) => Some(begun),
    };
    let session = web_session().await?;
    let waiting = Waiting {
        user: proven.me.id,
        by: proven.by,
        until: engine.clock().now().plus(WAITS),
    };
    session.cycle_id().await.map_err(broken)?;
    // Whoever else was logged in here is not any more.
    session.remove::<UserId>(USER).await.map_err(broken)?;
    session.insert(WAITING, waiting).await.map_err(broken)?;
    session.insert(SECOND_FACTOR, begun).await.map_err(broken)?;
    session.save().await.map_err(broken)?;
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    leptos_axum::redirect(&format!("/login/code?next={next}"));
    Ok(())
}

/// For whose code the caller's web session waits.
#[cfg(feature = "ssr")]
pub(super) async fn waiting() -> ApiResult<Option<Proven>> {
    let engine = engine()?;
    let waiting: Option<Waiting> = web_session().await?.get(WAITING).await.map_err(broken)?;
    let Some(waiting) = waiting.filter(|waiting| waiting.until > engine.clock().now()) else {
        return Ok(None);
    };
    Ok(engine::access::log_in::still_proven(&engine, waiting.user, &waiting.by).await?)
}

/// Logs somebody in.
#[cfg(feature = "ssr")]
pub(super) async fn let_in(proven: Proven) -> ApiResult<()> {
    enter(proven, true).await
}

/// Gives the web session of somebody who is logged in another id.
#[cfg(feature = "ssr")]
pub(super) async fn renew(proven: Proven) -> ApiResult<()> {
    enter(proven, false).await
}

/// Issues a fresh web session id to whoever has proved who they are, so that an id planted or stolen before is worthless.
///
/// # Errors
/// The user's password was changed, or the user disabled, since it was checked.
#[cfg(feature = "ssr")]
async fn enter(Proven { me, by }: Proven, logs_in: bool) -> ApiResult<()> {
    let session = web_session().await?;
    session.cycle_id().await.map_err(broken)?;
    session.remove::<Waiting>(WAITING).await.map_err(broken)?;
    if logs_in {
        session
            .remove::<Option<String>>(SECOND_FACTOR)
            .await
            .map_err(broken)?;
    }
    session.insert(USER, me.id).await.map_err(broken)?;
    session
        .insert(AUTHENTICATED_AT, guard::now())
        .await
        .map_err(broken)?;
    session
        .insert(PROOF, Proof { by, logs_in })
        .await
        .map_err(broken)?;
    session.insert(DEVICE, guard::device()).await.map_err(broken)?;
    session
        .insert(ADDRESS, guard::client_address())
        .await
        .map_err(broken)?;
    session.save().await.map_err(broken)?;
    let begun = session.get::<UserId>(USER).await.map_err(broken)?.is_some();
    if !begun {
        flush().await?;
        return Err(ApiError::Refused(Refusal::WrongLogin).sent());
    }
    let engine = engine()?;
    let known = engine::access::browsers::introduce(&engine, &me.login, guard::browser().as_deref());
    set_cookie(&crate::prefs::browser_cookie(&known, engine.is_behind_https()));
    if let Some(language) = me.language {
        keep(crate::prefs::LANGUAGE_COOKIE, language.as_str());
    }
    Ok(())
}

#[cfg(feature = "ssr")]
async fn flush() -> ApiResult<()> {
    let session = web_session().await?;
    session.flush().await.map_err(broken)
}

/// Sets a cookie that the page's script may change, too: it holds a preference, not a secret.
#[cfg(feature = "ssr")]
fn keep(name: &str, value: &str) {
    set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
}

#[cfg(feature = "ssr")]
fn set_cookie(cookie: &str) {
    use http::{HeaderValue, header::SET_COOKIE};
    if let (Some(response), Ok(cookie)) = (
        use_context::<leptos_axum::ResponseOptions>(),
        HeaderValue::from_str(cookie),
    ) {
        response.append_header(SET_COOKIE, cookie);
    }
}
