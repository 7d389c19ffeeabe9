//! A plain page without styles, for a browser that cannot have the console's: its styles may be behind the same door.

use app::i18n::{I18nLocaleTrait as _, Locale};
use axum::response::Html;

/// The page's title, what has happened, and what to do.
pub fn plain_page(locale: Locale, [title, text, what_to_do]: &[String; 3]) -> Html<String> {
    let language = locale.as_str();
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Switchboard</title></head>\n\
         <body><main><h1>{title}</h1><p>{text}</p><p>{what_to_do}</p></main></body>\n</html>\n"
    ))
}
