//! The process keeps drafts, too, so that they follow their user to another browser. What was typed here and is not there
//! yet is told a moment after the last key, and again until the process has it.

use super::drafts::{self, Mark, Place};
use crate::api::{ApiError, inbox as api};
use domain::{
    draft::{Draft, MOST_DRAFTS},
    ids::UserId,
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// After the last key.
const SOON: Duration = Duration::from_millis(1500);
/// After an attempt that failed.
const AGAIN: Duration = Duration::from_secs(5);

/// The drafts of the user who is logged in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    writer: RwSignal<Option<UserId>>,
    untold: StoredValue<Untold>,
    /// Rises when drafts have come from the process.
    taken_in: RwSignal<u64>,
}

/// Drafts that the process has to be told, and whether that is going on.
#[derive(Debug, Clone, Default)]
struct Untold {
    drafts: Vec<Place>,
    telling: bool,
    /// Rises with each key.
    typed: u64,
}

impl Kept {
    pub(super) fn new(writer: RwSignal<Option<UserId>>) -> Self {
        Self {
            writer,
            untold: StoredValue::new(Untold::default()),
            taken_in: RwSignal::new(0),
        }
    }

    fn writer(self) -> Option<UserId> {
        self.writer.try_get_untracked().flatten()
    }

    /// Empty until the user is known.
    pub(super) fn text(self, of: Place) -> String {
        self.taken_in.track();
        let writer = self.writer.get();
        writer.map_or_else(String::new, |me| drafts::load(me, of))
    }

    /// Keeps a text here, and tells the process.
    pub(super) fn keep(self, of: Place, text: &str) {
        let Some(me) = self.writer() else {
            return;
        };
        if drafts::load(me, of) != text {
            drafts::save(me, of, text);
            self.changed(me, of);
        }
    }

    /// Removes from this browser what the process has, so that nobody finds it there after the user has gone. What it
    /// does not have yet stays.
    pub(super) fn leave(self) {
        let Some(me) = self.writer() else {
            return;
        };
        for of in drafts::all(me) {
            if let Mark::Kept(_) = drafts::mark(me, of) {
                drafts::save(me, of, "");
                drafts::set_mark(me, of, Mark::Unknown);
            }
        }
    }

    fn changed(self, me: UserId, of: Place) {
        let since = match drafts::mark(me, of) {
            Mark::Unknown => None,
            Mark::Kept(at) => Some(at),
            Mark::Changed { since } => since,
        };
        drafts::set_mark(me, of, Mark::Changed { since });
        let typed = self.untold.try_update_value(|untold| {
            untold.add(of);
            untold.typed += 1;
            untold.typed
        });
        // Not before the user stops.
        let last_key = move || self.untold.try_with_value(|untold| untold.typed) == typed;
        set_timeout(
            move || {
                if last_key() {
                    self.tell();
                }
            },
            SOON,
        );
    }

    /// Reads what the process keeps of this user.
    pub(super) fn read(self, me: UserId) {
        let asked: Vec<(Place, Mark)> = drafts::all(me)
            .into_iter()
            .map(|of| (of, drafts::mark(me, of)))
            .collect();
        spawn_local(async move {
            // Without them, what this browser has is shown; the next page reads them.
            if let Ok(all) = api::drafts().await
                && self.writer() == Some(me)
            {
                self.take_in(me, &asked, all);
            }
        });
    }

    fn take_in(self, me: UserId, asked: &[(Place, Mark)], kept: Vec<Draft>) {
        let whole = kept.len() < MOST_DRAFTS;
        let place = |draft: &Draft| Place {
            session: draft.session,
            kind: draft.kind,
        };
        let ours = drafts::all(me);
        let theirs = kept.iter().map(place).filter(|of| !ours.contains(of));
        let places: Vec<Place> = ours.iter().copied().chain(theirs).collect();
        for of in places {
            let theirs = kept.iter().find(|draft| place(draft) == of);
            let mark = drafts::mark(me, of);
            let before = asked.iter().find(|(asked, _)| *asked == of);
            let before = before.map_or(Mark::Unknown, |(_, mark)| *mark);
            // Or the answer does not say that there is none.
            if told_meanwhile(before, mark) || theirs.is_none() && !whole {
                continue;
            }
            match taken(mark, &drafts::load(me, of), theirs) {
                Taken::Nothing => {}
                Taken::Text(text) => {
                    drafts::save(me, of, &text);
                    let mark = theirs.map_or(Mark::Unknown, |draft| Mark::Kept(draft.changed_at));
                    drafts::set_mark(me, of, mark);
                }
                Taken::Ours(text) => {
                    drafts::save(me, of, &text);
                    self.untold.try_update_value(|untold| untold.add(of));
                }
            }
        }
        self.taken_in.try_update(|n| *n += 1);
        self.tell();
    }

    fn tell(self) {
        let begin = self.untold.try_update_value(|untold| {
            let begin = !untold.telling && !untold.drafts.is_empty();
            untold.telling |= begin;
            begin
        });
        if begin == Some(true) {
            spawn_local(self.tell_all());
        }
    }

    async fn tell_all(self) {
        let mut again = false;
        while let Some(Some(of)) = self.untold.try_update_value(|untold| untold.drafts.pop()) {
            let Some(me) = self.writer() else {
                break;
            };
            let text = drafts::load(me, of);
            match api::keep_draft(of.session, of.kind, text.clone(), Some(me)).await {
                // What was typed meanwhile follows.
                Ok(at) if drafts::load(me, of) == text => {
                    drafts::set_mark(me, of, at.map_or(Mark::Unknown, Mark::Kept));
                }
                Ok(_) => {}
                // It stays in this browser.
                Err(ApiError::Refused(_) | ApiError::SignIn) => {}
                Err(_) => {
                    self.untold.try_update_value(|untold| untold.add(of));
                    again = true;
                    break;
                }
            }
        }
        self.untold.try_update_value(|untold| untold.telling = false);
        if again {
            set_timeout(move || self.tell(), AGAIN);
        }
    }
}

impl Untold {
    fn add(&mut self, of: Place) {
        if !self.drafts.contains(&of) {
            self.drafts.push(of);
        }
    }
}

/// Whether another tab has told the process since it was asked: the answer is older than what this browser knows.
fn told_meanwhile(before: Mark, now: Mark) -> bool {
    before != now && !matches!(now, Mark::Changed { .. })
}

/// What becomes of a draft of this browser when the process has told its own.
#[derive(Debug, PartialEq, Eq)]
enum Taken {
    Nothing,
    /// This text is shown here.
    Text(String),
    /// The process has to be told this text.
    Ours(String),
}

fn taken(mark: Mark, ours: &str, theirs: Option<&Draft>) -> Taken {
    match (mark, theirs) {
        (Mark::Kept(at), Some(theirs)) if theirs.changed_at <= at => Taken::Nothing,
        (Mark::Kept(_), Some(theirs)) => Taken::Text(theirs.text.clone()),
        // It was sent, or deleted, in another browser.
        (Mark::Kept(_), None) => Taken::Text(String::new()),
        (Mark::Unknown, Some(theirs)) if ours.is_empty() => Taken::Text(theirs.text.clone()),
        (Mark::Unknown, None) if ours.is_empty() => Taken::Nothing,
        (Mark::Changed { since }, Some(theirs)) if since >= Some(theirs.changed_at) => {
            Taken::Ours(ours.to_owned())
        }
        // Typed here and there: nothing of either is lost.
        (_, Some(theirs)) if !ours.is_empty() && ours != theirs.text => {
            Taken::Ours(format!("{}\n{ours}", theirs.text))
        }
        _ => Taken::Ours(ours.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{draft::DraftKind, time::Timestamp};

    fn theirs(text: &str, at: i64) -> Draft {
        Draft {
            session: "00000000-0000-0000-0000-000000000001".parse().unwrap(),
            kind: DraftKind::Reply,
            text: text.into(),
            changed_at: Timestamp::from_millis(at),
        }
    }

    #[test]
    fn nothing_typed_is_lost_and_what_was_sent_does_not_come_back() {
        let at = Timestamp::from_millis;
        let (kept, changed) = (Mark::Kept(at(5)), |since| Mark::Changed { since });
        let text = |text: &str| Taken::Text(text.into());
        let ours = |text: &str| Taken::Ours(text.into());
        let before = theirs("B", 5);
        let after = theirs("B", 6);
        assert_eq!(taken(kept, "A", Some(&before)), Taken::Nothing);
        assert_eq!(taken(kept, "A", Some(&after)), text("B"));
        assert_eq!(taken(kept, "A", None), text(""), "sent in another browser");
        assert_eq!(taken(Mark::Unknown, "", Some(&after)), text("B"));
        assert_eq!(taken(Mark::Unknown, "", None), Taken::Nothing);
        assert_eq!(taken(Mark::Unknown, "A", None), ours("A"), "of an older version");
        assert_eq!(taken(changed(Some(at(5))), "A", Some(&before)), ours("A"));
        assert_eq!(
            taken(changed(Some(at(5))), "", Some(&before)),
            ours(""),
            "sent here"
        );
        assert_eq!(taken(changed(Some(at(5))), "A", Some(&after)), ours("B\nA"));
        assert_eq!(taken(changed(None), "A", Some(&after)), ours("B\nA"));
        assert_eq!(taken(changed(None), "A", None), ours("A"));
        assert!(told_meanwhile(Mark::Unknown, kept) && told_meanwhile(changed(None), kept));
        assert!(told_meanwhile(kept, Mark::Unknown), "it was sent");
        assert!(!told_meanwhile(kept, kept) && !told_meanwhile(Mark::Unknown, changed(None)));
    }
}
