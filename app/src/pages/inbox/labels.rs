//! The names of a thread's parts in the reader's language.

use super::markup::plain;
use crate::{api::ApiError, i18n::*, labels};
use domain::{
    contact_merge::MAX_MERGED,
    file::{FileState, FileView},
    form::Problem,
    message::{
        CALL, Meaning, MessageView, Status, Waits,
        content::{FactKind, Interactive},
    },
    phone,
    refusal::Refusal,
    session::{Blocked, Preview, SessionEvent, SessionEventKind},
};

/// A kind of this console's own: Meta uses the same name for an answered form and for a chosen answer.
pub const FORM: &str = "form";

/// Our own words for what has one name at Meta: buttons, lists, links, forms, and what the customer chose.
pub fn of_interactive(interactive: &Interactive) -> &'static str {
    match interactive {
        Interactive::NfmReply(_) => FORM,
        Interactive::Button(_) => "buttons",
        Interactive::List(_) => "list",
        Interactive::CtaUrl(_) => "link",
        Interactive::LocationRequestMessage(_) => "ask_location",
        Interactive::ButtonReply(_) | Interactive::ListReply(_) | Interactive::Other => "interactive",
    }
}

/// Where the bytes of a file are.
pub fn file_state(locale: Locale, state: FileState) -> &'static str {
    match state {
        FileState::Uploading => td_string!(locale, inbox.file.uploading),
        FileState::Coming => td_string!(locale, inbox.file.coming),
        FileState::Here => "",
        FileState::Expired => td_string!(locale, inbox.file.expired),
        FileState::Gone => td_string!(locale, inbox.file.gone),
        FileState::TooLarge => td_string!(locale, inbox.file.too_large),
        FileState::NotAllowed => td_string!(locale, inbox.file.not_allowed),
    }
}

/// The type and the size of a file, as far as they are known.
pub fn file_facts(locale: Locale, file: &FileView) -> String {
    #[expect(clippy::cast_precision_loss, reason = "it is shown with two digits")]
    let size = file.size.map(|size| bytes(locale, size as f64));
    let extension = file.filename.as_deref().and_then(|name| name.rsplit_once('.'));
    let kind = match extension {
        Some((_, extension)) => Some(extension.to_uppercase()),
        None => file.mime_type.clone(),
    };
    let facts: Vec<_> = [kind, size].into_iter().flatten().collect();
    facts.join(" · ")
}

/// A size in the units of the SI, with one decimal from megabytes on.
pub fn bytes(locale: Locale, size: f64) -> String {
    if size < 1000.0 {
        return td_string!(locale, inbox.file.bytes, size = format!("{size:.0}"));
    }
    if size < 1_000_000.0 {
        return td_string!(
            locale,
            inbox.file.kilobytes,
            size = format!("{:.0}", size / 1000.0)
        );
    }
    let size = format!("{:.1}", size / 1_000_000.0);
    let size = match locale {
        Locale::cs => size.replace('.', ","),
        Locale::en => size,
    };
    td_string!(locale, inbox.file.megabytes, size = size)
}

pub fn kind(locale: Locale, kind: &str) -> String {
    match kind {
        "image" => td_string!(locale, inbox.kind.image),
        "video" => td_string!(locale, inbox.kind.video),
        "audio" | "voice" => td_string!(locale, inbox.kind.audio),
        "document" => td_string!(locale, inbox.kind.document),
        "sticker" => td_string!(locale, inbox.kind.sticker),
        "location" => td_string!(locale, inbox.kind.location),
        "contacts" => td_string!(locale, inbox.kind.contacts),
        "edit" => td_string!(locale, inbox.kind.edit),
        "revoke" => td_string!(locale, inbox.kind.revoke),
        "reaction" => td_string!(locale, inbox.kind.reaction),
        "button" => td_string!(locale, inbox.kind.button),
        "interactive" => td_string!(locale, inbox.kind.interactive),
        FORM => td_string!(locale, inbox.kind.form),
        "buttons" => td_string!(locale, inbox.kind.buttons),
        "list" => td_string!(locale, inbox.kind.list),
        "link" => td_string!(locale, inbox.kind.link),
        "ask_location" => td_string!(locale, inbox.kind.ask_location),
        "order" => td_string!(locale, inbox.kind.order),
        "system" => td_string!(locale, inbox.kind.system),
        "template" => td_string!(locale, inbox.kind.template),
        CALL => td_string!(locale, inbox.kind.call),
        "unsupported" => td_string!(locale, inbox.kind.unsupported),
        other => return td_string!(locale, inbox.kind.other, kind = other).to_string(),
    }
    .to_owned()
}

/// Characters of a message in one line.
const MAX_LINE: usize = 120;

/// A message in one line: its text, else its kind.
pub fn line(locale: Locale, text: Option<&str>, message_kind: &str) -> String {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        // The whole text is parsed first: a mark may end beyond the part that is shown.
        Some(text) => plain(text)
            .chars()
            .take(MAX_LINE)
            .filter(|c| !turns_the_line(*c))
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect(),
        None => kind(locale, message_kind),
    }
}

/// Characters that change the text direction, even beyond the text that contains them.
fn turns_the_line(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Who at the company wrote a message, where nothing else says that it was an API token: it may have any name, also a colleague's.
pub fn author(locale: Locale, name: &str, by_token: bool) -> String {
    match by_token {
        true => td_string!(locale, inbox.content.by_token, name = name).to_string(),
        false => name.to_owned(),
    }
}

pub fn preview(locale: Locale, preview: &Preview) -> String {
    line(locale, preview.text.as_deref(), &preview.kind)
}

pub fn spoken(locale: Locale, who: &str, message: &MessageView) -> String {
    let text = line(locale, message.text.as_deref(), &message.kind);
    td_string!(locale, inbox.thread.from, who = who, text = text).to_string()
}

/// What was done to a message that is not shown.
pub fn stray(locale: Locale, message: &MessageView) -> String {
    let text = message.text.as_deref().filter(|text| !text.is_empty());
    match (message.kind.as_str(), text) {
        ("reaction", Some(emoji)) => td_string!(locale, inbox.stray.reacted, emoji = emoji).to_string(),
        ("reaction", None) => td_string!(locale, inbox.stray.took_back).to_owned(),
        ("edit", _) => {
            let text = line(locale, text, "edit");
            td_string!(locale, inbox.stray.edited, text = text).to_string()
        }
        _ => td_string!(locale, inbox.stray.deleted).to_owned(),
    }
}

pub fn status(locale: Locale, status: Status) -> &'static str {
    match status {
        Status::Queued => td_string!(locale, inbox.status.queued),
        Status::Unconfirmed => td_string!(locale, inbox.status.unconfirmed),
        Status::Sent => td_string!(locale, inbox.status.sent),
        Status::Delivered => td_string!(locale, inbox.status.delivered),
        Status::Read => td_string!(locale, inbox.status.read),
        Status::Played => td_string!(locale, inbox.status.played),
        Status::Failed => td_string!(locale, inbox.status.failed),
    }
}

pub fn meaning(locale: Locale, meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::WindowClosed => td_string!(locale, inbox.failure.window_closed),
        Meaning::Unreachable => td_string!(locale, inbox.failure.unreachable),
        Meaning::NotOnTestList => td_string!(locale, inbox.failure.not_on_test_list),
        Meaning::TokenRefused => td_string!(locale, inbox.failure.token_refused),
        Meaning::AccountLimited => td_string!(locale, inbox.failure.account_limited),
        Meaning::TooFast => td_string!(locale, inbox.failure.too_fast),
        Meaning::Withheld => td_string!(locale, inbox.failure.withheld),
        Meaning::TemplateUnknown => td_string!(locale, inbox.failure.template_unknown),
        Meaning::TemplateValues => td_string!(locale, inbox.failure.template_values),
        Meaning::TemplateStopped => td_string!(locale, inbox.failure.template_stopped),
        Meaning::MetaUnavailable => td_string!(locale, inbox.failure.meta_unavailable),
        Meaning::Other => td_string!(locale, inbox.failure.other),
    }
}

/// What a queued message waits for.
pub fn waits(locale: Locale, waits: Waits) -> String {
    match waits {
        Waits::Turn { seconds } if seconds >= 90 => {
            return td_string!(locale, inbox.waits.turn_minutes, minutes = seconds.div_ceil(60)).to_string();
        }
        Waits::Turn { seconds } => {
            return td_string!(locale, inbox.waits.turn, seconds = seconds).to_string();
        }
        Waits::Paused => td_string!(locale, inbox.waits.paused),
        Waits::Token => td_string!(locale, inbox.waits.token),
        Waits::File => td_string!(locale, inbox.waits.file),
        Waits::Meta => td_string!(locale, inbox.waits.meta),
        Waits::Confirmation => td_string!(locale, inbox.waits.confirmation),
    }
    .to_owned()
}

pub fn event(locale: Locale, event: &SessionEvent) -> String {
    let words = event_without_reason(locale, event);
    let merges = matches!(
        event.what,
        SessionEventKind::ContactMerged | SessionEventKind::ContactSeparated
    );
    match event.reason.as_ref().filter(|_| !merges) {
        Some(reason) => td_string!(
            locale,
            inbox.moment.because,
            what = words,
            reason = reason.as_str()
        )
        .to_string(),
        None => words,
    }
}

fn event_without_reason(locale: Locale, event: &SessionEvent) -> String {
    let who = event.who.as_deref().unwrap_or("–");
    let by = event.by.as_deref().unwrap_or("–");
    let with = event.reason.as_deref().map(phone::grouped);
    let with = with.as_deref().unwrap_or("–");
    match (event.what, &event.who) {
        (SessionEventKind::Opened, _) => td_string!(locale, inbox.moment.opened).to_owned(),
        (SessionEventKind::RoutedToExtension, _) => {
            td_string!(locale, inbox.moment.to_extension, who = who).to_string()
        }
        (SessionEventKind::RoutedToQueue, _) => {
            td_string!(locale, inbox.moment.to_queue, who = who).to_string()
        }
        (SessionEventKind::RoutedToNobody, _) => td_string!(locale, inbox.moment.to_nobody).to_owned(),
        (SessionEventKind::Given, _) => td_string!(locale, inbox.moment.given, who = who).to_string(),
        (SessionEventKind::PickedUp, _) => td_string!(locale, inbox.moment.picked_up, who = who).to_string(),
        (SessionEventKind::TakenOver, _) => {
            td_string!(locale, inbox.moment.taken_over, who = who).to_string()
        }
        (SessionEventKind::Transferred, _) => {
            td_string!(locale, inbox.moment.transferred, who = who, by = by).to_string()
        }
        (SessionEventKind::BackInQueue, _) => {
            td_string!(locale, inbox.moment.back_in_queue, who = who).to_string()
        }
        (SessionEventKind::LeftToNobody, _) => td_string!(locale, inbox.moment.left_to_nobody).to_owned(),
        (SessionEventKind::Closed, Some(_)) => {
            td_string!(locale, inbox.moment.closed_by, who = who).to_string()
        }
        (SessionEventKind::ClosedIdle, _) => {
            td_string!(locale, inbox.moment.closed_idle, hours = who).to_string()
        }
        (SessionEventKind::Closed, None) => td_string!(locale, inbox.moment.closed).to_owned(),
        (SessionEventKind::Reopened, _) => td_string!(locale, inbox.moment.reopened, who = who).to_string(),
        (SessionEventKind::Joined, _) => td_string!(locale, inbox.moment.joined).to_owned(),
        (SessionEventKind::Blocked, _) => td_string!(locale, inbox.moment.blocked, who = who).to_string(),
        (SessionEventKind::Unblocked, _) => td_string!(locale, inbox.moment.unblocked, who = who).to_string(),
        (SessionEventKind::Snoozed, _) => td_string!(locale, inbox.moment.snoozed, who = who).to_string(),
        (SessionEventKind::Woken, Some(_)) => {
            td_string!(locale, inbox.moment.woken_by, who = who).to_string()
        }
        (SessionEventKind::Woken, None) => td_string!(locale, inbox.moment.woken).to_owned(),
        (SessionEventKind::Noted, _) => td_string!(locale, inbox.moment.noted, who = who).to_string(),
        (SessionEventKind::ContactMerged, _) => {
            td_string!(locale, inbox.moment.merged, who = who, with = with).to_string()
        }
        (SessionEventKind::ContactSeparated, _) => {
            td_string!(locale, inbox.moment.separated, who = who, with = with).to_string()
        }
    }
}

/// Why replies are not sent at present.
pub fn blocked(locale: Locale, blocked: Blocked) -> &'static str {
    match blocked {
        Blocked::Paused => td_string!(locale, inbox.composer.paused),
        Blocked::TokenRefused => td_string!(locale, inbox.composer.token_refused),
        Blocked::Incomplete => td_string!(locale, inbox.composer.incomplete),
    }
}

/// The label of a line of a contact card.
pub fn fact(locale: Locale, what: &FactKind) -> String {
    match what {
        FactKind::Phone => td_string!(locale, inbox.fact.phone),
        FactKind::Email => td_string!(locale, inbox.fact.email),
        FactKind::Organisation => td_string!(locale, inbox.fact.organisation),
        FactKind::Department => td_string!(locale, inbox.fact.department),
        FactKind::Title => td_string!(locale, inbox.fact.title),
        FactKind::Address => td_string!(locale, inbox.fact.address),
        FactKind::Url => td_string!(locale, inbox.fact.url),
        FactKind::Birthday => td_string!(locale, inbox.fact.birthday),
        FactKind::Other(word) => return word.clone(),
    }
    .to_owned()
}

/// The label of a message's field; a name of Meta's that has no translation stays as it is.
pub fn detail(locale: Locale, field: &str) -> String {
    match field {
        "description" => td_string!(locale, inbox.detail.description),
        "catalog_id" => td_string!(locale, inbox.detail.catalog),
        "product_retailer_id" => td_string!(locale, inbox.detail.product),
        "response" => td_string!(locale, inbox.detail.response),
        "welcome_message" => td_string!(locale, inbox.detail.greeting),
        "source_type" => td_string!(locale, inbox.detail.source),
        "source_id" => td_string!(locale, inbox.detail.source_id),
        other => return other.to_owned(),
    }
    .to_owned()
}

/// Why something was refused, in the inbox's wording.
pub fn why(locale: Locale, error: &ApiError) -> String {
    match error {
        ApiError::Refused(Refusal::Taken { by }) => {
            td_string!(locale, inbox.thread.taken, by = by.as_str()).to_string()
        }
        ApiError::Refused(Refusal::Moved { to }) => {
            td_string!(locale, inbox.thread.moved, to = to.as_str()).to_string()
        }
        ApiError::Refused(Refusal::NotYours { owner }) => {
            td_string!(locale, inbox.composer.not_yours, owner = owner.as_str()).to_string()
        }
        ApiError::Refused(Refusal::PickUpFirst) => {
            td_string!(locale, inbox.composer.pick_up_first).to_owned()
        }
        ApiError::Refused(Refusal::NoExtension) => td_string!(locale, inbox.composer.no_extension).to_owned(),
        ApiError::Refused(Refusal::SessionClosed) => td_string!(locale, inbox.composer.closed).to_owned(),
        other => match (other.problem("contact"), other.problem("body")) {
            (Some(problem), _) => unmerged(locale, problem),
            (None, Some(problem)) => labels::problem(locale, problem).to_owned(),
            (None, None) => labels::sentence(locale, other),
        },
    }
}

/// Why two contacts were not merged.
fn unmerged(locale: Locale, problem: Problem) -> String {
    match problem {
        Problem::Taken => td_string!(locale, inbox.merge.itself).to_owned(),
        Problem::Enough => td_string!(locale, inbox.merge.enough, most = MAX_MERGED).to_string(),
        _ => td_string!(locale, inbox.merge.choose).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_after_its_marks_are_read() {
        let long = "dlouhý text ".repeat(40);
        let shown = line(Locale::cs, Some(&format!("*{}*", long.trim())), "text");
        assert_eq!(shown, long.chars().take(MAX_LINE).collect::<String>());
        assert_eq!(
            line(Locale::cs, Some("* mléko\n* máslo"), "text"),
            "• mléko • máslo"
        );
    }

    #[test]
    fn a_token_is_no_colleague() {
        assert_eq!(author(Locale::en, "Jan Novák", false), "Jan Novák");
        assert_eq!(author(Locale::en, "Jan Novák", true), "Jan Novák (API token)");
    }
}
