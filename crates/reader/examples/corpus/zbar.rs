//! The baseline of 2024: `zbarimg`, all files in one process.

use std::io::{Write, stdout};
use std::process::Command;

use crate::score::{CpuClock, Score, Verdict};
use crate::{Outcome, Sheet};

/// Scores `zbarimg` on the same sheets; says so when it is not installed.
pub(crate) fn score(sheets: &[Sheet]) -> Outcome<()> {
    let clock = CpuClock::start();
    let run = Command::new("zbarimg")
        .args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"])
        .args(sheets.iter().map(|sheet| &sheet.file))
        .output();
    let Ok(output) = run else {
        return Ok(writeln!(stdout(), "zbarimg                           not installed (zbar-tools)")?);
    };
    // Its output names no file, so payloads are matched to sheets by value: every sheet's payload is its own.
    let found: Vec<&[u8]> =
        output.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect();
    let mut score = Score::new("zbarimg, many files a process");
    for sheet in sheets {
        let read = found.contains(&sheet.payload.as_slice());
        score.add(sheet, if read { Verdict::Right } else { Verdict::Unread });
    }
    score.print(clock.elapsed_ms())
}
