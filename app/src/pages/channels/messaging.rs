//! The Messaging Settings tab: which number, and where its messages go.

use super::{
    editor::Head,
    guide::{self, Guide},
};
use crate::{
    api::channels::{SaveMessaging, channel, destinations},
    i18n::*,
    pages::{id_in_url, known},
    ui::{
        Button, ButtonLink, CheckedForm, Field, FormState, Kind, Load,
        field::{self, FieldProblem},
        form::{FocusedField, FormAnswer, on_answer},
        use_toasts,
    },
    words,
};
use domain::{
    channel::{ChannelView, DestinationRef, Destinations},
    ids::ChannelId,
};
use leptos::{context::Provider, prelude::*};

#[component]
pub fn MessagingTab() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let Head(head) = expect_context();
    let id = id_in_url::<ChannelId>();
    let stored = Resource::new(
        move || id.get(),
        |id| async move { Ok((channel(known(id)?).await?, destinations().await?)) },
    );
    let save = ServerAction::<SaveMessaging>::new();
    on_answer(save, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, common.said.saved));
            stored.refetch();
            head.refetch();
        }
    });
    let form = move |(channel, destinations): (ChannelView, Destinations)| {
        view! {
            <Provider value=FocusedField(RwSignal::new(None))>
                <div class="with-guide">
                    <MessagingForm channel destinations save />
                    <Guide fields=&guide::MESSAGING />
                </div>
            </Provider>
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

#[component]
fn MessagingForm(
    channel: ChannelView,
    destinations: Destinations,
    save: ServerAction<SaveMessaging>,
) -> impl IntoView {
    let i18n = use_i18n();
    // Made inside the form: fields look for it around them.
    let ChannelView {
        id,
        destination: chosen,
        ..
    } = channel;
    let fields = move || {
        view! {
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="version" value=channel.version.to_string() />
            <Field
                name="phone_number"
                label=move || t_string!(i18n, channels.field.phone_number)
                hint=move || t_string!(i18n, channels.field.phone_number_hint)
                value=channel.phone_number.as_deref().map(words::phone).unwrap_or_default()
                kind="tel"
                inputmode="tel"
                mono=true
            />
            <Field
                name="phone_number_id"
                label=move || t_string!(i18n, channels.field.phone_number_id)
                hint=move || t_string!(i18n, channels.field.phone_number_id_hint)
                value=channel.phone_number_id.unwrap_or_default()
                inputmode="numeric"
                mono=true
            />
            <Field
                name="waba_id"
                label=move || t_string!(i18n, channels.field.waba_id)
                hint=move || t_string!(i18n, channels.field.waba_id_hint)
                value=channel.waba_id.unwrap_or_default()
                inputmode="numeric"
                mono=true
            />
        }
        .into_any()
    };
    view! {
        <CheckedForm action=save>
            {fields()} <DestinationField chosen destinations />
            <FormAnswer action=save /> <div class="form-buttons">
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

/// A native list: it opens, scrolls and finds by typing as the reader's system does it.
#[component]
fn DestinationField(chosen: Option<DestinationRef>, destinations: Destinations) -> impl IntoView {
    let i18n = use_i18n();
    let name = "destination";
    let state = expect_context::<FormState>();
    let chosen = chosen.map(|chosen| chosen.destination);
    let options = move |list: Vec<DestinationRef>| {
        list.into_iter()
            .filter(|option| !option.disabled || chosen == Some(option.destination))
            .map(|option| {
                let disabled = option
                    .disabled
                    .then_some(move || format!(" ({})", t_string!(i18n, channels.is_disabled)));
                view! {
                    <option value=option.destination.to_string() selected=chosen == Some(option.destination)>
                        {option.label}
                        {disabled}
                    </option>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <div class="field">
            <label for=field::id(name)>{move || t_string!(i18n, channels.field.destination)}</label>
            <select
                id=field::id(name)
                name=field::form_name(name, false)
                class="input"
                aria-invalid=move || state.problem(name).map(|_| "true")
                aria-describedby=format!("{0}-problem {0}-hint", field::id(name))
            >
                <option value="">{move || t_string!(i18n, channels.field.destination_none)}</option>
                <optgroup label=move || t_string!(i18n, channels.field.queues)>
                    {options(destinations.queues)}
                </optgroup>
                <optgroup label=move || {
                    t_string!(i18n, channels.field.extensions)
                }>{options(destinations.extensions)}</optgroup>
            </select>
            <FieldProblem name />
            <p class="hint" id=format!("{}-hint", field::id(name))>
                {move || t_string!(i18n, channels.field.destination_hint)}
            </p>
        </div>
    }
    .into_any()
}
