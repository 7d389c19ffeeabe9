//! How a user gets in: the link for a new password, the second factor, and the browsers in which they are logged in.

use crate::{
    api::{
        ActionForm, ApiResult, Callable, Resource, ServerAction,
        second_factor::RemoveSecondFactor,
        users::{CreatePasswordLink, EndUserLogins, UnlinkSingleSignOn, UserPage},
    },
    i18n::*,
    labels,
    pages::directory::{Word, switches},
    ui::{Button, CopyField, Kind, Time, form::on_answer, time::use_now, use_toasts},
};
use domain::{access::UserRow, ids::UserId, time::Timestamp};
use leptos::prelude::*;

#[component]
pub fn LogIns(
    user: UserRow,
    /// The user looks at themselves.
    own: bool,
    stored: Resource<ApiResult<UserPage>>,
) -> impl IntoView {
    let link = (!user.disabled && !own).then(|| view! { <PasswordLink id=user.id /> });
    let factor = (user.second_factor && !own).then(|| {
        let action = switches::<RemoveSecondFactor, _>(stored);
        view! {
            <Removal
                action
                id=user.id
                title=|locale| td_string!(locale, account.factor.title)
                text=|locale| td_string!(locale, account.factor.remove_text)
                button=|locale| td_string!(locale, account.factor.remove)
            />
        }
    });
    let sign_on = user.single_sign_on.then(|| {
        let action = switches::<UnlinkSingleSignOn, _>(stored);
        view! {
            <Removal
                action
                id=user.id
                title=|locale| td_string!(locale, account.sign_on.title)
                text=|locale| td_string!(locale, account.sign_on.text)
                button=|locale| td_string!(locale, account.sign_on.unlink)
            />
        }
    });
    let (id, count, seen) = (user.id, user.logins, user.seen_at);
    view! {
        {link}
        {factor}
        {sign_on}
        <Browsers id count seen stored />
    }
    .into_any()
}

/// Creating the link needs a script: it is shown once, in the page that asked for it.
#[component]
fn PasswordLink(id: UserId) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let now = use_now();
    let create = ServerAction::<CreatePasswordLink>::new();
    let link = RwSignal::new(None::<String>);
    on_answer(create, move |answer| match answer {
        Ok(new) => link.set(Some(new.clone())),
        Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
    });
    let shown = move || {
        link.get().map(|value| {
            view! {
                <CopyField
                    name="password-link"
                    label=move || t_string!(i18n, account.users.link)
                    hint=move || t_string!(i18n, account.users.link_hint)
                    value
                />
            }
        })
    };
    view! {
        <section class="panel">
            <h2>{move || t_string!(i18n, account.users.forgotten)}</h2>
            <p>{move || t_string!(i18n, account.users.forgotten_text)}</p>
            <div class:not-yet=move || now.with(Option::is_none)>
                <ActionForm action=create>
                    <input type="hidden" name="id" value=id.to_string() />
                    <Button submit=true busy=create.pending()>
                        {move || t_string!(i18n, account.users.create_link)}
                    </Button>
                </ActionForm>
            </div>
            <div aria-live="polite">{shown}</div>
        </section>
    }
    .into_any()
}

/// Takes away a way in that the user has.
#[component]
fn Removal<S: Callable>(
    action: ServerAction<S>,
    id: UserId,
    title: Word,
    text: Word,
    button: Word,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel">
            <h2>{move || title(i18n.get_locale())}</h2>
            <p>{move || text(i18n.get_locale())}</p>
            <ActionForm action>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true kind=Kind::Danger busy=action.pending()>
                    {move || button(i18n.get_locale())}
                </Button>
            </ActionForm>
        </section>
    }
    .into_any()
}

#[component]
fn Browsers(
    id: UserId,
    count: u32,
    seen: Option<Timestamp>,
    stored: Resource<ApiResult<UserPage>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let end = switches::<EndUserLogins, _>(stored);
    let words = move || t_string!(i18n, account.users.logged_in, count = count).to_string();
    let seen = seen.map(|at| {
        view! {
            <p>{move || t_string!(i18n, account.seen)} " " <Time at /></p>
        }
    });
    let button = (count > 0).then(|| {
        view! {
            <ActionForm action=end>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true kind=Kind::Danger busy=end.pending()>
                    {move || t_string!(i18n, account.users.end)}
                </Button>
            </ActionForm>
        }
    });
    view! {
        <section class="panel">
            <h2>{move || t_string!(i18n, account.logins_of)}</h2>
            <p>{words}</p>
            {seen}
            {button}
        </section>
    }
    .into_any()
}
