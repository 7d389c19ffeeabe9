//! The buttons of the Health tab that do at Meta what an administrator would do there. Each shows the call that it will
//! make, and Meta's answer.

use crate::{
    api::{
        ActionForm, ApiError, ApiResult, ServerAction,
        meta_actions::{RegisterNumber, SetCallback, SubscribeWaba},
    },
    i18n::*,
    pages::channels::{editor::answer::Answer, findings::Mend},
    ui::{
        Button, CheckedForm, Field, Form,
        form::{FormAnswer, on_answer},
        use_toasts,
    },
};
use domain::{
    channel::ChannelView,
    doctor::{MetaAction, Place},
    ids::ChannelId,
};
use leptos::prelude::*;

/// The actions at Meta.
#[derive(Clone, Copy)]
pub struct MetaActions {
    subscribe: ServerAction<SubscribeWaba>,
    callback: ServerAction<SetCallback>,
    register: Form<RegisterNumber>,
}

impl MetaActions {
    pub fn new() -> Self {
        let actions = Self {
            subscribe: ServerAction::new(),
            callback: ServerAction::new(),
            register: Form::new(),
        };
        let i18n = use_i18n();
        let toasts = use_toasts();
        // The line that the action mends may be gone before the user reads the answer there.
        let say = move |answer: &Result<MetaAction, ApiError>| {
            if answer
                .as_ref()
                .is_ok_and(|meta_action| meta_action.done().is_some())
            {
                toasts.say(t_string!(i18n, channels.meta.done));
            }
        };
        on_answer(actions.subscribe, say);
        on_answer(actions.callback, say);
        on_answer(actions.register.action, say);
        actions
    }
}

/// Meta's refusals whose lines are gone, because Meta also refused the next examination.
#[component]
pub fn Strays(
    actions: MetaActions,
    /// The actions that the lines offer now.
    offered: Vec<Mend>,
) -> impl IntoView {
    let offers = |mends: &[Mend]| offered.iter().any(|mend| mends.contains(mend));
    let subscribe = (!offers(&[Mend::Subscribe])).then(|| view! { <Refused of=actions.subscribe.value() /> });
    let callbacks = [
        Mend::CallbackOfApp,
        Mend::CallbackOfNumber,
        Mend::CallbackOfEither,
    ];
    let callback = (!offers(&callbacks)).then(|| view! { <Refused of=actions.callback.value() /> });
    let register =
        (!offers(&[Mend::Register])).then(|| view! { <Refused of=actions.register.action.value() /> });
    view! { <div aria-live="polite">{subscribe} {callback} {register}</div> }.into_any()
}

#[component]
fn Refused(of: Signal<Option<ApiResult<MetaAction>>>) -> impl IntoView {
    let shown = move || match of.try_get().flatten() {
        Some(Ok(meta_action)) if meta_action.done().is_none() => Some(view! { <Answer meta_action /> }),
        _ => None,
    };
    view! { {shown} }.into_any()
}

/// One way to mend a finding.
#[component]
pub fn MendView(
    mend: Mend,
    channel: ChannelView,
    /// The app's id, where it is known.
    app_id: Option<String>,
    actions: MetaActions,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = channel.id;
    let number = channel.phone_number_id.unwrap_or_default();
    let app = app_id.unwrap_or_else(|| "{app}".to_owned());
    let of_app = format!("POST /{app}/subscriptions");
    let of_number = format!("POST /{number}");
    match mend {
        Mend::Authentication => view! {
            <p>
                <a href=format!(
                    "/channels/{id}",
                )>{move || t_string!(i18n, channels.health.mend_authentication)}</a>
            </p>
        }
        .into_any(),
        Mend::Messaging => view! {
            <p>
                <a href=format!(
                    "/channels/{id}/messaging",
                )>{move || t_string!(i18n, channels.health.mend_messaging)}</a>
            </p>
        }
        .into_any(),
        Mend::Sending => view! {
            <p>
                <a href=format!(
                    "/channels/{id}/sending",
                )>{move || t_string!(i18n, channels.health.mend_sending)}</a>
            </p>
        }
        .into_any(),
        Mend::Subscribe => {
            let call = format!("POST /{}/subscribed_apps", channel.waba_id.unwrap_or_default());
            view! { <SubscribeForm id call action=actions.subscribe /> }.into_any()
        }
        Mend::CallbackOfApp => {
            view! { <CallbackForm id of_app=Some(of_app) of_number=None action=actions.callback /> }
                .into_any()
        }
        Mend::CallbackOfNumber => {
            view! { <CallbackForm id of_app=None of_number=Some(of_number) action=actions.callback /> }
                .into_any()
        }
        Mend::CallbackOfEither => view! {
            <CallbackForm
                id
                of_app=Some(of_app)
                of_number=Some(of_number)
                action=actions.callback
            />
        }
        .into_any(),
        Mend::Register => {
            let call = format!("POST /{number}/register");
            view! { <RegisterForm id call form=actions.register /> }.into_any()
        }
    }
}

#[component]
fn SubscribeForm(id: ChannelId, call: String, action: ServerAction<SubscribeWaba>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="errand">
            <ActionForm action>
                <input type="hidden" name="id" value=id.to_string() />
                <p>{move || t_string!(i18n, channels.errand.subscribe_text)}</p>
                <Calls call />
                <Button submit=true busy=action.pending()>
                    {move || t_string!(i18n, channels.errand.subscribe)}
                </Button>
            </ActionForm>
            <Answered to=action.value() />
            <FormAnswer action />
        </div>
    }
    .into_any()
}

/// Where both places would work, the administrator chooses: neither is right for everybody.
#[component]
fn CallbackForm(
    id: ChannelId,
    /// The call for the whole app.
    of_app: Option<String>,
    /// The call for this number only.
    of_number: Option<String>,
    action: ServerAction<SetCallback>,
) -> impl IntoView {
    let i18n = use_i18n();
    let choice = |place: Place, call: String, alone: bool| {
        let title = move || match place {
            Place::App => t_string!(i18n, channels.errand.app),
            _ => t_string!(i18n, channels.errand.number),
        };
        let text = move || match place {
            Place::App => t_string!(i18n, channels.errand.app_text),
            _ => t_string!(i18n, channels.errand.number_text),
        };
        let value = match place {
            Place::App => "app",
            _ => "number",
        };
        view! {
            <label class="choice">
                <input type="radio" name="place" value=value required checked=alone />
                <span>
                    <strong>{title}</strong>
                    <span class="hint">{text}</span>
                    <Calls call />
                </span>
            </label>
        }
    };
    let alone = of_app.is_none() || of_number.is_none();
    let choices = view! {
        <fieldset class="field">
            <legend>{move || t_string!(i18n, channels.errand.for_whom)}</legend>
            {of_number.map(|call| choice(Place::Number, call, alone))}
            {of_app.map(|call| choice(Place::App, call, alone))}
        </fieldset>
    }
    .into_any();
    view! {
        <div class="errand">
            <ActionForm action>
                <input type="hidden" name="id" value=id.to_string() />
                <p>{move || t_string!(i18n, channels.errand.callback_text)}</p>
                {choices}
                <Button submit=true busy=action.pending()>
                    {move || t_string!(i18n, channels.errand.callback)}
                </Button>
            </ActionForm>
            <Answered to=action.value() />
            <FormAnswer action />
        </div>
    }
    .into_any()
}

#[component]
fn RegisterForm(id: ChannelId, call: String, form: Form<RegisterNumber>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="errand">
            <CheckedForm form class="">
                <input type="hidden" name="id" value=id.to_string() />
                <p>{move || t_string!(i18n, channels.errand.register_text)}</p>
                <Field
                    name="pin"
                    label=move || t_string!(i18n, channels.errand.pin)
                    inputmode="numeric"
                    mono=true
                    alone=true
                />
                <Calls call />
                <Button submit=true busy=form.pending()>
                    {move || t_string!(i18n, channels.errand.register)}
                </Button>
                <FormAnswer action=form.action />
            </CheckedForm>
            <Answered to=form.action.value() />
        </div>
    }
    .into_any()
}

/// Shows the call before the button that makes it is pressed.
#[component]
fn Calls(call: String) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <span class="call">{move || t_string!(i18n, channels.meta.calls)} " " <code>{call}</code></span>
    }
    .into_any()
}

#[component]
fn Answered(to: Signal<Option<ApiResult<MetaAction>>>) -> impl IntoView {
    let shown = move || match to.try_get().flatten() {
        Some(Ok(meta_action)) => Some(view! { <Answer meta_action /> }),
        _ => None,
    };
    view! { <div aria-live="polite">{shown}</div> }.into_any()
}
