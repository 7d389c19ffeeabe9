//! The order of a thread: its sessions, their days, and in each its messages, the session's events and the unread
//! line.

use super::divider::Divider;
use crate::outbox::OnItsWay;
use domain::{
    file::FileState,
    ids::{MessageId, SessionId},
    message::{Direction, Marks, MessageView, Status, Waits},
    session::{EarlierSession, SessionEvent, SessionEventKind, Thread},
    time::Timestamp,
};
use std::collections::HashSet;

/// Bubbles of one writer that are closer in time than this belong together.
const TOGETHER_MS: i64 = 3 * 60 * 1000;

/// One day of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    pub key: DayKey,
    /// The time of its first line.
    pub at: Timestamp,
    /// The session that begins here, where the thread shows more than one.
    pub begins: Option<Begins>,
    pub lines: Vec<(Key, Line)>,
}

/// Identifies a day: the session, and the number of the day.
pub type DayKey = (SessionId, i64);

/// A session that begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Begins {
    Earlier(EarlierSession),
    /// The session that was opened.
    This {
        group: bool,
    },
}

/// One line of a thread.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// The number of unread messages that follow.
    Unread(u32),
    SessionEvent(SessionEvent),
    Bubble {
        message: MessageView,
        /// The first of its group: it has the author's name and the tail.
        first: bool,
        /// It failed, has not been retried, and the reader may retry it.
        retry: bool,
        /// It failed, and the next message failed for the same reason, which is shown there.
        told_below: bool,
    },
    /// About a message that is not shown here.
    Stray(MessageView),
    OnItsWay {
        message: OnItsWay,
        first: bool,
        /// It waits for a file that is still being uploaded.
        behind: bool,
    },
}

/// Identifies a line. Everything that changes the look of a line is part of its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Unread(MessageId),
    SessionEvent(usize),
    Bubble(
        MessageId,
        (Option<Status>, Option<Waits>, Option<FileState>),
        [bool; 4],
        Marks,
        Option<String>,
    ),
    Stray(MessageId),
    /// The reply's key, whether the reply is stuck, and whether it waits for a file.
    OnItsWay(String, bool, bool),
}

/// Lays a thread out. `day_of` tells the days apart.
pub fn lay_out(
    thread: &Thread,
    on_its_way: &[OnItsWay],
    divider: Option<Divider>,
    day_of: impl Fn(Timestamp) -> i64,
) -> Vec<Day> {
    let mut days = Vec::new();
    for stretch in &thread.earlier {
        let mut layout = Layout::new(stretch.session.id, divider, false, &day_of);
        layout.session(&stretch.messages, &stretch.timeline, stretch.whole);
        // The last part of a group's session is marked, too: otherwise it would look private.
        let marked = stretch.whole || stretch.session.group;
        let begins = marked.then(|| Begins::Earlier(stretch.session.clone()));
        days.extend(layout.beginning_with(begins));
    }
    let may_retry = thread.may.reply.is_ok();
    let mut layout = Layout::new(thread.session.id, divider, may_retry, &day_of);
    layout.session(&thread.messages, &thread.timeline, thread.whole);
    let mut behind = false;
    for message in on_its_way {
        match message.content {
            // It is among the attached files.
            None => behind = true,
            Some(_) => layout.on_its_way(message, behind),
        }
    }
    let follows = !thread.earlier.is_empty();
    let group = thread.session.group;
    days.extend(layout.beginning_with(follows.then_some(Begins::This { group })));
    days
}

/// Leaves the last lines, so many or from the unread line on.
pub fn keep_newest(days: &mut Vec<Day>, count: usize) {
    let mut lines = days.iter().flat_map(|day| &day.lines);
    let unread = lines.position(|(_, line)| matches!(line, Line::Unread(_)));
    let all: usize = days.iter().map(|day| day.lines.len()).sum();
    let mut above = all.saturating_sub(count).min(unread.unwrap_or(all));
    days.retain_mut(|day| {
        let gone = above.min(day.lines.len());
        above -= gone;
        if gone > 0 {
            day.lines.drain(..gone);
            day.begins = None;
        }
        !day.lines.is_empty()
    });
}

/// Messages have whole seconds, events have milliseconds. Within one second the order is unknown, except that no
/// message follows the closing of its session.
fn precedes(event: &SessionEvent, message: &MessageView) -> bool {
    let second = |at: Timestamp| at.millis().div_euclid(1000);
    match event.what {
        SessionEventKind::Closed | SessionEventKind::ClosedIdle => second(event.at) < second(message.at),
        _ => second(event.at) <= second(message.at),
    }
}

/// The first message opened the session, so it is a little older: Meta received it before the process did.
fn opens(event: &SessionEvent) -> bool {
    match event.what {
        SessionEventKind::Opened
        | SessionEventKind::RoutedToExtension
        | SessionEventKind::RoutedToQueue
        | SessionEventKind::RoutedToNobody => true,
        SessionEventKind::PickedUp
        | SessionEventKind::Given
        | SessionEventKind::TakenOver
        | SessionEventKind::Transferred
        | SessionEventKind::BackInQueue
        | SessionEventKind::LeftToNobody
        | SessionEventKind::Closed
        | SessionEventKind::Reopened
        | SessionEventKind::ClosedIdle
        | SessionEventKind::Joined
        | SessionEventKind::Blocked
        | SessionEventKind::Unblocked
        | SessionEventKind::Snoozed
        | SessionEventKind::Woken
        | SessionEventKind::ContactMerged
        | SessionEventKind::ContactSeparated
        | SessionEventKind::Noted => false,
    }
}

/// A name, and whether it is that of an API token.
type Author = Option<(String, bool)>;

/// Lays one session out.
struct Layout<F> {
    session: SessionId,
    divider: Option<Divider>,
    may_retry: bool,
    days: Vec<Day>,
    /// Who wrote the bubble above, and when.
    last: Option<(Direction, Author, Timestamp)>,
    day_of: F,
}

impl<F: Fn(Timestamp) -> i64> Layout<F> {
    fn new(session: SessionId, divider: Option<Divider>, may_retry: bool, day_of: F) -> Self {
        Self {
            session,
            divider,
            may_retry,
            days: Vec::new(),
            last: None,
            day_of,
        }
    }

    /// `whole`: the first message is the first of the session. Otherwise the events before it belong to messages that
    /// are not loaded.
    fn session(&mut self, messages: &[MessageView], timeline: &[SessionEvent], whole: bool) {
        let retried: HashSet<_> = messages.iter().filter_map(|message| message.retry_of).collect();
        // Meta may have had the first messages long before the process did: the session begins where they begin,
        // whatever the times of its events.
        let beginning = timeline.iter().take_while(|event| opens(event)).count();
        let away = if whole { 0 } else { beginning };
        let mut events = timeline.iter().enumerate().skip(away).peekable();
        for (nth, message) in messages.iter().enumerate() {
            let comes_first =
                |event: &SessionEvent| precedes(event, message) || (nth == 0 && whole && opens(event));
            while let Some((n, event)) = events.next_if(|(_, event)| comes_first(event)) {
                if nth > 0 || whole {
                    self.event(n, event, event.at.min(message.at));
                }
            }
            if let Some(divider) = self.divider.filter(|divider| divider.before == message.id) {
                self.alone(message.at, Key::Unread(message.id), Line::Unread(divider.count));
            }
            let failed = message.status.is_some_and(Status::may_be_retried) && !message.phone;
            let retry = failed && self.may_retry && !retried.contains(&message.id);
            let told_below = message.failure.is_some()
                && messages
                    .get(nth + 1)
                    .is_some_and(|next| next.failure == message.failure);
            self.message(message, retry, told_below);
        }
        for (n, event) in events {
            self.event(n, event, event.at);
        }
    }

    fn beginning_with(mut self, begins: Option<Begins>) -> Vec<Day> {
        if let Some(first) = self.days.first_mut() {
            first.begins = begins;
        }
        self.days
    }

    fn begin(&mut self, at: Timestamp, lines: Vec<(Key, Line)>) {
        self.days.push(Day {
            key: (self.session, (self.day_of)(at)),
            at,
            begins: None,
            lines,
        });
    }

    fn push(&mut self, at: Timestamp, key: Key, line: Line) {
        match self.days.last_mut() {
            Some(day) => day.lines.push((key, line)),
            None => self.begin(at, vec![(key, line)]),
        }
    }

    /// Begins a new day if `at` is on one. Meta's clock may run a little behind: that does not begin a day twice.
    fn reach(&mut self, at: Timestamp) {
        let number = (self.day_of)(at);
        if self.days.last().is_none_or(|day| number > day.key.1) {
            self.last = None;
            self.begin(at, Vec::new());
        }
    }

    fn alone(&mut self, at: Timestamp, key: Key, line: Line) {
        self.reach(at);
        self.last = None;
        self.push(at, key, line);
    }

    fn event(&mut self, n: usize, event: &SessionEvent, at: Timestamp) {
        self.alone(at, Key::SessionEvent(n), Line::SessionEvent(event.clone()));
    }

    fn message(&mut self, message: &MessageView, retry: bool, told_below: bool) {
        // An edit has the whole text, even if the message that it edits is not here.
        if message.about.is_some() && message.kind != "edit" {
            let line = Line::Stray(message.clone());
            return self.alone(message.at, Key::Stray(message.id), line);
        }
        self.reach(message.at);
        let author = message.author.clone().map(|name| (name, message.by_token));
        let first = self.begins_group(message.direction, author, message.at);
        let looks = [message.failure.is_some(), first, retry, told_below];
        let content = message.content.as_ref();
        let quoted = content.and_then(|content| content.quote.as_ref()?.text.clone());
        let file = content.and_then(|content| Some(content.file.as_ref()?.state));
        let fate = (message.status, message.waits, file);
        let key = Key::Bubble(message.id, fate, looks, message.marks.clone(), quoted);
        self.push(
            message.at,
            key,
            Line::Bubble {
                message: message.clone(),
                first,
                retry,
                told_below,
            },
        );
    }

    fn on_its_way(&mut self, message: &OnItsWay, behind: bool) {
        self.reach(message.at);
        // The reply has no author yet: it is the reader's, and so is most likely the bubble above.
        let author = self.last.as_ref().and_then(|(_, author, _)| author.clone());
        let first = self.begins_group(Direction::Outbound, author, message.at);
        let key = Key::OnItsWay(message.key.clone(), message.stuck(), behind);
        self.push(
            message.at,
            key,
            Line::OnItsWay {
                message: message.clone(),
                first,
                behind,
            },
        );
    }

    fn begins_group(&mut self, direction: Direction, author: Author, at: Timestamp) -> bool {
        let goes_on = self
            .last
            .as_ref()
            .is_some_and(|(same_direction, same_author, before)| {
                *same_direction == direction
                    && *same_author == author
                    && at.millis() - before.millis() < TOGETHER_MS
            });
        self.last = Some((direction, author, at));
        !goes_on
    }
}

#[cfg(test)]
pub(super) mod tests;
