//! The desk, killed while people enter sheets.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::look::{Seen, left_behind, look, results};
use crate::desk_load::clerk::{Met, Pace, all_work};
use crate::desk_load::country::{Country, make};
use crate::desk_load::http::Browser;
use crate::desk_load::ledger::{amiss, entries};
use crate::desk_load::server::{Server, free_port};

/// Sheets of the country that wait for people, all of them; and people.
const SHEETS: usize = 60;
const CLERKS: usize = 4;
/// Milliseconds from a start in which kills fall: it listens within the first second, the rest is work.
const FULL_MS: u64 = 3_000;
/// Clerks who hurry: a sheet takes them a tenth of a second.
const PACE: Pace = Pace { from: Duration::from_millis(10), to: Duration::from_millis(100), wrong_in: 0 };

/// A folder that people enter into until nothing waits.
pub(crate) struct Story {
    place: PathBuf,
    folder: PathBuf,
    program: PathBuf,
    country: Arc<Country>,
    met: Arc<Met>,
    before: Seen,
    n_idle: u32,
}

impl Story {
    /// Makes the folder.
    pub(crate) fn new(place: &Path, program: &Path) -> Self {
        let _ = fs::remove_dir_all(place);
        fs::create_dir_all(place).expect("the folder can be made");
        let folder = place.join("work");
        let country = Arc::new(make(&folder, SHEETS, SHEETS, CLERKS));
        let before = look(&folder);
        Self {
            place: place.to_owned(),
            folder,
            program: program.to_owned(),
            country,
            met: Arc::default(),
            before,
            n_idle: 0,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn full_ms(&self) -> u64 {
        FULL_MS
    }

    /// Whether nothing was entered in several lives of the desk that were long enough.
    pub(crate) fn is_over(&self) -> bool {
        self.n_idle >= 3
    }

    /// Starts the desk, lets people work, and kills it so long after its start; gives what is amiss.
    pub(crate) fn kill_after(&mut self, after: Duration) -> Vec<String> {
        let port = free_port();
        let start = Instant::now();
        let mut command = Command::new(&self.program);
        command.arg("-C").arg(&self.folder).args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let n_before = self.n_acknowledged();
        let stop = Arc::new(AtomicBool::new(false));
        let mut people = Vec::new();
        let mut worked = Duration::ZERO;
        while start.elapsed() < after {
            if people.is_empty() && Browser::new(port, "").get("/login").is_ok() {
                people = all_work(&self.country, port, PACE, &self.met, &stop);
                worked = start.elapsed();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().expect("it runs until it is killed");
        child.wait().expect("a child of ours");
        stop.store(true, Ordering::Relaxed);
        let had_time = !people.is_empty() && after - worked.min(after) > Duration::from_millis(1_500);
        people.into_iter().for_each(|person| drop(person.join()));
        let idle = had_time && self.n_acknowledged() == n_before;
        self.n_idle = if idle { self.n_idle + 1 } else { self.n_idle };
        self.amiss()
    }

    fn n_acknowledged(&self) -> usize {
        self.met.acknowledged.lock().expect("no clerk panics").len()
    }

    fn amiss(&mut self) -> Vec<String> {
        let seen = look(&self.folder);
        let mut faults = seen.since(&self.before);
        self.before = seen;
        if faults.is_empty() {
            let acknowledged = self.met.acknowledged.lock().expect("no clerk panics");
            let (lost, doubled) = amiss(&acknowledged, &entries(&self.folder));
            faults.extend(lost.iter().map(|one| format!("acknowledged and lost: {one:?}")));
            faults.extend(doubled.iter().map(|one| format!("doubled: {one:?}")));
        }
        faults
    }

    /// Lets people enter what is left, and compares with an undisturbed run; gives what is amiss.
    pub(crate) fn finish(mut self) -> Vec<String> {
        self.work_to_the_end();
        let mut faults = self.amiss();
        faults.extend(left_behind(&self.folder).into_iter().map(|path| format!("left behind: {path}")));
        let mut calm = Story::new(&self.place.with_file_name("desk-calm"), &self.program);
        calm.work_to_the_end();
        let [wild, calm] = [&self, &calm].map(|story| results(&story.folder, "venezuela-2024"));
        if wild != calm {
            faults.push("results differ from those of an undisturbed run".to_owned());
        }
        faults
    }

    /// Everybody works until every sheet was entered by two.
    fn work_to_the_end(&mut self) {
        let port = free_port();
        let server = Server::start(Command::new(&self.program), &self.folder, port);
        let stop = Arc::new(AtomicBool::new(false));
        let people = all_work(&self.country, port, PACE, &self.met, &stop);
        let start = Instant::now();
        while entries(&self.folder).by.len() < 2 * SHEETS && start.elapsed() < Duration::from_secs(300) {
            std::thread::sleep(Duration::from_millis(200));
        }
        stop.store(true, Ordering::Relaxed);
        people.into_iter().for_each(|person| drop(person.join()));
        drop(server);
    }
}
