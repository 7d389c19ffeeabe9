//! A user's own account: a new password, and the browsers that are logged in.

use crate::{
    alerts::{AlertChoices, keep_push},
    api::{
        ActionForm, Resource, ServerAction,
        account::{Account, ChangePassword, EndLogin, account},
    },
    frame::switches::{LanguageSwitch, ThemeSwitch},
    i18n::*,
    labels,
    ui::{
        Badge, Button, ButtonLink, CheckedForm, Field, Form, Kind, Load, PageHead, Time, Tone,
        form::{FormAnswer, on_outcome},
        use_toasts,
    },
};
use domain::{
    access::{LoginView, Me, device_name},
    time::Timestamp,
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn AccountPage() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let stored = Resource::new(|| (), |()| account());
    let change = Form::<ChangePassword>::new();
    let end = ServerAction::<EndLogin>::new();
    on_outcome(change.action, move |outcome| {
        if outcome.is_ok() {
            toasts.say(t_string!(i18n, account.changed));
            stored.refetch();
            // The log-in of this browser is a new one.
            spawn_local(keep_push());
        }
    });
    on_outcome(end, move |outcome| match outcome {
        Ok(()) => {
            toasts.say(t_string!(i18n, account.ended));
            stored.refetch();
        }
        Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
    });
    let view = move |account: Account| {
        let Account {
            me,
            second_factor,
            logins,
        } = account;
        let answers = me.extension.is_some();
        view! {
            <Password me change />
            <SecondFactor on=second_factor />
            <Settings answers />
            <Logins logins end />
        }
        .into_any()
    };
    view! {
        <PageHead title=move || t_string!(i18n, account.title).to_owned() />
        <Load from=stored view />
    }
    .into_any()
}

#[component]
fn Password(me: Me, change: Form<ChangePassword>) -> impl IntoView {
    let i18n = use_i18n();
    // A password manager learns from it whose password this is.
    let login = me.login;
    view! {
        <section class="panel">
            <h2>{move || t_string!(i18n, account.password)}</h2>
            <CheckedForm form=change>
                <FormAnswer action=change.action />
                <input type="text" name="login" value=login autocomplete="username" hidden />
                <Field
                    name="old"
                    label=move || t_string!(i18n, account.old_password)
                    kind="password"
                    autocomplete="current-password"
                />
                <Field
                    name="new"
                    label=move || t_string!(i18n, account.new_password)
                    hint=move || t_string!(i18n, auth.password_hint)
                    kind="password"
                    autocomplete="new-password"
                />
                <p class="hint">{move || t_string!(i18n, account.change_text)}</p>
                <Button submit=true kind=Kind::Primary busy=change.pending()>
                    {move || t_string!(i18n, account.change)}
                </Button>
            </CheckedForm>
        </section>
    }
    .into_any()
}

#[component]
fn Settings(
    /// The user has an extension.
    answers: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel settings">
            <h2>{move || t_string!(i18n, account.settings)}</h2>
            <p class="hint">{move || t_string!(i18n, account.settings_text)}</p>
            <div class="switches">
                <LanguageSwitch />
                <ThemeSwitch />
            </div>
            <AlertChoices answers />
        </section>
    }
    .into_any()
}

#[component]
fn SecondFactor(on: bool) -> impl IntoView {
    let i18n = use_i18n();
    let (tone, word) = match on {
        true => (
            Tone::Good,
            Signal::derive(move || t_string!(i18n, account.factor.on)),
        ),
        false => (
            Tone::Off,
            Signal::derive(move || t_string!(i18n, account.factor.off)),
        ),
    };
    view! {
        <section class="panel">
            <h2>{move || t_string!(i18n, account.factor.title)}</h2>
            <p>
                <Badge tone word />
            </p>
            <ButtonLink href="/account/second-factor">{move || t_string!(i18n, account.factor.manage)}</ButtonLink>
        </section>
    }
    .into_any()
}

#[component]
fn Logins(logins: Vec<LoginView>, end: ServerAction<EndLogin>) -> impl IntoView {
    let i18n = use_i18n();
    let body = logins.into_iter().map(|login| view! { <LoginLine login end /> });
    let body = body.collect_view().into_any();
    view! {
        <section class="held">
            <h2>{move || t_string!(i18n, account.logins)}</h2>
            <p class="hint">{move || t_string!(i18n, account.logins_text)}</p>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{move || t_string!(i18n, account.device)}</th>
                        <th scope="col">{move || t_string!(i18n, account.address)}</th>
                        <th scope="col">{move || t_string!(i18n, account.begun)}</th>
                        <th scope="col">{move || t_string!(i18n, account.seen)}</th>
                        <th scope="col">
                            <span class="sr-only">{move || t_string!(i18n, account.end)}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </section>
    }
    .into_any()
}

#[component]
fn LoginLine(login: LoginView, end: ServerAction<EndLogin>) -> impl IntoView {
    let i18n = use_i18n();
    let LoginView {
        id,
        device,
        address,
        begun_at,
        seen_at,
        current,
    } = login;
    let name = device.as_deref().and_then(device_name);
    let device = move || match &name {
        Some(name) => name.clone(),
        None => t_string!(i18n, account.unknown).to_owned(),
    };
    let named = device.clone();
    let label = move || t_string!(i18n, account.end_of, device = named()).to_string();
    let act = match current {
        true => view! { <Badge tone=Tone::Good word=move || t_string!(i18n, account.current) /> }.into_any(),
        false => view! {
            <ActionForm action=end>
                <input type="hidden" name="id" value=id />
                <button type="submit" class="button" aria-label=label>
                    {move || t_string!(i18n, account.end)}
                </button>
            </ActionForm>
        }
        .into_any(),
    };
    let time = |at: Option<Timestamp>| match at {
        Some(at) => view! { <Time at /> }.into_any(),
        None => view! { {move || t_string!(i18n, common.none)} }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{device}</th>
            <td data-label=move || t_string!(i18n, account.address)>{address}</td>
            <td data-label=move || t_string!(i18n, account.begun)>{time(begun_at)}</td>
            <td data-label=move || t_string!(i18n, account.seen)>{time(seen_at)}</td>
            <td>{act}</td>
        </tr>
    }
    .into_any()
}
