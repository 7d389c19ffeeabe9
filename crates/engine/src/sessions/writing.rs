//! Lets colleagues see that somebody writes in a session. It is told and not stored, to those who listen to this process.

use crate::{
    Engine, Result,
    events::{Audience, stream::Reach},
    sessions::access::{find, members},
};
use domain::{
    access::{Actor, Permission},
    event::Writing,
    ids::SessionId,
    refusal::Refusal,
};

/// # Errors
/// The actor does not see the session, or is not a user who writes.
pub async fn writing(engine: &Engine, actor: &Actor, id: SessionId) -> Result<()> {
    actor.require(Permission::SessionAnswer)?;
    let Actor::User(me) = actor else {
        return Err(Refusal::Forbidden.into());
    };
    let db = engine.db.read();
    let of = find(db, actor, id, false).await?;
    let members = match (of.extension_id, of.queue_id) {
        (None, Some(queue)) => members(db, queue).await?,
        _ => Vec::new(),
    };
    let reach = Reach {
        audience: Audience::of_session(&of),
        members,
    };
    let writing = Writing {
        session: id,
        user: me.id,
        name: me.name.clone(),
    };
    engine.events().whisper(writing, reach);
    Ok(())
}
