use crate::message::thread::*;
use crate::{
    message::{BubbleContent, Marks},
    time::Timestamp,
};

/// `number` gives the id, the second and the wamid.
fn row(number: u8, direction: Direction, kind: &str, text: Option<&str>, about: Option<u8>) -> MessageView {
    MessageView {
        id: format!("00000000-0000-0000-0000-0000000000{number:02}")
            .parse()
            .unwrap(),
        direction,
        kind: kind.to_owned(),
        text: text.map(str::to_owned),
        at: Timestamp::from_seconds(i64::from(number)),
        status: None,
        failure: None,
        waits: None,
        author: None,
        by_token: false,
        wamid: Some(number.to_string()),
        retry_of: None,
        about: about.map(|about| about.to_string()),
        marks: Marks::default(),
        content: None,
        phone: false,
    }
}

fn theirs(number: u8, kind: &str, text: Option<&str>, about: Option<u8>) -> MessageView {
    row(number, Direction::Inbound, kind, text, about)
}

fn ours(number: u8, text: &str) -> MessageView {
    row(number, Direction::Outbound, "text", Some(text), None)
}

/// A thread in a line: each message's text, `(before)` when it was edited, `†` when it was deleted, its reactions.
fn sketch(rows: Vec<MessageView>) -> String {
    let one = |message: MessageView| {
        let mut text = message.text.clone().unwrap_or_default();
        if message.about.is_some() {
            text = format!("{}:{text}", message.kind);
        }
        if let Some(edited) = &message.marks.edited {
            text.push_str(&format!("({})", edited.before.as_deref().unwrap_or_default()));
        }
        if message.marks.deleted {
            text.push('†');
        }
        text.extend(message.marks.reactions.iter().map(|(_, emoji)| emoji.as_str()));
        text
    };
    fold(rows).into_iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_about_a_message_stands_with_it_in_whatever_order_it_came() {
    let hello = || theirs(1, "text", Some("Hello"), None);
    let table = [
        (
            vec![hello(), theirs(2, "reaction", Some("👍"), Some(1))],
            "Hello👍",
        ),
        (
            vec![
                hello(),
                theirs(2, "reaction", Some("👍"), Some(1)),
                theirs(3, "reaction", Some("🎉"), Some(1)),
            ],
            "Hello🎉",
        ),
        (
            vec![
                hello(),
                theirs(2, "reaction", Some("👍"), Some(1)),
                theirs(3, "reaction", None, Some(1)),
            ],
            "Hello",
        ),
        (
            vec![
                hello(),
                theirs(2, "reaction", Some("👍"), Some(1)),
                theirs(3, "reaction", Some(""), Some(1)),
            ],
            "Hello",
        ),
        (
            vec![ours(1, "Here"), theirs(2, "reaction", Some("❤"), Some(1))],
            "Here❤",
        ),
        (vec![hello(), theirs(2, "edit", Some("Hi"), Some(1))], "Hi(Hello)"),
        (
            vec![
                hello(),
                theirs(2, "edit", Some("Hi"), Some(1)),
                theirs(3, "edit", Some("Hey"), Some(1)),
            ],
            "Hey(Hello)",
        ),
        (vec![hello(), theirs(2, "revoke", None, Some(1))], "†"),
        (
            vec![
                hello(),
                theirs(2, "revoke", None, Some(1)),
                theirs(3, "edit", Some("Hi"), Some(1)),
                theirs(4, "reaction", Some("👍"), Some(1)),
            ],
            "†",
        ),
    ];
    for (rows, end) in table {
        let mut rows = rows;
        for _ in 0..rows.len() {
            assert_eq!(sketch(rows.clone()), end);
            rows.rotate_left(1);
        }
        rows.reverse();
        assert_eq!(sketch(rows), end);
    }
}

#[test]
fn what_is_about_a_message_that_is_not_here_is_a_line_of_its_own() {
    let rows = vec![
        theirs(2, "reaction", Some("👍"), Some(1)),
        theirs(3, "text", Some("Hello"), None),
        theirs(4, "revoke", None, Some(1)),
    ];
    assert_eq!(sketch(rows), "reaction:👍 Hello revoke:");
}

#[test]
fn nobody_changes_the_words_of_another() {
    let rows = vec![
        ours(1, "It costs 900"),
        theirs(2, "edit", Some("It is free"), Some(1)),
        theirs(3, "revoke", None, Some(1)),
    ];
    assert_eq!(sketch(rows), "It costs 900 edit:It is free revoke:");
}

#[test]
fn only_a_customers_own_message_has_to_be_read() {
    assert!(speaks(&theirs(1, "text", Some("Hello"), None)));
    assert!(!speaks(&theirs(2, "reaction", Some("👍"), Some(1))));
    assert!(!speaks(&ours(3, "Here")));
    assert!(!speaks(&theirs(
        4,
        "system",
        Some("The number has changed"),
        None
    )));
}

#[test]
fn an_answer_quotes_what_it_answers_as_it_is_now() {
    let answer = |number: u8, to: &str| MessageView {
        content: Some(BubbleContent {
            answers: Some(to.to_owned()),
            ..BubbleContent::default()
        }),
        ..theirs(number, "text", Some("Yes"), None)
    };
    let rows = vec![
        MessageView {
            by_token: true,
            ..ours(1, "Today?")
        },
        answer(2, "1"),
        answer(3, "not here"),
        theirs(4, "text", Some("Helo"), None),
        theirs(5, "edit", Some("Hello"), Some(4)),
        answer(6, "4"),
    ];
    let quotes: Vec<_> = fold(rows)
        .into_iter()
        .filter_map(|message| {
            Some(
                message
                    .content?
                    .quote
                    .map(|quote| (quote.ours, quote.by_token, quote.text.unwrap_or_default())),
            )
        })
        .collect();
    let expected = [
        Some((true, true, "Today?".to_owned())),
        None,
        Some((false, false, "Hello".to_owned())),
    ];
    assert_eq!(quotes, expected);
}
