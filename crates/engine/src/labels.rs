//! Labels: who may define them, and putting them on sessions.

use crate::{
    Engine, Result,
    audit::Subject,
    database::cursor,
    entity::{label, session_label},
    events::{Audience, Deed, deeds::About},
    saved::Expected,
    sessions::{access::find, audience::session_changed},
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    event::Change,
    form::{Invalid, Problem},
    ids::{LabelId, SessionId},
    label::{LabelForm, MAX_LABELS, MAX_ON_SESSION},
    page::{Page, PageRequest},
    refs::LabelRef,
    refusal::Refusal,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

/// Sessions that lose a deleted label in one transaction.
const AT_ONCE: u64 = 5000;

/// All of them, by name.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<LabelRef>> {
    actor.require(Permission::LabelRead)?;
    let all = label::Entity::find().order_by_asc(label::Column::Name);
    let all = all.all(engine.db.read()).await?;
    Ok(all.into_iter().map(Into::into).collect())
}

/// One page of them, by name.
pub async fn page(engine: &Engine, actor: &Actor, page: &PageRequest) -> Result<Page<LabelRef>> {
    actor.require(Permission::LabelRead)?;
    let all = label::Entity::find();
    let place = |row: &label::Model| row.name.clone();
    let found = cursor::page_of(engine.db.read(), all, label::Column::Name, page, place).await?;
    Ok(found.map(Into::into))
}

pub async fn get(engine: &Engine, actor: &Actor, id: LabelId) -> Result<LabelRef> {
    actor.require(Permission::LabelRead)?;
    Ok(known(engine.db.read(), id).await?.into())
}

async fn known(db: &impl ConnectionTrait, id: LabelId) -> Result<label::Model> {
    let found = label::Entity::find_by_id(id.uuid()).one(db).await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

pub async fn create(engine: &Engine, actor: &Actor, form: &LabelForm) -> Result<LabelId> {
    actor.require(Permission::LabelChange)?;
    let name = form.check()?;
    let tx = engine.transaction_alone(actor).await?;
    name_is_free(&tx, &name, None).await?;
    if label::Entity::find().count(&tx).await? >= MAX_LABELS {
        return Err(Invalid::field("name", Problem::Enough).into());
    }
    let new = label::Model {
        id: engine.clock().new_id(),
        name: name.clone(),
        created_at: engine.clock().now().millis(),
    };
    let id = new.id;
    label::Entity::insert(new.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.audit("label.create", Subject::Label(id), Some(name));
    tx.changed(Change::Directory, Audience::Everybody);
    tx.commit().await?;
    Ok(LabelId::new(id))
}

/// Changes the name.
///
/// # Errors
/// What is wrong with the form; [`Refusal::ChangedMeanwhile`] if the label is not as `expected`.
pub async fn change(
    engine: &Engine,
    actor: &Actor,
    id: LabelId,
    expected: &Expected,
    form: &LabelForm,
) -> Result<()> {
    actor.require(Permission::LabelChange)?;
    let name = form.check()?;
    let tx = engine.transaction_alone(actor).await?;
    let current = known(&tx, id).await?;
    expected.allow(&LabelRef::from(current.clone()))?;
    let mut row = current.into_active_model();
    name_is_free(&tx, &name, Some(id)).await?;
    row.name = Set(name.clone());
    label::Entity::update(row).exec(&tx).await?;
    tx.audit("label.change", Subject::Label(id.uuid()), Some(name));
    tx.changed(Change::Directory, Audience::Everybody);
    // Every list shows the names.
    tx.changed(Change::Resync, Audience::Everybody);
    tx.commit().await
}

/// Deletes a label, and takes it off all sessions.
///
/// # Errors
/// [`Refusal::ChangedMeanwhile`] if the label is not as `expected`. A label that is renamed while it is taken off very many
/// sessions stays, and is on the last ones only.
pub async fn delete(engine: &Engine, actor: &Actor, id: LabelId, expected: &Expected) -> Result<()> {
    actor.require(Permission::LabelChange)?;
    expected.allow(&LabelRef::from(known(engine.db.read(), id).await?))?;
    while take_off_some(engine, id).await? {}
    let tx = engine.transaction_alone(actor).await?;
    let current = LabelRef::from(known(&tx, id).await?);
    expected.allow(&current)?;
    session_label::Entity::delete_many()
        .filter(session_label::Column::LabelId.eq(id.uuid()))
        .exec(&tx)
        .await?;
    label::Entity::delete_by_id(id.uuid()).exec(&tx).await?;
    tx.audit("label.delete", Subject::Label(id.uuid()), Some(current.name));
    tx.changed(Change::Directory, Audience::Everybody);
    tx.changed(Change::Resync, Audience::Everybody);
    tx.commit().await
}

/// Of many sessions a label is taken off piece by piece, so that others can write meanwhile. `false`: few have it, or the last
/// ones, and lose it in the transaction that deletes it.
async fn take_off_some(engine: &Engine, id: LabelId) -> Result<bool> {
    let some = session_label::Entity::find()
        .select_only()
        .column(session_label::Column::SessionId)
        .filter(session_label::Column::LabelId.eq(id.uuid()))
        .limit(AT_ONCE);
    let some: Vec<Uuid> = some.into_tuple().all(engine.db.read()).await?;
    if (some.len() as u64) < AT_ONCE {
        return Ok(false);
    }
    let tx = engine.db.write().await?;
    session_label::Entity::delete_many()
        .filter(session_label::Column::LabelId.eq(id.uuid()))
        .filter(session_label::Column::SessionId.is_in(some))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// Puts a label on a session, or takes it off. Whoever sees the session may, also when a colleague answers in it or when
/// it is closed. Doing it twice changes nothing.
///
/// # Errors
/// The actor does not see the session, there is no such label, or the session has too many.
pub async fn put(engine: &Engine, actor: &Actor, session: SessionId, id: LabelId, on: bool) -> Result<()> {
    actor.require(Permission::SessionAnswer)?;
    // Not while the label is being deleted.
    let tx = engine.transaction_alone(actor).await?;
    let of = find(&tx, actor, session, true).await?;
    let label = known(&tx, id).await?;
    let row = session_label::Model {
        session_id: of.id,
        label_id: label.id,
    };
    let changed = if on {
        let others = session_label::Entity::find()
            .filter(session_label::Column::SessionId.eq(of.id))
            .filter(session_label::Column::LabelId.ne(label.id));
        if others.count(&tx).await? >= MAX_ON_SESSION {
            return Err(Invalid::field("label", Problem::Enough).into());
        }
        session_label::Entity::insert(row.into_active_model())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&tx)
            .await?
    } else {
        session_label::Entity::delete_by_id((of.id, label.id))
            .exec(&tx)
            .await?
            .rows_affected
    };
    if changed > 0 {
        tx.did(About::Session(session), Deed::Labelled);
        session_changed(&tx, &of);
    }
    tx.commit().await
}

/// The session keeps its own labels, and gets those of another that becomes a part of it.
pub(crate) async fn joined(tx: &Transaction, from: Uuid, to: Uuid) -> Result<()> {
    let theirs = session_label::Entity::find().filter(session_label::Column::SessionId.eq(from));
    let theirs = theirs.all(tx).await?;
    if theirs.is_empty() {
        return Ok(());
    }
    let row = |row: session_label::Model| session_label::Model {
        session_id: to,
        ..row
    };
    let rows = theirs
        .into_iter()
        .map(row)
        .map(IntoActiveModel::into_active_model);
    let added = session_label::Entity::insert_many(rows)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if added > 0 {
        tx.did(About::Session(SessionId::new(to)), Deed::Labelled);
    }
    Ok(())
}

async fn name_is_free(tx: &DatabaseTransaction, name: &str, except: Option<LabelId>) -> Result<()> {
    let other = label::Entity::find()
        .filter(label::Column::Name.eq(name))
        .one(tx)
        .await?;
    match other {
        Some(other) if Some(LabelId::new(other.id)) != except => {
            Err(Invalid::taken("name", &other.name).into())
        }
        _ => Ok(()),
    }
}
