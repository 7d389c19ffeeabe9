//! What a message says besides its text. What has no look of its own shows its JSON, so that nothing is left out.

use super::look::escaped;
use app::{i18n::Locale, labels::conversation as words, pages::inbox::labels};
use domain::message::{
    BubbleContent, Forwarded,
    content::{Answer, Contact, Content, Header, Interactive},
};
use std::fmt::Write as _;

/// Whether this version does not know what it is.
pub fn is_odd(what: &Content) -> bool {
    matches!(what, Content::Unsupported { .. } | Content::Unknown { .. })
}

/// Where the message comes from.
pub fn origin(html: &mut String, locale: Locale, content: &BubbleContent) {
    match content.forwarded {
        Some(Forwarded::Once) => line(html, words::forwarded(locale)),
        Some(Forwarded::Often) => line(html, words::forwarded_often(locale)),
        None => {}
    }
    if let Some(advert) = &content.advert {
        line(html, words::advert(locale));
        for text in [&advert.headline, &advert.body, &advert.link]
            .into_iter()
            .flatten()
        {
            line(html, text);
        }
        answers(html, locale, &advert.details);
    }
}

/// What it says, apart from its text and its file.
pub fn body(html: &mut String, locale: Locale, content: &BubbleContent, json: Option<&str>) {
    if let Some(what) = &content.what {
        face(html, locale, what, content.file.is_some());
    }
    answers(html, locale, &content.details);
    if let Some(trouble) = &content.trouble {
        line(html, &words::meta_says(locale, trouble));
    }
    if let Some(json) = json {
        pre(html, json);
    }
}

fn face(html: &mut String, locale: Locale, what: &Content, has_file: bool) {
    match what {
        Content::Image(_)
        | Content::Video(_)
        | Content::Audio(_)
        | Content::Document(_)
        | Content::Sticker(_)
            if has_file => {}
        Content::Contacts(cards) => cards.iter().for_each(|one| card(html, locale, one)),
        Content::Location(place) => {
            let on_map = place.latitude.as_ref().zip(place.longitude.as_ref());
            let on_map =
                on_map.map(|(latitude, longitude)| format!("{}, {}", latitude.as_str(), longitude.as_str()));
            for text in [&place.name, &place.address, &on_map, &place.url]
                .into_iter()
                .flatten()
            {
                line(html, text);
            }
        }
        Content::Interactive(Interactive::NfmReply(form)) if !form.answers.is_empty() => {
            answers(html, locale, &form.answers);
        }
        Content::Interactive(
            interactive @ (Interactive::Button(_) | Interactive::List(_) | Interactive::CtaUrl(_)),
        ) => {
            if let Some(Header::Text { text }) = interactive.header() {
                line(html, text);
            }
            choices(html, interactive.choices());
            if let Some(footer) = interactive.footer() {
                line(html, footer);
            }
        }
        Content::Call(call) => match call.seconds {
            _ if !call.is_over => {}
            Some(seconds) => line(html, &words::call_lasted(locale, seconds)),
            None => line(html, words::call_missed(locale)),
        },
        Content::Unsupported { kind: Some(kind) } => line(html, &words::was(locale, kind)),
        Content::Unknown { .. } => line(html, words::unknown(locale)),
        // Their text is the whole content.
        what if what.is_words() => {}
        Content::Unsupported { kind: None } => {}
        what => pre(html, &serde_json::to_string_pretty(what).unwrap_or_default()),
    }
}

fn card(html: &mut String, locale: Locale, card: &Contact) {
    if let Some(name) = card.label() {
        line(html, &name);
    }
    let facts = card.facts().into_iter().map(|fact| Answer {
        field: match fact.which {
            Some(which) => format!("{} ({})", labels::fact(locale, &fact.what), which.to_lowercase()),
            None => labels::fact(locale, &fact.what),
        },
        value: fact.value,
    });
    answers(html, locale, &facts.collect::<Vec<_>>());
}

fn answers(html: &mut String, locale: Locale, answers: &[Answer]) {
    if answers.is_empty() {
        return;
    }
    html.push_str("<dl>");
    for answer in answers {
        let _ = write!(
            html,
            "<dt><bdi>{}</bdi></dt><dd dir=\"auto\">{}</dd>",
            escaped(&labels::detail(locale, &answer.field)),
            escaped(&answer.value)
        );
    }
    html.push_str("</dl>");
}

fn choices(html: &mut String, choices: Vec<String>) {
    html.push_str("<ul>");
    for choice in choices {
        let _ = write!(html, "<li dir=\"auto\">{}</li>", escaped(&choice));
    }
    html.push_str("</ul>");
}

fn line(html: &mut String, text: &str) {
    let _ = write!(html, "<p dir=\"auto\">{}</p>", escaped(text));
}

fn pre(html: &mut String, json: &str) {
    let _ = write!(html, "<pre>{}</pre>", escaped(json));
}
