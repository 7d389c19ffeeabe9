//! Which key does what. A user may give an action another key, in this browser.

use crate::browser::{store, stored};
use leptos::ev::KeyboardEvent;

/// The storage key under which this browser keeps the keys that were changed.
const CHANGED: &str = "keys";
/// The storage key under which this browser keeps that letters are off.
const LETTERS: &str = "keys.letters";
const OFF: &str = "off";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Help,
    Next,
    Previous,
    PickUp,
    Close,
    Transfer,
    Reply,
    Note,
    MarkUnread,
    Search,
    Snooze,
}

impl Action {
    pub const ALL: [Self; 11] = [
        Self::Help,
        Self::Next,
        Self::Previous,
        Self::PickUp,
        Self::Close,
        Self::Transfer,
        Self::Reply,
        Self::Note,
        Self::MarkUnread,
        Self::Search,
        Self::Snooze,
    ];

    fn usual(self) -> char {
        match self {
            Self::Help => '?',
            Self::Next => 'j',
            Self::Previous => 'k',
            Self::PickUp => 'p',
            Self::Close => 'e',
            Self::Transfer => 't',
            Self::Reply => 'r',
            Self::Note => 'n',
            Self::MarkUnread => 'u',
            Self::Snooze => 'z',
            Self::Search => '/',
        }
    }
}

/// The key of each action; no two are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bindings(Vec<(Action, char)>);

impl Default for Bindings {
    fn default() -> Self {
        Self(Action::ALL.map(|action| (action, action.usual())).to_vec())
    }
}

impl Bindings {
    pub fn stored() -> Self {
        stored(CHANGED).map(|text| Self::read(&text)).unwrap_or_default()
    }

    pub fn store(&self) {
        let text: String = self.0.iter().map(|(_, key)| *key).collect();
        store(CHANGED, (*self != Self::default()).then_some(text.as_str()));
    }

    /// One key for each action, in their order. Actions that an older version did not know have their usual keys, unless
    /// one of these is taken: then all have.
    fn read(text: &str) -> Self {
        let mut keys: Vec<char> = text.chars().collect();
        let newer = Action::ALL.iter().skip(keys.len());
        keys.extend(newer.map(|action| action.usual()));
        let is_new = |(n, key): (usize, &char)| !keys[..n].contains(key);
        if keys.len() != Action::ALL.len() || !keys.iter().enumerate().all(is_new) {
            return Self::default();
        }
        Self(Action::ALL.into_iter().zip(keys).collect())
    }

    pub fn key(&self, of: Action) -> char {
        let found = self.0.iter().find(|(action, _)| *action == of);
        found.map_or(of.usual(), |(_, key)| *key)
    }

    pub fn action(&self, key: char) -> Option<Action> {
        let found = self.0.iter().find(|(_, own)| *own == key);
        found.map(|(action, _)| *action)
    }

    /// Gives the action this key. The action that had it gets the old one.
    pub fn bind(&mut self, action: Action, key: char) {
        let old = self.key(action);
        for (other, own) in &mut self.0 {
            if *own == key {
                *own = old;
            }
            if *other == action {
                *own = key;
            }
        }
    }
}

/// The key that was pressed without Ctrl, Alt, AltGr or the system's key, if an action can have it.
pub fn plain_key(event: &KeyboardEvent) -> Option<char> {
    let modified =
        event.ctrl_key() || event.alt_key() || event.meta_key() || event.get_modifier_state("AltGraph");
    of(&event.key()).filter(|_| !modified)
}

/// A visible character, whether or not Shift is held.
fn of(key: &str) -> Option<char> {
    let mut all = key.chars();
    let (first, None) = (all.next()?, all.next()) else {
        return None;
    };
    let lower = first.to_lowercase().next().unwrap_or(first);
    (!lower.is_whitespace() && !lower.is_control()).then_some(lower)
}

/// Single letters can be switched off: a user of speech input would press them by accident.
/// <https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts>
pub fn letters() -> bool {
    stored(LETTERS).as_deref() != Some(OFF)
}

pub fn keep_letters(on: bool) {
    store(LETTERS, (!on).then_some(OFF));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_have_one_key() {
        let mut keys = Bindings::default();
        keys.bind(Action::PickUp, 'x');
        assert_eq!((keys.action('x'), keys.action('p')), (Some(Action::PickUp), None));
        keys.bind(Action::Close, 'x');
        assert_eq!(
            (keys.key(Action::Close), keys.key(Action::PickUp)),
            ('x', 'e'),
            "they change places"
        );
        keys.bind(Action::Close, 'x');
        assert_eq!(keys.action('x'), Some(Action::Close));
    }

    #[test]
    fn what_was_stored_is_read_again_or_forgotten() {
        assert_eq!(Bindings::read("?jkpetrnu/z"), Bindings::default());
        let changed = Bindings::read("?jkxetrnu/z");
        assert_eq!(
            (changed.key(Action::PickUp), changed.key(Action::Snooze)),
            ('x', 'z')
        );
        assert_eq!(Bindings::read("?jkxetrnu/"), changed, "before there was snoozing");
        for wrong in [
            "",
            "?jk",
            "?jkpetrnuu",
            "?jkpetrnu//",
            "?jkzetrnu/",
            "?jkpetrnu/z!",
        ] {
            assert_eq!(Bindings::read(wrong), Bindings::default(), "{wrong}");
        }
    }

    #[test]
    fn visible_characters_can_be_keys() {
        assert_eq!((of("J"), of("ř"), of("/")), (Some('j'), Some('ř'), Some('/')));
        assert_eq!((of("Enter"), of(" "), of("")), (None, None, None));
    }
}
