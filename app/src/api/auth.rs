//! Log-in, first start and log-out, and each user's language and theme.

#[cfg(feature = "ssr")]
use super::error::ApiResult;
#[cfg(feature = "ssr")]
use super::guard::{self, actor, engine, visitor, web_session};
#[cfg(feature = "ssr")]
use super::plain_form;
use super::{checked::Checked, error::ApiError, rpc::Rpc};
use domain::{
    access::{Me, Role, UserForm},
    form::{Invalid, Problem, Problems},
    language::Language,
};
#[cfg(feature = "ssr")]
use engine::access::proof::Proven;
use leptos::prelude::*;

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

/// What the provider of single sign-on is called; empty when it has no name, `None` when there is none.
#[server(prefix = "/rpc", endpoint = "auth/single-sign-on", protocol = Rpc)]
pub async fn single_sign_on() -> Result<Option<String>, ApiError> {
    Ok(engine::access::single_sign_on::name(&engine()?).map(str::to_owned))
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
    set_cookies(&[crate::prefs::kept(
        crate::prefs::LANGUAGE_COOKIE,
        language.as_str(),
    )]);
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
    set_cookies(&[crate::prefs::kept(crate::prefs::THEME_COOKIE, theme.as_str())]);
    Ok(())
}

/// Logs somebody in and redirects to `next`, or first to the page that asks for the code of their second factor.
#[cfg(feature = "ssr")]
pub(super) async fn admit(proven: Proven, next: &str) -> ApiResult<()> {
    let admitted = visitor().await?.admit(proven, next).await?;
    set_cookies(&admitted.cookies);
    leptos_axum::redirect(&admitted.to);
    Ok(())
}

/// Logs somebody in.
#[cfg(feature = "ssr")]
pub(super) async fn let_in(proven: Proven) -> ApiResult<()> {
    set_cookies(&visitor().await?.let_in(proven).await?);
    Ok(())
}

/// Gives the web session of somebody who is logged in another id.
#[cfg(feature = "ssr")]
pub(super) async fn renew(proven: Proven) -> ApiResult<()> {
    set_cookies(&visitor().await?.renew(proven).await?);
    Ok(())
}

#[cfg(feature = "ssr")]
async fn flush() -> ApiResult<()> {
    let session = web_session().await?;
    Ok(session.flush().await?)
}

#[cfg(feature = "ssr")]
fn set_cookies(cookies: &[String]) {
    use http::{HeaderValue, header::SET_COOKIE};
    let Some(response) = use_context::<leptos_axum::ResponseOptions>() else {
        return;
    };
    for cookie in cookies
        .iter()
        .filter_map(|cookie| HeaderValue::from_str(cookie).ok())
    {
        response.append_header(SET_COOKIE, cookie);
    }
}
