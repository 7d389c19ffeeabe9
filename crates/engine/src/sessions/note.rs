//! Notes for colleagues in a session's timeline.

use crate::{
    Engine, Result,
    database::cursor,
    entity::session_moment,
    search::index::{self, Entry},
    sessions::{
        access::find,
        audience::session_changed,
        mention::{call, colleagues_in},
        timeline::{name_of, new_line, seen, write_line},
    },
};
use domain::{
    access::{Actor, Permission},
    form::{Invalid, Problem},
    ids::SessionId,
    page::{Page, PageRequest},
    session::{self, MAX_NOTES, SessionEvent, SessionEventKind, mentioned},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

/// Writes a note. Whoever sees the session may write one, also while a colleague answers or when it is closed. The same
/// note twice in a row is one: a form was posted twice.
///
/// # Errors
/// The text cannot be a note, the session has too many, or the actor does not see the session.
pub async fn note(engine: &Engine, actor: &Actor, id: SessionId, text: &str) -> Result<SessionEvent> {
    actor.require(Permission::SessionAnswer)?;
    let text = session::note(text)?;
    let tx = engine.transaction(actor).await?;
    let of = find(&tx, actor, id, true).await?;
    let who = name_of(actor);
    let of_session = session_moment::Entity::find().filter(session_moment::Column::SessionId.eq(of.id));
    let last = of_session
        .clone()
        .order_by_desc(session_moment::Column::Id)
        .one(&tx)
        .await?;
    let is_same = |last: &SessionEvent| {
        last.what == SessionEventKind::Noted
            && last.who.as_ref() == Some(&who)
            && last.reason.as_ref() == Some(&text)
    };
    if let Some(same) = last.map(seen).transpose()?.filter(is_same) {
        return Ok(same);
    }
    let noted = session_moment::Column::What.eq(SessionEventKind::Noted.as_str());
    if of_session.filter(noted).count(&tx).await? >= MAX_NOTES {
        return Err(Invalid::field("text", Problem::Enough).into());
    }
    let colleagues = colleagues_in(&tx, actor, &of).await?;
    let called = mentioned(&text, &colleagues);
    let line = new_line(&tx, of.id, SessionEventKind::Noted, Some(who), Some(text.clone()));
    let names: Vec<&str> = called.iter().map(|colleague| colleague.name.as_str()).collect();
    let note = write_line(
        &tx,
        session_moment::Model {
            mentions: (!names.is_empty()).then(|| names.join("\n")),
            ..line
        },
    )
    .await?;
    call(&tx, &of, note.id, &called).await?;
    let entry = Entry {
        id: note.id.uuid(),
        session: of.id,
        note: true,
        text: &text,
    };
    index::add(&tx, &[entry]).await?;
    session_changed(&tx, &of);
    tx.commit().await?;
    Ok(note)
}

/// The notes of a session, oldest first.
///
/// # Errors
/// The actor does not see the session, or the cursor is invalid.
pub async fn notes(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    page: &PageRequest,
) -> Result<Page<SessionEvent>> {
    use session_moment::Column;
    let db = engine.db.read();
    let of = find(db, actor, id, false).await?;
    let after = cursor::id(page)?;
    let mut rows = session_moment::Entity::find()
        .filter(Column::SessionId.eq(of.id))
        .filter(Column::What.eq(SessionEventKind::Noted.as_str()))
        .filter(Condition::all().add_option(after.map(|after| Column::Id.gt(after))))
        .order_by_asc(Column::Id)
        .limit(u64::from(page.limit()) + 1)
        .all(db)
        .await?;
    let next_cursor = cursor::cut(&mut rows, page.limit(), |row| row.id.to_string());
    let items = rows.into_iter().map(seen).collect::<Result<Vec<_>>>()?;
    Ok(Page {
        items: engine.seen_by(actor, items),
        next_cursor,
    })
}
