//! One kept-alive connection with a minimal HTTP/1.1 client. The generator shares the machine with the process that it
//! measures, so it does as little work as possible.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::target::Target;
use super::text::Signed;

/// Large enough for any answer to a webhook.
const ANSWER: usize = 16 * 1024;

/// A connection that sends deliveries.
#[derive(Debug)]
pub struct Connection {
    line: Line,
    head: String,
    request: Vec<u8>,
}

impl Connection {
    pub async fn open(target: &Target) -> anyhow::Result<Self> {
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n",
            target.path, target.address
        );
        Ok(Self {
            line: Line::open(target.address).await?,
            head,
            request: Vec::with_capacity(2048),
        })
    }

    /// Sends a body and returns the status of the answer.
    pub async fn send(&mut self, signed: &Signed) -> anyhow::Result<u16> {
        self.request.clear();
        self.request.extend_from_slice(self.head.as_bytes());
        let rest = format!(
            "X-Hub-Signature-256: {}\r\nContent-Length: {}\r\n\r\n",
            signed.signature,
            signed.body.len()
        );
        self.request.extend_from_slice(rest.as_bytes());
        self.request.extend_from_slice(&signed.body);
        self.line.ask(&self.request).await
    }
}

/// A connection as such.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Line {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            answer: vec![0; ANSWER],
        })
    }

    /// Sends a whole request and returns the status of its answer, once all of it is there.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        loop {
            if filled == self.answer.len() {
                self.answer.resize(filled * 2, 0);
            }
            let read = self.stream.read(&mut self.answer[filled..]).await?;
            if read == 0 {
                bail!("the server closed the connection in the middle of an answer");
            }
            filled += read;
            if let Some(status) = whole_answer(&self.answer[..filled])? {
                return Ok(status);
            }
        }
    }
}

/// The status, once the head and the body are complete.
fn whole_answer(answer: &[u8]) -> anyhow::Result<Option<u16>> {
    let Some(head_end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&answer[..head_end]).context("the answer's head is not text")?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.get(9..12)).unwrap_or_default();
    let status = status.parse().context("the answer has no status")?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(Ok(0), |(_, value)| value.trim().parse::<usize>())
        .context("the answer's length")?;
    Ok((answer.len() >= head_end + 4 + length).then_some(status))
}
