//! Notes that call for colleagues by `@` and their name: each of them is told until they have seen the note.

use crate::{
    Engine, Result, contacts,
    entity::{extension, mention, session, session_moment, user},
    events::Audience,
    sessions::access::{find, members, visible_to},
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission, Role},
    event::Change,
    ids::{LineId, SessionId, UserId},
    session::{Colleague, MOST_MENTIONS, Mention},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// The other users who see the session: a note there can call for them.
///
/// # Errors
/// The actor may write no notes, or does not see the session.
pub async fn colleagues(engine: &Engine, actor: &Actor, id: SessionId) -> Result<Vec<Colleague>> {
    actor.require(Permission::SessionAnswer)?;
    let db = engine.db.read();
    let of = find(db, actor, id, false).await?;
    colleagues_in(db, actor, &of).await
}

pub(super) async fn colleagues_in(
    db: &impl ConnectionTrait,
    actor: &Actor,
    of: &session::Model,
) -> Result<Vec<Colleague>> {
    let see_all = Role::ALL
        .iter()
        .filter(|role| role.permissions().contains(&Permission::SessionReadAll));
    let theirs = match (of.extension_id, of.queue_id) {
        (Some(owner), _) => vec![owner],
        (None, Some(queue)) => members(db, queue).await?,
        (None, None) => Vec::new(),
    };
    let sees = Condition::any()
        .add(user::Column::Role.is_in(see_all.map(|role| role.as_str())))
        .add(user::Column::ExtensionId.is_in(theirs));
    let users = user::Entity::find()
        .filter(user::Column::DisabledAt.is_null())
        .filter(sees)
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .all(db)
        .await?;
    let extensions = extension::Entity::find()
        .filter(extension::Column::Id.is_in(users.iter().filter_map(|user| user.extension_id)))
        .all(db)
        .await?;
    let numbers: HashMap<Uuid, String> = extensions.into_iter().map(|row| (row.id, row.number)).collect();
    let own = match actor {
        Actor::User(me) => Some(me.id.uuid()),
        Actor::Token { .. } | Actor::System => None,
    };
    let others = users.into_iter().filter(|user| Some(user.id) != own);
    Ok(others
        .map(|user| Colleague {
            id: UserId::new(user.id),
            name: user.name,
            number: user.extension_id.and_then(|id| numbers.get(&id).cloned()),
        })
        .collect())
}

/// Calls for these colleagues.
pub(super) async fn call(
    tx: &Transaction,
    of: &session::Model,
    note: LineId,
    colleagues: &[&Colleague],
) -> Result<()> {
    if colleagues.is_empty() {
        return Ok(());
    }
    let rows = colleagues.iter().map(|colleague| {
        mention::Model {
            user_id: colleague.id.uuid(),
            moment_id: note.uuid(),
        }
        .into_active_model()
    });
    mention::Entity::insert_many(rows)
        .exec_without_returning(tx)
        .await?;
    mentions_changed(tx, of);
    Ok(())
}

fn mentions_changed(tx: &Transaction, of: &session::Model) {
    let session = SessionId::new(of.id);
    tx.changed(Change::Mention { session }, Audience::around_session(of));
}

/// The notes that call for the actor and that they have not seen, the newest first. A session that they do not see any
/// more calls for nobody.
///
/// # Errors
/// The actor is no user.
pub async fn mentions(engine: &Engine, actor: &Actor) -> Result<Vec<Mention>> {
    let user = actor.user()?;
    let db = engine.db.read();
    let theirs = Query::select()
        .column(mention::Column::MomentId)
        .from(mention::Entity)
        .and_where(mention::Column::UserId.eq(user.uuid()))
        .to_owned();
    let seen_now = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .and_where(
            Expr::col((session::Entity, session::Column::Id))
                .equals((session_moment::Entity, session_moment::Column::SessionId)),
        )
        .cond_where(visible_to(actor))
        .to_owned();
    let notes = session_moment::Entity::find()
        .filter(session_moment::Column::Id.in_subquery(theirs))
        .filter(Expr::exists(seen_now))
        .order_by_desc(session_moment::Column::Id)
        .limit(MOST_MENTIONS as u64)
        .all(db)
        .await?;
    let sessions = notes.iter().map(|note| note.session_id).collect();
    let contacts = contacts::of_sessions(db, sessions).await?;
    let mention = |note: session_moment::Model| {
        Some(Mention {
            id: LineId::new(note.id),
            session: SessionId::new(note.session_id),
            contact: contacts::reference(contacts.get(&note.session_id)?.clone()),
            at: Timestamp::from_millis(note.at),
            who: note.who,
            text: note.reason.unwrap_or_default(),
        })
    };
    let mentions: Vec<Mention> = notes.into_iter().filter_map(mention).collect();
    Ok(engine.seen_by(actor, mentions))
}

/// The actor has seen the notes in this session that call for them.
///
/// # Errors
/// The actor is no user.
pub async fn mentions_seen(engine: &Engine, actor: &Actor, id: SessionId) -> Result<()> {
    let user = actor.user()?;
    let tx = engine.transaction(actor).await?;
    let notes = Query::select()
        .column(session_moment::Column::Id)
        .from(session_moment::Entity)
        .and_where(session_moment::Column::SessionId.eq(id.uuid()))
        .to_owned();
    let seen = mention::Entity::delete_many()
        .filter(mention::Column::UserId.eq(user.uuid()))
        .filter(mention::Column::MomentId.in_subquery(notes))
        .exec(&tx)
        .await?;
    if seen.rows_affected > 0
        && let Some(of) = session::Entity::find_by_id(id.uuid()).one(&tx).await?
    {
        mentions_changed(&tx, &of);
    }
    tx.commit().await
}
