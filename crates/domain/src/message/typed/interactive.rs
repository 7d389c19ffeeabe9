//! Buttons, lists and links, as typed. The ids that come back with a customer's choice are numbers in their order.

use super::{form::Typed, section::TypedRow};
use crate::{
    form::owned,
    message::content::{
        Action, AskLocation, Button, CtaUrl, Header, Interactive, Link, List, LocationRequest, Reply,
        ReplyButton, Row, Section, Sections, Words,
    },
};

fn words(text: &str) -> Words {
    Words {
        text: text.trim().to_owned(),
    }
}

fn header(typed: &Typed) -> Option<Header> {
    owned(&typed.header).map(|text| Header::Text { text })
}

fn footer(typed: &Typed) -> Option<Words> {
    owned(&typed.footer).map(|text| Words { text })
}

pub(super) fn buttons(typed: &Typed) -> Interactive {
    let buttons = typed
        .buttons
        .iter()
        .enumerate()
        .map(|(n, title)| ReplyButton::Reply {
            reply: Reply {
                id: (n + 1).to_string(),
                title: title.trim().to_owned(),
            },
        });
    Interactive::Button(Button {
        header: header(typed),
        body: words(&typed.body),
        footer: footer(typed),
        action: Action {
            buttons: buttons.collect(),
        },
    })
}

pub(super) fn list(typed: &Typed) -> Interactive {
    let mut last = 0;
    let mut row = |row: &TypedRow| {
        last += 1;
        Row {
            id: last.to_string(),
            title: row.title.trim().to_owned(),
            description: owned(&row.description),
        }
    };
    let sections = typed.sections.iter().map(|section| Section {
        title: owned(&section.title),
        rows: section.rows.iter().map(&mut row).collect(),
    });
    Interactive::List(List {
        header: header(typed),
        body: words(&typed.body),
        footer: footer(typed),
        action: Sections {
            button: typed.label.trim().to_owned(),
            sections: sections.collect(),
        },
    })
}

pub(super) fn link(typed: &Typed) -> Interactive {
    Interactive::CtaUrl(CtaUrl {
        header: header(typed),
        body: words(&typed.body),
        footer: footer(typed),
        action: Link::CtaUrl {
            display_text: typed.label.trim().to_owned(),
            url: typed.url.trim().to_owned(),
        },
    })
}

pub(super) fn ask_location(typed: &Typed) -> Interactive {
    Interactive::LocationRequestMessage(LocationRequest {
        body: words(&typed.body),
        action: AskLocation::SendLocation,
    })
}
