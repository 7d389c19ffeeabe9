//! The order of a thread: days, and in each its messages, the session's moments and the unread line.

use domain::{
    ids::MessageId,
    message::{Direction, Marks, MessageView, Status, Waits},
    session::{Happening, Moment, Thread},
    thread::speaks,
    time::Timestamp,
};

/// Bubbles of one writer that are closer than this belong together.
const TOGETHER_MS: i64 = 3 * 60 * 1000;

/// A message on its way: shown at once, replaced by what the process answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnItsWay {
    pub key: String,
    pub text: String,
    pub at: Timestamp,
}

/// One day of a thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    pub number: i64,
    /// When its first line was.
    pub at: Timestamp,
    pub lines: Vec<(Key, Line)>,
}

/// One line of a thread.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// So many unread messages follow.
    Unread(u32),
    Moment(Moment),
    Bubble {
        message: MessageView,
        /// The first of its group: it has the author's name and the tail.
        first: bool,
        /// It failed, and a newer message has tried again.
        retried: bool,
        /// It failed, and the next message failed for the same reason, which is told there.
        told_below: bool,
    },
    /// About a message that is not shown here.
    Stray(MessageView),
    OnItsWay {
        message: OnItsWay,
        first: bool,
    },
}

/// What makes two lines the same line. Whatever changes how a line looks is part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Unread(MessageId),
    Moment(usize),
    Bubble(
        MessageId,
        (Option<Status>, Option<Waits>),
        [bool; 4],
        Marks,
        Option<String>,
    ),
    Stray(MessageId),
    OnItsWay(String),
}

/// Where the unread messages begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Divider {
    pub before: MessageId,
    pub count: u32,
}

/// Where the unread messages of a thread begin, if it has any.
pub fn divider(thread: &Thread) -> Option<Divider> {
    let count = thread.session.unread;
    let inbound = thread.messages.iter().filter(|message| speaks(message));
    let first = inbound.rev().take(count as usize).last()?;
    Some(Divider {
        before: first.id,
        count,
    })
}

/// Lays a thread out. `day_of` tells the days apart: by UTC at first, by the browser's zone later.
pub fn lay_out(
    thread: &Thread,
    on_its_way: &[OnItsWay],
    divider: Option<Divider>,
    day_of: impl Fn(Timestamp) -> i64,
) -> Vec<Day> {
    let mut layout = Layout {
        days: Vec::new(),
        last: None,
        day_of,
    };
    let mut moments = thread.timeline.iter().enumerate().peekable();
    for (nth, message) in thread.messages.iter().enumerate() {
        let comes_first =
            |moment: &Moment| precedes(moment, message) || (nth == 0 && !thread.more && opens(moment));
        while let Some((n, moment)) = moments.next_if(|(_, moment)| comes_first(moment)) {
            layout.moment(n, moment, moment.at.min(message.at));
        }
        if let Some(divider) = divider.filter(|divider| divider.before == message.id) {
            layout.alone(message.at, Key::Unread(message.id), Line::Unread(divider.count));
        }
        let retried = thread.messages[nth..]
            .iter()
            .any(|m| m.retry_of == Some(message.id));
        let told_below = message.failure.is_some()
            && thread
                .messages
                .get(nth + 1)
                .is_some_and(|next| next.failure == message.failure);
        layout.message(message, retried, told_below);
    }
    for (n, moment) in moments {
        layout.moment(n, moment, moment.at);
    }
    for message in on_its_way {
        layout.on_its_way(message);
    }
    layout.days
}

/// Messages have whole seconds, moments have milliseconds. Within one second nobody can say what came first, except
/// that nothing is written in a session once it is closed.
fn precedes(moment: &Moment, message: &MessageView) -> bool {
    let second = |at: Timestamp| at.millis().div_euclid(1000);
    match moment.what {
        Happening::Closed => second(moment.at) < second(message.at),
        _ => second(moment.at) <= second(message.at),
    }
}

/// The first message opened the session, so it is a little older: Meta took it before we did.
fn opens(moment: &Moment) -> bool {
    match moment.what {
        Happening::Opened
        | Happening::RoutedToExtension
        | Happening::RoutedToQueue
        | Happening::RoutedToNobody => true,
        Happening::PickedUp
        | Happening::TakenOver
        | Happening::Transferred
        | Happening::BackInQueue
        | Happening::LeftToNobody
        | Happening::Closed
        | Happening::Joined => false,
    }
}

struct Layout<F> {
    days: Vec<Day>,
    /// Who wrote the bubble above, and when.
    last: Option<(Direction, Option<String>, Timestamp)>,
    day_of: F,
}

impl<F: Fn(Timestamp) -> i64> Layout<F> {
    fn push(&mut self, at: Timestamp, key: Key, line: Line) {
        match self.days.last_mut() {
            Some(day) => day.lines.push((key, line)),
            None => self.days.push(Day {
                number: (self.day_of)(at),
                at,
                lines: vec![(key, line)],
            }),
        }
    }

    /// Begins a new day if this is one. Meta's clock may run a little behind: no day begins twice for that.
    fn reach(&mut self, at: Timestamp) {
        let number = (self.day_of)(at);
        if self.days.last().is_none_or(|day| number > day.number) {
            self.last = None;
            self.days.push(Day {
                number,
                at,
                lines: Vec::new(),
            });
        }
    }

    fn alone(&mut self, at: Timestamp, key: Key, line: Line) {
        self.reach(at);
        self.last = None;
        self.push(at, key, line);
    }

    fn moment(&mut self, n: usize, moment: &Moment, at: Timestamp) {
        self.alone(at, Key::Moment(n), Line::Moment(moment.clone()));
    }

    fn message(&mut self, message: &MessageView, retried: bool, told_below: bool) {
        if message.about.is_some() {
            let line = Line::Stray(message.clone());
            return self.alone(message.at, Key::Stray(message.id), line);
        }
        self.reach(message.at);
        let first = self.begins_group(message.direction, message.author.clone(), message.at);
        let looks = [message.failure.is_some(), first, retried, told_below];
        let said = message.said.as_ref();
        let quoted = said.and_then(|said| said.quote.as_ref()?.text.clone());
        let fate = (message.status, message.waits);
        let key = Key::Bubble(message.id, fate, looks, message.marks.clone(), quoted);
        self.push(
            message.at,
            key,
            Line::Bubble {
                message: message.clone(),
                first,
                retried,
                told_below,
            },
        );
    }

    fn on_its_way(&mut self, message: &OnItsWay) {
        self.reach(message.at);
        // It has no author yet: it is mine, and the bubble above most likely, too.
        let author = self.last.as_ref().and_then(|(_, author, _)| author.clone());
        let first = self.begins_group(Direction::Outbound, author, message.at);
        let key = Key::OnItsWay(message.key.clone());
        self.push(
            message.at,
            key,
            Line::OnItsWay {
                message: message.clone(),
                first,
            },
        );
    }

    fn begins_group(&mut self, direction: Direction, author: Option<String>, at: Timestamp) -> bool {
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
mod tests;
