//! Canned replies.

use super::{checked::Checked, error::ApiError, flash::Unsaved, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, engine},
    plain_form,
};
use domain::{
    canned_reply::{CannedReply, CannedReplyForm},
    file::UploadedFile,
    form::Invalid,
    ids::{CannedReplyId, FileId, QueueId, SessionId},
};
#[cfg(feature = "ssr")]
use engine::saved::Expected;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the list is.
pub const PATH: &str = "/canned-replies";

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub reply: CannedReply,
    /// The name of its queue.
    pub queue: Option<String>,
}

/// All of them.
#[server(prefix = "/rpc", endpoint = "canned-replies/list", protocol = Rpc)]
pub async fn canned_replies() -> Result<Vec<Row>, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let replies = engine::canned_replies::list(&engine, &actor).await?;
    let queues = engine::canned_replies::queues(&engine, &actor).await?;
    let row = |reply: CannedReply| Row {
        queue: reply.queue.and_then(|id| name_of(&queues, id)),
        reply,
    };
    Ok(replies.into_iter().map(row).collect())
}

#[cfg(feature = "ssr")]
fn name_of(queues: &[(QueueId, String)], id: QueueId) -> Option<String> {
    let found = queues.iter().find(|(queue, _)| *queue == id);
    found.map(|(_, name)| name.clone())
}

/// What the editor of a canned reply shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedReplyPage {
    /// `None`: a new one.
    pub reply: Option<CannedReply>,
    /// The queues that may have one of their own.
    pub queues: Vec<(QueueId, String)>,
    pub unsaved: Option<Unsaved<CannedReplyForm>>,
}

/// The editor of a canned reply; without an id, for a new one.
#[server(name = ReadCannedReply, prefix = "/rpc", endpoint = "canned-replies/get", protocol = Rpc)]
pub async fn canned_reply(#[server(default)] id: Option<CannedReplyId>) -> Result<CannedReplyPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    Ok(CannedReplyPage {
        queues: engine::canned_replies::queues(&engine, &actor).await?,
        reply: match id {
            Some(id) => Some(engine::canned_replies::get(&engine, &actor, id).await?),
            None => None,
        },
        unsaved: flash::kept(&place_of(id)).await?,
    })
}

/// Those that may be used in a session, with the values of their variables.
///
/// # Errors
/// Not logged in, or not visible to the caller.
#[server(prefix = "/rpc", endpoint = "canned-replies/of-session", protocol = Rpc)]
pub async fn canned_replies_of(session: SessionId) -> Result<Vec<CannedReply>, ApiError> {
    let actor = actor().await?;
    Ok(engine::canned_replies::of_session(&engine()?, &actor, session).await?)
}

/// A copy of a canned reply's file, for a message in a session.
///
/// # Errors
/// Not logged in, not visible to the caller, or of no canned reply of the session.
#[server(prefix = "/rpc", endpoint = "canned-replies/attach", protocol = Rpc)]
pub async fn attach_canned_file(session: SessionId, file: FileId) -> Result<UploadedFile, ApiError> {
    let actor = actor().await?;
    Ok(engine::canned_replies::attach(&engine()?, &actor, session, file).await?)
}

/// Saves a canned reply; without an id, creates one.
#[server(prefix = "/rpc", endpoint = "canned-replies/save", protocol = Rpc)]
pub async fn save_canned_reply(
    #[server(default)] id: Option<CannedReplyId>,
    #[server(default)] form: CannedReplyForm,
) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let typed = flash::recall(&place_of(id), 0, form).await?;
    let saved = match id {
        Some(id) => engine::canned_replies::change(&engine, &actor, id, &Expected::Any, &typed.form).await,
        None => engine::canned_replies::create(&engine, &actor, &typed.form)
            .await
            .map(drop),
    };
    typed.settle(saved)?;
    plain_form::redirect(PATH);
    Ok(())
}

impl Checked for SaveCannedReply {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// Deletes a canned reply.
#[server(prefix = "/rpc", endpoint = "canned-replies/delete", protocol = Rpc)]
pub async fn delete_canned_reply(id: CannedReplyId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::canned_replies::delete(&engine()?, &actor, id, &Expected::Any).await?;
    plain_form::redirect(PATH);
    Ok(())
}

#[cfg(feature = "ssr")]
fn place_of(id: Option<CannedReplyId>) -> String {
    id.map_or_else(
        || "new canned reply".to_owned(),
        |id| format!("canned reply {id}"),
    )
}
