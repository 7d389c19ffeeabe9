//! Everybody who can log in, for administrators, and the link by which somebody gives themselves a new password.

#[cfg(feature = "ssr")]
use super::{
    auth, flash,
    guard::{actor, engine, entitled},
    plain_form,
};
use super::{checked::Checked, error::ApiError, flash::Unsaved, rpc::Rpc};
#[cfg(feature = "ssr")]
use domain::access::Permission;
use domain::{
    access::{UserForm, UserRow, password},
    form::{Invalid, Problems},
    ids::UserId,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Everybody.
#[server(prefix = "/rpc", endpoint = "users/list", protocol = Rpc)]
pub async fn users() -> Result<Vec<UserRow>, ApiError> {
    let actor = actor().await?;
    Ok(engine::access::users::list(&engine()?, &actor).await?)
}

/// What a user's editor shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage {
    /// `None`: a new one.
    pub user: Option<UserRow>,
    /// It is whoever asks.
    pub own: bool,
    pub unsaved: Option<Unsaved<UserForm>>,
}

/// A user's editor; without an id, for a new user.
#[server(name = ReadUser, prefix = "/rpc", endpoint = "users/get", protocol = Rpc)]
pub async fn user(#[server(default)] id: Option<UserId>) -> Result<UserPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    Ok(UserPage {
        user: match id {
            Some(id) => Some(engine::access::users::get(&engine, &actor, id).await?),
            None => None,
        },
        own: id.is_some_and(|id| actor.is(id)),
        unsaved: flash::kept(&place_of(id)).await?,
    })
}

/// Saves a user without an extension; without an id, creates one.
#[server(prefix = "/rpc", endpoint = "users/save", protocol = Rpc)]
pub async fn save_user(
    #[server(default)] id: Option<UserId>,
    #[server(default)] form: UserForm,
) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let typed = flash::recall(&place_of(id), 0, form).await?;
    typed.or_keep(entitled(&actor, Permission::UserChange).await)?;
    let saved = match id {
        Some(id) => engine::access::users::change(&engine, &actor, id, &typed.form).await,
        None => engine::access::users::add(&engine, &actor, &typed.form)
            .await
            .map(drop),
    };
    typed.settle(saved)?;
    plain_form::redirect("/users");
    Ok(())
}

impl Checked for SaveUser {
    fn check(&self) -> Result<(), Invalid> {
        let checked = match self.id {
            Some(_) => self.form.check_change(),
            None => self.form.check(),
        };
        checked.map(drop)
    }
}

/// Disables a user without an extension, or enables them again.
#[server(prefix = "/rpc", endpoint = "users/set-disabled", protocol = Rpc)]
pub async fn set_user_disabled(id: UserId, disabled: bool) -> Result<(), ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::UserChange).await?;
    engine::access::users::set_disabled(&engine()?, &actor, id, disabled).await?;
    plain_form::redirect(&format!("/users/{id}"));
    Ok(())
}

/// Logs a user out everywhere.
#[server(prefix = "/rpc", endpoint = "users/end-logins", protocol = Rpc)]
pub async fn end_user_logins(id: UserId) -> Result<(), ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::UserChange).await?;
    engine::access::users::end_logins(&engine()?, &actor, id).await?;
    plain_form::redirect(&format!("/users/{id}"));
    Ok(())
}

/// Ends that a user of the provider of single sign-on is this one, and logs them out.
#[server(prefix = "/rpc", endpoint = "users/unlink-single-sign-on", protocol = Rpc)]
pub async fn unlink_single_sign_on(id: UserId) -> Result<(), ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::UserChange).await?;
    engine::access::single_sign_on::unlink(&engine()?, &actor, id).await?;
    plain_form::redirect(&format!("/users/{id}"));
    Ok(())
}

/// A link by which a user gives themselves a new password. It is not shown again.
#[server(prefix = "/rpc", endpoint = "users/password-link", protocol = Rpc)]
pub async fn create_password_link(id: UserId) -> Result<String, ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::UserChange).await?;
    let link = engine::access::password_links::create(&engine()?, &actor, id).await?;
    Ok(link.to_string())
}

/// The log-in name of the user whose link this is; `None`: it does not work, or not any more.
#[server(prefix = "/rpc", endpoint = "auth/password-link", protocol = Rpc)]
pub async fn password_link(token: String) -> Result<Option<String>, ApiError> {
    let user = engine::access::password_links::user_of(&engine()?, &token).await?;
    Ok(user.map(|me| me.login))
}

/// Sets a new password by a link, logs its user in and redirects to the inbox.
#[server(prefix = "/rpc", endpoint = "auth/use-password-link", protocol = Rpc)]
pub async fn use_password_link(token: String, password: String) -> Result<(), ApiError> {
    let proven = engine::access::password_links::redeem(&engine()?, &token, &password).await?;
    auth::admit(proven, "/inbox").await
}

impl Checked for UsePasswordLink {
    fn check(&self) -> Result<(), Invalid> {
        let mut problems = Problems::default();
        problems.take("password", password(&self.password));
        problems.unless_any(())
    }
}

#[cfg(feature = "ssr")]
fn place_of(id: Option<UserId>) -> String {
    id.map_or_else(|| "new user".to_owned(), |id| format!("user {id}"))
}
