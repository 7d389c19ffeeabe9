//! Canned replies: a slash at the beginning of an empty reply offers them, and what follows it narrows the list.

use super::draft::Draft;
use crate::{
    api::{ApiResult, canned_replies::canned_replies_of},
    browser,
    i18n::*,
};
use domain::{canned_reply::CannedReply, ids::SessionId};
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    prelude::*,
    task::spawn_local,
};

/// More are not shown: whoever looks for another types more of its name.
const SHOWN: usize = 8;
pub const LIST_ID: &str = "canned-replies";

#[derive(Debug, Clone, Copy)]
pub struct Canned {
    session: SessionId,
    draft: Draft,
    /// Those of the session; read anew with each slash, because supervisors change them.
    replies: RwSignal<Option<ApiResult<Vec<CannedReply>>>>,
    /// What follows the slash; `None` while no list is shown.
    typed: RwSignal<Option<String>>,
    /// The place of the marked one in the list.
    marked: RwSignal<usize>,
}

pub fn use_canned(session: SessionId, draft: Draft) -> Canned {
    Canned {
        session,
        draft,
        replies: RwSignal::new(None),
        typed: RwSignal::new(None),
        marked: RwSignal::new(0),
    }
}

impl Canned {
    /// Looks at what is in the field now.
    pub fn look(self) {
        let text = self.draft.text();
        let typed = text
            .strip_prefix('/')
            .filter(|typed| !typed.contains(char::is_whitespace));
        let was_open = self.is_open_now();
        self.marked.set(0);
        self.typed.set(typed.map(str::to_owned));
        if typed.is_some() && !was_open {
            spawn_local(async move {
                let read = canned_replies_of(self.session).await;
                self.replies.try_set(Some(read));
            });
        }
    }

    pub fn close(self) {
        self.typed.set(None);
    }

    /// Whether there is a list to choose from.
    pub fn is_open(self) -> bool {
        self.typed.with(Option::is_some)
    }

    fn is_open_now(self) -> bool {
        untrack(|| self.is_open())
    }

    fn found(self) -> Vec<CannedReply> {
        let Some(typed) = self.typed.get() else {
            return Vec::new();
        };
        self.replies.with(|replies| match replies {
            Some(Ok(all)) => {
                // Those whose name begins like this come first.
                let (named, others): (Vec<_>, Vec<_>) = all
                    .iter()
                    .filter(|reply| reply.matches(&typed))
                    .partition(|reply| reply.is_named(&typed));
                named.into_iter().chain(others).take(SHOWN).cloned().collect()
            }
            _ => Vec::new(),
        })
    }

    /// The key moves in the list, chooses from it or closes it; returns whether it did.
    pub fn takes(self, event: &KeyboardEvent) -> bool {
        if !self.is_open_now() || event.is_composing() {
            return false;
        }
        let found = untrack(|| self.found());
        let marked = self.marked.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if !found.is_empty() => self.marked.set((marked + 1) % found.len()),
            "ArrowUp" if !found.is_empty() => self.marked.set((marked + found.len() - 1) % found.len()),
            "Enter" | "Tab" if !event.shift_key() => match found.into_iter().nth(marked) {
                Some(reply) => self.choose(reply),
                // A text that begins with a slash may be sent, once it is known to be no canned reply.
                None if self
                    .replies
                    .with_untracked(|replies| matches!(replies, Some(Ok(_)))) =>
                {
                    return false;
                }
                None => {}
            },
            "Escape" => self.close(),
            _ => return false,
        }
        event.prevent_default();
        event.stop_propagation();
        true
    }

    fn choose(self, reply: CannedReply) {
        self.close();
        self.draft.replace(&reply.text);
    }

    /// The id of the marked one, for the field.
    pub fn active(self) -> Option<String> {
        let found = self.found().len();
        (found > 0).then(|| option_id(self.marked.get()))
    }
}

fn option_id(place: usize) -> String {
    format!("canned-{place}")
}

#[component]
pub fn CannedList(canned: Canned) -> impl IntoView {
    let i18n = use_i18n();
    let open = Memo::new(move |_| canned.is_open());
    let found = Memo::new(move |_| canned.found());
    let note = move || {
        let empty = found.with(Vec::is_empty);
        canned.replies.with(|replies| match replies {
            None => Some(t_string!(i18n, common.loading)),
            Some(Err(_)) => Some(t_string!(i18n, inbox.canned.failed)),
            Some(Ok(all)) if all.is_empty() => Some(t_string!(i18n, inbox.canned.empty)),
            Some(Ok(_)) => empty.then(|| t_string!(i18n, inbox.canned.none)),
        })
    };
    // The marked one stays in sight.
    Effect::new(move |_| {
        if let Some(active) = canned.active() {
            request_animation_frame(move || {
                if let Some(option) = browser::element(&active) {
                    browser::reveal(&option);
                }
            });
        }
    });
    let option = move |(place, reply): (usize, CannedReply)| {
        let CannedReply { shortcut, text, .. } = reply.clone();
        let pressed = move |event: MouseEvent| {
            if event.button() == 0 {
                canned.choose(reply.clone());
            }
        };
        view! {
            <li
                id=option_id(place)
                role="option"
                class="canned-option"
                aria-selected=move || (canned.marked.get() == place).to_string()
                on:mousedown=pressed
            >
                <span class="canned-name" translate="no">
                    "/"
                    {shortcut}
                </span>
                <span class="canned-text" dir="auto" translate="no">
                    {text}
                </span>
            </li>
        }
    };
    let options = move || found.get().into_iter().enumerate().map(option).collect_view();
    let list = move || {
        open.get().then(|| {
            view! {
                // The field keeps the focus, also when somebody scrolls here.
                <div class="canned" on:mousedown=|event| event.prevent_default()>
                    <ul id=LIST_ID role="listbox" aria-label=move || t_string!(i18n, inbox.canned.list)>
                        {options}
                    </ul>
                    <p class="canned-note" role="status">
                        {note}
                    </p>
                </div>
            }
        })
    };
    view! { {list} }.into_any()
}
