//! The form of a message that is being written. What is typed is kept in this browser until the message is sent.

use crate::{
    api::ApiError,
    browser,
    outbox::{OnItsWay, Outbox},
    pages::inbox::state::{Inbox, use_inbox},
};
use domain::{
    form::FieldProblem,
    ids::SessionId,
    message::{Typed, TypedField, TypedKind, content::Content},
};
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Forms {
    session: SessionId,
    inbox: Inbox,
    outbox: Outbox,
    /// The form that is open.
    pub open: RwSignal<Option<TypedKind>>,
    /// What is typed, and into which form.
    typed: RwSignal<(Option<TypedKind>, Typed)>,
    problems: Memo<Vec<FieldProblem>>,
    /// Fields that the user has left: only these show their problems before the message is to be sent.
    left: RwSignal<Vec<TypedField>>,
    tried: RwSignal<bool>,
    /// Why the message came back.
    pub why: RwSignal<Option<ApiError>>,
}

pub fn use_forms(session: SessionId) -> Forms {
    let inbox = use_inbox();
    let open = RwSignal::new(None);
    let typed = RwSignal::new((None, Typed::default()));
    let problems = Memo::new(move |_| {
        let invalid = content(open.get(), typed)?.check().err()?;
        Some(invalid.fields)
    });
    let forms = Forms {
        session,
        inbox,
        outbox: inbox.outbox,
        open,
        typed,
        problems: Memo::new(move |_| problems.get().unwrap_or_default()),
        left: RwSignal::new(Vec::new()),
        tried: RwSignal::new(false),
        why: RwSignal::new(None),
    };
    let outbox = forms.outbox;
    Effect::new(move |_| {
        let back = outbox.returned.get().filter(|back| back.session == session);
        if let Some((kind, back)) = back.and_then(|back| Some((back.form?, back))) {
            outbox.returned.set(None);
            forms.typed.set((Some(kind), outbox.typed(session, kind)));
            forms.begin(kind);
            forms.why.set(back.why);
        }
    });
    forms
}

fn content(open: Option<TypedKind>, typed: RwSignal<(Option<TypedKind>, Typed)>) -> Option<Content> {
    open.map(|kind| typed.with(|(_, typed)| typed.content(kind)))
}

impl Forms {
    /// Opens a form with what was typed into it before.
    pub fn begin(self, kind: TypedKind) {
        if self.typed.with_untracked(|(of, _)| *of != Some(kind)) {
            self.typed
                .set((Some(kind), self.outbox.typed(self.session, kind)));
        }
        self.left.set(Vec::new());
        self.tried.set(false);
        self.why.set(None);
        self.open.set(Some(kind));
    }

    /// The message as it would be sent now.
    pub fn content(self) -> Option<Content> {
        content(self.open.get(), self.typed)
    }

    pub fn with<T>(self, read: impl FnOnce(&Typed) -> T) -> T {
        self.typed.with(|(_, typed)| read(typed))
    }

    pub fn edit(self, change: impl FnOnce(&mut Typed)) {
        self.typed.update(|(_, typed)| change(typed));
        if let Some(kind) = self.open.get_untracked() {
            self.typed
                .with_untracked(|(_, typed)| self.outbox.keep_typed(self.session, kind, typed));
        }
    }

    pub fn leave(self, field: TypedField) {
        self.left.update(|left| left.push(field));
    }

    /// What is wrong with a field, once the user has left it or tried to send.
    pub fn problem(self, field: TypedField) -> Option<FieldProblem> {
        let path = field.path(self.open.get()?);
        let shown = self.tried.get() || self.left.with(|left| left.contains(&field));
        let of = |problems: &Vec<FieldProblem>| problems.iter().find(|p| p.field == path).cloned();
        self.problems.with(of).filter(|_| shown)
    }

    /// Gives the message to the outbox, unless something is wrong with it. Returns whether it is on its way.
    pub fn send(self) -> bool {
        self.tried.set(true);
        let (kind, content) = (self.open.get_untracked(), untrack(|| self.content()));
        let Some((kind, content)) = kind.zip(content).filter(|(_, content)| content.check().is_ok()) else {
            return false;
        };
        let typed = self.typed.with_untracked(|(_, typed)| typed.clone());
        let answers = self.inbox.quoting_now(self.session).map(|quoting| quoting.wamid);
        self.edit(|typed| *typed = Typed::default());
        self.inbox.quoting.set(None);
        self.outbox.send(OnItsWay {
            answers,
            typed: Some((kind, typed)),
            ..OnItsWay::new(self.session, browser::fresh_key(), Some(content), browser::now())
        });
        self.open.set(None);
        true
    }
}
