//! A user's own account: the password, and the browsers that are logged in.

#[cfg(feature = "ssr")]
use super::{
    auth, flash,
    guard::{self, actor, engine, web_session},
    plain_form,
};
use super::{checked::Checked, error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use domain::access::Actor;
use domain::{
    access::{LoginView, Me, PasswordForm},
    form::{Invalid, Problem},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page of one's own account shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub me: Me,
    /// Log-ins ask for a code, too.
    pub second_factor: bool,
    /// The browser that asks comes first.
    pub logins: Vec<LoginView>,
}

#[server(name = ReadAccount, prefix = "/rpc", endpoint = "account/read", protocol = Rpc)]
pub async fn account() -> Result<Account, ApiError> {
    let (engine, me) = (engine()?, guard::me().await?);
    let session = session().await?;
    let actor = Actor::User(me.clone());
    Ok(Account {
        logins: engine::access::web_sessions::own(&engine, &actor, session.as_deref()).await?,
        second_factor: engine::access::second_factor::has(&engine, &me).await?,
        me,
    })
}

/// Changes the user's password, logs the user out in all other browsers, and gives this one a new session id.
#[server(prefix = "/rpc", endpoint = "account/change-password", protocol = Rpc)]
pub async fn change_password(#[server(default)] form: PasswordForm) -> Result<(), ApiError> {
    let actor = actor().await?;
    let (session, browser) = (session().await?, guard::browser());
    let caller = guard::caller(browser.as_deref());
    let proven =
        engine::access::log_in::change_password(&engine()?, &actor, &form, caller, session.as_deref())
            .await?;
    auth::renew(proven).await?;
    plain_form::redirect("/account");
    Ok(())
}

impl Checked for ChangePassword {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check()
    }
}

/// Proves again who the user is, for changes that ask for it, and leads back to `next`. The web session gets a new id.
#[server(prefix = "/rpc", endpoint = "account/reauthenticate", protocol = Rpc)]
pub async fn reauthenticate(
    #[server(default)] current: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let browser = guard::browser();
    let caller = guard::caller(browser.as_deref());
    let proven = engine::access::log_in::reauthenticate(&engine, &actor, &current, caller).await?;
    let before = session().await?;
    auth::renew(proven).await?;
    if let (Some(before), Some(now)) = (before, session().await?) {
        flash::hand_over(&before, &now);
    }
    plain_form::redirect(plain_form::local(&next));
    Ok(())
}

impl Checked for Reauthenticate {
    fn check(&self) -> Result<(), Invalid> {
        match self.current.is_empty() {
            true => Err(Invalid::field("current", Problem::Required)),
            false => Ok(()),
        }
    }
}

/// Logs the user out in one browser.
#[server(prefix = "/rpc", endpoint = "account/end-login", protocol = Rpc)]
pub async fn end_login(#[server(default)] id: String) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::access::web_sessions::end_own(&engine()?, &actor, &id).await?;
    plain_form::redirect("/account");
    Ok(())
}

/// The id of the caller's web session.
#[cfg(feature = "ssr")]
async fn session() -> super::error::ApiResult<Option<String>> {
    Ok(web_session().await?.id().map(|id| id.to_string()))
}
