//! The state of the inbox: the place that the URL names, the data that the process has for it, and the replies on their
//! way. Tab, search and session are kept in the URL only, so every state can be linked, reloaded and returned to.

use super::{
    attach::AllFiles,
    drawn_rows::DrawnRows,
    fetch::{read_hits, read_list, read_list_again, read_on, read_thread, read_thread_again},
    following,
    listed::Listed,
    query::{Opening, Query},
};
use crate::{
    api::{
        AnyAction, ApiError, ApiResult, Resource, ServerAction,
        contacts::{EraseContact, MergeContact, SeparateContact},
        inbox::{self as api, Close, MarkUnread, MentionsSeen, Note, PickUp, React, Reopen, Retry},
        labels::PutLabel,
        transfers::{TakeOver, Transfer},
    },
    frame::use_me,
    live::{Reader, use_live},
    outbox::{Outbox, use_outbox},
    ui::form::on_outcome,
};
use domain::{
    access::{Actor, Me, Permission},
    ids::{ExtensionId, LineId, MessageId, SessionId},
    position::AsOf,
    search::Hits,
    session::{Choices, InboxCounts, Mention, Tab, Thread},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};

/// The inbox, for every part of the page. Its resources are read inside `<Transition>` only.
#[derive(Clone, Copy)]
pub struct Inbox {
    pub query: Memo<Query>,
    /// The session that the URL names.
    pub session: Memo<Option<SessionId>>,
    /// The URL names something that cannot be a session.
    pub nowhere: Memo<bool>,
    /// The composer writes a note, as the URL says, and not a reply.
    pub writes_note: Memo<bool>,
    pub counts: Resource<ApiResult<AsOf<InboxCounts>>>,
    pub list: Resource<ApiResult<Listed>>,
    pub drawn: DrawnRows,
    /// Whether the page after the last row is being read.
    pub reading_on: RwSignal<bool>,
    /// What lists can be narrowed to; every label that there is.
    pub choices: Resource<ApiResult<Choices>>,
    pub put_label: ServerAction<PutLabel>,
    /// The notes that call for the user and that they have not seen.
    pub mentions: Resource<ApiResult<Vec<Mention>>>,
    pub mentions_seen: ServerAction<MentionsSeen>,
    /// What was found in messages and notes.
    pub hits: Resource<Option<ApiResult<Hits>>>,
    pub opening: Memo<Opening>,
    pub thread: Resource<Option<(SessionId, ApiResult<Thread>)>>,
    me: Resource<ApiResult<Me>>,
    pub pick_up: ServerAction<PickUp>,
    pub close: ServerAction<Close>,
    pub reopen: ServerAction<Reopen>,
    pub mark_unread: ServerAction<MarkUnread>,
    pub snooze: ServerAction<api::Snooze>,
    pub wake: ServerAction<api::Wake>,
    pub note: ServerAction<Note>,
    pub block: ServerAction<api::Block>,
    pub erase: ServerAction<EraseContact>,
    pub contact_name: ServerAction<api::ContactName>,
    pub contact_note: ServerAction<api::ContactNote>,
    pub merge_contact: ServerAction<MergeContact>,
    pub separate_contact: ServerAction<SeparateContact>,
    /// The note that was sent to the process last.
    pub noted: RwSignal<Option<(SessionId, String)>>,
    pub retry: ServerAction<Retry>,
    pub take_over: ServerAction<TakeOver>,
    pub transfer: ServerAction<Transfer>,
    /// Why the last click was refused, and in which session.
    pub refused: RwSignal<Option<(SessionId, ApiError)>>,
    pub outbox: Outbox,
    /// Whether the part above in the thread is being read.
    pub reading_above: RwSignal<bool>,
    /// The user has picked up a session and wants to write.
    pub wants_to_write: RwSignal<bool>,
    /// The message that the next reply answers.
    pub quoting: RwSignal<Option<Quoting>>,
    react: ServerAction<React>,
    /// Files that wait to be sent, by session.
    pub files: AllFiles,
    list_reader: Reader,
    thread_reader: Reader,
}

/// A message that a reply answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoting {
    pub session: SessionId,
    pub wamid: String,
    pub kind: String,
    pub text: Option<String>,
}

/// The inbox that the page provides.
pub fn use_inbox() -> Inbox {
    expect_context()
}

impl Inbox {
    /// Reads the URL and keeps following it.
    pub fn open() -> Self {
        let (params, queries) = (use_params_map(), use_query_map());
        let query = Memo::new(move |_| queries.with(Query::read));
        let session = Memo::new(move |_| params.with(|map| map.get_str("session")?.parse().ok()));
        let nowhere = Memo::new(move |_| {
            params.with(|map| {
                map.get_str("session")
                    .is_some_and(|id| id.parse::<SessionId>().is_err())
            })
        });
        let counts = Resource::new(|| (), |()| api::counts());
        let list = Resource::new(move || query.get(), read_list);
        let hits = Resource::new(
            move || query.with(|query| (query.search.clone(), query.hits)),
            read_hits,
        );
        let opening = Memo::new(move |_| queries.with(Opening::read));
        let thread = Resource::new(move || (session.get(), opening.get()), read_thread);
        let outbox = use_outbox();
        let live = use_live();
        let drawn = DrawnRows::new();
        let list_reader = Reader::new(
            move || live.inbox.get(),
            move || read_list_again(query, counts, list, session, drawn),
        );
        let thread_reader = Reader::new(
            // Whether the channel can send is part of a thread.
            move || {
                session
                    .get()
                    .map_or(0, |id| live.session(id) + live.channels.get())
            },
            move || read_thread_again(session, opening, outbox, thread),
        );
        let inbox = Self {
            query,
            session,
            nowhere,
            writes_note: Memo::new(move |_| queries.with(|map| map.get_str("note").is_some())),
            counts,
            list,
            drawn,
            reading_on: RwSignal::new(false),
            choices: Resource::new(
                move || live.directory.get() + live.channels.get(),
                |_| api::choices(),
            ),
            put_label: ServerAction::new(),
            mentions: Resource::new(move || live.mentions.get(), |_| api::mentions()),
            mentions_seen: ServerAction::new(),
            hits,
            opening,
            thread,
            me: use_me(),
            pick_up: ServerAction::new(),
            close: ServerAction::new(),
            reopen: ServerAction::new(),
            mark_unread: ServerAction::new(),
            snooze: ServerAction::new(),
            wake: ServerAction::new(),
            note: ServerAction::new(),
            block: ServerAction::new(),
            erase: ServerAction::new(),
            contact_name: ServerAction::new(),
            contact_note: ServerAction::new(),
            merge_contact: ServerAction::new(),
            separate_contact: ServerAction::new(),
            noted: RwSignal::new(None),
            retry: ServerAction::new(),
            take_over: ServerAction::new(),
            transfer: ServerAction::new(),
            refused: RwSignal::new(None),
            outbox,
            reading_above: RwSignal::new(false),
            wants_to_write: RwSignal::new(false),
            quoting: RwSignal::new(None),
            react: ServerAction::new(),
            files: AllFiles::new(),
            list_reader,
            thread_reader,
        };
        let navigate = use_navigate();
        let go = move |to: Query| {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..Default::default()
            };
            navigate(&to.href(session.get_untracked()), options);
        };
        inbox.watch(inbox.pick_up.into());
        inbox.watch(inbox.take_over.into());
        inbox.watch(inbox.transfer.into());
        let go_to_mine = go.clone();
        // A session that the user has picked up, taken over or reopened is on `Tab::Mine` now.
        let is_mine = |outcome: Option<ApiResult<()>>| matches!(outcome, Some(Ok(())));
        Effect::new(move |_| {
            let picked_up = is_mine(inbox.pick_up.outcome());
            let reopened = is_mine(inbox.reopen.outcome());
            if is_mine(inbox.take_over.outcome()) || picked_up || reopened {
                inbox.wants_to_write.set(true);
                go_to_mine(query.with_untracked(|query| query.on(Tab::Mine)));
            }
        });
        let own = move || inbox.own_extension();
        following::list(query, list, list_reader, own, session);
        following::counts(counts);
        following::thread(session, thread, outbox, thread_reader);
        inbox.show_what_was_sent();
        // So is a session that the user was first to answer, where an answer picks up.
        Effect::new(move |before: Option<Option<(SessionId, bool)>>| {
            let now = inbox.open_and_mine();
            let became_mine = now.is_some_and(|(id, mine)| mine && before == Some(Some((id, false))));
            let on = query.get_untracked();
            if became_mine && on.tab == Tab::Waiting {
                go(on.on(Tab::Mine));
            }
            now
        });
        inbox.watch(inbox.close.into());
        inbox.watch(inbox.reopen.into());
        inbox.watch(inbox.put_label.into());
        inbox.watch(inbox.mark_unread.into());
        inbox.watch(inbox.snooze.into());
        inbox.watch(inbox.wake.into());
        inbox.watch(inbox.note.into());
        inbox.watch(inbox.block.into());
        inbox.watch(inbox.erase.into());
        inbox.watch(inbox.contact_name.into());
        inbox.watch(inbox.contact_note.into());
        inbox.watch(inbox.merge_contact.into());
        inbox.watch(inbox.separate_contact.into());
        // Also when the note's field is not on the page any more.
        on_outcome(inbox.note, move |outcome| {
            let saved = inbox.noted.get_untracked().filter(|_| outcome.is_ok());
            if let Some((session, text)) = saved {
                outbox.note_saved(session, &text);
            }
        });
        inbox.watch(inbox.retry.into());
        inbox.watch(inbox.react.into());
        inbox
    }

    /// The message that a reply in this session would answer.
    pub fn quoting_in(self, id: SessionId) -> Option<Quoting> {
        self.quoting.get().filter(|quoting| quoting.session == id)
    }

    /// The same, in an event handler.
    pub fn quoting_now(self, id: SessionId) -> Option<Quoting> {
        untrack(|| self.quoting_in(id))
    }

    /// Whether the thread was opened at this line.
    pub fn is_sought(self, line: LineId) -> bool {
        self.opening.with(|opening| opening.at == Some(line))
    }

    /// An empty emoji takes the reaction away.
    pub fn react(self, message: MessageId, emoji: &str) {
        let emoji = emoji.to_owned();
        self.react.dispatch(React { message, emoji });
    }

    /// Whether this name is the reader's own.
    pub fn i_am(self, author: &str) -> bool {
        self.me.with(|me| match me {
            Some(Ok(me)) => me.name == author || me.extension.as_ref().is_some_and(|e| e.name == author),
            _ => false,
        })
    }

    /// Whether this session's thread is shown, and no other is on its way: writing to a resource makes it forget the
    /// answer that it waits for.
    fn shows(self, id: SessionId) -> bool {
        let shown = |read: &Option<Option<(SessionId, _)>>| matches!(read, Some(Some((of, _))) if *of == id);
        self.session.try_get_untracked() == Some(Some(id))
            && self.thread.try_with_untracked(shown) == Some(true)
    }

    /// Draws the row of the open session, if the list has it and it is not drawn. Returns whether there was a need to.
    pub fn draw_open(self) -> bool {
        let open = self.session.get_untracked();
        let place = self.list.with_untracked(|list| match list {
            Some(Ok(list)) => {
                let rows = &list.page.rows.items;
                let place = rows.iter().position(|row| Some(row.id) == open);
                place.map(|place| (place, rows.len()))
            }
            _ => None,
        });
        place.is_some_and(|(place, count)| self.drawn.draw_around(place, count))
    }

    /// Reads the page after the last row.
    pub fn read_on(self) {
        let asked = self.query.get_untracked();
        // A change here would make the resource forget the answer that is on its way for another query.
        let cursor_of = move |list: &Option<ApiResult<Listed>>, asked: &Query| match list {
            Some(Ok(list)) if list.query == *asked => list.page.rows.next_cursor.clone(),
            _ => None,
        };
        let cursor = self.list.try_with_untracked(|list| cursor_of(list, &asked));
        let Some(cursor) = cursor.flatten() else {
            return;
        };
        if self.reading_on.try_get_untracked() != Some(false) {
            return;
        }
        self.reading_on.set(true);
        spawn_local(async move {
            // If it fails, the next scroll or a click tries again.
            let next = read_on(&asked, cursor.clone()).await;
            self.reading_on.try_set(false);
            let (Ok(next), Some(now)) = (next, self.query.try_get_untracked()) else {
                return;
            };
            let follows = self.list.try_maybe_update(|list| {
                // The list may have been read again meanwhile.
                let follows = cursor_of(list, &now).as_ref() == Some(&cursor);
                if let (true, Some(Ok(list))) = (follows, list) {
                    list.append(next);
                }
                (follows, follows)
            });
            // Nothing else may tell that the end is still near: the list may have the same rows as before.
            if follows == Some(false) && self.drawn.is_near_end() {
                self.read_on();
            }
        });
    }

    /// Reads the part above in the open thread.
    pub fn read_above(self) {
        let open = self.thread.try_with_untracked(|read| match read {
            Some(Some((id, Ok(thread)))) => Some((*id, thread.above.clone()?)),
            _ => None,
        });
        let Some((id, cursor)) = open.flatten() else {
            return;
        };
        if self.reading_above.try_get_untracked() != Some(false) {
            return;
        }
        self.reading_above.set(true);
        spawn_local(async move {
            // If it fails, the next scroll or a click tries again.
            let read = api::thread_above(id, cursor.clone()).await;
            self.reading_above.try_set(false);
            if let Ok(read) = read
                && self.shows(id)
            {
                self.thread.try_maybe_update(|open| match open {
                    // The thread may have been read again meanwhile, from another position.
                    Some(Some((now, Ok(thread)))) if *now == id && thread.above.as_ref() == Some(&cursor) => {
                        thread.put_above(read);
                        (true, ())
                    }
                    _ => (false, ()),
                });
            }
        });
    }

    /// Whether the reader may see a message as Meta sent it.
    pub fn reads_json(self) -> bool {
        self.me.with(|me| match me {
            Some(Ok(me)) => Actor::User(me.clone()).may(Permission::MessageReadPayload),
            _ => false,
        })
    }

    fn own_extension(self) -> Option<ExtensionId> {
        self.me.with(|me| match me {
            Some(Ok(me)) => me.extension.as_ref().map(|own| own.id),
            _ => None,
        })
    }

    /// The message that the process has accepted replaces the reply on its way.
    fn show_what_was_sent(self) {
        let sent = self.outbox.sent;
        Effect::new(move |_| {
            if sent.with(Vec::is_empty) {
                return;
            }
            let sent = sent.try_update(std::mem::take).unwrap_or_default();
            for (session, message) in sent.into_iter().filter(|(session, _)| self.shows(*session)) {
                self.thread.try_maybe_update(|open| match open {
                    Some(Some((id, Ok(thread))))
                        if *id == session
                            && !thread.cut
                            && thread.messages.iter().all(|other| other.id != message.id) =>
                    {
                        thread.messages.push(message);
                        (true, ())
                    }
                    _ => (false, ()),
                });
            }
        });
    }

    /// The session of the thread that is shown, and whether the reader owns it.
    fn open_and_mine(self) -> Option<(SessionId, bool)> {
        let (id, owner) = self.thread.with(|read| match read {
            Some(Some((id, Ok(thread)))) => Some((*id, thread.session.owner.as_ref().map(|owner| owner.id))),
            _ => None,
        })?;
        Some((id, owner.is_some() && self.own_extension() == owner))
    }

    /// Reads list, counts and thread again now.
    pub fn read_again(self) {
        self.list_reader.ask();
        self.thread_reader.ask();
    }

    /// Notes why this action was refused, and reads again after each answer.
    fn watch(self, action: AnyAction) {
        let note = move |outcome: ApiResult<()>| {
            self.refused.set(self.session.get_untracked().zip(outcome.err()));
        };
        // After a plain form post the answer is there at once, in the process and in the browser.
        if let Some(refused @ Err(_)) = untrack(|| action.outcome()) {
            note(refused);
        }
        Effect::new(move |seen: Option<()>| {
            let outcome = action.outcome();
            if let (Some(()), Some(outcome)) = (seen, outcome) {
                note(outcome);
                self.read_again();
            }
        });
    }
}
