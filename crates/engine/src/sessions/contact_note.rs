//! The note about a session's contact, the main one of those that are merged. Whoever sees a session of the contact reads it and may change it.

use crate::{
    Engine, Result,
    audit::Subject,
    contacts::merged::{all_of, main_of},
    entity::{contact_note, session},
    sessions::{
        access::{find, is_open},
        audience::{contact_changed, session_changed},
        timeline::name_of,
    },
};
use domain::{
    access::{Actor, Permission},
    contact_note::{self as note, ContactNote},
    ids::SessionId,
    refusal::Refusal,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter,
};
use uuid::Uuid;

/// # Errors
/// The actor does not see the session.
pub async fn contact_note(engine: &Engine, actor: &Actor, id: SessionId) -> Result<ContactNote> {
    let db = engine.db.read();
    let of = find(db, actor, id, false).await?;
    of_contact(db, main_of(db, of.contact_id).await?).await
}

pub(super) async fn of_contact(db: &impl ConnectionTrait, contact: Uuid) -> Result<ContactNote> {
    let row = contact_note::Entity::find_by_id(contact).one(db).await?;
    Ok(row.map(Into::into).unwrap_or_default())
}

/// Changes the note; an empty text takes it away. `version` is that of the note that the actor has read.
///
/// # Errors
/// Somebody has changed it meanwhile, the text is too long, or the actor does not see the session.
pub async fn set_contact_note(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    text: &str,
    version: i64,
) -> Result<ContactNote> {
    actor.require(Permission::SessionAnswer)?;
    let text = note::contact_note(text)?;
    let tx = engine.transaction_alone(actor).await?;
    let of = find(&tx, actor, id, false).await?;
    let all: Vec<Uuid> = all_of(&tx, of.contact_id)
        .await?
        .iter()
        .map(|row| row.id)
        .collect();
    let main = all.first().copied().ok_or(Refusal::ChangedMeanwhile)?;
    let before = of_contact(&tx, main).await?;
    if before.text == text {
        return Ok(before);
    }
    if before.version != version {
        return Err(Refusal::ChangedMeanwhile.into());
    }
    let row = contact_note::Model {
        contact_id: main,
        text,
        version: before.version + 1,
        changed_by: name_of(actor),
        changed_at: engine.clock().now().millis(),
    };
    put(&tx, row.clone(), before.version > 0).await?;
    tx.audit("contact.note", Subject::Contact(main), None);
    // Pages that show an open session of the contact, or of one that it is merged with, and this one.
    let shown = session::Entity::find()
        .filter(session::Column::ContactId.is_in(all))
        .filter(is_open());
    for other in shown.all(&tx).await?.iter().filter(|other| other.id != of.id) {
        session_changed(&tx, other);
    }
    contact_changed(&tx, &of);
    tx.commit().await?;
    Ok(row.into())
}

async fn put(tx: &impl ConnectionTrait, row: contact_note::Model, known: bool) -> Result<()> {
    let row = row.into_active_model().reset_all();
    match known {
        true => row.update(tx).await.map(drop)?,
        false => contact_note::Entity::insert(row)
            .exec_without_returning(tx)
            .await
            .map(drop)?,
    }
    Ok(())
}

/// Two contacts have become one: nothing of either's note is lost.
pub(crate) async fn merged(tx: &DatabaseTransaction, gone: Uuid, kept: Uuid) -> Result<()> {
    let Some(theirs) = contact_note::Entity::find_by_id(gone).one(tx).await? else {
        return Ok(());
    };
    contact_note::Entity::delete_by_id(gone).exec(tx).await?;
    let ours = contact_note::Entity::find_by_id(kept).one(tx).await?;
    let Some(ours) = ours else {
        let row = contact_note::Model {
            contact_id: kept,
            ..theirs
        };
        return put(tx, row, false).await;
    };
    let text = match (ours.text.as_str(), theirs.text.as_str()) {
        (text, "") | ("", text) => text.to_owned(),
        (one, other) if one == other => one.to_owned(),
        // It may be longer than a note that somebody types; whoever changes it next makes it shorter.
        (one, other) => format!("{one}\n\n{other}"),
    };
    let latest = if theirs.changed_at > ours.changed_at {
        &theirs
    } else {
        &ours
    };
    let row = contact_note::Model {
        contact_id: kept,
        text,
        version: ours.version.max(theirs.version) + 1,
        changed_by: latest.changed_by.clone(),
        changed_at: latest.changed_at,
    };
    put(tx, row, true).await
}
