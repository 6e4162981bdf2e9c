//! `docs/tutorials/election-night.md`: every command of the page runs, in its order; what the page says is done on the
//! desk's pages is done there, over TLS, by people who sign in.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::desk_load::clerk::Sheet;
use crate::desk_load::server::free_port;
use crate::pages::{Page, tools_are_there};
use crate::support::{PROGRAM, Ran, Temp, in_c_locale, run_command};

const PAGE: &str = "tutorials/election-night.md";
const PASSWORD: &str = "a sentence that is easy to keep";
/// Longest that anything may take before the test says that it hangs.
const PATIENCE: Duration = Duration::from_secs(600);

/// The page, its commands, and the port of the desk in place of the page's.
struct Night {
    temp: Temp,
    page: Page,
    port: u16,
}

impl Night {
    fn block(&self, mark: &str) -> String {
        let blocks = self.page.blocks();
        let found: Vec<&&str> = blocks.iter().filter(|block| block.contains(mark)).collect();
        assert_eq!(found.len(), 1, "{mark}: {found:?}");
        found[0].replace("8443", &self.port.to_string())
    }

    /// Runs the one block that has this in it.
    #[track_caller]
    fn run(&self, mark: &str) -> Ran {
        self.page.run(&self.block(mark), &self.temp).ends(0)
    }

    /// Starts the desk as the page does; gives what its terminal shows at once.
    fn serve(&self) -> (Desk, Vec<String>) {
        let programs = Path::new(PROGRAM).parent().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let mut command = in_c_locale(Command::new("sh"));
        // The shell becomes the program, so that what ends the one ends the other.
        command.current_dir(self.temp.path()).env("PATH", path);
        command.args(["-e", "-c", &format!("exec {}", self.block("tallyproof -C night serve"))]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut shown = vec![lines.next().expect("an address").unwrap()];
        let desk = Desk(child);
        let start = Instant::now();
        while self.curl(None, &["/login"]).code != Some(0) {
            assert!(start.elapsed() < PATIENCE, "the desk does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        if !self.temp.join("admin.jar").exists() {
            shown.push(lines.next().expect("a first link").unwrap());
        }
        (desk, shown)
    }

    /// Asks the desk as a browser that keeps somebody's cookies would. The last argument is a path of the desk's.
    fn curl(&self, who: Option<&str>, args: &[&str]) -> Ran {
        let (path, options) = args.split_last().unwrap();
        let mut command = Command::new("curl");
        command.current_dir(self.temp.path()).args(["-sS", "--cacert", "night/tls/authority.pem"]);
        if let Some(who) = who {
            let jar = format!("{who}.jar");
            command.args(["-b", &jar, "-c", &jar]);
        }
        run_command_of(command.args(options).arg(format!("https://localhost:{}{path}", self.port)))
    }

    fn get(&self, who: &str, path: &str) -> String {
        self.curl(Some(who), &["--fail", path]).ends(0).out
    }

    /// Sends a form with the token that its page carries; gives the page that comes.
    fn post(&self, who: &str, from: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let csrf = between(&self.get(who, from), "name=\"csrf\" value=\"", "\"").to_owned();
        let csrf = ("csrf", csrf.as_str());
        self.send(who, path, &[&[csrf], fields].concat())
    }

    fn send(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let pairs: Vec<String> = fields.iter().map(|(name, text)| format!("{name}={text}")).collect();
        let mut args: Vec<&str> = pairs.iter().flat_map(|pair| ["--data-urlencode", pair.as_str()]).collect();
        args.push(path);
        let ran = self.curl(Some(who), &args).ends(0);
        assert!(!ran.out.contains("class=\"problem\""), "{path}: {}", ran.out);
        ran.out
    }

    /// An account, by the link that the administrator hands over.
    fn account(&self, login: &str, role: &str) {
        let fields = [("name", login), ("login", login), ("role", role), ("lang", "en")];
        let page = self.post("admin", "/accounts", "/accounts", &fields);
        let link = between(&page, "<code class=\"secret\">", "</code>").to_owned();
        self.send(login, "/password", &[("key", key_of(&link)), ("password", PASSWORD), ("again", PASSWORD)]);
    }

    fn status(&self) -> Value {
        self.run("/api/v1/status").json()
    }

    fn wait_until_read(&self) -> Value {
        let start = Instant::now();
        loop {
            let status = self.status();
            if status["images_pending"] == 0 {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "{status}");
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// Publishes at the desk, and keeps the bundle under a name.
    fn publish(&self, name: &str) {
        let fields = [("passphrase", "four plain words nobody says"), ("agreed", "yes")];
        self.post("carla", "/exports/bundle", "/exports/bundle", &fields);
        let start = Instant::now();
        let path = loop {
            let page = self.get("carla", "/exports");
            assert!(!page.contains("class=\"problem\""), "{page}");
            if page.contains("href=\"/exports/bundle/") {
                break format!("/exports/bundle/{}", between(&page, "href=\"/exports/bundle/", "\""));
            }
            assert!(start.elapsed() < PATIENCE, "the bundle takes too long");
            std::thread::sleep(Duration::from_millis(200));
        };
        self.curl(Some("carla"), &["--fail", "-o", name, &path]).ends(0);
    }

    /// A clerk types the sheet at hand: every figure as 7, which nobody takes for the truth.
    fn enter(&self, who: &str) -> String {
        let page = self.get(who, "/entry");
        let sheet = Sheet::of(&page).unwrap_or_else(|| panic!("nothing waits: {page}"));
        let mut fields =
            vec![("csrf", sheet.csrf.as_str()), ("lease", &sheet.lease), ("revision", &sheet.revision)];
        fields.extend(
            sheet
                .figures
                .iter()
                .map(|code| (code.as_str(), if code.starts_with("table") { "i" } else { "7" })),
        );
        fields.push(("deed", "save"));
        let page = self.send(who, "/entry", &fields);
        assert!(page.contains("Saved"), "{page}");
        sheet.image
    }
}

/// The server; it ends when it is dropped.
struct Desk(Child);

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Desk {
    /// Asks it to end, as Ctrl-C does, and waits.
    fn end(mut self) {
        run_command_of(Command::new("kill").args(["-TERM", &self.0.id().to_string()])).ends(0);
        assert!(self.0.wait().unwrap().success());
    }
}

fn run_command_of(command: &mut Command) -> Ran {
    let mut own = in_c_locale(Command::new(command.get_program()));
    own.args(command.get_args());
    if let Some(dir) = command.get_current_dir() {
        own.current_dir(dir);
    }
    run_command(own)
}

#[track_caller]
fn between<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let found = page.split_once(from).and_then(|(_, rest)| rest.split_once(to));
    found.unwrap_or_else(|| panic!("no {from} in:\n{page}")).0
}

fn key_of(link: &str) -> &str {
    link.split("key=").nth(1).unwrap_or_else(|| panic!("{link}"))
}

#[test]
fn every_command_of_the_page_runs() {
    if !tools_are_there(PAGE, &["curl", "sha256sum", "xargs"]) {
        return;
    }
    let night = Night { temp: Temp::new(), page: Page::of(PAGE), port: free_port() };
    assert_eq!(night.page.blocks().len(), 12, "every block has its place below");
    for mark in ["tallyproof demo", "tallyproof new", "tallyproof -C night add", "tallyproof key new"] {
        night.run(mark);
    }

    let (desk, shown) = night.serve();
    assert_eq!(shown[0], format!("https://192.168.1.20:{}/", night.port));
    let first = [
        ("key", key_of(&shown[1])),
        ("name", "Ana"),
        ("login", "ana"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    night.send("admin", "/first", &first);
    for (login, role) in
        [("carla", "coordinator"), ("bruno", "clerk"), ("diego", "clerk"), ("olga", "observer")]
    {
        night.account(login, role);
    }
    let page = night.post("carla", "/me", "/me/tokens", &[("label", "telephones")]);
    night.temp.write("token", between(&page, "<code class=\"secret\">", "</code>"));
    night.run("tallyproof restore");

    night.run("for photo in phones");
    let sent = std::fs::read_to_string(night.temp.join("sent.jsonl")).unwrap();
    let sent: Vec<Value> = sent.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(sent.len(), 10);
    // One may be a text file, which is said.
    assert!(sent.iter().filter(|line| line["new"] == true).count() >= 8, "{sent:?}");
    let status = night.wait_until_read();
    assert!(status["images"].as_u64().unwrap() >= 14, "{status}");

    // The power is cut after an entry was acknowledged.
    let image = night.enter("bruno");
    drop(desk);
    let (desk, _) = night.serve();
    let status = night.run("tallyproof -C night status");
    assert!((status.out + &status.err).contains("synthetic-demo"));
    let entered = |image: &str| {
        let auth =
            format!("Authorization: Bearer {}", std::fs::read_to_string(night.temp.join("token")).unwrap());
        let events = night.curl(None, &["--fail", "-H", &auth, "/api/v1/events?limit=1000"]).ends(0).json();
        let events = events["events"].as_array().unwrap().iter();
        events.filter(|event| event["kind"] == "entry.made" && event["body"]["image"] == image).count()
    };
    assert_eq!(entered(&image), 1);
    // Everybody is still signed in.
    assert!(night.get("olga", "/overview?projector").contains("glance"));

    night.publish("midnight.zip");
    night.run("tallyproof verify midnight.zip");

    for photo in std::fs::read_dir(night.temp.join("late")).unwrap().take(6) {
        let path = photo.unwrap().path();
        let csrf = between(&night.get("carla", "/images"), "name=\"csrf\" value=\"", "\"").to_owned();
        let file = format!("files=@{}", path.display());
        let to = format!("/images?csrf={csrf}");
        night.curl(Some("carla"), &["--fail", "-F", "source=lawyers", "-F", &file, &to]).ends(0);
    }
    night.wait_until_read();
    night.enter("diego");
    night.publish("three.zip");
    let verified = night.run("tallyproof verify three.zip");
    let said = verified.out + &verified.err;
    assert!(said.contains("only grew"), "{said}");
    // The earlier one does not extend the later.
    let wrong = "tallyproof verify midnight.zip --signer observers.key.pub --since three.zip";
    night.page.run(wrong, &night.temp).ends(1);

    desk.end();
    night.run("tallyproof -C night run");
    assert!(night.temp.join("night/report/report.html").exists());
}
