//! A real S3 service on port 0, in a folder. It can be stopped and started again.

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use std::{fs, net::SocketAddr, path::PathBuf};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

pub const BUCKET: &str = "company-files";
pub const KEY: &str = "key-of-the-bucket";
pub const SECRET: &str = "secret-of-the-bucket";

#[derive(Debug)]
pub struct S3 {
    pub address: SocketAddr,
    /// The secret that it takes from its next start on.
    pub secret: &'static str,
    folder: TempDir,
    serving: Option<JoinHandle<()>>,
}

impl S3 {
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut s3 = Self {
            address: listener.local_addr().expect("an address"),
            secret: SECRET,
            folder,
            serving: None,
        };
        s3.serve(listener);
        s3
    }

    /// Stops the service, in the middle of whatever it does.
    pub async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// Starts it again, at the same address.
    pub async fn start_again(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the port");
        self.serve(listener);
    }

    /// The bucket's objects as files.
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }

    /// Uploads of parts that were neither completed nor given up.
    pub fn parts(&self) -> usize {
        let names = fs::read_dir(self.folder.path()).expect("a folder");
        names
            .filter(|entry| {
                let name = entry.as_ref().expect("an entry").file_name();
                name.to_string_lossy().starts_with(".upload")
            })
            .count()
    }

    fn serve(&mut self, listener: TcpListener) {
        let files = FileSystem::new(self.folder.path()).expect("a file system");
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(KEY, self.secret));
        self.serving = Some(tokio::spawn(accept(listener, service.build())));
    }
}

async fn accept(listener: TcpListener, service: S3Service) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
        connections.spawn(async move {
            let _ = connection.await;
        });
    }
}
