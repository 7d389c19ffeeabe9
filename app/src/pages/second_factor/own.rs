//! One's own second factor: the app is set up, turned on by a first code, and turned off by another one; and passkeys.

use super::{
    passkeys::{Passkeys, adding},
    set_up::{Code, SetUp},
};
use crate::{
    api::{
        ActionForm, Resource, ServerAction,
        passkeys::RemovePasskey,
        second_factor::{
            BeginSecondFactor, SecondFactorPage as Page, TurnOffSecondFactor, TurnOnSecondFactor,
            second_factor,
        },
    },
    i18n::*,
    labels,
    pages::directory::switches,
    ui::{
        Badge, Button, ButtonLink, CheckedForm, Form, Kind, Load, PageHead, Time, Tone,
        form::{FormAnswer, on_outcome},
        use_toasts,
    },
};
use domain::time::Timestamp;
use leptos::prelude::*;

#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let stored = Resource::new(|| (), |()| second_factor());
    let begin = ServerAction::<BeginSecondFactor>::new();
    let turn_on = Form::<TurnOnSecondFactor>::new();
    let turn_off = Form::<TurnOffSecondFactor>::new();
    let adding = adding(stored);
    let remove = switches::<RemovePasskey, _>(stored);
    on_outcome(begin, move |outcome| {
        if let Err(error) = outcome {
            toasts.warn(labels::sentence(i18n.get_locale_untracked(), error));
        }
        stored.refetch();
    });
    on_outcome(turn_on.action, move |outcome| {
        if outcome.is_ok() {
            toasts.say(t_string!(i18n, account.factor.turned_on));
            stored.refetch();
        }
    });
    on_outcome(turn_off.action, move |outcome| {
        if outcome.is_ok() {
            toasts.say(t_string!(i18n, account.factor.turned_off));
            stored.refetch();
        }
    });
    let view = move |page: Page| {
        let Page {
            required,
            factor,
            qr,
            has_passkeys,
            asks_passkey: _,
        } = page;
        let has_app = factor.on_since.is_some();
        let is_last = required && !has_app && factor.passkeys.len() == 1;
        let app = match (factor.on_since, factor.setup) {
            (Some(since), _) => {
                let left = factor.codes_left;
                let is_last = required && factor.passkeys.is_empty();
                view! { <On since left is_last turn_off /> }.into_any()
            }
            (None, Some(setup)) => view! {
                <SetUp setup qr />
                <Confirm turn_on begin />
            }
            .into_any(),
            (None, None) => view! { <Off begin /> }.into_any(),
        };
        view! {
            {app}
            <Passkeys rows=factor.passkeys possible=has_passkeys is_last adding remove />
            <BackToAccount />
        }
        .into_any()
    };
    view! {
        <PageHead title=move || t_string!(i18n, account.factor.title).to_owned() />
        <Load from=stored view />
    }
    .into_any()
}

#[component]
fn Off(begin: ServerAction<BeginSecondFactor>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel">
            <p>{move || t_string!(i18n, account.factor.off_text)}</p>
            <ActionForm action=begin>
                <Button submit=true kind=Kind::Primary busy=begin.pending()>
                    {move || t_string!(i18n, account.factor.begin)}
                </Button>
            </ActionForm>
        </section>
    }
    .into_any()
}

#[component]
fn Confirm(turn_on: Form<TurnOnSecondFactor>, begin: ServerAction<BeginSecondFactor>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="set-up">
            <h2>{move || t_string!(i18n, account.factor.step_code)}</h2>
            <CheckedForm form=turn_on>
                <FormAnswer action=turn_on.action />
                <Code hint=move || t_string!(i18n, account.factor.first_code_hint) />
                <Button submit=true kind=Kind::Primary busy=turn_on.pending()>
                    {move || t_string!(i18n, account.factor.turn_on)}
                </Button>
            </CheckedForm>
            <ActionForm action=begin>
                <Button submit=true busy=begin.pending()>
                    {move || t_string!(i18n, account.factor.begin_anew)}
                </Button>
            </ActionForm>
        </section>
    }
    .into_any()
}

#[component]
fn On(since: Timestamp, left: u32, is_last: bool, turn_off: Form<TurnOffSecondFactor>) -> impl IntoView {
    let i18n = use_i18n();
    let text = move || match is_last {
        true => t_string!(i18n, account.factor.turn_off_required),
        false => t_string!(i18n, account.factor.turn_off_text),
    };
    view! {
        <section class="panel">
            <p>
                <Badge tone=Tone::Good word=move || t_string!(i18n, account.factor.on) />
                " "
                {move || t_string!(i18n, account.factor.since)}
                " "
                <Time at=since />
            </p>
            <p>{move || t_string!(i18n, account.factor.codes_left, count = left).to_string()}</p>
        </section>
        <section class="panel">
            <h2>{move || t_string!(i18n, account.factor.turn_off)}</h2>
            <p>{text}</p>
            <CheckedForm form=turn_off>
                <FormAnswer action=turn_off.action />
                <Code hint=move || t_string!(i18n, account.factor.code_hint) />
                <Button submit=true kind=Kind::Danger busy=turn_off.pending()>
                    {move || t_string!(i18n, account.factor.turn_off)}
                </Button>
            </CheckedForm>
        </section>
    }
    .into_any()
}

#[component]
fn BackToAccount() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p class="back">
            <ButtonLink href="/account" kind=Kind::Quiet>
                {move || t_string!(i18n, account.title)}
            </ButtonLink>
        </p>
    }
    .into_any()
}
