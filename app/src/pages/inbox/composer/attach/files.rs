//! The files of one reply, and their way: uploading, ready, sending. They live as long as the thread is open.

use super::upload::{Failed, upload};
use crate::{
    api::{ApiError, inbox as api},
    browser,
    outbox::use_outbox,
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

/// A file that goes with the reply.
#[derive(Debug, Clone, Copy)]
pub struct Attached {
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
}

#[derive(Debug, Clone, Copy)]
pub struct Files {
    session: SessionId,
    all: RwSignal<Vec<Attached>, LocalStorage>,
    /// The user asked to send them; those that are still on their way follow when they are there.
    wanted: RwSignal<bool>,
    busy: StoredValue<bool>,
    outbox: crate::outbox::Outbox,
}

pub fn use_files(session: SessionId) -> Files {
    let files = Files {
        session,
        all: RwSignal::new_local(Vec::new()),
        wanted: RwSignal::new(false),
        busy: StoredValue::new(false),
        outbox: use_outbox(),
    };
    on_cleanup(move || {
        files.all.with_untracked(|all| {
            for attached in all {
                attached.abort.with_value(AbortController::abort);
            }
        });
    });
    files
}

impl Files {
    pub fn all(self) -> Vec<Attached> {
        self.all.get()
    }

    pub fn is_empty(self) -> bool {
        self.all.with(Vec::is_empty)
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
        self.all.update(|all| all.push(attached));
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
        attached.abort.with_value(AbortController::abort);
        let key = attached.key();
        self.all.update(|all| all.retain(|other| other.key() != key));
    }

    /// Sends them, each as soon as it is there and those before it are sent.
    pub fn send(self) {
        self.wanted.set(true);
        self.go();
    }

    fn go(self) {
        if self.wanted.try_get_untracked() != Some(true) || self.busy.try_get_value() != Some(false) {
            return;
        }
        let Some(first) = self.all.try_with_untracked(|all| all.first().copied()).flatten() else {
            self.wanted.set(false);
            return;
        };
        let Step::Ready(file) = first.step.get_untracked() else {
            // What has failed waits for the user, and what is on its way calls again.
            return;
        };
        self.busy.set_value(true);
        first.step.set(Step::Sending(file));
        spawn_local(async move {
            let caption = first.caption.get_untracked();
            let writer = self.outbox.writer_now();
            let sent = api::send_file(
                self.session,
                file,
                caption,
                first.voice,
                Some(first.key()),
                writer,
            )
            .await;
            self.busy.try_set_value(false);
            match sent {
                Ok(message) => {
                    let session = self.session;
                    self.outbox.sent.try_update(|sent| sent.push((session, message)));
                    let key = first.key();
                    self.all.try_update(|all| all.retain(|other| other.key() != key));
                    self.go();
                }
                Err(why) => {
                    self.wanted.try_set(false);
                    first.step.try_set(Step::Failed(why));
                }
            }
        });
    }
}
