//! Starts a reverse proxy for one test, with a configuration, a port and a certificate of its own. It never uses the
//! service that the package installs.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Certificate, Client, redirect::Policy};
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use url::Url;

/// The host name in the documentation.
pub const HOST: &str = "pbx.example.com";
const DOCUMENTATION: &str = include_str!("../../../../docs/OPERATING.md");
const READY_WITHIN: Duration = Duration::from_secs(20);
/// A proxy that holds a request back for ever fails the test instead of hanging it. Streams ping more often.
const SILENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Nginx,
    Caddy,
    Haproxy,
    Apache,
}

/// A proxy's configuration, and the port on which it listens.
#[derive(Debug)]
pub struct Site {
    kind: Kind,
    text: String,
    port: u16,
}

impl Kind {
    /// The configuration in docs/OPERATING.md.
    pub fn documented(self, port: u16) -> Site {
        let fence = match self {
            Self::Nginx => "```nginx\n",
            Self::Caddy => "```caddyfile\n",
            Self::Haproxy => "```haproxy\n",
            Self::Apache => "```apache\n",
        };
        let (_, text) = DOCUMENTATION.split_once(fence).expect("a configuration");
        let (text, _) = text.split_once("```").expect("its end");
        self.with(text, port)
    }

    pub fn with(self, text: &str, port: u16) -> Site {
        Site {
            kind: self,
            text: text.to_owned(),
            port,
        }
    }

    fn command(self, folder: &Path) -> Command {
        let (program, arguments): (_, &[&str]) = match self {
            Self::Nginx => ("nginx", &["-g", "daemon off;", "-e", "stderr", "-c"]),
            Self::Caddy => ("caddy", &["run", "--adapter", "caddyfile", "--config"]),
            Self::Haproxy => ("haproxy", &["-db", "-f"]),
            Self::Apache => ("apache2", &["-D", "FOREGROUND", "-f"]),
        };
        let mut command = Command::new(found(program));
        command
            .args(arguments)
            .arg(folder.join("configuration"))
            .current_dir(folder);
        command
    }

    /// Wraps a site in the configuration that the documentation leaves out.
    fn around(self, folder: &Path, port: u16, site: &str) -> String {
        let folder = folder.display();
        match self {
            Self::Nginx => {
                let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                    .iter()
                    .map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"))
                    .collect();
                format!(
                    "pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{site}\n}}\n"
                )
            }
            Self::Caddy => format!("{{\nadmin off\nauto_https off\nstorage file_system {folder}\n}}\n{site}"),
            Self::Haproxy => site.to_owned(),
            Self::Apache => {
                let modules: String = ["mpm_event", "authz_core", "ssl", "http2", "proxy", "proxy_http"]
                    .iter()
                    .map(|module| {
                        format!("LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so\n")
                    })
                    .collect();
                format!(
                    "ServerRoot {folder}\nDefaultRuntimeDir {folder}\nPidFile {folder}/pid\nErrorLog /dev/stderr\n\
                     {modules}User www-data\nGroup www-data\nServerName {HOST}\nListen {port}\n{site}"
                )
            }
        }
    }
}

/// A running proxy.
#[derive(Debug)]
pub struct Proxy {
    process: Child,
    folder: TempDir,
    certificate: String,
    port: u16,
}

/// Encodes DER as PEM: <https://www.rfc-editor.org/rfc/rfc7468>.
fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines = base64.as_bytes().chunks(64);
    let lines: Vec<_> = lines.map(String::from_utf8_lossy).collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

impl Proxy {
    /// Starts it in front of the server on this port.
    pub fn start(site: Site, server: u16) -> Self {
        let Site { kind, text, port } = site;
        let folder = TempDir::new().expect("a folder");
        // Some proxies drop root privileges and still have to enter this folder.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        let own = rcgen::generate_simple_self_signed([HOST.to_owned()]).expect("a certificate");
        let certificate = pem("CERTIFICATE", own.cert.der());
        let key = pem("PRIVATE KEY", &own.signing_key.serialize_der());
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
        write(&format!("{HOST}.pem"), &certificate);
        write(&format!("{HOST}.key"), &key);
        write(&format!("{HOST}.both.pem"), &format!("{certificate}{key}"));

        let mut site = text
            // First: the other port may contain these digits, and so may the folder.
            .replace("443", &port.to_string())
            .replace("/etc/ssl", &folder.path().display().to_string())
            .replace("127.0.0.1:3000", &format!("127.0.0.1:{server}"));
        if kind == Kind::Caddy {
            // No authority would issue Caddy a certificate for this name.
            let folder = folder.path().display();
            let tls = format!("{HOST}:{port} {{\n    tls {folder}/{HOST}.pem {folder}/{HOST}.key");
            site = site.replace(&format!("{HOST} {{"), &tls);
        }
        write("configuration", &kind.around(folder.path(), port, &site));
        let log = fs::File::create(folder.path().join("log")).expect("a log");
        let process = kind
            .command(folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn();
        Self {
            process: process.expect("a proxy"),
            folder,
            certificate,
            port,
        }
    }

    /// A client that calls from this address and trusts the certificate.
    pub fn client(&self, from: IpAddr) -> Client {
        let certificate = Certificate::from_pem(self.certificate.as_bytes()).expect("a certificate");
        Client::builder()
            .tls_certs_only([certificate])
            .resolve(HOST, SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)))
            .local_address(from)
            .redirect(Policy::none())
            .no_proxy()
            .read_timeout(SILENCE)
            .build()
            .expect("a client")
    }

    pub async fn is_ready(&self, client: &Client, url: &Url) {
        let begun = Instant::now();
        loop {
            let answer = client.get(url.join("healthz").expect("a path")).send().await;
            if answer.as_ref().is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            assert!(
                begun.elapsed() < READY_WITHIN,
                "{answer:?}\n{}",
                fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // SIGKILL would leave the workers of some proxies behind.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Debian keeps some of them where only root's PATH looks.
fn found(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into()])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{program} is not installed; `cargo xtask test` does that"))
}
