//! What names a contact elsewhere: timelines of other customers, and what Meta has told and nobody could apply. It is
//! looked up without a lock, because that reads whole tables, and deleted before the contact is locked.

use crate::{
    Engine, Result,
    entity::{contact, contact_identity, dead_letter, session_moment},
    events::Audience,
};
use domain::{access::Actor, event::Change, session::SessionEventKind};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) async fn delete(engine: &Engine, actor: &Actor, contacts: &[contact::Model]) -> Result<()> {
    let db = engine.db.read();
    let identities = contact_identity::Entity::find()
        .filter(contact_identity::Column::ContactId.is_in(contacts.iter().map(|contact| contact.id)))
        .all(db)
        .await?;
    let told = contacts
        .iter()
        .flat_map(|contact| [contact.wa_id.clone(), contact.bsuid.clone()]);
    // An identity may be spelt otherwise than the number that Meta gives.
    let known = identities.into_iter().map(|identity| identity.value);
    let names: BTreeSet<String> = known.chain(told.flatten()).collect();
    let lines = lines(db, &names).await?;
    let letters = letters(db, &names).await?;
    let tx = engine.transaction(actor).await?;
    session_moment::Entity::update_many()
        .col_expr(session_moment::Column::Reason, Expr::value(None::<String>))
        .filter(session_moment::Column::Id.is_in(lines))
        .exec(&tx)
        .await?;
    let gone = dead_letter::Entity::delete_many()
        .filter(dead_letter::Column::Id.is_in(letters))
        .exec(&tx)
        .await?;
    if gone.rows_affected > 0 {
        tx.changed(Change::DeadLetter, Audience::Everybody);
    }
    tx.commit().await
}

/// The lines that say with whom another customer was merged, and is not any more.
async fn lines(db: &impl ConnectionTrait, names: &BTreeSet<String>) -> Result<Vec<Uuid>> {
    let written = names.iter().flat_map(|name| [format!("+{name}"), name.clone()]);
    let kinds = [
        SessionEventKind::ContactMerged,
        SessionEventKind::ContactSeparated,
    ];
    let lines = session_moment::Entity::find()
        .select_only()
        .column(session_moment::Column::Id)
        .filter(session_moment::Column::What.is_in(kinds.map(SessionEventKind::as_str)))
        .filter(session_moment::Column::Reason.is_in(written));
    Ok(lines.into_tuple().all(db).await?)
}

/// The dead letters of what these customers sent, or were sent. A body that could not be read is of many customers.
async fn letters(db: &impl ConnectionTrait, names: &BTreeSet<String>) -> Result<Vec<Uuid>> {
    let mut mentioned = Condition::any().add(Expr::value(false));
    for name in names {
        mentioned = mentioned.add(dead_letter::Column::Raw.contains(format!("\"{name}\"")));
    }
    let letters = dead_letter::Entity::find()
        .select_only()
        .columns([dead_letter::Column::Id, dead_letter::Column::Raw])
        .filter(mentioned);
    let letters: Vec<(Uuid, String)> = letters.into_tuple().all(db).await?;
    Ok(letters
        .into_iter()
        .filter(|(_, raw)| is_of(raw, names))
        .map(|(id, _)| id)
        .collect())
}

/// Whether an item is a message of one of these customers, or a status of one to them.
fn is_of(raw: &str, names: &BTreeSet<String>) -> bool {
    let Ok(item) = serde_json::from_str::<Value>(raw) else {
        return false;
    };
    ["from", "from_user_id", "recipient_id", "recipient_user_id"]
        .iter()
        .filter_map(|key| item.get(key)?.as_str())
        .any(|who| names.contains(who))
}
