//! Writes a corpus of synthetic sheets with their truth, and reads it with `zbarimg` on demand.
//!
//! ```text
//! sheets FOLDER [SHEETS] [SEED] [HARM]     sheets and truth.json; HARM is curled, folded, stained,
//!                                          torn, folded-over, finger or cropped
//! sheets --zbar FOLDER              zbarimg's rate on a folder with a truth.json, with a Wilson interval
//! sheets --contact FILE [SEED] [SHEETS] [COLUMNS] [SIDE] [HARM]     thumbnails in one JPEG
//! ```

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "an example reports on the terminal")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use tallyproof_render::practice::{Specimen, specimen};
use tallyproof_render::{Damage, Photo, Quad, Style, contact_sheet, photograph, print_sheet};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, default: u64| words.get(i).map_or(Ok(default), |word| word.parse());
    match words.first().map(String::as_str) {
        Some("--zbar") => zbar(Path::new(words.get(1).ok_or("name a folder")?)),
        Some("--contact") => {
            let path = Path::new(words.get(1).ok_or("name a file")?);
            let harm = words.get(6).map(String::as_str);
            contact(path, number(2, 1)?, number(3, 20)?, [number(4, 10)?, number(5, 700)?], harm)
        }
        Some(folder) => write(Path::new(folder), number(1, 200)?, number(2, 1)?, words.get(3)),
        None => Err("name a folder".into()),
    }
}

/// Sheet `i` of the corpus of `seed`, with the everyday's damage or one harm much worse.
fn sheet(seed: u64, i: u64, harm: Option<&str>) -> Outcome<(Specimen, Damage, Photo)> {
    let seed = seed.wrapping_mul(1_000_003).wrapping_add(i);
    let specimen = specimen(seed);
    let paper = print_sheet(&specimen.face, &Style::everyday(seed))?;
    let damage = harmed(Damage::everyday(seed), harm, i)?;
    let photo = photograph(&paper, &damage, seed);
    Ok((specimen, damage, photo))
}

/// Severities that climb and repeat every 20 sheets.
fn harmed(everyday: Damage, harm: Option<&str>, i: u64) -> Outcome<Damage> {
    let climb = (i % 20) as f64 / 19.0;
    Ok(match harm {
        None => everyday,
        Some("curled") => Damage { curl_px: 10.0 + 20.0 * climb, ..everyday },
        Some("folded") => Damage { folds: 3 + (i % 4) as u8, fold_px: 3.0 + 9.0 * climb, ..everyday },
        Some("stained") => Damage { stain: 0.5 + 0.4 * climb, ..everyday },
        Some("torn") => Damage { torn_code: 0.3 * climb, ..everyday },
        Some("folded-over") => Damage { folded_code: 0.3 + 0.7 * climb, ..everyday },
        Some("finger") => Damage { finger: 0.4 + 0.6 * climb, ..everyday },
        Some("cropped") => Damage { cropped_code: 0.2 + 0.8 * climb, ..everyday },
        Some(other) => return Err(format!("unknown harm {other}").into()),
    })
}

fn write(folder: &Path, sheets: u64, seed: u64, harm: Option<&String>) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    let (mut truth, mut bytes, mut ms) = (Vec::new(), 0, 0.0);
    for i in 0..sheets {
        let started = Instant::now();
        let (specimen, damage, photo) = sheet(seed, i, harm.map(String::as_str))?;
        let jpeg = photo.to_jpeg();
        ms += started.elapsed().as_secs_f64() * 1e3;
        let file = format!("r{i:05}.jpg");
        fs::write(folder.join(&file), &jpeg)?;
        bytes += jpeg.len();
        truth.push(truth_of(&file, &specimen, &photo, &damage));
    }
    fs::write(folder.join("truth.json"), serde_json::to_vec(&truth)?)?;
    println!(
        "{sheets} sheets, {:.1} ms and {} kB a sheet",
        ms / sheets as f64,
        bytes as u64 / 1000 / sheets.max(1)
    );
    Ok(())
}

fn truth_of(file: &str, specimen: &Specimen, photo: &Photo, damage: &Damage) -> Value {
    let field =
        |f: &tallyproof_render::Field| json!({"name": f.name, "text": f.text, "quad": tenths(&f.quad)});
    json!({
        "file": file,
        "payload": specimen.payload,
        "damage": format!("{damage:?}"),
        "votes": specimen.votes,
        "nul": specimen.null,
        "tot": specimen.valid,
        "w": photo.picture.width(),
        "h": photo.picture.height(),
        "modpx": (photo.module_px * 100.0).round() / 100.0,
        "qr": photo.code.as_ref().map(tenths),
        "fields": photo.fields.iter().map(field).collect::<Vec<_>>(),
    })
}

fn tenths(quad: &Quad) -> Quad {
    quad.map(|corner| corner.map(|c| (c * 10.0).round() / 10.0))
}

fn contact(path: &Path, seed: u64, sheets: u64, layout: [u64; 2], harm: Option<&str>) -> Outcome<()> {
    let [columns, side] = [usize::try_from(layout[0])?, usize::try_from(layout[1])?];
    let photos: Vec<Photo> =
        (0..sheets).map(|i| sheet(seed, i, harm).map(|(.., photo)| photo)).collect::<Outcome<_>>()?;
    fs::write(path, contact_sheet(photos.iter().map(|photo| &photo.picture), columns, side).to_jpeg(88))?;
    Ok(())
}

fn zbar(folder: &Path) -> Outcome<()> {
    let truth: Vec<Value> = serde_json::from_slice(&fs::read(folder.join("truth.json"))?)?;
    let (mut read, mut wrong, started) = (0, 0, Instant::now());
    for sheet in &truth {
        let file = sheet["file"].as_str().ok_or("a sheet without a file")?;
        let output =
            Command::new("zbarimg").args(["-q", "--raw", "--nodbus"]).arg(folder.join(file)).output()?;
        let payload = String::from_utf8_lossy(&output.stdout);
        let right = payload.lines().any(|line| Some(line) == sheet["payload"].as_str());
        read += u32::from(right);
        wrong += u32::from(!right && !payload.trim().is_empty());
        if !right {
            println!("not read: {file}");
        }
    }
    let n = truth.len() as f64;
    let (low, high) = wilson(f64::from(read), n);
    println!(
        "zbarimg read {read} of {n} = {:.1} % (95 % Wilson interval {low:.1}–{high:.1} %), {wrong} wrong, {:.0} ms an image",
        100.0 * f64::from(read) / n,
        started.elapsed().as_secs_f64() * 1e3 / n
    );
    Ok(())
}

/// The 95 % score interval of a proportion, % (Wilson 1927).
fn wilson(successes: f64, n: f64) -> (f64, f64) {
    const Z: f64 = 1.96;
    let p = successes / n;
    let middle = p + Z * Z / (2.0 * n);
    let reach = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 100.0 / (1.0 + Z * Z / n);
    ((middle - reach) * scale, (middle + reach) * scale)
}
