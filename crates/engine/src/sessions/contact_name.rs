//! The company's own name of a session's contact. Whoever sees a session of the contact and may answer changes it.

use crate::{
    Engine, Result,
    audit::Subject,
    contacts::{self, merged::all_of},
    entity::contact,
    sessions::{access::find, audience::contacts_changed},
};
use domain::{
    access::{Actor, Permission},
    contact_name::contact_name,
    ids::SessionId,
    refs::ContactRef,
    refusal::Refusal,
};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use uuid::Uuid;

/// Names the session's contact, and those with which it is merged; an empty name takes it away, and the profile name is
/// shown again.
///
/// # Errors
/// The name is too long or not one, or the actor does not see the session.
pub async fn set_contact_name(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    name: &str,
) -> Result<ContactRef> {
    actor.require(Permission::SessionAnswer)?;
    let name = contact_name(name)?;
    let tx = engine.transaction_alone(actor).await?;
    let of = find(&tx, actor, id, false).await?;
    let all: Vec<Uuid> = all_of(&tx, of.contact_id)
        .await?
        .iter()
        .map(|row| row.id)
        .collect();
    let mut locked = tx
        .lock::<contact::Entity>(contact::Column::Id, all.iter().copied())
        .await?;
    // Meta has told meanwhile that this contact and another are one.
    let own = locked.iter().find(|row| row.id == of.contact_id).cloned();
    let own = own.ok_or(Refusal::ChangedMeanwhile)?;
    let main = locked.iter_mut().find(|row| row.merged_into.is_none());
    let main = main.ok_or(Refusal::ChangedMeanwhile)?;
    let called = |alias: Option<String>| {
        let named = contact::Model { alias, ..own.clone() };
        engine.seen_by(actor, contacts::reference(named))
    };
    let before = called(main.alias.clone());
    // Whoever sees only the end of a number in the name, and leaves it as it is, changes nothing, either.
    if main.alias == name || before.alias == name {
        return Ok(before);
    }
    main.alias = name.clone();
    let row = contact::ActiveModel {
        id: Set(main.id),
        alias: Set(name.clone()),
        ..Default::default()
    };
    row.update(&*tx).await?;
    tx.audit("contact.name", Subject::Contact(main.id), None);
    let now = engine.clock().now().millis();
    contacts::search::keep(&tx, &mut locked, now).await?;
    contacts_changed(&tx, &all, &of).await?;
    tx.commit().await?;
    Ok(called(name))
}
