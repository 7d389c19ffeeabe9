//! The audit log.

#[cfg(feature = "ssr")]
use super::guard::{actor, engine};
use super::{error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use crate::ui::zone;
#[cfg(feature = "ssr")]
use domain::{access::Permission, page::PageRequest};
use domain::{
    access::{AuditForm, AuditRow},
    page::Page,
    refusal::Refusal,
};
use leptos::prelude::*;

/// One page of the audit log, the newest row first, or which filter cannot be read. Days are those of the caller's time
/// zone.
///
/// # Errors
/// Not an administrator, or an invalid cursor.
#[server(prefix = "/rpc", endpoint = "audit/list", protocol = Rpc)]
pub async fn audit_log(
    #[server(default)] form: AuditForm,
    #[server(default)] cursor: Option<String>,
) -> Result<Result<Page<AuditRow>, Refusal>, ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let zone = zone::requested_zone();
    let page = PageRequest { cursor, limit: None };
    actor
        .require(Permission::AuditRead)
        .map_err(engine::Error::from)?;
    match form.check(|day| zone::begins(zone.as_ref(), day)) {
        Ok(filter) => Ok(Ok(
            engine::audit::list::list(&engine, &actor, &filter, &page).await?
        )),
        Err(invalid) => Ok(Err(invalid.into())),
    }
}
