//! The words of a conversation that is saved as a page, which the process draws without the console.

use crate::i18n::*;

macro_rules! words {
    ($($name:ident = $space:ident . $group:ident . $key:ident;)*) => {$(
        pub fn $name(locale: Locale) -> &'static str {
            td_string!(locale, $space.$group.$key)
        }
    )*};
}

words! {
    title = directory.log.conversation;
    customer = directory.log.customer;
    number = directory.log.number;
    channel = directory.log.channel;
    holder = directory.log.of;
    state = directory.log.state;
    waiting = directory.log.waiting;
    assigned = directory.log.assigned;
    closed = directory.log.closed;
    opened = directory.log.opened;
    last = directory.log.last;
    id = directory.log.id;
    saved_at = directory.log.saved_at;
    unreadable = directory.log.unreadable;
    broken_off = directory.log.broken_off;
    no_messages = directory.log.no_messages;
    closed_at = inbox.details.closed;
    note = inbox.note.title;
    us = inbox.content.quote_us;
    them = inbox.content.quote_them;
    quote_gone = inbox.content.quote_gone;
    forwarded = inbox.content.forwarded;
    forwarded_often = inbox.content.forwarded_often;
    advert = inbox.content.advert;
    call_missed = inbox.content.call_missed;
    unknown = inbox.content.unknown;
    again = inbox.bubble.again;
    edited = inbox.bubble.edited;
    before = inbox.bubble.before;
    deleted = inbox.bubble.deleted;
    deleted_by_customer = inbox.bubble.deleted_by_customer;
    from_phone = inbox.bubble.from_phone;
    by_token = inbox.bubble.by_token;
    they_reacted = inbox.bubble.they_reacted;
    we_reacted = inbox.bubble.we_reacted;
}

pub fn call_lasted(locale: Locale, seconds: u64) -> String {
    let time = format!("{}:{:02}", seconds / 60, seconds % 60);
    td_string!(locale, inbox.content.call_lasted, time = time).to_string()
}

pub fn was(locale: Locale, kind: &str) -> String {
    td_string!(locale, inbox.content.was, kind = kind.to_owned()).to_string()
}

pub fn meta_says(locale: Locale, words: &str) -> String {
    td_string!(locale, inbox.bubble.meta_says, words = words.to_owned()).to_string()
}
