//! Accounts: made by links, changed, removed with their names.

use tallyproof_core::people::Role;

use crate::desk_support::{Office, PASSWORD, Running};
use crate::support::{journal_is_sound, run_in};

const PACK: &str = "costa-serena-2031";

/// The path of the link that a page shows.
fn link(page: &str) -> String {
    let link = page.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap();
    let path = link.strip_prefix("http://localhost:8080").unwrap();
    assert!(path.starts_with("/password?key="), "{path}");
    path.to_owned()
}

fn fields<'f>(login: &'f str, name: &'f str, role: &'f str) -> [(&'f str, &'f str); 4] {
    [("login", login), ("name", name), ("role", role), ("lang", "es")]
}

#[test]
fn a_person_sets_the_password_that_nobody_else_knows() {
    let (office, administrator) = Office::new(PACK);
    let page = office.post("/accounts", &administrator, &fields("eva", "Eva <i>M</i>", "clerk")).is(200);
    assert!(!page.headers.contains_key("set-cookie"));
    let path = link(&page.text);
    assert!(
        page.text.contains("Eva &#60;i&#62;M&#60;/i&#62;") && !page.text.contains("<i>M"),
        "{}",
        page.text
    );
    page.says("link given, no password yet");
    // Nobody signs in before.
    office.post_stranger("/login", &[("login", "eva"), ("password", "")]).is(403);
    let key = path.split_once("key=").unwrap().1;
    office.get(&path, None).is(200).says("Fije su contraseña").says("eva");
    let set = |password| {
        office.post_stranger("/password", &[("key", key), ("password", password), ("again", password)])
    };
    set("short").is(422).says("demasiado corta");
    set(PASSWORD).leads_to("/");
    set(PASSWORD).is(410);
    office.get(&path, None).is(410);
    office.post_stranger("/login", &[("login", "eva"), ("password", PASSWORD)]).leads_to("/");
    // A new link ends the old password and the sessions at once.
    let eva = office.again(&office.desk.roll.find_login("eva").unwrap().0);
    let page = office.post(&format!("/accounts/{}/password", eva.id), &administrator, &[]).is(200);
    office.get("/me", Some(&eva)).is(303);
    office.post_stranger("/login", &[("login", "eva"), ("password", PASSWORD)]).is(403);
    let path = link(&page.text);
    office.desk.clock.pass(48 * 3600 + 1);
    office.get(&path, None).is(410);
}

#[test]
fn accounts_that_cannot_be_made() {
    let (office, administrator) = Office::new(PACK);
    let make = |login: &str, name: &str, role: &str| {
        office.post("/accounts", &administrator, &fields(login, name, role))
    };
    make("eva", "Eva", "clerk").is(200);
    make("EVA", "Another", "clerk")
        .is(409)
        .says("Somebody has this sign-in name already.")
        .says("value=\"Another\"");
    make("e va", "Eva", "clerk").is(409).says("cannot be a sign-in name");
    make("\r\nx: y", "Eva", "clerk").is(409);
    make("ok", "  ", "clerk").is(409).says("1 to 80 characters");
    make("ok", &"n".repeat(81), "clerk").is(409);
    make("ok", "Eva", "king").is(422);
    assert_eq!(office.desk.roll.all().len(), 2);
    // A name that would move the text around it is put plainly.
    make("ok", "a\u{202e}b\u{7}", "observer").is(200);
    let id = office.desk.roll.find_login("ok").unwrap().0;
    assert!(!office.desk.roll.profile(&id).unwrap().name.contains(['\u{202e}', '\u{7}']));
}

#[test]
fn one_administrator_who_can_sign_in_stays() {
    let (office, administrator) = Office::new(PACK);
    let own = format!("/accounts/{}", administrator.id);
    let last = "This is the last administrator who can sign in.";
    office.post(&format!("{own}/remove"), &administrator, &[]).is(409).says(last);
    office.post(&format!("{own}/role"), &administrator, &[("role", "clerk")]).is(409).says(last);
    // One who has no password yet is no way in.
    office.post("/accounts", &administrator, &fields("two", "Two", "administrator")).is(200);
    office.post(&format!("{own}/remove"), &administrator, &[]).is(409).says(last);
    let second = office.seat("three", Role::Administrator, Some(&administrator.id));
    office.post(&format!("{own}/role"), &second, &[("role", "clerk")]).leads_to("/accounts");
    // A role counts from the next request on.
    office.get("/accounts", Some(&administrator)).is(403);
    office.post(&format!("/accounts/{}/remove", second.id), &second, &[]).is(409);
    office.post("/accounts/P999/remove", &second, &[]).is(409).says("no such account");
    office.post("/accounts/%00/remove", &second, &[]).is(404);
}

#[test]
fn removal_erases_the_name_everywhere_and_the_work_stays_verifiable() {
    let (office, administrator) = Office::new(PACK);
    // Enough for many pages, so that rows move as passwords are set.
    let login = |n: usize| format!("login-xyzzy-{n:03}-end");
    let name = |n: usize| format!("Nombre Plugh {n:03} Fin");
    for n in 0..60 {
        office.post("/accounts", &administrator, &fields(&login(n), &name(n), "clerk")).is(200);
    }
    let desk = &office.desk;
    let id = |n: usize| desk.roll.find_login(&login(n)).unwrap().0;
    for n in 0..60 {
        let hash = format!("$argon2id${}", "h".repeat(90));
        desk.roll.set_password(&desk.store, &id(n), hash).unwrap();
        desk.roll.set_lang(&desk.store, &id(n), tallyproof::words::Lang::En).unwrap();
    }
    let seat = office.again(&id(30));
    office.post("/me/tokens", &seat, &[("label", "label-of-30")]).is(200);
    for n in [0, 30, 59] {
        assert!(office.files_hold(&login(n)) && office.files_hold(&name(n)), "{n} is not there to be erased");
        office.post(&format!("/accounts/{}/remove", id(n)), &administrator, &[]).leads_to("/accounts");
        assert!(desk.roll.find_login(&login(n)).is_none());
        assert!(!office.files_hold(&login(n)) && !office.files_hold(&name(n)), "{n} is still there");
    }
    assert!(!office.files_hold("label-of-30"));
    office.get("/me", Some(&seat)).is(303);
    let page = office.get("/accounts", Some(&administrator)).is(200);
    assert!(!page.text.contains(&name(30)) && page.text.contains("Removed, their work stays:"));
    for n in [1, 29, 31, 58] {
        assert!(office.files_hold(&login(n)), "{n} is somebody else");
    }
    // A pseudonym and a login are free for nobody, and for somebody new.
    office.post("/accounts", &administrator, &fields(&login(30), "Somebody new", "clerk")).is(200);
    assert_eq!(office.desk.roll.find_login(&login(30)).unwrap().0.as_str(), "P062");
    let folder = office.temp.join("desk");
    let state = office.desk.store.check_journal().unwrap();
    assert_eq!((state.private_broken, state.erased.len()), (Vec::new(), 3));
    let temp = office.closed();
    run_in(&folder, &["journal", "check"]).ends(0).says(&["The journal is sound", "3 private parts"]);
    run_in(&folder, &["journal", "rebuild"]).ends(0);
    journal_is_sound(&folder);
    drop(temp);
}

#[test]
fn only_what_the_journal_says_may_be_gone() {
    use sqlx::Executor;
    let (office, administrator) = Office::new(PACK);
    let clerk = office.seat("eva", Role::Clerk, Some(&administrator.id));
    office.post(&format!("/accounts/{}/remove", clerk.id), &administrator, &[]).leads_to("/accounts");
    let folder = office.temp.join("desk");
    let _temp = office.closed();
    let execute = |statement: &'static str| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("tallyproof.db"));
            let mut db = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options).await.unwrap();
            db.execute(statement).await.unwrap();
        });
    };
    journal_is_sound(&folder);
    // Somebody else's private part is gone, and no event says so: P001's.
    execute("CREATE TABLE kept AS SELECT * FROM journal_private WHERE seq = 2");
    execute("DELETE FROM journal_private WHERE seq = 2");
    run_in(&folder, &["journal", "check"]).ends(1).says(&["Event 2: its private part is missing"]);
    execute("INSERT INTO journal_private SELECT * FROM kept");
    journal_is_sound(&folder);
    // One that was erased is there again.
    execute("INSERT INTO journal_private SELECT 3, salt, bytes FROM kept");
    run_in(&folder, &["journal", "check"]).ends(1).says(&["Event 3: its private part"]);
}

#[cfg(unix)]
mod program {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::support::{Temp, new_folder, run};

    #[test]
    fn a_second_server_and_verbs_that_write_are_told_at_once() {
        let temp = Temp::new();
        let folder = new_folder(&temp, "desk", PACK);
        let desk = Running::start(&folder, &[]);
        assert!(desk.first.as_ref().unwrap().starts_with(&format!("{}first?key=", desk.address)));
        let start = Instant::now();
        let said = ["A desk is running in", &desk.address[..desk.address.len() - 1]];
        run_in(&folder, &["serve", "--listen", "127.0.0.1:0"]).fails(3, &said);
        let port = desk.address.trim_end_matches('/').rsplit(':').next().unwrap();
        run_in(&folder, &["serve", "--listen", &format!("127.0.0.1:{port}")]).fails(3, &said);
        run_in(&folder, &["journal", "rebuild"]).fails(3, &said);
        run_in(&folder, &["add", "."]).fails(3, &said);
        assert!(start.elapsed() < Duration::from_secs(30), "they waited {:?}", start.elapsed());
        // Looking on goes on.
        run_in(&folder, &["status"]).ends(0);
        let other = new_folder(&temp, "other", PACK);
        run_in(&other, &["serve", "--listen", &format!("127.0.0.1:{port}")]).fails(3, &["cannot listen at"]);
        desk.stop().ends(0).says(&["The desk is closed. Nothing was lost."]);
        assert!(!folder.join(".desk").exists());
        journal_is_sound(&folder);
    }

    #[test]
    fn a_killed_desk_is_in_nobody_s_way() {
        let temp = Temp::new();
        let folder = new_folder(&temp, "desk", PACK);
        Running::start(&folder, &[]).kill();
        assert!(folder.join(".desk").exists());
        journal_is_sound(&folder);
        let again = Running::start(&folder, &[]);
        again.stop().ends(0);
    }

    #[test]
    fn what_serve_refuses() {
        let temp = Temp::new();
        let folder = new_folder(&temp, "desk", PACK);
        let serve = |more: &[&str]| {
            let args: Vec<&str> = [&["serve"], more].concat();
            run_in(&folder, &args)
        };
        serve(&["--listen", "0.0.0.0:0"]).fails(2, &["passwords would cross the network", "--tls-local"]);
        serve(&["--listen", "0.0.0.0:0", "--tls-local"]).fails(2, &["by which name", "--host"]);
        serve(&["--host", "a b"]).fails(2, &["cannot be a host"]);
        serve(&["--new-password", "nobody", "--listen", "127.0.0.1:0"]).fails(2, &["No account has"]);
        let junk = temp.write("junk.pem", "junk");
        let junk = junk.to_str().unwrap();
        serve(&["--listen", "127.0.0.1:0", "--tls-cert", junk, "--tls-key", junk])
            .fails(3, &["junk.pem cannot be used"]);
        serve(&["--tls-cert", junk]).ends(2);
        run(&["-C", temp.path().to_str().unwrap(), "serve", "--listen", "127.0.0.1:0"])
            .fails(3, &["is not a tallyproof folder"]);
    }

    #[test]
    fn slow_headers_are_cut_off() {
        let temp = Temp::new();
        let desk = Running::start(&new_folder(&temp, "desk", PACK), &[]);
        let place = desk.address.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(place).unwrap();
        stream.write_all(b"GET /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let start = Instant::now();
        let mut rest = Vec::new();
        // Closed, with or without a word; not kept.
        let _ = stream.read_to_end(&mut rest);
        assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
        assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
        // Headers without end are refused, not gathered.
        let mut stream = TcpStream::connect(place).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(b"GET /login HTTP/1.1\r\nHost: localhost\r\n").unwrap();
        for n in 0..4000 {
            if stream.write_all(format!("X-{n}: {}\r\n", "y".repeat(60)).as_bytes()).is_err() {
                break;
            }
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
        desk.stop().ends(0);
    }

    #[test]
    fn tls_with_an_authority_of_the_folder() {
        let temp = Temp::new();
        let folder = new_folder(&temp, "desk", PACK);
        let desk = Running::start(&folder, &["--tls-local", "--host", "desk.lan"]);
        assert!(desk.address.starts_with("https://desk.lan:"), "{}", desk.address);
        let port = desk.address.trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
        let authority = folder.join("tls/authority.pem");
        let key = |name: &str| std::fs::read(folder.join("tls").join(name)).unwrap();
        {
            use std::os::unix::fs::PermissionsExt;
            for name in ["authority-key.pem", "server-key.pem"] {
                let mode = std::fs::metadata(folder.join("tls").join(name)).unwrap().permissions().mode();
                assert_eq!(mode & 0o077, 0, "{name} is for its owner's eyes");
            }
        }
        let before = (key("authority.pem"), key("server.pem"));
        if Command::new("curl").arg("--version").output().is_ok() {
            let fetch = |host: &str, trusted: bool| {
                let mut curl = Command::new("curl");
                curl.args([
                    "-sS",
                    "-i",
                    "--max-time",
                    "30",
                    "--resolve",
                    &format!("{host}:{port}:127.0.0.1"),
                ]);
                if trusted {
                    curl.arg("--cacert").arg(&authority);
                }
                let ended = curl.arg(format!("https://{host}:{port}/login")).output().unwrap();
                (ended.status.success(), String::from_utf8_lossy(&ended.stdout).into_owned())
            };
            for host in ["desk.lan", "localhost", "127.0.0.1"] {
                let (ended, answer) = fetch(host, true);
                assert!(ended && answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
                assert_eq!(answer.contains("strict-transport-security"), host == "desk.lan", "{answer}");
            }
            assert!(!fetch("desk.lan", false).0, "nobody else trusts the authority");
            assert!(!fetch("evil.example", true).0, "the certificate is for no other name");
        } else {
            eprintln!("skipped: curl is not here to speak TLS");
        }
        // Plain HTTP is not answered.
        let mut stream = TcpStream::connect(("127.0.0.1", port.parse::<u16>().unwrap())).unwrap();
        stream.write_all(b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
        desk.stop().ends(0);
        // Kept and used again; another name has another certificate by the same authority.
        Running::start(&folder, &["--tls-local", "--host", "desk.lan"]).stop().ends(0);
        assert_eq!((key("authority.pem"), key("server.pem")), before);
        Running::start(&folder, &["--tls-local", "--host", "192.168.7.7"]).stop().ends(0);
        assert_eq!(key("authority.pem"), before.0);
        assert_ne!(key("server.pem"), before.1);
        // A name that the authority was not made for is not spoken for.
        run_in(&folder, &["serve", "--listen", "127.0.0.1:0", "--tls-local", "--host", "desk.example"])
            .fails(3, &["not made for desk.example"]);
    }

    #[test]
    fn a_link_from_the_terminal_sets_a_forgotten_password() {
        let (office, _) = Office::new(PACK);
        let folder = office.temp.join("desk");
        let _temp = office.closed();
        let desk = Running::start(&folder, &["--new-password", "admin"]);
        assert!(desk.first.is_none());
        assert!(desk.password.as_ref().unwrap().contains("/password?key="));
        desk.stop().ends(0);
    }
}
