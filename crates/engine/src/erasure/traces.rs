//! What names a contact elsewhere: timelines of other customers, and what Meta has told and nobody could apply. It is
//! looked up without a lock, because that reads whole tables, and deleted before the contact is locked.

use crate::{
    Engine, Result, contacts,
    entity::{contact, contact_identity, dead_letter, session_moment},
    events::Audience,
};
use domain::{access::Actor, event::Change, session::SessionEventKind};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

pub(super) async fn delete(engine: &Engine, actor: &Actor, contacts: &[contact::Model]) -> Result<()> {
    let db = engine.db.read();
    let (lines, letters) = (lines(db, contacts).await?, letters(db, contacts).await?);
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
async fn lines(db: &impl ConnectionTrait, contacts: &[contact::Model]) -> Result<Vec<Uuid>> {
    let names = contacts.iter().cloned().map(contacts::reference);
    let names = names.flat_map(|contact| contact.number.into_iter().chain([contact.label]));
    let kinds = [
        SessionEventKind::ContactMerged,
        SessionEventKind::ContactSeparated,
    ];
    let lines = session_moment::Entity::find()
        .select_only()
        .column(session_moment::Column::Id)
        .filter(session_moment::Column::What.is_in(kinds.map(SessionEventKind::as_str)))
        .filter(session_moment::Column::Reason.is_in(names));
    Ok(lines.into_tuple().all(db).await?)
}

/// The dead letters with a number or a BSUID of these contacts.
async fn letters(db: &impl ConnectionTrait, contacts: &[contact::Model]) -> Result<Vec<Uuid>> {
    let identities = contact_identity::Entity::find()
        .filter(contact_identity::Column::ContactId.is_in(contacts.iter().map(|contact| contact.id)))
        .all(db)
        .await?;
    // An identity may be spelt otherwise than the number that Meta gives.
    let told = contacts
        .iter()
        .flat_map(|contact| [contact.wa_id.clone(), contact.bsuid.clone()]);
    let values = identities.into_iter().map(|identity| identity.value);
    let mut named = Condition::any().add(Expr::value(false));
    for value in values.chain(told.flatten()) {
        named = named.add(dead_letter::Column::Raw.contains(format!("\"{value}\"")));
    }
    let letters = dead_letter::Entity::find()
        .select_only()
        .column(dead_letter::Column::Id)
        .filter(named);
    Ok(letters.into_tuple().all(db).await?)
}
