//! The files of one reply, and their way: uploading, ready, sending. They live as long as the inbox is open.

use super::upload::{Failed, upload};
use crate::{
    api::{ApiError, inbox as api},
    browser,
    outbox::{Outbox, use_outbox},
};
use domain::ids::{FileId, SessionId};
use leptos::{prelude::*, task::spawn_local};
use web_sys::{AbortController, File, FileList};

/// How far a file is.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The share that is there, in percent; and whether the line is cut.
    Uploading {
        percent: u32,
        cut: bool,
    },
    Ready(FileId),
    Sending(FileId),
    Failed(ApiError),
}

/// A file that goes with the reply. What belongs to the browser is made in its event handlers only: the process draws
/// pages on several threads, and what is local to one must not come to another.
#[derive(Debug, Clone, Copy)]
pub struct Attached {
    session: SessionId,
    file: StoredValue<File, LocalStorage>,
    abort: StoredValue<AbortController, LocalStorage>,
    key: StoredValue<String>,
    /// A recording of the user's voice.
    pub voice: bool,
    pub caption: RwSignal<String>,
    pub step: RwSignal<Step>,
}

impl Attached {
    pub fn key(self) -> String {
        self.key.get_value()
    }

    pub fn name(self) -> String {
        self.file.with_value(File::name)
    }

    /// In bytes.
    pub fn size(self) -> f64 {
        self.file.with_value(|file| file.size())
    }

    fn stop(self) {
        self.abort.with_value(AbortController::abort);
    }
}

/// The files of all threads that were open on this page: whoever looks at another thread finds them here again.
#[derive(Debug, Clone, Copy)]
pub struct AllFiles {
    all: RwSignal<Vec<Attached>>,
    /// Sessions whose files the user asked to send; those that are still on their way follow when they are there.
    wanted: RwSignal<Vec<SessionId>>,
    /// Sessions one of whose files is being sent.
    busy: StoredValue<Vec<SessionId>>,
    outbox: Outbox,
}

impl AllFiles {
    /// Belongs to the page that makes it.
    pub fn new() -> Self {
        let files = Self {
            all: RwSignal::new(Vec::new()),
            wanted: RwSignal::new(Vec::new()),
            busy: StoredValue::new(Vec::new()),
            outbox: use_outbox(),
        };
        on_cleanup(move || {
            let all = files.all.try_get_untracked().unwrap_or_default();
            all.into_iter().for_each(Attached::stop);
        });
        files
    }

    pub fn of(self, session: SessionId) -> Files {
        Files { session, of: self }
    }
}

/// The files of one thread.
#[derive(Debug, Clone, Copy)]
pub struct Files {
    session: SessionId,
    of: AllFiles,
}

impl Files {
    pub fn all(self) -> Vec<Attached> {
        let mut all = self.of.all.get();
        all.retain(|attached| attached.session == self.session);
        all
    }

    pub fn is_empty(self) -> bool {
        let mine = |attached: &Attached| attached.session == self.session;
        !self.of.all.with(|all| all.iter().any(mine))
    }

    pub fn add_all(self, list: Option<FileList>) {
        let Some(list) = list else {
            return;
        };
        for file in (0..list.length()).filter_map(|nth| list.get(nth)) {
            self.add(file, false);
        }
    }

    pub fn add_voice(self, file: File) {
        self.add(file, true);
    }

    fn add(self, file: File, voice: bool) {
        let Ok(abort) = AbortController::new() else {
            return;
        };
        let attached = Attached {
            session: self.session,
            file: StoredValue::new_local(file),
            abort: StoredValue::new_local(abort),
            key: StoredValue::new(browser::fresh_key()),
            voice,
            caption: RwSignal::new(String::new()),
            step: RwSignal::new(Step::Uploading {
                percent: 0,
                cut: false,
            }),
        };
        self.of.all.update(|all| all.push(attached));
        self.begin(attached);
    }

    /// Uploads the file, or goes on with it.
    fn begin(self, attached: Attached) {
        let (file, signal) = (
            attached.file.get_value(),
            attached.abort.with_value(AbortController::signal),
        );
        attached.step.set(Step::Uploading {
            percent: 0,
            cut: false,
        });
        spawn_local(async move {
            let told = |percent, cut| {
                attached.step.try_set(Step::Uploading { percent, cut });
            };
            let step = match upload(&file, self.session, &signal, told).await {
                Ok(id) => Step::Ready(id),
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

    pub fn remove(self, attached: Attached) {
        attached.stop();
        self.forget(attached);
        // What stood behind it may go.
        self.go();
    }

    fn forget(self, attached: Attached) {
        let key = attached.key();
        self.of
            .all
            .try_update(|all| all.retain(|other| other.key() != key));
    }

    /// Sends them, each as soon as it is there and those before it are sent.
    pub fn send(self) {
        self.of.wanted.update(|wanted| wanted.push(self.session));
        self.go();
    }

    fn is_wanted(self) -> bool {
        let wanted = self
            .of
            .wanted
            .try_with_untracked(|wanted| wanted.contains(&self.session));
        wanted == Some(true)
    }

    fn unwanted(self) {
        self.of
            .wanted
            .try_update(|wanted| wanted.retain(|session| *session != self.session));
    }

    fn go(self) {
        let is_busy = self.of.busy.try_with_value(|busy| busy.contains(&self.session));
        if !self.is_wanted() || is_busy != Some(false) {
            return;
        }
        let mine = |attached: &&Attached| attached.session == self.session;
        let first = self
            .of
            .all
            .try_with_untracked(|all| all.iter().find(mine).copied());
        let Some(first) = first.flatten() else {
            self.unwanted();
            return;
        };
        let Step::Ready(file) = first.step.get_untracked() else {
            // What has failed waits for the user, and what is on its way calls again.
            return;
        };
        self.of.busy.update_value(|busy| busy.push(self.session));
        first.step.set(Step::Sending(file));
        spawn_local(async move {
            let caption = first.caption.get_untracked();
            let (key, writer) = (Some(first.key()), self.of.outbox.writer_now());
            let sent = api::send_file(self.session, file, caption, first.voice, key, writer).await;
            self.of
                .busy
                .try_update_value(|busy| busy.retain(|session| *session != self.session));
            match sent {
                Ok(message) => {
                    let sent = self.of.outbox.sent;
                    sent.try_update(|sent| sent.push((self.session, message)));
                    self.forget(first);
                    self.go();
                }
                Err(why) => {
                    self.unwanted();
                    first.step.try_set(Step::Failed(why));
                }
            }
        });
    }
}
