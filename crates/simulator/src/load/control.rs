//! The control: an axum handler that reads the body, checks the HMAC and answers 200. Like the server, it runs as a
//! process of its own.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::serve::ListenerExt as _;
use clap::Args;
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child as Process, Command};

use super::target::Target;

#[derive(Debug, Args)]
pub struct Options {
    /// Address to listen on; port 0 takes any free one. The address is printed.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The app secret that signs.
    #[arg(long)]
    secret: SecretString,
}

pub async fn serve(options: &Options) -> anyhow::Result<()> {
    let listener = TcpListener::bind(options.listen).await?;
    println!("{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let router = Router::new()
        .route("/", post(accept))
        .with_state(Arc::new(options.secret.clone()));
    axum::serve(listener, router).await.context("serving")
}

async fn accept(State(secret): State<Arc<SecretString>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers
        .get("x-hub-signature-256")
        .and_then(|value| value.to_str().ok());
    match whatsapp::signature::verify(&secret, signature, &body) {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::UNAUTHORIZED,
    }
}

/// The control as a child process, which ends when this value is dropped.
#[derive(Debug)]
pub struct Child {
    target: Target,
    _process: Process,
}

impl Child {
    pub async fn start(server: &Target) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["control", "--secret", &server.secret])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("starting the control")?;
        let output = process.stdout.take().context("the control has no output")?;
        let address = BufReader::new(output).lines().next_line().await?;
        let address = address.context("the control ended at once")?.parse()?;
        Ok(Self {
            target: Target {
                address,
                path: "/".to_owned(),
                ..server.clone()
            },
            _process: process,
        })
    }

    pub fn target(&self) -> &Target {
        &self.target
    }
}
