//! Calls a webhook address over a raw connection, the way proxies, gateways and typing errors do.

use crate::{
    stories,
    support::{
        Story,
        world::{Line, delivery, text_message},
    },
};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

stories! {
    deliveries_arrive_however_they_are_wrapped
    what_is_no_delivery_is_refused_and_breaks_nothing
}

const FROM: &str = "420800555201";

async fn deliveries_arrive_however_they_are_wrapped(story: &Story) {
    let line = story.support().await;
    let body = |wamid: &str| delivery(&line.phone_number_id, FROM, &[text_message(FROM, wamid, "Hello")]);
    let path = line.webhook_url.path();
    let close = "Host: localhost\r\nConnection: close\r\n";

    let plain = body("wamid.slash");
    let head = format!(
        "POST {path}/ HTTP/1.1\r\n{close}{}Content-Length: {}\r\n\r\n",
        signed(&line, &plain),
        plain.len()
    );
    assert_eq!(
        status(story, [head.as_bytes(), &plain].concat()).await,
        200,
        "a trailing slash"
    );

    let plain = body("wamid.old");
    let head = format!(
        "POST {path} HTTP/1.0\r\n{}Content-Length: {}\r\n\r\n",
        signed(&line, &plain),
        plain.len()
    );
    assert_eq!(
        status(story, [head.as_bytes(), &plain].concat()).await,
        200,
        "HTTP/1.0"
    );

    let plain = body("wamid.chunks");
    let (first, second) = plain.split_at(40);
    let chunk = |bytes: &[u8]| {
        [
            format!("{:x};name=value\r\n", bytes.len()).as_bytes(),
            bytes,
            b"\r\n",
        ]
        .concat()
    };
    let head = format!(
        "POST {path} HTTP/1.1\r\n{close}{}Transfer-Encoding: chunked\r\n\r\n",
        signed(&line, &plain)
    );
    let end = b"0\r\nX-Trailer: yes\r\n\r\n".to_vec();
    let whole = [head.into_bytes(), chunk(first), chunk(second), end].concat();
    assert_eq!(
        status(story, whole).await,
        200,
        "chunks with an extension and a trailer"
    );

    let plain = body("wamid.consent");
    let head = format!(
        "POST {path} HTTP/1.1\r\n{close}{}Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        signed(&line, &plain),
        plain.len()
    );
    assert_eq!(
        status(story, [head.as_bytes(), &plain].concat()).await,
        100,
        "Expect"
    );

    let plain = body("wamid.spaces");
    let spaced = signed(&line, &plain)
        .replace(": ", ": \t  ")
        .replace("\r\n", "  \r\n");
    let head = format!(
        "POST {path} HTTP/1.1\r\n{close}{spaced}Content-Length: {}\r\n\r\n",
        plain.len()
    );
    assert_eq!(
        status(story, [head.as_bytes(), &plain].concat()).await,
        200,
        "spaces round the signature"
    );

    let plain = [b"\xef\xbb\xbf".to_vec(), body("wamid.mark")].concat();
    let head = format!(
        "POST {path} HTTP/1.1\r\n{close}{}Content-Length: {}\r\n\r\n",
        signed(&line, &plain),
        plain.len()
    );
    assert_eq!(
        status(story, [head.as_bytes(), &plain].concat()).await,
        200,
        "a byte order mark"
    );

    story.settled().await;
    let messages = story.messages(&story.session().await).await;
    assert_eq!(messages.len(), 6, "{messages:#?}");
    assert!(story.dead_letters().await.is_empty());

    let token = &line.verify_token;
    for slash in ["", "/"] {
        let handshake = format!(
            "GET {path}{slash}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=7&fbclid=x HTTP/1.1\r\n{close}\r\n"
        );
        assert_eq!(status(story, handshake.into_bytes()).await, 200);
    }
}

async fn what_is_no_delivery_is_refused_and_breaks_nothing(story: &Story) {
    let line = story.support().await;
    let path = line.webhook_url.path();
    let (folder, id) = path.rsplit_once('/').expect("an id");
    let close = "Host: localhost\r\nConnection: close\r\n\r\n";
    let before = story.count("journal").await;
    for (asked, right) in [
        (format!("HEAD {path} HTTP/1.1\r\n{close}"), 403),
        (
            format!("HEAD {path} HTTP/1.1\r\nX-Long: {:x<30000}\r\n{close}", ""),
            403,
        ),
        (format!("OPTIONS {path} HTTP/1.1\r\n{close}"), 405),
        (
            format!("GET {path}?hub.mode=subscribe&hub.mode=subscribe HTTP/1.1\r\n{close}"),
            403,
        ),
        (
            format!(
                "POST {folder}/{} HTTP/1.1\r\nContent-Length: 0\r\n{close}",
                id.to_uppercase()
            ),
            404,
        ),
        (
            format!("POST {folder}/{id}%00 HTTP/1.1\r\nContent-Length: 0\r\n{close}"),
            404,
        ),
        (
            format!("POST {folder}/%00/ HTTP/1.1\r\nContent-Length: 0\r\n{close}"),
            404,
        ),
        (
            format!("POST {path} HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n{close}"),
            401,
        ),
    ] {
        assert_eq!(status(story, asked.clone().into_bytes()).await, right, "{asked}");
    }
    assert_eq!(story.count("journal").await, before);
}

fn signed(line: &Line, body: &[u8]) -> String {
    format!("X-Hub-Signature-256: {}\r\n", line.app.sign(body))
}

/// The status of the first response to these bytes.
async fn status(story: &Story, bytes: Vec<u8>) -> u16 {
    let address = story.url.socket_addrs(|| None).expect("an address")[0];
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    connection.write_all(&bytes).await.expect("written");
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(10), connection.read_to_end(&mut answer)).await;
    read.expect("an answer in time").expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    // 0: the server closes a connection that does not speak HTTP.
    status.unwrap_or(0)
}
