//! Meta promises neither order nor that an update comes only once. However Meta delivers one history (in any order,
//! anything twice, any number of updates in a delivery), the end is the same.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod desk;

use desk::{Desk, NOW, Update};
use proptest::{prelude::*, sample::Index, test_runner::TestCaseError};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How Meta names a sender.
#[derive(Debug, Clone, Copy)]
enum Named {
    Number,
    /// As Meta did until February 2026: the number is there, and empty.
    UserId,
    /// The user id stands where the number should be.
    MisplacedUserId,
    Both,
}

#[derive(Debug, Clone)]
enum Says {
    Text,
    /// A reaction, each with an emoji of its own. The number chooses one of the person's earlier texts.
    Reaction(usize),
    /// The reaction to that text is withdrawn, if there is one.
    Withdrawal(usize),
    Edit(usize),
    Revoke(usize),
}

/// Who writes, how Meta names them, and what they say.
type Line = (u8, Named, Says);

fn line() -> impl Strategy<Value = Line> {
    let named = prop_oneof![
        Just(Named::Number),
        Just(Named::UserId),
        Just(Named::MisplacedUserId),
        Just(Named::Both),
    ];
    let says = prop_oneof![
        5 => Just(Says::Text),
        3 => any::<usize>().prop_map(Says::Reaction),
        2 => any::<usize>().prop_map(Says::Withdrawal),
        1 => any::<usize>().prop_map(Says::Edit),
        1 => any::<usize>().prop_map(Says::Revoke),
    ];
    (0..3_u8, named, says)
}

/// What the customers do, in the order in which it happened, a second after the other.
fn history(lines: &[Line]) -> Vec<Update> {
    let mut updates = Vec::new();
    let mut texts: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    // At the end, every number and user id of a person is known to be theirs.
    let links = (0..3).map(|person| (person, Named::Both, Says::Text));
    for (n, (person, named, says)) in lines.iter().cloned().chain(links).enumerate() {
        let wamid = format!("wamid.{n}");
        let own = texts.entry(person).or_default();
        let chosen = |which: &usize| own[which % own.len()].clone();
        let content = match &says {
            Says::Reaction(which) if !own.is_empty() => {
                json!({ "type": "reaction", "reaction": { "message_id": chosen(which), "emoji": emoji(n) } })
            }
            Says::Withdrawal(which) if !own.is_empty() => {
                json!({ "type": "reaction", "reaction": { "message_id": chosen(which) } })
            }
            Says::Edit(which) if !own.is_empty() => json!({ "type": "edit", "edit": {
                "original_message_id": chosen(which),
                "message": { "type": "text", "text": { "body": format!("edited {n}") } },
            } }),
            Says::Revoke(which) if !own.is_empty() => {
                json!({ "type": "revoke", "revoke": { "original_message_id": chosen(which) } })
            }
            _ => json!({ "type": "text", "text": { "body": format!("text {n}") } }),
        };
        if content["type"] == "text" {
            texts.entry(person).or_default().push(wamid.clone());
        }
        let mut message = content;
        message["id"] = json!(wamid);
        message["timestamp"] = json!((NOW + i64::try_from(n).unwrap()).to_string());
        let (number, user) = (format!("42060000000{person}"), format!("CZ.{person}00000"));
        match named {
            Named::Number => message["from"] = json!(number),
            Named::UserId => {
                message["from"] = json!("");
                message["from_user_id"] = json!(user);
            }
            Named::MisplacedUserId => message["from"] = json!(user),
            Named::Both => {
                message["from"] = json!(number);
                message["from_user_id"] = json!(user);
            }
        }
        updates.push(Update::Message(message));
    }
    updates
}

/// A different emoji for each of a history's first hundred updates.
fn emoji(n: usize) -> String {
    let first = u32::from('\u{1f400}');
    char::from_u32(first + u32::try_from(n).unwrap())
        .unwrap()
        .to_string()
}

/// The reactions that a customer's phone shows after this history, by the message to which they belong: the last one of
/// the customer, unless it was withdrawn or the message was deleted.
fn reactions(history: &[Update]) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::new();
    let mut deleted = BTreeSet::new();
    for update in history {
        let Update::Message(message) = update else {
            continue;
        };
        let about = |kind: &str, id: &str| message[kind][id].as_str().unwrap().to_owned();
        match message["type"].as_str().unwrap() {
            "reaction" => {
                let text = about("reaction", "message_id");
                match message["reaction"]["emoji"].as_str() {
                    Some(emoji) => shown.insert(text, emoji.to_owned()),
                    None => shown.remove(&text),
                };
            }
            "revoke" => {
                deleted.insert(about("revoke", "original_message_id"));
            }
            _ => {}
        }
    }
    shown.retain(|text, _| !deleted.contains(text));
    shown
}

/// The reactions that the operator sees in a [`Desk::state`].
fn seen(state: &BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let messages = state
        .values()
        .flat_map(|session| session["messages"].as_array().unwrap());
    let seen = messages.flat_map(|message| {
        let of = |reaction: &Value| {
            assert_eq!(reaction[0], "inbound");
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&message["wamid"]), text(&reaction[1]))
        };
        message["reactions"].as_array().unwrap().iter().map(of)
    });
    seen.collect()
}

/// The statuses of an answer that Switchboard sent; `ours` is its own id, which Meta hands back.
fn statuses(words: &[u8], ours: &str) -> Vec<Update> {
    let status = |word: &u8| {
        let word = ["sent", "delivered", "read", "failed"][usize::from(*word)];
        let mut status = json!({
            "id": "wamid.ours", "status": word, "timestamp": NOW.to_string(), "biz_opaque_callback_data": ours,
        });
        if word == "failed" {
            status["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable" }]);
        }
        Update::Status(status)
    };
    words.iter().map(status).collect()
}

/// The state after these deliveries.
async fn after(deliveries: impl Fn(&str) -> Vec<Vec<Update>>) -> BTreeMap<String, Value> {
    let desk = Desk::open().await;
    for updates in deliveries(&desk.ours) {
        desk.receive(&updates).await;
    }
    desk.settled().await;
    let state = desk.state().await;
    desk.end().await;
    state
}

/// Delivers one history in order and once, and then in another way: the operator sees the same both times, and the
/// reactions that the customers see.
fn both_end_the_same(
    lines: &[Line],
    words: &[u8],
    retold: impl Fn(Vec<Update>) -> Vec<Vec<Update>>,
) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let history = history(lines);
    let all = |ours: &str| [history.clone(), statuses(words, ours)].concat();
    let in_order = runtime.block_on(after(|ours| {
        all(ours).into_iter().map(|update| vec![update]).collect()
    }));
    prop_assert_eq!(seen(&in_order), reactions(&history));
    let mixed = runtime.block_on(after(|ours| retold(all(ours))));
    prop_assert_eq!(in_order, mixed);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_order_any_repetition_and_any_batching_end_the_same(
        lines in proptest::collection::vec(line(), 1..14),
        words in proptest::collection::vec(0..4_u8, 0..5),
        order in any::<u64>(),
        twice in proptest::collection::vec(any::<Index>(), 0..6),
        cuts in proptest::collection::vec(1..5_usize, 1..8),
    ) {
        both_end_the_same(&lines, &words, |mut updates| {
            let again: Vec<_> = twice.iter().map(|which| which.get(&updates).clone()).collect();
            updates.extend(again);
            shuffle(&mut updates, order);
            let mut sizes = cuts.iter().cycle();
            let mut deliveries = Vec::new();
            while !updates.is_empty() {
                let size = updates.len().min(*sizes.next().unwrap());
                deliveries.push(updates.drain(..size).collect());
            }
            deliveries
        })?;
    }
}

/// Random histories may miss these: one reaction after the other, and one that is withdrawn, each delivered backwards.
#[test]
fn a_reaction_is_replaced_and_withdrawn_in_any_order() {
    let lines = [
        (0, Says::Text),
        (1, Says::Text),
        (0, Says::Reaction(0)),
        (1, Says::Reaction(0)),
        (0, Says::Reaction(0)),
        (1, Says::Withdrawal(0)),
    ];
    let lines = lines.map(|(person, says)| (person, Named::Both, says));
    let backwards = |updates: Vec<Update>| updates.into_iter().rev().map(|update| vec![update]).collect();
    both_end_the_same(&lines, &[], backwards).unwrap();
}

/// A shuffle that a failing case can repeat.
fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for end in (1..items.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).unwrap() % (end + 1);
        items.swap(end, other);
    }
}
