//! Extensions and their log-ins.

#[cfg(feature = "ssr")]
use super::guard::{self, actor, engine};
use super::{ApiError, Checked};
use domain::{
    ids::ExtensionId,
    people::{ExtensionForm, ExtensionRow},
    refusal::Refusal,
};
use leptos::prelude::*;

/// Every extension.
#[server(prefix = "/rpc", endpoint = "extensions/list")]
pub async fn extensions() -> Result<Vec<ExtensionRow>, ApiError> {
    let actor = actor().await?;
    Ok(engine::extensions::list(&engine()?, &actor).await?)
}

/// One extension, for its editor.
#[server(prefix = "/rpc", endpoint = "extensions/get")]
pub async fn extension(id: ExtensionId) -> Result<ExtensionRow, ApiError> {
    let actor = actor().await?;
    Ok(engine::extensions::get(&engine()?, &actor, id).await?)
}

/// Saves an extension; without an id, makes one.
#[server(prefix = "/rpc", endpoint = "extensions/save")]
pub async fn save_extension(
    #[server(default)] id: Option<ExtensionId>,
    #[server(default)] form: ExtensionForm,
) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    match id {
        Some(id) => engine::extensions::change(&engine, &actor, id, &form).await?,
        None => drop(engine::extensions::create(&engine, &actor, &form).await?),
    }
    guard::lead("/extensions");
    Ok(())
}

impl Checked for SaveExtension {
    fn check(&self) -> Result<(), Refusal> {
        self.form.check().map(drop)
    }
}

/// Disables an extension, or enables it again.
#[server(prefix = "/rpc", endpoint = "extensions/set-disabled")]
pub async fn set_extension_disabled(id: ExtensionId, disabled: bool) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::extensions::set_disabled(&engine()?, &actor, id, disabled).await?;
    guard::lead(&format!("/extensions/{id}"));
    Ok(())
}
