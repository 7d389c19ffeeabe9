//! Runs the commands as a shell does.

use std::{
    io::{BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Runs the binary with an empty environment, in a folder of its own.
fn switchboard(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    command
        .args(arguments)
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    switchboard(folder, arguments).output().expect("the binary")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn config_check_shows_what_is_in_force_and_hides_secrets() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(
        folder.path().join("switchboard.toml"),
        "[http]\nlisten = \"127.0.0.1:4000\"\n",
    )
    .expect("a file");
    let output = switchboard(folder.path(), &["config", "check"])
        .env("SWITCHBOARD_META__GRAPH_VERSION", "v24.0")
        .env("SWITCHBOARD_DATABASE__URL", "postgres://u:hidden@localhost/x")
        .env("SWITCHBOARD_FILES__S3__SECRET_ACCESS_KEY", "hidden")
        .env("SWITCHBOARD_SINGLE_SIGN_ON__CLIENT_SECRET", "hidden")
        .env("SWITCHBOARD_BIN", "somebody else's")
        .output()
        .expect("the binary");
    assert!(output.status.success(), "{output:?}");
    let shown = text(&output.stdout);
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).expect("a line");
    assert!(
        line("http.listen").contains("127.0.0.1:4000") && line("http.listen").contains("switchboard.toml")
    );
    assert!(
        line("meta.graph_version").contains("v24.0") && line("meta.graph_version").contains("environment")
    );
    assert!(line("data.dir").contains("default"));
    assert!(!shown.contains("hidden"));
}

#[test]
fn the_audit_log_is_verified_and_compared_with_what_was_noted() {
    let folder = TempDir::new().expect("a folder");
    let user = ["user", "add", "--login", "admin", "--name", "Admin"];
    assert!(run(folder.path(), &user).status.success());
    let verified = run(folder.path(), &["audit", "verify"]);
    assert!(verified.status.success(), "{verified:?}");
    let shown = text(&verified.stdout);
    assert!(shown.starts_with("1 rows are as they were written"), "{shown}");
    let newest = shown.rsplit(' ').next().expect("its hash").trim();
    let noted = run(folder.path(), &["audit", "verify", "--noted", newest]);
    assert!(noted.status.success(), "{noted:?}");
    for (noted, said) in [
        ("1:other", "row 1 does not have the noted hash"),
        ("2:other", "there is no row 2"),
        ("other", "NUMBER:HASH is expected"),
    ] {
        let refused = run(folder.path(), &["audit", "verify", "--noted", noted]);
        assert!(!refused.status.success());
        assert!(text(&refused.stderr).contains(said), "{refused:?}");
    }
}

#[test]
fn rates_come_from_a_file_or_say_what_is_wrong_with_it() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("rates.json");
    let with = |country: &str| {
        let rates = format!(
            r#"{{"currency": "EUR", "date": "2026-12-01", "source": "our card",
                "markets": [{{"countries": ["{country}"], "rates": {{"utility": "0.02"}}}}]}}"#
        );
        std::fs::write(&file, rates).expect("a file");
        run(folder.path(), &["costs", "rates", "rates.json"])
    };
    let wrong = with("Poland");
    assert!(!wrong.status.success());
    assert!(
        text(&wrong.stderr).contains("markets.0.countries.0: Unknown"),
        "{wrong:?}"
    );
    let right = with("PL");
    assert_eq!(
        text(&right.stdout),
        "EUR of 2026-12-01, countries: 1\n",
        "{right:?}"
    );
}

#[test]
fn everything_wrong_in_the_settings_is_named_at_once() {
    let folder = TempDir::new().expect("a folder");
    let file = "[http]\nlisten = \"nowhere\"\nlisten_on = 1\n[metta]\ngraph_version = \"v25.0\"\n";
    std::fs::write(folder.path().join("other.toml"), file).expect("a file");
    let output = switchboard(folder.path(), &["--config", "other.toml", "config", "check"])
        .env("SWITCHBOARD_HTTP__LISTN", "127.0.0.1:1")
        .env("SWITCHBOARD_META__GRAPH_VERSION", "25")
        .env("SWITCHBOARD_HTTP__PUBLIC_URL", "ftp://x")
        .env("SWITCHBOARD_SECURITY__MASTER_KEY", "c2hvcnQ=")
        .output()
        .expect("the binary");
    assert!(!output.status.success());
    let said = text(&output.stderr);
    for named in [
        "http.listen (",
        "http.listen_on",
        "metta.graph_version",
        "SWITCHBOARD_HTTP__LISTN:",
        "SWITCHBOARD_META__GRAPH_VERSION:",
        "SWITCHBOARD_HTTP__PUBLIC_URL:",
        "SWITCHBOARD_SECURITY__MASTER_KEY:",
        "other.toml",
    ] {
        assert!(said.contains(named), "{named} in:\n{said}");
    }
    assert!(!said.contains("c2hvcnQ="), "a secret is not repeated: {said}");
    let serve = run(folder.path(), &["--config", "other.toml", "serve"]);
    assert!(!serve.status.success(), "and nothing starts with such settings");
}

#[test]
fn a_token_is_all_that_is_printed_also_before_the_first_serve() {
    let folder = TempDir::new().expect("a folder");
    let output = run(
        folder.path(),
        &["token", "create", "--name", "ci", "--scope", "read"],
    );
    assert!(output.status.success(), "{output:?}");
    let printed = text(&output.stdout);
    let token = printed.strip_suffix('\n').expect("a line");
    assert!(
        token.len() >= 20 && token.bytes().all(|byte| byte.is_ascii_graphic()),
        "{printed:?}"
    );
    assert!(folder.path().join("data/switchboard.db").is_file());

    let refused = run(
        folder.path(),
        &["token", "create", "--name", "ci", "--scope", "everything"],
    );
    assert!(!refused.status.success());
    assert!(refused.stdout.is_empty());
}

#[test]
fn a_token_is_bound_to_what_there_is() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(
        folder.path().join("company.toml"),
        "[[queues]]\nname = \"Support\"\npick_up = \"manual\"\n",
    )
    .expect("a file");
    let applied = run(folder.path(), &["apply", "company.toml"]);
    assert!(applied.status.success(), "{applied:?}");
    let create = |arguments: &[&str]| {
        let token = ["token", "create", "--name", "crm", "--scope", "operate"];
        run(folder.path(), &[&token[..], arguments].concat())
    };
    let bound = create(&["--queue", "Support"]);
    assert!(bound.status.success(), "{bound:?}");
    for (arguments, said) in [
        (&["--queue", "Sales"][..], "there is no queue \"Sales\""),
        (&["--channel", "300000000000009"], "there is no channel"),
        (
            &["--channel", "300000000000009", "--queue", "Support"],
            "cannot be used with",
        ),
    ] {
        let refused = create(arguments);
        assert!(
            !refused.status.success() && refused.stdout.is_empty(),
            "{refused:?}"
        );
        assert!(text(&refused.stderr).contains(said), "{refused:?}");
    }
    let listed = run(folder.path(), &["token", "list"]);
    let listed = text(&listed.stdout);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    assert!(
        listed.contains("\toperate\tnever\tnever\tcrm\tqueue:"),
        "{listed}"
    );
}

#[test]
fn a_person_is_added_with_a_made_up_password_or_a_given_one() {
    let folder = TempDir::new().expect("a folder");
    let add = |login: &'static str| {
        [
            "user", "add", "--login", login, "--name", "Somebody", "--role", "admin",
        ]
    };
    let made_up = run(folder.path(), &add("first"));
    assert!(made_up.status.success(), "{made_up:?}");
    assert!(text(&made_up.stdout).trim().len() >= 20);

    let mut given = switchboard(folder.path(), &add("second"));
    let mut given = given
        .arg("--password-stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    given
        .stdin
        .take()
        .expect("a pipe")
        .write_all(b"correct horse battery\n")
        .expect("written");
    let given = given.wait_with_output().expect("an end");
    assert!(given.status.success() && given.stdout.is_empty(), "{given:?}");

    let again = run(folder.path(), &add("first"));
    assert!(!again.status.success());
    assert!(text(&again.stderr).contains("login"), "{again:?}");
}

#[test]
fn users_are_listed_disabled_and_given_new_passwords() {
    let folder = TempDir::new().expect("a folder");
    for (login, role) in [("first", "admin"), ("second", "operator")] {
        let add = [
            "user", "add", "--login", login, "--name", "Somebody", "--role", role,
        ];
        assert!(run(folder.path(), &add).status.success());
    }
    let list = || text(&run(folder.path(), &["user", "list"]).stdout).to_owned();
    let shown = "first\tadmin\t-\tenabled\tSomebody\nsecond\toperator\t-\tenabled\tSomebody\n";
    assert_eq!(list(), shown);

    for login in ["nobody", "first"] {
        let refused = run(folder.path(), &["user", "disable", "--login", login]);
        assert!(!refused.status.success(), "{login}");
    }
    for (command, state) in [
        ("disable", "disabled"),
        ("disable", "disabled"),
        ("enable", "enabled"),
    ] {
        let done = run(folder.path(), &["user", command, "--login", "SECOND"]);
        assert!(done.status.success(), "{done:?}");
        assert!(
            list().contains(&format!("second\toperator\t-\t{state}")),
            "{}",
            list()
        );
    }

    let set = run(folder.path(), &["user", "set-password", "--login", "second"]);
    assert!(
        set.status.success() && text(&set.stdout).trim().len() >= 20,
        "{set:?}"
    );
    let unknown = run(folder.path(), &["user", "set-password", "--login", "nobody"]);
    assert!(
        !unknown.status.success() && unknown.stdout.is_empty(),
        "{unknown:?}"
    );
}

#[test]
fn what_rules_would_delete_is_counted() {
    let folder = TempDir::new().expect("a folder");
    for rules in [&["retention"][..], &["retention", "--sessions-days", "30"]] {
        let output = run(folder.path(), rules);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            text(&output.stdout),
            "These rules delete now: 0 sessions, 0 messages, 0 files, 0 contacts. This command deletes nothing.\n"
        );
    }
}

#[test]
fn migrate_may_run_twice() {
    let folder = TempDir::new().expect("a folder");
    for _ in 0..2 {
        assert!(run(folder.path(), &["migrate"]).status.success());
    }
}

#[test]
fn what_is_created_is_private_and_an_open_folder_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a folder");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let output = switchboard(folder.path(), &["migrate"])
        .env("SWITCHBOARD_DATA__DIR", &data)
        .output()
        .expect("the binary");
    assert!(output.status.success(), "{output:?}");
    let told = [text(&output.stdout), text(&output.stderr)].concat();
    assert!(told.contains("chmod 700"), "{output:?}");
    let mut files = 0;
    for entry in std::fs::read_dir(&data).expect("the folder") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("its mode").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
        files += 1;
    }
    assert!(files > 0);
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).expect("a mode");
    let again = switchboard(folder.path(), &["migrate"])
        .env("SWITCHBOARD_DATA__DIR", &data)
        .output()
        .expect("the binary");
    assert!(
        ![text(&again.stdout), text(&again.stderr)]
            .concat()
            .contains("chmod 700")
    );
}

/// A serving command; it is killed when the test ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Serving {
    /// Sends the signal and waits for the end; returns how long that took and whether the process ended cleanly.
    fn end(mut self, signal: &str) -> (Duration, bool) {
        let id = self.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .expect("kill")
                .success()
        );
        let asked = Instant::now();
        let status = self.0.wait().expect("an end");
        (asked.elapsed(), status.success())
    }
}

/// Reads lines until one holds `what`, and returns that line.
fn line_with(from: &mut impl std::io::BufRead, what: &str) -> String {
    let mut line = String::new();
    while from.read_line(&mut line).expect("text") > 0 {
        if line.contains(what) {
            return line;
        }
        line.clear();
    }
    panic!("it ended without {what:?}");
}

/// The `http://host:port` in a line.
fn address(line: &str) -> String {
    let start = line.find("http://").expect("a URL") + "http://".len();
    line[start..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || ".:".contains(*c))
        .collect()
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn post(address: &str, path: &str, session: &str, form: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nCookie: switchboard_session={session}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn the_first_start_shows_a_link_and_a_stop_is_clean() {
    let folder = TempDir::new().expect("a folder");
    let mut serve = switchboard(folder.path(), &["serve"]);
    let serve = serve
        .env("SWITCHBOARD_HTTP__LISTEN", "127.0.0.1:0")
        .stderr(Stdio::piped());
    let mut serving = Serving(serve.spawn().expect("started"));
    let mut log = BufReader::new(serving.0.stderr.take().expect("a log"));

    let link = line_with(&mut log, "/setup?token=");
    let address = address(&link);
    line_with(&mut log, "serving");
    assert!(get(&address, "/readyz").starts_with("HTTP/1.1 200"));
    let token = run(
        folder.path(),
        &["token", "create", "--name", "while it runs", "--scope", "read"],
    );
    assert!(token.status.success(), "{token:?}");

    let (took, clean) = serving.end("-TERM");
    assert!(clean && took < Duration::from_secs(10), "{took:?}");
    let mut rest = String::new();
    log.read_to_string(&mut rest).expect("text");
    assert!(rest.contains("stopped"), "{rest}");
    assert!(!rest.contains("in time"), "nothing was cut off: {rest}");
}

#[test]
fn the_demo_has_a_customer_waiting_and_leaves_nothing_behind() {
    let (folder, temporary) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let mut demo = switchboard(
        folder.path(),
        &["demo", "--listen", "127.0.0.1:0", "--simulator", "127.0.0.1:0"],
    );
    let demo = demo.env("TMPDIR", temporary.path()).stdout(Stdio::piped());
    let mut serving = Serving(demo.spawn().expect("started"));
    let mut said = BufReader::new(serving.0.stdout.take().expect("a pipe"));

    let console = address(&line_with(&mut said, "Console"));
    let phone = address(&line_with(&mut said, "Customer's phone"));
    line_with(&mut said, "jana");
    assert!(get(&console, "/login").starts_with("HTTP/1.1 200"));
    assert!(get(&phone, "/").starts_with("HTTP/1.1 200"));
    let entered = post(
        &console,
        "/rpc/auth/log-in",
        "",
        "login=jana&password=switchboard",
    );
    let cookie = entered
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: switchboard_session="))
        .and_then(|line| line.split(';').next())
        .expect("a cookie");
    let counts = post(&console, "/rpc/inbox/counts", cookie, "");
    assert!(counts.contains(r#""waiting":1"#), "{counts}");

    let (took, clean) = serving.end("-INT");
    assert!(clean && took < Duration::from_secs(10), "{took:?}");
    assert!(
        std::fs::read_dir(temporary.path())
            .expect("a folder")
            .next()
            .is_none(),
        "the data is gone"
    );
    assert!(
        std::fs::read_dir(folder.path())
            .expect("a folder")
            .next()
            .is_none(),
        "and nothing is elsewhere"
    );
}

#[test]
fn a_taken_port_is_said_in_one_line() {
    let folder = TempDir::new().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address").to_string();
    for arguments in [
        ["demo", "--listen", &taken, "--simulator", "127.0.0.1:0"],
        ["demo", "--listen", "127.0.0.1:0", "--simulator", &taken],
    ] {
        let output = run(folder.path(), &arguments);
        let said = text(&output.stderr).trim_end();
        assert!(!output.status.success());
        assert!(
            said.contains(&taken) && said.contains("choose another") && said.lines().count() == 1,
            "{said}"
        );
    }
}

#[test]
fn the_doctor_says_what_is_wrong_and_ends_with_it() {
    let folder = TempDir::new().expect("a folder");
    let nothing = run(folder.path(), &["doctor"]);
    assert!(nothing.status.success(), "{nothing:?}");
    assert!(text(&nothing.stdout).contains("There is no channel yet."));
    let unknown = run(folder.path(), &["doctor", "Support"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("Support"), "{unknown:?}");
}

#[test]
fn what_could_not_be_applied_is_replayed_and_counted() {
    let folder = TempDir::new().expect("a folder");
    let replay = ["deliveries", "replay", "--reason"];
    let none = run(folder.path(), &[&replay[..], &["unknown_number"]].concat());
    assert!(none.status.success(), "{none:?}");
    assert_eq!(text(&none.stdout), "applied: 0\n");
    let wrong = run(folder.path(), &[&replay[..], &["nonsense"]].concat());
    assert!(!wrong.status.success());
}

#[test]
fn the_doors_are_opened_to_every_country() {
    let folder = TempDir::new().expect("a folder");
    let off = run(folder.path(), &["countries", "off"]);
    assert!(off.status.success(), "{off:?}");
    assert!(
        text(&off.stdout).contains("everybody is let in already"),
        "{off:?}"
    );
}

/// Starts the server on any port, and returns its log.
fn serve(command: &mut Command) -> (Serving, BufReader<std::process::ChildStderr>) {
    let serve = command
        .env("SWITCHBOARD_HTTP__LISTEN", "127.0.0.1:0")
        .stderr(Stdio::piped());
    let mut serving = Serving(serve.spawn().expect("started"));
    let log = BufReader::new(serving.0.stderr.take().expect("a log"));
    (serving, log)
}

#[test]
fn a_folder_is_served_by_one_process() {
    let folder = TempDir::new().expect("a folder");
    let (serving, mut log) = serve(&mut switchboard(folder.path(), &["serve"]));
    line_with(&mut log, "serving");
    let second = switchboard(folder.path(), &["serve"])
        .env("SWITCHBOARD_HTTP__LISTEN", "127.0.0.1:0")
        .output()
        .expect("the binary");
    let said = text(&second.stderr);
    let process = format!("process {}", serving.0.id());
    assert!(!second.status.success());
    assert!(
        said.contains("data") && said.contains(&process) && said.contains("data.dir"),
        "{said}"
    );
    // The name of the commands until they were more than one.
    let replace = run(folder.path(), &["master-key", "replace"]);
    assert!(!replace.status.success(), "nor is its key taken from under it");
    let said = text(&replace.stderr);
    assert!(said.contains(&process), "{said}");
    let beside = run(folder.path(), &["deliveries", "replay"]);
    assert!(
        beside.status.success(),
        "one call may be made beside it: {beside:?}"
    );

    let (_, clean) = serving.end("-TERM");
    assert!(clean);
    let (third, mut log) = serve(&mut switchboard(folder.path(), &["serve"]));
    line_with(&mut log, "serving");
    let (_, clean) = third.end("-TERM");
    assert!(clean);
}

/// However the file's name is written, and whichever data folder the other settings use.
#[test]
fn an_sqlite_file_is_served_by_one_process() {
    let (folder, place) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let (file, link) = (place.path().join("x.db"), place.path().join("link.db"));
    let with = |data: &str, file: &Path, arguments: &[&str]| {
        let mut command = switchboard(folder.path(), arguments);
        command
            .env("SWITCHBOARD_DATA__DIR", data)
            .env(
                "SWITCHBOARD_DATABASE__URL",
                format!("sqlite://{}", file.display()),
            )
            .env(
                "SWITCHBOARD_SECURITY__MASTER_KEY",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            )
            .env("SWITCHBOARD_HTTP__LISTEN", "127.0.0.1:0");
        command
    };
    let (serving, mut log) = serve(&mut with("one", &file, &["serve"]));
    line_with(&mut log, "serving");
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    for file in [&file, &link] {
        // Like `serve`, this command needs the file for itself; unlike `serve`, it ends if it gets the file.
        let second = with("other", file, &["keys", "replace"]).output();
        let second = second.expect("the binary");
        let (said, process) = (text(&second.stderr), format!("process {}", serving.0.id()));
        assert!(!second.status.success());
        assert!(
            said.contains("x.db") && said.contains(&process) && said.contains("database.url"),
            "{said}"
        );
    }
    let beside = with("other", &file, &["deliveries", "replay"]).output();
    assert!(beside.expect("the binary").status.success());
    let (_, clean) = serving.end("-TERM");
    assert!(clean);
    let (third, mut log) = serve(&mut with("other", &file, &["serve"]));
    line_with(&mut log, "serving");
    let (_, clean) = third.end("-TERM");
    assert!(clean);
}

#[test]
fn without_its_master_key_nothing_starts() {
    let folder = TempDir::new().expect("a folder");
    let key = folder.path().join("data/master.key");
    assert!(run(folder.path(), &["migrate"]).status.success());
    let right = std::fs::read_to_string(&key).expect("a key");

    let refused = |what: &str| {
        for arguments in [&["serve"][..], &["migrate"]] {
            let output = switchboard(folder.path(), arguments)
                .env("SWITCHBOARD_HTTP__LISTEN", "127.0.0.1:0")
                .output()
                .expect("the binary");
            let said = text(&output.stderr);
            assert!(!output.status.success());
            for word in [
                "master.key",
                what,
                "backup",
                "security.master_key",
                "switchboard keys replace",
            ] {
                assert!(said.contains(word), "{word} in: {said}");
            }
            assert_eq!(said.matches(what).count(), 1, "once: {said}");
        }
    };
    std::fs::remove_file(&key).expect("removed");
    refused("is missing");
    assert!(!key.exists(), "no other is made in its place");
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    std::fs::write(&key, other).expect("written");
    refused("is not the master key of this database");
    std::fs::write(&key, &right).expect("written");
    assert!(run(folder.path(), &["migrate"]).status.success());

    std::fs::remove_file(&key).expect("removed");
    let replaced = run(folder.path(), &["keys", "replace"]);
    assert!(replaced.status.success() && key.exists(), "{replaced:?}");
    assert!(run(folder.path(), &["migrate"]).status.success());
    std::fs::write(&key, &right).expect("written");
    refused("is not the master key of this database");
}

#[test]
fn a_postgres_that_is_not_there_is_named_soon_and_once() {
    let folder = TempDir::new().expect("a folder");
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let place = format!("127.0.0.1:{}", free.expect("a port").port());
    let url = format!("postgres://app:hidden@{place}/pbx");
    let command = |arguments| {
        let mut command = switchboard(folder.path(), arguments);
        command.env("SWITCHBOARD_DATABASE__URL", &url);
        command
    };
    for arguments in [&["serve"][..], &["migrate"]] {
        let asked = Instant::now();
        let output = command(arguments)
            .env("SWITCHBOARD_HTTP__LISTEN", "127.0.0.1:0")
            .output()
            .expect("the binary");
        let said = text(&output.stderr);
        assert!(
            !output.status.success() && asked.elapsed() < Duration::from_secs(5),
            "{said}"
        );
        assert!(
            said.contains(&place) && said.contains("database pbx") && said.contains("refused"),
            "{said}"
        );
        assert!(!said.contains("hidden"), "{said}");
        assert_eq!(
            (said.matches("PostgreSQL").count(), said.lines().count()),
            (1, 1),
            "{said}"
        );
    }

    let mut waits = command(&["serve"]);
    let (waiting, mut log) = serve(waits.env("SWITCHBOARD_DATABASE__WAIT_SECONDS", "60"));
    for _ in 0..2 {
        let line = line_with(&mut log, "waiting for PostgreSQL");
        assert!(line.contains(&place) && !line.contains("hidden"), "{line}");
    }
    let (took, clean) = waiting.end("-TERM");
    assert!(clean && took < Duration::from_secs(3), "{took:?}");
}

/// A named pipe cannot be read to its end: waiting for it must delay neither a command nor the stop.
#[test]
fn a_country_file_that_cannot_be_read_holds_nothing_up() {
    let folder = TempDir::new().expect("a folder");
    assert!(run(folder.path(), &["migrate"]).status.success());
    let pipe = Command::new("mkfifo")
        .arg(folder.path().join("data/countries.mmdb"))
        .status();
    assert!(pipe.expect("mkfifo").success());
    let asked = Instant::now();
    assert!(run(folder.path(), &["countries", "off"]).status.success());
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    // The same for an endless file.
    let asked = Instant::now();
    let endless = switchboard(folder.path(), &["countries", "off"])
        .env("SWITCHBOARD_SECURITY__COUNTRY_DATABASE", "/dev/zero")
        .output();
    assert!(endless.expect("the binary").status.success());
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());

    let (serving, mut log) = serve(&mut switchboard(folder.path(), &["serve"]));
    line_with(&mut log, "serving");
    let (took, clean) = serving.end("-TERM");
    assert!(clean && took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_service_manager_is_told() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("notify");
    let manager = std::os::unix::net::UnixDatagram::bind(&path).expect("a socket");
    manager
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a time-out");
    let told = || {
        let mut bytes = [0; 100];
        let length = manager.recv(&mut bytes).expect("a word");
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let (serving, _log) = serve(switchboard(folder.path(), &["serve"]).env("NOTIFY_SOCKET", &path));
    assert_eq!(told(), "READY=1");
    let (_, clean) = serving.end("-TERM");
    assert!(clean);
    assert_eq!(told(), "STOPPING=1");
}

#[test]
fn the_unit_is_what_systemd_takes_and_is_hardened() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let unit = include_str!("../../packaging/switchboard.service");
    let unit = unit.replace("/usr/local/bin/switchboard", env!("CARGO_BIN_EXE_switchboard"));
    let path = folder.path().join("switchboard.service");
    std::fs::write(&path, unit).expect("written");
    for arguments in [
        &["verify", "--man=no"][..],
        &["security", "--offline=true", "--threshold=20", "--no-pager"],
    ] {
        let output = Command::new("systemd-analyze")
            .args(arguments)
            .arg(&path)
            .output();
        let output = output.expect("systemd-analyze");
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
}

#[test]
fn somebody_forwards_who_is_not_believed() {
    let folder = TempDir::new().expect("a folder");
    let (_serving, mut log) = serve(&mut switchboard(folder.path(), &["serve"]));
    let address = address(&line_with(&mut log, "serving"));
    let forwarded = "/healthz HTTP/1.1\r\nX-Forwarded-For: 198.51.100.7\r\nX-Rest:";
    for _ in 0..3 {
        get(&address, forwarded);
    }
    let line = line_with(&mut log, "http.trusted_proxies");
    assert!(line.contains("127.0.0.1") && line.contains("WARN"), "{line}");
}

#[test]
fn who_is_kept_out_gets_a_link() {
    let folder = TempDir::new().expect("a folder");
    let add = ["user", "add", "--login", "jana", "--name", "Jana"];
    assert!(run(folder.path(), &add).status.success());
    let link = run(folder.path(), &["user", "unlock", "--login", "Jana"]);
    let link = text(&link.stdout);
    assert!(
        link.starts_with("http://127.0.0.1:3000/login/unlock?login=jana&note="),
        "{link}"
    );
    // The command's former name still works.
    let unknown = run(folder.path(), &["person", "unlock", "--login", "petr"]);
    assert!(
        !unknown.status.success() && text(&unknown.stderr).contains("petr"),
        "{unknown:?}"
    );
}

#[test]
fn a_file_is_applied_shown_and_exported() {
    let folder = TempDir::new().expect("a folder");
    let file = "[[extensions]]\nnumber = \"201\"\nname = \"Jana\"\nlogin = \"jana\"\npassword = { env = \"JANA\" }\n";
    std::fs::write(folder.path().join("company.toml"), file).expect("a file");
    let apply = |arguments: &[&str]| {
        let arguments = [&["apply", "company.toml"][..], arguments].concat();
        let mut command = switchboard(folder.path(), &arguments);
        command
            .env("JANA", "correct horse battery")
            .output()
            .expect("the binary")
    };
    for (arguments, shown) in [
        (&["--dry-run"][..], "+ extension 201\n"),
        (&[], "+ extension 201\n"),
        (&[], "= extension 201\n"),
    ] {
        let output = apply(arguments);
        assert_eq!(text(&output.stdout), shown, "{output:?}");
    }
    let exported = run(folder.path(), &["export"]);
    assert!(
        text(&exported.stdout).contains("# password = { env = \"EXTENSION_201_PASSWORD\" }"),
        "{exported:?}"
    );

    std::fs::write(folder.path().join("company.toml"), format!("{file}colour = 1\n")).expect("a file");
    let refused = apply(&[]);
    let said = text(&refused.stderr);
    assert!(
        said.contains("company.toml:6: ") && said.contains("colour"),
        "{said}"
    );
}

#[test]
fn webhooks_are_made_listed_switched_and_deleted() {
    let folder = TempDir::new().expect("a folder");
    let webhook = |arguments: &[&str]| {
        let arguments = [&["webhook"][..], arguments].concat();
        let output = run(folder.path(), &arguments);
        assert!(output.status.success(), "{output:?}");
        text(&output.stdout).to_owned()
    };
    let create = [
        "create",
        "--name",
        "CRM",
        "--address",
        "https://crm.example",
        "--type",
        "message.received",
    ];
    assert!(webhook(&create).starts_with("whsec_"));
    assert!(webhook(&["generate"]).starts_with("whsec_"));
    let listed = webhook(&["list"]);
    let (id, rest) = listed.split_once('\t').expect("an id");
    assert_eq!(rest, "on\t0\t0\thttps://crm.example/\tCRM\n");
    webhook(&["disable", id]);
    assert!(webhook(&["list"]).contains("\tadministrator\t"));
    webhook(&["enable", id]);
    assert!(webhook(&["test", id]).starts_with("test_"));
    webhook(&["delete", id]);
    assert_eq!(webhook(&["list"]), "");

    for (option, value, said) in [
        ("--type", "message.eaten", "--type: Unknown"),
        ("--address", "ftp://crm.example", "--address: Malformed"),
    ] {
        let mut wrong = [
            "webhook",
            "create",
            "--name",
            "CRM",
            "--address",
            "https://crm.example",
            "--type",
            "message.received",
        ];
        let at = wrong.iter().position(|word| *word == option).expect("an option");
        wrong[at + 1] = value;
        let refused = run(folder.path(), &wrong);
        assert!(text(&refused.stderr).contains(said), "{refused:?}");
    }
}

#[test]
fn extensions_are_imported_all_or_none() {
    let folder = TempDir::new().expect("a folder");
    let import = |csv: &[u8], arguments: &[&str]| {
        std::fs::write(folder.path().join("people.csv"), csv).expect("a file");
        let arguments = [&["extensions", "import", "people.csv"][..], arguments].concat();
        run(folder.path(), &arguments)
    };
    let good = b"number,name\n201,Jana\n202,Ivo\n";
    for arguments in [&["--dry-run"][..], &[]] {
        let output = import(good, arguments);
        assert_eq!(
            text(&output.stdout),
            "+ extension 201 Jana\n+ extension 202 Ivo\n",
            "{output:?}"
        );
    }
    for (wrong, said) in [
        (
            &b"number,name\n203,Eva\n201,Jana\n"[..],
            "people.csv:3: number: Taken",
        ),
        (b"number;name\n203;\n", "people.csv:2: name: Required"),
        (
            b"number,name\n203,Ji\xf8\xed\n",
            "people.csv: it is read as UTF-8",
        ),
    ] {
        let refused = import(wrong, &[]);
        assert!(!refused.status.success());
        assert!(text(&refused.stderr).contains(said), "{refused:?}");
    }
    let exported = run(folder.path(), &["export"]);
    assert!(!text(&exported.stdout).contains("203"), "{exported:?}");
}
