//! Code and print of one photograph, from pixels to where a sheet stands.

use std::path::Path;

use serde_json::{Value, json};
use tallyproof::pipeline::load;
use tallyproof_core::pack::Pack;
use tallyproof_core::sheet::Channel;
use tallyproof_render::{Damage, Group, Line, Photo, SheetFace, Style, photograph, print_sheet};

use crate::images::{Desk, beside, desk, is_fault, of};
use crate::support::{Temp, csv_rows, journal_is_sound, new_folder, report_file, results, run_in};

fn pack() -> Pack {
    let toml = include_str!("../../../elections/venezuela-2024/election.toml");
    Pack::parse("venezuela-2024", toml).unwrap()
}

/// What a sheet says, by its code and by its print.
#[derive(Clone)]
struct Sheet {
    table: &'static str,
    coded: Vec<u32>,
    printed: Vec<u32>,
    null: u32,
    printed_null: u32,
    printed_table: &'static str,
    wrong_valid: u32,
}

fn sheet(table: &'static str) -> Sheet {
    let lines: Vec<u32> = (0..38).map(|i| [140, 7, 10, 8, 1, 0, 3, 155, 21, 4][i % 10]).collect();
    let printed = lines.clone();
    Sheet { table, coded: lines, printed, null: 6, printed_null: 6, printed_table: table, wrong_valid: 0 }
}

impl Sheet {
    fn payload(&self) -> String {
        let lines: Vec<String> = self.coded.iter().map(u32::to_string).collect();
        format!("{}.1.0001!{}!{}!0", self.table, lines.join(","), self.null)
    }

    fn face(&self, code: &str) -> SheetFace {
        let pack = pack();
        let group = |(i, selection): (usize, &tallyproof_core::pack::Selection)| {
            let own: Vec<_> = pack.lines.iter().enumerate().filter(|(_, line)| line.selection == i).collect();
            let total: u32 = own.iter().map(|(n, _)| self.printed[*n]).sum();
            let lines = own.iter().map(|(n, line)| {
                Line::new(format!("{n}"), line.label.to_uppercase(), self.printed[*n].to_string())
            });
            let total = Line::new(selection.id.clone(), selection.name.to_uppercase(), total.to_string());
            (own[0].0, Group { total, lines: lines.collect() })
        };
        let mut groups: Vec<_> = pack.selections.iter().enumerate().map(group).collect();
        groups.sort_by_key(|(first, _)| *first);
        let valid: u32 = self.printed.iter().sum::<u32>() + self.wrong_valid;
        let (centre, table) = self.printed_table.split_once('.').unwrap();
        SheetFace {
            title: vec!["ACTA DE ESCRUTINIO".into(), "ELECCION PRESIDENCIAL".into()],
            header: vec![
                Line::new("", "ESTADO", "EDO. ZULIA"),
                Line::new("", "MUNICIPIO", "MP. MARACAIBO"),
                Line::new("", "PARROQUIA", "PQ. BOLIVAR"),
                Line::new("centre", "CENTRO", centre),
                Line::new("table", "MESA", table),
            ],
            groups: groups.into_iter().map(|(_, group)| group).collect(),
            totals: vec![
                Line::new("valid", "TOTAL VOTOS VALIDOS", valid.to_string()),
                Line::new("null", "TOTAL VOTOS NULOS", self.printed_null.to_string()),
                Line::new("ballots", "TOTAL VOTOS ESCRUTADOS", (valid + self.printed_null).to_string()),
            ],
            closing: vec!["28/07/2024  18:40".into()],
            signatures_caption: "FIRMAS".into(),
            code: code.as_bytes().to_vec(),
            ..SheetFace::default()
        }
    }

    fn photo(&self, seed: u64) -> Photo {
        photo(&self.face(&self.payload()), seed)
    }
}

fn photo(face: &SheetFace, seed: u64) -> Photo {
    photograph(&print_sheet(face, &Style::everyday(seed)).unwrap(), &Damage::none(), seed)
}

/// Status, class and counted of a table in `sheets.csv`.
#[track_caller]
fn standing(folder: &Path, table: &str) -> [String; 3] {
    let rows = csv_rows(&String::from_utf8(report_file(folder, "sheets.csv")).unwrap());
    let at = |name: &str| rows[0].iter().position(|head| head == name).unwrap();
    let row = rows.iter().find(|row| row[0] == table).unwrap_or_else(|| panic!("no {table}"));
    ["status", "class", "counted"].map(|name| row[at(name)].clone())
}

/// Numbers of the S104 findings on a table.
fn disagreements(desk: &Desk, table: &str) -> Vec<Value> {
    let found = run_in(&desk.folder, &["check", "--rule", "S104", "--format", "json"]).json();
    let all = found.as_array().unwrap().iter().filter(|finding| finding["table"] == table);
    all.map(|finding| finding["numbers"].clone()).collect()
}

#[test]
fn what_differs_between_code_and_print_is_named_with_both_values() {
    let desk = desk();
    let put = |name: &str, sheet: &Sheet, seed| {
        desk.temp.write(format!("photos/{name}.jpg"), sheet.photo(seed).to_jpeg());
    };
    let intact = sheet("201301006.01");
    put("intact", &intact, 1);
    let mut print = sheet("201301006.02");
    print.printed[11] += 300;
    put("print", &print, 2);
    let mut code = sheet("201301006.03");
    code.coded[37] -= 90;
    put("code", &code, 3);
    let mut null = sheet("201301006.04");
    null.printed_null = 9;
    put("null", &null, 4);
    let mut table = sheet("201301006.05");
    table.printed_table = "201301007.05";
    put("table", &table, 5);
    let mut sum = sheet("201301006.06");
    sum.wrong_valid = 100;
    put("sum", &sum, 6);
    let readings = desk.read("photos");
    desk.call(&["run"]);

    let conflict = ["in-conflict", "code-only", "0"].map(str::to_owned);
    assert_eq!(standing(&desk.folder, intact.table), ["definitive", "code-and-print", "1"]);
    assert_eq!(of(&readings, "intact.jpg")["print"]["status"], "agrees");
    let figures = of(&readings, "intact.jpg")["print"]["figures"].as_array().unwrap();
    assert_eq!(figures.len(), 2 + 10 + 38 + 3);
    assert!(figures.iter().all(|figure| figure["crop_px"].as_array().is_some_and(|crop| crop.len() == 4)));

    let has = |table: &str, figure: &str, code: u32, print: u32| {
        assert_eq!(standing(&desk.folder, table), conflict);
        let found = disagreements(&desk, table);
        let named = found.iter().any(|d| {
            *d == json!({"figure": figure, "code": code.to_string(), "print": print.to_string(),
                "image": d["image"], "source": "images"})
        });
        assert!(named, "{table} {figure}: {found:#?}");
    };
    has(print.table, "line-12", print.coded[11], print.printed[11]);
    has(code.table, "line-38", code.coded[37], code.printed[37]);
    has(null.table, "null", 6, 9);
    let total: u32 = sum.coded.iter().sum();
    has(sum.table, "valid", total, total + 100);
    assert_eq!(disagreements(&desk, table.table)[0]["print"], "201301007");
    assert_eq!(standing(&desk.folder, table.table), conflict);

    let found = results(&desk.folder);
    let tab = &found["tabulation"];
    assert_eq!(tab["by_class"], json!({"code-and-print": tab["by_class"]["code-and-print"]}));
    assert_eq!((&tab["n_tables_seen"], &tab["by_status"]["in-conflict"]), (&json!(1), &json!(5)));
    assert_eq!(tab["basis"]["provisional"], false, "code and print agree on all that counts");
    assert_eq!(found["findings_by_rule"]["S104"].as_u64().unwrap(), {
        let tables = [print.table, code.table, null.table, table.table, sum.table];
        tables.iter().map(|table| disagreements(&desk, table).len() as u64).sum::<u64>()
    });

    // Crops of what differs, one picture each.
    let crops = desk.temp.join("crops");
    desk.call(&["readings", "--crops", crops.to_str().unwrap()]).says(&["figures written"]);
    let names: Vec<String> =
        std::fs::read_dir(&crops).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().any(|name| name.ends_with("-line-12.png")), "{names:?}");
    assert!(names.iter().any(|name| name.ends_with("-table-1.png")), "{names:?}");
    let picture = std::fs::read(crops.join(&names[0])).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));

    // Once more reads nothing and changes nothing; read anew, the same bytes.
    let before = report_file(&desk.folder, "results.json");
    desk.call(&["read", "--again", "--jobs", "1"]);
    desk.call(&["report"]);
    assert_eq!(report_file(&desk.folder, "results.json"), before);
    journal_is_sound(&desk.folder);
}

#[test]
fn foreign_codes_and_two_sheets_are_never_settled_by_their_print() {
    let desk = desk();
    let foreign = sheet("201301006.01").face("https://example.org/menu");
    desk.temp.write("photos/foreign.jpg", photo(&foreign, 1).to_jpeg());
    let (one, other) = (sheet("201301006.02").photo(2), sheet("201301006.03").photo(3));
    desk.temp.write("photos/two.jpg", beside(&one, &other));
    let readings = desk.read("photos");
    is_fault(of(&readings, "foreign.jpg"), "foreign-code", "https://example.org/menu");
    assert_eq!(of(&readings, "two.jpg")["status"], "several-codes");
    desk.call(&["run"]);
    assert_eq!(results(&desk.folder)["tabulation"]["n_tables_seen"], 0);
}

/// Print alone gives the figures to a person, and counts nothing.
#[test]
fn a_sheet_without_its_code_waits_for_a_person() {
    let desk = desk();
    let mut face = sheet("201301006.01").face("x");
    face.code.clear();
    let Ok(paper) = print_sheet(&face, &Style::everyday(1)) else { return };
    desk.temp.write("photos/bare.jpg", photograph(&paper, &Damage::none(), 1).to_jpeg());
    let readings = desk.read("photos");
    let bare = of(&readings, "bare.jpg");
    assert_eq!((&bare["status"], &bare["table"]), (&json!("print-only"), &json!("201301006.01")));
    assert_eq!(bare["payload"], Value::Null);
    desk.call(&["run"]);
    assert_eq!(standing(&desk.folder, "201301006.01"), ["needs-entry", "print-only", "0"]);
    let found = results(&desk.folder);
    assert_eq!(found["images"]["by_fault"], json!({"unread": 1}));
    assert_eq!(found["findings_by_rule"]["S105"], 1);
}

/// Nothing is read of a handwritten form; every figure found is cut out for people.
#[test]
fn handwriting_is_cropped_and_not_read() {
    let temp = Temp::new();
    let folder = new_folder(&temp, "work", "costa-serena-2031");
    let line = |label: &str, figure: &str| Line::new("", label, figure);
    let names = ["LUZ ARRIETA", "MARCIAL ONDARZA", "ROBERTA QUILLA", "SOLANO IBARZ"];
    let groups = names.map(|name| Group { total: line(name, "123"), lines: Vec::new() });
    let face = SheetFace {
        title: vec!["ACTA DE MESA".into()],
        header: ["PROVINCIA", "DISTRITO", "MESA", "INSCRITOS"].map(|label| line(label, "12")).into(),
        groups: groups.into(),
        totals: ["VOTOS VÁLIDOS", "VOTOS NULOS", "BOLETAS EN LA URNA"].map(|label| line(label, "492")).into(),
        signatures_caption: "FIRMAS".into(),
        code: b"none".to_vec(),
        ..SheetFace::default()
    };
    temp.write("photos/sheet.jpg", photo(&face, 3).to_jpeg());
    run_in(&folder, &["add", temp.join("photos").to_str().unwrap()]).ends(0);
    run_in(&folder, &["read"]).ends(0);
    let crops = temp.join("crops");
    let args = ["readings", "--format", "json", "--crops", crops.to_str().unwrap()];
    let readings = run_in(&folder, &args).ends(0).json();
    let print = &readings[0]["print"];
    let figures = print["figures"].as_array().unwrap_or_else(|| panic!("no layout: {readings:#}"));
    assert_eq!(figures.len(), 3 + 1 + 4 + 3);
    for figure in figures {
        assert_eq!(figure["print"], Value::Null, "{figure}");
    }
    let found = figures.iter().filter(|figure| figure["no_print"] == "handwritten").count();
    assert!(found >= 7, "{found} figures found");
    assert_eq!(std::fs::read_dir(&crops).unwrap().count(), found);
}

/// Journals written before print was read are read as they were.
#[test]
fn events_without_print_still_load() {
    let pack = pack();
    let text = sheet("201301006.01").payload();
    let body =
        json!({"outcome": "read", "channel": "code", "payload": text, "decoder": "rxing", "rung": "whole"});
    let seen = load::outcome(&pack, &body).unwrap_or_else(|fault| panic!("{fault:?}"));
    assert_eq!((seen.channel, seen.print, seen.unread), (Channel::Code, None, None));
    assert_eq!(seen.table.as_str(), "201301006.01");
}

/// A stained code is completed from the print of its own sheet: never wrongly, and never counted.
#[test]
fn a_code_completed_from_print_is_joint_and_does_not_count() {
    let desk = desk();
    let sheet = sheet("201301006.01");
    let paper = print_sheet(&sheet.face(&sheet.payload()), &Style::everyday(1)).unwrap();
    for (i, torn_code) in [0.1, 0.16, 0.22, 0.28].into_iter().enumerate() {
        for seed in 0..3 {
            let damage = Damage { torn_code, ..Damage::none() };
            desk.temp.write(format!("photos/{i}-{seed}.jpg"), photograph(&paper, &damage, seed).to_jpeg());
        }
    }
    let readings = desk.read("photos");
    for reading in readings.iter().filter(|reading| reading["payload"] != Value::Null) {
        assert_eq!(reading["payload"], sheet.payload());
    }
    let joint: Vec<&Value> = readings.iter().filter(|reading| reading["status"] == "joint").collect();
    assert!(!joint.is_empty(), "{:?}", readings.iter().map(|r| &r["status"]).collect::<Vec<_>>());
    assert_eq!(joint[0]["rung"], "fused");
    // Alone, a joint reading is shown and not counted.
    let alone = desk_with(joint[0]["file"].as_str().unwrap(), &desk);
    alone.call(&["run"]);
    assert_eq!(standing(&alone.folder, sheet.table), ["provisional", "joint", "0"]);
    assert_eq!(results(&alone.folder)["tabulation"]["n_tables_seen"], 0);
    assert_eq!(results(&alone.folder)["findings_by_rule"]["S105"], 1);
}

/// Another desk with one photograph of this one.
fn desk_with(file: &str, from: &Desk) -> Desk {
    let name = Path::new(file).file_name().unwrap();
    let alone = desk();
    alone.temp.write("photos/one.jpg", std::fs::read(from.temp.join("photos").join(name)).unwrap());
    alone.read("photos");
    alone
}
