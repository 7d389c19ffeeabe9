//! The log-in of an extension: the user who answers there.

use crate::{
    Result,
    access::{
        login_names,
        users::{is_not_own, keep_an_admin},
        web_sessions,
    },
    audit::Subject,
    entity::{extension, stored, user},
    sessions,
    transaction::Transaction,
};
use domain::{
    access::{Actor, Role},
    directory::LoginAs,
    form::Problem,
    ids::{ExtensionId, UserId},
    refusal::Refusal,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// Creates, changes or removes the log-in of an extension, whose row is locked. Removing disables the user and frees
/// the extension and its open sessions: no customer waits for somebody who is gone.
pub(crate) async fn save_login(
    tx: &Transaction,
    extension: &extension::Model,
    login: Option<(&LoginAs, Option<String>)>,
) -> Result<()> {
    let current = user::Entity::find()
        .filter(user::Column::ExtensionId.eq(extension.id))
        .one(tx)
        .await?;
    may_give(tx, current.as_ref(), login.as_ref().map(|(login, _)| login.role))?;
    let now = tx.engine().clock().now().millis();
    match (current, login) {
        (None, None) => {}
        (Some(current), None) => {
            keep_an_admin(tx, &current).await?;
            sessions::release(tx, ExtensionId::new(extension.id)).await?;
            let id = current.id;
            let mut change = current.into_active_model();
            change.extension_id = Set(None);
            change.disabled_at = Set(Some(now));
            user::Entity::update(change).exec(tx).await?;
            web_sessions::delete_all(tx, UserId::new(id)).await?;
            tx.audit("person.disable", Subject::User(id), None);
        }
        (None, Some((login, hash))) => {
            login_names::is_free(tx, &login.login, None).await?;
            add(tx, extension, login, hash).await?;
        }
        (Some(current), Some((login, hash))) => {
            // Who has a name keeps it.
            if login.login != current.login {
                login_names::is_free(tx, &login.login, Some(ExtensionId::new(extension.id))).await?;
            }
            if login.role != Role::Admin {
                keep_an_admin(tx, &current).await?;
            }
            let id = current.id;
            if hash.is_some() {
                is_not_own(tx.actor(), UserId::new(id))?;
            }
            let mut change = current.into_active_model();
            change.login = Set(login.login.clone());
            change.name = Set(extension.name.clone());
            change.role = Set(login.role.to_string());
            let new_password = hash.is_some();
            if let Some(hash) = hash {
                change.password_hash = Set(hash);
            }
            user::Entity::update(change).exec(tx).await?;
            if new_password {
                web_sessions::delete_all(tx, UserId::new(id)).await?;
            }
            let detail = format!(
                "{} ({}){}",
                login.login,
                login.role,
                if new_password { ", new password" } else { "" }
            );
            tx.audit("person.change", Subject::User(id), Some(detail));
        }
    }
    Ok(())
}

/// Creates the log-in of an extension that has none. Nobody has its name.
pub(super) async fn add(
    tx: &Transaction,
    extension: &extension::Model,
    login: &LoginAs,
    hash: Option<String>,
) -> Result<()> {
    let hash = hash.ok_or(Refusal::field("password", Problem::Required))?;
    let row = user::Model {
        id: tx.engine().clock().new_id(),
        login: login.login.clone(),
        name: extension.name.clone(),
        role: login.role.to_string(),
        password_hash: hash,
        language: None,
        extension_id: Some(extension.id),
        disabled_at: extension.disabled_at,
        created_at: tx.engine().clock().now().millis(),
    };
    let detail = format!("{} ({})", row.login, row.role);
    let id = row.id;
    user::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    tx.audit("person.add", Subject::User(id), Some(detail));
    Ok(())
}

/// A token whose owner is no administrator must not become one, nor bring one back or keep one out.
pub(super) fn may_give(tx: &Transaction, current: Option<&user::Model>, role: Option<Role>) -> Result<()> {
    let Actor::Token { .. } = tx.actor() else {
        return Ok(());
    };
    let highest = tx.engine().tokens_give;
    if role.is_some_and(|role| role.is_above(highest)) {
        return Err(Refusal::field("role", Problem::TooHigh).into());
    }
    let has = current.map(|user| stored::<Role>(&user.role)).transpose()?;
    match has.is_some_and(|role| role.is_above(highest)) {
        true => Err(Refusal::Forbidden.into()),
        false => Ok(()),
    }
}
