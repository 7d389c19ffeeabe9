//! The file that comes with a message: its row, before its bytes are fetched.

use crate::entity::file;
use domain::{
    file::{FileState, file_name},
    message::Direction,
};
use uuid::Uuid;
use whatsapp::webhook::Content;

/// The row of a message's file, due at once; `None` if the message has none.
pub(super) fn coming(channel: Uuid, message: Uuid, content: &Content, at: i64) -> Option<file::Model> {
    let content = match content {
        Content::Edit { content, .. } => content,
        content => content,
    };
    let Content::Media {
        id,
        mime_type,
        sha256,
        filename,
        ..
    } = content
    else {
        return None;
    };
    let state = match id {
        Some(_) => FileState::Coming,
        None => FileState::Gone,
    };
    Some(file::Model {
        id: message,
        channel_id: channel,
        direction: Direction::Inbound.as_str().to_owned(),
        state: state.as_str().to_owned(),
        filename: filename.as_deref().and_then(file_name),
        kind: None,
        mime_type: mime_type.clone(),
        size: None,
        sha256: sha256.clone(),
        uploaded_by: None,
        media_id: id.clone(),
        media_until: None,
        attempts: 0,
        due_at: id.is_some().then_some(at),
        claimed_by: None,
        created_at: at,
        expires_at: None,
        canned_reply_id: None,
    })
}
