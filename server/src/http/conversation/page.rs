//! The page of a conversation: without a script, to read and to print.

use super::{
    content,
    look::{Look, address, escaped},
};
use app::{i18n::I18nLocaleTrait as _, labels::conversation as words, pages::inbox::labels};
use domain::{
    file::{FileState, FileView},
    ids::MessageId,
    message::{Direction, Failure, Marks, MessageView, Quote},
    phone,
    session::{SessionEvent, SessionEventKind, SessionRow, State},
    time::Timestamp,
};
use engine::sessions::thread::Recorded;
use std::{collections::HashMap, fmt::Write as _, iter::Peekable, vec};

/// Only pictures beside the page are loaded.
const POLICY: &str = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'";

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0;overflow-wrap:anywhere}\
article{border:1px solid #888;border-radius:6px;padding:.5rem .75rem;margin:.6rem 4rem .6rem 0;break-inside:avoid}\
article.ours{margin:.6rem 0 .6rem 4rem}article.note{margin:.6rem 2rem;border-style:dashed}\
p{margin:.25rem 0}p.head,p.event,p.about{font-size:.85em}p.event{text-align:center}\
p.text,blockquote{white-space:pre-wrap;overflow-wrap:anywhere}\
blockquote{margin:.25rem 0;padding-left:.6rem;border-left:3px solid #888}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85em}img{max-width:100%;max-height:24rem}";

/// Pictures that every browser draws, and that run nothing.
const DRAWN: [&str; 4] = ["image/gif", "image/jpeg", "image/png", "image/webp"];

/// A file in the ZIP.
pub struct Saved {
    pub name: String,
    /// It was read to its end.
    pub whole: bool,
}

/// The beginning of the page: whose session it is, and when it was saved.
pub fn head(look: &Look, session: &SessionRow, now: Timestamp) -> String {
    let locale = look.locale;
    let title = format!("{} · {}", words::title(locale), escaped(&session.contact.label));
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
         <style>{STYLE}</style></head>\n<body><main>\n<h1 dir=\"auto\">{title}</h1>\n<dl>\n",
        locale.as_str()
    );
    let state = match session.state {
        State::Waiting => words::waiting(locale),
        State::Assigned => words::assigned(locale),
        State::Closed => words::closed(locale),
    };
    let owner = session.owner.as_ref();
    let owner = owner.map(|owner| format!("{} {}", owner.number, owner.name));
    let queue = session.queue.as_ref().map(|queue| queue.name.clone());
    let holder: Vec<_> = owner.into_iter().chain(queue).collect();
    let number = session.contact.number.as_deref().map(phone::grouped);
    let mut fact = |word: &str, value: String| {
        let _ = writeln!(html, "<dt>{word}</dt><dd dir=\"auto\">{value}</dd>");
    };
    fact(words::customer(locale), escaped(&session.contact.label));
    if let Some(number) = number {
        fact(words::number(locale), escaped(&number));
    }
    fact(words::channel(locale), escaped(&session.channel.name));
    fact(words::holder(locale), escaped(&holder.join(" · ")));
    fact(words::state(locale), state.to_owned());
    fact(words::opened(locale), look.time(session.opened_at));
    fact(words::last(locale), look.time(session.last_message_at));
    if let Some(at) = session.closed_at {
        fact(words::closed_at(locale), look.time(at));
    }
    fact(words::id(locale), session.id.to_string());
    fact(words::saved_at(locale), look.time(now));
    html.push_str("</dl>\n<hr>\n");
    html
}

/// The lines of the page, in their order.
pub struct Lines<'look> {
    look: &'look Look,
    events: Peekable<vec::IntoIter<SessionEvent>>,
    saved: HashMap<MessageId, Saved>,
    any: bool,
}

impl<'look> Lines<'look> {
    pub fn new(look: &'look Look, recorded: Recorded, saved: HashMap<MessageId, Saved>) -> Self {
        Self {
            look,
            events: recorded.timeline.into_iter().peekable(),
            saved,
            any: false,
        }
    }

    /// A message, and what happened to the session before it. `json`: that of a kind without a look of its own.
    pub fn message(&mut self, message: MessageView, json: Option<String>) -> String {
        let mut html = String::new();
        let first = !self.any;
        self.any = true;
        let comes_first = |event: &SessionEvent| precedes(event, &message) || (first && opens(event));
        while let Some(event) = self.events.next_if(comes_first) {
            self.event(&mut html, &event);
        }
        // An edit has the whole text, even if the message that it edits is not here.
        match message.about.is_some() && message.kind != "edit" {
            true => {
                let said = escaped(&labels::stray(self.look.locale, &message));
                let at = self.look.time(message.at);
                let _ = writeln!(html, "<p class=\"event\"><bdi>{said}</bdi> · {at}</p>");
            }
            false => self.bubble(&mut html, message, json),
        }
        html
    }

    /// What happened after the last message, and the end of the page.
    pub fn end(mut self) -> String {
        let mut html = String::new();
        let rest: Vec<_> = self.events.by_ref().collect();
        for event in &rest {
            self.event(&mut html, event);
        }
        if !self.any {
            let _ = writeln!(html, "<p>{}</p>", words::no_messages(self.look.locale));
        }
        html.push_str("</main></body>\n</html>\n");
        html
    }

    fn event(&self, html: &mut String, event: &SessionEvent) {
        let at = self.look.time(event.at);
        if event.what != SessionEventKind::Noted {
            let said = escaped(&labels::event(self.look.locale, event));
            let _ = writeln!(html, "<p class=\"event\"><bdi>{said}</bdi> · {at}</p>");
            return;
        }
        let who = escaped(event.who.as_deref().unwrap_or("–"));
        let called: Vec<_> = event.mentions.iter().map(|name| format!("@{name}")).collect();
        let _ = writeln!(
            html,
            "<article class=\"note\"><p class=\"head\"><strong>{}</strong> · <bdi>{who}</bdi> <bdi>{}</bdi> · {at}</p>\
             <p class=\"text\" dir=\"auto\">{}</p></article>",
            words::note(self.look.locale),
            escaped(&called.join(" ")),
            escaped(event.reason.as_deref().unwrap_or_default()),
        );
    }

    fn bubble(&self, html: &mut String, message: MessageView, json: Option<String>) {
        let locale = self.look.locale;
        let ours = message.direction == Direction::Outbound;
        let who = match (&message.author, ours) {
            (Some(author), true) => escaped(author),
            (None, true) => words::us(locale).to_owned(),
            (_, false) => words::them(locale).to_owned(),
        };
        let (class, at) = (if ours { "ours" } else { "theirs" }, self.look.time(message.at));
        let _ = write!(
            html,
            "<article class=\"{class}\"><p class=\"head\"><strong><bdi>{who}</bdi></strong> · {at}"
        );
        if message.kind != "text" {
            let _ = write!(
                html,
                " · <bdi>{}</bdi>",
                escaped(&labels::kind(locale, &message.kind))
            );
        }
        if let Some(status) = message.status.filter(|_| ours) {
            let _ = write!(html, " · {}", labels::status(locale, status));
        }
        html.push_str("</p>");
        if message.phone {
            about(html, words::from_phone(locale));
        }
        if message.by_token {
            about(html, words::by_token(locale));
        }
        if message.retry_of.is_some() {
            about(html, words::again(locale));
        }
        let what = message.content.unwrap_or_default();
        if what.answers.is_some() {
            self.quote(html, what.quote.as_ref());
        }
        content::origin(html, locale, &what);
        if message.marks.deleted {
            about(
                html,
                match ours {
                    true => words::deleted(locale),
                    false => words::deleted_by_customer(locale),
                },
            );
        }
        if let Some(file) = what.file.as_ref().filter(|_| !message.marks.deleted) {
            self.file(html, message.id, file);
        }
        content::body(html, locale, &what, json.as_deref());
        if let Some(text) = message.text.filter(|text| !text.is_empty()) {
            let _ = write!(html, "<p class=\"text\" dir=\"auto\">{}</p>", escaped(&text));
        }
        self.marks(html, message.marks);
        if let Some(failure) = message.failure {
            self.failure(html, &failure);
        }
        html.push_str("</article>\n");
    }

    fn quote(&self, html: &mut String, quote: Option<&Quote>) {
        let locale = self.look.locale;
        let Some(quote) = quote else {
            let _ = write!(html, "<blockquote>{}</blockquote>", words::quote_gone(locale));
            return;
        };
        let who = match (&quote.author, quote.ours) {
            (Some(author), _) => escaped(&labels::author(locale, author, quote.by_token)),
            (None, true) => words::us(locale).to_owned(),
            (None, false) => words::them(locale).to_owned(),
        };
        let text = escaped(&labels::line(locale, quote.text.as_deref(), &quote.kind));
        let _ = write!(
            html,
            "<blockquote dir=\"auto\"><strong><bdi>{who}</bdi></strong> {text}</blockquote>"
        );
    }

    fn file(&self, html: &mut String, id: MessageId, file: &FileView) {
        let locale = self.look.locale;
        let facts = escaped(&labels::file_facts(locale, file));
        let Some(saved) = self.saved.get(&id) else {
            let why = match file.state {
                FileState::Here => words::unreadable(locale),
                state => labels::file_state(locale, state),
            };
            let name = escaped(file.filename.as_deref().unwrap_or_default());
            let _ = write!(
                html,
                "<p class=\"missing\"><bdi>{name}</bdi> {why} <bdi>{facts}</bdi></p>"
            );
            return;
        };
        let (href, shown) = (address(&saved.name), escaped(&saved.name));
        let mime_type = file.mime_type.as_deref().unwrap_or_default();
        if DRAWN.contains(&mime_type) && saved.whole {
            let _ = write!(
                html,
                "<p><a href=\"{href}\"><img src=\"{href}\" alt=\"\" loading=\"lazy\"></a></p>"
            );
        }
        let _ = write!(
            html,
            "<p><a href=\"{href}\"><bdi>{shown}</bdi></a> <bdi>{facts}</bdi></p>"
        );
        if !saved.whole {
            about(html, words::broken_off(locale));
        }
    }

    fn marks(&self, html: &mut String, marks: Marks) {
        let locale = self.look.locale;
        if let Some(edited) = marks.edited {
            about(html, words::edited(locale));
            if let Some(before) = edited.before.filter(|before| !before.is_empty()) {
                about(html, words::before(locale));
                let _ = write!(html, "<blockquote dir=\"auto\">{}</blockquote>", escaped(&before));
            }
        }
        for (who, emoji) in marks.reactions {
            let said = match who {
                Direction::Inbound => words::they_reacted(locale),
                Direction::Outbound => words::we_reacted(locale),
            };
            let _ = write!(
                html,
                "<p class=\"about\">{said} <bdi>{}</bdi></p>",
                escaped(&emoji)
            );
        }
    }

    fn failure(&self, html: &mut String, failure: &Failure) {
        about(html, labels::meaning(self.look.locale, failure.meaning()));
        let code = failure.code.map(|code| format!("{code}: ")).unwrap_or_default();
        let details = failure.details.as_deref().unwrap_or_default();
        let _ = write!(
            html,
            "<p class=\"about\"><bdi>{}</bdi></p>",
            escaped(&format!("{code}{} {details}", failure.title))
        );
    }
}

fn about(html: &mut String, words: &str) {
    let _ = write!(html, "<p class=\"about\">{words}</p>");
}

/// Messages have whole seconds, events have milliseconds: no message follows the closing of its session in the same one.
fn precedes(event: &SessionEvent, message: &MessageView) -> bool {
    let second = |at: Timestamp| at.millis().div_euclid(1000);
    match event.what {
        SessionEventKind::Closed | SessionEventKind::ClosedIdle => second(event.at) < second(message.at),
        _ => second(event.at) <= second(message.at),
    }
}

/// The first message opened the session, so it is a little older.
fn opens(event: &SessionEvent) -> bool {
    matches!(
        event.what,
        SessionEventKind::Opened
            | SessionEventKind::RoutedToExtension
            | SessionEventKind::RoutedToQueue
            | SessionEventKind::RoutedToNobody
    )
}
