//! The log-in of an extension: the person who answers there.

use crate::{
    Engine, Result,
    access::users::login_is_free,
    audit::{self, Subject},
    entity::{extension, user},
    events::Changes,
    sessions,
};
use domain::{
    access::{Actor, Role},
    form::Problem,
    ids::{ExtensionId, UserId},
    refusal::Refusal,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QuerySelect,
};
use std::collections::HashSet;
use uuid::Uuid;

/// Creates, changes or removes the log-in of an extension, whose row is locked. Removing disables the person and frees
/// the extension and its open sessions: no customer waits for somebody who is gone.
pub(crate) async fn save_login(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    extension: &extension::Model,
    login: Option<(&domain::directory::LoginAs, Option<String>)>,
) -> Result<Changes> {
    let current = user::Entity::find()
        .filter(user::Column::ExtensionId.eq(extension.id))
        .one(tx)
        .await?;
    let now = e.clock().now().millis();
    let mut changes = Changes::default();
    match (current, login) {
        (None, None) => {}
        (Some(current), None) => {
            keep_an_admin(tx, &current).await?;
            changes = sessions::release(e, tx, actor, ExtensionId::new(extension.id)).await?;
            let id = current.id;
            crate::access::web_sessions::delete_all(tx, UserId::new(id)).await?;
            let mut change = current.into_active_model();
            change.extension_id = Set(None);
            change.disabled_at = Set(Some(now));
            user::Entity::update(change).exec(tx).await?;
            audit::note(e, tx, actor, "person.disable", Subject::User(id), None).await?;
        }
        (None, Some((login, hash))) => {
            login_is_free(tx, &login.login, None).await?;
            let hash = hash.ok_or(Refusal::field("password", Problem::Required))?;
            let row = user::Model {
                id: e.clock().new_id(),
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
            audit::note(e, tx, actor, "person.add", Subject::User(id), Some(detail)).await?;
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
            audit::note(e, tx, actor, "person.change", Subject::User(id), Some(detail)).await?;
        }
    }
    Ok(changes)
}

/// Refuses to take the last administrator away.
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

/// The extensions as which somebody can log in.
pub(crate) async fn attended(db: &impl ConnectionTrait) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = user::Entity::find()
        .select_only()
        .column(user::Column::ExtensionId)
        .filter(user::Column::ExtensionId.is_not_null())
        .filter(user::Column::DisabledAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().collect())
}
