//! Changed messages as a thread shows them, for those who show it and need not read it again.

use crate::{
    Result,
    entity::message,
    sessions::{
        content,
        messages::view,
        thread::page::{MAX_ABOUT, answered},
    },
};
use domain::{
    ids::MessageId,
    message::{MessageView, Status, thread::fold},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Messages read by one statement.
const AT_ONCE: usize = 100;

/// What a thread shows of these messages: by the id of each message, itself, or the message that it reacts to.
///
/// Left out is what a thread shows in several places, differently to each reader, or for a while only: edits and
/// deletions, which change quotes, too; answers to a message of another session; messages that wait to be sent; and
/// what is about a message that is not stored.
pub(crate) async fn changed(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = MessageId>,
) -> Result<HashMap<MessageId, MessageView>> {
    let ids: Vec<Uuid> = ids.into_iter().map(MessageId::uuid).collect();
    let mut all = HashMap::new();
    for ids in ids.chunks(AT_ONCE) {
        all.extend(some(db, ids).await?);
    }
    Ok(all)
}

/// A changed message; `target`: the wamid of the message that it reacts to.
struct Changed {
    id: MessageId,
    session: Uuid,
    target: Option<String>,
}

async fn some(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<MessageId, MessageView>> {
    use message::Column;
    let query = message::Entity::find().filter(Column::Id.is_in(ids.iter().copied()));
    let mut rows = query.all(db).await?;
    rows.retain(|row| row.target_wamid.is_none() || row.kind == "reaction");
    let changed: Vec<_> = rows
        .iter()
        .map(|row| Changed {
            id: MessageId::new(row.id),
            session: row.session_id,
            target: row.target_wamid.clone(),
        })
        .collect();
    let mut known = Known::of(&changed);
    known.add(rows)?;
    let targets = changed.iter().filter_map(|of| of.target.clone()).collect();
    known.read(db, Column::Wamid, targets).await?;
    content::fill(db, &mut known.messages).await?;
    known.read(db, Column::Wamid, answered(&known.messages)).await?;
    let whole = known.messages.iter().filter(|message| message.about.is_none());
    let wamids = whole.filter_map(|message| message.wamid.clone()).collect();
    let about = known.read(db, Column::TargetWamid, wamids).await?;
    if about as u64 == MAX_ABOUT {
        return Ok(HashMap::new());
    }
    let threads = known.folded();
    let shown = |of: Changed| Some((of.id, shown(threads.get(&of.session)?, &of)?.clone()));
    Ok(changed.into_iter().filter_map(shown).collect())
}

/// What has been read, each message with its session.
struct Known {
    all: BTreeSet<Uuid>,
    sessions: Vec<Uuid>,
    messages: Vec<MessageView>,
}

impl Known {
    fn of(changed: &[Changed]) -> Self {
        Self {
            all: changed.iter().map(|of| of.session).collect(),
            sessions: Vec::new(),
            messages: Vec::new(),
        }
    }

    fn add(&mut self, rows: Vec<message::Model>) -> Result<()> {
        for row in rows {
            if self.messages.iter().all(|known| known.id.uuid() != row.id) {
                self.sessions.push(row.session_id);
                self.messages.push(view(row)?);
            }
        }
        Ok(())
    }

    /// Adds the messages of these sessions with one of these values; returns how many it found.
    async fn read(
        &mut self,
        db: &impl ConnectionTrait,
        column: message::Column,
        wamids: Vec<String>,
    ) -> Result<usize> {
        if wamids.is_empty() {
            return Ok(0);
        }
        let query = message::Entity::find()
            .filter(message::Column::SessionId.is_in(self.all.iter().copied()))
            .filter(column.is_in(wamids))
            .limit(MAX_ABOUT);
        let rows = query.all(db).await?;
        let many = rows.len();
        self.add(rows)?;
        Ok(many)
    }

    fn folded(self) -> HashMap<Uuid, Vec<MessageView>> {
        let mut threads: HashMap<Uuid, Vec<MessageView>> = HashMap::new();
        for (session, message) in self.sessions.into_iter().zip(self.messages) {
            threads.entry(session).or_default().push(message);
        }
        for messages in threads.values_mut() {
            *messages = fold(std::mem::take(messages));
        }
        threads
    }
}

fn shown<'thread>(thread: &'thread [MessageView], of: &Changed) -> Option<&'thread MessageView> {
    let itself = thread.iter().find(|message| message.id == of.id);
    let message = match &of.target {
        None => itself?,
        // A reaction that stands alone may stand elsewhere in a longer part of the thread.
        Some(_) if itself.is_some() => return None,
        Some(target) => thread
            .iter()
            .find(|message| message.about.is_none() && message.wamid.as_ref() == Some(target))?,
    };
    let content = message.content.as_ref();
    let quotes_elsewhere =
        content.is_some_and(|content| content.answers.is_some() && content.quote.is_none());
    (message.status != Some(Status::Queued) && !quotes_elsewhere).then_some(message)
}
