//! Open threads that follow the stream of events, and are read again only where an event does not bring everything.

use crate::{
    stories,
    support::{
        START, Story,
        chance::Chance,
        listener::{Listener, everybody_hears},
        users::Browser,
        world::{Line, delivery, id_of, text_message},
    },
};
use domain::{
    access::Actor,
    ids::SessionId,
    page::PageRequest,
    position::Position,
    session::{Filter, Tab, Thread, TransferForm},
};
use engine::sessions;
use serde_json::{Value, json};

stories! {
    what_comes_with_its_event_is_not_read_again
    whatever_happens_each_open_thread_equals_the_database
}

const CUSTOMERS: [&str; 3] = ["420800555901", "420800555902", "420800555903"];

/// A user who has threads open.
struct Reader {
    listener: Listener,
    threads: Vec<Thread>,
}

impl Reader {
    async fn arrive(story: &Story, browser: Browser) -> Self {
        Self {
            listener: Listener::open(story, browser).await,
            threads: Vec::new(),
        }
    }

    async fn open(&mut self, story: &Story, id: SessionId) {
        self.threads.retain(|thread| thread.session.id != id);
        self.threads.extend(read(story, &self.listener.actor, id).await);
    }

    /// What a browser does with what it has heard. Returns the sessions whose threads have to be read again.
    fn follow(&mut self) -> Vec<SessionId> {
        let mut again = Vec::new();
        for thread in &mut self.threads {
            let session = thread.session.id;
            for event in &self.listener.changes {
                let at = Position { number: event.number };
                if at <= thread.position || event.change.session() != Some(session) {
                    continue;
                }
                thread.position = at;
                let follows = match &event.inbox {
                    Some(inbox) => !thread.follow(&event.change, inbox),
                    None => false,
                };
                if !follows && !again.contains(&session) {
                    again.push(session);
                }
            }
        }
        again
    }

    async fn read_again(&mut self, story: &Story, id: SessionId) {
        match read(story, &self.listener.actor, id).await {
            Some(fresh) => {
                let open = self.threads.iter_mut().find(|thread| thread.session.id == id);
                open.expect("an open thread").renew(fresh);
            }
            None => self.threads.retain(|thread| thread.session.id != id),
        }
    }

    async fn equals_the_database(&self, story: &Story, of: &str) {
        for thread in &self.threads {
            let now = read(story, &self.listener.actor, thread.session.id).await;
            let mut now = now.unwrap_or_else(|| panic!("{of}: {:?} is not seen any more", thread.session));
            now.position = thread.position;
            now.changed_above.clear();
            // What has come while it is open makes it longer than a first page.
            let open = to_the_top(story, &self.listener.actor, thread.clone()).await;
            let now = to_the_top(story, &self.listener.actor, now).await;
            assert_eq!(open, now, "{of}");
        }
    }
}

/// `None` if the actor does not see the session.
async fn read(story: &Story, actor: &Actor, id: SessionId) -> Option<Thread> {
    sessions::thread::read(&story.engine, actor, id, None).await.ok()
}

async fn to_the_top(story: &Story, actor: &Actor, mut thread: Thread) -> Thread {
    while let Some(cursor) = thread.above.take() {
        let above = sessions::thread::above(&story.engine, actor, thread.session.id, &cursor).await;
        thread.put_above(above.expect("what stands above"));
    }
    thread
}

struct Company {
    line: Line,
    readers: Vec<Reader>,
    targets: Vec<String>,
    /// The customers' messages so far.
    written: Vec<(&'static str, String)>,
    number: i64,
}

impl Company {
    async fn open(story: &Story) -> Self {
        let (jana_id, jana) = story.operator("201", "jana").await;
        let (petr_id, petr) = story.operator("202", "petr").await;
        let (_, boss) = story.supervisor("900", "boss").await;
        let support = story.queue("Support", &[&jana_id, &petr_id]).await;
        let line = story.channel(&story.app(1), 1, "queue", &support).await;
        story.connect(&line).await;
        story.settled().await;
        let mut readers = Vec::new();
        for browser in [jana, petr, boss] {
            readers.push(Reader::arrive(story, browser).await);
        }
        let targets = [("extension", jana_id), ("extension", petr_id), ("queue", support)];
        Self {
            line,
            readers,
            targets: targets.map(|(kind, id)| format!("{kind}:{id}")).into(),
            written: Vec::new(),
            number: 0,
        }
    }

    /// The next message of a customer; some come late.
    fn message(&mut self, from: &'static str, late: i64, kind: &str, own: &Value) -> Value {
        self.number += 1;
        let wamid = format!("wamid.{}", self.number);
        let at = START.millis() / 1000 + self.number - late;
        self.written.push((from, wamid.clone()));
        json!({"from": from, "id": wamid, "timestamp": at.to_string(), "type": kind, kind: own})
    }

    async fn post(&self, story: &Story, from: &str, messages: &[Value]) {
        let body = delivery(&self.line.phone_number_id, from, messages);
        let answer = story
            .post_signed(&self.line.webhook_url, &self.line.app, body)
            .await;
        assert_eq!(answer, 200);
    }

    async fn everybody_hears(&mut self, story: &Story, number: u64) {
        let listeners = self.readers.iter_mut().map(|reader| &mut reader.listener);
        everybody_hears(story, number, listeners).await;
    }
}

async fn what_comes_with_its_event_is_not_read_again(story: &Story) {
    let mut company = Company::open(story).await;
    let [from, ..] = CUSTOMERS;
    let hello = text_message(from, "wamid.first", "Hello");
    company.post(story, from, &[hello]).await;
    story.settled().await;
    let session = story.session().await;
    let id: SessionId = id_of(&session).parse().expect("an id");
    let [jana, ..] = company.readers.as_slice() else {
        panic!("three readers")
    };
    let jana = jana.listener.actor.clone();
    let picked_up = sessions::pick_up(&story.engine, &jana, id, None).await;
    picked_up.expect("picked up");
    company.everybody_hears(story, 100).await;
    for reader in &mut company.readers {
        reader.listener.changes.clear();
        reader.open(story, id).await;
    }
    for (step, name) in [
        "a text",
        "its reading",
        "a reaction",
        "ticks",
        "a tick",
        "an answer",
    ]
    .into_iter()
    .enumerate()
    {
        match name {
            "a text" => {
                let text = company.message(from, 0, "text", &json!({"body": "How are you?"}));
                company.post(story, from, &[text]).await;
            }
            "its reading" => sessions::mark_all_read(&story.engine, &jana, id)
                .await
                .expect("read"),
            "a reaction" => {
                let reaction = json!({"message_id": "wamid.first", "emoji": "👍"});
                let reaction = company.message(from, 0, "reaction", &reaction);
                company.post(story, from, &[reaction]).await;
            }
            "ticks" => {
                story.answers(&session, "Well").await;
                // What waits to be sent is read, with the reason why it waits.
                story.settled().await;
                for reader in &mut company.readers {
                    reader.open(story, id).await;
                }
            }
            "a tick" => {
                let ours = story.messages(&session).await.pop().expect("ours");
                let wamid = ours["wamid"].as_str().expect("a wamid");
                story.meta.post_status(wamid, "read", &[]).expect("a message");
            }
            _ => {
                let mut answer = company.message(from, 0, "text", &json!({"body": "And you?"}));
                answer["context"] = json!({"from": from, "id": "wamid.first"});
                company.post(story, from, &[answer]).await;
            }
        }
        company.everybody_hears(story, step as u64).await;
        for (n, reader) in company.readers.iter_mut().enumerate() {
            // Petr does not see the session any more.
            if reader.threads.is_empty() {
                continue;
            }
            assert_eq!(reader.follow(), [], "{name}, reader {n}");
            reader
                .equals_the_database(story, &format!("{name}, reader {n}"))
                .await;
            reader.listener.changes.clear();
        }
    }
}

async fn whatever_happens_each_open_thread_equals_the_database(story: &Story) {
    let seed = std::env::var("SWITCHBOARD_TEST_SEED").ok();
    let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(20_261_127);
    let mut chance = Chance(seed);
    let mut company = Company::open(story).await;
    for round in 0..12 {
        for _ in 0..10 {
            random_step(story, &mut company, &mut chance).await;
        }
        // Some open threads meanwhile, with events on their way; some were cut off.
        for reader in &mut company.readers {
            for id in visible(story, &reader.listener.actor).await {
                if chance.below(3) == 0 {
                    reader.open(story, id).await;
                }
            }
            if chance.below(4) == 0 {
                reader.listener.breaks_off().await;
            }
        }
        for _ in 0..3 {
            random_step(story, &mut company, &mut chance).await;
        }
        company.everybody_hears(story, round).await;
        for (n, reader) in company.readers.iter_mut().enumerate() {
            for id in reader.follow() {
                reader.read_again(story, id).await;
            }
            let of = format!("seed {seed}, round {round}, reader {n}");
            reader.equals_the_database(story, &of).await;
            reader.listener.changes.clear();
        }
    }
}

async fn visible(story: &Story, actor: &Actor) -> Vec<SessionId> {
    let page = PageRequest {
        limit: Some(200),
        cursor: None,
    };
    let rows = sessions::inbox(&story.engine, actor, Tab::All, Filter::default(), None, &page).await;
    rows.expect("a list")
        .items
        .into_iter()
        .map(|row| row.id)
        .collect()
}

async fn random_step(story: &Story, company: &mut Company, chance: &mut Chance) {
    let from = *chance.one_of(&CUSTOMERS);
    let own: Vec<_> = company.written.iter().filter(|(of, _)| *of == from).collect();
    let named = match own.is_empty() {
        true => "wamid.none".to_owned(),
        false => chance.one_of(&own).1.clone(),
    };
    let late = if chance.below(5) == 0 { 6 } else { 0 };
    match chance.below(12) {
        step @ 0..=6 => {
            let mut messages = Vec::new();
            for _ in 0..=chance.below(2) {
                let text = json!({"body": format!("Text {}", company.number)});
                let (kind, own) = match step {
                    0 => (
                        "reaction",
                        json!({"message_id": named, "emoji": chance.one_of(&["👍", "🎉", ""])}),
                    ),
                    1 => {
                        let edited = json!({"type": "text", "text": text});
                        ("edit", json!({"original_message_id": named, "message": edited}))
                    }
                    2 => ("revoke", json!({"original_message_id": named})),
                    _ => ("text", text),
                };
                let mut message = company.message(from, late, kind, &own);
                if step == 3 {
                    message["context"] = json!({"from": from, "id": named});
                }
                messages.push(message);
            }
            company.post(story, from, &messages).await;
        }
        7 => {
            if let Some(sent) = story.meta.sent_messages().last() {
                let status = *chance.one_of(&["delivered", "read", "failed"]);
                let posted = story.meta.post_status(&sent.wamid, status, &[]);
                posted.expect("a message");
            }
        }
        step => act(story, company, chance, step).await,
    }
    if chance.below(2) == 0 {
        story.settled().await;
    }
}

/// Something that a user does.
async fn act(story: &Story, company: &Company, chance: &mut Chance, step: usize) {
    let actor = chance.one_of(&company.readers).listener.actor.clone();
    let all = visible(story, &actor).await;
    if all.is_empty() {
        return;
    }
    let id = *chance.one_of(&all);
    let engine = &story.engine;
    // Whoever may not do it is refused, which is as good a step.
    let done = match step {
        8 => sessions::pick_up(engine, &actor, id, None).await,
        9 => sessions::mark_all_read(engine, &actor, id).await,
        10 if chance.below(3) == 0 => sessions::close(engine, &actor, id, "").await,
        10 => {
            let form = TransferForm {
                to: chance.one_of(&company.targets).clone(),
                ..TransferForm::default()
            };
            sessions::transfer(engine, &actor, id, &form).await
        }
        _ => {
            let text = json!({"type": "text", "text": {"body": "Answer"}});
            let text: domain::message::Outgoing = serde_json::from_value(text).expect("a text");
            engine::outbound::send::send(engine, &actor, id, text, None)
                .await
                .map(drop)
        }
    };
    if let Err(error) = done {
        assert!(matches!(error, engine::Error::Refused(_)), "{error}");
    }
}
