//! Starting and stopping.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::program::{Home, Serving, on_both_databases};
use crate::support::server::block_on;

on_both_databases! {
    fn it_prints_where_it_listens_when_it_is_ready(home) {
        let serving = home.serve(&[]);
        assert!(serving.url.starts_with("http://127.0.0.1:") && !serving.url.ends_with(":0"), "{}", serving.url);
        assert_eq!(serving.said, "");
        block_on(async { serving.client().get("/health/ready").await.expect(200) });
    }

    fn a_request_under_way_ends_before_the_service_does(home) {
        for signal in ["TERM", "INT"] {
            let serving = home.serve(&[]);
            let address = serving.url.trim_start_matches("http://").to_owned();
            let mut under_way = TcpStream::connect(&address).expect("it listens");
            under_way.set_read_timeout(Some(Duration::from_secs(30))).expect("a time");
            // The head is there and the body is not: the request has begun.
            under_way
                .write_all(b"POST /api/v1/organizations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                             Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
                .expect("it reads");
            let mut begun = [0; 25];
            under_way.read_exact(&mut begun).expect("it goes on");
            assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
            serving.signal(signal);
            under_way.write_all(b"{}").expect("it still reads");
            let mut answer = String::new();
            under_way.read_to_string(&mut answer).expect("it answers");
            assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
            let (ended_well, _) = serving.wait();
            assert!(ended_well, "SIG{signal}");
            assert!(TcpStream::connect(&address).is_err(), "it still listens");
        }
    }

    fn a_log_line_from_inside_a_transaction_tells_the_request(home) {
        let log = std::fs::File::create(home.path("log")).expect("the directory can be written");
        let (filter, format) = (("SHAREFLOOR_LOG__FILTER", "info,storage=debug"), ("SHAREFLOOR_LOG__FORMAT", "json"));
        let serving = home.serve_as(&[], |command| command.envs([filter, format]).stderr(log));
        block_on(async {
            let account = json!({ "email": "ada@example.org", "name": "Ada", "password": "correct horse battery" });
            serving.client().with("x-request-id", "it-writes").post("/api/v1/auth/register", account).await;
            serving.client().with("x-request-id", "it-reads").get("/health/ready").await.expect(200);
        });
        serving.signal("TERM");
        serving.wait();
        let log = std::fs::read_to_string(home.path("log")).expect("it is there");
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
        for (id, kind) in [("it-writes", "write"), ("it-reads", "read")] {
            let is_about = |line: &&Value| line["target"] == "storage::db" && line["spans"][0]["id"] == id;
            let line = lines.iter().find(is_about).unwrap_or_else(|| panic!("{log}"));
            assert_eq!(line["fields"]["message"], "a transaction has run");
            assert_eq!((&line["spans"][0]["name"], &line["span"]["name"]), (&json!("request"), &json!("transaction")));
            assert_eq!(line["span"]["kind"], kind);
        }
        let of_jobs = |line: &&Value| line["spans"][0]["name"] == "job" && line["span"]["name"] == "transaction";
        assert!(lines.iter().any(|line| of_jobs(&line)), "{log}");
    }

    fn the_origins_of_front_ends_are_a_list_in_the_environment(home) {
        let origins = ("SHAREFLOOR_SERVER__CORS_ORIGINS", r#"["https://app.example.org", "http://localhost:3000"]"#);
        let serving = home.serve_as(&[], |command| command.envs([origins]));
        block_on(async {
            for (origin, status) in [("https://app.example.org", 200), ("http://localhost:3000", 200), ("http://localhost:3001", 400)] {
                let ask = |request: RequestBuilder| {
                    let request = request.header("origin", origin).header("access-control-request-method", "POST");
                    request.header("access-control-request-headers", "content-type")
                };
                let answer = serving.client().send(Method::OPTIONS, "/api/v1/auth/refresh", ask).await.expect(status);
                let shared = answer.header("access-control-allow-origin") == origin;
                let with_cookies = answer.header("access-control-allow-credentials") == "true";
                assert_eq!((shared, with_cookies), (status == 200, status == 200), "{answer:?}");
            }
        });
        let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
        let refused = command.env("SHAREFLOOR_SERVER__CORS_ORIGINS", r#"["*"]"#).output().expect("the program starts");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains("server.cors_origins") && said.contains("not *"), "{said}");
    }

    fn what_was_migrated_beforehand_is_served(home) {
        let ran = home.run(&["migrate"]).done();
        // The databases of the tests on PostgreSQL come migrated.
        assert!(ran.lines().all(|line| line.starts_with("migrated ")), "{ran}");
        assert_eq!(home.run(&["migrate"]).done(), "");
        block_on(async { home.serve(&[]).client().get("/health/ready").await.expect(200) });
    }
}

/// Makes log lines that are more than fit into the buffer of a pipe, 64 KiB, and then changes something.
fn work_with_long_log_lines(serving: &Serving) {
    let address = serving.url.trim_start_matches("http://");
    for _ in 0..40 {
        let mut stream = TcpStream::connect(address).expect("it listens");
        let request = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "a".repeat(4000));
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    }
    let account = json!({ "email": "ada@example.org", "name": "Ada", "password": "correct horse battery" });
    block_on(async { serving.client().post("/api/v1/auth/register", account).await.expect(201) });
}

#[test]
fn a_log_that_cannot_be_written_changes_nothing() {
    let (into_full_disk, nobody_reads_on, nobody_reads) = (Home::on_sqlite(), Home::on_sqlite(), Home::on_sqlite());
    let full = || OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let (closed, writer) = std::io::pipe().expect("a pipe is made");
    let (_open, slow_writer) = std::io::pipe().expect("a pipe is made");
    drop(closed);
    let filter = ("SHAREFLOOR_LOG__FILTER", "info");
    let services = [
        into_full_disk.serve_as(&[], |command| command.envs([filter]).stderr(full())),
        nobody_reads_on.serve_as(&[], |command| command.envs([filter]).stderr(writer)),
        nobody_reads.serve_as(&[], |command| command.envs([filter]).stderr(slow_writer)),
    ];
    for serving in services {
        work_with_long_log_lines(&serving);
        serving.signal("TERM");
        assert!(serving.wait().0);
    }
}

#[test]
fn only_the_user_of_the_service_can_read_its_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::on_sqlite();
    let mode = |name: &str| std::fs::metadata(home.path(name)).unwrap_or_else(|_| panic!("{name}")).permissions().mode() & 0o777;
    // A directory as an older release made it.
    std::fs::create_dir(home.path("data")).expect("a directory is made");
    std::fs::set_permissions(home.path("data"), std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    let serving = home.serve(&["--demo"]);
    let account = json!({ "email": "ada@example.org", "name": "Ada", "password": "correct horse battery" });
    block_on(async { serving.client().post("/api/v1/auth/register", account).await.expect(201) });
    home.run(&["backup", "copy.db"]).done();
    assert_eq!(["data", "data/mail"].map(mode), [0o700; 2]);
    let files = ["sharefloor.db", "sharefloor.db-wal", "signing.key", "demo-accounts.txt"];
    assert_eq!(files.map(|name| mode(&format!("data/{name}"))), [0o600; 4]);
    assert_eq!(mode("copy.db"), 0o600);
}

#[test]
fn a_database_that_does_not_answer_stops_the_start_with_the_reason() {
    let home = Home::on_sqlite();
    let nowhere = home.command(&["serve"]).env("DATABASE_URL", "postgres://nobody@/nothing?host=/nowhere").output();
    let refused = super::program::Ended::from(nowhere.expect("the program starts"));
    assert!(!refused.is_success && refused.err.contains("cannot open the database"), "{refused:?}");
}
