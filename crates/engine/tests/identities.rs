//! Messages that share an identity come from one person, however late that becomes known: the contacts are the
//! connected components of the graph in which every message joins the identities that it names.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

#[expect(dead_code, reason = "any_order.rs uses the rest")]
mod desk;

use desk::{Desk, NOW, Update};
use domain::{access::Actor, ids::SessionId, message::MessageView, page::PageRequest};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a message says of its sender: a number, a user id, and those that a change of number names.
#[derive(Debug, Clone)]
struct Names {
    number: Option<u8>,
    user: Option<u8>,
    new_number: Option<u8>,
    previous_user: Option<u8>,
}

impl Names {
    fn all(&self) -> Vec<String> {
        let numbers = [self.number, self.new_number].into_iter().flatten().map(number);
        let users = [self.user, self.previous_user].into_iter().flatten().map(user);
        numbers.chain(users).collect()
    }

    fn message(&self, wamid: &str) -> Value {
        let mut message = json!({ "id": wamid, "timestamp": NOW.to_string() });
        if let Some(n) = self.number {
            message["from"] = json!(number(n));
        }
        if let Some(n) = self.user {
            message["from_user_id"] = json!(user(n));
        }
        if self.new_number.is_some() || self.previous_user.is_some() {
            message["type"] = json!("system");
            message["system"] = json!({
                "type": "user_changed_number",
                "wa_id": self.new_number.map(number),
                "previous_user_id": self.previous_user.map(user),
            });
        } else {
            message["type"] = json!("text");
            message["text"] = json!({ "body": wamid });
        }
        message
    }
}

fn number(n: u8) -> String {
    format!("42060000000{n}")
}

fn user(n: u8) -> String {
    format!("CZ.{n}00000")
}

fn names() -> impl Strategy<Value = Names> {
    let some = || 0..6_u8;
    let rarely = || proptest::option::weighted(0.15, some());
    let sender = prop_oneof![
        3 => some().prop_map(|n| (Some(n), None)),
        3 => some().prop_map(|n| (None, Some(n))),
        1 => (some(), some()).prop_map(|(n, m)| (Some(n), Some(m))),
    ];
    (sender, rarely(), rarely()).prop_map(|((number, user), new_number, previous_user)| Names {
        number,
        user,
        new_number,
        previous_user,
    })
}

/// The messages of each person.
fn people(all: &[Names]) -> BTreeSet<BTreeSet<String>> {
    let mut groups: Vec<(BTreeSet<String>, BTreeSet<String>)> = Vec::new();
    for (n, names) in all.iter().enumerate() {
        let mut identities: BTreeSet<_> = names.all().into_iter().collect();
        let mut wamids = BTreeSet::from([format!("wamid.{n}")]);
        groups.retain(|(known, theirs)| {
            let apart = known.is_disjoint(&identities);
            if !apart {
                identities.extend(known.iter().cloned());
                wamids.extend(theirs.iter().cloned());
            }
            apart
        });
        groups.push((identities, wamids));
    }
    groups.into_iter().map(|(_, wamids)| wamids).collect()
}

/// The messages of each contact that the engine has made.
async fn sessions_of(desk: &Desk) -> BTreeSet<BTreeSet<String>> {
    let mut by_contact: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    let mut open = BTreeSet::new();
    for row in desk.sessions().await {
        let thread = engine::sessions::thread::read(&desk.engine, &Actor::System, row.id, None)
            .await
            .unwrap();
        let is_whatsapps = thread.messages.iter().all(|message| message.kind == "system");
        for message in &thread.messages {
            assert!(is_found(desk, row.id, message).await, "{message:?} of {}", row.id);
        }
        let wamids: BTreeSet<_> = thread
            .messages
            .into_iter()
            .filter_map(|message| message.wamid)
            .collect();
        // A session that was merged into another is closed and empty; the desk has a session of its own.
        if wamids.is_empty() || wamids.contains("wamid.first") {
            continue;
        }
        if row.closed_at.is_none() {
            assert!(open.insert(row.contact.id), "two open sessions of one contact");
        } else {
            // WhatsApp's own messages open no session.
            assert!(is_whatsapps, "a closed session has kept {wamids:?}");
        }
        by_contact.entry(row.contact.id).or_default().extend(wamids);
    }
    by_contact.into_values().collect()
}

/// Whether a search for the message's text leads to it in this session, wherever its session has gone.
async fn is_found(desk: &Desk, session: SessionId, message: &MessageView) -> bool {
    let Some(text) = &message.text else {
        return true;
    };
    let page = PageRequest::default();
    let found = engine::search::find(&desk.engine, &Actor::System, text, &page).await;
    let mut hits = found.unwrap().items.into_iter();
    hits.any(|hit| hit.id == message.id.into() && hit.session == session)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn contacts_are_the_connected_components(
        all in proptest::collection::vec(names(), 1..16),
        cuts in proptest::collection::vec(1..6_usize, 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let found = runtime.block_on(async {
            let desk = Desk::open().await;
            let named = all.iter().enumerate();
            let mut updates: Vec<_> = named.map(|(n, names)| Update::Message(names.message(&format!("wamid.{n}")))).collect();
            let mut sizes = cuts.iter().cycle();
            while !updates.is_empty() {
                let size = updates.len().min(*sizes.next().unwrap());
                let some: Vec<_> = updates.drain(..size).collect();
                desk.receive(&some).await;
            }
            desk.settled().await;
            let found = sessions_of(&desk).await;
            desk.end().await;
            found
        });
        prop_assert_eq!(found, people(&all));
    }
}
