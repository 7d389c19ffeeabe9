//! Direct calls to the browser. They run in event handlers and effects only.

use domain::time::Timestamp;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FocusOptions, HtmlElement, KeyboardEvent, Response};

/// The current time.
pub fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// A key under which a reply is sent once, however often it is retried.
pub fn fresh_key() -> String {
    match window().crypto() {
        // `randomUUID` exists only in secure contexts; a console opened over plain http still has to send.
        Ok(crypto) if js_sys::Reflect::has(&crypto, &"randomUUID".into()) == Ok(true) => crypto.random_uuid(),
        _ => format!("{}-{}", js_sys::Date::now(), js_sys::Math::random()),
    }
}

/// Whether the key belongs to an input method: its Enter ends the composition of a character, and neither sends nor
/// chooses. Safari reports first that the composition is over, and then a key with this code:
/// <https://bugs.webkit.org/show_bug.cgi?id=165004>
pub fn composes(event: &KeyboardEvent) -> bool {
    const OF_AN_INPUT_METHOD: u32 = 229;
    event.is_composing() || event.key_code() == OF_AN_INPUT_METHOD
}

pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The picture on the tab: with a dot while something is unread.
pub fn mark_tab(unread: bool) {
    let icon = document().query_selector("link[rel=icon]").ok().flatten();
    let path = match unread {
        true => "/favicon-unread.svg",
        false => "/favicon.svg",
    };
    if let Some(icon) = icon.filter(|icon| icon.get_attribute("href").as_deref() != Some(path)) {
        let _ = icon.set_attribute("href", path);
    }
}

/// This browser's local storage.
fn storage() -> Option<web_sys::Storage> {
    // Private windows may refuse it.
    window().local_storage().ok().flatten()
}

/// What the storage keeps under this key.
pub fn stored(key: &str) -> Option<String> {
    storage().and_then(|storage| storage.get_item(key).ok().flatten())
}

/// The rest of each key that begins with this prefix.
pub fn stored_under(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|n| storage.key(n).ok().flatten());
    keys.filter_map(|key| key.strip_prefix(prefix).map(str::to_owned))
        .collect()
}

/// Keeps a value under this key, or none. If the storage is full or refused, only the value is lost.
pub fn store(key: &str, value: Option<&str>) {
    let Some(storage) = storage() else {
        return;
    };
    let _ = match value {
        None => storage.remove_item(key),
        Some(value) => storage.set_item(key, value),
    };
}

/// Reads a file of the site.
///
/// # Errors
/// The network or the process is away, or there is no such file.
pub async fn read_text(path: &str) -> Result<String, ()> {
    let answer = JsFuture::from(window().fetch_with_str(path))
        .await
        .map_err(drop)?;
    let answer: Response = answer.dyn_into().map_err(drop)?;
    if !answer.ok() {
        return Err(());
    }
    let text = JsFuture::from(answer.text().map_err(drop)?).await.map_err(drop)?;
    text.as_string().ok_or(())
}

/// Focuses an element without scrolling to it.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// Scrolls an element into view within its scroller, and moves nothing else: the browser's own `scrollIntoView` moves
/// the whole window, too. Every scroller is positioned, so it is the element's offset parent.
pub fn reveal(element: &HtmlElement) {
    let Some(scroller) = element.offset_parent() else {
        return;
    };
    let (top, bottom) = (
        element.offset_top(),
        element.offset_top() + element.offset_height(),
    );
    let (seen_from, height) = (scroller.scroll_top(), scroller.client_height());
    if top < seen_from {
        scroller.set_scroll_top(top);
    } else if bottom > seen_from + height {
        scroller.set_scroll_top(bottom - height);
    }
}

/// Whether the page is visible and has the focus now: messages on it then count as read.
pub fn use_attention() -> ReadSignal<bool> {
    let (attentive, set) = signal(false);
    Effect::new(move |_| {
        let look = move || set.set(!document().hidden() && document().has_focus().unwrap_or(true));
        look();
        for event in ["focus", "blur", "visibilitychange"] {
            let listener = window_event_listener_untyped(event, move |_| look());
            on_cleanup(move || listener.remove());
        }
    });
    attentive
}
