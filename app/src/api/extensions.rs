//! Extensions and their log-ins.

use super::{checked::Checked, error::ApiError, flash::Unsaved, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, engine, entitled},
    plain_form,
};
#[cfg(feature = "ssr")]
use domain::access::Permission;
use domain::{
    directory::{ExtensionForm, ExtensionRow, ImportForm, ImportedExtension},
    form::Invalid,
    ids::ExtensionId,
};
#[cfg(feature = "ssr")]
use engine::saved::Expected;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Every extension.
#[server(prefix = "/rpc", endpoint = "extensions/list", protocol = Rpc)]
pub async fn extensions() -> Result<Vec<ExtensionRow>, ApiError> {
    let actor = actor().await?;
    Ok(engine::directory::extensions::list(&engine()?, &actor).await?)
}

/// What an extension's editor shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionPage {
    /// `None`: a new one.
    pub extension: Option<ExtensionRow>,
    /// Whoever asks answers there.
    pub own: bool,
    pub unsaved: Option<Unsaved<ExtensionForm>>,
}

/// An extension's editor; without an id, for a new extension.
#[server(name = ReadExtension, prefix = "/rpc", endpoint = "extensions/get", protocol = Rpc)]
pub async fn extension(#[server(default)] id: Option<ExtensionId>) -> Result<ExtensionPage, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    Ok(ExtensionPage {
        extension: match id {
            Some(id) => Some(engine::directory::extensions::get(&engine, &actor, id).await?),
            None => None,
        },
        own: id.is_some() && actor.extension().map(|extension| extension.id) == id,
        unsaved: flash::kept(&place_of(id)).await?,
    })
}

/// Saves an extension; without an id, creates one.
#[server(prefix = "/rpc", endpoint = "extensions/save", protocol = Rpc)]
pub async fn save_extension(
    #[server(default)] id: Option<ExtensionId>,
    #[server(default)] form: ExtensionForm,
) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let typed = flash::recall(&place_of(id), 0, form).await?;
    let had_login = match id {
        Some(id) => {
            let before = engine::directory::extensions::get(&engine, &actor, id).await?;
            before.login.is_some()
        }
        None => false,
    };
    if had_login || !typed.form.login.is_empty() {
        typed.or_keep(entitled(&actor, Permission::DirectoryChange).await)?;
    }
    let saved = match id {
        Some(id) => {
            engine::directory::extensions::change(&engine, &actor, id, &Expected::Any, &typed.form).await
        }
        None => engine::directory::extensions::create(&engine, &actor, &typed.form)
            .await
            .map(drop),
    };
    typed.settle(saved)?;
    plain_form::redirect("/extensions");
    Ok(())
}

impl Checked for SaveExtension {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// Creates the extensions of a table, or only says which these would be.
#[server(prefix = "/rpc", endpoint = "extensions/import", protocol = Rpc)]
pub async fn import_extensions(
    #[server(default)] form: ImportForm,
    #[server(default)] dry_run: bool,
) -> Result<Vec<ImportedExtension>, ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::DirectoryChange).await?;
    Ok(engine::directory::import::import(&engine()?, &actor, &form, dry_run).await?)
}

impl Checked for ImportExtensions {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check()
    }
}

/// Disables an extension, or enables it again.
#[server(prefix = "/rpc", endpoint = "extensions/set-disabled", protocol = Rpc)]
pub async fn set_extension_disabled(id: ExtensionId, disabled: bool) -> Result<(), ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::DirectoryChange).await?;
    engine::directory::extensions::set_disabled(&engine()?, &actor, id, disabled).await?;
    plain_form::redirect(&format!("/extensions/{id}"));
    Ok(())
}

#[cfg(feature = "ssr")]
fn place_of(id: Option<ExtensionId>) -> String {
    id.map_or_else(|| "new extension".to_owned(), |id| format!("extension {id}"))
}
