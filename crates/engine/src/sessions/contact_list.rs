//! The company's contacts, for scripts: the search for them, and one of them. A contact of which the actor sees no
//! session does not exist for them.

use crate::{
    Engine, Result,
    contacts::{
        self,
        merged::known,
        search::{self, FEW},
    },
    database::cursor,
    entity::{contact, session},
    sessions::{access::visible_to, walk::SCANNED},
};
use domain::{
    access::{Actor, Permission},
    contact_merge::FoundContact,
    ids::{ContactId, SessionId},
    page::{Page, PageRequest},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
    sea_query::{Expr, Order, Query, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

/// The contacts with these words of a name or a number, without any all of them, the newest contact first. A page of a search,
/// or for an actor who does not see every session, may have less than its limit, or nothing, and still be followed by others.
///
/// # Errors
/// An invalid cursor.
pub async fn contacts(
    engine: &Engine,
    actor: &Actor,
    text: &str,
    page: &PageRequest,
) -> Result<Page<FoundContact>> {
    let db = engine.db.read();
    let (ids, next_cursor) = ids(db, actor, text, page).await?;
    let items = engine.seen_by(actor, found(db, actor, ids).await?);
    Ok(Page { items, next_cursor })
}

/// The contacts of a page, and where to go on.
pub(super) async fn ids(
    db: &impl ConnectionTrait,
    actor: &Actor,
    text: &str,
    page: &PageRequest,
) -> Result<(Vec<Uuid>, Option<String>)> {
    let before = cursor::id(page)?;
    let mut narrowed = older_than(before);
    let mut scans = !actor.may(Permission::SessionReadAll);
    if let Some(mut sought) = search::sought(text) {
        let few = sought.rarest_first(db, FEW + 1).await? <= FEW;
        narrowed = narrowed.add(sought.themselves(few));
        scans = !few;
    }
    let last: Option<Uuid> = match scans {
        true => last_scanned(before).into_tuple().one(db).await?,
        false => None,
    };
    narrowed = narrowed.add_option(last.map(|last| contact::Column::Id.gte(last)));
    let many = u64::from(page.limit()) + 1;
    let mut ids: Vec<Uuid> = first(actor, narrowed, many).into_tuple().all(db).await?;
    let cut = cursor::cut(&mut ids, page.limit(), Uuid::to_string);
    Ok((ids, cut.or(last.map(|last| last.to_string()))))
}

fn older_than(contact: Option<Uuid>) -> Condition {
    Condition::all().add_option(contact.map(|contact| contact::Column::Id.lt(contact)))
}

/// The last of the [`SCANNED`] contacts before this one. A page looks at no more where each word is frequent, and for an actor who
/// does not see every session: perhaps no contact has all of the words, or a session that they see.
pub(super) fn last_scanned(before: Option<Uuid>) -> Select<contact::Entity> {
    contact::Entity::find()
        .select_only()
        .column(contact::Column::Id)
        .filter(older_than(before))
        .order_by_desc(contact::Column::Id)
        .offset(SCANNED - 1)
        .limit(1)
}

/// The newest `many` of these contacts that the actor sees.
pub(super) fn first(actor: &Actor, narrowed: Condition, many: u64) -> Select<contact::Entity> {
    contact::Entity::find()
        .select_only()
        .column(contact::Column::Id)
        .filter(contact::Column::ErasedAt.is_null())
        .filter(has_session_for(actor))
        .filter(narrowed)
        .order_by_desc(contact::Column::Id)
        .limit(many)
}

/// One contact.
///
/// # Errors
/// The actor sees none of its sessions.
pub async fn contact(engine: &Engine, actor: &Actor, id: ContactId) -> Result<FoundContact> {
    let mut found = found(engine.db.read(), actor, vec![id.uuid()]).await?;
    let contact = found.pop().ok_or(Refusal::NotFound)?;
    Ok(engine.seen_by(actor, contact))
}

fn has_session_for(actor: &Actor) -> Expr {
    match actor.bound() {
        None => Expr::exists(theirs(actor)),
        // Of an EXISTS PostgreSQL makes a join, for which it may read every session. This is one look at the index for each contact.
        Some(_) => Expr::from(latest_of_theirs(actor)).is_not_null(),
    }
}

/// The sessions of a contact, which the query around this one names, that the actor sees.
fn theirs(actor: &Actor) -> SelectStatement {
    let of_contact = Expr::col((session::Entity, session::Column::ContactId));
    Query::select()
        .column((session::Entity, session::Column::Id))
        .from(session::Entity)
        .and_where(of_contact.equals((contact::Entity, contact::Column::Id)))
        .cond_where(visible_to(actor))
        .take()
}

/// The latest of them: the end of the contact's stretch of the index, however many it has.
fn latest_of_theirs(actor: &Actor) -> SelectStatement {
    theirs(actor)
        .order_by((session::Entity, session::Column::LastMessageAt), Order::Desc)
        .order_by((session::Entity, session::Column::Id), Order::Desc)
        .limit(1)
        .take()
}

/// These contacts in this order, each with the latest session that the actor sees; whoever has none is left out.
async fn found(db: &impl ConnectionTrait, actor: &Actor, ids: Vec<Uuid>) -> Result<Vec<FoundContact>> {
    let mut latest = latest(db, actor, &ids).await?;
    let mut contacts = known(db, ids.iter().copied()).await?;
    let found = ids.into_iter().filter_map(|id| {
        let (session, contact) = (latest.remove(&id)?, contacts.remove(&id)?);
        contact.erased_at.is_none().then(|| FoundContact {
            contact: contacts::reference(contact),
            session: SessionId::new(session.id),
            last_message_at: Timestamp::from_millis(session.last_message_at),
        })
    });
    Ok(found.collect())
}

/// The latest session of each of these contacts.
async fn latest(
    db: &impl ConnectionTrait,
    actor: &Actor,
    contacts: &[Uuid],
) -> Result<HashMap<Uuid, session::Model>> {
    let sessions = latest_of(actor, contacts).all(db).await?.into_iter();
    Ok(sessions.map(|row| (row.contact_id, row)).collect())
}

/// Of each of these contacts the latest session that the actor sees.
pub(super) fn latest_of(actor: &Actor, contacts: &[Uuid]) -> Select<session::Entity> {
    let each = Query::select()
        .expr(Expr::from(latest_of_theirs(actor)))
        .from(contact::Entity)
        .and_where(contact::Column::Id.is_in(contacts.iter().copied()))
        .take();
    session::Entity::find().filter(session::Column::Id.in_subquery(each))
}
