//! Where replies are written. What is typed is never lost: it is kept as a draft until the process has taken it.

use super::{keys::REPLY_ID, labels, state::use_inbox, thread::PickUp};
use crate::{
    api::{ApiError, inbox::SendText},
    browser,
    i18n::*,
    outbox::{OnItsWay, Outbox, use_outbox},
    ui::{IconName, LiveText, icon::Icon, time::use_now},
};
use domain::{
    ids::{PersonId, SessionId},
    message::{TEXT_MOST, text},
    queue,
    refusal::{Problem, Refusal},
    session::Thread,
};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use server_fn::ServerFn;

/// From so many characters left on, they are counted.
const NEAR: usize = 300;
/// Lines that the box grows to where the browser does not size it by itself.
const ROWS_MOST: u32 = 8;

#[component]
pub fn Composer(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let draft = use_draft(id);
    let refusal = Memo::new(move |_| thread.with(|thread| thread.may.reply.clone().err()));
    let refused = move || refusal.with(Option::is_some);
    let inbox = use_inbox();
    Effect::new(move |_| {
        if inbox.wants_to_write.get() && !refused() {
            inbox.wants_to_write.set(false);
            // Once the field can be seen.
            request_animation_frame(|| browser::focus(REPLY_ID));
        }
    });
    let too_long = Memo::new(move |_| draft.length.get() > TEXT_MOST);
    let pressed = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !composes(&event) {
            event.prevent_default();
            draft.send();
        }
    };
    let label = move || t_string!(i18n, inbox.composer.label);
    let field = view! {
        <textarea
            id=REPLY_ID
            name="body"
            rows="1"
            node_ref=draft.area
            aria-label=label
            aria-describedby="composer-notes"
            placeholder=move || (!refused()).then(|| t_string!(i18n, inbox.composer.placeholder))
            title=move || t_string!(i18n, inbox.composer.hint)
            prop:readOnly=refused
            readonly=refusal.with_untracked(Option::is_some)
            aria-invalid=move || too_long.get().then_some("true")
            on:input=move |_| draft.typed()
            on:keydown=pressed
        ></textarea>
    };
    let button = view! {
        <button
            type="submit"
            class="button primary"
            aria-label=move || t_string!(i18n, inbox.composer.send)
            prop:disabled=move || refused() || too_long.get()
            disabled=refusal.with_untracked(Option::is_some)
        >
            <Icon name=IconName::Send />
        </button>
    };
    view! {
        <form
            class="composer"
            class:composer-refused=refused
            class:composer-empty=move || draft.length.get() == 0
            method="post"
            action=SendText::url()
            on:submit=move |event| {
                event.prevent_default();
                draft.send();
            }
        >
            <input type="hidden" name="session" value=id.to_string() />
            <input type="hidden" name="key" autocomplete="off" value=key_of_this_page() />
            <Notes id thread draft />
            <div class="composer-line">{field} {button}</div>
            <Counter length=draft.length />
        </form>
        // A form inside a form is none: the button that helps stands beside.
        <Help id thread />
    }
    .into_any()
}

/// Enter also ends the composition of a letter in some keyboards: that one is not ours. Safari tells first that the
/// composition is over, and then of a key with this code: <https://bugs.webkit.org/show_bug.cgi?id=165004>
fn composes(event: &KeyboardEvent) -> bool {
    const OF_AN_INPUT_METHOD: u32 = 229;
    event.is_composing() || event.key_code() == OF_AN_INPUT_METHOD
}

/// Without JavaScript a double click posts the form twice: the key makes that one message. The live page makes a
/// key for each message itself.
fn key_of_this_page() -> Option<String> {
    #[cfg(feature = "ssr")]
    return Some(Nonce::new().to_string());
    #[cfg(not(feature = "ssr"))]
    None
}

#[derive(Debug, Clone, Copy)]
struct Draft {
    id: SessionId,
    outbox: Outbox,
    area: NodeRef<html::Textarea>,
    /// Characters typed.
    length: RwSignal<usize>,
    /// Why the last one was not sent.
    why: RwSignal<Option<ApiError>>,
}

/// The draft lives in the field itself, so that nothing typed before the page was live is lost.
fn use_draft(id: SessionId) -> Draft {
    let outbox = use_outbox();
    let posted = ServerAction::<SendText>::new().value();
    let draft = Draft {
        id,
        outbox,
        area: NodeRef::new(),
        length: RwSignal::new(0),
        // After a plain form post.
        why: RwSignal::new(posted.with_untracked(|answer| answer.as_ref()?.as_ref().err().cloned())),
    };
    Effect::new(move |before: Option<Option<PersonId>>| {
        let writer = outbox.writer();
        if let Some(area) = draft.area.get() {
            // What is in the field is kept for whoever typed it.
            if area.value().is_empty() || before.flatten().is_some_and(|before| writer != Some(before)) {
                area.set_value(&outbox.draft(id));
            }
            draft.typed();
        }
        writer
    });
    Effect::new(move |_| {
        let back = outbox.returned.get().filter(|back| back.session == id);
        if let Some(back) = back {
            draft.why.set(back.why);
            if let Some(area) = draft.area.get() {
                area.set_value(&outbox.draft(id));
                draft.measure();
            }
            outbox.returned.set(None);
        }
    });
    draft
}

impl Draft {
    fn typed(self) {
        if let Some(area) = self.area.get_untracked() {
            self.outbox.keep_draft(self.id, &area.value());
            self.measure();
        }
    }

    fn measure(self) {
        if let Some(area) = self.area.get_untracked() {
            let text = area.value();
            let lines = u32::try_from(text.lines().count()).unwrap_or(ROWS_MOST);
            area.set_rows(lines.clamp(1, ROWS_MOST));
            self.length.set(text.chars().count());
        }
    }

    fn send(self) {
        let Some(area) = self.area.get_untracked().filter(|area| !area.read_only()) else {
            return;
        };
        let body = match text(&area.value()) {
            Ok(body) => body,
            Err(Problem::Required) => return,
            Err(problem) => {
                self.why
                    .set(Some(ApiError::Refused(Refusal::field("body", problem))));
                return;
            }
        };
        area.set_value("");
        self.outbox.keep_draft(self.id, "");
        self.why.set(None);
        self.measure();
        self.outbox.send(OnItsWay {
            session: self.id,
            key: browser::fresh_key(),
            text: body,
            at: browser::now(),
            broke: 0,
        });
    }
}

/// What one should know before replying, and why a reply came back.
#[component]
fn Notes(id: SessionId, thread: Memo<Thread>, draft: Draft) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let may = move || thread.with(|thread| thread.may.reply.is_ok());
    let window_closed = Memo::new(move |_| {
        let closes = thread.with(|thread| thread.session.window_closes_at);
        may()
            && now
                .get()
                .is_some_and(|now| closes.is_none_or(|closes| closes <= now))
    });
    let picks_up = move || {
        may()
            && thread.with(|thread| {
                let session = &thread.session;
                let auto = session
                    .queue
                    .as_ref()
                    .is_some_and(|q| q.pick_up == queue::PickUp::Auto);
                session.owner.is_none() && auto
            })
    };
    // Before anything is typed, not after it has failed.
    let blocked = move || {
        let blocked = thread.with(|thread| thread.blocked.filter(|_| thread.may.reply.is_ok()))?;
        Some(view! { <p class="composer-warning">{move || labels::blocked(i18n.get_locale(), blocked)}</p> })
    };
    let window = move || {
        window_closed
            .get()
            .then(|| view! { <p class="composer-warning">{move || t_string!(i18n, inbox.window.notice)}</p> })
    };
    let takes = move || {
        picks_up().then(
            || view! { <p class="composer-note">{move || t_string!(i18n, inbox.composer.picks_up)}</p> },
        )
    };
    let has_failed = Memo::new(move |_| draft.why.with(Option::is_some));
    let why = move || {
        let why = draft.why.get().map(|why| labels::why(i18n.get_locale(), &why));
        t_string!(i18n, inbox.composer.not_sent, why = why.unwrap_or_default()).to_string()
    };
    let failed = move || {
        has_failed.get().then(|| {
            view! {
                <p class="composer-failed">
                    <LiveText text=why />
                </p>
            }
        })
    };
    let _ = id;
    view! {
        <div id="composer-notes" class="composer-notes">
            {blocked}
            {window}
            {takes}
            <div role="alert">{failed}</div>
        </div>
    }
    .into_any()
}

/// Why one cannot reply, and the button that helps.
#[component]
fn Help(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let refusal = Memo::new(move |_| thread.with(|thread| thread.may.reply.clone().err()));
    let may_pick_up = Memo::new(move |_| thread.with(|thread| thread.may.pick_up));
    let refused = Memo::new(move |_| refusal.with(Option::is_some));
    let words = move || {
        let refusal = refusal.get().map(ApiError::Refused);
        refusal
            .map(|why| labels::why(i18n.get_locale(), &why))
            .unwrap_or_default()
    };
    let view = move || {
        refused.get().then(|| {
            view! {
                <div class="composer-help">
                    <p>
                        <LiveText text=words />
                    </p>
                    {move || may_pick_up.get().then(|| view! { <PickUp id /> })}
                </div>
            }
        })
    };
    view! { {view} }.into_any()
}

#[component]
fn Counter(length: RwSignal<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let near = Memo::new(move |_| length.get() + NEAR > TEXT_MOST);
    let over = move || length.get() > TEXT_MOST;
    let text = move || match length.get() {
        length if length > TEXT_MOST => {
            t_string!(i18n, inbox.composer.too_long, count = length - TEXT_MOST).to_string()
        }
        length => t_string!(i18n, inbox.composer.left, count = length, most = TEXT_MOST).to_string(),
    };
    let view = move || {
        near.get().then(|| {
            view! {
                <p class="composer-counter" class:over=over>
                    <LiveText text />
                </p>
            }
        })
    };
    view! { {view} }.into_any()
}
