//! The file of a message, for those who may see the message.

use crate::{
    Engine, Error, Result,
    entity::{file, message},
    files::store::Bytes,
    sessions::{access, content},
};
use domain::{
    access::Actor,
    file::{FileState, FileView},
    ids::{MessageId, SessionId},
    message::Direction,
    refusal::Refusal,
};
use sea_orm::EntityTrait;
use std::ops::Range;
use uuid::Uuid;

/// A stored file.
#[derive(Debug, Clone)]
pub struct OpenFile {
    engine: Engine,
    id: Uuid,
    pub view: FileView,
    /// In bytes.
    pub size: u64,
    /// The type as WhatsApp wants it told.
    pub type_for_meta: String,
    /// In hex.
    pub sha256: Option<String>,
}

/// The file of a message.
///
/// # Errors
/// The actor may not see the message, it has no file, or the file is not here.
pub async fn of_message(engine: &Engine, actor: &Actor, id: MessageId) -> Result<OpenFile> {
    let db = engine.db.read();
    let found = message::Entity::find_by_id(id.uuid()).one(db).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    access::find(db, actor, SessionId::new(found.session_id), false).await?;
    let file = match found.direction == Direction::Outbound.as_str() && !found.phone {
        true => content::outgoing(db, &found).await?.content.file(),
        false => Some(domain::ids::FileId::new(found.id)),
    };
    let file = file.ok_or(Refusal::NotFound)?;
    let row = file::Entity::find_by_id(file.uuid()).one(db).await?;
    let row = row.ok_or(Refusal::NotFound)?;
    match row.view()?.state {
        FileState::Here => {}
        FileState::Uploading | FileState::Coming => return Err(Refusal::NotFound.into()),
        FileState::Expired | FileState::Gone | FileState::TooLarge | FileState::NotAllowed => {
            return Err(Refusal::FileGone.into());
        }
    }
    OpenFile::of(engine, row)
}

impl OpenFile {
    /// A file that is here.
    pub(crate) fn of(engine: &Engine, row: file::Model) -> Result<Self> {
        let view = row.view()?;
        Ok(Self {
            engine: engine.clone(),
            id: row.id,
            size: view.size.unwrap_or(0),
            type_for_meta: row.type_for_meta().to_owned(),
            sha256: row.sha256,
            view,
        })
    }

    /// The small version of a picture, a JPEG; `None`: it has none.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn small(&self) -> Result<Option<bytes::Bytes>> {
        self.engine.files.read_small(self.id).await.map_err(|error| {
            tracing::error!(%error, file = %self.id, "a small picture cannot be read");
            Error::Unavailable("a file cannot be read")
        })
    }

    /// The content, or a range of it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn read(&self, range: Option<Range<u64>>) -> Result<Bytes> {
        self.engine.files.read(self.id, range).await.map_err(|error| {
            tracing::error!(%error, file = %self.id, "a file cannot be read");
            Error::Unavailable("a file cannot be read")
        })
    }
}
