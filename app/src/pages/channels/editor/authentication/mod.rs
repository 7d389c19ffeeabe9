//! The Authentication tab: the values to enter at Meta, and the values that come from Meta.

mod secrets;

use self::secrets::{AppSecrets, secret_hint};
use super::{
    guide::{self, WithGuide},
    save::saves,
};
use crate::{
    api::{
        Resource, ServerAction,
        channels::{AuthenticationPage, RotateVerifyToken, SaveAuthentication, authentication},
        flash::Unsaved,
    },
    i18n::*,
    labels,
    pages::url::{id_in_url, known},
    ui::{
        Button, ButtonLink, CheckedForm, CopyField, Field, Form, Kind, Load, Secret,
        form::{FormAnswer, on_answer, on_outcome},
        use_toasts,
    },
};
use domain::{
    channel::{self, ChannelView},
    ids::ChannelId,
};
use leptos::{ev, prelude::*, server_fn::ServerFn};

/// The id of the form, for the button that rotates the verify token: without JavaScript it sends the unsaved input
/// along.
const FORM: &str = "authentication";

#[component]
pub fn AuthenticationTab() -> impl IntoView {
    let id = id_in_url::<ChannelId>();
    let found = guide::found(id);
    let stored = Resource::new(
        move || id.get(),
        |id| async move { authentication(known(id)?).await },
    );
    let save = saves::<SaveAuthentication, _>(stored);
    on_outcome(save.action, |answer| {
        if answer.is_ok() {
            secrets::shut();
        }
    });
    let form = move |page: AuthenticationPage| {
        let AuthenticationPage { channel, unsaved } = page;
        let shown = channel.clone();
        // Rotating does not touch the form's unsaved input.
        let verify_token = RwSignal::new(channel.verify_token.clone());
        view! {
            <WithGuide channel=shown.clone() found>
                <AuthenticationForm channel unsaved save verify_token />
                <RotateForm id=shown.id verify_token />
            </WithGuide>
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

#[component]
fn AuthenticationForm(
    channel: ChannelView,
    unsaved: Option<Unsaved<channel::AuthenticationForm>>,
    save: Form<SaveAuthentication>,
    verify_token: RwSignal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let stored = move || t_string!(i18n, channels.field.secret_stored);
    // Created inside the form: the fields use its context.
    let id = channel.id;
    let ChannelView {
        name,
        version,
        webhook_url,
        access_token_end,
        app_secret_end,
        next_app_secret_end,
        ..
    } = channel;
    let holds = |secret| unsaved.as_ref().is_some_and(|unsaved| unsaved.holds(secret));
    let token_typed = holds("access_token");
    let (secret_typed, next_typed) = (holds("app_secret"), holds("next_app_secret"));
    let (name, version) = unsaved
        .map(|unsaved| (unsaved.form.name, unsaved.version))
        .unwrap_or((name, version));
    let ours = move || {
        view! {
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            <Field
                name="name"
                label=move || t_string!(i18n, channels.field.name)
                hint=move || t_string!(i18n, channels.field.name_hint)
                value=name
            />
            <CopyField
                name="webhook_url"
                label=move || t_string!(i18n, channels.field.webhook_url)
                hint=move || t_string!(i18n, channels.field.webhook_url_hint)
                value=webhook_url
            />
            {move || {
                view! {
                    <CopyField
                        name="verify_token"
                        label=move || t_string!(i18n, channels.field.verify_token)
                        hint=move || t_string!(i18n, channels.field.verify_token_hint)
                        value=verify_token.get()
                    />
                }
            }}
        }
        .into_any()
    };
    let theirs = move || {
        view! {
            <Secret
                name="access_token"
                label=move || t_string!(i18n, channels.field.access_token)
                hint=move || secret_hint(i18n.get_locale(), token_typed)
                stored=stored
                end=access_token_end.filter(|_| !token_typed)
            />
            <AppSecrets
                id
                end=app_secret_end
                next_end=next_app_secret_end
                typed=secret_typed
                next_typed
            />
        }
        .into_any()
    };
    view! {
        <CheckedForm form=save id=FORM>
            // Enter saves: the first button of a form is its default.
            <button type="submit" hidden></button>
            {ours()} {theirs()} <FormAnswer action=save.action />
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

#[component]
fn RotateForm(id: ChannelId, verify_token: RwSignal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let rotate = ServerAction::<RotateVerifyToken>::new();
    on_answer(rotate, move |answer| match answer {
        Ok(token) => {
            toasts.say(t_string!(i18n, channels.rotate.done));
            verify_token.set(token.clone());
        }
        Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
    });
    let press = move |event: ev::MouseEvent| {
        event.prevent_default();
        rotate.dispatch(RotateVerifyToken {
            id,
            version: 0,
            form: channel::AuthenticationForm::default(),
        });
    };
    view! {
        <section class="panel" aria-labelledby="rotate-title">
            <h2 id="rotate-title">{move || t_string!(i18n, channels.rotate.title)}</h2>
            <p>{move || t_string!(i18n, channels.rotate.text)}</p>
            <Button
                submit=true
                busy=rotate.pending()
                attr:form=FORM
                attr:formaction=RotateVerifyToken::PATH
                attr:formnovalidate=true
                press
            >
                {move || t_string!(i18n, channels.rotate.button)}
            </Button>
        </section>
    }
    .into_any()
}
