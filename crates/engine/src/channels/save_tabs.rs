//! Saving several tabs of a channel at once, for scripts: all of them are saved, or none.

use crate::{
    Engine, Result,
    channels::{
        change::changed,
        reservation,
        rotate::end_secret_reset,
        save::{begin, with_country, write_authentication, write_messaging},
        sending::write_sending,
        view::view,
    },
};
use domain::{
    access::{Actor, Permission},
    channel::{AuthenticationForm, ChannelView, MessagingForm, SendingForm},
    form::{FieldProblem, Invalid},
    ids::ChannelId,
};

/// The tabs of a channel that are saved.
#[derive(Debug, Default, PartialEq)]
pub struct Tabs {
    pub authentication: Option<AuthenticationForm>,
    /// The second app secret becomes the only one, before another one is written.
    pub ends_secret_reset: bool,
    pub messaging: Option<MessagingForm>,
    pub sending: Option<SendingForm>,
}

/// Saves these tabs of a channel; a tab that is missing stays as it is.
///
/// # Errors
/// A field is wrong, or somebody saved the channel since this version.
pub async fn save_tabs(
    engine: &Engine,
    actor: &Actor,
    id: ChannelId,
    version: i64,
    tabs: &Tabs,
) -> Result<ChannelView> {
    actor.require(Permission::ChannelChange)?;
    if *tabs == Tabs::default() {
        return view(engine, id).await;
    }
    let messaging = match &tabs.messaging {
        Some(form) => Some(with_country(engine, Some(id), form).await?),
        None => None,
    };
    let mut fields = Vec::new();
    let authentication = fit(
        tabs.authentication.as_ref().map(AuthenticationForm::check),
        &mut fields,
    );
    let messaging = fit(messaging.as_ref().map(MessagingForm::check), &mut fields);
    let sending = fit(tabs.sending.as_ref().map(SendingForm::check), &mut fields);
    if !fields.is_empty() {
        return Err(Invalid { fields }.into());
    }
    let tx = engine.transaction_alone(actor).await?;
    let name = authentication
        .as_ref()
        .map_or(reservation::NAME, |form| form.name.as_str());
    begin(&tx, id, version, name).await?;
    if tabs.ends_secret_reset {
        end_secret_reset(&tx, id).await?;
    }
    if let Some(form) = &authentication {
        write_authentication(&tx, id, form).await?;
    }
    if let Some(form) = &messaging {
        write_messaging(&tx, id, form).await?;
    }
    if let Some(form) = sending {
        write_sending(&tx, id, form).await?;
    }
    changed(&tx, id);
    tx.commit().await?;
    view(engine, id).await
}

/// The checked form of a tab that is saved; its problems join those of the others.
fn fit<T>(checked: Option<std::result::Result<T, Invalid>>, fields: &mut Vec<FieldProblem>) -> Option<T> {
    match checked? {
        Ok(form) => Some(form),
        Err(invalid) => {
            fields.extend(invalid.fields);
            None
        }
    }
}
