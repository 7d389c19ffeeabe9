//! Two processes on one PostgreSQL. Both accept deliveries and answers, and one is killed in the middle: everything is
//! applied and sent once, in order.

use crate::support::{
    Story,
    http::Api,
    settings, token,
    world::{App, Line, delivery, id_of, text_message},
};
use domain::access::Scope;
use engine::Engine;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use server::application::Application;
use simulator::{CustomerId, PaceSetting, SendFault, Setting, Signature, Simulator};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};
use url::Url;

/// Every second customer gets answers.
const CUSTOMERS: u32 = 12;
/// Messages per customer.
const MESSAGES: u32 = 30;
/// Longer than the lease on the journal.
const TERM: Duration = Duration::from_secs(6);
/// Longer than a claim in the outbox.
const CLAIM: Duration = Duration::from_secs(60);

/// A second process beside the story's: all its work runs in a runtime of its own.
struct Neighbour {
    engine: Engine,
    url: Url,
    runtime: Runtime,
}

impl Neighbour {
    async fn start(story: &Story) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let settings = settings(story.data_dir(), &story.database, &story.meta);
        let application = runtime.spawn(Application::build(settings, story.clock.clone()));
        let application = application.await.expect("no panic").expect("a second server");
        let engine = application.engine().clone();
        let url = Url::parse(&format!("http://{}/", application.address())).expect("a URL");
        runtime.spawn(application.run_until(std::future::pending()));
        Self { engine, url, runtime }
    }

    /// Stops it as SIGKILL does: no task continues, no connection is closed properly.
    fn kill(self) {
        self.runtime.shutdown_background();
    }
}

/// One of the two processes, as Meta and an operator reach it.
#[derive(Clone)]
struct Node {
    api: Api,
    webhook: Url,
}

impl Node {
    async fn of(story: &Story, url: &Url, line: &Line) -> Self {
        let token = token(&story.engine, Scope::Administer).await;
        let webhook = url.join(line.webhook_url.path()).expect("an address");
        Self {
            api: Api::new(url, Some(token)),
            webhook,
        }
    }
}

/// A customer with the session that extension 201 has picked up.
struct Customer {
    n: u32,
    session: String,
}

impl Customer {
    fn number(&self) -> String {
        format!("42080055520{}", self.n)
    }

    fn is_answered(&self) -> bool {
        self.n.is_multiple_of(2)
    }
}

/// The customers' messages and the operators' answers.
struct Traffic {
    meta: Simulator,
    app: App,
    phone_number_id: String,
    /// In seconds.
    now: i64,
    /// The second one survives.
    nodes: [Node; 2],
    acknowledged: AtomicU32,
}

impl Traffic {
    /// Sends one message after the other, alternating between the processes; if one does not answer, to the survivor.
    async fn of(&self, customer: &Customer) {
        for n in 1..=MESSAGES {
            let text = format!("{}.{n}", customer.n);
            let mut node = &self.nodes[usize::from((customer.n + n).is_multiple_of(2))];
            while !self.says(node, customer, &text).await {
                node = &self.nodes[1];
            }
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
            if customer.is_answered() && n % 2 == 0 {
                let mut node = &self.nodes[usize::from(n % 4 == 0)];
                while !answers(node, customer, &format!("re {text}")).await {
                    node = &self.nodes[1];
                }
            }
        }
    }

    async fn says(&self, node: &Node, customer: &Customer, text: &str) -> bool {
        let mut message = text_message(&customer.number(), &format!("wamid.{text}"), text);
        message["timestamp"] = json!(self.now.to_string());
        let body = delivery(&self.phone_number_id, &customer.number(), &[message]);
        let signature = Signature::Of(self.app.id.clone());
        let told = self.meta.deliver_raw(Some(&node.webhook), body, signature).await;
        told.is_ok_and(|(status, _)| status == 200)
    }
}

async fn answers(node: &Node, customer: &Customer, text: &str) -> bool {
    let path = format!("/api/v1/sessions/{}/messages", customer.session);
    let body = json!({"type": "text", "text": {"body": text}});
    let request = node.api.request(Method::POST, &path).json(&body);
    let answer = request.header("idempotency-key", text).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL; cargo xtask test runs them"]
async fn two_engines_apply_and_send_everything_once_and_in_order() {
    let story = Story::on_postgres().await;
    let line = story.support().await;
    let neighbour = Neighbour::start(&story).await;
    lead_to(&neighbour, &story, &line).await;
    let customers = customers(&story, &line).await;
    story.connect(&line).await;
    // Each engine counts for itself.
    let unlimited = PaceSetting {
        limited: Some(false),
        ..PaceSetting::default()
    };
    story.meta.set(Setting::Pace(unlimited)).expect("a setting");

    // Some calls take a moment; others reach Meta long before the answer arrives.
    for n in 0..1000 {
        story.meta.fault(match n % 8 {
            0 => SendFault::Hang { seconds: Some(1) },
            _ => SendFault::Delay { ms: 30 },
        });
    }
    let nodes = [
        Node::of(&story, &neighbour.url, &line).await,
        Node::of(&story, &story.url, &line).await,
    ];
    let traffic = Arc::new(Traffic {
        meta: story.meta.clone(),
        app: line.app.clone(),
        phone_number_id: line.phone_number_id.clone(),
        now: story.clock.now().millis() / 1000,
        nodes,
        acknowledged: AtomicU32::new(0),
    });
    let clients = customers.into_iter().map(|customer| {
        let traffic = traffic.clone();
        tokio::spawn(async move {
            traffic.of(&customer).await;
            customer
        })
    });
    let clients: Vec<_> = clients.collect();
    while traffic.acknowledged.load(Ordering::Relaxed) < CUSTOMERS * MESSAGES / 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(neighbour.engine.holds_the_journal().await.expect("an answer"));
    neighbour.kill();
    let customers = join_all(clients).await;
    let customers: Vec<_> = customers
        .into_iter()
        .map(|client| client.expect("no panic"))
        .collect();

    // The dead process's lease and claims expire.
    assert!(story.count("journal WHERE applied_at IS NULL").await > 0);
    story.clock.advance(TERM);
    story.engine.applied().await;
    assert!(story.engine.holds_the_journal().await.expect("an answer"));
    let claimed = story.count("outbox WHERE claimed_by IS NOT NULL").await;
    println!("{claimed} calls were under way and are not settled by a status");
    for _ in 0..3 {
        story.later(CLAIM).await;
    }
    for what in [
        "journal WHERE applied_at IS NULL",
        // Two engines that apply the same are in each other's way, and then try again.
        "journal WHERE attempts > 0",
        "deliveries WHERE attempts > 0",
        "outbox",
        "dead_letters",
        "messages WHERE status IN ('queued', 'unconfirmed', 'failed')",
    ] {
        assert_eq!(story.count(what).await, 0, "{what}");
    }
    for customer in &customers {
        stands_once_and_in_order(&story, customer).await;
    }
    story.end().await;
}

/// Makes the neighbour the process that applies, and the one that Meta calls.
async fn lead_to(neighbour: &Neighbour, story: &Story, line: &Line) {
    let theirs = Line {
        webhook_url: neighbour.url.join(line.webhook_url.path()).expect("an address"),
        ..line.clone()
    };
    story.connect(&theirs).await;
    let visitor = story.customer(99);
    for n in 0..20 {
        story.says(visitor, line, &format!("Anybody there? {n}")).await;
        if neighbour.engine.holds_the_journal().await.expect("an answer") {
            return;
        }
        story.clock.advance(TERM);
    }
    panic!("the neighbour never applies");
}

/// Every customer has said hello, which opens the service window, and every session is picked up.
async fn customers(story: &Story, line: &Line) -> Vec<Customer> {
    let mut ids: Vec<CustomerId> = Vec::new();
    for n in 0..CUSTOMERS {
        let id = story.customer(n);
        let said = story
            .meta
            .customer_says(id, &line.phone_number_id, &format!("{n}.0"));
        said.expect("a customer");
        ids.push(id);
    }
    story.settled().await;
    let sessions = story.api.items("/api/v1/sessions?limit=200").await;
    let by_label: HashMap<&str, &Value> = sessions
        .iter()
        .map(|session| (session["contact"]["label"].as_str().expect("a name"), session))
        .collect();
    let mut customers = Vec::new();
    for n in 0..CUSTOMERS {
        let session = id_of(by_label[format!("Customer {n}").as_str()]);
        let path = format!("/api/v1/sessions/{session}/pick-up");
        story.api.post(&path, json!({"extension": "201"})).await.ok();
        customers.push(Customer { n, session });
    }
    customers
}

async fn stands_once_and_in_order(story: &Story, customer: &Customer) {
    let session = story
        .api
        .get(&format!("/api/v1/sessions/{}", customer.session))
        .await
        .ok();
    let messages = story.messages(&session).await;
    let texts = |direction: &str| -> Vec<String> {
        let these = messages
            .iter()
            .filter(|message| message["direction"] == direction);
        these
            .map(|message| message["text"]["body"].as_str().expect("text").to_owned())
            .collect()
    };
    let n = customer.n;
    let said: Vec<_> = (0..=MESSAGES).map(|m| format!("{n}.{m}")).collect();
    assert_eq!(texts("inbound"), said);
    let answered: Vec<_> = (1..=MESSAGES)
        .filter(|m| customer.is_answered() && m % 2 == 0)
        .map(|m| format!("re {n}.{m}"))
        .collect();
    assert_eq!(texts("outbound"), answered);
    let number = customer.number();
    let sent = story.meta.sent_messages().into_iter();
    let sent = sent.filter(|sent| sent.to.as_deref().is_some_and(|to| to.ends_with(&number)));
    let sent: Vec<_> = sent
        .map(|sent| sent.body["text"]["body"].as_str().expect("text").to_owned())
        .collect();
    assert_eq!(sent, answered, "what reached customer {n}");
    if !customer.is_answered() {
        assert_eq!(session["unread"], MESSAGES + 1, "{session}");
    }
}
