//! The browser's entry point: the process has sent the page, and this makes it live.

#![cfg(target_family = "wasm")]

/// Called by the page's script as soon as the wasm has loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
