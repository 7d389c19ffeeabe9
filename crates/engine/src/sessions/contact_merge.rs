//! Merging two contacts, and undoing it: supervisors. A contact of which the actor sees no session does not exist for
//! them.

use crate::{
    Engine, Result,
    audit::Subject,
    contacts::{
        self,
        merged::{all_of, locked},
        search,
    },
    entity::{contact, session},
    events::{Audience, Deed, deeds::About},
    sessions::{
        access::{find, visible_to},
        audience::{contact_changed, contacts_changed, session_changed},
        list,
        timeline::{name_of, session_event},
    },
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    contact_merge::{FoundContact, MAX_MERGED, Merged, MergedContact},
    event::Change,
    form::{Invalid, Problem, optional},
    ids::{ContactId, SessionId},
    page::{MAX_PAGE, PageRequest},
    refusal::Refusal,
    session::{Filter, SessionEventKind, Tab},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select, sea_query::Expr,
};
use std::collections::HashSet;
use uuid::Uuid;

/// Contacts that a search shows at once.
const FOUND: usize = 20;

/// With whom a session's contact is merged.
///
/// # Errors
/// The actor does not see the session.
pub async fn merged_contacts(engine: &Engine, actor: &Actor, id: SessionId) -> Result<Merged> {
    let db = engine.db.read();
    let of = find(db, actor, id, false).await?;
    let all = all_of(db, of.contact_id).await?;
    Ok(engine.seen_by(actor, merged(db, actor, of.contact_id, all).await?))
}

/// `all`: the contact and those with which it is merged.
pub(super) async fn merged(
    db: &impl ConnectionTrait,
    actor: &Actor,
    own: Uuid,
    mut all: Vec<contact::Model>,
) -> Result<Merged> {
    let name = all.first().and_then(|main| main.alias.clone());
    all.retain(|contact| contact.id != own);
    let mut contacts = Vec::with_capacity(all.len());
    for contact in all {
        let session = latest(contact.id).filter(visible_to(actor)).one(db).await?;
        if session.is_none() && actor.bound().is_some() {
            continue;
        }
        contacts.push(MergedContact {
            main: contact.merged_into.is_none(),
            session: session.map(|session| SessionId::new(session.id)),
            contact: contacts::reference(contact::Model {
                alias: name.clone(),
                ..contact
            }),
        });
    }
    Ok(Merged {
        contacts,
        may_change: actor.may(Permission::ContactMerge),
    })
}

/// The contacts with which the session's contact may be merged, by a name or a number, those first who wrote last.
///
/// # Errors
/// Not a supervisor, or the actor does not see the session.
pub async fn contacts_to_merge(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    text: &str,
) -> Result<Vec<FoundContact>> {
    actor.require(Permission::ContactMerge)?;
    let db = engine.db.read();
    let of = find(db, actor, id, false).await?;
    let Some(text) = optional(text) else {
        return Ok(Vec::new());
    };
    let own = all_of(db, of.contact_id).await?;
    let mut seen: HashSet<_> = own.iter().map(|contact| ContactId::new(contact.id)).collect();
    let page = PageRequest {
        cursor: None,
        limit: Some(MAX_PAGE),
    };
    let sessions = list::inbox(engine, actor, Tab::All, Filter::default(), Some(text), &page).await?;
    let found = sessions.items.into_iter();
    Ok(found
        .filter(|row| seen.insert(row.contact.id))
        .map(|row| FoundContact {
            contact: row.contact,
            session: row.id,
            last_message_at: row.last_message_at,
        })
        .take(FOUND)
        .collect())
}

/// Merges another contact into the session's contact, or into the main one with which that is merged: name and note
/// are those of the main one, until this is undone. Merging twice is merging once.
///
/// # Errors
/// Not a supervisor; the actor does not see the session, or none of the other contact's; it is the same contact; there
/// would be too many.
pub async fn merge_contacts(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    other: ContactId,
) -> Result<Merged> {
    actor.require(Permission::ContactMerge)?;
    let tx = engine.transaction_alone(actor).await?;
    let of = find(&tx, actor, id, false).await?;
    must_see(&tx, actor, other).await?;
    let (own, other) = (of.contact_id, other.uuid());
    if own == other {
        return Err(Invalid::field("contact", Problem::Taken).into());
    }
    let ours = all_of(&tx, own).await?;
    if !ours.iter().any(|contact| contact.id == other) {
        let theirs = all_of(&tx, other).await?;
        let all: Vec<Uuid> = ours.iter().chain(&theirs).map(|contact| contact.id).collect();
        if all.len() > MAX_MERGED {
            return Err(Invalid::field("contact", Problem::Enough).into());
        }
        let main = ours.first().ok_or(Refusal::ChangedMeanwhile)?.id;
        locked(&tx, &all).await?;
        point(&tx, theirs.iter().map(|contact| contact.id), Some(main)).await?;
        tell(&tx, SessionEventKind::ContactMerged, own, other).await?;
        tx.audit("contact.merge", Subject::Contact(main), Some(other.to_string()));
        contacts_changed(&tx, &all, &of).await?;
    }
    let all = all_of(&tx, own).await?;
    let now = merged(&tx, actor, own, all).await?;
    tx.commit().await?;
    Ok(engine.seen_by(actor, now))
}

/// Undoes the merging of the session's contact with another one. Of the two, the one that is not the main contact of
/// all leaves the others.
///
/// # Errors
/// Not a supervisor; the actor does not see the session, or none of the other contact's.
pub async fn separate_contacts(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    other: ContactId,
) -> Result<Merged> {
    actor.require(Permission::ContactMerge)?;
    let tx = engine.transaction_alone(actor).await?;
    let of = find(&tx, actor, id, false).await?;
    must_see(&tx, actor, other).await?;
    let (own, other) = (of.contact_id, other.uuid());
    let all = all_of(&tx, own).await?;
    let found = all.iter().find(|contact| contact.id == other && own != other);
    if let Some(found) = found {
        let leaves = found.merged_into.map_or(own, |_| other);
        let ids: Vec<Uuid> = all.iter().map(|contact| contact.id).collect();
        locked(&tx, &ids).await?;
        point(&tx, [leaves], None).await?;
        tell(&tx, SessionEventKind::ContactSeparated, own, other).await?;
        tx.audit("contact.separate", Subject::Contact(own), Some(other.to_string()));
        contacts_changed(&tx, &ids, &of).await?;
    }
    let all = all_of(&tx, own).await?;
    let now = merged(&tx, actor, own, all).await?;
    tx.commit().await?;
    Ok(engine.seen_by(actor, now))
}

/// Meta has told that two contacts are one: whoever was merged with either is merged with the one that stays. Nothing
/// points to the one that goes.
pub(crate) async fn joined(tx: &Transaction, gone: Uuid, kept: Uuid) -> Result<()> {
    let theirs = all_of(tx, gone).await?;
    if theirs.len() < 2 {
        return Ok(());
    }
    let ours = all_of(tx, kept).await?;
    // Where both were merged with others, the main contact of the one that stays is that of all.
    let leading = if ours.len() > 1 { &ours } else { &theirs };
    let main = leading.first().map(|main| main.id).filter(|main| *main != gone);
    let main = main.unwrap_or(kept);
    let all = ours.iter().chain(&theirs).map(|contact| contact.id);
    let all: Vec<Uuid> = all.chain([kept]).filter(|id| *id != gone).collect();
    point(tx, [main], None).await?;
    point(tx, all.iter().copied().filter(|id| *id != main), Some(main)).await?;
    if let Some(of) = latest(kept).one(tx).await? {
        contacts_changed(tx, &all, &of).await?;
    }
    Ok(())
}

/// Meta has told something new of a contact, or that these are parts of it.
pub(crate) async fn learned(tx: &Transaction, contact: Uuid, parts: &[Uuid]) -> Result<()> {
    let of = latest(contact).one(tx).await?;
    let about = of
        .as_ref()
        .map_or(About::Contacts, |of| About::Session(SessionId::new(of.id)));
    for part in parts {
        let gone = Deed::ContactDeleted {
            contact: ContactId::new(*part),
            merged_into: Some(ContactId::new(contact)),
        };
        tx.did(about, gone);
    }
    match of {
        Some(of) => contact_changed(tx, &of),
        None if parts.is_empty() => {}
        // Nobody sees it in a list, but scripts may have a copy of its parts.
        None => tx.changed(Change::Directory, Audience::Everybody),
    }
    Ok(())
}

async fn must_see(tx: &Transaction, actor: &Actor, contact: ContactId) -> Result<()> {
    let seen = latest(contact.uuid()).filter(visible_to(actor)).one(tx).await?;
    seen.map(drop).ok_or_else(|| Refusal::NotFound.into())
}

/// Lets contacts point to the main one, or to nobody, and makes them known to the search by the name that holds now.
async fn point(tx: &Transaction, from: impl IntoIterator<Item = Uuid>, to: Option<Uuid>) -> Result<()> {
    let ids: Vec<Uuid> = from.into_iter().collect();
    let these = || Condition::all().add(contact::Column::Id.is_in(ids.iter().copied()));
    contact::Entity::update_many()
        .col_expr(contact::Column::MergedInto, Expr::value(to))
        .filter(these())
        .exec(tx)
        .await?;
    let mut changed = contact::Entity::find().filter(these()).all(tx).await?;
    let now = tx.engine().clock().now().millis();
    search::keep(tx, &mut changed, now).await
}

/// A line in the latest session of each of the two, with the number of the other.
async fn tell(tx: &Transaction, what: SessionEventKind, one: Uuid, other: Uuid) -> Result<()> {
    for (of, with) in [(one, other), (other, one)] {
        let with = contact::Entity::find_by_id(with).one(tx).await?;
        let with = with.map(contacts::reference);
        let with = with.map(|contact| contact.number.unwrap_or(contact.label));
        if let Some(session) = latest(of).one(tx).await? {
            session_event(tx, session.id, what, Some(name_of(tx.actor())), with).await?;
            session_changed(tx, &session);
        }
    }
    Ok(())
}

/// The sessions of a contact, the latest first.
fn latest(contact: Uuid) -> Select<session::Entity> {
    session::Entity::find()
        .filter(session::Column::ContactId.eq(contact))
        .order_by_desc(session::Column::LastMessageAt)
        .order_by_desc(session::Column::Id)
}
