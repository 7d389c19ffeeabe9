//! A long conversation, read from its end to its beginning, and on into the customer's earlier sessions.

use crate::{
    content::{of_type, post},
    stories,
    support::{
        START, Story,
        users::Browser,
        world::{Line, delivery, id_of, text_message},
    },
};
use domain::{
    ids::SessionId,
    message::{Direction, MessageView},
    session::{Above, Thread},
};
use futures::future::join_all;
use serde_json::{Value, json};

const FROM: &str = "420800555901";

stories! {
    fifteen_hundred_messages_are_read_to_the_first_by_sixteen_at_once
    what_is_about_a_message_stands_with_it_on_another_page
    read_is_what_was_on_the_screen_and_never_less
    an_answer_reads_everything
    earlier_sessions_are_readable_by_who_may_see_them
    a_cursor_opens_nothing_that_is_not_there_for_the_reader
    without_a_script_a_link_leads_to_older_messages
    what_was_said_in_an_earlier_session_is_quoted_to_who_may_see_it
}

/// A message of the customer, this many seconds after the beginning.
fn message(n: i64, after: i64, kind: &str, own: &Value) -> Value {
    let at = START.millis() / 1000 + after;
    json!({"from": FROM, "id": format!("wamid.{n}"), "timestamp": at.to_string(), "type": kind, kind: own})
}

fn text(n: i64) -> Value {
    // Several share each second.
    message(n, n / 3, "text", &json!({"body": n.to_string()}))
}

/// Moves the clock to the latest message: a time far ahead would be replaced by the time of arrival.
async fn write(story: &Story, line: &Line, messages: &[Value]) {
    let seconds = |message: &Value| message["timestamp"].as_str()?.parse::<i64>().ok();
    let latest = messages.iter().filter_map(seconds).max().unwrap_or_default();
    let ahead = latest - story.clock.now().millis() / 1000;
    story
        .clock
        .advance(std::time::Duration::from_secs(u64::try_from(ahead).unwrap_or(0)));
    for some in messages.chunks(500) {
        let body = delivery(&line.phone_number_id, FROM, some);
        assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    }
    story.settled().await;
}

async fn wrote(story: &Story, line: &Line, numbers: std::ops::Range<i64>) {
    write(story, line, &numbers.map(text).collect::<Vec<_>>()).await;
}

/// The latest session.
async fn session(story: &Story) -> String {
    id_of(&story.api.items("/api/v1/sessions").await[0])
}

async fn open(browser: &Browser, session: &str) -> Thread {
    let answer = browser.call("inbox/thread", &[("session", session)]).await;
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

async fn above(browser: &Browser, session: &str, cursor: &str) -> Above {
    let arguments = [("session", session), ("cursor", cursor)];
    let answer = browser.call("inbox/thread-above", &arguments).await;
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

/// Reads up to the beginning of the thread, page by page.
async fn read_all(browser: &Browser, session: &str) -> Thread {
    let mut thread = open(browser, session).await;
    while let Some(cursor) = thread.above.clone() {
        thread.put_above(above(browser, session, &cursor).await);
    }
    thread
}

fn texts(messages: &[MessageView]) -> Vec<i64> {
    let numbers = messages
        .iter()
        .filter_map(|message| message.text.as_ref()?.parse().ok());
    numbers.collect()
}

async fn fifteen_hundred_messages_are_read_to_the_first_by_sixteen_at_once(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    wrote(story, &line, 0..1500).await;
    let id = session(story).await;

    let readers = join_all((0..16).map(|_| read_all(&jana, &id)));
    // Meanwhile the customer goes on writing.
    let (threads, ()) = tokio::join!(readers, wrote(story, &line, 1500..1550));
    for thread in threads {
        let read = texts(&thread.messages);
        let end = *read.last().expect("messages");
        assert!(end >= 1499, "{end}");
        assert_eq!(read, (0..=end).collect::<Vec<_>>());
        assert!(thread.whole && thread.earlier.is_empty());
    }
    let first = open(&jana, &id).await;
    assert!(!first.whole && first.messages.len() <= 500, "one page at first");
}

async fn what_is_about_a_message_stands_with_it_on_another_page(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    wrote(story, &line, 0..600).await;
    let id = session(story).await;
    let before = open(&jana, &id).await;
    let edit = json!({
        "original_message_id": "wamid.1",
        "message": {"type": "text", "text": {"body": "changed"}},
    });
    let mut answer = message(603, 1003, "text", &json!({"body": "603"}));
    answer["context"] = json!({"from": FROM, "id": "wamid.1"});
    let news = [
        message(
            600,
            1000,
            "reaction",
            &json!({"message_id": "wamid.0", "emoji": "👍"}),
        ),
        message(601, 1001, "edit", &edit),
        message(602, 1002, "revoke", &json!({"original_message_id": "wamid.2"})),
        answer,
    ];
    write(story, &line, &news).await;

    let thread = open(&jana, &id).await;
    assert_eq!(
        texts(&thread.messages).last(),
        Some(&603),
        "no line of their own for what is shown above"
    );
    assert!(thread.messages.iter().all(|message| message.about.is_none()));
    let quote = |thread: &Thread| {
        let last = thread.messages.last()?.content.clone()?;
        last.quote?.text
    };
    assert_eq!(
        quote(&thread).as_deref(),
        Some("changed"),
        "what it answers is pages away"
    );
    let is_marked = |messages: &[MessageView]| {
        let of = |n: usize| {
            let wamid = format!("wamid.{n}");
            messages
                .iter()
                .find(|message| message.wamid.as_ref() == Some(&wamid))
        };
        let [one, two, three] = [of(0), of(1), of(2)].map(|message| message.expect("one of them").clone());
        assert_eq!(one.marks.reactions, [(Direction::Inbound, "👍".to_owned())]);
        assert_eq!(two.text.as_deref(), Some("changed"));
        assert!(three.marks.deleted);
    };
    is_marked(&thread.changed_above);
    is_marked(&read_all(&jana, &id).await.messages);

    // A page that had already read up to there shows it, too.
    let mut read = before;
    while let Some(cursor) = read.above.clone() {
        read.put_above(above(&jana, &id, &cursor).await);
    }
    read.renew(thread);
    is_marked(&read.messages);
}

async fn read_is_what_was_on_the_screen_and_never_less(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    wrote(story, &line, 0..450).await;
    let id = session(story).await;
    assert_eq!(jana.call("inbox/pick-up", &[("session", &id)]).await.status, 200);
    let thread = open(&jana, &id).await;
    assert_eq!(thread.session.unread, 450, "opening reads nothing");
    assert_eq!(
        thread.first_unread,
        thread.messages.first().map(|message| message.id),
        "the page reaches to where the unread messages begin"
    );

    let sees = async |n: usize| {
        let message = thread.messages[n].id.to_string();
        let arguments = [("session", id.as_str()), ("message", message.as_str())];
        assert_eq!(jana.call("inbox/mark-read", &arguments).await.status, 200);
        let now = open(&jana, &id).await;
        (now.session.unread, now.first_unread)
    };
    assert_eq!(sees(9).await, (440, Some(thread.messages[10].id)));
    assert_eq!(
        sees(4).await,
        (440, Some(thread.messages[10].id)),
        "it only rises"
    );
    let some = join_all((0..16).map(|n| sees(n * 20))).await;
    assert!(some.iter().all(|(unread, _)| *unread <= 440));
    assert_eq!(open(&jana, &id).await.session.unread, 449 - 300);

    // A message that Meta delivers late stands above the read position: reading to the end reads it, too.
    let late = message(1000, 1, "text", &json!({"body": "1000"}));
    write(story, &line, &[late]).await;
    assert_eq!(open(&jana, &id).await.session.unread, 150);
    assert_eq!(sees(449).await, (0, None));

    wrote(story, &line, 2000..2003).await;
    let now = open(&jana, &id).await;
    assert_eq!(now.session.unread, 3);
    let first = now
        .messages
        .iter()
        .find(|message| message.text.as_deref() == Some("2000"));
    assert_eq!(now.first_unread, first.map(|message| message.id));

    // A look by a user who does not answer in the session marks nothing as read.
    let admin = story.admin("admin").await;
    let newest = now.messages.last().expect("messages").id.to_string();
    let arguments = [("session", id.as_str()), ("message", newest.as_str())];
    assert_eq!(admin.call("inbox/mark-read", &arguments).await.status, 200);
    assert_eq!(open(&jana, &id).await.session.unread, 3);
    // Nor does the id of a message that is not in the session.
    let arguments = [("session", id.as_str()), ("message", id.as_str())];
    assert_eq!(jana.call("inbox/mark-read", &arguments).await.status, 404);
}

async fn an_answer_reads_everything(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    wrote(story, &line, 0..30).await;
    let id = session(story).await;
    jana.call("inbox/pick-up", &[("session", &id)]).await;
    let first = open(&jana, &id).await.messages[0].id.to_string();
    let answer = [("session", id.as_str()), ("body", "An answer")];
    assert_eq!(jana.call("inbox/send", &answer).await.status, 200);
    assert_eq!(open(&jana, &id).await.session.unread, 0);

    wrote(story, &line, 2000..2001).await;
    // A page that is scrolled far up reports an old message late.
    let arguments = [("session", id.as_str()), ("message", first.as_str())];
    assert_eq!(jana.call("inbox/mark-read", &arguments).await.status, 200);
    let now = open(&jana, &id).await;
    assert_eq!(now.session.unread, 1, "what was read stays read");
    assert_eq!(now.first_unread, now.messages.last().map(|message| message.id));
}

/// Closes a session, so that the customer's next message opens a new one.
async fn closed(story: &Story, session: &str) {
    let path = format!("/api/v1/sessions/{session}/close");
    story.api.post(&path, json!({})).await.ok();
}

async fn earlier_sessions_are_readable_by_who_may_see_them(story: &Story) {
    let (own, jana) = story.operator("301", "jana").await;
    let (petrs, petr) = story.operator("302", "petr").await;
    let queue = story.queue("Support", &[&own, &petrs]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    let admin = story.admin("admin").await;

    // One session that Jana had, one that Petr had, one that nobody picked up; the last one is open.
    let mut sessions = Vec::new();
    for (n, taker) in [(0, Some(&jana)), (1, Some(&petr)), (2, None), (3, Some(&jana))] {
        wrote(story, &line, n * 300..n * 300 + 250).await;
        let id = session(story).await;
        if let Some(taker) = taker {
            assert_eq!(taker.call("inbox/pick-up", &[("session", &id)]).await.status, 200);
        }
        if n < 3 {
            closed(story, &id).await;
        }
        story.clock.advance(std::time::Duration::from_secs(60));
        sessions.push(id);
    }
    let ids = |of: &[usize]| -> Vec<SessionId> {
        of.iter().map(|n| sessions[*n].parse().expect("an id")).collect()
    };
    for (browser, may_see) in [(&admin, &[0, 1, 2][..]), (&jana, &[0, 2])] {
        let thread = read_all(browser, &sessions[3]).await;
        let read: Vec<_> = thread.earlier.iter().map(|stretch| stretch.session.id).collect();
        assert_eq!(read, ids(may_see), "oldest first, each once");
        for (stretch, n) in thread.earlier.iter().zip(may_see) {
            let first = i64::try_from(*n).expect("small") * 300;
            assert_eq!(texts(&stretch.messages), (first..first + 250).collect::<Vec<_>>());
            assert!(stretch.whole && !stretch.timeline.is_empty());
        }
        assert_eq!(texts(&thread.messages), (900..1150).collect::<Vec<_>>());
        let mut listed: Vec<_> = thread.past.iter().map(|past| past.id).collect();
        listed.reverse();
        assert_eq!(
            listed,
            ids(may_see),
            "the details list the same, the latest first"
        );
    }
    let page = jana.get(&format!("/inbox/{}?tab=all", sessions[3])).await.text;
    let (_, details) = page.split_once("<aside").expect("the details");
    assert!(
        details.contains(&sessions[0]) && details.contains(&sessions[2]) && !details.contains(&sessions[1])
    );
}

async fn a_cursor_opens_nothing_that_is_not_there_for_the_reader(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    wrote(story, &line, 0..10).await;
    let own = session(story).await;
    // Another customer, in a queue that is not Jana's.
    let (petrs, _) = story.operator("302", "petr").await;
    let other_line = story.channel(&story.app(2), 2, "extension", &petrs).await;
    story.connect(&other_line).await;
    let from = "420800555902";
    let hello = json!({"from": from, "id": "wamid.other", "timestamp": (START.millis() / 1000).to_string(), "type": "text", "text": {"body": "secret"}});
    let body = delivery(&other_line.phone_number_id, from, &[hello]);
    assert_eq!(
        story
            .post_signed(&other_line.webhook_url, &other_line.app, body)
            .await,
        200
    );
    story.settled().await;
    let sessions = story.api.items("/api/v1/sessions").await;
    let other = sessions.iter().map(id_of).find(|id| *id != own).expect("another");

    let admin = story.admin("admin").await;
    let asks = async |browser: &Browser, session: &str, cursor: &str| {
        let answer = browser
            .call("inbox/thread-above", &[("session", session), ("cursor", cursor)])
            .await;
        assert!(!answer.text.contains("secret"), "{answer:?}");
        answer.status.as_u16()
    };
    assert_eq!(asks(&jana, &own, &other).await, 404);
    assert_eq!(asks(&jana, &other, &other).await, 404);
    assert_eq!(asks(&admin, &own, &other).await, 404, "of another customer");
    let endless = "9".repeat(10_000);
    for foreign in [
        "",
        "x",
        "_",
        "%00",
        &format!("{own}_x"),
        &format!("{own}_{endless}_{own}"),
    ] {
        assert_eq!(asks(&jana, &own, foreign).await, 400, "{foreign}");
    }
}

async fn without_a_script_a_link_leads_to_older_messages(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let messages = (0..700).map(|n| message(n, n, "text", &json!({"body": format!("Message {n}.")})));
    write(story, &line, &messages.collect::<Vec<_>>()).await;
    let id = session(story).await;
    let shows = |page: &str, n: i64| {
        let (thread, _) = page.split_once("<aside").expect("its end");
        let (_, thread) = thread.split_once("flow-scroll").expect("its beginning");
        thread.contains(&format!("Message {n}."))
    };
    let link = |page: &str, words: &str| {
        let (before, _) = page.split_once(words)?;
        let (_, href) = before.rsplit_once("href=\"")?;
        Some(href.split('"').next()?.replace("&amp;", "&"))
    };
    let mut page = jana.get(&format!("/inbox/{id}?tab=waiting")).await.text;
    assert!(shows(&page, 699) && !shows(&page, 0));
    let opened = |page: &str| page.matches("Session opened").count();
    assert_eq!(opened(&page), 1, "in the details only: the beginning is not here");
    let mut pages = 0;
    while let Some(older) = link(&page, "Show older messages") {
        let answer = jana.get(&older).await;
        assert_eq!(answer.status, 200, "{older}");
        page = answer.text;
        pages += 1;
        assert!(pages < 10, "{older}");
    }
    assert!(shows(&page, 0) && !shows(&page, 699), "{page}");
    assert_eq!(opened(&page), 2, "here it is");
    assert!(
        !page.contains("id=\"composer-text\""),
        "an answer belongs below the newest message"
    );
    let newest = link(&page, "To the newest messages").expect("a way back");
    let page = jana.get(&newest).await.text;
    assert!(shows(&page, 699) && page.contains("id=\"composer-text\""));
    let nonsense = jana.get(&format!("/inbox/{id}?before=x")).await;
    assert!(nonsense.status.as_u16() < 500, "{nonsense:?}");
}

async fn what_was_said_in_an_earlier_session_is_quoted_to_who_may_see_it(story: &Story) {
    let (jana, jana_sees) = story.operator("301", "jana").await;
    let (petr, petr_sees) = story.operator("302", "petr").await;
    let queue = story.queue("Support", &[&jana, &petr]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    post(story, &line, text_message(FROM, "wamid.1", "Is it red?")).await;
    let edit = json!({
        "original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "Is it blue?"}},
    });
    post(story, &line, of_type("wamid.2", "edit", &edit)).await;
    let first = format!("/api/v1/sessions/{}", session(story).await);
    let pick_up = format!("{first}/pick-up");
    story.api.post(&pick_up, json!({"extension": "301"})).await.ok();
    story.api.post(&format!("{first}/close"), json!({})).await.ok();

    let mut again = text_message(FROM, "wamid.3", "And this one?");
    again["context"] = json!({"id": "wamid.1"});
    again["timestamp"] = json!((START.millis() / 1000 + 1).to_string());
    post(story, &line, again).await;
    let second = session(story).await;
    let quote = async |browser: &Browser| {
        let messages = open(browser, &second).await.messages;
        assert_eq!(messages.len(), 1, "the other stands in its own session");
        messages[0].content.clone().expect("it answers").quote
    };
    let quoted = quote(&jana_sees).await.expect("hers");
    assert_eq!(quoted.text.as_deref(), Some("Is it blue?"), "as it is now");
    assert!(quote(&petr_sees).await.is_none(), "a colleague's session");
}
