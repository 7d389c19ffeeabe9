//! Shows and plays alerts through the browser.

use super::choices::Sound;
use domain::{alert::Alert, ids::SessionId};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, Notification, NotificationOptions, NotificationPermission};

/// A burst of messages is one sound.
const QUIET_MS: f64 = 2_000.0;
const TONE_LASTS: f64 = 0.12;
const VOLUME: f32 = 0.15;

/// Asks the user, if they have not decided yet. Returns whether notifications may be shown.
pub async fn may_notify() -> bool {
    if !has_notifications() {
        return false;
    }
    if Notification::permission() == NotificationPermission::Default
        && let Ok(asked) = Notification::request_permission()
    {
        let _ = JsFuture::from(asked).await;
    }
    notifies()
}

/// Whether notifications may be shown without asking.
pub fn notifies() -> bool {
    has_notifications() && Notification::permission() == NotificationPermission::Granted
}

/// Absent where the console is opened over plain HTTP, and on some phones.
fn has_notifications() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &JsValue::from_str("Notification")) == Ok(true)
}

/// Notifications by session, each with what a click on it does.
type Open = HashMap<SessionId, (Notification, Closure<dyn FnMut()>)>;

/// The notifications that this tab shows.
#[derive(Clone, Default)]
pub struct Shown {
    open: Rc<RefCell<Open>>,
    played_at: Rc<Cell<f64>>,
    audio: Rc<RefCell<Option<AudioContext>>>,
}

impl Shown {
    /// `title` and `body` as the user reads them. A click brings the tab to the front and opens the session.
    pub fn notify(&self, alert: &Alert, title: &str, body: &str, open: impl Fn() + 'static) {
        if !notifies() {
            return;
        }
        let options = NotificationOptions::new();
        options.set_body(body);
        // The next one of the session takes its place.
        options.set_tag(&alert.session.to_string());
        options.set_icon("/apple-touch-icon.png");
        // Phones refuse notifications without a service worker.
        let Ok(notification) = Notification::new_with_options(title, &options) else {
            return;
        };
        let clicked = Closure::<dyn FnMut()>::new({
            let notification = notification.clone();
            move || {
                if let Some(window) = web_sys::window() {
                    let _ = window.focus();
                }
                open();
                notification.close();
            }
        });
        notification.set_onclick(Some(clicked.as_ref().unchecked_ref()));
        self.open
            .borrow_mut()
            .insert(alert.session, (notification, clicked));
    }

    pub fn take_back(&self, session: SessionId) {
        if let Some((notification, _)) = self.open.borrow_mut().remove(&session) {
            notification.set_onclick(None);
            notification.close();
        }
    }

    /// Browsers play nothing before the user's first click or key on the page.
    pub fn play(&self, sound: Sound) {
        let now = js_sys::Date::now();
        if now - self.played_at.get() < QUIET_MS {
            return;
        }
        self.played_at.set(now);
        let mut audio = self.audio.borrow_mut();
        if audio.is_none() {
            *audio = AudioContext::new().ok();
        }
        if let Some(audio) = &*audio {
            let _ = audio.resume();
            for (pitch, after) in sound.tones() {
                let _ = tone(audio, *pitch, *after);
            }
        }
    }
}

fn tone(audio: &AudioContext, pitch: f32, after: f64) -> Result<(), JsValue> {
    let (source, volume) = (audio.create_oscillator()?, audio.create_gain()?);
    let begin = audio.current_time() + after;
    source.frequency().set_value(pitch);
    // It fades: a tone that is cut off clicks.
    volume.gain().set_value_at_time(VOLUME, begin)?;
    volume
        .gain()
        .linear_ramp_to_value_at_time(0.0, begin + TONE_LASTS)?;
    source.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(&audio.destination())?;
    source.start_with_when(begin)?;
    source.stop_with_when(begin + TONE_LASTS)
}
