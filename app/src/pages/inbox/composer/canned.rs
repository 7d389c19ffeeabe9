//! Canned replies: a slash at the beginning of an empty reply offers them, and what follows it narrows the list. The text
//! of the chosen one goes into the field, its files among those that are attached.

use super::{
    draft::Draft,
    offer::{Offer, OfferList, Offered, Pressed},
};
use crate::{
    api::{ApiResult, canned_replies::canned_replies_of},
    i18n::*,
    pages::inbox::attach::Files,
};
use domain::{canned_reply::CannedReply, ids::SessionId};
use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};

/// More are not shown: whoever looks for another types more of its name.
const SHOWN: usize = 8;

#[derive(Debug, Clone, Copy)]
pub struct Canned {
    session: SessionId,
    draft: Draft,
    files: Files,
    /// Those of the session; read anew with each slash, because supervisors change them.
    replies: RwSignal<Option<ApiResult<Vec<CannedReply>>>>,
    /// What follows the slash; `None` while no list is shown.
    typed: RwSignal<Option<String>>,
    pub offer: Offer,
}

pub fn use_canned(session: SessionId, draft: Draft, files: Files) -> Canned {
    let replies = RwSignal::new(None::<ApiResult<Vec<CannedReply>>>);
    let typed = RwSignal::new(None::<String>);
    let found = Memo::new(move |_| {
        let typed = typed.get()?;
        Some(replies.with(|replies| match replies {
            Some(Ok(all)) => offered(all, &typed),
            _ => Vec::new(),
        }))
    });
    Canned {
        session,
        draft,
        files,
        replies,
        typed,
        offer: Offer::new("canned", found),
    }
}

fn offered(all: &[CannedReply], typed: &str) -> Vec<Offered> {
    // Those whose name begins like this come first.
    let (named, others): (Vec<_>, Vec<_>) = all
        .iter()
        .filter(|reply| reply.matches(typed))
        .partition(|reply| reply.is_named(typed));
    let found = named.into_iter().chain(others).take(SHOWN);
    found
        .map(|reply| Offered {
            name: name(reply),
            text: text_and_files(reply),
            puts: reply.text.clone(),
        })
        .collect()
}

fn name(reply: &CannedReply) -> String {
    format!("/{}", reply.shortcut)
}

fn text_and_files(reply: &CannedReply) -> String {
    let text = Some(reply.text.as_str()).filter(|text| !text.is_empty());
    let parts: Vec<_> = text.into_iter().chain(reply.file_names()).collect();
    parts.join(" · ")
}

impl Canned {
    /// Looks at what is in the field now.
    pub fn look(self) {
        let text = self.draft.text();
        let typed = text
            .strip_prefix('/')
            .filter(|typed| !typed.contains(char::is_whitespace));
        let was_open = untrack(|| self.offer.is_open());
        self.offer.begin();
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

    /// The key moves in the list, chooses from it or closes it; returns whether it did.
    pub fn takes(self, event: &KeyboardEvent) -> bool {
        match self.offer.pressed(event) {
            Some(Pressed::Chose(reply)) => self.choose(&reply),
            Some(Pressed::Closed) => self.close(),
            Some(Pressed::Moved) => {}
            // A text that begins with a slash may be sent, once it is known to be no canned reply.
            Some(Pressed::Nothing) => {
                let known = |replies: &Option<ApiResult<_>>| matches!(replies, Some(Ok(_)));
                if self.replies.with_untracked(known) {
                    return false;
                }
            }
            None => return false,
        }
        event.prevent_default();
        event.stop_propagation();
        true
    }

    fn choose(self, chosen: &Offered) {
        self.close();
        self.draft.replace(&chosen.puts);
        let files = self.replies.with_untracked(|replies| {
            let mut all = replies.iter().flatten().flatten();
            all.find(|reply| name(reply) == chosen.name)
                .map(|reply| reply.files.clone())
        });
        self.files.add_canned(files.unwrap_or_default());
    }
}

#[component]
pub fn CannedList(canned: Canned) -> impl IntoView {
    let i18n = use_i18n();
    let none = move || {
        canned
            .offer
            .found
            .with(|found| found.as_ref().is_none_or(Vec::is_empty))
    };
    let note = move || {
        let none = none();
        canned.replies.with(|replies| match replies {
            None => Some(t_string!(i18n, common.loading)),
            Some(Err(_)) => Some(t_string!(i18n, inbox.canned.failed)),
            Some(Ok(all)) if all.is_empty() => Some(t_string!(i18n, inbox.canned.empty)),
            Some(Ok(_)) => none.then(|| t_string!(i18n, inbox.canned.none)),
        })
    };
    let choose = Callback::new(move |reply: Offered| canned.choose(&reply));
    let label = Signal::derive(move || t_string!(i18n, inbox.canned.list));
    view! { <OfferList offer=canned.offer label note=Signal::derive(note) choose /> }
}
