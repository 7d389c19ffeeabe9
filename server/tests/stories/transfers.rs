//! Supervisors move sessions, and nobody's customers are stranded.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::Browser,
        world::{Line, id_of},
    },
};
use domain::{access::Actor, directory::ExtensionForm, event::Change};
use engine::saved::Expected;
use futures::future::join_all;
use reqwest::header;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    a_supervisor_takes_over_and_everybody_learns_it
    a_session_taken_over_by_sixteen_has_one_new_owner
    whoever_only_looked_learns_who_picked_it_up
    a_reply_goes_out_under_its_writers_log_in_only
    sessions_are_transferred_to_extensions_and_queues
    many_are_transferred_together
    many_transferred_by_sixteen_move_once
    what_was_done_with_many_is_taken_back
    many_closed_and_opened_by_sixteen_end_in_one_state
    a_disabled_extension_strands_nobody
    a_removed_log_in_strands_nobody
    nobody_is_given_a_session_while_being_disabled
    it_works_without_javascript
}

/// Two operators in a queue, a supervisor outside of it, and a connected channel.
struct Desk {
    jana: Browser,
    jana_id: String,
    petr: Browser,
    petr_id: String,
    boss: Browser,
    boss_id: String,
    queue: String,
    line: Line,
}

impl Desk {
    async fn open(story: &Story) -> Self {
        let (jana_id, jana) = story.operator("201", "jana").await;
        let (petr_id, petr) = story.operator("202", "petr").await;
        let (boss_id, boss) = story.supervisor("900", "boss").await;
        let queue = story.queue("Support", &[&jana_id, &petr_id]).await;
        let line = story.channel(&story.app(1), 1, "queue", &queue).await;
        story.connect(&line).await;
        Self {
            jana,
            jana_id,
            petr,
            petr_id,
            boss,
            boss_id,
            queue,
            line,
        }
    }

    /// A session that Jana picked up from the queue, and one that came to her directly through a channel of her own.
    async fn janas_of_both_kinds(&self, story: &Story) -> (String, String) {
        let queued = self.janas(story, 1).await;
        let direct = story.channel(&story.app(2), 2, "extension", &self.jana_id).await;
        story.connect(&direct).await;
        story.says(story.customer(2), &direct, "Hello, Jana").await;
        let sessions = ids(&story.api.items("/api/v1/sessions").await);
        let routed = sessions
            .into_iter()
            .find(|id| *id != queued)
            .expect("a second session");
        (queued, routed)
    }

    /// A session that Jana has.
    async fn janas(&self, story: &Story, n: u32) -> String {
        let before = ids(&story.api.items("/api/v1/sessions?limit=200").await);
        story.says(story.customer(n), &self.line, "Hello").await;
        let after = ids(&story.api.items("/api/v1/sessions?limit=200").await);
        let session = after
            .into_iter()
            .find(|id| !before.contains(id))
            .expect("a new session");
        let picked = self.jana.call("inbox/pick-up", &[("session", &session)]).await;
        assert!(picked.status.is_success(), "{picked:?}");
        session
    }
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(id_of).collect()
}

async fn read(story: &Story, session: &str) -> Value {
    story.api.get(&format!("/api/v1/sessions/{session}")).await.ok()
}

/// The refusal of a server function.
fn refusal(answer: &Answer) -> Value {
    let text = &answer.text;
    let json = &text[text.find('{').unwrap_or_else(|| panic!("{answer:?}"))..];
    let error: Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
    error["Refused"].clone()
}

async fn take_over(browser: &Browser, session: &str, from: &str, reason: &str) -> Answer {
    let from = format!("extension:{from}");
    let arguments = [("session", session), ("from", &from), ("reason", reason)];
    browser.call("transfers/take-over", &arguments).await
}

/// The newest line of a session's timeline.
async fn newest_moment(browser: &Browser, session: &str) -> Value {
    let thread = browser.call("inbox/thread", &[("session", session)]).await.ok();
    thread["timeline"]
        .as_array()
        .expect("moments")
        .last()
        .expect("one")
        .clone()
}

async fn a_supervisor_takes_over_and_everybody_learns_it(story: &Story) {
    let desk = Desk::open(story).await;
    let session = desk.janas(story, 1).await;
    let thread = async |browser: &Browser| browser.call("inbox/thread", &[("session", &session)]).await;
    assert_eq!(thread(&desk.boss).await.ok()["may"]["take_over"], true);
    assert_eq!(thread(&desk.jana).await.ok()["may"]["take_over"], false);
    let operator = take_over(&desk.petr, &session, &desk.jana_id, "").await;
    assert!(operator.status.is_client_error(), "{operator:?}");

    let taken = take_over(&desk.boss, &session, &desk.jana_id, "Jana is ill").await;
    assert!(taken.status.is_success(), "{taken:?}");
    let now = read(story, &session).await;
    assert_eq!(
        (&now["state"], &now["extension"]["id"]),
        (&json!("assigned"), &json!(desk.boss_id))
    );
    let moment = newest_moment(&desk.boss, &session).await;
    assert_eq!(
        (&moment["what"], &moment["who"], &moment["reason"]),
        (
            &json!("taken_over"),
            &json!("Supervisor 900"),
            &json!("Jana is ill")
        )
    );

    // The previous owner learns who has it, whatever she tries, and sends nothing.
    let who = json!({"reason": "taken", "by": "Supervisor 900"});
    assert_eq!(refusal(&thread(&desk.jana).await), who);
    let reply = [("session", session.as_str()), ("body", "I was about to answer")];
    assert_eq!(refusal(&desk.jana.call("inbox/send", &reply).await), who);
    assert_eq!(
        refusal(&desk.jana.call("inbox/close", &[("session", &session)]).await),
        who
    );
    // So does a member of its queue.
    assert_eq!(refusal(&thread(&desk.petr).await), who);
    // The new owner continues.
    let reply = [("session", session.as_str()), ("body", "It is me now")];
    assert!(desk.boss.call("inbox/send", &reply).await.status.is_success());
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
    // Taking over a session that one already owns changes nothing.
    let moments = story.count("session_moments").await;
    assert!(
        take_over(&desk.boss, &session, &desk.boss_id, "")
            .await
            .status
            .is_success()
    );
    assert_eq!(story.count("session_moments").await, moments);
}

async fn a_reply_goes_out_under_its_writers_log_in_only(story: &Story) {
    let desk = Desk::open(story).await;
    let session = desk.janas(story, 1).await;
    let id = async |browser: &Browser| id_of(&browser.call("auth/me", &[]).await.ok());
    let (jana, petr) = (id(&desk.jana).await, id(&desk.petr).await);
    // A text that Petr wrote before Jana logged in in the same browser.
    let reply = |writer| {
        [
            ("session", session.as_str()),
            ("body", "Hello"),
            ("writer", writer),
        ]
    };
    let refused = desk.jana.call("inbox/send", &reply(&petr)).await;
    assert_eq!(refused.status, 401, "{refused:?}");
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 0);
    desk.jana.call("inbox/send", &reply(&jana)).await.ok();
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
}

async fn a_session_taken_over_by_sixteen_has_one_new_owner(story: &Story) {
    let desk = Desk::open(story).await;
    let session = desk.janas(story, 1).await;
    let bosses: Vec<_> = (0..16).map(|n| (910 + n).to_string()).collect();
    let bosses = join_all(bosses.iter().map(|number| story.supervisor(number, number))).await;
    let claims = bosses
        .iter()
        .map(|(_, boss)| take_over(boss, &session, &desk.jana_id, ""));
    let answers = join_all(claims).await;
    let won = answers.iter().filter(|answer| answer.status.is_success()).count();
    let taken = answers
        .iter()
        .filter(|answer| answer.status == 409 && answer.text.contains("\"taken\""))
        .count();
    assert_eq!((won, taken), (1, 15), "{answers:#?}");
    let winner = answers.iter().position(|answer| answer.status.is_success());
    let owner = &read(story, &session).await["extension"]["id"];
    assert_eq!(*owner, json!(bosses[winner.expect("a winner")].0));
    assert_eq!(
        story.count("session_moments").await,
        4,
        "opened, queued, picked up, taken over"
    );
}

async fn whoever_only_looked_learns_who_picked_it_up(story: &Story) {
    let desk = Desk::open(story).await;
    let (_, stranger) = story.operator("203", "stranger").await;
    let session = desk.janas(story, 1).await;
    let looked =
        async |browser: &Browser| refusal(&browser.call("inbox/thread", &[("session", &session)]).await);
    assert_eq!(
        looked(&desk.petr).await,
        json!({"reason": "taken", "by": "Operator 201"})
    );
    assert_eq!(
        looked(&stranger).await,
        json!({"reason": "not_found"}),
        "it was never theirs to see"
    );
    desk.jana.call("inbox/close", &[("session", &session)]).await;
    assert_eq!(looked(&desk.petr).await, json!({"reason": "not_found"}));
}

async fn sessions_are_transferred_to_extensions_and_queues(story: &Story) {
    let desk = Desk::open(story).await;
    let session = desk.janas(story, 1).await;
    let sales = story.queue("Sales", &[&desk.boss_id]).await;
    let path = format!("/api/v1/sessions/{session}/transfer");
    let to = |kind: &str, id: &str| json!({"to": {"type": kind, "id": id}});

    let moved = story
        .api
        .post(
            &path,
            json!({"to": {"type": "queue", "id": sales}, "from": {"type": "extension", "id": desk.jana_id}, "reason": "An order"}),
        )
        .await
        .ok();
    assert_eq!(
        (&moved["state"], &moved["extension"], &moved["queue"]["name"]),
        (&json!("waiting"), &json!(null), &json!("Sales"))
    );
    let jana = desk.jana.call("inbox/thread", &[("session", &session)]).await;
    assert_eq!(refusal(&jana), json!({"reason": "moved", "to": "Sales"}));
    let moment = newest_moment(&desk.boss, &session).await;
    assert_eq!(
        (&moment["what"], &moment["who"], &moment["by"], &moment["reason"]),
        (
            &json!("transferred"),
            &json!("Sales"),
            &json!("story"),
            &json!("An order")
        )
    );

    // The request names a holder that no longer has the session.
    let late = json!({"to": {"type": "extension", "id": desk.petr_id}, "from": {"type": "extension", "id": desk.jana_id}});
    let late = story.api.post(&path, late).await.problem(409);
    assert_eq!(late["type"], "urn:switchboard:moved");
    let moved = story.api.post(&path, to("extension", &desk.petr_id)).await.ok();
    assert_eq!(moved["extension"]["id"], desk.petr_id);
    assert_eq!(moved["queue"]["name"], "Sales", "where it came from is kept");
    assert!(
        desk.petr
            .call("inbox/thread", &[("session", &session)])
            .await
            .status
            .is_success()
    );

    for (body, status) in [
        (to("extension", "00000000-0000-0000-0000-000000000000"), 422),
        (to("nobody", &desk.petr_id), 422),
        (
            json!({"to": {"type": "queue", "id": sales}, "reason": "x".repeat(201)}),
            422,
        ),
        (json!({"reason": "nowhere"}), 422),
    ] {
        story.api.post(&path, body).await.problem(status);
    }
    let nothing = "/api/v1/sessions/00000000-0000-0000-0000-000000000000/transfer";
    story.api.post(nothing, to("queue", &sales)).await.problem(404);
    let reader = story.api_with(domain::access::Scope::Read).await;
    reader.post(&path, to("queue", &sales)).await.problem(403);
    let queue = sales.parse().expect("an id");
    engine::directory::queues::set_disabled(&story.engine, &Actor::System, queue, true)
        .await
        .expect("disabled");
    let disabled = story.api.post(&path, to("queue", &sales)).await.problem(409);
    assert_eq!(disabled["type"], "urn:switchboard:disabled");
    story
        .api
        .post(&format!("/api/v1/sessions/{session}/close"), json!({}))
        .await
        .ok();
    let closed = story.api.post(&path, to("queue", &desk.queue)).await.problem(409);
    assert_eq!(closed["type"], "urn:switchboard:session_closed");
}

async fn many_are_transferred_together(story: &Story) {
    let desk = Desk::open(story).await;
    let mut sessions = Vec::new();
    for n in 1..=6 {
        sessions.push(desk.janas(story, n).await);
    }
    story
        .api
        .post(&format!("/api/v1/sessions/{}/close", sessions[0]), json!({}))
        .await
        .ok();
    assert!(
        take_over(&desk.boss, &sessions[1], &desk.jana_id, "")
            .await
            .status
            .is_success()
    );

    let holders = async || {
        let page = desk.boss.call("transfers/sessions", &[]).await.ok();
        let rows = page["holders"].as_array().expect("rows").clone();
        rows.iter()
            .map(|row| (row["label"].clone(), row["open"].clone()))
            .collect::<Vec<_>>()
    };
    let row = |label: &str, open: u32| (json!(label), json!(open));
    assert_eq!(
        holders().await,
        [row("201 Operator 201", 4), row("900 Supervisor 900", 1)]
    );
    assert_eq!(
        refusal(&desk.petr.call("transfers/sessions", &[]).await),
        json!({"reason": "forbidden"})
    );

    let to = format!("extension:{}", desk.petr_id);
    let mut arguments = vec![("to", to.as_str()), ("reason", "Holiday")];
    let none = desk.boss.call("transfers/all", &arguments).await;
    assert_eq!(refusal(&none)["fields"][0]["field"], "sessions");
    let seen = seen_with(&sessions, &format!("extension:{}", desk.jana_id));
    arguments.extend(seen.iter().map(|seen| ("sessions[]", seen.as_str())));
    let moved = desk.boss.call("transfers/all", &arguments).await.ok();
    assert_eq!(
        (
            &moved["bulk"]["done"].as_array().expect("ids").len(),
            &moved["bulk"]["left"]
        ),
        (&4, &json!(2))
    );
    assert_eq!(
        holders().await,
        [row("202 Operator 202", 4), row("900 Supervisor 900", 1)]
    );
    let moment = newest_moment(&desk.petr, &sessions[3]).await;
    assert_eq!(
        (&moment["who"], &moment["reason"]),
        (&json!("Operator 202"), &json!("Holiday"))
    );

    let body = json!({"sessions": sessions, "to": {"type": "queue", "id": desk.queue}});
    let moved = story.api.post("/api/v1/sessions/transfer", body).await.ok();
    assert_eq!(moved, json!({"moved": 5, "left": 1}));
    assert_eq!(holders().await, [row("Support", 5)]);
    let body = json!({"sessions": [], "to": {"type": "queue", "id": desk.queue}});
    story
        .api
        .post("/api/v1/sessions/transfer", body)
        .await
        .problem(422);
    let many: Vec<_> = (0..201)
        .map(|n| format!("00000000-0000-0000-0000-{n:012}"))
        .collect();
    let body = json!({"sessions": many, "to": {"type": "queue", "id": desk.queue}});
    story
        .api
        .post("/api/v1/sessions/transfer", body)
        .await
        .problem(422);
}

/// The sessions, seen with this holder.
fn seen_with(sessions: &[String], holder: &str) -> Vec<String> {
    let seen = |id: &String| format!("{id}@{holder}");
    sessions.iter().map(seen).collect()
}

/// The sessions that were moved or closed, as the answer names them: each with the holder who had it.
fn done(answer: &Value) -> Vec<String> {
    let done = answer["bulk"]["done"].as_array().expect("sessions");
    let text = |seen: &Value| seen.as_str().expect("a text").to_owned();
    done.iter().map(text).collect()
}

/// The arguments of an action on these sessions.
fn about<'a>(sessions: &'a [String], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let ids = sessions.iter().map(|id| ("sessions[]", id.as_str()));
    ids.chain(more.iter().copied()).collect()
}

async fn what_was_done_with_many_is_taken_back(story: &Story) {
    let desk = Desk::open(story).await;
    let mut sessions = Vec::new();
    for n in 1..=3 {
        sessions.push(desk.janas(story, n).await);
    }
    story.says(story.customer(4), &desk.line, "Hello").await;
    let waiting = story.api.items("/api/v1/sessions").await;
    let waiting = waiting.iter().find(|row| row["state"] == "waiting");
    let waiting = id_of(waiting.expect("one waits"));
    let [jana, petr] = [&desk.jana_id, &desk.petr_id].map(|id| format!("extension:{id}"));
    let queue = format!("queue:{}", desk.queue);
    let all = "transfers/all";

    // A transfer goes back to whoever had them: one of them waits in the queue.
    let mut seen = seen_with(&sessions, &jana);
    seen.push(format!("{waiting}@{queue}"));
    let there = [("to", petr.as_str())];
    let moved = desk.boss.call(all, &about(&seen, &there)).await.ok();
    assert_eq!(read(story, &sessions[0]).await["extension"]["number"], "202");
    assert_eq!(read(story, &waiting).await["extension"]["number"], "202");
    let mut had = done(&moved);
    had.sort();
    seen.sort();
    assert_eq!(had, seen);
    // Whoever got it has passed one on, which stays where it is.
    let on = json!({"to": {"type": "queue", "id": desk.queue}});
    let path = format!("/api/v1/sessions/{}/transfer", sessions[2]);
    story.api.post(&path, on).await.ok();
    let undone = desk.boss.call("transfers/undo", &about(&had, &there)).await.ok();
    assert_eq!(
        (&undone["undone"], done(&undone).len(), &undone["bulk"]["left"]),
        (&json!(true), 3, &json!(1))
    );
    assert_eq!(read(story, &sessions[0]).await["extension"]["number"], "201");
    assert_eq!(read(story, &waiting).await["state"], "waiting");
    assert_eq!(read(story, &sessions[2]).await["state"], "waiting");
    let again = desk.boss.call("transfers/undo", &about(&had, &there)).await.ok();
    assert_eq!(again["bulk"], json!({"done": [], "left": 4}));
    let nowhere = desk.boss.call("transfers/undo", &about(&had, &[])).await;
    assert_eq!(refusal(&nowhere)["fields"][0]["field"], "to");
    let back = json!({"to": {"type": "extension", "id": desk.jana_id}});
    story.api.post(&path, back).await.ok();

    // So do sessions that were closed, with what was unread; but not when the customer has written since.
    story.says(story.customer(1), &desk.line, "And?").await;
    let sessions_of_petr = seen_with(&sessions, &petr);
    let close = [("action", "close"), ("reason", "Spam")];
    let closed = desk.boss.call(all, &about(&sessions_of_petr, &close)).await.ok();
    assert_eq!(closed["bulk"], json!({"done": [], "left": 3}));
    let of_jana = seen_with(&sessions, &jana);
    let closed = desk.boss.call(all, &about(&of_jana, &close)).await.ok();
    assert_eq!(done(&closed).len(), 3);
    let moment = newest_moment(&desk.boss, &sessions[0]).await;
    assert_eq!(
        (&moment["what"], &moment["reason"]),
        (&json!("closed"), &json!("Spam"))
    );
    story.says(story.customer(2), &desk.line, "Again").await;
    let undo = [("action", "close")];
    for refused in [&desk.jana, &desk.petr] {
        assert_eq!(
            refused
                .call("transfers/undo", &about(&of_jana, &undo))
                .await
                .status,
            403
        );
        assert_eq!(refused.call(all, &about(&sessions, &close)).await.status, 403);
    }
    let undone = desk
        .boss
        .call("transfers/undo", &about(&of_jana, &undo))
        .await
        .ok();
    assert_eq!(
        (
            undone["bulk"]["done"].as_array().expect("ids").len(),
            &undone["bulk"]["left"]
        ),
        (2, &json!(1))
    );
    let first = read(story, &sessions[0]).await;
    assert_eq!(
        (&first["state"], &first["extension"]["number"], &first["unread"]),
        (&json!("assigned"), &json!("201"), &json!(2)),
        "{first}"
    );
    assert_eq!(read(story, &sessions[1]).await["state"], "closed");

    // One that waited waits again, for ten minutes.
    let one = [waiting.clone()];
    let close = [("action", "close")];
    desk.boss.call(all, &about(&one, &close)).await.ok();
    desk.boss.call("transfers/undo", &about(&one, &close)).await.ok();
    let again = read(story, &waiting).await;
    assert_eq!(
        (&again["state"], &again["unread"]),
        (&json!("waiting"), &json!(1)),
        "{again}"
    );
    desk.boss.call(all, &about(&one, &close)).await.ok();
    story.clock.advance(Duration::from_secs(601));
    let late = desk.boss.call("transfers/undo", &about(&one, &close)).await.ok();
    assert_eq!(late["bulk"], json!({"done": [], "left": 1}));

    // Scripts close many, too.
    let body = json!({"sessions": sessions, "reason": "Weekend"});
    let closed = story.api.post("/api/v1/sessions/close", body).await.ok();
    assert_eq!(closed, json!({"closed": 2, "left": 1}));
    let none = story
        .api
        .post("/api/v1/sessions/close", json!({"sessions": []}))
        .await;
    none.problem(422);
}

async fn many_closed_and_opened_by_sixteen_end_in_one_state(story: &Story) {
    let desk = Desk::open(story).await;
    let mut sessions = Vec::new();
    for n in 1..=4 {
        sessions.push(desk.janas(story, n).await);
    }
    let close = about(&sessions, &[("action", "close")]);
    let answers = join_all((0..16).map(|n| {
        let function = if n % 2 == 0 {
            "transfers/all"
        } else {
            "transfers/undo"
        };
        desk.boss.call(function, &close)
    }))
    .await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    desk.boss.call("transfers/undo", &close).await.ok();
    for session in &sessions {
        let now = read(story, session).await;
        assert_eq!(
            (&now["state"], &now["extension"]["number"]),
            (&json!("assigned"), &json!("201"))
        );
    }
}

async fn many_transferred_by_sixteen_move_once(story: &Story) {
    let desk = Desk::open(story).await;
    let mut sessions = Vec::new();
    for n in 1..=8 {
        sessions.push(desk.janas(story, n).await);
    }
    let targets = [
        ("extension", &desk.petr_id),
        ("extension", &desk.boss_id),
        ("queue", &desk.queue),
    ];
    let moves = (0..16).map(|n| {
        let (kind, id) = targets[n % 3];
        let body = json!({
            "sessions": sessions, "to": {"type": kind, "id": id},
            "from": {"type": "extension", "id": desk.jana_id},
        });
        story.api.post("/api/v1/sessions/transfer", body)
    });
    let answers = join_all(moves).await;
    let moved: u64 = answers
        .iter()
        .map(|answer| answer.ok()["moved"].as_u64().expect("a number"))
        .sum();
    assert_eq!(moved, 8, "each once");
    assert_eq!(story.count("session_moments").await, 8 * 4);
}

async fn a_disabled_extension_strands_nobody(story: &Story) {
    let desk = Desk::open(story).await;
    let (queued, routed) = desk.janas_of_both_kinds(story).await;

    let jana = desk.jana_id.parse().expect("an id");
    let disable = async |disabled| {
        engine::directory::extensions::set_disabled(&story.engine, &Actor::System, jana, disabled)
            .await
            .expect("done");
    };
    disable(true).await;
    let place = async |id: &str| {
        let now = read(story, id).await;
        (
            now["state"].clone(),
            now["extension"].clone(),
            now["queue"]["name"].clone(),
        )
    };
    assert_eq!(
        place(&queued).await,
        (json!("waiting"), json!(null), json!("Support"))
    );
    assert_eq!(place(&routed).await, (json!("waiting"), json!(null), json!(null)));
    assert_eq!(newest_moment(&desk.petr, &queued).await["what"], "back_in_queue");
    assert_eq!(newest_moment(&desk.boss, &routed).await["what"], "left_to_nobody");

    // A member of the queue continues the first, a supervisor the second.
    assert!(
        desk.petr
            .call("inbox/pick-up", &[("session", &queued)])
            .await
            .status
            .is_success()
    );
    let page = desk
        .boss
        .call("transfers/sessions", &[("of", "nobody")])
        .await
        .ok();
    let nobody = page["holders"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["holder"] == "nobody");
    assert_eq!(nobody.expect("a row")["unattended"], true);
    assert_eq!(id_of(&page["shown"]["sessions"]["items"][0]), routed);
    assert!(
        desk.boss
            .call("inbox/pick-up", &[("session", &routed)])
            .await
            .status
            .is_success()
    );
    disable(false).await;
    assert_eq!(
        place(&queued).await.1["number"],
        "202",
        "nothing comes back by itself"
    );
}

/// Nobody can answer there any more, so it has the effect of disabling the extension, and open pages are told.
async fn a_removed_log_in_strands_nobody(story: &Story) {
    let desk = Desk::open(story).await;
    let (queued, routed) = desk.janas_of_both_kinds(story).await;

    let mut events = story.engine.events().subscribe();
    let without = ExtensionForm {
        number: "201".into(),
        name: "Operator 201".into(),
        role: "operator".into(),
        ..ExtensionForm::default()
    };
    let jana = desk.jana_id.parse().expect("an id");
    engine::directory::extensions::change(&story.engine, &Actor::System, jana, &Expected::Any, &without)
        .await
        .expect("saved");
    for (id, queue, moment) in [
        (&queued, json!("Support"), "back_in_queue"),
        (&routed, json!(null), "left_to_nobody"),
    ] {
        let now = read(story, id).await;
        assert_eq!(
            (&now["state"], &now["extension"], &now["queue"]["name"]),
            (&json!("waiting"), &json!(null), &queue)
        );
        assert_eq!(newest_moment(&desk.boss, id).await["what"], moment);
        let session = id.parse().expect("an id");
        loop {
            let next = tokio::time::timeout(Duration::from_secs(5), events.next(&Actor::System));
            let event = next.await.expect("told").expect("an event");
            if event.change == (Change::Session { session }) {
                break;
            }
        }
    }
    let refused = desk.jana.call("inbox/thread", &[("session", &queued)]).await;
    assert!(!refused.status.is_success(), "{refused:?}");
    let picked = desk.petr.call("inbox/pick-up", &[("session", &queued)]).await;
    assert!(picked.status.is_success(), "{picked:?}");
}

async fn nobody_is_given_a_session_while_being_disabled(story: &Story) {
    let desk = Desk::open(story).await;
    let mut sessions = Vec::new();
    for n in 1..=8 {
        sessions.push(desk.janas(story, n).await);
    }
    let petr = desk.petr_id.parse().expect("an id");
    let disable = async {
        engine::directory::extensions::set_disabled(&story.engine, &Actor::System, petr, true)
            .await
            .expect("disabled");
    };
    let moves = sessions.iter().cycle().take(16).map(async |session| {
        let body = json!({"to": {"type": "extension", "id": desk.petr_id}});
        let path = format!("/api/v1/sessions/{session}/transfer");
        story.api.post(&path, body).await
    });
    let (answers, ()) = futures::join!(join_all(moves), disable);
    for answer in &answers {
        assert!(answer.status.is_success() || answer.status == 409, "{answer:?}");
    }
    for session in &sessions {
        assert_ne!(read(story, session).await["extension"]["number"], "202");
    }
}

async fn it_works_without_javascript(story: &Story) {
    let desk = Desk::open(story).await;
    let session = desk.janas(story, 1).await;
    let page = async |browser: &Browser, path: &str| {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        page.text
    };
    let step = |name: &str| format!("/inbox/{session}?tab=all&step={name}");
    for name in ["close", "take-over", "transfer"] {
        let text = page(&desk.boss, &step(name)).await;
        let opened: Vec<_> = text
            .split("<dialog")
            .skip(1)
            .filter_map(|rest| rest.split('>').next())
            .filter(|head| {
                head.split_whitespace()
                    .any(|word| word == "open" || word.starts_with("open="))
            })
            .collect();
        assert_eq!(opened.len(), 1, "{name}: {opened:?}");
        assert!(opened[0].contains(&format!("step-{name}")), "{opened:?}");
    }
    let text = page(&desk.boss, &step("transfer")).await;
    assert!(text.contains(&format!("value=\"extension:{}\"", desk.petr_id)));
    assert!(
        !page(&desk.jana, &step("transfer"))
            .await
            .contains("step-transfer")
    );

    let post = async |browser: &Browser, function: &str, arguments: &[(&str, &str)], from: &str| {
        let request = browser
            .calling(function, arguments)
            .header(header::REFERER, story.url.join(from).expect("a URL").as_str())
            .header(header::ACCEPT, "text/html,*/*;q=0.8");
        Answer::of(request.send().await.expect("an answer")).await
    };
    let from = format!("extension:{}", desk.jana_id);
    let arguments = [("session", session.as_str()), ("from", &from), ("reason", "Noon")];
    let answer = post(&desk.boss, "transfers/take-over", &arguments, &step("take-over")).await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("location"), format!("/inbox/{session}?tab=mine"));
    assert!(
        page(&desk.boss, &format!("/inbox/{session}?tab=mine"))
            .await
            .contains("Noon")
    );

    // The page of open sessions and the session log post the same form, and lead back to where it was.
    let seen = format!("{session}@extension:{}", desk.boss_id);
    let queue = format!("queue:{}", desk.queue);
    for back in [
        format!("/sessions?of=extension:{}", desk.boss_id),
        "/session-log?state=open".to_owned(),
    ] {
        let list = page(&desk.boss, &back).await;
        assert!(list.contains(&format!("value=\"{seen}\"")), "{list}");
        assert!(
            list.contains(&format!("name=\"back\" value=\"{back}\"")),
            "{list}"
        );
        let arguments = [("sessions[]", seen.as_str()), ("to", &queue), ("back", &back)];
        let answer = post(&desk.boss, "transfers/all", &arguments, &back).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (302, back.as_str())
        );
        let after = page(&desk.boss, &back).await;
        assert!(after.contains("Transferred: 1."), "{after}");
        assert_eq!(read(story, &session).await["state"], "waiting");
        let answer = post(&desk.boss, "transfers/undo", &arguments, &back).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (302, back.as_str())
        );
        assert!(page(&desk.boss, &back).await.contains("Taken back: 1."));
        assert_eq!(read(story, &session).await["extension"]["number"], "900");
    }
    let arguments = [
        ("sessions[]", seen.as_str()),
        ("to", &queue),
        ("back", "//evil.example"),
    ];
    let answer = post(&desk.boss, "transfers/all", &arguments, "/sessions").await;
    assert_eq!(answer.header("location"), "/");
    // The page shows what is wrong.
    let arguments = [("to", queue.as_str())];
    let answer = post(&desk.boss, "transfers/all", &arguments, "/sessions?of=nobody").await;
    assert_eq!(answer.status, 302);
    assert!(answer.header("location").contains("__err"));
}
