//! The text in a `<textarea>`. Leptos does not escape it in the process: a text with a tag in it would end the field.

/// The text as the child of a `<textarea>`.
pub fn in_textarea(text: String) -> String {
    if cfg!(feature = "ssr") {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        // A browser drops a line break right after the tag.
        match escaped.starts_with('\n') {
            true => format!("\n{escaped}"),
            false => escaped,
        }
    } else {
        text
    }
}
