//! A canned reply: its short name, its text, and the queue in which it may be used.

use crate::{
    api::{
        ActionForm, Resource, ServerAction,
        canned_replies::{CannedReplyPage as Page, DeleteCannedReply, PATH, SaveCannedReply, canned_reply},
    },
    i18n::*,
    labels,
    pages::{
        directory::saves,
        url::{id_in_url, known},
    },
    ui::{
        Button, ButtonLink, CheckedForm, Field, Form, Kind, Load, PageHead, TextField,
        field::FieldProblem,
        form::{FormAnswer, on_outcome},
        use_toasts,
    },
};
use domain::{
    canned_reply::{CannedReplyForm, Variables},
    ids::{CannedReplyId, QueueId},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// A new canned reply.
#[component]
pub fn NewCannedReplyPage() -> impl IntoView {
    let i18n = use_i18n();
    let stored = Resource::new(|| (), |()| canned_reply(None));
    let save = saves(PATH);
    view! {
        <PageHead title=move || t_string!(i18n, directory.canned_replies.add_title).to_owned() />
        <Load from=stored view=move |page| view! { <Editor page save /> }.into_any() />
    }
    .into_any()
}

/// One canned reply.
#[component]
pub fn CannedReplyPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_url::<CannedReplyId>();
    let stored = Resource::new(
        move || id.get(),
        |id| async move { canned_reply(Some(known(id)?)).await },
    );
    let save = saves(PATH);
    let toasts = use_toasts();
    let go = use_navigate();
    let delete = ServerAction::<DeleteCannedReply>::new();
    on_outcome(delete, move |answer| match answer {
        Ok(_) => {
            toasts.say(t_string!(i18n, directory.canned_replies.deleted));
            go(PATH, Default::default());
        }
        Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
    });
    let form = move |page: Page| {
        let head = page.reply.clone().map(|reply| {
            let title = format!("/{}", reply.shortcut);
            (
                view! { <PageHead title=move || title.clone() /> },
                view! { <Delete id=reply.id delete /> },
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
fn Editor(page: Page, save: Form<SaveCannedReply>) -> impl IntoView {
    let i18n = use_i18n();
    let Page {
        reply,
        queues,
        unsaved,
    } = page;
    let id = reply
        .as_ref()
        .map(|reply| view! { <input type="hidden" name="id" value=reply.id.to_string() /> });
    let stored = reply.map(|reply| CannedReplyForm {
        shortcut: reply.shortcut,
        text: reply.text,
        queue: reply.queue.map(|queue| queue.to_string()),
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
            <QueueSelect queues chosen />
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

#[component]
fn Delete(id: CannedReplyId, delete: ServerAction<DeleteCannedReply>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel">
            <p>{move || t_string!(i18n, directory.canned_replies.delete_text)}</p>
            <ActionForm action=delete>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true kind=Kind::Danger busy=delete.pending()>
                    {move || t_string!(i18n, directory.canned_replies.delete)}
                </Button>
            </ActionForm>
        </section>
    }
    .into_any()
}
