//! A user: who they are, how they log in, and where they are logged in. Whoever has an extension is changed there.

use super::log_ins::LogIns;
use crate::{
    api::{
        Resource,
        users::{SaveUser, SetUserDisabled, UserPage as Page, user},
    },
    i18n::*,
    pages::{
        directory::{Enabled, NewPassword, SwitchForm, saves, switches},
        role_choice::RoleChoice,
        url::{id_in_url, known},
    },
    ui::{Button, ButtonLink, CheckedForm, Field, Form, Kind, Load, PageHead, form::FormAnswer},
};
use domain::{
    access::{Role, UserForm, UserRow},
    ids::UserId,
};
use leptos::prelude::*;

/// A new user.
#[component]
pub fn NewUserPage() -> impl IntoView {
    let i18n = use_i18n();
    let stored = Resource::new(|| (), |()| user(None));
    let save = saves("/users");
    view! {
        <PageHead title=move || t_string!(i18n, account.users.add).to_owned() />
        <Load from=stored view=move |page| view! { <UserEditor page save /> }.into_any() />
    }
    .into_any()
}

/// One user. Events do not touch the form, so that no event discards unsaved input.
#[component]
pub fn UserPage() -> impl IntoView {
    let id = id_in_url::<UserId>();
    let stored = Resource::new(move || id.get(), |id| async move { user(Some(known(id)?)).await });
    let save = saves("/users");
    let switch = switches::<SetUserDisabled, _>(stored);
    let view = move |page: Page| {
        let Some(user) = page.user.clone() else {
            return ().into_any();
        };
        let UserRow {
            id, name, disabled, ..
        } = user.clone();
        let own = page.own;
        let editor = match &user.extension {
            Some(extension) => {
                let href = format!("/extensions/{}", extension.id);
                view! { <AtExtension href number=extension.number.clone() /> }.into_any()
            }
            None => view! {
                <UserEditor page save />
                <SwitchForm
                    action=switch
                    id=id.to_string()
                    disabled
                    disable_text=|locale| td_string!(locale, account.users.disable_text)
                    enable_text=|locale| td_string!(locale, account.users.enable_text)
                />
            }
            .into_any(),
        };
        view! {
            <PageHead title=move || name.clone()>
                <Enabled disabled />
            </PageHead>
            {editor}
            <LogIns user own stored />
        }
        .into_any()
    };
    view! { <Load from=stored view /> }.into_any()
}

#[component]
fn AtExtension(href: String, number: String) -> impl IntoView {
    let i18n = use_i18n();
    let word = move || t_string!(i18n, account.users.to_extension, number = number.clone()).to_string();
    view! {
        <section class="panel">
            <p>{move || t_string!(i18n, account.users.at_extension)}</p>
            <a class="button" href=href>
                {word}
            </a>
        </section>
    }
    .into_any()
}

/// The stored values as form input.
fn typed(user: Option<&UserRow>) -> UserForm {
    UserForm {
        login: user.map(|user| user.login.clone()).unwrap_or_default(),
        name: user.map(|user| user.name.clone()).unwrap_or_default(),
        password: String::new(),
        role: user.map_or(Role::Operator, |user| user.role).as_str().to_owned(),
    }
}

#[component]
fn UserEditor(page: Page, save: Form<SaveUser>) -> impl IntoView {
    let i18n = use_i18n();
    let Page { user, own, unsaved } = page;
    let id = user
        .as_ref()
        .map(|user| view! { <input type="hidden" name="id" value=user.id.to_string() /> });
    let exists = user.is_some();
    let password_typed = unsaved.as_ref().is_some_and(|unsaved| unsaved.holds("password"));
    let UserForm {
        login, name, role, ..
    } = unsaved.map_or_else(|| typed(user.as_ref()), |unsaved| unsaved.form);
    let password_hint = move || match (password_typed, exists) {
        (true, _) => t_string!(i18n, channels.field.typed),
        (false, true) => t_string!(i18n, directory.extensions.password_keep),
        (false, false) => t_string!(i18n, auth.password_hint),
    };
    // Created inside the form: the fields use its context.
    let fields = move || {
        view! {
            <Field
                name="name"
                label=move || t_string!(i18n, account.users.full_name)
                hint=move || t_string!(i18n, auth.name_hint)
                value=name
            />
            <Field
                name="login"
                label=move || t_string!(i18n, auth.login)
                hint=move || t_string!(i18n, auth.login_hint)
                value=login
            />
            <NewPassword own label=move || t_string!(i18n, auth.password) hint=password_hint />
            <RoleChoice role />
        }
        .into_any()
    };
    view! {
        <CheckedForm form=save>
            {id} {fields()} <FormAnswer action=save.action /> <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
                </Button>
                <ButtonLink href="/users" kind=Kind::Quiet>
                    {move || t_string!(i18n, common.button.cancel)}
                </ButtonLink>
            </div>
        </CheckedForm>
    }
    .into_any()
}
