//! Erasing one customer. The first transaction takes from the contact what tells who it is, so from then on whoever writes
//! from its number is somebody new; what it wrote is deleted next. A process that ends meanwhile goes on later.

use super::{session, traces};
use crate::{
    Engine, Result,
    audit::Subject,
    contacts::{merged, search},
    entity::{contact, contact_block, contact_identity, contact_note, session as sessions},
    events::{Audience, Deed, deeds::About},
    sessions::{access::is_open, audience::session_changed},
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    erasure::Extent,
    event::Change,
    ids::ContactId,
    refusal::Refusal,
    session::State,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// How long a caller waits until nothing is left.
const PATIENCE: Duration = Duration::from_secs(10);

/// Erases a contact and those that are merged with it: messages, files, notes, names and numbers. Returns how much that
/// is. The audit log keeps who did it, and how much it was.
///
/// # Errors
/// Not an administrator; there is no such contact.
pub async fn erase_contact(engine: &Engine, actor: &Actor, id: ContactId) -> Result<Extent> {
    actor.require(Permission::ContactErase)?;
    traces::delete(engine, actor, &merged::all_of(engine.db.read(), id.uuid()).await?).await?;
    let tx = engine.transaction(actor).await?;
    let all = merged::all_of(&tx, id.uuid()).await?;
    let Some(main) = all.first().map(|main| main.id) else {
        return Err(Refusal::NotFound.into());
    };
    let ids: Vec<Uuid> = all.iter().map(|contact| contact.id).collect();
    // Whoever stores something of them has done so, or waits and then finds nobody.
    let locked = merged::locked(&tx, &ids).await?;
    if locked.iter().any(|contact| contact.erased_at.is_some()) {
        return Err(Refusal::NotFound.into());
    }
    let extent = Extent {
        contacts: ids.len() as u64,
        ..session::stored_in(&tx, of_contacts(&ids)).await?
    };
    forget_who(&tx, &ids).await?;
    close(&tx, &ids).await?;
    let Extent {
        contacts,
        sessions,
        messages,
        files,
    } = extent;
    let detail = format!("contacts={contacts} sessions={sessions} messages={messages} files={files}");
    tx.audit("contact.erase", Subject::Contact(main), Some(detail));
    tell_deleted(&tx, &ids);
    tx.commit().await?;
    // Goes on when the caller leaves. What a crash leaves is deleted by the worker.
    let engine = engine.clone();
    let finishing = tokio::spawn(async move { finish_all(&engine, ids).await });
    let _ = timeout(PATIENCE, finishing).await;
    Ok(extent)
}

/// Deletes what is left of contacts that are being erased.
pub(crate) async fn finish_erasures(engine: &Engine) -> Result<()> {
    let erased = contact::Entity::find()
        .select_only()
        .column(contact::Column::Id)
        .filter(contact::Column::ErasedAt.is_not_null());
    finish_all(engine, erased.into_tuple().all(engine.db.read()).await?).await;
    Ok(())
}

async fn finish_all(engine: &Engine, contacts: Vec<Uuid>) {
    for id in contacts {
        if let Err(error) = finish(engine, id).await {
            tracing::error!(%error, contact = %id, "a contact is not erased to its end yet");
        }
    }
}

async fn finish(engine: &Engine, id: Uuid) -> Result<()> {
    let sessions = sessions::Entity::find()
        .select_only()
        .column(sessions::Column::Id)
        .filter(of_contacts(&[id]));
    let mut failed = None;
    for session in sessions.into_tuple().all(engine.db.read()).await? {
        if let Err(error) = session::delete(engine, session, &Condition::all()).await {
            failed = Some(error);
        }
    }
    if let Some(error) = failed {
        return Err(error);
    }
    let tx = engine.transaction(&Actor::System).await?;
    tx.lock::<contact::Entity>(contact::Column::Id, [id]).await?;
    // Somebody may have named it or merged it until its sessions were gone.
    delete_what_belongs_to(&tx, &[id]).await?;
    contact::Entity::update_many()
        .col_expr(contact::Column::MergedInto, Expr::value(None::<Uuid>))
        .filter(contact::Column::MergedInto.eq(id))
        .exec(&tx)
        .await?;
    if contact::Entity::delete_by_id(id).exec(&tx).await?.rows_affected == 1 {
        tx.audit("contact.erased", Subject::Contact(id), None);
    }
    tx.commit().await
}

fn of_contacts(ids: &[Uuid]) -> Condition {
    Condition::all().add(sessions::Column::ContactId.is_in(ids.iter().copied()))
}

/// Takes from the contacts what tells who they are.
async fn forget_who(tx: &Transaction, ids: &[Uuid]) -> Result<()> {
    use contact::Column;
    delete_what_belongs_to(tx, ids).await?;
    let mut forget = contact::Entity::update_many();
    for column in [
        Column::Name,
        Column::Alias,
        Column::Username,
        Column::WaId,
        Column::Bsuid,
    ] {
        forget = forget.col_expr(column, Expr::value(None::<String>));
    }
    forget
        .col_expr(Column::MergedInto, Expr::value(None::<Uuid>))
        .col_expr(Column::ErasedAt, Expr::value(tx.engine().clock().now().millis()))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the identities, notes and blocks of contacts, and what the search knows of them.
pub(super) async fn delete_what_belongs_to(tx: &Transaction, ids: &[Uuid]) -> Result<()> {
    contact_identity::Entity::delete_many()
        .filter(contact_identity::Column::ContactId.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    contact_note::Entity::delete_many()
        .filter(contact_note::Column::ContactId.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    contact_block::Entity::delete_many()
        .filter(contact_block::Column::ContactId.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    search::forget(tx, ids).await
}

/// Tells scripts, which may keep a copy of their own.
pub(super) fn tell_deleted(tx: &Transaction, ids: &[Uuid]) {
    for id in ids {
        let gone = Deed::ContactDeleted {
            contact: ContactId::new(*id),
            merged_into: None,
        };
        tx.did(About::Contacts, gone);
    }
    if !ids.is_empty() {
        tx.changed(Change::Directory, Audience::Everybody);
    }
}

/// Nobody goes on with a session that is about to be deleted.
async fn close(tx: &Transaction, ids: &[Uuid]) -> Result<()> {
    let open = of_contacts(ids).add(is_open());
    let found = sessions::Entity::find()
        .select_only()
        .column(sessions::Column::Id)
        .filter(open.clone());
    let found: Vec<Uuid> = found.into_tuple().all(tx).await?;
    let before = tx.lock::<sessions::Entity>(sessions::Column::Id, found).await?;
    sessions::Entity::update_many()
        .col_expr(sessions::Column::State, Expr::value(State::Closed.as_str()))
        .col_expr(
            sessions::Column::ClosedAt,
            Expr::value(tx.engine().clock().now().millis()),
        )
        .col_expr(sessions::Column::SnoozedUntil, Expr::value(None::<i64>))
        .col_expr(sessions::Column::Unread, Expr::value(0_i64))
        .filter(open)
        .exec(tx)
        .await?;
    for session in before {
        session_changed(tx, &session);
    }
    Ok(())
}
