//! A file of a message. Its bytes are in the file store.

use super::stored;
use domain::{
    file::{FileView, UploadView, UploadedFile},
    ids::FileId,
};
use media::limits::Kind;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub struct Model {
    /// A received file has the id of its message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Nil for a file of a canned reply: each message that sends it has a copy of its own.
    pub channel_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub direction: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub filename: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub mime_type: Option<String>,
    /// What WhatsApp takes an uploaded file as; also always as a document.
    #[sea_orm(column_type = "Text", nullable)]
    pub kind: Option<String>,
    /// In bytes.
    pub size: Option<i64>,
    /// In hex.
    #[sea_orm(column_type = "Text", nullable)]
    pub sha256: Option<String>,
    /// Who may send it: the user or the token that uploads it.
    #[sea_orm(column_type = "Text", nullable)]
    pub uploaded_by: Option<String>,
    /// Meta's id.
    #[sea_orm(column_type = "Text", nullable)]
    pub media_id: Option<String>,
    /// Until when Meta keeps it.
    pub media_until: Option<i64>,
    /// Transfers from or to Meta.
    pub attempts: i64,
    /// When the next transfer is due; `None`: none is.
    pub due_at: Option<i64>,
    /// The engine that transfers it now. Its claim ends with `due_at`.
    pub claimed_by: Option<Uuid>,
    pub created_at: i64,
    /// When the bytes are deleted.
    pub expires_at: Option<i64>,
    /// The canned reply that has it.
    pub canned_reply_id: Option<Uuid>,
}

impl Model {
    /// The size in bytes, once it is known.
    pub fn bytes(&self) -> Option<u64> {
        self.size.and_then(|size| u64::try_from(size).ok())
    }

    /// The type as WhatsApp wants it told: sound in Ogg only with its codec.
    pub fn type_for_meta(&self) -> &str {
        match self.mime_type.as_deref() {
            Some("audio/ogg") if self.kind.as_deref() == Some(Kind::Audio.as_str()) => {
                "audio/ogg; codecs=opus"
            }
            Some(mime_type) => mime_type,
            None => "application/octet-stream",
        }
    }

    pub fn view(&self) -> crate::Result<FileView> {
        Ok(FileView {
            state: stored(&self.state)?,
            mime_type: self.mime_type.clone(),
            size: self.bytes(),
            filename: self.filename.clone(),
            attempt: None,
        })
    }

    /// An uploaded file.
    pub fn uploaded(&self) -> crate::Result<UploadedFile> {
        Ok(UploadedFile {
            id: FileId::new(self.id),
            upload: UploadView {
                file: self.view()?,
                kind: self.kind.clone(),
            },
        })
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
