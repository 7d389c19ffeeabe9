//! Extensions: numbers on the PBX, and who logs in as them.

use super::{id_in_url, known, queues::Enabled};
use crate::{
    api::extensions::{SaveExtension, SetExtensionDisabled, extension, extensions},
    i18n::*,
    live::use_live,
    ui::{
        Button, ButtonLink, CheckedForm, Empty, Field, IconName, Kind, Load, PageHead,
        field::FieldProblem,
        form::{FormAnswer, on_answer},
        use_toasts,
    },
    words,
};
use domain::{
    ids::ExtensionId,
    people::{ExtensionRow, Role},
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_navigate;

/// The list.
#[component]
pub fn ExtensionsPage() -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let rows = Resource::new(
        move || live.directory.get() + live.sessions.get(),
        |_| extensions(),
    );
    let add = move || {
        view! {
            <ButtonLink href="/extensions/new" kind=Kind::Primary icon=IconName::Plus>
                {move || t_string!(i18n, directory.extensions.add)}
            </ButtonLink>
        }
    };
    let table = move |rows: Vec<ExtensionRow>| match rows.is_empty() {
        true => view! {
            <Empty
                icon=IconName::Extension
                title=move || t_string!(i18n, directory.extensions.empty).to_owned()
                text=move || t_string!(i18n, directory.extensions.empty_text).to_owned()
            >
                {add()}
            </Empty>
        }
        .into_any(),
        false => view! { <ExtensionTable rows /> }.into_any(),
    };
    view! {
        <PageHead title=move || t_string!(i18n, common.nav.extensions).to_owned()>{add()}</PageHead>
        <Load from=rows view=table />
    }
    .into_any()
}

#[component]
fn ExtensionTable(rows: Vec<ExtensionRow>) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |row: ExtensionRow| {
        let ExtensionRow {
            id,
            number,
            name,
            login,
            role,
            disabled,
            open_sessions,
            ..
        } = row;
        let login = move || match &login {
            Some(login) => login.clone(),
            None => t_string!(i18n, directory.extensions.no_login).to_owned(),
        };
        let role = move || match role {
            Some(role) => words::role(i18n.get_locale(), role),
            None => t_string!(i18n, common.none),
        };
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/extensions/{id}")>
                        <span class="nums">{number}</span>
                        " "
                        {name}
                    </a>
                </th>
                <td data-label=move || t_string!(i18n, directory.extensions.log_in)>{login}</td>
                <td data-label=move || t_string!(i18n, directory.extensions.role)>{role}</td>
                <td data-label=move || t_string!(i18n, directory.extensions.status)>
                    <Enabled disabled />
                </td>
                <td class="number" data-label=move || t_string!(i18n, directory.extensions.open_sessions)>
                    {open_sessions}
                </td>
            </tr>
        }
    };
    let body = rows.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, channels.extension)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.log_in)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.role)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.status)}</th>
                    <th scope="col" class="number">
                        {move || t_string!(i18n, directory.extensions.open_sessions)}
                    </th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

/// A new extension.
#[component]
pub fn NewExtensionPage() -> impl IntoView {
    let i18n = use_i18n();
    let save = save();
    view! {
        <PageHead title=move || t_string!(i18n, directory.extensions.add_title).to_owned() />
        <ExtensionForm extension=None save />
    }
    .into_any()
}

/// One extension. Events do not touch the form, so that nothing typed is lost to one.
#[component]
pub fn ExtensionPage() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let id = id_in_url::<ExtensionId>();
    let stored = Resource::new(move || id.get(), |id| async move { extension(known(id)?).await });
    let save = save();
    let switch = ServerAction::<SetExtensionDisabled>::new();
    on_answer(switch, move |answer| match answer {
        Ok(()) => {
            toasts.say(t_string!(i18n, common.said.saved));
            stored.refetch();
        }
        Err(error) => toasts.warn(words::sentence(i18n.get_locale_untracked(), error)),
    });
    let form = move |extension: ExtensionRow| {
        let ExtensionRow { id, disabled, .. } = extension;
        let title = format!("{} {}", extension.number, extension.name);
        let explained = move || match disabled {
            true => t_string!(i18n, directory.extensions.enable_text),
            false => t_string!(i18n, directory.extensions.disable_text),
        };
        let switch_form = view! {
            <section class="panel">
                <p>{explained}</p>
                <ActionForm action=switch>
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="disabled" value=(!disabled).to_string() />
                    <Button
                        submit=true
                        kind=if disabled { Kind::Plain } else { Kind::Danger }
                        busy=switch.pending()
                    >
                        {move || match disabled {
                            true => t_string!(i18n, common.button.enable),
                            false => t_string!(i18n, common.button.disable),
                        }}
                    </Button>
                </ActionForm>
            </section>
        }
        .into_any();
        view! {
            <PageHead title=move || title.clone()>
                <Enabled disabled />
            </PageHead>
            <ExtensionForm extension=Some(extension) save />
            {switch_form}
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

/// Saves, says so, and goes back to the list.
fn save() -> ServerAction<SaveExtension> {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let go = use_navigate();
    let save = ServerAction::<SaveExtension>::new();
    on_answer(save, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, common.said.saved));
            go("/extensions", Default::default());
        }
    });
    save
}

#[component]
fn ExtensionForm(extension: Option<ExtensionRow>, save: ServerAction<SaveExtension>) -> impl IntoView {
    let i18n = use_i18n();
    let id = extension
        .as_ref()
        .map(|e| view! { <input type="hidden" name="id" value=e.id.to_string() /> });
    let (number, name, login, role) = match extension {
        Some(e) => (e.number, e.name, e.login, e.role.unwrap_or(Role::Operator)),
        None => (String::new(), String::new(), None, Role::Operator),
    };
    let has_login = login.is_some();
    // Made inside the form: fields look for it around them.
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
        }
        .into_any()
    };
    let password_hint = move || match has_login {
        true => t_string!(i18n, directory.extensions.password_keep),
        false => t_string!(i18n, directory.extensions.password_hint),
    };
    let roles = [Role::Operator, Role::Supervisor, Role::Admin]
        .into_iter()
        .map(|option| {
            view! {
                <label class="choice">
                    <input type="radio" name="form[role]" value=option.as_str() checked=option == role />
                    <span>
                        <strong>{move || words::role(i18n.get_locale(), option)}</strong>
                        <span class="hint">{move || words::role_text(i18n.get_locale(), option)}</span>
                    </span>
                </label>
            }
        })
        .collect_view()
        .into_any();
    let log_in = move || {
        view! {
            <fieldset class="field-group">
                <legend>{move || t_string!(i18n, directory.extensions.log_in)}</legend>
                <p class="hint">{move || t_string!(i18n, directory.extensions.log_in_text)}</p>
                <Field
                    name="login"
                    label=move || t_string!(i18n, directory.extensions.login)
                    hint=move || t_string!(i18n, directory.extensions.login_hint)
                    value=login.unwrap_or_default()
                />
                <Field
                    name="password"
                    label=move || t_string!(i18n, directory.extensions.password)
                    hint=password_hint
                    kind="password"
                    autocomplete="new-password"
                />
                <fieldset class="field">
                    <legend>{move || t_string!(i18n, directory.extensions.role)}</legend>
                    {roles}
                    <FieldProblem name="role" />
                </fieldset>
            </fieldset>
        }
        .into_any()
    };
    view! {
        <CheckedForm action=save>
            {id} {who()} {log_in()} <FormAnswer action=save /> <div class="form-buttons">
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
