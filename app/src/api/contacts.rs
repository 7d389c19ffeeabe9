//! Merging two contacts, undoing it, and erasing one.

use super::{error::ApiError, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    guard::{actor, engine, entitled},
    plain_form,
};
#[cfg(feature = "ssr")]
use domain::{
    access::Permission,
    form::{Problem, optional},
    refusal::Refusal,
};
use domain::{
    contact_merge::FoundContact,
    ids::{ContactId, SessionId},
};
use leptos::prelude::*;

/// The contacts with which a session's contact may be merged, by a name or a number.
///
/// # Errors
/// Not a supervisor, or the session is not visible to the caller.
#[server(prefix = "/rpc", endpoint = "contacts/find", protocol = Rpc)]
pub async fn find_contacts(
    session: SessionId,
    #[server(default)] search: String,
) -> Result<Vec<FoundContact>, ApiError> {
    let actor = actor().await?;
    Ok(engine::sessions::contacts_to_merge(&engine()?, &actor, session, &search).await?)
}

/// Merges another contact into the one of a session.
///
/// # Errors
/// Not a supervisor; one of the two is not visible to the caller; they are the same; there would be too many.
#[server(prefix = "/rpc", endpoint = "contacts/merge", protocol = Rpc)]
pub async fn merge_contact(session: SessionId, #[server(default)] contact: String) -> Result<(), ApiError> {
    let actor = actor().await?;
    let Some(contact) = optional(&contact) else {
        return Err(ApiError::Refused(Refusal::field("contact", Problem::Required)).sent());
    };
    let contact: Result<ContactId, _> = contact.parse();
    let contact = contact.map_err(|_| ApiError::Refused(Refusal::NotFound).sent())?;
    engine::sessions::merge_contacts(&engine()?, &actor, session, contact).await?;
    plain_form::redirect(&format!("/inbox/{session}?tab=all"));
    Ok(())
}

/// Undoes the merging of a session's contact with another one.
///
/// # Errors
/// Not a supervisor, or one of the two is not visible to the caller.
#[server(prefix = "/rpc", endpoint = "contacts/separate", protocol = Rpc)]
pub async fn separate_contact(session: SessionId, contact: ContactId) -> Result<(), ApiError> {
    let actor = actor().await?;
    engine::sessions::separate_contacts(&engine()?, &actor, session, contact).await?;
    plain_form::redirect(&format!("/inbox/{session}?tab=all"));
    Ok(())
}

/// Erases a contact with everything of it, and leads to the audit log, which keeps how much it was.
///
/// # Errors
/// Not an administrator, or not proved within ten minutes; nobody is sure; there is no such contact.
#[server(prefix = "/rpc", endpoint = "contacts/erase", protocol = Rpc)]
pub async fn erase_contact(
    #[server(default)] contact: String,
    #[server(default)] sure: bool,
) -> Result<(), ApiError> {
    let actor = actor().await?;
    entitled(&actor, Permission::ContactErase).await?;
    if !sure {
        return Err(ApiError::Refused(Refusal::field("sure", Problem::Required)).sent());
    }
    let contact: Result<ContactId, _> = contact.parse();
    let contact = contact.map_err(|_| ApiError::Refused(Refusal::NotFound).sent())?;
    engine::erasure::erase_contact(&engine()?, &actor, contact).await?;
    leptos_axum::redirect("/security/audit?about=contact");
    Ok(())
}
