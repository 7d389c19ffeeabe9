//! Shown in place of a thread: none is chosen, the user may not see it, or it is still loading.

use crate::{
    api::ApiError,
    i18n::*,
    outbox::use_outbox,
    pages::inbox::{labels, state::use_inbox},
    ui::{ButtonLink, Empty, IconName, TroubleView, trouble::tell_status},
};
use domain::{ids::SessionId, refusal::Refusal};
use leptos::prelude::*;

#[component]
pub fn Choose() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="inbox-thread inbox-choose">
            <Empty
                icon=IconName::Inbox
                title=Signal::derive(move || t_string!(i18n, inbox.empty.thread_title).to_owned())
                text=Signal::derive(move || t_string!(i18n, inbox.empty.thread_text).to_owned())
            />
        </section>
    }
    .into_any()
}

/// The address has no valid session id.
#[component]
pub fn Nowhere() -> impl IntoView {
    tell_status(&ApiError::Refused(Refusal::NotFound));
    let i18n = use_i18n();
    let inbox = use_inbox();
    let href = inbox.query.with_untracked(|query| query.href(None));
    view! {
        <section class="inbox-thread inbox-choose">
            <Empty
                icon=IconName::Search
                title=move || t_string!(i18n, common.trouble.not_found).to_owned()
                text=move || t_string!(i18n, inbox.thread.nowhere_text).to_owned()
            >
                <ButtonLink href=href>{move || t_string!(i18n, inbox.thread.gone_button)}</ButtonLink>
            </Empty>
        </section>
    }
    .into_any()
}

/// The user may not see the thread. A user who saw it a moment ago is told where it is now. The draft stays visible.
#[component]
pub fn Gone(id: SessionId, error: ApiError, was_open: bool) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let elsewhere = matches!(
        error,
        ApiError::Refused(Refusal::Taken { .. } | Refusal::Moved { .. })
    );
    if !elsewhere && error != ApiError::Refused(Refusal::NotFound) {
        let retry = Callback::new(move |()| inbox.thread.refetch());
        return view! {
            <section class="inbox-thread inbox-choose">
                <TroubleView error retry />
            </section>
        }
        .into_any();
    }
    let href = inbox.query.with_untracked(|query| query.href(None));
    // The answer to a click that was too late has the name, too.
    let error = elsewhere.then_some(error);
    let told = move || match inbox.refused.get() {
        Some((session, why @ ApiError::Refused(Refusal::Taken { .. }))) if session == id => Some(why),
        _ => error.clone(),
    };
    let title = {
        let told = told.clone();
        move || match told() {
            Some(why) => labels::why(i18n.get_locale(), &why),
            None if was_open => t_string!(i18n, inbox.thread.taken_by_somebody).to_owned(),
            None => t_string!(i18n, inbox.thread.gone_title).to_owned(),
        }
    };
    let title = Signal::derive(title);
    let taken = move || was_open || told().is_some();
    let icon = match untrack(&taken) {
        true => IconName::PickUp,
        false => IconName::Alert,
    };
    let text = Signal::derive(move || match taken() {
        true => t_string!(i18n, inbox.thread.taken_text).to_owned(),
        false => t_string!(i18n, inbox.thread.gone_text).to_owned(),
    });
    let draft = RwSignal::new(String::new());
    let outbox = use_outbox();
    Effect::new(move |_| draft.set(outbox.draft(id)));
    let kept = move || {
        let draft = draft.get();
        (!draft.is_empty()).then(|| {
            view! {
                <figure class="gone-draft">
                    <figcaption>{move || t_string!(i18n, inbox.composer.draft_kept)}</figcaption>
                    <blockquote dir="auto">{draft}</blockquote>
                </figure>
            }
        })
    };
    view! {
        <section class="inbox-thread inbox-choose">
            <Empty icon title text>
                {kept}
                <ButtonLink href=href>{move || t_string!(i18n, inbox.thread.gone_button)}</ButtonLink>
            </Empty>
        </section>
    }
    .into_any()
}

#[component]
pub fn ThreadSkeleton() -> impl IntoView {
    view! {
        <section class="inbox-thread thread-skeleton" aria-busy="true">
            <div class="thread-head">
                <span class="avatar"></span>
                <span class="skeleton-line"></span>
            </div>
            <div class="flow">
                <div class="flow-line"><div class="bubble skeleton-line"></div></div>
                <div class="flow-line ours"><div class="bubble skeleton-line"></div></div>
                <div class="flow-line"><div class="bubble skeleton-line"></div></div>
            </div>
        </section>
    }
    .into_any()
}
