//! The second factor of a log-in: set up and turned off in one's own account, asked for at the log-in, and removed by
//! administrators.

#[cfg(feature = "ssr")]
use super::{
    auth,
    error::ApiResult,
    guard::{self, actor, engine, entitled, me, reauthenticated, web_session},
    plain_form, qr,
    visitor::SECOND_FACTOR,
};
use super::{checked::Checked, error::ApiError, qr::Qr, rpc::Rpc};
#[cfg(feature = "ssr")]
use domain::access::{Me, Permission};
use domain::{
    access::SecondFactorView,
    form::{Invalid, Problem},
    ids::UserId,
};
#[cfg(feature = "ssr")]
use engine::{
    Engine,
    access::second_factor::{
        self,
        codes::{self, CodeFor},
        passkeys,
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page of one's own second factor shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorPage {
    /// The user's role needs one.
    pub required: bool,
    pub factor: SecondFactorView,
    /// What an app reads, while it is set up.
    pub qr: Option<Qr>,
    /// Browsers have passkeys for the console's address.
    pub has_passkeys: bool,
    /// At the log-in: a passkey may answer, too.
    pub asks_passkey: bool,
}

#[server(name = ReadSecondFactor, prefix = "/rpc", endpoint = "account/second-factor", protocol = Rpc)]
pub async fn second_factor() -> Result<SecondFactorPage, ApiError> {
    page(&engine()?, &me().await?).await
}

/// Makes a new secret for an app.
#[server(prefix = "/rpc", endpoint = "account/begin-second-factor", protocol = Rpc)]
pub async fn begin_second_factor() -> Result<(), ApiError> {
    let me = me().await?;
    reauthenticated().await?;
    let begun = codes::begin(&engine()?, &me).await?;
    let session = web_session().await?;
    session.insert(SECOND_FACTOR, begun).await?;
    plain_form::redirect(PAGE);
    Ok(())
}

/// Turns it on by a first code of the app.
#[server(prefix = "/rpc", endpoint = "account/turn-on-second-factor", protocol = Rpc)]
pub async fn turn_on_second_factor(#[server(default)] code: String) -> Result<(), ApiError> {
    let (engine, me) = (engine()?, me().await?);
    reauthenticated().await?;
    let begun = begun().await?;
    let what_for = CodeFor::TurningOn(begun.as_deref());
    codes::check(&engine, &me, what_for, &code, guard::caller(None)).await?;
    plain_form::redirect(PAGE);
    Ok(())
}

impl Checked for TurnOnSecondFactor {
    fn check(&self) -> Result<(), Invalid> {
        typed(&self.code)
    }
}

/// Turns it off with a code. Whoever has to have one is logged out.
#[server(prefix = "/rpc", endpoint = "account/turn-off-second-factor", protocol = Rpc)]
pub async fn turn_off_second_factor(#[server(default)] code: String) -> Result<(), ApiError> {
    let (engine, me) = (engine()?, me().await?);
    match second_factor::turn_codes_off(&engine, &me, &code, guard::caller(None)).await? {
        true => leptos_axum::redirect("/login"),
        false => plain_form::redirect(PAGE),
    }
    Ok(())
}

impl Checked for TurnOffSecondFactor {
    fn check(&self) -> Result<(), Invalid> {
        typed(&self.code)
    }
}

/// For whom the log-in waits for a code; `None`: for nobody, or not any more.
#[server(name = ReadLoginCode, prefix = "/rpc", endpoint = "auth/code-page", protocol = Rpc)]
pub async fn login_code() -> Result<Option<SecondFactorPage>, ApiError> {
    let Some(proven) = guard::visitor().await?.waiting().await? else {
        return Ok(None);
    };
    let mut page = page(&engine()?, &proven.me).await?;
    // Whoever has only the password does not see what they are called.
    page.asks_passkey = !std::mem::take(&mut page.factor.passkeys).is_empty();
    // Another log-in may have begun the set-up anew: no code of this one is right.
    let has_any = page.factor.on_since.is_some() || page.factor.setup.is_some() || page.asks_passkey;
    Ok(has_any.then_some(page))
}

/// The second step of a log-in: logs in and redirects to `next`.
#[server(prefix = "/rpc", endpoint = "auth/give-code", protocol = Rpc)]
pub async fn give_code(
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    let Some(proven) = guard::visitor().await?.waiting().await? else {
        return Err(ApiError::SignIn.sent());
    };
    let (begun, caller) = (begun().await?, guard::caller(None));
    let what_for = CodeFor::LogIn(begun.as_deref());
    codes::check(&engine()?, &proven.me, what_for, &code, caller).await?;
    auth::let_in(proven).await?;
    leptos_axum::redirect(plain_form::local(&next));
    Ok(())
}

impl Checked for GiveCode {
    fn check(&self) -> Result<(), Invalid> {
        typed(&self.code)
    }
}

/// Removes another user's, and logs them out everywhere.
#[server(prefix = "/rpc", endpoint = "users/remove-second-factor", protocol = Rpc)]
pub async fn remove_second_factor(id: UserId) -> Result<(), ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::UserChange).await?;
    second_factor::remove(&engine()?, &actor, id).await?;
    plain_form::redirect(&format!("/users/{id}"));
    Ok(())
}

#[cfg(feature = "ssr")]
const PAGE: &str = "/account/second-factor";

/// What the caller's web session keeps of a factor that it has begun.
#[cfg(feature = "ssr")]
async fn begun() -> ApiResult<Option<String>> {
    let kept: Option<Option<String>> = web_session().await?.get(SECOND_FACTOR).await?;
    Ok(kept.flatten())
}

#[cfg(feature = "ssr")]
async fn page(engine: &Engine, me: &Me) -> ApiResult<SecondFactorPage> {
    let factor = second_factor::view(engine, me, begun().await?.as_deref()).await?;
    Ok(SecondFactorPage {
        required: second_factor::is_required(engine, me),
        qr: match &factor.setup {
            Some(setup) => Some(qr::qr(&setup.uri)?),
            None => None,
        },
        factor,
        has_passkeys: passkeys::work(engine),
        asks_passkey: false,
    })
}

fn typed(code: &str) -> Result<(), Invalid> {
    match code.trim().is_empty() {
        true => Err(Invalid::field("code", Problem::Required)),
        false => Ok(()),
    }
}
