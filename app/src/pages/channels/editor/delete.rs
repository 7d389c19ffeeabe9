//! Deleting a channel: explains the consequences, and asks for the name.

use crate::{
    api::{
        Resource,
        channels::{DeleteChannel, channel},
    },
    i18n::*,
    pages::url::{id_in_url, known},
    ui::{
        Button, ButtonLink, CheckedForm, Field, Form, Kind, Load,
        form::{FormAnswer, on_outcome},
        use_toasts,
    },
};
use domain::{
    channel::{ChannelView, Presence},
    ids::ChannelId,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn DeleteTab() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let go = use_navigate();
    let id = id_in_url::<ChannelId>();
    // Not the header's resource: events must not touch unsaved input.
    let stored = Resource::new(move || id.get(), |id| async move { channel(known(id)?).await });
    let delete = Form::<DeleteChannel>::new();
    let name = RwSignal::new(String::new());
    on_outcome(delete.action, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, channels.delete.done, name = name.get_untracked()));
            go("/channels", Default::default());
        }
    });
    let form = move |channel: Presence| match channel {
        Presence::Here(channel) => {
            name.set(channel.name.clone());
            view! { <DeleteForm channel=*channel delete /> }.into_any()
        }
        // The header says who deleted it.
        Presence::Deleted { .. } => ().into_any(),
    };
    view! { <Load from=stored view=form /> }.into_any()
}

#[component]
fn DeleteForm(channel: ChannelView, delete: Form<DeleteChannel>) -> impl IntoView {
    let i18n = use_i18n();
    let ChannelView { id, name, .. } = channel;
    let asked = move || t_string!(i18n, channels.delete.name, name = name.clone());
    view! {
        <section class="panel delete" aria-labelledby="delete-title">
            <h2 id="delete-title">{move || t_string!(i18n, channels.delete.title)}</h2>
            <p>{move || t_string!(i18n, channels.delete.text)}</p>
            <p>{move || t_string!(i18n, channels.delete.meta)}</p>
            <CheckedForm form=delete>
                <input type="hidden" name="id" value=id.to_string() />
                <p id="delete-asked">{asked}</p>
                <Field name="name" label=move || t_string!(i18n, channels.field.name) alone=true />
                <FormAnswer action=delete.action />
                <div class="form-buttons">
                    <Button submit=true kind=Kind::Danger busy=delete.pending()>
                        {move || t_string!(i18n, channels.delete.button)}
                    </Button>
                    <ButtonLink href=format!("/channels/{id}") kind=Kind::Quiet>
                        {move || t_string!(i18n, common.button.cancel)}
                    </ButtonLink>
                </div>
            </CheckedForm>
        </section>
    }
    .into_any()
}
