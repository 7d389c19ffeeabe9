//! A canned reply: its short name, its text, its files, and the queue in which it may be used.

use super::files::{FilesField, NewFiles};
use crate::{
    api::{
        Resource,
        canned_replies::{CannedReplyPage as Page, DeleteCannedReply, PATH, SaveCannedReply, canned_reply},
    },
    i18n::*,
    pages::{
        directory::{DeleteForm, deletes, saves},
        url::{id_in_url, known},
    },
    ui::{
        Button, ButtonLink, CheckedForm, Field, Form, Kind, Load, PageHead, TextField, field::FieldProblem,
        form::FormAnswer,
    },
};
use domain::{
    canned_reply::{CannedReplyForm, Variables},
    ids::{CannedReplyId, QueueId},
};
use leptos::prelude::*;

/// A new canned reply.
#[component]
pub fn NewCannedReplyPage() -> impl IntoView {
    let i18n = use_i18n();
    let stored = Resource::new(|| (), |()| canned_reply(None));
    let save = saves(PATH);
    let new = NewFiles::new();
    view! {
        <PageHead title=move || t_string!(i18n, directory.canned_replies.add_title).to_owned() />
        <Load from=stored view=move |page| view! { <Editor page save new /> }.into_any() />
    }
    .into_any()
}

/// One canned reply.
#[component]
pub fn CannedReplyPage() -> impl IntoView {
    let id = id_in_url::<CannedReplyId>();
    let stored = Resource::new(
        move || id.get(),
        |id| async move { canned_reply(Some(known(id)?)).await },
    );
    let save = saves(PATH);
    let new = NewFiles::new();
    let delete = deletes::<DeleteCannedReply>(PATH, |locale| {
        td_string!(locale, directory.canned_replies.deleted)
    });
    let form = move |page: Page| {
        let head = page.reply.clone().map(|reply| {
            let title = format!("/{}", reply.shortcut);
            (
                view! { <PageHead title=move || title.clone() /> },
                view! {
                    <DeleteForm
                        action=delete
                        id=reply.id.to_string()
                        text=|locale| td_string!(locale, directory.canned_replies.delete_text)
                        button=|locale| td_string!(locale, directory.canned_replies.delete)
                    />
                },
            )
        });
        let (title, delete) = head.unzip();
        view! {
            {title}
            <Editor page save new />
            {delete}
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

#[component]
fn Editor(page: Page, save: Form<SaveCannedReply>, new: NewFiles) -> impl IntoView {
    let i18n = use_i18n();
    let Page {
        reply,
        queues,
        unsaved,
    } = page;
    let id = reply
        .as_ref()
        .map(|reply| view! { <input type="hidden" name="id" value=reply.id.to_string() /> });
    let files = reply
        .as_ref()
        .map(|reply| reply.files.clone())
        .unwrap_or_default();
    let stored = reply.map(|reply| CannedReplyForm {
        shortcut: reply.shortcut,
        text: reply.text,
        queue: reply.queue.map(|queue| queue.to_string()),
        files: files.iter().map(|file| file.id.to_string()).collect(),
    });
    let form = unsaved.map(|unsaved| unsaved.form).or(stored).unwrap_or_default();
    let chosen = form.queue.unwrap_or_default();
    let hint = Signal::derive(move || {
        let [customer, operator, channel] = Variables::NAMES.map(|name| format!("{{{{{name}}}}}"));
        let hint = t_string!(
            i18n,
            directory.canned_replies.text_hint,
            customer = customer,
            operator = operator,
            channel = channel
        );
        hint.to_string()
    });
    view! {
        <CheckedForm form=save>
            {id}
            <Field
                name="shortcut"
                label=move || t_string!(i18n, directory.canned_replies.shortcut)
                hint=move || t_string!(i18n, directory.canned_replies.shortcut_hint)
                value=form.shortcut
            />
            <TextField
                name="text"
                label=move || t_string!(i18n, directory.canned_replies.text)
                hint=hint
                value=form.text
                rows=6
            />
            <FilesField files kept=form.files new />
            <QueueSelect queues chosen />
            <FormAnswer action=save.action />
            <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending() disabled=new.are_coming()>
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

#[component]
fn QueueSelect(queues: Vec<(QueueId, String)>, chosen: String) -> impl IntoView {
    let i18n = use_i18n();
    let option = |(id, name): (QueueId, String)| {
        let id = id.to_string();
        let selected = id == chosen;
        view! {
            <option value=id selected=selected>
                {name}
            </option>
        }
    };
    let options = queues.into_iter().map(option).collect_view();
    view! {
        <div class="field">
            <label for="field-queue">{move || t_string!(i18n, directory.canned_replies.queue)}</label>
            <select id="field-queue" name="form[queue]" class="input" aria-describedby="field-queue-problem">
                <option value="">{move || t_string!(i18n, directory.canned_replies.everywhere)}</option>
                {options}
            </select>
            <FieldProblem name="queue" />
        </div>
    }
    .into_any()
}
