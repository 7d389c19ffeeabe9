//! The log-in of an extension: the user who answers there.

use crate::{
    Result,
    access::users::login_is_free,
    audit::Subject,
    entity::{extension, user},
    sessions,
    transaction::Transaction,
};
use domain::{
    access::Role,
    form::Problem,
    ids::{ExtensionId, UserId},
    refusal::Refusal,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
};

/// Creates, changes or removes the log-in of an extension, whose row is locked. Removing disables the user and frees
/// the extension and its open sessions: no customer waits for somebody who is gone.
pub(crate) async fn save_login(
    tx: &Transaction,
    extension: &extension::Model,
    login: Option<(&domain::directory::LoginAs, Option<String>)>,
) -> Result<()> {
    let current = user::Entity::find()
        .filter(user::Column::ExtensionId.eq(extension.id))
        .one(tx)
        .await?;
    let now = tx.engine().clock().now().millis();
    match (current, login) {
        (None, None) => {}
        (Some(current), None) => {
            keep_an_admin(tx, &current).await?;
            sessions::release(tx, ExtensionId::new(extension.id)).await?;
            let id = current.id;
            crate::access::web_sessions::delete_all(tx, UserId::new(id)).await?;
            let mut change = current.into_active_model();
            change.extension_id = Set(None);
            change.disabled_at = Set(Some(now));
            user::Entity::update(change).exec(tx).await?;
            tx.audit("person.disable", Subject::User(id), None);
        }
        (None, Some((login, hash))) => {
            login_is_free(tx, &login.login, None).await?;
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
                created_at: now,
            };
            let detail = format!("{} ({})", row.login, row.role);
            let id = row.id;
            user::Entity::insert(row.into_active_model())
                .exec_without_returning(tx)
                .await?;
            tx.audit("person.add", Subject::User(id), Some(detail));
        }
        (Some(current), Some((login, hash))) => {
            login_is_free(tx, &login.login, Some(ExtensionId::new(extension.id))).await?;
            if login.role != Role::Admin {
                keep_an_admin(tx, &current).await?;
            }
            let id = current.id;
            let mut change = current.into_active_model();
            change.login = Set(login.login.clone());
            change.name = Set(extension.name.clone());
            change.role = Set(login.role.to_string());
            let new_password = hash.is_some();
            if let Some(hash) = hash {
                change.password_hash = Set(hash);
                crate::access::web_sessions::delete_all(tx, UserId::new(id)).await?;
            }
            user::Entity::update(change).exec(tx).await?;
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

/// Refuses to remove the last administrator.
pub(crate) async fn keep_an_admin(tx: &DatabaseTransaction, user: &user::Model) -> Result<()> {
    if user.role != Role::Admin.as_str() || user.disabled_at.is_some() {
        return Ok(());
    }
    let admins = user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin.as_str()))
        .filter(user::Column::DisabledAt.is_null())
        .count(tx)
        .await?;
    if admins > 1 {
        Ok(())
    } else {
        Err(Refusal::LastAdmin.into())
    }
}
