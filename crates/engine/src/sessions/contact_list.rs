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
    sessions::access::visible_to,
};
use domain::{
    access::Actor,
    contact_merge::FoundContact,
    ids::{ContactId, SessionId},
    page::{Page, PageRequest},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// The contacts with these words of a name or a number, without any all of them, the newest contact first.
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
    let mut query = contact::Entity::find()
        .select_only()
        .column(contact::Column::Id)
        .filter(contact::Column::ErasedAt.is_null())
        .filter(has_session_for(actor))
        .order_by_desc(contact::Column::Id)
        .limit(u64::from(page.limit()) + 1);
    if let Some(before) = cursor::id(page)? {
        query = query.filter(contact::Column::Id.lt(before));
    }
    if let Some(mut sought) = search::sought(text) {
        let few = sought.rarest_first(db, FEW + 1).await? <= FEW;
        query = query.filter(sought.themselves(few));
    }
    let mut ids: Vec<Uuid> = query.into_tuple().all(db).await?;
    let next_cursor = cursor::cut(&mut ids, page.limit(), Uuid::to_string);
    let items = engine.seen_by(actor, found(db, actor, ids).await?);
    Ok(Page { items, next_cursor })
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
    let theirs = Query::select()
        .column((session::Entity, session::Column::Id))
        .from(session::Entity)
        .and_where(
            Expr::col((session::Entity, session::Column::ContactId))
                .equals((contact::Entity, contact::Column::Id)),
        )
        .cond_where(visible_to(actor))
        .take();
    Expr::exists(theirs)
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

/// The latest session of each of these contacts. Two statements, however many contacts there are.
async fn latest(
    db: &impl ConnectionTrait,
    actor: &Actor,
    contacts: &[Uuid],
) -> Result<HashMap<Uuid, session::Model>> {
    use session::Column;
    let theirs = || {
        session::Entity::find()
            .filter(Column::ContactId.is_in(contacts.iter().copied()))
            .filter(visible_to(actor))
    };
    let last: Vec<(Uuid, i64)> = theirs()
        .select_only()
        .column(Column::ContactId)
        .column_as(Column::LastMessageAt.max(), "last")
        .group_by(Column::ContactId)
        .into_tuple()
        .all(db)
        .await?;
    let last: HashMap<Uuid, i64> = last.into_iter().collect();
    let sessions = theirs()
        .filter(Column::LastMessageAt.is_in(last.values().copied()))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let sessions = sessions.into_iter();
    Ok(sessions
        .filter(|row| last.get(&row.contact_id) == Some(&row.last_message_at))
        .map(|row| (row.contact_id, row))
        .collect())
}
