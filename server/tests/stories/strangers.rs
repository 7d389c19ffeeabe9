//! Strangers: clients that guess passwords, and clients that send much without having logged in.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::{Browser, PASSWORD},
        world::{Line, delivery, text_message},
    },
};
use reqwest::{Method, header};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

stories! {
    a_guesser_does_not_lock_the_owner_out
    right_log_ins_are_never_too_many
    everybody_behind_a_proxy_has_an_address_of_their_own
    a_browser_that_is_known_is_let_in_where_others_guess
    what_no_account_can_be_called_gets_the_same_answer
}

const GUESSER: &str = "203.0.113.9";
const OWNER: &str = "198.51.100.7";

/// Logs in from an address, with the cookie of a browser that may be known.
async fn log_in_from(story: &Story, from: &str, login: &str, password: &str, known: Option<&str>) -> Answer {
    let mut request = Browser::new(story)
        .calling("auth/log-in", &[("login", login), ("password", password)])
        .header(header::ACCEPT, "application/json")
        .header("x-forwarded-for", from);
    if let Some(known) = known {
        request = request.header(header::COOKIE, format!("switchboard_browser={known}"));
    }
    Answer::of(request.send().await.expect("an answer")).await
}

/// The cookie in an answer that makes a browser known.
fn known(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok());
    let cookie = cookies.find_map(|cookie| cookie.strip_prefix("switchboard_browser="))?;
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    cookie.split(';').next().map(str::to_owned)
}

async fn a_guesser_does_not_lock_the_owner_out(story: &Story) {
    story.admin("jana").await;
    let guess = async || {
        log_in_from(story, GUESSER, "jana", "a wrong guess", None)
            .await
            .status
    };
    for _ in 0..10 {
        assert_eq!(guess().await, 401);
    }
    let refused = log_in_from(story, GUESSER, "jana", PASSWORD, None).await;
    assert_eq!(refused.status, 429);
    assert!(
        refused
            .header("retry-after")
            .parse::<u32>()
            .is_ok_and(|seconds| seconds <= 21)
    );
    for _ in 0..20 {
        assert!(
            log_in_from(story, OWNER, "jana", PASSWORD, None)
                .await
                .status
                .is_success()
        );
        story.clock.advance(Duration::from_secs(20));
        assert_eq!(guess().await, 401);
    }
}

async fn right_log_ins_are_never_too_many(story: &Story) {
    story.admin("jana").await;
    for _ in 0..15 {
        assert!(
            log_in_from(story, OWNER, "jana", PASSWORD, None)
                .await
                .status
                .is_success()
        );
    }
}

async fn everybody_behind_a_proxy_has_an_address_of_their_own(story: &Story) {
    story.admin("jana").await;
    for n in 0..75 {
        let from = match n % 2 {
            0 => format!("198.51.100.{n}:5{n}"),
            _ => format!("[2001:db8:{n}::1]:443"),
        };
        let status = log_in_from(story, &from, &format!("nobody{n}"), "a wrong guess", None)
            .await
            .status;
        assert_eq!(status, 401, "{from}");
    }
    let from = "198.51.100.200:5200";
    assert!(
        log_in_from(story, from, "jana", PASSWORD, None)
            .await
            .status
            .is_success()
    );
}

/// Behind a proxy that is not in the settings all clients have one address.
async fn a_browser_that_is_known_is_let_in_where_others_guess(story: &Story) {
    story.admin("jana").await;
    story.admin("petr").await;
    let first = log_in_from(story, OWNER, "jana", PASSWORD, None).await;
    let janas = known(&first).expect("it is known from now on");
    for n in 0..70 {
        log_in_from(story, OWNER, &format!("nobody{n}"), "a wrong guess", None).await;
    }
    for _ in 0..12 {
        log_in_from(story, OWNER, "jana", "a wrong guess", None).await;
    }
    let status = async |login: &str, known: Option<&str>| {
        log_in_from(story, OWNER, login, PASSWORD, known).await.status
    };
    assert_eq!(status("jana", None).await, 429);
    assert_eq!(status("petr", Some(&janas)).await, 429, "it is jana's");
    let mut forged = janas.clone();
    forged.replace_range(..1, if janas.starts_with('A') { "B" } else { "A" });
    assert_eq!(status("jana", Some(&forged)).await, 429);
    assert!(status("jana", Some(&janas)).await.is_success());

    // Two share a browser.
    let link = engine::access::browsers::unlock(&story.engine, "petr")
        .await
        .expect("a link");
    let open = async |url: &str| {
        let request = Browser::new(story).request(Method::GET, url);
        let request = request.header(header::COOKIE, format!("switchboard_browser={janas}"));
        Answer::of(request.send().await.expect("an answer")).await
    };
    let opened = open(link.as_str()).await;
    assert_eq!(
        (opened.status.as_u16(), opened.header("location")),
        (303, "/login")
    );
    let both = known(&opened).expect("it is known");
    assert!(status("petr", Some(&both)).await.is_success());
    assert!(status("jana", Some(&both)).await.is_success());
    assert_eq!(status("nobody", Some(&both)).await, 429);

    let others = link.as_str().replace("login=petr", "login=jana");
    assert_eq!(known(&open(&others).await), None, "a link is for one");
    let note = link.as_str().split("note=").nth(1).expect("a note");
    assert_eq!(status("petr", Some(note)).await, 429, "a link is no cookie");
    story.clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(known(&open(link.as_str()).await), None, "it is too late");

    // A known browser does not allow endless guessing either.
    let mut wrong = Vec::new();
    for _ in 0..12 {
        wrong.push(
            log_in_from(story, OWNER, "jana", "a wrong guess", Some(&both))
                .await
                .status
                .as_u16(),
        );
    }
    assert_eq!(
        wrong.iter().filter(|status| **status == 429).count(),
        2,
        "{wrong:?}"
    );
}

/// A name with a NUL is refused before the log-in (`http::text`).
async fn what_no_account_can_be_called_gets_the_same_answer(story: &Story) {
    story.admin("jana").await;
    for name in ["x".repeat(10_000), "ja na".to_owned(), "ja\nna".to_owned()] {
        let answer = log_in_from(story, GUESSER, &name, PASSWORD, None).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text.as_str()),
            (401, r#"{"Refused":{"reason":"wrong_login"}}"#)
        );
    }
    let most = log_in_from(story, GUESSER, &"x".repeat(1_000_000), PASSWORD, None).await;
    assert_eq!(most.status, 413, "a stranger sends what a log-in takes");
}

/// Sends the head of a request and a part of its body.
async fn begin(story: &Story, head: &str, length: usize, sent: usize) -> TcpStream {
    let address = story.url.socket_addrs(|| None).expect("an address")[0];
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!("{head}\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("written");
    stream.write_all(&vec![b' '; sent]).await.expect("written");
    stream
}

async fn status(mut stream: TcpStream) -> String {
    let mut answer = [0; 12];
    let read = timeout(Duration::from_secs(20), stream.read_exact(&mut answer)).await;
    read.expect("an answer in time").expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

fn one_message(line: &Line) -> Vec<u8> {
    delivery(
        &line.phone_number_id,
        "420800555901",
        &[text_message("420800555901", "wamid.1", "Hello")],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_strangers_take_no_room() {
    let story = Story::with(|settings| settings.http.webhook_bodies_bytes = 200_000).await;
    let line = story.support().await;
    let mut waiting = Vec::new();
    for head in [
        "POST /webhooks/whatsapp/0123456789abcdef0123456789abcdef HTTP/1.1".to_owned(),
        format!("POST {} HTTP/1.1", line.webhook_url.path()),
        "POST /api/v1/extensions HTTP/1.1\r\nAuthorization: Bearer nonsense\r\nContent-Type: application/json".to_owned(),
        "POST /rpc/inbox/send HTTP/1.1\r\nCookie: switchboard_session=AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
    ] {
        waiting.push(begin(&story, &head, 1_000_000, 150_000).await);
    }
    for _ in 0..3 {
        assert_eq!(
            story
                .post_signed(&line.webhook_url, &line.app, one_message(&line))
                .await,
            200
        );
    }
    for expected in ["HTTP/1.1 404", "HTTP/1.1 401", "HTTP/1.1 401"] {
        assert_eq!(status(waiting.remove(0)).await, expected);
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_webhooks_have_their_room_together() {
    let story = Story::with(|settings| settings.http.webhook_bodies_bytes = 200_000).await;
    let line = story.support().await;
    let mut body = one_message(&line);
    body.resize(60_000, b' ');
    let signature = line.app.sign(&body);
    let head = format!(
        "POST {} HTTP/1.1\r\nX-Hub-Signature-256: {signature}",
        line.webhook_url.path()
    );
    let slow = [
        begin(&story, &head, 1_000_000, 90_000).await,
        begin(&story, &head, 1_000_000, 90_000).await,
    ];
    let send = async || {
        let request = story.anonymous().request(Method::POST, line.webhook_url.as_str());
        let request = request
            .header("x-hub-signature-256", &signature)
            .body(body.clone());
        story.anonymous().send(request).await
    };
    // The server needs a moment to read what the other clients have sent.
    let refused = async {
        loop {
            let answer = send().await;
            if answer.status == 503 {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let refused = timeout(Duration::from_secs(10), refused)
        .await
        .expect("there is no room left");
    assert!(!refused.header("retry-after").is_empty());
    drop(slow);
    let accepted = async {
        while send().await.status != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), accepted)
        .await
        .expect("there is room again");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_send_slowly_keep_out_only_strangers() {
    let story = Story::with(|settings| {
        settings.http.bodies_bytes = 200_000;
        settings.http.strangers_bodies_bytes = 100_000;
    })
    .await;
    let line = story.support().await;
    let admin = story.admin("admin").await;
    let head = "POST /rpc/auth/log-in HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let cookie = "Cookie: switchboard_session=AAAAAAAAAAAAAAAAAAAAAA";
    let mut slow = Vec::new();
    for head in [head, &format!("{head}\r\n{cookie}"), head, head] {
        slow.push(begin(&story, head, 64_000, 24_000).await);
    }
    let long = "x".repeat(60_000);
    let stranger = async || log_in_from(&story, OWNER, &long, PASSWORD, None).await;
    // The server needs a moment to read what the other clients have sent.
    let refused = async {
        loop {
            let answer = stranger().await;
            if answer.status == 503 {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let refused = timeout(Duration::from_secs(10), refused);
    let refused = refused.await.expect("there is no room left for strangers");
    assert!(!refused.header("retry-after").is_empty());

    let mut body = one_message(&line);
    body.resize(60_000, b' ');
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    let request = story.api.request(Method::POST, "/api/v1/extensions");
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let json = format!(r#"{{"number": "301", "name": "Eva"}}{}"#, " ".repeat(60_000));
    story.api.send(request.body(json)).await.ok();
    admin
        .call("countries/rule", &[("door", "console"), ("padding", &long)])
        .await
        .ok();

    drop(slow);
    let let_in = async {
        while stranger().await.status == 503 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), let_in)
        .await
        .expect("there is room again");
    story.end().await;
}
