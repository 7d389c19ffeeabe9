//! The Authentication tab: what goes into Meta, and what comes from there.

use super::{
    editor::Head,
    guide::{self, Guide},
};
use crate::{
    api::channels::{SaveAuthentication, channel},
    i18n::*,
    pages::{id_in_url, known},
    ui::{
        Button, ButtonLink, CheckedForm, CopyField, Field, Kind, Load, Secret,
        form::{FocusedField, FormAnswer, on_answer},
        use_toasts,
    },
};
use domain::{channel::ChannelView, ids::ChannelId};
use leptos::{context::Provider, prelude::*};

#[component]
pub fn AuthenticationTab() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let Head(head) = expect_context();
    let id = id_in_url::<ChannelId>();
    let stored = Resource::new(move || id.get(), |id| async move { channel(known(id)?).await });
    let save = ServerAction::<SaveAuthentication>::new();
    on_answer(save, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, common.said.saved));
            stored.refetch();
            head.refetch();
        }
    });
    let form = move |channel: ChannelView| {
        view! {
            <Provider value=FocusedField(RwSignal::new(None))>
                <div class="with-guide">
                    <AuthenticationForm channel save />
                    <Guide fields=&guide::AUTHENTICATION />
                </div>
            </Provider>
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

#[component]
fn AuthenticationForm(channel: ChannelView, save: ServerAction<SaveAuthentication>) -> impl IntoView {
    let i18n = use_i18n();
    let stored = move || t_string!(i18n, channels.field.secret_stored);
    let secret_hint = move || t_string!(i18n, channels.field.secret_hint);
    // Made inside the form: fields look for it around them.
    let id = channel.id;
    let (access_token, app_secret) = (channel.access_token_end, channel.app_secret_end);
    let ours = move || {
        view! {
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="version" value=channel.version.to_string() />
            <Field
                name="name"
                label=move || t_string!(i18n, channels.field.name)
                hint=move || t_string!(i18n, channels.field.name_hint)
                value=channel.name
            />
            <CopyField
                name="webhook_url"
                label=move || t_string!(i18n, channels.field.webhook_url)
                hint=move || t_string!(i18n, channels.field.webhook_url_hint)
                value=channel.webhook_url
            />
            <CopyField
                name="verify_token"
                label=move || t_string!(i18n, channels.field.verify_token)
                hint=move || t_string!(i18n, channels.field.verify_token_hint)
                value=channel.verify_token
            />
        }
        .into_any()
    };
    let theirs = move || {
        view! {
            <Secret
                name="access_token"
                label=move || t_string!(i18n, channels.field.access_token)
                hint=secret_hint
                stored=stored
                end=access_token
            />
            <Secret
                name="app_secret"
                label=move || t_string!(i18n, channels.field.app_secret)
                hint=secret_hint
                stored=stored
                end=app_secret
            />
        }
        .into_any()
    };
    view! {
        <CheckedForm action=save>
            {ours()} {theirs()} <FormAnswer action=save />
            <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
                </Button>
                <ButtonLink href=format!("/channels/{id}/messaging") kind=Kind::Quiet>
                    {move || t_string!(i18n, channels.next.messaging)}
                </ButtonLink>
            </div>
        </CheckedForm>
    }
    .into_any()
}
