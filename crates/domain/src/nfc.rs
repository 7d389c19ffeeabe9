//! Unicode's composed form, NFC: keyboards and systems differ in how they compose a letter with an accent. By a crate in
//! the process, and by the browser itself in the browser, whose part is lighter without the tables.
//! <https://www.unicode.org/reports/tr15/>

#[cfg(not(target_arch = "wasm32"))]
pub fn nfc(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfc().collect()
}

#[cfg(target_arch = "wasm32")]
pub fn nfc(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}
