//! The dialog and what is filled in, of which all parts know.

use crate::{browser, ui::time::use_now};
use domain::{
    form::FieldProblem,
    ids::{FileId, SessionId},
    session::Thread,
    template::{Definition, Values},
};
use leptos::{html, prelude::*};

/// The dialog of a thread, and whether its templates have been asked for.
#[derive(Debug, Clone, Copy)]
pub struct Templates {
    pub dialog: NodeRef<html::Dialog>,
    /// Rises with each opening.
    pub opened: RwSignal<u32>,
    /// The user may send one, and the page is live.
    pub offered: Memo<bool>,
}

impl Templates {
    pub fn of(thread: Memo<Thread>) -> Self {
        let live = use_now();
        Self {
            dialog: NodeRef::new(),
            opened: RwSignal::new(0),
            offered: Memo::new(move |_| live.with(Option::is_some) && thread.with(|thread| thread.templates)),
        }
    }

    pub fn open(self) {
        if let Some(dialog) = self.dialog.get_untracked() {
            self.opened.update(|opened| *opened += 1);
            let _ = dialog.show_modal();
        }
    }

    pub fn close(self) {
        if let Some(dialog) = self.dialog.get_untracked() {
            dialog.close();
        }
    }
}

/// What is filled in.
#[derive(Debug, Clone, Copy)]
pub struct Filling {
    pub session: SessionId,
    pub definition: StoredValue<Definition>,
    pub values: RwSignal<Values>,
    /// The file of the header, once it is here.
    pub file: RwSignal<Option<FileId>>,
    pub filename: RwSignal<Option<String>>,
    pub problems: RwSignal<Vec<FieldProblem>>,
    /// Sent twice with the same content, it is one message.
    pub key: RwSignal<String>,
}

impl Filling {
    pub fn new(session: SessionId, definition: Definition) -> Self {
        Self {
            session,
            definition: StoredValue::new(definition),
            values: RwSignal::new(Values::new()),
            file: RwSignal::new(None),
            filename: RwSignal::new(None),
            problems: RwSignal::new(Vec::new()),
            key: RwSignal::new(browser::fresh_key()),
        }
    }

    pub fn put(self, field: &str, value: String) {
        self.values
            .update(|values| drop(values.insert(field.to_owned(), value)));
        self.changed(field);
    }

    pub fn changed(self, field: &str) {
        // The whole text changes with each of its parts.
        let part = field.split('.').next().unwrap_or_default();
        self.problems
            .update(|all| all.retain(|of| of.field != field && of.field != part));
        self.key.set(browser::fresh_key());
    }

    pub fn problem(self, field: &str) -> Option<FieldProblem> {
        self.problems
            .with(|all| all.iter().find(|of| of.field == field).cloned())
    }
}

/// Focuses a field once it is there: the dialog was open before.
pub fn focus_when_there(input: NodeRef<html::Input>) {
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
}
