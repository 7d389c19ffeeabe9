//! The files of one reply, and their way: uploading, ready, in the outbox. They live as long as the inbox is open.

use super::attached::{Attached, Meant, Sendable, Source, Step};
use crate::{
    api::canned_replies::attach_canned_file,
    browser,
    outbox::{OnItsWay, Outbox, use_outbox},
    upload::{Failed, Purpose, upload},
};
use domain::{file::UploadedFile, ids::SessionId, message::content::Content};
use leptos::{prelude::*, task::spawn_local};
use std::collections::HashSet;
use web_sys::{File, FileList};

/// The files of all threads that were open on this page: whoever looks at another thread finds them here again.
#[derive(Debug, Clone, Copy)]
pub struct AllFiles {
    all: RwSignal<Vec<Attached>>,
    outbox: Outbox,
}

impl AllFiles {
    /// Belongs to the page that makes it.
    pub fn new() -> Self {
        let files = Self {
            all: RwSignal::new(Vec::new()),
            outbox: use_outbox(),
        };
        on_cleanup(move || {
            for attached in files.all.try_get_untracked().unwrap_or_default() {
                attached.stop();
                if !matches!(attached.step.try_get_untracked(), Some(Step::Sending(_))) {
                    files.outbox.withdraw(&attached.key());
                }
            }
        });
        Effect::new(move |_| files.follow_the_outbox());
        files
    }

    pub fn of(self, session: SessionId) -> Files {
        Files { session, of: self }
    }

    /// A file that was sent is done with; one that was refused or taken back is here again.
    fn follow_the_outbox(self) {
        let back = self.outbox.files_back.get();
        let keys = self
            .outbox
            .waiting
            .with(|all| all.iter().map(|reply| reply.key.clone()).collect::<HashSet<_>>());
        for attached in self.all.get_untracked() {
            let Step::Sending(file) = attached.step.get_untracked() else {
                continue;
            };
            if keys.contains(&attached.key()) {
                continue;
            }
            match back.iter().find(|(key, _)| *key == attached.key()) {
                None => self.forget(attached),
                Some((_, why)) => {
                    attached.wanted.set(false);
                    // It is in the draft.
                    attached.caption.set(String::new());
                    let step = why.clone().map_or(Step::Ready(file), Step::Failed);
                    attached.step.set(step);
                }
            }
        }
        if !back.is_empty() {
            self.outbox.files_back.set(Vec::new());
        }
    }

    fn forget(self, attached: Attached) {
        let key = attached.key();
        self.all.try_update(|all| all.retain(|other| other.key() != key));
    }
}

/// The files of one thread.
#[derive(Debug, Clone, Copy)]
pub struct Files {
    session: SessionId,
    of: AllFiles,
}

impl Files {
    /// Those that are not in the outbox yet.
    pub fn all(self) -> Vec<Attached> {
        let mut all = self.of.all.get();
        all.retain(|attached| attached.session == self.session && !attached.is_sending());
        all
    }

    pub fn add_all(self, list: Option<FileList>, meant: Meant) {
        let Some(list) = list else {
            return;
        };
        for file in (0..list.length()).filter_map(|nth| list.get(nth)) {
            self.add(file, meant);
        }
    }

    pub fn add(self, file: File, meant: Meant) {
        self.add_from(Source::Browser(file), meant);
    }

    pub fn add_canned(self, files: Vec<UploadedFile>) {
        for file in files {
            self.add_from(Source::Canned(file), Meant::File);
        }
    }

    fn add_from(self, source: Source, meant: Meant) {
        if let Some(attached) = Attached::new(self.session, source, meant) {
            self.of.all.update(|all| all.push(attached));
            self.begin(attached);
        }
    }

    /// Uploads the file, or goes on with it; the process copies one of a canned reply.
    fn begin(self, attached: Attached) {
        let (source, signal) = (attached.source(), attached.signal());
        attached.step.set(Step::Uploading {
            percent: 0,
            cut: false,
        });
        spawn_local(async move {
            let told = |percent, cut| {
                attached.step.try_set(Step::Uploading { percent, cut });
            };
            let there = match source {
                Source::Browser(file) => upload(&file, Purpose::Session(self.session), &signal, told).await,
                Source::Canned(file) => {
                    let copy = attach_canned_file(self.session, file.id).await;
                    copy.map_err(Failed::Refused)
                }
            };
            let step = match there {
                Ok(file) => Step::Ready(Sendable::new(file)),
                Err(Failed::Stopped) => return,
                Err(Failed::Refused(why)) => Step::Failed(why),
            };
            attached.step.try_set(step);
            self.go();
        });
    }

    pub fn try_again(self, attached: Attached) {
        self.begin(attached);
    }

    pub fn as_document(self, attached: Attached) {
        attached.as_document.set(true);
        self.go();
    }

    pub fn remove(self, attached: Attached) {
        attached.stop();
        self.of.forget(attached);
        self.of.outbox.withdraw(&attached.key());
        // What stood behind it may go.
        self.go();
    }

    /// Gives the files their places in the outbox, and their text the place after them. Returns whether there are any.
    pub fn send(self, text: Option<Content>, answers: Option<&String>) -> bool {
        let mut new = self.of.all.get_untracked();
        new.retain(|attached| attached.session == self.session && !attached.wanted.get_untracked());
        let Some(group) = new.first().map(|first| first.key()) else {
            return false;
        };
        let reply = |key: String, content| OnItsWay {
            group: Some(group.clone()),
            ..OnItsWay::new(self.session, key, content, browser::now())
        };
        for (nth, attached) in new.into_iter().enumerate() {
            attached.wanted.set(true);
            self.of.outbox.send(OnItsWay {
                answers: answers.filter(|_| nth == 0).cloned(),
                ..reply(attached.key(), None)
            });
        }
        if text.is_some() {
            self.of.outbox.send(reply(browser::fresh_key(), text));
        }
        self.go();
        true
    }

    /// Each file becomes a message as soon as it is there, and those before it are messages.
    fn go(self) {
        let Some(all) = self.of.all.try_get_untracked() else {
            return;
        };
        let mine = all
            .into_iter()
            .filter(|attached| attached.session == self.session);
        for attached in mine.filter(|attached| attached.wanted.get_untracked()) {
            let file = match attached.step.get_untracked() {
                Step::Sending(_) => continue,
                Step::Ready(file) if untrack(|| attached.choice()).is_none() => file,
                // What has failed, or has to be decided on, waits for the user, and what is on its way calls again.
                _ => return,
            };
            let (content, words) = attached.content(&file);
            attached.step.set(Step::Sending(file));
            self.of.outbox.uploaded(&attached.key(), content);
            if let Some(words) = words {
                let content = Some(Content::text_of(&words));
                let reply = OnItsWay::new(self.session, browser::fresh_key(), content, browser::now());
                self.of.outbox.send(reply);
            }
        }
    }
}
