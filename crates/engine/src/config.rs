//! The engine's configuration, given when the process starts.

use crate::Clock;
use domain::{
    access::{Role, RoleGroups},
    erasure::Retention,
};
use ipnet::IpNet;
use secrecy::SecretString;
use std::{path::PathBuf, time::Duration};
use url::Url;

/// The engine's settings.
#[derive(Debug)]
pub struct Config {
    /// Where the database (SQLite) and the master key live. It is created when absent.
    pub data_dir: PathBuf,
    /// `postgres://…` or `sqlite:…`; `None`: SQLite in the data directory.
    pub database_url: Option<SecretString>,
    /// How long to wait for a PostgreSQL that does not answer.
    pub database_wait: Duration,
    pub purpose: Purpose,
    /// The address at which Meta reaches this process.
    pub public_url: Url,
    pub graph_url: Url,
    /// Such as `v25.0`.
    pub graph_version: String,
    /// 32 bytes in base64; `None`: `master.key` in the data directory.
    pub master_key: Option<SecretString>,
    /// What `switchboard keys rotate` makes the master key; `None`: a new `master.key` in the data directory.
    pub next_master_key: Option<SecretString>,
    pub clock: Clock,
    /// How many deliveries may wait for the journal; further ones are refused, and Meta retries them.
    pub intake_capacity: usize,
    /// How long a delivery may wait for the disk before it is refused, and Meta retries it.
    pub intake_patience: Duration,
    /// How long after its last message an open session is closed; `None`: never.
    pub close_idle_after: Option<Duration>,
    /// Maximum size of a file in bytes.
    pub files_most: u64,
    /// Where the bytes of files are kept; `None`: in the data directory.
    pub files_bucket: Option<Bucket>,
    /// Bytes that files leave free on the disk.
    pub files_free: u64,
    /// How long a sent file is kept, and a received one.
    pub keep_sent: Duration,
    pub keep_received: Duration,
    /// For how long what customers wrote is kept.
    pub retention: Retention,
    /// Whether operators see only the end of customers' numbers.
    pub mask_numbers: bool,
    /// The highest role that an API token gives to a user.
    pub tokens_give: Role,
    /// Those whose users need a second factor to log in.
    pub second_factor_roles: Vec<Role>,
    /// `None`: everybody logs in with a password.
    pub single_sign_on: Option<SingleSignOn>,
    /// A country database that another program maintains; `None`: the uploaded one.
    pub country_database: Option<PathBuf>,
    pub push_services: PushServices,
    /// Networks in which webhooks are called beside public addresses, also without TLS.
    pub webhook_networks: Vec<IpNet>,
}

/// The push services of browsers that are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushServices {
    None,
    /// By HTTPS, and at public addresses only: a user names the address.
    Public,
    /// Also by HTTP and in private networks, for tests.
    Any,
}

/// A bucket of an S3-compatible service.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub name: String,
    /// `None`: Amazon's, by the region.
    pub endpoint: Option<Url>,
    /// The endpoint's host is the bucket's own; otherwise the bucket is the beginning of the path.
    pub bucket_in_host: bool,
    /// Whether the endpoint may be reached without TLS.
    pub allow_http: bool,
    pub region: String,
    /// What the objects' names begin with; may be empty.
    pub prefix: String,
    pub access_key_id: String,
    pub secret_access_key: SecretString,
}

/// The provider at which users log in.
#[derive(Debug, Clone)]
pub struct SingleSignOn {
    /// As the provider spells it.
    pub issuer: String,
    pub client_id: String,
    /// Empty: the provider knows this client without one.
    pub client_secret: SecretString,
    /// What users call it; may be empty.
    pub name: String,
    /// Beside `openid`.
    pub scopes: Vec<String>,
    pub groups_claim: String,
    /// Empty: roles are given here.
    pub roles: RoleGroups,
    /// Whether whoever is no user yet becomes one.
    pub creates_users: bool,
    /// Whether addresses count that the provider does not call verified.
    pub trusts_emails: bool,
    /// Whether codes of second factors are the provider's matter.
    pub checks_second_factor: bool,
    pub passwords: PasswordLogIn,
}

impl SingleSignOn {
    /// What the audit log calls it.
    pub(crate) fn shown_name(&self) -> &str {
        match self.name.as_str() {
            "" => &self.issuer,
            name => name,
        }
    }
}

/// Who may log in with a password beside single sign-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordLogIn {
    Everybody,
    Administrators,
}

/// Why a process is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To serve. With SQLite, only one process at a time serves from a data folder, and from a database file.
    Serve,
    /// To run one command; a server may run beside it.
    Command,
    /// To replace a master key that is lost.
    NewMasterKey,
}
