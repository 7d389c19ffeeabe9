//! Who may call what: compares the real router's answers with a golden file of every endpoint and every caller.

use crate::support::{Story, users::Browser, world::id_of};
use domain::access::Scope;
use reqwest::{Method, RequestBuilder, header};
use server::http::routes::routes;
use std::{collections::BTreeMap, env, fmt::Write, fs};
use url::form_urlencoded;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/permissions.txt");
/// The variable that makes the test rewrite the golden file.
const REWRITE: &str = "SWITCHBOARD_REWRITE_GOLDEN";

const HEAD: &str = "\
# What each endpoint answers each caller: `ok` is any status but 401, 403 and 404.
#
# outsider    an operator who is not in the session's queue
# operator    one who is
# read …      an API token of this scope
#
# After a change that is meant: SWITCHBOARD_REWRITE_GOLDEN=1 cargo nextest run -p server -E 'test(permissions)'
";

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];
const NOTHING: &str = "00000000-0000-0000-0000-000000000000";

/// The ids that the endpoints are called with.
struct Things {
    channel: String,
    extension: String,
    queue: String,
    session: String,
    webhook_id: String,
}

impl Things {
    /// The id that fits a path or the name of a server function.
    fn of(&self, path: &str) -> &str {
        let noun = |noun: &str| path.contains(noun);
        if noun("sessions") || noun("session-log/{id}") {
            &self.session
        } else if noun("channels") {
            &self.channel
        } else if noun("extensions") {
            &self.extension
        } else if noun("queues") {
            &self.queue
        } else {
            NOTHING
        }
    }
}

enum Caller {
    Browser(Browser),
    Token(crate::support::http::Api),
}

impl Caller {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        match self {
            Self::Browser(browser) => browser.request(method, path),
            Self::Token(api) => api.request(method, path),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn permissions_are_those_of_the_golden_file() {
    let story = Story::on_sqlite().await;
    let callers = callers(&story).await;
    let things = things(&story).await;
    let mut table: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, caller) in &callers {
        for route in routes() {
            let path = route.path.replace("{id}", things.of(&route.path));
            let path = path.replace("{webhook_id}", &things.webhook_id);
            let path = path.replace("{message}", NOTHING).replace("{nth}", "0");
            for method in METHODS {
                let request = caller.request(method.clone(), &path).json(&serde_json::json!({}));
                let row = table.entry(format!("{method} {}", route.path)).or_default();
                row.push(outcome(request).await);
            }
        }
        let mut functions: Vec<_> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
        // Logging out ends the caller's session, and a closed session can only be read, so these calls come last.
        functions.sort_by_key(|path| (path.contains("/log-out"), path.ends_with("/close"), *path));
        for path in functions {
            let request = caller
                .request(Method::POST, path)
                .header(header::ACCEPT, "application/json")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(arguments(path, &things));
            table
                .entry(path.to_owned())
                .or_default()
                .push(outcome(request).await);
        }
    }
    // Drops methods that do not exist.
    table.retain(|_, row| !row.iter().any(|outcome| outcome == "405"));
    let names: Vec<_> = callers.iter().map(|(name, _)| *name).collect();
    let found = written(&names, &table);
    if env::var_os(REWRITE).is_some() {
        fs::write(GOLDEN, &found).expect("the golden file is written");
    }
    let golden = fs::read_to_string(GOLDEN).unwrap_or_default();
    let differs = |one: &str, other: &str| -> Vec<String> {
        let other: Vec<_> = other.lines().collect();
        let lines = one.lines().filter(|line| !other.contains(line));
        lines.map(str::to_owned).collect()
    };
    assert!(
        golden == found,
        "the golden file has\n{:#?}\nand the router answers\n{:#?}\nIf that is meant: {REWRITE}=1",
        differs(&golden, &found),
        differs(&found, &golden)
    );
    story.end().await;
}

async fn callers(story: &Story) -> Vec<(&'static str, Caller)> {
    let (_, outsider) = story.operator("401", "outsider").await;
    let (_, operator) = story.operator("402", "operator").await;
    let (_, supervisor) = story.supervisor("403", "supervisor").await;
    vec![
        ("nobody", Caller::Browser(Browser::new(story))),
        ("outsider", Caller::Browser(outsider)),
        ("operator", Caller::Browser(operator)),
        ("supervisor", Caller::Browser(supervisor)),
        ("admin", Caller::Browser(story.admin("admin").await)),
        ("read", Caller::Token(story.api_with(Scope::Read).await)),
        ("operate", Caller::Token(story.api_with(Scope::Operate).await)),
        (
            "administer",
            Caller::Token(story.api_with(Scope::Administer).await),
        ),
    ]
}

/// A session waits in the operator's queue; whatever the calls change or disable belongs to no caller.
async fn things(story: &Story) -> Things {
    let extensions = story.api.items("/api/v1/extensions").await;
    let operator = extensions.iter().find(|row| row["number"] == "402");
    let operator = id_of(operator.expect("the operator"));
    let queue = story.queue("Support", &[&operator]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    Things {
        session: id_of(&story.session().await),
        webhook_id: line
            .webhook_url
            .path()
            .rsplit('/')
            .next()
            .expect("an id")
            .to_owned(),
        channel: line.channel,
        extension: story.extension_of_nobody("499").await,
        queue: story.queue("Spare", &[]).await,
    }
}

/// Valid values for the arguments of every server function, so that only the permission decides.
fn arguments(path: &str, things: &Things) -> String {
    let arguments = [
        ("id", things.of(path)),
        ("session", things.session.as_str()),
        ("message", NOTHING),
        ("call", NOTHING),
        ("file", NOTHING),
        ("cursor", "x"),
        ("tab", "mine"),
        ("version", "1"),
        ("disabled", "true"),
        ("body", "Hello"),
        ("search", "x"),
        ("label", NOTHING),
        ("contact", NOTHING),
        ("on", "true"),
        ("availability", "busy"),
        ("idle", "true"),
        ("text", "Hello"),
        ("name", "x"),
        ("form[name]", "x"),
        ("number", "1"),
        ("place", "app"),
        ("door", "console"),
        ("template", "1"),
        ("channel", things.channel.as_str()),
        ("language", "en"),
        ("theme", "dark"),
        ("login", "nobody"),
        ("password", "wrong"),
        ("token", "x"),
    ];
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(arguments)
        .finish()
}

/// Reads only the head of the answer, because a stream has no end.
async fn outcome(request: RequestBuilder) -> String {
    let status = request.send().await.expect("an answer").status();
    assert!(!status.is_server_error(), "{status}");
    match status.as_u16() {
        refused @ (401 | 403 | 404 | 405) => refused.to_string(),
        _ => "ok".to_owned(),
    }
}

fn written(names: &[&str], table: &BTreeMap<String, Vec<String>>) -> String {
    let width = table.keys().map(String::len).max().unwrap_or_default();
    let mut text = format!("{HEAD}\n");
    let mut line = |name: &str, cells: &mut dyn Iterator<Item = &str>| {
        let _ = write!(text, "{name:width$}");
        for cell in cells {
            let _ = write!(text, "  {cell:10}");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    };
    line("", &mut names.iter().copied());
    for (name, row) in table {
        line(name, &mut row.iter().map(String::as_str));
    }
    text
}
