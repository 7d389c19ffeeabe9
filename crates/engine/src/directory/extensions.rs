//! Extensions of the PBX, each with the log-in of the user who answers there.

use crate::{
    Engine, Result,
    access::{login_names, users::keep_an_admin, web_sessions},
    audit::Subject,
    database::cursor,
    directory::logins,
    entity::{extension, session, user},
    events::Audience,
    presence::presences,
    saved::Expected,
    sessions::{self, access},
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    directory::{Extension, ExtensionForm, ExtensionRow},
    event::Change,
    form::Problem,
    ids::{ExtensionId, UserId},
    page::{Page, PageRequest},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::HashMap;
use uuid::Uuid;

/// All of them, by number.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<ExtensionRow>> {
    actor.require(Permission::DirectoryRead)?;
    let extensions = extension::Entity::find()
        .order_by_asc(extension::Column::Number)
        .all(engine.db.read())
        .await?;
    rows(engine, engine.db.read(), extensions).await
}

/// One page of them, by number.
pub async fn page(engine: &Engine, actor: &Actor, page: &PageRequest) -> Result<Page<ExtensionRow>> {
    actor.require(Permission::DirectoryRead)?;
    let all = extension::Entity::find();
    let place = |row: &extension::Model| row.number.clone();
    let found = cursor::page_of(engine.db.read(), all, extension::Column::Number, page, place).await?;
    Ok(Page {
        items: rows(engine, engine.db.read(), found.items).await?,
        next_cursor: found.next_cursor,
    })
}

pub async fn get(engine: &Engine, actor: &Actor, id: ExtensionId) -> Result<ExtensionRow> {
    actor.require(Permission::DirectoryRead)?;
    let found = extension::Entity::find_by_id(id.uuid())
        .one(engine.db.read())
        .await?
        .ok_or(Refusal::NotFound)?;
    row(engine, engine.db.read(), found).await
}

/// The extension with this number, for a script that picks up for it.
pub async fn of_number(engine: &Engine, actor: &Actor, number: &str) -> Result<Option<ExtensionId>> {
    actor.require(Permission::SessionPickUp)?;
    let found = extension::Entity::find()
        .filter(extension::Column::Number.eq(number))
        .one(engine.db.read())
        .await?;
    Ok(found.map(|row| ExtensionId::new(row.id)))
}

async fn row(engine: &Engine, db: &impl ConnectionTrait, found: extension::Model) -> Result<ExtensionRow> {
    let mut rows = rows(engine, db, vec![found]).await?;
    Ok(rows.pop().ok_or(Refusal::NotFound)?)
}

/// Each table is read with one statement, however many extensions there are.
async fn rows(
    engine: &Engine,
    db: &impl ConnectionTrait,
    extensions: Vec<extension::Model>,
) -> Result<Vec<ExtensionRow>> {
    let ids: Vec<Uuid> = extensions.iter().map(|extension| extension.id).collect();
    let users = user::Entity::find()
        .filter(user::Column::ExtensionId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let mut logins: HashMap<Option<Uuid>, user::Model> =
        users.into_iter().map(|user| (user.extension_id, user)).collect();
    let open: Vec<(Uuid, i64)> = open_sessions(ids).into_tuple().all(db).await?;
    let open: HashMap<Uuid, i64> = open.into_iter().collect();
    let presences = presences(db, engine.clock().now()).await?;
    let rows = extensions.into_iter().map(|extension| {
        let login = logins.remove(&Some(extension.id));
        let open = open.get(&extension.id).copied().unwrap_or(0);
        ExtensionRow {
            id: ExtensionId::new(extension.id),
            number: extension.number,
            name: extension.name,
            role: login.as_ref().and_then(|user| user.role.parse().ok()),
            login: login.map(|user| user.login),
            disabled: extension.disabled_at.is_some(),
            open_sessions: u32::try_from(open).unwrap_or(u32::MAX),
            capacity: extension.capacity.and_then(|most| u32::try_from(most).ok()),
            presence: presences.get(&extension.id).copied().unwrap_or_default(),
            created_at: Timestamp::from_millis(extension.created_at),
        }
    });
    Ok(rows.collect())
}

/// How many open sessions each of these has.
pub(crate) fn open_sessions(ids: Vec<Uuid>) -> Select<session::Entity> {
    session::Entity::find()
        .select_only()
        .column(session::Column::ExtensionId)
        .column_as(session::Column::Id.count(), "open")
        .filter(session::Column::ExtensionId.is_in(ids))
        .filter(access::is_open())
        .group_by(session::Column::ExtensionId)
}

pub async fn create(engine: &Engine, actor: &Actor, form: &ExtensionForm) -> Result<ExtensionId> {
    actor.require(Permission::DirectoryChange)?;
    let form = form.check()?;
    let hash = hash_of(engine, &form).await?;
    let tx = engine.transaction_alone(actor).await?;
    number_is_free(&tx, &form.number, None).await?;
    if let Some(login) = &form.login {
        logins::may_give(&tx, None, Some(login.role))?;
        login_names::is_free(&tx, &login.login, None).await?;
    }
    let id = write_new(&tx, &form, hash).await?;
    tx.commit().await?;
    Ok(id)
}

/// Writes a new extension with its log-in. Nobody has its number and its name.
pub(super) async fn write_new(
    tx: &Transaction,
    form: &Extension,
    hash: Option<String>,
) -> Result<ExtensionId> {
    let clock = tx.engine().clock();
    let new = extension::Model {
        id: clock.new_id(),
        number: form.number.clone(),
        name: form.name.clone(),
        disabled_at: None,
        created_at: clock.now().millis(),
        capacity: form.capacity.map(i64::from),
    };
    extension::Entity::insert(new.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    if let Some(login) = &form.login {
        logins::add(tx, &new, login, hash).await?;
    }
    let detail = format!("{} {}", form.number, form.name);
    tx.audit("extension.create", Subject::Extension(new.id), Some(detail));
    tx.changed(Change::Directory, Audience::Everybody);
    Ok(ExtensionId::new(new.id))
}

/// # Errors
/// What is wrong with the form; [`Refusal::ChangedMeanwhile`] if the extension is not as `expected`.
pub async fn change(
    engine: &Engine,
    actor: &Actor,
    id: ExtensionId,
    expected: &Expected,
    form: &ExtensionForm,
) -> Result<()> {
    actor.require(Permission::DirectoryChange)?;
    let form = form.check()?;
    let hash = hash_of(engine, &form).await?;
    let tx = engine.transaction_alone(actor).await?;
    let current = extension::Entity::find_by_id(id.uuid())
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    expected.allow(&row(engine, &tx, current.clone()).await?)?;
    number_is_free(&tx, &form.number, Some(id)).await?;
    let mut change = current.into_active_model();
    change.number = Set(form.number.clone());
    change.name = Set(form.name.clone());
    change.capacity = Set(form.capacity.map(i64::from));
    let changed = extension::Entity::update(change).exec(&tx).await?;
    let login = form.login.as_ref().map(|login| (login, hash));
    logins::save_login(&tx, &changed, login).await?;
    let detail = format!("{} {}", form.number, form.name);
    tx.audit("extension.change", Subject::Extension(id.uuid()), Some(detail));
    tx.changed(Change::Directory, Audience::Everybody);
    tx.commit().await
}

/// A disabled extension gets no new sessions and its user cannot log in; its history stays. Its open sessions go back
/// to their queues, and those without a queue wait where supervisors see them: no customer waits for somebody who is
/// gone.
pub async fn set_disabled(engine: &Engine, actor: &Actor, id: ExtensionId, disabled: bool) -> Result<()> {
    actor.require(Permission::DirectoryChange)?;
    let tx = engine.transaction_alone(actor).await?;
    let current = extension::Entity::find_by_id(id.uuid())
        .lock_exclusive()
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    if disabled {
        sessions::release(&tx, id).await?;
    }
    let disabled_at = disabled.then(|| engine.clock().now().millis());
    if let Some(user) = user::Entity::find()
        .filter(user::Column::ExtensionId.eq(current.id))
        .one(&tx)
        .await?
    {
        logins::may_give(&tx, Some(&user), None)?;
        if disabled {
            keep_an_admin(&tx, &user).await?;
        }
        let id = UserId::new(user.id);
        let mut change = user.into_active_model();
        change.disabled_at = Set(disabled_at);
        user::Entity::update(change).exec(&tx).await?;
        if disabled {
            web_sessions::delete_all(&tx, id).await?;
        }
    }
    let mut change = current.into_active_model();
    change.disabled_at = Set(disabled_at);
    extension::Entity::update(change).exec(&tx).await?;
    let action = if disabled {
        "extension.disable"
    } else {
        "extension.enable"
    };
    tx.audit(action, Subject::Extension(id.uuid()), None);
    tx.changed(Change::Directory, Audience::Everybody);
    tx.commit().await
}

async fn hash_of(engine: &Engine, form: &Extension) -> Result<Option<String>> {
    let Some(login) = &form.login else { return Ok(None) };
    let Some(password) = login.password.clone() else {
        return Ok(None);
    };
    let about = vec![login.login.clone(), form.name.clone()];
    engine.passwords.hash("password", password, about).await.map(Some)
}

async fn number_is_free(tx: &DatabaseTransaction, number: &str, except: Option<ExtensionId>) -> Result<()> {
    let other = extension::Entity::find()
        .filter(extension::Column::Number.eq(number))
        .one(tx)
        .await?;
    match other {
        Some(other) if Some(other.id) != except.map(ExtensionId::uuid) => {
            Err(Refusal::field("number", Problem::Taken).into())
        }
        _ => Ok(()),
    }
}
