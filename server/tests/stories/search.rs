//! The search over messages and notes: what it finds, for whom, and how a hit opens its place in the thread.

use crate::{
    content::{of_type, post},
    stories,
    support::{
        Story,
        users::Browser,
        world::{Line, id_of},
    },
};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    messages_and_notes_are_found_by_their_text
    nobody_finds_what_they_do_not_see
    what_is_deleted_is_not_found_and_an_edit_leads_to_its_message
    what_is_older_than_the_index_is_found
    scripts_search_with_a_token
    hits_come_page_by_page
    a_hit_opens_its_place_in_a_long_thread
    whatever_is_searched_for_is_answered
}

struct Desk {
    line: Line,
    jana: Browser,
    petr: Browser,
    session: String,
}

/// Jana and Petr have a queue each; a customer writes to Jana's.
async fn desk(story: &Story, text: &str) -> Desk {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, petr) = story.operator("202", "petr").await;
    let queue = story.queue("Support", &[&jana_id]).await;
    story.queue("Sales", &[&petr_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, text).await;
    let session = id_of(&story.session().await);
    Desk {
        line,
        jana,
        petr,
        session,
    }
}

async fn page(browser: &Browser, search: &str, cursor: Option<&str>) -> Value {
    let mut arguments = vec![("search", search)];
    arguments.extend(cursor.map(|cursor| ("cursor", cursor)));
    browser.call("inbox/search", &arguments).await.ok()
}

/// The excerpts of the hits, with what was searched for in brackets.
async fn found(browser: &Browser, search: &str) -> Vec<String> {
    excerpts(&page(browser, search, None).await)
}

fn excerpts(page: &Value) -> Vec<String> {
    let piece = |piece: &Value| {
        let text = piece["text"].as_str().expect("a text");
        match piece["hit"].as_bool().expect("a hit or not") {
            true => format!("[{text}]"),
            false => text.to_owned(),
        }
    };
    let hits = page["items"].as_array().expect("hits").iter();
    hits.map(|hit| {
        hit["excerpt"]
            .as_array()
            .expect("pieces")
            .iter()
            .map(piece)
            .collect()
    })
    .collect()
}

async fn scripts_search_with_a_token(story: &Story) {
    let desk = desk(story, "Dobrý den, objednávka č. 1").await;
    let note = [
        ("session", desk.session.as_str()),
        ("text", "Objednávka je hotová"),
    ];
    desk.jana.call("inbox/note", &note).await.ok();
    story
        .says(story.customer(1), &desk.line, "A co objednávka č. 2?")
        .await;
    let first = story.api.get("/api/v1/search?q=objednavka&limit=2").await.ok();
    let hit = |page: &Value, n: usize| {
        let hit = &page["items"][n];
        assert_eq!(hit["session"], json!(desk.session), "{page}");
        (hit["type"].clone(), hit["excerpt"].clone(), hit["ours"].clone())
    };
    assert_eq!(
        hit(&first, 0),
        (json!("message"), json!("A co objednávka č. 2?"), json!(false))
    );
    assert_eq!(
        hit(&first, 1),
        (json!("note"), json!("Objednávka je hotová"), json!(true))
    );
    let cursor = first["next_cursor"].as_str().expect("more");
    let second = format!("/api/v1/search?q=objednavka&limit=2&cursor={cursor}");
    let second = story.api.get(&second).await.ok();
    assert_eq!(hit(&second, 0).1, json!("Dobrý den, objednávka č. 1"));
    assert_eq!(
        (&second["next_cursor"], &second["incomplete"]),
        (&Value::Null, &json!(false))
    );
    for nothing in [
        "/api/v1/search",
        "/api/v1/search?q=%20",
        "/api/v1/search?q=nobody",
    ] {
        assert_eq!(story.api.get(nothing).await.ok()["items"], json!([]), "{nothing}");
    }
    for wrong in ["q=a&cursor=x", "q=a&limit=0", "q=a&q=b"] {
        story
            .api
            .get(&format!("/api/v1/search?{wrong}"))
            .await
            .problem(400);
    }
}

async fn reply(browser: &Browser, session: &str, text: &str) {
    browser
        .call("inbox/send", &[("session", session), ("body", text)])
        .await
        .ok();
}

async fn messages_and_notes_are_found_by_their_text(story: &Story) {
    let desk = desk(story, "Dobrý den, posílám objednávku č. 2024-0017").await;
    let (jana, session) = (&desk.jana, &desk.session);
    jana.call("inbox/pick-up", &[("session", session)]).await.ok();
    reply(jana, session, "Objednávku máme, Řehoř zavolá na 777 123 456").await;
    let note = [
        ("session", session.as_str()),
        ("text", "Ask Čeněk about the invoice"),
    ];
    jana.call("inbox/note", &note).await.ok();
    for (search, expected) in [
        ("objednav", 2),
        ("OBJEDNÁVKU", 2),
        ("20240017", 1),
        ("reh", 1),
        ("+420 777 123 456", 0),
        ("777123456", 1),
        ("cenek invoice", 1),
        ("objednavku zavola", 1),
        ("objednavku faktura", 0),
        ("bjednavku", 0),
    ] {
        assert_eq!(found(jana, search).await.len(), expected, "{search}");
    }
    assert_eq!(
        found(jana, "objednavku").await,
        [
            "[Objednávku] máme, Řehoř zavolá na 777 123 456",
            "Dobrý den, posílám [objednávku] č. 2024-0017"
        ]
    );
    let hits = page(jana, "cenek", None).await;
    let hit = &hits["items"][0];
    assert_eq!(
        (&hit["note"], &hit["author"]),
        (&json!(true), &json!("Operator 201"))
    );
    assert_eq!(
        (&hit["session"], &hits["incomplete"]),
        (&json!(session), &json!(false))
    );
    // The page without a script.
    let html = jana.get("/inbox?tab=mine&q=rehor").await.text;
    assert!(html.contains("<mark>Řehoř<"), "{html}");
    let of_notes = jana.get("/inbox?tab=mine&q=invoice").await.text;
    let id = hit["id"].as_str().expect("an id");
    assert!(of_notes.contains(&format!("at={id}#n-{id}")), "{of_notes}");
}

async fn nobody_finds_what_they_do_not_see(story: &Story) {
    let desk = desk(story, "A secret").await;
    let Desk {
        line,
        jana,
        petr,
        session,
    } = &desk;
    let admin = story.admin("admin").await;
    let who_finds = async || {
        let mut finds = Vec::new();
        for browser in [jana, petr, &admin] {
            finds.push(!found(browser, "secret").await.is_empty());
        }
        finds
    };
    assert_eq!(who_finds().await, [true, false, true]);
    let nobody = Browser::new(story);
    assert_eq!(
        nobody.call("inbox/search", &[("search", "secret")]).await.status,
        401
    );
    let petr_id = story
        .api
        .items("/api/v1/extensions")
        .await
        .into_iter()
        .find(|row| row["number"] == "202");
    let to = json!({"to": {"type": "extension", "id": id_of(&petr_id.expect("Petr"))}});
    story
        .api
        .post(&format!("/api/v1/sessions/{session}/transfer"), to)
        .await
        .ok();
    assert_eq!(who_finds().await, [false, true, true]);
    // Petr may not open what he does not see by the place of a line in it.
    story.says(story.customer(2), line, "Another secret").await;
    let hit = page(jana, "another", None).await["items"][0].clone();
    let (of, at) = (
        hit["session"].as_str().expect("an id"),
        hit["id"].as_str().expect("an id"),
    );
    assert_eq!(
        petr.call("inbox/thread", &[("session", of), ("at", at)])
            .await
            .status,
        404
    );
    let end = petr
        .call("inbox/thread", &[("session", session), ("at", at)])
        .await
        .ok();
    assert_eq!(
        (&end["cut"], &end["messages"][0]["text"]),
        (&json!(false), &json!("A secret"))
    );
}

async fn what_is_deleted_is_not_found_and_an_edit_leads_to_its_message(story: &Story) {
    let desk = desk(story, "Hello").await;
    let (line, jana) = (&desk.line, &desk.jana);
    let text = |wamid, body| of_type(wamid, "text", &json!({"body": body}));
    post(story, line, text("wamid.1", "Come at six")).await;
    post(story, line, text("wamid.2", "My password is swordfish")).await;
    let edit = json!({"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "Come at seven"}}});
    post(story, line, of_type("wamid.e", "edit", &edit)).await;
    let hit = async |search: &str| page(jana, search, None).await["items"][0].clone();
    assert_eq!(hit("six").await["id"], hit("seven").await["id"]);
    assert_eq!(found(jana, "swordfish").await.len(), 1);
    let deletion = |of: &str| of_type(&format!("{of}.d"), "revoke", &json!({"original_message_id": of}));
    post(story, line, deletion("wamid.2")).await;
    assert!(found(jana, "swordfish").await.is_empty());
    post(story, line, deletion("wamid.1")).await;
    assert!(
        found(jana, "come").await.is_empty(),
        "neither the message nor its edit"
    );
    // The emoji of a reaction is no text.
    post(story, line, text("wamid.3", "Thanks")).await;
    post(
        story,
        line,
        of_type(
            "wamid.r",
            "reaction",
            &json!({"message_id": "wamid.3", "emoji": "🌻"}),
        ),
    )
    .await;
    assert!(found(jana, "🌻").await.is_empty());
}

async fn what_is_older_than_the_index_is_found(story: &Story) {
    let desk = desk(story, "Sunflower one").await;
    let (jana, session) = (&desk.jana, &desk.session);
    jana.call("inbox/pick-up", &[("session", session)]).await.ok();
    for n in ["two", "three"] {
        story.clock.advance(Duration::from_secs(60));
        reply(jana, session, &format!("Sunflower {n}")).await;
    }
    let note = [("session", session.as_str()), ("text", "Sunflower note")];
    jana.call("inbox/note", &note).await.ok();
    let all = found(jana, "sunflower").await;
    let forgotten = match story.database.url() {
        None => "INSERT INTO search_words (search_words) VALUES ('delete-all'); DELETE FROM search_entries",
        Some(_) => "DELETE FROM search_entries",
    };
    let older = "INSERT INTO search_backfill (what) VALUES ('messages'), ('notes')";
    story
        .database
        .run(story.data_dir(), &format!("{forgotten}; {older}"))
        .await;
    let hits = page(jana, "sunflower", None).await;
    assert_eq!((excerpts(&hits).len(), &hits["incomplete"]), (0, &json!(true)));
    story.clock.advance(Duration::from_secs(60));
    reply(jana, session, "Sunflower four").await;
    assert_eq!(found(jana, "sunflower").await, ["[Sunflower] four"]);
    story.engine.index_older().await.expect("an index");
    let hits = page(jana, "sunflower", None).await;
    let mut expected = all.clone();
    expected.rotate_left(1);
    expected.insert(0, "[Sunflower] four".to_owned());
    assert_eq!(
        (excerpts(&hits), &hits["incomplete"]),
        (expected, &json!(false)),
        "notes last"
    );
    assert_eq!(story.count("search_entries").await, 5);
    story.engine.index_older().await.expect("nothing left to do");
}

async fn hits_come_page_by_page(story: &Story) {
    let desk = desk(story, "Parcel 0").await;
    let customer = story.customer(1);
    let texts: Vec<_> = (1..60).map(|n| format!("Parcel {n}")).collect();
    for text in &texts {
        story
            .meta
            .customer_says(customer, &desk.line.phone_number_id, text)
            .expect("a customer");
    }
    story.settled().await;
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let hits = page(&desk.jana, "parcel", cursor.as_deref()).await;
        let some = excerpts(&hits);
        assert!(some.len() <= 20);
        all.extend(some);
        match hits["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 60);
    let wrong = desk
        .jana
        .call("inbox/search", &[("search", "parcel"), ("cursor", "x")])
        .await;
    assert_eq!(wrong.status, 400);
    let html = desk.jana.get("/inbox?tab=waiting&q=parcel&hits=2").await.text;
    assert_eq!(html.matches("<mark>Parcel<").count(), 40);
    let crowd = join_all((0..16).map(|_| found(&desk.jana, "parcel"))).await;
    assert!(crowd.iter().all(|found| found.len() == 20));
}

async fn a_hit_opens_its_place_in_a_long_thread(story: &Story) {
    let desk = desk(story, "Needle at the beginning").await;
    let (jana, session) = (&desk.jana, &desk.session);
    jana.call("inbox/pick-up", &[("session", session)]).await.ok();
    let note = [("session", session.as_str()), ("text", "A needle for colleagues")];
    jana.call("inbox/note", &note).await.ok();
    for n in 0..300 {
        story.clock.advance(Duration::from_secs(10));
        let text = if n == 290 {
            "Needle near the end".to_owned()
        } else {
            format!("Hay {n}")
        };
        reply(jana, session, &text).await;
    }
    let hits = page(jana, "needle", None).await;
    let opened = async |id: &Value| {
        let at = id.as_str().expect("an id");
        jana.call("inbox/thread", &[("session", session), ("at", at)])
            .await
            .ok()
    };
    let ids = |thread: &Value| -> Vec<Value> {
        let messages = thread["messages"].as_array().expect("messages");
        messages.iter().map(|message| message["id"].clone()).collect()
    };
    let [near, note, first] = [0, 1, 2].map(|n| hits["items"][n]["id"].clone());
    let thread = opened(&near).await;
    assert_eq!(
        (&thread["cut"], ids(&thread).contains(&near)),
        (&json!(false), true)
    );
    let thread = opened(&first).await;
    assert_eq!(
        (&thread["cut"], &ids(&thread)[0], ids(&thread).len()),
        (&json!(true), &first, 21)
    );
    let thread = opened(&note).await;
    assert_eq!((&thread["cut"], ids(&thread).len()), (&json!(true), 21));
    let html = jana
        .get(&format!(
            "/inbox/{session}?tab=mine&at={}",
            first.as_str().expect("an id")
        ))
        .await
        .text;
    assert!(
        html.contains("flow-line sought") || html.contains("sought"),
        "{html}"
    );
    let nowhere = opened(&json!("00000000-0000-7000-8000-000000000000")).await;
    assert_eq!(nowhere["cut"], json!(false));
}

async fn whatever_is_searched_for_is_answered(story: &Story) {
    let desk = desk(story, "Plain text").await;
    let long = "slovo ".repeat(10_000);
    for search in [
        "",
        " ",
        "\"",
        "'",
        "\\",
        "plain\" OR \"x",
        "plain' | 'x",
        "plain:*",
        "NEAR(plain text)",
        "NOT plain",
        "-",
        "*",
        "^",
        "%",
        "🌻🌻🌻",
        "\u{202e}plain",
        "a b c d e f g h i j k l",
        "日本語",
        &long[..5000],
        &"9".repeat(400),
    ] {
        page(&desk.jana, search, None).await;
    }
    assert_eq!(found(&desk.jana, "plain text").await, ["[Plain] [text]"]);
    let zero = desk.jana.call("inbox/search", &[("search", "plain\0")]).await;
    assert!(
        zero.status == 200 || zero.status == 400 || zero.status == 422,
        "{zero:?}"
    );
    assert_eq!(desk.jana.call("inbox/search", &[]).await.status, 422);
}
