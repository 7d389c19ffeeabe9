//! Everybody who can log in.

use crate::{
    Engine, Result,
    access::{login_names, web_sessions},
    audit::{Subject, request},
    entity::{extension, passkey, second_factor, sign_on_link, stored, user, web_session},
    transaction::Transaction,
};
use domain::{
    access::{Actor, Me, NewUser, Permission, Role, UserForm, UserRow},
    form::Problem,
    ids::UserId,
    language::Language,
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Everybody, by name.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<UserRow>> {
    actor.require(Permission::UserRead)?;
    let users = user::Entity::find()
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Login)
        .all(engine.db.read())
        .await?;
    rows(engine, users).await
}

pub async fn get(engine: &Engine, actor: &Actor, id: UserId) -> Result<UserRow> {
    actor.require(Permission::UserRead)?;
    let found = user::Entity::find_by_id(id.uuid()).one(engine.db.read()).await?;
    let mut rows = rows(engine, vec![found.ok_or(Refusal::NotFound)?]).await?;
    Ok(rows.pop().ok_or(Refusal::NotFound)?)
}

/// Each table is read with one statement, however many users there are.
async fn rows(engine: &Engine, users: Vec<user::Model>) -> Result<Vec<UserRow>> {
    let db = engine.db.read();
    let extensions = extension::Entity::find()
        .filter(extension::Column::Id.is_in(users.iter().filter_map(|user| user.extension_id)))
        .all(db)
        .await?;
    let extensions: HashMap<Uuid, extension::Model> = extensions
        .into_iter()
        .map(|extension| (extension.id, extension))
        .collect();
    let logins: Vec<(Option<Uuid>, i64, Option<i64>)> = web_session::Entity::find()
        .select_only()
        .column(web_session::Column::PersonId)
        .column_as(web_session::Column::IdHash.count(), "logins")
        .column_as(web_session::Column::SeenAt.max(), "seen")
        .filter(web_session::Column::PersonId.is_in(users.iter().map(|user| user.id)))
        .filter(web_session::Column::ExpiresAt.gt(engine.clock().now().millis()))
        .group_by(web_session::Column::PersonId)
        .into_tuple()
        .all(db)
        .await?;
    let ids: Vec<Uuid> = users.iter().map(|user| user.id).collect();
    let with_codes = second_factor::Entity::find().filter(second_factor::Column::OnSince.is_not_null());
    let mut factors = owners(db, with_codes, second_factor::Column::PersonId, &ids).await?;
    let passkeys = passkey::Entity::find();
    factors.extend(owners(db, passkeys, passkey::Column::PersonId, &ids).await?);
    let links = sign_on_link::Entity::find();
    let linked = owners(db, links, sign_on_link::Column::PersonId, &ids).await?;
    let logins: HashMap<Option<Uuid>, (i64, Option<i64>)> = logins
        .into_iter()
        .map(|(user, count, seen)| (user, (count, seen)))
        .collect();
    let rows = users.into_iter().map(|user| {
        let (count, seen) = logins.get(&Some(user.id)).copied().unwrap_or_default();
        let extension = user.extension_id.and_then(|id| extensions.get(&id).cloned());
        Ok(UserRow {
            id: UserId::new(user.id),
            login: user.login,
            name: user.name,
            role: stored(&user.role)?,
            extension: extension.map(Into::into),
            disabled: user.disabled_at.is_some(),
            logins: u32::try_from(count).unwrap_or(u32::MAX),
            seen_at: seen.map(Timestamp::from_millis),
            second_factor: factors.contains(&user.id),
            single_sign_on: linked.contains(&user.id),
        })
    });
    rows.collect()
}

/// Which of these users such rows belong to.
async fn owners<E: EntityTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    owner: E::Column,
    users: &[Uuid],
) -> Result<HashSet<Uuid>> {
    let of_them = rows.filter(owner.is_in(users.iter().copied()));
    let owners: Vec<Uuid> = of_them.select_only().column(owner).into_tuple().all(db).await?;
    Ok(owners.into_iter().collect())
}

/// Adds a user without an extension.
pub async fn add(engine: &Engine, actor: &Actor, form: &UserForm) -> Result<UserId> {
    actor.require(Permission::UserChange)?;
    let new = form.check()?;
    let hash = hash_of(engine, &new).await?;
    let tx = engine.transaction_alone(actor).await?;
    login_names::is_free(&tx, &new.login, None).await?;
    let id = insert(&tx, &new, hash).await?;
    tx.commit().await?;
    Ok(id)
}

pub(super) async fn hash_of(engine: &Engine, new: &NewUser) -> Result<String> {
    let about = vec![new.login.clone(), new.name.clone()];
    engine
        .passwords
        .hash("password", new.password.clone().unwrap_or_default(), about)
        .await
}

/// Gives every user the same password, however easily it is guessed: for a demo, where everybody is told it.
pub async fn set_public_password(engine: &Engine, password: &str) -> Result<()> {
    let hash = engine.passwords.hash_unjudged(password.to_owned()).await?;
    let tx = engine.transaction_alone(&Actor::System).await?;
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .exec(&tx)
        .await?;
    tx.commit().await
}

pub(super) async fn insert(tx: &Transaction, new: &NewUser, hash: String) -> Result<UserId> {
    let row = user::Model {
        id: tx.engine().clock().new_id(),
        login: new.login.clone(),
        name: new.name.clone(),
        role: new.role.to_string(),
        password_hash: hash,
        language: None,
        extension_id: None,
        disabled_at: None,
        created_at: tx.engine().clock().now().millis(),
    };
    let id = row.id;
    user::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let detail = format!("{} ({})", new.login, new.role);
    tx.audit("person.add", Subject::User(id), Some(detail));
    Ok(UserId::new(id))
}

/// Changes a user without an extension: whoever has one is changed together with it.
pub async fn change(engine: &Engine, actor: &Actor, id: UserId, form: &UserForm) -> Result<()> {
    actor.require(Permission::UserChange)?;
    let new = form.check_change()?;
    if new.password.is_some() {
        is_not_own(actor, id)?;
    }
    let hash = match &new.password {
        Some(_) => Some(hash_of(engine, &new).await?),
        None => None,
    };
    let tx = engine.transaction_alone(actor).await?;
    let current = without_extension(&tx, id).await?;
    // Who has a name keeps it.
    if new.login != current.login {
        login_names::is_free(&tx, &new.login, None).await?;
    }
    if new.role != Role::Admin {
        keep_an_admin(&tx, &current).await?;
    }
    let mut change = current.into_active_model();
    change.login = Set(new.login.clone());
    change.name = Set(new.name.clone());
    change.role = Set(new.role.to_string());
    let mut detail = format!("{} ({})", new.login, new.role);
    let new_password = hash.is_some();
    if let Some(hash) = hash {
        change.password_hash = Set(hash);
        detail.push_str(", new password");
    }
    user::Entity::update(change).exec(&tx).await?;
    if new_password {
        web_sessions::delete_all(&tx, id).await?;
    }
    tx.audit("person.change", Subject::User(id.uuid()), Some(detail));
    tx.commit().await
}

/// Disables a user without an extension, or enables them again. Who is disabled is logged out and cannot log in.
pub async fn set_disabled(engine: &Engine, actor: &Actor, id: UserId, disabled: bool) -> Result<()> {
    actor.require(Permission::UserChange)?;
    let tx = engine.transaction_alone(actor).await?;
    let current = without_extension(&tx, id).await?;
    if disabled {
        keep_an_admin(&tx, &current).await?;
    }
    let mut change = current.into_active_model();
    change.disabled_at = Set(disabled.then(|| engine.clock().now().millis()));
    user::Entity::update(change).exec(&tx).await?;
    if disabled {
        web_sessions::delete_all(&tx, id).await?;
    }
    let action = if disabled {
        "person.disable"
    } else {
        "person.enable"
    };
    tx.audit(action, Subject::User(id.uuid()), None);
    tx.commit().await
}

/// Gives a user a new password, and logs them out everywhere.
pub async fn set_password(engine: &Engine, actor: &Actor, id: UserId, password: &str) -> Result<()> {
    let user = get(engine, actor, id).await?;
    actor.require(Permission::UserChange)?;
    is_not_own(actor, id)?;
    let checked =
        domain::access::password(password).map_err(|problem| Refusal::field("password", problem))?;
    let about = vec![user.login, user.name];
    let hash = engine.passwords.hash("password", checked, about).await?;
    let tx = engine.transaction(actor).await?;
    replace_password(&tx, id, hash).await?;
    tx.audit("person.set_password", Subject::User(id.uuid()), None);
    tx.commit().await
}

/// Stores a new password, and logs its user out everywhere.
pub(super) async fn replace_password(tx: &DatabaseTransaction, id: UserId, hash: String) -> Result<()> {
    store_password(tx, id, hash).await?;
    web_sessions::delete_all(tx, id).await?;
    Ok(())
}

/// The user stays logged in.
pub(super) async fn store_password(tx: &DatabaseTransaction, id: UserId, hash: String) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .filter(user::Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Logs a user out everywhere.
pub async fn end_logins(engine: &Engine, actor: &Actor, id: UserId) -> Result<()> {
    actor.require(Permission::UserChange)?;
    let tx = engine.transaction(actor).await?;
    if web_sessions::delete_all(&tx, id).await? > 0 {
        tx.audit("person.end_logins", Subject::User(id.uuid()), None);
    }
    tx.commit().await
}

/// Whoever changes their own password proves that they know the current one (`log_in::change_password`).
pub(crate) fn is_not_own(actor: &Actor, id: UserId) -> Result<()> {
    match actor.is(id) {
        true => Err(Refusal::field("password", Problem::OwnPassword).into()),
        false => Ok(()),
    }
}

async fn without_extension(tx: &DatabaseTransaction, id: UserId) -> Result<user::Model> {
    let found = user::Entity::find_by_id(id.uuid()).one(tx).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    match found.extension_id {
        None => Ok(found),
        Some(_) => Err(Refusal::HasExtension.into()),
    }
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

/// The user's current data; `None` when the user is gone or disabled.
pub async fn me(engine: &Engine, id: UserId) -> Result<Option<Me>> {
    let Some(found) = user::Entity::find_by_id(id.uuid()).one(engine.db.read()).await? else {
        return Ok(None);
    };
    if found.disabled_at.is_some() {
        return Ok(None);
    }
    let extension = match found.extension_id {
        None => None,
        Some(id) => extension::Entity::find_by_id(id)
            .one(engine.db.read())
            .await?
            .filter(|x| x.disabled_at.is_none()),
    };
    let me = me_of(found, extension)?;
    request::made_by(&Actor::User(me.clone()));
    Ok(Some(me))
}

/// `extension`: theirs, if it is not disabled.
pub(crate) fn me_of(user: user::Model, extension: Option<extension::Model>) -> Result<Me> {
    Ok(Me {
        id: UserId::new(user.id),
        login: user.login,
        name: user.name,
        role: stored(&user.role)?,
        language: user.language.and_then(|language| language.parse().ok()),
        extension: extension.map(Into::into),
    })
}

pub async fn set_language(engine: &Engine, actor: &Actor, language: Language) -> Result<()> {
    let Actor::User(me) = actor else {
        return Err(Refusal::Forbidden.into());
    };
    let tx = engine.transaction(actor).await?;
    user::Entity::update_many()
        .col_expr(user::Column::Language, Expr::value(language.as_str()))
        .filter(user::Column::Id.eq(me.id.uuid()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
