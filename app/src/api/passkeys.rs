//! Passkeys: added and removed in one's own account, and asked for at the log-in. The browser answers a challenge, so all but
//! removing needs a script.

#[cfg(feature = "ssr")]
use super::{
    auth,
    error::ApiResult,
    guard::{self, engine, me, reauthenticated, web_session},
    plain_form,
    visitor::PASSKEY,
};
use super::{checked::Checked, error::ApiError, rpc::Rpc};
use domain::{access::passkey_name, form::Invalid, ids::PasskeyId};
#[cfg(feature = "ssr")]
use engine::access::second_factor::{
    self,
    passkeys::{self, Challenge, Kept},
};
use leptos::prelude::*;

/// A challenge for a new passkey of this name, as JSON for the browser.
#[server(prefix = "/rpc", endpoint = "account/begin-passkey", protocol = Rpc)]
pub async fn begin_passkey(#[server(default)] name: String) -> Result<String, ApiError> {
    let me = me().await?;
    reauthenticated().await?;
    asked(passkeys::begin_adding(&engine()?, &me, &name).await?).await
}

impl Checked for BeginPasskey {
    fn check(&self) -> Result<(), Invalid> {
        match passkey_name(&self.name) {
            Ok(_) => Ok(()),
            Err(problem) => Err(Invalid::field("name", problem)),
        }
    }
}

/// Adds the passkey that answers the challenge.
#[server(prefix = "/rpc", endpoint = "account/add-passkey", protocol = Rpc)]
pub async fn add_passkey(#[server(default)] answer: String) -> Result<(), ApiError> {
    let me = me().await?;
    reauthenticated().await?;
    Ok(passkeys::add(&engine()?, &me, used_up().await?, &answer).await?)
}

/// Removes a passkey. Whoever has to have a second factor and has none left is logged out.
#[server(prefix = "/rpc", endpoint = "account/remove-passkey", protocol = Rpc)]
pub async fn remove_passkey(id: PasskeyId) -> Result<(), ApiError> {
    let me = me().await?;
    reauthenticated().await?;
    match second_factor::remove_passkey(&engine()?, &me, id).await? {
        true => leptos_axum::redirect("/login"),
        false => plain_form::redirect("/account/second-factor"),
    }
    Ok(())
}

/// A challenge for the passkeys of whoever logs in, as JSON for the browser.
#[server(prefix = "/rpc", endpoint = "auth/begin-passkey", protocol = Rpc)]
pub async fn begin_passkey_log_in() -> Result<String, ApiError> {
    let Some(proven) = guard::visitor().await?.waiting().await? else {
        return Err(ApiError::SignIn.sent());
    };
    asked(passkeys::begin_log_in(&engine()?, &proven.me).await?).await
}

/// The second step of a log-in by a passkey: logs in and redirects to `next`.
#[server(prefix = "/rpc", endpoint = "auth/give-passkey", protocol = Rpc)]
pub async fn give_passkey(
    #[server(default)] answer: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    let Some(proven) = guard::visitor().await?.waiting().await? else {
        return Err(ApiError::SignIn.sent());
    };
    let (kept, caller) = (used_up().await?, guard::caller(None));
    passkeys::check(&engine()?, &proven.me, kept.as_ref(), &answer, caller).await?;
    auth::let_in(proven).await?;
    leptos_axum::redirect(plain_form::local(&next));
    Ok(())
}

/// Keeps what the answer is checked by.
#[cfg(feature = "ssr")]
async fn asked(challenge: Challenge) -> ApiResult<String> {
    web_session().await?.insert(PASSKEY, challenge.kept).await?;
    Ok(challenge.options)
}

/// What was kept of the challenge; it is not kept any more.
#[cfg(feature = "ssr")]
async fn used_up() -> ApiResult<Option<Kept>> {
    Ok(web_session().await?.remove(PASSKEY).await?)
}
