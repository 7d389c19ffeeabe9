//! One's own passkeys: added by the browser, and removed.

use crate::{
    api::{
        ActionForm, ApiResult, Resource, ServerAction,
        passkeys::{AddPasskey, BeginPasskey, RemovePasskey},
        second_factor::SecondFactorPage as Page,
    },
    i18n::*,
    pages::directory::switches,
    passkeys::{NoAnswer, create},
    ui::{
        Button, CheckedForm, Field, Form, Kind, Time,
        form::{FormAnswer, on_answer},
        time::use_now,
        use_toasts,
    },
};
use domain::access::PasskeyRow;
use leptos::{prelude::*, task::spawn_local};

/// How a passkey is added. It has a place in the page: the list is drawn anew with each answer.
#[derive(Debug, Clone, Copy)]
pub struct Adding {
    begin: Form<BeginPasskey>,
    add: ServerAction<AddPasskey>,
    /// The browser asks its user.
    asks: RwSignal<bool>,
}

/// Adds a passkey in three steps: the process gives a challenge, the browser's answer goes back, and the list is read again.
pub fn adding(stored: Resource<ApiResult<Page>>) -> Adding {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let all = Adding {
        begin: Form::new(),
        add: switches(stored),
        asks: RwSignal::new(false),
    };
    on_answer(all.begin.action, move |answer| {
        let Ok(options) = answer.clone() else { return };
        all.asks.set(true);
        spawn_local(async move {
            let answer = create(&options).await;
            // The user may have left the page meanwhile.
            if all.asks.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(answer) => all.add.dispatch(AddPasskey { answer }),
                Err(why) => toasts.warn(no_answer(i18n.get_locale_untracked(), why)),
            }
        });
    });
    all
}

#[component]
pub fn Passkeys(
    rows: Vec<PasskeyRow>,
    /// Browsers have passkeys for the console's address.
    possible: bool,
    /// Whoever removes the last one is logged out.
    is_last: bool,
    adding: Adding,
    remove: ServerAction<RemovePasskey>,
) -> impl IntoView {
    let i18n = use_i18n();
    let list = (!rows.is_empty()).then(|| {
        let shown = rows.into_iter().map(|row| view! { <Passkey row remove /> });
        view! { <ul class="passkeys">{shown.collect_view()}</ul> }
    });
    let add = match possible {
        true => view! { <AddOne adding /> }.into_any(),
        false => {
            view! { <p class="hint">{move || t_string!(i18n, common.refusal.no_passkeys)}</p> }.into_any()
        }
    };
    let last = is_last.then(|| {
        view! { <p class="notice warning">{move || t_string!(i18n, account.passkeys.last)}</p> }
    });
    view! {
        <section class="panel">
            <h2>{move || t_string!(i18n, account.passkeys.title)}</h2>
            <p>{move || t_string!(i18n, account.passkeys.text)}</p>
            {list}
            {last}
            {add}
        </section>
    }
    .into_any()
}

#[component]
fn Passkey(row: PasskeyRow, remove: ServerAction<RemovePasskey>) -> impl IntoView {
    let i18n = use_i18n();
    let PasskeyRow {
        id,
        name,
        added_at,
        used_at,
    } = row;
    let of = name.clone();
    let used =
        used_at.map(|at| view! { ", " {move || t_string!(i18n, account.passkeys.used)} " " <Time at /> });
    view! {
        <li>
            <div>
                <strong>{name}</strong>
                <p class="hint">
                    {move || t_string!(i18n, account.passkeys.added)} " " <Time at=added_at /> {used}
                </p>
            </div>
            <ActionForm action=remove>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true kind=Kind::Danger busy=remove.pending()>
                    {move || t_string!(i18n, account.passkeys.remove)} <span class="sr-only">" " {of}</span>
                </Button>
            </ActionForm>
        </li>
    }
    .into_any()
}

/// It needs a script: the browser answers a challenge.
#[component]
fn AddOne(adding: Adding) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let Adding { begin, add, asks } = adding;
    let (begins, adds) = (begin.pending(), add.pending());
    let busy = Signal::derive(move || begins.get() || asks.get() || adds.get());
    let words = td_string!(i18n.get_locale_untracked(), account.passkeys.script);
    view! {
        // Text, because the parser makes one piece of what is in it: hydration would look for elements.
        <noscript inner_html=words></noscript>
        <div class:not-yet=move || now.with(Option::is_none)>
            <CheckedForm form=begin>
                <FormAnswer action=begin.action />
                <Field
                    name="name"
                    alone=true
                    label=move || t_string!(i18n, account.passkeys.name)
                    hint=move || t_string!(i18n, account.passkeys.name_hint)
                />
                <Button submit=true busy>
                    {move || t_string!(i18n, account.passkeys.add)}
                </Button>
            </CheckedForm>
        </div>
    }
    .into_any()
}

/// What to say when the browser brings no answer.
pub fn no_answer(locale: Locale, why: NoAnswer) -> &'static str {
    match why {
        NoAnswer::Unknown => td_string!(locale, account.passkeys.unknown),
        NoAnswer::Cancelled => td_string!(locale, account.passkeys.cancelled),
        NoAnswer::Known => td_string!(locale, account.passkeys.known),
    }
}
