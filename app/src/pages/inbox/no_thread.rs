//! What stands where the thread would be: none chosen, one that cannot be seen, one still coming.

use super::{drafts, state::use_inbox, words};
use crate::{
    api::ApiError,
    i18n::*,
    ui::{ButtonLink, Empty, IconName, TroubleView},
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

/// The thread cannot be seen, most often because somebody else has just taken it. The draft can.
#[component]
pub fn Gone(id: SessionId, error: ApiError) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    if error != ApiError::Refused(Refusal::NotFound) {
        let retry = Callback::new(move |()| inbox.thread.refetch());
        return view! {
            <section class="inbox-thread inbox-choose">
                <TroubleView error retry />
            </section>
        }
        .into_any();
    }
    let href = inbox.query.with_untracked(|query| query.href(None));
    let taken = move || inbox.refused.get().filter(|(session, _)| *session == id);
    let title = Signal::derive(move || match taken() {
        Some((_, why)) => words::why(i18n.get_locale(), &why),
        None => t_string!(i18n, inbox.thread.gone_title).to_owned(),
    });
    let text = Signal::derive(move || match taken() {
        Some(_) => t_string!(i18n, inbox.thread.taken_text).to_owned(),
        None => t_string!(i18n, inbox.thread.gone_text).to_owned(),
    });
    let draft = RwSignal::new(String::new());
    Effect::new(move |_| draft.set(drafts::load(id)));
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
            <Empty icon=IconName::Alert title text>
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
