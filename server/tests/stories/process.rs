//! The process: it reports its health, stops cleanly, and survives slow clients.

use crate::support::{
    Story,
    events::Events,
    users::{Browser, PASSWORD},
    world::{delivery, text_message},
};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

#[tokio::test(flavor = "multi_thread")]
async fn it_says_that_it_is_up_and_ready() {
    let story = Story::on_sqlite().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(story.anonymous().get(path).await.status, 200, "{path}");
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_no_head_is_cut_off() {
    let story = Story::with(|settings| settings.http.head_seconds = Duration::from_millis(200)).await;
    let mut stream = TcpStream::connect(address(&story)).await.expect("a connection");
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: ")
        .await
        .expect("written");
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(3), stream.read_to_end(&mut answer)).await;
    read.expect("the server ends the connection").expect("read");
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_nothing_is_cut_off() {
    let story = Story::with(|settings| settings.http.head_seconds = Duration::from_millis(200)).await;
    for begin in [&b""[..], b"P", b"PRI * HTTP/2.0\r\n"] {
        let mut stream = TcpStream::connect(address(&story)).await.expect("a connection");
        stream.write_all(begin).await.expect("written");
        let mut answer = Vec::new();
        let read = timeout(Duration::from_secs(3), stream.read_to_end(&mut answer)).await;
        // With a reset, where bytes were left unread.
        let _ = read.expect("the server ends the connection");
        assert!(answer.is_empty());
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_say_nothing_keep_nobody_out() {
    let story = Story::with(|settings| settings.http.connections = 16).await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        for _ in 0..20 {
            silent.push(TcpStream::connect(address(&story)).await.expect("a connection"));
        }
        let answer = timeout(Duration::from_secs(5), Browser::new(&story).get("/healthz")).await;
        assert_eq!(answer.expect("an answer in time").status, 200);
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_do_not_read_their_answers_are_cut_off() {
    let story = Story::with(|settings| {
        settings.http.connections = 16;
        settings.http.write_seconds = Duration::from_millis(200);
    })
    .await;
    // Together more than the system keeps for a client that does not read.
    let picture = "/help/pictures/en/health.png";
    assert!(Browser::new(&story).get(picture).await.text.len() > 100_000);
    let many = format!("GET {picture} HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(100);
    let mut deaf = Vec::new();
    for _ in 0..16 {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let mut stream = socket.connect(address(&story)).await.expect("a connection");
        let many = many.clone();
        deaf.push(tokio::spawn(async move {
            // Ends when the server closes the connection, or takes no more.
            let _ = timeout(Duration::from_secs(2), stream.write_all(many.as_bytes())).await;
            stream
        }));
    }
    let deaf = futures::future::join_all(deaf).await;
    let answer = timeout(Duration::from_secs(10), Browser::new(&story).get("/healthz")).await;
    assert_eq!(answer.expect("an answer in time").status, 200);
    drop(deaf);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_may_not_speak_http_2() {
    let story = Story::with(|settings| settings.http.trusted_proxies.clear()).await;
    let mut stream = TcpStream::connect(address(&story)).await.expect("a connection");
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .expect("written");
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(3), stream.read_to_end(&mut answer)).await;
    let _ = read.expect("the server ends the connection");
    assert_eq!(answer, b"");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_may_speak_http_2() {
    let story = Story::on_sqlite().await;
    let admin = story.admin("admin").await;
    let client = reqwest::Client::builder()
        .http2_prior_knowledge()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let mut browser = Browser::through(client, story.url.clone());
    let pages = futures::future::join_all((0..50).map(|_| browser.get("/login"))).await;
    assert!(pages.iter().all(|page| page.status == 200));
    browser.log_in("admin", PASSWORD).await.ok();
    assert!(browser.is_logged_in().await && admin.is_logged_in().await);
    let mut events = Events::open(&browser).await;
    events.hello().await;
    story.extension("300").await;
    events.until("directory").await;
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_no_body_is_answered() {
    let story = Story::with(|settings| settings.http.request_seconds = Duration::from_secs(2)).await;
    let line = story.support().await;
    let mut stream = TcpStream::connect(address(&story)).await.expect("a connection");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nX-Hub-Signature-256: {}\r\nContent-Length: 1000\r\n\r\n{{",
        line.webhook_url.path(),
        line.app.sign(b""),
    );
    stream.write_all(head.as_bytes()).await.expect("written");
    let mut answer = [0; 12];
    let read = timeout(Duration::from_secs(10), stream.read_exact(&mut answer)).await;
    read.expect("an answer").expect("read");
    assert_eq!(&answer, b"HTTP/1.1 408");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_does_not_hold_up_the_stop() {
    let story = Story::on_sqlite().await;
    let _idle = TcpStream::connect(address(&story)).await.expect("a connection");
    let client = story.anonymous();
    client.get("/healthz").await;
    let started = Instant::now();
    story.end().await;
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_hand_is_finished_at_the_stop() {
    let story = Story::on_sqlite().await;
    let line = story.support().await;
    let body = delivery(
        &line.phone_number_id,
        "420800555901",
        &[text_message("420800555901", "wamid.1", "Hello")],
    );
    let (first, second) = body.split_at(body.len() / 2);
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nX-Hub-Signature-256: {}\r\nContent-Length: {}\r\n\r\n",
        line.webhook_url.path(),
        line.app.sign(&body),
        body.len(),
    );
    let mut stream = TcpStream::connect(address(&story)).await.expect("a connection");
    stream
        .write_all(&[head.as_bytes(), first].concat())
        .await
        .expect("written");
    tokio::time::sleep(Duration::from_millis(200)).await;

    story.stop();
    let refused = async {
        while TcpStream::connect(address(&story)).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(3), refused)
        .await
        .expect("nothing new is accepted");
    // Long enough for everything that does not wait for this request to end.
    tokio::time::sleep(Duration::from_millis(700)).await;
    stream.write_all(second).await.expect("written");
    let mut answer = [0; 12];
    timeout(Duration::from_secs(3), stream.read_exact(&mut answer))
        .await
        .expect("an answer")
        .expect("read");
    assert_eq!(&answer, b"HTTP/1.1 200");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_named() {
    use engine::Clock;
    use server::{
        application::{Application, BuildError},
        settings::Settings,
    };
    let story = Story::on_sqlite().await;
    let folder = tempfile::TempDir::new().expect("a folder");
    let mut settings = Settings::defaults();
    settings.http.listen = address(&story);
    settings.data.dir = folder.path().to_owned();
    let error = Application::build(settings, Clock::system())
        .await
        .expect_err("it is taken");
    assert!(
        matches!(error, BuildError::Taken(at) if at == address(&story)),
        "{error}"
    );
    story.end().await;
}

fn address(story: &Story) -> std::net::SocketAddr {
    story.url.socket_addrs(|| None).expect("an address")[0]
}
