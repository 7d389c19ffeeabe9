//! The files of a canned reply: those that it has, and new ones, which are uploaded at once. The form names those that are
//! ticked.

use crate::{
    api::ApiError,
    browser,
    i18n::*,
    labels::sentence,
    pages::inbox::labels,
    ui::{Button, IconName, LiveText, field::FieldProblem, time::use_now},
    upload::{Failed, Purpose, upload},
};
use domain::{canned_reply::MAX_FILES, file::UploadedFile};
use leptos::{html, prelude::*, task::spawn_local};
use web_sys::{AbortController, File};

/// How far a new file is.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// The share that is there, in percent; and whether the line is cut.
    Uploading {
        percent: u32,
        cut: bool,
    },
    Ready(UploadedFile),
    Failed(ApiError),
}

/// What belongs to the browser is made in its event handlers only.
#[derive(Debug, Clone, Copy)]
struct NewFile {
    key: StoredValue<String>,
    name: StoredValue<String>,
    abort: StoredValue<AbortController, LocalStorage>,
    step: RwSignal<Step>,
}

/// The files that were picked on this page. Created once per page: each read redraws the form.
#[derive(Debug, Clone, Copy)]
pub struct NewFiles {
    files: RwSignal<Vec<NewFile>>,
    /// What belongs to a file lives as long as the page. A handler's own part, the form, ends with each read.
    owner: StoredValue<Owner>,
}

impl NewFiles {
    /// Belongs to the page that makes it.
    pub fn new() -> Self {
        let owner = Owner::current().map(|page| page.child()).unwrap_or_default();
        let files = owner.with(|| {
            let files = RwSignal::new(Vec::<NewFile>::new());
            on_cleanup(move || {
                for file in files.get_untracked() {
                    file.abort.with_value(AbortController::abort);
                }
            });
            files
        });
        Self {
            files,
            owner: StoredValue::new(owner),
        }
    }

    /// Whether one is being uploaded: saved now, the reply would lack it.
    pub fn are_coming(self) -> Signal<bool> {
        let coming = |file: &NewFile| file.step.with(|step| matches!(step, Step::Uploading { .. }));
        Signal::derive(move || self.files.with(|files| files.iter().any(coming)))
    }

    fn add(self, file: File) {
        let Ok(abort) = AbortController::new() else {
            return;
        };
        let signal = abort.signal();
        let new = || NewFile {
            key: StoredValue::new(browser::fresh_key()),
            name: StoredValue::new(file.name()),
            abort: StoredValue::new_local(abort),
            step: RwSignal::new(Step::Uploading {
                percent: 0,
                cut: false,
            }),
        };
        let new = self.owner.get_value().with(new);
        self.files.update(|files| files.push(new));
        spawn_local(async move {
            let told = |percent, cut| {
                new.step.try_set(Step::Uploading { percent, cut });
            };
            let step = match upload(&file, Purpose::CannedReply, &signal, told).await {
                Ok(file) => Step::Ready(file),
                Err(Failed::Refused(why)) => Step::Failed(why),
                Err(Failed::Stopped) => return,
            };
            new.step.try_set(step);
        });
    }
}

/// Without a script, files can be taken away and not added.
#[component]
pub fn FilesField(
    files: Vec<UploadedFile>,
    /// The ids of those that are ticked.
    kept: Vec<String>,
    new: NewFiles,
) -> impl IntoView {
    let i18n = use_i18n();
    let live = use_now();
    let input = NodeRef::<html::Input>::new();
    let picked = move |_| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        if let Some(list) = input.files() {
            let files = (0..list.length()).filter_map(|nth| list.get(nth));
            files.for_each(|file| new.add(file));
        }
        // The same file may be picked again.
        input.set_value("");
    };
    let pick = Callback::new(move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    });
    let boxes = files.into_iter().map(|file| {
        let ticked = kept.contains(&file.id.to_string());
        view! { <FileBox file ticked /> }
    });
    let boxes = boxes.collect_view().into_any();
    let add = move || t_string!(i18n, directory.canned_replies.files_add);
    view! {
        <fieldset class="field">
            <legend>{move || t_string!(i18n, directory.canned_replies.files)}</legend>
            <p class="hint">
                {move || t_string!(i18n, directory.canned_replies.files_hint, most = MAX_FILES).to_string()}
            </p>
            <div class="canned-files">
                {boxes} <For each=move || new.files.get() key=|file| file.key.get_value() let:file>
                    <NewFileRow file />
                </For>
            </div>
            <div class="form-buttons" class:not-yet=move || live.get().is_none()>
                <input type="file" multiple hidden node_ref=input on:change=picked aria-label=add />
                <Button icon=IconName::Attach press=pick>
                    {add}
                </Button>
            </div>
            <FieldProblem name="files" />
        </fieldset>
    }
    .into_any()
}

#[component]
fn NewFileRow(file: NewFile) -> impl IntoView {
    let i18n = use_i18n();
    let name = file.name.get_value();
    let words = move || match file.step.get() {
        Step::Uploading { cut: true, .. } => t_string!(i18n, inbox.attach.waiting).to_owned(),
        Step::Uploading { percent, .. } => {
            t_string!(i18n, inbox.attach.uploading, percent = percent).to_string()
        }
        Step::Ready(_) => String::new(),
        Step::Failed(why) => {
            let why = sentence(i18n.get_locale(), &why);
            let name = file.name.get_value();
            t_string!(
                i18n,
                directory.canned_replies.files_failed,
                name = name,
                why = why
            )
            .to_string()
        }
    };
    let ready = Memo::new(move |_| match file.step.get() {
        Step::Ready(file) => Some(file),
        Step::Uploading { .. } | Step::Failed(_) => None,
    });
    let coming = move || {
        ready.with(Option::is_none).then(|| {
            view! {
                <strong dir="auto" translate="no">
                    {name.clone()}
                </strong>
            }
        })
    };
    view! {
        <div>
            {coming} {move || ready.get().map(|file| view! { <FileBox file ticked=true /> })}
            <p class="hint nums" role="status">
                <LiveText text=words />
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn FileBox(file: UploadedFile, ticked: bool) -> impl IntoView {
    let i18n = use_i18n();
    let UploadedFile { id, upload } = file;
    let name = upload.file.filename.clone();
    let facts = move || {
        let locale = i18n.get_locale();
        let kind = upload.kind.as_deref().map(|kind| labels::kind(locale, kind));
        let facts = kind
            .into_iter()
            .chain(Some(labels::file_facts(locale, &upload.file)));
        facts.collect::<Vec<_>>().join(" · ")
    };
    view! {
        <label class="choice">
            <input type="checkbox" name="form[files][]" value=id.to_string() checked=ticked />
            <span>
                <span dir="auto" translate="no">
                    {name}
                </span>
                <span class="hint">{facts}</span>
            </span>
        </label>
    }
    .into_any()
}
