//! Labels, and putting them on sessions.

use super::{checked::Checked, error::ApiError, flash::Unsaved, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, engine},
    plain_form,
};
use domain::{
    form::Invalid,
    ids::{LabelId, SessionId},
    label::LabelForm,
    refs::LabelRef,
};
#[cfg(feature = "ssr")]
use engine::saved::Expected;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the list is.
pub const PATH: &str = "/labels";

/// All of them, by name.
#[server(prefix = "/rpc", endpoint = "labels/list", protocol = Rpc)]
pub async fn labels() -> Result<Vec<LabelRef>, ApiError> {
    let actor = actor().await?;
    Ok(engine::labels::list(&engine()?, &actor).await?)
}

/// What the editor of a label shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelPage {
    /// `None`: a new one.
    pub label: Option<LabelRef>,
    pub unsaved: Option<Unsaved<LabelForm>>,
}

/// The editor of a label; without an id, for a new one.
#[server(name = ReadLabel, prefix = "/rpc", endpoint = "labels/get", protocol = Rpc)]
pub async fn label(#[server(default)] id: Option<LabelId>) -> Result<LabelPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    Ok(LabelPage {
        label: match id {
            Some(id) => Some(engine::labels::get(&engine, &actor, id).await?),
            None => None,
        },
        unsaved: flash::kept(&place_of(id)).await?,
    })
}

/// Saves a label; without an id, creates one.
#[server(prefix = "/rpc", endpoint = "labels/save", protocol = Rpc)]
pub async fn save_label(
    #[server(default)] id: Option<LabelId>,
    #[server(default)] form: LabelForm,
) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let typed = flash::recall(&place_of(id), 0, form).await?;
    let saved = match id {
        Some(id) => engine::labels::change(&engine, &actor, id, &Expected::Any, &typed.form).await,
        None => engine::labels::create(&engine, &actor, &typed.form)
            .await
            .map(drop),
    };
    typed.settle(saved)?;
    plain_form::redirect(PATH);
    Ok(())
}

impl Checked for SaveLabel {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// Deletes a label, and takes it off all sessions.
#[server(prefix = "/rpc", endpoint = "labels/delete", protocol = Rpc)]
pub async fn delete_label(id: LabelId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::labels::delete(&engine()?, &actor, id, &Expected::Any).await?;
    plain_form::redirect(PATH);
    Ok(())
}

/// Puts a label on a session, or takes it off.
///
/// # Errors
/// Not visible to the caller, no such label, or too many on the session.
#[server(prefix = "/rpc", endpoint = "labels/put", protocol = Rpc)]
pub async fn put_label(
    session: SessionId,
    label: LabelId,
    #[server(default)] on: bool,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    Ok(engine::labels::put(&engine()?, &actor, session, label, on).await?)
}

#[cfg(feature = "ssr")]
fn place_of(id: Option<LabelId>) -> String {
    id.map_or_else(|| "new label".to_owned(), |id| format!("label {id}"))
}
