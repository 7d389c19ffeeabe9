//! Inboxes that follow the stream of events without reading again.

use crate::{
    stories,
    support::{
        Story,
        chance::Chance,
        events::Events,
        listener::{Listener, everybody_hears},
        users::Browser,
        world::{Line, id_of},
    },
};
use domain::{
    access::Actor,
    ids::SessionId,
    page::PageRequest,
    position::AsOf,
    session::{By, Filter, InboxCounts, InboxPage, Part, Several, Tab, TransferForm},
};
use engine::sessions;
use serde_json::{Value, json};

stories! {
    a_row_comes_with_its_event_and_goes_with_it
    whatever_happens_each_inbox_equals_the_database
}

/// Rows of a page of a list that is cut, so that sessions also come and go at its end.
const FEW: u32 = 4;
/// Rows of a list that is whole.
const ALL: u32 = 200;

/// One user's open inbox, kept as a browser keeps it.
struct Desk {
    listener: Listener,
    filters: Vec<Filter>,
    lists: Vec<(Part, AsOf<InboxPage>)>,
    counts: AsOf<InboxCounts>,
}

impl Desk {
    async fn open(story: &Story, browser: Browser, filters: Vec<Filter>) -> Self {
        let mut desk = Self {
            listener: Listener::open(story, browser).await,
            filters,
            lists: Vec::new(),
            counts: counts(story, &Actor::System).await,
        };
        desk.read(story).await;
        desk
    }

    async fn read(&mut self, story: &Story) {
        self.lists.clear();
        let own = self.listener.actor.extension().map(|own| own.id);
        let now = story.clock.now();
        let parts = Tab::ALL.iter().flat_map(|tab| {
            self.filters.iter().map(|filter| Part {
                tab: *tab,
                filter: *filter,
                own,
                now,
            })
        });
        let whole = |part: &Part| {
            part.filter
                .get(By::Queue)
                .or(part.filter.get(By::Owner))
                .is_none()
        };
        let lengths = |part: Part| [Some(FEW), whole(&part).then_some(ALL)].map(|most| Some((part, most?)));
        for (part, most) in parts.flat_map(lengths).flatten() {
            let list = list(story, &self.listener.actor, part, most, None).await;
            self.lists.push((part, list));
        }
        self.counts = counts(story, &self.listener.actor).await;
    }

    /// What a browser does with what it has heard. Returns whether it has to read again.
    fn follow(&mut self) -> bool {
        let mut again = false;
        for (part, list) in &mut self.lists {
            for event in self
                .listener
                .changes
                .iter()
                .filter(|event| event.number > list.position.number)
            {
                let Some(session) = event.change.session() else {
                    continue;
                };
                match &event.inbox {
                    Some(inbox) => match inbox.row.clone() {
                        Some(row) => list.value.put(*part, row),
                        None => list.value.remove(session),
                    },
                    None => again = true,
                }
            }
        }
        for event in &self.listener.changes {
            if event.number > self.counts.position.number
                && let Some(inbox) = &event.inbox
            {
                self.counts.value = inbox.counts;
            }
        }
        again
    }

    /// The reader scrolls down: a page more of each list that is cut.
    async fn scroll(&mut self, story: &Story) {
        for (part, kept) in &mut self.lists {
            if let Some(cursor) = kept.value.rows.next_cursor.clone() {
                let next = list(story, &self.listener.actor, *part, FEW, Some(cursor)).await;
                kept.position = kept.position.min(next.position);
                kept.value.append(next.value.rows);
            }
        }
    }

    async fn equals_the_database(&self, story: &Story, of: &str) {
        for (part, kept) in &self.lists {
            let kept = &kept.value;
            let now = list(story, &self.listener.actor, *part, ALL, None)
                .await
                .value
                .rows;
            let (shown, below) = now.items.split_at(kept.rows.items.len().min(now.items.len()));
            assert_eq!(kept.rows.items, shown, "{of}, {part:?}");
            // A list that is cut says so, and has everything above its cut.
            if let Some(next) = below.first() {
                assert!(kept.rows.next_cursor.is_some(), "{of}, {part:?}: {next:#?}");
                let mut more = kept.clone();
                more.put(*part, next.clone());
                assert_eq!(&more, kept, "{of}, {part:?}");
            }
        }
        assert_eq!(
            self.counts.value,
            counts(story, &self.listener.actor).await.value,
            "{of}"
        );
    }
}

async fn list(
    story: &Story,
    actor: &Actor,
    part: Part,
    most: u32,
    cursor: Option<String>,
) -> AsOf<InboxPage> {
    let position = story.engine.events().position();
    let page = PageRequest {
        limit: Some(most),
        cursor,
    };
    let rows = sessions::inbox(&story.engine, actor, part.tab, part.filter, None, &page).await;
    AsOf {
        position,
        value: InboxPage {
            rows: rows.expect("a list"),
            several: Several::default(),
        },
    }
}

async fn counts(story: &Story, actor: &Actor) -> AsOf<InboxCounts> {
    let position = story.engine.events().position();
    let value = sessions::counts(&story.engine, actor).await.expect("counts");
    AsOf { position, value }
}

struct Company {
    line: Line,
    desks: Vec<Desk>,
    targets: Vec<String>,
}

impl Company {
    async fn open(story: &Story) -> Self {
        let (jana_id, jana) = story.operator("201", "jana").await;
        let (petr_id, petr) = story.operator("202", "petr").await;
        let (_, boss) = story.supervisor("900", "boss").await;
        let admin = story.admin("admin").await;
        let support = story.queue("Support", &[&jana_id, &petr_id]).await;
        let sales = story.queue("Sales", &[&petr_id]).await;
        let line = story.channel(&story.app(1), 1, "queue", &support).await;
        story.connect(&line).await;
        story.settled().await;
        let mut desks = Vec::new();
        let one = |by, id: &str| Filter::default().with(by, Some(id.parse().expect("an id")));
        let filters = [
            Filter::default(),
            Filter {
                unread: true,
                ..Filter::default()
            },
            Filter {
                closing: true,
                ..Filter::default()
            },
            one(By::Queue, &support),
            one(By::Owner, &jana_id),
        ];
        for browser in [jana, petr, boss, admin] {
            desks.push(Desk::open(story, browser, filters.into()).await);
        }
        let targets = [
            ("extension", jana_id),
            ("extension", petr_id),
            ("queue", support),
            ("queue", sales),
        ];
        Self {
            line,
            desks,
            targets: targets.map(|(kind, id)| format!("{kind}:{id}")).into(),
        }
    }
}

async fn a_row_comes_with_its_event_and_goes_with_it(story: &Story) {
    let mut company = Company::open(story).await;
    story.says(story.customer(1), &company.line, "Hello").await;
    let session = id_of(&story.session().await);
    let [jana, petr, ..] = company.desks.as_mut_slice() else {
        panic!("four desks")
    };
    let event = jana.listener.events.until("message").await;
    let row = &event["inbox"]["row"];
    assert_eq!(
        (&row["id"], &row["unread"]),
        (&json!(session), &json!(1)),
        "{event}"
    );
    assert_eq!(row["last_message"]["text"], "Hello");
    assert_eq!(
        event["inbox"]["counts"],
        json!({"mine": 0, "waiting": 1, "unread": 1})
    );
    petr.listener.events.until("message").await;

    let id: SessionId = session.parse().expect("an id");
    sessions::pick_up(&story.engine, &jana.listener.actor, id, None)
        .await
        .expect("picked up");
    let to_jana = until_row(&mut jana.listener.events, |inbox| inbox["counts"]["mine"] == 1).await;
    assert_eq!(to_jana["row"]["owner"]["number"], "201");
    let to_petr = until_row(&mut petr.listener.events, |inbox| inbox["counts"]["waiting"] == 0).await;
    assert_eq!(to_petr["row"], Value::Null, "Petr does not see it any more");
}

async fn until_row(events: &mut Events, is_it: impl Fn(&Value) -> bool) -> Value {
    loop {
        let event = events.next().await.expect("an event");
        if is_it(&event["inbox"]) {
            return event["inbox"].clone();
        }
    }
}

async fn whatever_happens_each_inbox_equals_the_database(story: &Story) {
    let seed = std::env::var("SWITCHBOARD_TEST_SEED").ok();
    let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(20_261_127);
    let mut chance = Chance(seed);
    let mut company = Company::open(story).await;
    let customers: Vec<_> = (0..9).map(|n| story.customer(n)).collect();
    for round in 0..12 {
        for _ in 0..12 {
            random_step(story, &company, &customers, &mut chance).await;
        }
        // Some have read meanwhile, with events on their way; some were cut off.
        for desk in &mut company.desks {
            match chance.below(4) {
                0 => desk.read(story).await,
                1 => desk.listener.breaks_off().await,
                2 => desk.scroll(story).await,
                _ => {}
            }
        }
        random_step(story, &company, &customers, &mut chance).await;
        let listeners = company.desks.iter_mut().map(|desk| &mut desk.listener);
        everybody_hears(story, round, listeners).await;
        for (n, desk) in company.desks.iter_mut().enumerate() {
            if desk.follow() {
                desk.read(story).await;
            }
            desk.equals_the_database(story, &format!("seed {seed}, round {round}, desk {n}"))
                .await;
            desk.listener.changes.clear();
        }
    }
}

async fn random_step(
    story: &Story,
    company: &Company,
    customers: &[simulator::CustomerId],
    chance: &mut Chance,
) {
    let actor = chance.one_of(&company.desks).listener.actor.clone();
    let step = chance.below(10);
    if step < 3 {
        let text = format!("Text {}", chance.below(1000));
        story.says(*chance.one_of(customers), &company.line, &text).await;
        return;
    }
    let everything = Part {
        tab: Tab::All,
        filter: Filter::default(),
        own: None,
        now: story.clock.now(),
    };
    let all = list(story, &actor, everything, ALL, None).await.value.rows.items;
    if all.is_empty() {
        return;
    }
    let id = chance.one_of(&all).id;
    let engine = &story.engine;
    // Whoever may not do it is refused, which is as good a step.
    let done = match step {
        3 | 4 => sessions::pick_up(engine, &actor, id, None).await,
        5 => sessions::close(engine, &actor, id, "").await,
        6 => sessions::mark_all_read(engine, &actor, id).await,
        7 => {
            let form = TransferForm {
                to: chance.one_of(&company.targets).clone(),
                ..TransferForm::default()
            };
            sessions::transfer(engine, &actor, id, &form).await
        }
        8 => {
            story.later(std::time::Duration::from_secs(1)).await;
            Ok(())
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
