//! An extension: its number, and who logs in as it.

use crate::{
    api::{
        Resource,
        extensions::{ExtensionPage as Page, SaveExtension, SetExtensionDisabled, extension},
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
    access::Role,
    directory::{self, ExtensionRow},
    ids::ExtensionId,
};
use leptos::prelude::*;

/// A new extension.
#[component]
pub fn NewExtensionPage() -> impl IntoView {
    let i18n = use_i18n();
    let stored = Resource::new(|| (), |()| extension(None));
    let save = saves("/extensions");
    view! {
        <PageHead title=move || t_string!(i18n, directory.extensions.add_title).to_owned() />
        <Load from=stored view=move |page| view! { <ExtensionForm page save /> }.into_any() />
    }
    .into_any()
}

/// One extension. Events do not touch the form, so that no event discards unsaved input.
#[component]
pub fn ExtensionPage() -> impl IntoView {
    let id = id_in_url::<ExtensionId>();
    let stored = Resource::new(
        move || id.get(),
        |id| async move { extension(Some(known(id)?)).await },
    );
    let save = saves("/extensions");
    let switch = switches::<SetExtensionDisabled, _>(stored);
    let form = move |page: Page| {
        let head = page.extension.clone().map(|extension| {
            let ExtensionRow { id, disabled, .. } = extension;
            let title = format!("{} {}", extension.number, extension.name);
            let title = view! {
                <PageHead title=move || title.clone()>
                    <Enabled disabled />
                </PageHead>
            };
            let switch = view! {
                <SwitchForm
                    action=switch
                    id=id.to_string()
                    disabled
                    disable_text=|locale| td_string!(locale, directory.extensions.disable_text)
                    enable_text=|locale| td_string!(locale, directory.extensions.enable_text)
                />
            };
            (title, switch)
        });
        let (title, switch) = head.unzip();
        view! {
            {title}
            <ExtensionForm page save />
            {switch}
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

/// The stored values as form input.
fn typed(extension: Option<ExtensionRow>) -> directory::ExtensionForm {
    match extension {
        Some(e) => directory::ExtensionForm {
            number: e.number,
            name: e.name,
            login: e.login.unwrap_or_default(),
            password: String::new(),
            role: e.role.unwrap_or(Role::Operator).as_str().to_owned(),
            capacity: e.capacity.map(|most| most.to_string()).unwrap_or_default(),
        },
        None => directory::ExtensionForm {
            role: Role::Operator.as_str().to_owned(),
            ..Default::default()
        },
    }
}

#[component]
fn ExtensionForm(page: Page, save: Form<SaveExtension>) -> impl IntoView {
    let i18n = use_i18n();
    let Page {
        extension,
        own,
        unsaved,
    } = page;
    let id = extension
        .as_ref()
        .map(|e| view! { <input type="hidden" name="id" value=e.id.to_string() /> });
    let has_login = extension.as_ref().is_some_and(|e| e.login.is_some());
    let password_typed = unsaved.as_ref().is_some_and(|unsaved| unsaved.holds("password"));
    let directory::ExtensionForm {
        number,
        name,
        login,
        role,
        capacity,
        ..
    } = unsaved.map_or_else(|| typed(extension), |unsaved| unsaved.form);
    // Created inside the form: the fields use its context.
    let who = move || {
        view! {
            <Field
                name="number"
                label=move || t_string!(i18n, directory.extensions.number)
                hint=move || t_string!(i18n, directory.extensions.number_hint)
                value=number
                inputmode="numeric"
                mono=true
            />
            <Field
                name="name"
                label=move || t_string!(i18n, directory.extensions.name)
                hint=move || t_string!(i18n, directory.extensions.name_hint)
                value=name
            />
            <Field
                name="capacity"
                label=move || t_string!(i18n, directory.extensions.capacity)
                hint=move || t_string!(i18n, directory.extensions.capacity_hint)
                value=capacity
                inputmode="numeric"
            />
        }
        .into_any()
    };
    let password_hint = move || match (password_typed, has_login) {
        (true, _) => t_string!(i18n, channels.field.typed),
        (false, true) => t_string!(i18n, directory.extensions.password_keep),
        (false, false) => t_string!(i18n, directory.extensions.password_hint),
    };
    let log_in = move || {
        view! {
            <fieldset class="field-group">
                <legend>{move || t_string!(i18n, directory.extensions.log_in)}</legend>
                <p class="hint">{move || t_string!(i18n, directory.extensions.log_in_text)}</p>
                <Field
                    name="login"
                    label=move || t_string!(i18n, directory.extensions.login)
                    hint=move || t_string!(i18n, directory.extensions.login_hint)
                    value=login
                />
                <NewPassword
                    own
                    label=move || t_string!(i18n, directory.extensions.password)
                    hint=password_hint
                />
                <RoleChoice role />
            </fieldset>
        }
        .into_any()
    };
    view! {
        <CheckedForm form=save>
            {id} {who()} {log_in()} <FormAnswer action=save.action /> <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
                </Button>
                <ButtonLink href="/extensions" kind=Kind::Quiet>
                    {move || t_string!(i18n, common.button.cancel)}
                </ButtonLink>
            </div>
        </CheckedForm>
    }
    .into_any()
}
