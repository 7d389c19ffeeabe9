//! The dialog that asks for the password before a sensitive change, and the way to its page without a script.

use super::single_sign_on::{SignOn, SignOnLink};
use crate::{
    alerts::keep_push,
    api::{ApiError, Reauthentication, account::Reauthenticate},
    i18n::*,
    ui::{
        Button, CheckedForm, Field, Form, Kind,
        form::{FormAnswer, on_outcome},
    },
};
use domain::refusal::Refusal;
use leptos::{
    ev::MouseEvent, html, prelude::*, server::ServerActionError, server_fn::error::ServerFnUrlError,
    task::spawn_local,
};
use leptos_router::hooks::use_location;

/// Where the provider leads back to, in another tab.
const PROVED: &str = "/account/reauthenticate?proved";
const NO: &str = "reauthentication-no";

#[component]
pub fn ReauthenticationDialog() -> impl IntoView {
    let i18n = use_i18n();
    let asked: Reauthentication = expect_context();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let is_asked = asked.is_asked_for();
        let Some(dialog) = dialog.get_untracked() else {
            return;
        };
        match is_asked {
            // It focuses what is in it, so after that is drawn.
            true => request_animation_frame(move || {
                let _ = dialog.show_modal();
            }),
            false => dialog.close(),
        }
    });
    let fields = move || {
        let form = Form::<Reauthenticate>::new();
        // The user is at the provider, in another tab.
        let is_apart = RwSignal::new(false);
        on_outcome(form.action, move |outcome| {
            if outcome.is_ok() {
                asked.answer(true);
                // The log-in of this browser is a new one.
                spawn_local(keep_push());
            }
        });
        view! {
            <p>{move || t_string!(i18n, account.again.text)}</p>
            <SignOnLink what_for=SignOn::AgainApart next=PROVED.to_owned() followed=is_apart />
            {move || is_apart.get().then(|| view! { <Confirmed /> })}
            <CheckedForm form>
                <FormAnswer action=form.action />
                <Field
                    name="current"
                    alone=true
                    label=move || t_string!(i18n, auth.password)
                    kind="password"
                    autocomplete="current-password"
                />
                <div class="dialog-buttons">
                    <button type="submit" class="button" form=NO>
                        {move || t_string!(i18n, common.button.cancel)}
                    </button>
                    <Button submit=true kind=Kind::Primary busy=form.pending()>
                        {move || t_string!(i18n, account.again.go)}
                    </Button>
                </div>
            </CheckedForm>
            // HTML forbids nested forms, so its button is in the other one.
            <form method="dialog" id=NO></form>
        }
    };
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            aria-labelledby="reauthentication-title"
            on:close=move |_| asked.answer(false)
        >
            <h2 id="reauthentication-title">{move || t_string!(i18n, account.again.title)}</h2>
            // Made anew each time, so that no password and no answer stays in it.
            {move || asked.is_asked_for().then(fields)}
        </dialog>
    }
    .into_any()
}

/// Lets the change be tried again, by whoever has confirmed it in another tab.
#[component]
fn Confirmed() -> impl IntoView {
    let i18n = use_i18n();
    let asked: Reauthentication = expect_context();
    let go_on = move |_: MouseEvent| {
        asked.answer(true);
        // The log-in of this browser is a new one.
        spawn_local(keep_push());
    };
    view! {
        <Button press=Callback::new(go_on)>{move || t_string!(i18n, auth.sign_on.go_on)}</Button>
    }
}

/// Shown with the page to which a refused form without a script leads back.
#[component]
pub fn ReauthenticationNotice() -> impl IntoView {
    let i18n = use_i18n();
    let location = use_location();
    let refused = use_context::<ServerActionError>()
        .map(|error| ServerFnUrlError::<ApiError>::decode_err(error.err()))
        .is_some_and(|error| error == ApiError::Refused(Refusal::Reauthenticate));
    // Only the page that was refused has it, not those that the router shows after it.
    let refused_at = location.pathname.get_untracked();
    move || {
        let here = location.pathname.get();
        (refused && here == refused_at).then(|| {
            // The page then shows what was typed.
            let next = format!("{here}?typed");
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            view! {
                <p class="notice warning">
                    {move || t_string!(i18n, account.again.text)} " "
                    <a href=format!("/account/reauthenticate?next={next}") rel="external">
                        {move || t_string!(i18n, account.again.link)}
                    </a>
                </p>
            }
        })
    }
}
