//! The allowed countries. The country database has its own form, which uploads a file.

use super::{checked::Checked, error::ApiError, flash::Unsaved, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, client_address, engine},
    plain_form,
};
use domain::{
    countries::{CountriesForm, Door, Overview, RuleView},
    form::Invalid,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows beside the form.
#[server(prefix = "/rpc", endpoint = "countries/overview", protocol = Rpc)]
pub async fn countries_overview() -> Result<Overview, ApiError> {
    let actor = actor().await?;
    Ok(engine::countries::overview(&engine()?, &actor, client_address()).await?)
}

/// What the form of a door shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulePage {
    pub stored: RuleView,
    pub unsaved: Option<Unsaved<CountriesForm>>,
}

/// The rule of a door, for its form.
#[server(prefix = "/rpc", endpoint = "countries/rule", protocol = Rpc)]
pub async fn country_rule(door: Door) -> Result<RulePage, ApiError> {
    let actor = actor().await?;
    Ok(RulePage {
        stored: engine::countries::rule(&engine()?, &actor, door).await?,
        unsaved: flash::kept(&place(door)).await?,
    })
}

/// Saves the rule of a door.
#[server(prefix = "/rpc", endpoint = "countries/save", protocol = Rpc)]
pub async fn save_countries(version: i64, #[server(default)] form: CountriesForm) -> Result<(), ApiError> {
    let actor = actor().await?;
    let door = form.door.parse().unwrap_or(Door::Console);
    let typed = flash::recall(&place(door), version, form).await?;
    let saved = engine::countries::save(&engine()?, &actor, client_address(), version, &typed.form).await;
    typed.settle(saved)?;
    plain_form::redirect(&path(door));
    Ok(())
}

impl Checked for SaveCountries {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// The page with the form of a door.
pub fn path(door: Door) -> String {
    match door {
        Door::Console => "/security/countries".to_owned(),
        door => format!("/security/countries/{}", door.as_str()),
    }
}

#[cfg(feature = "ssr")]
fn place(door: Door) -> String {
    format!("countries:{}", door.as_str())
}
