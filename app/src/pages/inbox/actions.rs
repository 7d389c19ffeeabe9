//! The actions on a session: picking it up, reopening it, marking it as unread; and closing it, taking it over and transferring it, each of which asks
//! first in a dialog. Without JavaScript their buttons lead to the same page with the dialog open.

use super::{
    element_ids::{CLOSE_ID, ROW_ID, TRANSFER_ID, UNREAD_BUTTON_ID},
    state::use_inbox,
};
use crate::{
    api::{ActionForm, Resource, transfers::targets},
    browser,
    i18n::*,
    pages::transfer_fields::{Reason, TargetSelect},
    ui::{IconName, LiveText, Once, Transition, icon::Icon},
};
use domain::{ids::SessionId, session::Thread};
use leptos::{ev::MouseEvent, html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// *Pick up*, as a form that works before the page is live.
#[component]
pub fn PickUp(id: SessionId, #[prop(optional)] id_in_page: Option<&'static str>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.pick_up.pending();
    view! {
        <ActionForm action=inbox.pick_up>
            <input type="hidden" name="session" value=id.to_string() />
            <button type="submit" class="button primary" id=id_in_page prop:disabled=move || pending.try_get().unwrap_or_default()>
                <Icon name=IconName::PickUp />
                <span>{move || t_string!(i18n, inbox.thread.pick_up)}</span>
            </button>
        </ActionForm>
    }
    .into_any()
}

/// *Reopen*, a closed session within its service window.
#[component]
pub fn Reopen(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.reopen.pending();
    view! {
        <ActionForm action=inbox.reopen>
            <input type="hidden" name="session" value=id.to_string() />
            <button type="submit" class="button" prop:disabled=move || pending.try_get().unwrap_or_default()>
                <Icon name=IconName::Refresh />
                <span>{move || t_string!(i18n, inbox.thread.reopen)}</span>
            </button>
        </ActionForm>
    }
    .into_any()
}

/// *Mark as unread*, which also leaves the session: whoever looks at it reads it.
#[component]
pub fn MarkUnread(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let navigate = use_navigate();
    let leave = move |_| {
        let list = inbox.query.with_untracked(|query| query.href(None));
        let options = NavigateOptions {
            scroll: false,
            ..Default::default()
        };
        navigate(&list, options);
        // So that the next key goes on from there.
        request_animation_frame(move || browser::focus(&format!("{ROW_ID}{id}")));
    };
    let label = move || t_string!(i18n, inbox.thread.mark_unread);
    view! {
        <div on:submit=leave>
            <ActionForm action=inbox.mark_unread>
                <input type="hidden" name="session" value=id.to_string() />
                <button type="submit" class="button quiet" id=UNREAD_BUTTON_ID aria-label=label title=label>
                    <Icon name=IconName::Unread />
                </button>
            </ActionForm>
        </div>
    }
    .into_any()
}

pub type Word = fn(Locale) -> &'static str;

/// A button, and the dialog that it opens.
#[component]
pub fn Step(
    id: SessionId,
    /// The dialog's name in the address.
    step: &'static str,
    icon: IconName,
    word: Word,
    title: Word,
    #[prop(optional)] id_in_page: Option<&'static str>,
    dialog: NodeRef<html::Dialog>,
    /// Drawn when the dialog opens: a thread has many, and most are never opened.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let open = is_asked_for(step);
    let drawn = RwSignal::new(open);
    let ask = move |event: MouseEvent| {
        if let Some(dialog) = dialog.get_untracked() {
            event.prevent_default();
            drawn.set(true);
            // It focuses what is in it, so after that is drawn.
            request_animation_frame(move || {
                let _ = dialog.show_modal();
            });
        }
    };
    let label = move || word(i18n.get_locale());
    let title_id = format!("step-{step}");
    view! {
        <form method="get" action=format!("/inbox/{id}")>
            <input type="hidden" name="tab" value=move || inbox.query.with(|query| query.tab.as_str()) />
            <input type="hidden" name="q" value=move || inbox.query.with(|query| query.search.clone()) />
            <input type="hidden" name="step" value=step />
            <button type="submit" class="button" id=id_in_page aria-label=label title=label on:click=ask>
                <Icon name=icon />
                <span>{label}</span>
            </button>
        </form>
        <dialog
            class="dialog"
            node_ref=dialog
            open=open
            aria-labelledby=title_id.clone()
            on:submit=move |_| leave(dialog)
        >
            <h2 id=title_id.clone()>{move || title(i18n.get_locale())}</h2>
            <Once when=drawn.into() children />
        </dialog>
    }
    .into_any()
}

/// Whether the address asks for this step.
pub fn is_asked_for(step: &str) -> bool {
    use_query_map().with_untracked(|map| map.get_str("step") == Some(step))
}

fn leave(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// *Close*.
#[component]
pub fn Close(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.close.pending();
    let dialog = NodeRef::new();
    let no = "close-no";
    view! {
        <Step
            id
            step="close"
            icon=IconName::Close
            word=|locale| td_string!(locale, inbox.thread.close)
            title=|locale| td_string!(locale, inbox.confirm.title)
            id_in_page=CLOSE_ID
            dialog
        >
            <p>{move || t_string!(i18n, inbox.confirm.text)}</p>
            <ActionForm action=inbox.close>
                <input type="hidden" name="session" value=id.to_string() />
                <Reason name="close" />
                <div class="dialog-buttons">
                    <button type="submit" class="button" form=no>
                        {move || t_string!(i18n, inbox.confirm.no)}
                    </button>
                    <button type="submit" class="button primary" autofocus prop:disabled=move || pending.try_get().unwrap_or_default()>
                        {move || t_string!(i18n, inbox.confirm.yes)}
                    </button>
                </div>
            </ActionForm>
            // HTML forbids nested forms, so its button is in the other one.
            <form method="dialog" id=no></form>
        </Step>
    }
    .into_any()
}

/// *Take over*, from the current holder.
#[component]
pub fn TakeOver(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let dialog = NodeRef::new();
    let text = move || {
        let owner = thread.with(|thread| thread.session.owner.as_ref().map(|owner| owner.name.clone()));
        t_string!(
            i18n,
            inbox.transfer.take_over_text,
            owner = owner.unwrap_or_default()
        )
        .to_string()
    };
    view! {
        <Step
            id
            step="take-over"
            icon=IconName::PickUp
            word=|locale| td_string!(locale, inbox.thread.take_over)
            title=|locale| td_string!(locale, inbox.transfer.take_over_title)
            dialog
        >
            <p>
                <LiveText text />
            </p>
            <ActionForm action=inbox.take_over>
                <Seen id thread />
                <Reason name="take-over" />
                <Buttons id dialog word=|locale| td_string!(locale, inbox.transfer.take_over) />
            </ActionForm>
        </Step>
    }
    .into_any()
}

/// *Transfer*, to an extension or a queue.
#[component]
pub fn Transfer(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let inbox = use_inbox();
    let dialog = NodeRef::new();
    view! {
        <Step
            id
            step="transfer"
            icon=IconName::Transfer
            word=|locale| td_string!(locale, inbox.thread.transfer)
            title=|locale| td_string!(locale, inbox.transfer.title)
            id_in_page=TRANSFER_ID
            dialog
        >
            <ActionForm action=inbox.transfer>
                <Seen id thread />
                <Targets />
                <Reason name="transfer" />
                <Buttons id dialog word=|locale| td_string!(locale, inbox.transfer.transfer) />
            </ActionForm>
        </Step>
    }
    .into_any()
}

/// The session, and the holder that the user saw when sending the form.
#[component]
fn Seen(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let from = move || thread.with(|thread| thread.session.holder().to_string());
    view! {
        <input type="hidden" name="session" value=id.to_string() />
        <input type="hidden" name="from" value=from prop:value=from />
    }
    .into_any()
}

#[component]
fn Targets() -> impl IntoView {
    let targets = Resource::new(|| (), |()| targets());
    let select = move || {
        let destinations = targets.get().and_then(Result::ok);
        view! { <TargetSelect id="transfer-to" destinations /> }
    };
    view! { <Transition>{select}</Transition> }.into_any()
}

/// *Back*, and the button that does it.
#[component]
pub fn Buttons(id: SessionId, dialog: NodeRef<html::Dialog>, word: Word) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    // HTML forbids nested forms, so this is a link and not a button with its own form.
    let back = move |event: MouseEvent| {
        if dialog.get_untracked().is_some() {
            event.prevent_default();
            leave(dialog);
        }
    };
    view! {
        <div class="dialog-buttons">
            <a
                class="button"
                href=move || inbox.query.with(|query| query.href(Some(id)))
                on:click=back
            >
                {move || t_string!(i18n, inbox.transfer.no)}
            </a>
            <button type="submit" class="button primary">
                {move || word(i18n.get_locale())}
            </button>
        </div>
    }
    .into_any()
}
