//! `docs/packs.md`, as its reader walks it: every pack of the page is written, every command run, every answer compared;
//! and the wrong steps a reader may take, each with the message that should put it right.

use std::path::Path;

use tallyproof::web::desk::Settings;
use tallyproof_core::pack::Pack;
use tallyproof_core::people::Role;

use crate::desk_support::Office;
use crate::pages::{Page, tools_are_there};
use crate::support::{Ran, Temp, run};

const PAGE: &str = include_str!("../../../docs/packs.md");

/// A fenced block: its language and its text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fenced = page.split("```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').unwrap_or((block, ""))).collect()
}

/// Writes a `toml` block into the file that its first line names.
fn write_toml(text: &str, temp: &Temp) {
    let (first, _) = text.split_once('\n').unwrap();
    let name = first.strip_prefix("# ").unwrap();
    match name.strip_suffix(", at its end") {
        None => drop(temp.write(name, text)),
        Some(name) => {
            let before = std::fs::read_to_string(temp.join(name)).unwrap();
            temp.write(name, format!("{before}\n{text}"));
        }
    }
}

/// Writes the packs of the page without running anything.
pub(crate) fn write_packs(temp: &Temp) {
    blocks(PAGE)
        .into_iter()
        .filter(|(language, _)| *language == "toml")
        .for_each(|(_, text)| write_toml(text, temp));
}

/// Walks the whole page.
fn walk(temp: &Temp) {
    let page = Page::of("packs.md");
    let mut answer: Option<String> = None;
    for (language, text) in blocks(PAGE) {
        match language {
            "toml" => write_toml(text, temp),
            "sh" => {
                let ran: Ran = page.run(text, temp).ends(0);
                answer = Some(ran.out + &ran.err);
            }
            "text" => {
                let Some(answer) = answer.take() else { continue };
                for line in text.lines() {
                    assert!(answer.contains(line), "the page promises {line:?}, the program says:\n{answer}");
                }
            }
            other => panic!("a block in {other:?}"),
        }
    }
}

#[test]
fn the_page_is_walked_from_an_empty_folder_to_two_reports() {
    if !tools_are_there("packs.md", &["sh", "head", "ls"]) {
        return;
    }
    let temp = Temp::new();
    walk(&temp);

    // Nobody's entry, nobody's code: the handwritten sheets wait for people, their numbers come from the table.
    let results = crate::support::results(&temp.join("trial"));
    assert_eq!(results["tabulation"]["n_tables_seen"], 6, "{:#}", results["tabulation"]);
    let truth = std::fs::read_to_string(temp.join("practice/truth.csv")).unwrap();
    for (at, selection) in ["LIEN", "SARRO", "YUSTE", "ORBE"].iter().enumerate() {
        let told: u64 = column(&truth, at + 1).iter().sum();
        assert_eq!(results["tabulation"]["votes"][selection], told, "{selection}");
    }
    // Blank votes are counted apart: beside valid and null ones, and in nobody's share.
    let sum = |name: &str| -> u64 {
        let at = truth.lines().next().unwrap().split(',').position(|cell| cell == name).unwrap();
        column(&truth, at).iter().sum()
    };
    let [valid, blank, null] = ["valid", "blank", "null"].map(sum);
    let tab = &results["tabulation"];
    assert!(blank > 0 && [&tab["valid"], &tab["blank"], &tab["null"]] == [valid, blank, null], "{tab:#}");
    assert_eq!((&tab["n_blank_unknown"], &tab["voters"]), (&0.into(), &(valid + blank + null).into()));
    assert_eq!(sum("ballots"), valid + blank + null, "practice sheets add up");
    let marked = std::fs::read_to_string(temp.join("trial/report/report.html")).unwrap();
    assert!(marked.contains("tabulation.blank"), "the report shows them");
    assert!(marked.contains("SYNTHETIC"), "a report of practice sheets says so");
}

/// The printed sheets: what code and print confirm is the truth, every figure of it.
#[test]
fn practice_sheets_are_read_as_they_were_written() {
    let temp = Temp::new();
    let toml = blocks(PAGE).into_iter().find(|(_, text)| text.starts_with("# isla-grana/")).unwrap().1;
    write_toml(toml, &temp);
    let [pack, made, work] = ["isla-grana", "made", "work"].map(|name| temp.join(name));
    let folder = |path: &Path| path.display().to_string();
    run(&["pack", "sheets", &folder(&pack), &folder(&made), "--sheets", "10", "--seed", "7"]).ends(0);
    run(&["new", &folder(&work), "--pack", &folder(&made.join("isla-grana-practice"))]).ends(0);
    run(&["-C", &folder(&work), "add", &folder(&made.join("photos"))]).ends(0);
    run(&["-C", &folder(&work), "read"]).ends(0);
    run(&["-C", &folder(&work), "run"]).ends(0);
    let truth = std::fs::read_to_string(made.join("truth.csv")).unwrap();
    let sheets = std::fs::read_to_string(work.join("report/sheets.csv")).unwrap();
    let header: Vec<&str> = sheets.lines().next().unwrap().split(',').collect();
    let place = |name: &str| header.iter().position(|cell| *cell == name).unwrap();
    let mut definitive = 0;
    for row in sheets.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>()) {
        let told = truth.lines().find(|line| line.starts_with(row[0])).expect("a table that was made");
        let told: Vec<&str> = told.split(',').collect();
        if row[place("status")] == "needs-entry" {
            continue;
        }
        let read: Vec<&str> =
            ["RUA", "PONTE", "VERA", "ZALDO", "null", "ballots", "electors"].map(|n| row[place(n)]).into();
        assert_eq!(read, [told[1], told[2], told[3], told[4], told[6], told[7], told[8]], "{}", row[0]);
        definitive += usize::from(row[place("status")] == "definitive");
    }
    assert!(definitive >= 7, "{definitive} of 10 by code and print:\n{sheets}");
}

/// The page's table of other codes: each grammar reads the code beside it.
#[test]
fn grammars_of_the_page_read_their_codes() {
    let rows = PAGE.lines().filter(|line| line.starts_with("| `") && line.contains("{table}"));
    let mut n = 0;
    for row in rows {
        let quoted: Vec<&str> = row.split('`').collect();
        let (code, grammar) = (quoted[1], quoted[3]);
        let toml = format!(
            "schema_version = 1\n[election]\ntitle = {{ en = \"x\", es = \"x\" }}\ncontest = {{ en = \"x\", es = \"x\" }}\n\
             date = \"2031-01-01\"\nrule = \"plurality\"\n[tables]\npattern = \"######\"\ncount = 9\n\
             [payload]\ngrammar = \"{grammar}\"\n{}",
            ["A", "B", "C"]
                .map(|id| format!("[[selections]]\nid = \"{id}\"\nname = \"{id}\"\ncolor = \"#112233\"\n"))
                .concat()
        );
        let pack = Pack::parse("other", &toml).unwrap_or_else(|faults| panic!("{grammar}: {faults:?}"));
        let payload = pack.payload.as_ref().unwrap().read(&pack, code.as_bytes()).unwrap();
        let votes: Vec<u32> = payload.values.selections.iter().map(|v| v.count().unwrap()).collect();
        assert_eq!((payload.table.as_str(), votes), ("012034", vec![96, 81, 12]), "{grammar}");
        assert_eq!(payload.values.null.count(), Some(4), "{grammar}");
        n += 1;
    }
    assert_eq!(n, 3);
}

/// The numbers in a column of a plain CSV, below its header.
fn column(csv: &str, at: usize) -> Vec<u64> {
    csv.lines().skip(1).map(|row| row.split(',').nth(at).unwrap().parse().unwrap()).collect()
}

/// Makes practice sheets of a pack of the page, adds and reads them, and opens the desk: the labels that a clerk sees.
fn labels_at_the_desk(pack: &str) -> Vec<String> {
    let temp = Temp::new();
    write_packs(&temp);
    temp.write(
        "valle-hondo/register.csv",
        "MESA;DEPARTAMENTO;MUNICIPIO;INSCRITOS\n1101;Norte;Agua Clara;217\n",
    );
    let folder = |name: &str| temp.join(name).display().to_string();
    run(&["pack", "sheets", &folder(pack), &folder("made"), "--sheets", "1"]).ends(0);
    run(&["new", &folder("desk"), "--pack", &folder(&format!("made/{pack}-practice"))]).ends(0);
    // A picture without a code and without print waits for people, whatever machines can read.
    let grey = tallyproof_render::encode_grey(800, 1_200, vec![120; 800 * 1_200], 80).unwrap();
    temp.write("blank.jpg", grey);
    run(&["-C", &folder("desk"), "add", &folder("blank.jpg"), "--source", "observers"]).ends(0);
    run(&["-C", &folder("desk"), "read"]).ends(0);
    let office = Office::open(temp, Settings::default());
    let administrator = office.seat("admin", Role::Administrator, None);
    let clerk = office.seat("clerk", Role::Clerk, Some(&administrator.id));
    let page = office.get("/entry", Some(&clerk)).is(200).text;
    let labels = page.split("<label for=\"").skip(1).filter_map(|rest| rest.split_once("\">"));
    let of_fields = labels.filter(|(code, _)| tallyproof_core::form::Figure::from_code(code).is_some());
    of_fields.map(|(_, rest)| rest.split("</label>").next().unwrap().to_owned()).collect()
}

#[test]
fn the_desk_asks_in_the_order_of_the_form() {
    assert_eq!(
        labels_at_the_desk("valle-hondo"),
        [
            "MESA N°",
            "Electors (INSCRITOS)",
            "Amparo Lien",
            "Bruno Sarro",
            "Celia Yuste",
            "Dámaso Orbe",
            "Blank votes (VOTOS EN BLANCO)",
            "Valid votes (VOTOS VÁLIDOS)",
            "Null votes (VOTOS NULOS)",
            "Ballots (TOTAL)",
        ]
    );
    assert_eq!(
        labels_at_the_desk("isla-grana"),
        [
            "ZONA",
            "RECINTO",
            "Electors (ELECTORES)",
            "MESA",
            "Elsa Rúa",
            "Gil Ponte",
            "Irma Vera",
            "Joel Zaldo",
            "Valid votes (VOTOS VÁLIDOS)",
            "Null votes (VOTOS NULOS)",
            "Ballots (TOTAL DE VOTANTES)",
        ]
    );
}
