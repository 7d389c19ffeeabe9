//! Replies on their way: shown at once, sent one after the other, given back when they cannot be sent.

use super::{drafts, flow::OnItsWay, state::Inbox};
use crate::api::{ApiError, inbox as api};
use domain::ids::SessionId;
use leptos::{prelude::*, task::spawn_local};

/// A reply that could not be sent. Its text is in the draft again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub session: SessionId,
    pub key: String,
    pub text: String,
    pub why: ApiError,
}

impl Inbox {
    /// Shows a reply at once and sends it when those before it have gone out.
    pub fn send(self, session: SessionId, message: OnItsWay) {
        self.on_its_way.update(|all| all.push((session, message)));
        if self.on_its_way.with_untracked(Vec::len) == 1 {
            spawn_local(send_all(self, self.on_its_way.into()));
        }
    }
}

/// One after the other, so that they arrive in the order in which they were written. Goes on when the page is left.
async fn send_all(inbox: Inbox, on_its_way: ArcRwSignal<Vec<(SessionId, OnItsWay)>>) {
    while let Some((session, message)) = on_its_way.with_untracked(|all| all.first().cloned()) {
        let answer = api::send_text(session, message.text.clone(), Some(message.key.clone())).await;
        match answer {
            Ok(sent) => {
                inbox.thread.try_update(|thread| {
                    if let Some(Some((id, Ok(thread)))) = thread
                        && *id == session
                        && thread.messages.iter().all(|m| m.id != sent.id)
                    {
                        thread.messages.push(sent);
                    }
                });
            }
            Err(why) => {
                let OnItsWay { key, text, .. } = message.clone();
                drafts::append(session, &text);
                inbox.returned.try_set(Some(Returned {
                    session,
                    key,
                    text,
                    why,
                }));
            }
        }
        on_its_way.update(|all| all.retain(|(_, other)| other.key != message.key));
    }
    if !inbox.returned.is_disposed() {
        inbox.read_again();
    }
}
