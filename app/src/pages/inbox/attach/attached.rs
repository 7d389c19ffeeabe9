//! One file that goes with a reply: how far it is, and the message that it becomes.

use crate::{api::ApiError, browser};
use domain::{
    file::UploadedFile,
    ids::{FileId, SessionId},
    message::content::{Content, Media},
};
use leptos::prelude::*;
use media::limits::{self, Kind};
use web_sys::{AbortController, AbortSignal, File};

/// The only type of a voice message.
const OGG: &str = "audio/ogg";

/// How far a file is.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The share that is there, in percent; and whether the line is cut.
    Uploading {
        percent: u32,
        cut: bool,
    },
    Ready(Sendable),
    /// Its message is in the outbox.
    Sending(Sendable),
    Failed(ApiError),
}

/// A file that is uploaded, as the process sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sendable {
    pub id: FileId,
    kind: Kind,
    mime: String,
    size: u64,
    filename: Option<String>,
}

impl Sendable {
    pub fn new(UploadedFile { id, upload }: UploadedFile) -> Self {
        let kind = upload.kind.and_then(|kind| kind.parse().ok());
        Self {
            id,
            kind: kind.unwrap_or(Kind::Document),
            mime: upload.file.mime_type.unwrap_or_default(),
            size: upload.file.size.unwrap_or(0),
            filename: upload.file.filename,
        }
    }
}

/// Why a file cannot be sent as what it is meant to be: the user decides whether it goes as a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    TooLarge {
        kind: Kind,
        /// In bytes.
        most: u64,
    },
    NotASticker,
}

/// As what the user attaches a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    File,
    /// A recording of the user's voice.
    Voice,
    Sticker,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
pub enum Source {
    /// In the browser, which uploads them.
    Browser(File),
    /// Here already, with a canned reply.
    Canned(UploadedFile),
}

impl Source {
    fn name(&self) -> String {
        match self {
            Self::Browser(file) => file.name(),
            Self::Canned(file) => file.upload.file.filename.clone().unwrap_or_default(),
        }
    }

    /// In bytes.
    fn size(&self) -> u64 {
        match self {
            Self::Browser(file) => whole(file.size()),
            Self::Canned(file) => file.upload.file.size.unwrap_or(0),
        }
    }

    fn mime(&self) -> String {
        match self {
            Self::Browser(file) => file.type_(),
            Self::Canned(file) => file.upload.file.mime_type.clone().unwrap_or_default(),
        }
    }
}

/// A file that goes with the reply. What belongs to the browser is made in its event handlers only: the process draws
/// pages on several threads, and what is local to one must not come to another.
#[derive(Debug, Clone, Copy)]
pub struct Attached {
    pub session: SessionId,
    source: StoredValue<Source, LocalStorage>,
    abort: StoredValue<AbortController, LocalStorage>,
    key: StoredValue<String>,
    pub meant: Meant,
    pub caption: RwSignal<String>,
    pub step: RwSignal<Step>,
    /// The user wants it to go as a document.
    pub as_document: RwSignal<bool>,
    /// It was to be sent, and has its place in the outbox.
    pub wanted: RwSignal<bool>,
}

impl Attached {
    /// Called in an event handler.
    pub fn new(session: SessionId, source: Source, meant: Meant) -> Option<Self> {
        Some(Self {
            session,
            source: StoredValue::new_local(source),
            abort: StoredValue::new_local(AbortController::new().ok()?),
            key: StoredValue::new(browser::fresh_key()),
            meant,
            caption: RwSignal::new(String::new()),
            step: RwSignal::new(Step::Uploading {
                percent: 0,
                cut: false,
            }),
            as_document: RwSignal::new(false),
            wanted: RwSignal::new(false),
        })
    }

    pub fn key(self) -> String {
        self.key.get_value()
    }

    pub fn name(self) -> String {
        self.source.with_value(Source::name)
    }

    /// In bytes.
    pub fn size(self) -> u64 {
        self.source.with_value(Source::size)
    }

    pub fn source(self) -> Source {
        self.source.get_value()
    }

    pub fn signal(self) -> AbortSignal {
        self.abort.with_value(AbortController::signal)
    }

    pub fn stop(self) {
        self.abort.with_value(AbortController::abort);
    }

    pub fn is_sending(self) -> bool {
        self.step.with(|step| matches!(step, Step::Sending(_)))
    }

    /// What the user has to decide before the file is sent: by its size and the browser's word for its type at first,
    /// and once it is uploaded as the process sees it.
    pub fn choice(self) -> Option<Choice> {
        if self.as_document.get() {
            return None;
        }
        let too_large = |mime: &str, size: u64| {
            let (kind, most) = limits::too_large(mime, size)?;
            Some(Choice::TooLarge { kind, most })
        };
        self.step.with(|step| match (step, self.meant) {
            (Step::Uploading { .. }, Meant::File) => {
                too_large(&self.source.with_value(Source::mime), self.size())
            }
            (Step::Uploading { .. }, Meant::Sticker) => {
                (self.size() > limits::MAX_ANIMATED_STICKER).then_some(Choice::NotASticker)
            }
            (Step::Ready(file), Meant::Sticker) => {
                (file.kind != Kind::Sticker).then_some(Choice::NotASticker)
            }
            (Step::Ready(file), _) if file.kind == Kind::Document => too_large(&file.mime, file.size),
            _ => None,
        })
    }

    /// Whether WhatsApp shows words with it.
    pub fn may_have_caption(self) -> bool {
        let bare = |kind| matches!(kind, Kind::Audio | Kind::Sticker);
        self.as_document.get()
            || self.meant == Meant::File
                && !self
                    .step
                    .with(|step| matches!(step, Step::Ready(file) if bare(file.kind)))
    }

    /// The message that sends the file, and words that WhatsApp does not show with it.
    pub fn content(self, file: &Sendable) -> (Content, Option<String>) {
        let caption = Some(self.caption.get_untracked()).filter(|caption| !caption.trim().is_empty());
        let media = |caption| Media {
            file: Some(file.id),
            caption,
            ..Media::default()
        };
        let kind = match self.as_document.get_untracked() {
            true => Kind::Document,
            false => file.kind,
        };
        match kind {
            Kind::Image => (Content::Image(media(caption)), None),
            Kind::Video => (Content::Video(media(caption)), None),
            Kind::Document => {
                let filename = file.filename.clone();
                let media = media(caption);
                (Content::Document(Media { filename, ..media }), None)
            }
            Kind::Audio => {
                let voice = self.meant == Meant::Voice && file.mime == OGG;
                (Content::Audio(Media { voice, ..media(None) }), caption)
            }
            Kind::Sticker => (Content::Sticker(media(None)), caption),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a file's size, which the browser counts in whole bytes"
)]
fn whole(size: f64) -> u64 {
    size as u64
}
