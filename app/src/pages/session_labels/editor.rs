//! A label: its name.

use crate::{
    api::{
        Resource,
        labels::{DeleteLabel, LabelPage as Page, PATH, SaveLabel, label},
    },
    i18n::*,
    pages::{
        directory::{DeleteForm, deletes, saves},
        url::{id_in_url, known},
    },
    ui::{Button, ButtonLink, CheckedForm, Field, Form, Kind, Load, PageHead, form::FormAnswer},
};
use domain::{ids::LabelId, label::LabelForm};
use leptos::prelude::*;

/// A new label.
#[component]
pub fn NewLabelPage() -> impl IntoView {
    let i18n = use_i18n();
    let stored = Resource::new(|| (), |()| label(None));
    let save = saves(PATH);
    view! {
        <PageHead title=move || t_string!(i18n, directory.labels.add_title).to_owned() />
        <Load from=stored view=move |page| view! { <Editor page save /> }.into_any() />
    }
    .into_any()
}

/// One label.
#[component]
pub fn LabelPage() -> impl IntoView {
    let id = id_in_url::<LabelId>();
    let stored = Resource::new(
        move || id.get(),
        |id| async move { label(Some(known(id)?)).await },
    );
    let save = saves(PATH);
    let delete = deletes::<DeleteLabel>(PATH, |locale| td_string!(locale, directory.labels.deleted));
    let form = move |page: Page| {
        let head = page.label.clone().map(|label| {
            let title = label.name;
            (
                view! { <PageHead title=move || title.clone() /> },
                view! {
                    <DeleteForm
                        action=delete
                        id=label.id.to_string()
                        text=|locale| td_string!(locale, directory.labels.delete_text)
                        button=|locale| td_string!(locale, directory.labels.delete)
                    />
                },
            )
        });
        let (title, delete) = head.unzip();
        view! {
            {title}
            <Editor page save />
            {delete}
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

#[component]
fn Editor(page: Page, save: Form<SaveLabel>) -> impl IntoView {
    let i18n = use_i18n();
    let Page { label, unsaved } = page;
    let id = label
        .as_ref()
        .map(|label| view! { <input type="hidden" name="id" value=label.id.to_string() /> });
    let stored = label.map(|label| LabelForm { name: label.name });
    let form = unsaved.map(|unsaved| unsaved.form).or(stored).unwrap_or_default();
    view! {
        <CheckedForm form=save>
            {id}
            <Field
                name="name"
                label=move || t_string!(i18n, directory.labels.name)
                hint=move || t_string!(i18n, directory.labels.name_hint)
                value=form.name
            />
            <FormAnswer action=save.action />
            <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
                </Button>
                <ButtonLink href=PATH kind=Kind::Quiet>
                    {move || t_string!(i18n, common.button.cancel)}
                </ButtonLink>
            </div>
        </CheckedForm>
    }
    .into_any()
}
