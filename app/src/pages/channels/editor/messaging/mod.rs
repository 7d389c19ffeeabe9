//! The Messaging Settings tab: which number, and where its messages go.

mod destination;
mod numbers;

use self::{destination::DestinationField, numbers::FetchNumbersField};
use super::{
    guide::{self, WithGuide},
    save::saves,
};
use crate::{
    api::{
        Resource,
        channels::{MessagingPage, SaveMessaging, messaging},
    },
    i18n::*,
    labels,
    pages::url::{id_in_url, known},
    ui::{Button, ButtonLink, CheckedForm, Field, Form, Kind, Load, form::FormAnswer},
};
use domain::{
    channel::{self, ChannelView},
    ids::ChannelId,
};
use leptos::prelude::*;

#[component]
pub fn MessagingTab() -> impl IntoView {
    let id = id_in_url::<ChannelId>();
    let found = guide::found(id);
    let stored = Resource::new(move || id.get(), |id| async move { messaging(known(id)?).await });
    let save = saves::<SaveMessaging, _>(stored);
    let form = move |page: MessagingPage| {
        let channel = page.channel.clone();
        view! {
            <WithGuide channel found>
                <MessagingForm page save />
            </WithGuide>
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

#[component]
fn MessagingForm(page: MessagingPage, save: Form<SaveMessaging>) -> impl IntoView {
    let i18n = use_i18n();
    let MessagingPage {
        channel,
        destinations,
        country,
        unsaved,
        numbers,
    } = page;
    let id = channel.id;
    let (form, version) = unsaved.map_or_else(
        || (stored_form(&channel), channel.version),
        |unsaved| (unsaved.form, unsaved.version),
    );
    let form = channel::MessagingForm {
        country: country.unwrap_or_default(),
        ..form
    };
    let has_token = channel.access_token_end.is_some();
    // Created inside the form: the fields use its context.
    let fields = move || {
        view! {
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            <input type="hidden" name="form[country]" value=form.country />
            <Field
                name="phone_number"
                label=move || t_string!(i18n, channels.field.phone_number)
                hint=move || t_string!(i18n, channels.field.phone_number_hint)
                value=form.phone_number
                kind="tel"
                inputmode="tel"
                mono=true
            />
            <Field
                name="phone_number_id"
                label=move || t_string!(i18n, channels.field.phone_number_id)
                hint=move || t_string!(i18n, channels.field.phone_number_id_hint)
                value=form.phone_number_id
                inputmode="numeric"
                mono=true
            />
            <DestinationField
                name="destination"
                hint=move || t_string!(i18n, channels.field.destination_hint)
                none=move || t_string!(i18n, channels.field.destination_none)
                stored=channel.destination
                chosen=form.destination
                destinations=destinations.clone()
            />
            <Field
                name="waba_id"
                label=move || t_string!(i18n, channels.field.waba_id)
                hint=move || t_string!(i18n, channels.field.waba_id_hint)
                value=form.waba_id
                inputmode="numeric"
                mono=true
            />
            <FetchNumbersField has_token answered=numbers />
            <DestinationField
                name="fallback"
                hint=move || t_string!(i18n, channels.field.fallback_hint)
                none=move || t_string!(i18n, channels.field.fallback_none)
                stored=channel.fallback
                chosen=form.fallback
                destinations
            />
        }
        .into_any()
    };
    view! {
        <CheckedForm form=save>
            // Enter saves: the first button of a form is its default.
            <button type="submit" hidden></button>
            {fields()} <FormAnswer action=save.action /> <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
                </Button>
                <ButtonLink href=format!("/channels/{id}/health") kind=Kind::Quiet>
                    {move || t_string!(i18n, channels.next.health)}
                </ButtonLink>
            </div>
        </CheckedForm>
    }
    .into_any()
}

/// The stored values as form input.
fn stored_form(channel: &ChannelView) -> channel::MessagingForm {
    let spelt = |to: &Option<channel::DestinationRef>| {
        to.as_ref()
            .map(|to| to.destination.to_string())
            .unwrap_or_default()
    };
    channel::MessagingForm {
        phone_number: channel
            .phone_number
            .as_deref()
            .map(labels::phone)
            .unwrap_or_default(),
        phone_number_id: channel.phone_number_id.clone().unwrap_or_default(),
        waba_id: channel.waba_id.clone().unwrap_or_default(),
        destination: spelt(&channel.destination),
        fallback: spelt(&channel.fallback),
        country: String::new(),
    }
}
