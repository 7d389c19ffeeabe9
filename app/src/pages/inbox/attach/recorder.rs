//! Records a voice message. The browser's recording is made a voice message of WhatsApp's by the process.

use super::{attached::Meant, files::Files};
use crate::{
    i18n::*,
    ui::{IconName, LiveText, icon::Icon},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobEvent, File, MediaRecorder, MediaRecorderOptions, MediaStream, MediaStreamConstraints,
    MediaStreamTrack,
};

/// What browsers record; the first one that this browser knows is taken. Only Opus becomes a voice message.
const TYPES: [&str; 3] = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
/// Longer recordings end by themselves.
const MOST_SECONDS: u32 = 15 * 60;

/// A recording that is going on.
#[derive(Clone)]
struct Recording {
    recorder: MediaRecorder,
    stream: MediaStream,
}

/// The microphone: the first press begins, the second one ends and attaches the recording.
#[component]
pub fn RecordButton(files: Files, #[prop(into)] refused: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    // What belongs to the browser is made in its event handlers only.
    let going_on = StoredValue::new(None::<StoredValue<Recording, LocalStorage>>);
    let seconds = RwSignal::new(None::<u32>);
    let failed = RwSignal::new(false);
    let end = move || {
        let recording = going_on.try_update_value(Option::take).flatten();
        if let Some(recording) = recording.and_then(|recording| recording.try_get_value()) {
            // What was recorded comes with the event, and then the microphone is let go.
            let _ = recording.recorder.stop();
            for track in recording.stream.get_tracks() {
                track.unchecked_into::<MediaStreamTrack>().stop();
            }
        }
        seconds.try_set(None);
    };
    on_cleanup(end);
    let begin = move || {
        failed.set(false);
        spawn_local(async move {
            match record(files).await {
                Ok(recording) => {
                    going_on.try_set_value(Some(StoredValue::new_local(recording)));
                    seconds.try_set(Some(0));
                }
                Err(_) => drop(failed.try_set(true)),
            }
        });
    };
    Effect::new(move |_| {
        let Ok(clock) = set_interval_with_handle(
            move || {
                if let Some(Some(so_far)) = seconds.try_get_untracked() {
                    seconds.set(Some(so_far + 1));
                    if so_far + 1 >= MOST_SECONDS {
                        end();
                    }
                }
            },
            std::time::Duration::from_secs(1),
        ) else {
            return;
        };
        on_cleanup(move || clock.clear());
    });
    let is_on = Memo::new(move |_| seconds.with(Option::is_some));
    let label = move || match is_on.get() {
        true => t_string!(i18n, inbox.attach.record_end),
        false => t_string!(i18n, inbox.attach.record),
    };
    let pressed = move |_| match is_on.get_untracked() {
        true => end(),
        false => begin(),
    };
    let so_far = move || {
        let seconds = seconds.get().unwrap_or_default();
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    let clock = move || {
        is_on.get().then(|| {
            view! {
                <span class="nums recording">
                    <LiveText text=so_far />
                </span>
            }
        })
    };
    let why = move || {
        failed.get().then(
            || view! { <span class="composer-failed">{move || t_string!(i18n, inbox.attach.no_microphone)}</span> },
        )
    };
    view! {
        <span role="alert">{why}</span>
        {clock}
        <button
            type="button"
            class="button"
            class:recording=is_on
            aria-label=label
            title=label
            aria-pressed=move || is_on.get().to_string()
            on:click=pressed
            prop:disabled=move || refused.get()
        >
            <Icon name=IconName::Microphone />
        </button>
    }
    .into_any()
}

/// Asks for the microphone and begins. The recording is attached once it has ended.
async fn record(files: Files) -> Result<Recording, JsValue> {
    let wanted = MediaStreamConstraints::new();
    // One channel: WhatsApp plays no voice message in stereo.
    let sound = js_sys::Object::new();
    js_sys::Reflect::set(&sound, &"channelCount".into(), &1.into())?;
    wanted.set_audio(&sound);
    let devices = window().navigator().media_devices()?;
    let stream: MediaStream = JsFuture::from(devices.get_user_media_with_constraints(&wanted)?)
        .await?
        .unchecked_into();
    let options = MediaRecorderOptions::new();
    let kind = TYPES
        .into_iter()
        .find(|kind| MediaRecorder::is_type_supported(kind));
    if let Some(kind) = kind {
        options.set_mime_type(kind);
    }
    let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options)?;
    let kind = recorder.mime_type();
    let attach = Closure::once_into_js(move |event: BlobEvent| {
        if let Some(recorded) = event.data().filter(|recorded| recorded.size() > 0.0)
            && let Ok(file) = named(&recorded, &kind)
        {
            files.add(file, Meant::Voice);
        }
    });
    recorder.set_ondataavailable(Some(attach.unchecked_ref()));
    recorder.start()?;
    Ok(Recording { recorder, stream })
}

fn named(recorded: &Blob, kind: &str) -> Result<File, JsValue> {
    let ending = match kind {
        kind if kind.starts_with("audio/webm") => "webm",
        kind if kind.starts_with("audio/ogg") => "ogg",
        _ => "m4a",
    };
    let parts = js_sys::Array::of1(recorded);
    File::new_with_blob_sequence(&parts, &format!("voice.{ending}"))
}
