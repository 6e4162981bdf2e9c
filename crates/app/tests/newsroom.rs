//! `docs/tutorials/newsroom.md`: every command of the page runs, on the published tables where they are at hand and on
//! made-up ones of the same form otherwise.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use crate::pages::{Page, tools_are_there};
use crate::report::{check_figures_of, text};
use crate::support::{
    Temp, csv_is_harmless, csv_rows, journal_is_sound, published, report_file, results, run, run_in,
};

const FILES: [&str; 3] = ["tally-sheets-v1.csv", "tally-sheets-v2.csv", "states.geojson"];

#[test]
fn every_command_of_the_page_runs() {
    if !tools_are_there("tutorials/newsroom.md", &["cat"]) {
        return;
    }
    let temp = Temp::new();
    let real = published("venezuela-2024");
    match &real {
        Some(tables) => FILES.iter().for_each(|name| {
            std::fs::copy(tables.join(name), temp.join(name)).unwrap();
        }),
        None => stand_ins(&temp),
    }
    let page = Page::of("tutorials/newsroom.md");
    let said = page.run_all(&temp).concat();
    let folder = temp.join("ve24");
    journal_is_sound(&folder);
    both_reports_are_there(&folder);
    let found = results(&folder);
    assert!(claim(&found, "our-draft")["verdict"].is_string());
    for file in ["changes.csv", "states.csv"] {
        csv_is_harmless(&std::fs::read_to_string(temp.join(file)).unwrap());
    }
    for file in ["ve24-bundle/data/exports/results.xlsx", "ve24/site/index.html"] {
        assert!(temp.join(file).is_file(), "{file}");
    }
    assert!(said.contains("INTACT: everything is as claimed"), "{said}");
    if real.is_some() {
        the_published_figures(&temp, &found, &said);
    }
}

/// Both languages are there whichever was asked for; each figure of each is that of `results.json`, and each has its
/// paragraphs to copy.
fn both_reports_are_there(folder: &Path) {
    let found = results(folder);
    let page = |name: &str| String::from_utf8(report_file(folder, name)).unwrap();
    assert_eq!(page("report.html"), page("report-en.html"));
    for (lang, condition) in
        [("en", "only if the sheets are genuine"), ("es", "solo si las actas son auténticas")]
    {
        let html = page(&format!("report-{lang}.html"));
        assert!(html.contains(&format!("<html lang=\"{lang}\">")));
        check_figures_of(&html, &found);
        let paragraphs = paragraphs(&html);
        assert_eq!(paragraphs.len(), 3, "a newspaper's, a court's, and the claims'");
        for paragraph in [&paragraphs[0], &paragraphs[2]] {
            assert!(text(paragraph).contains(condition), "{paragraph}");
            assert!(paragraph.contains("data-key=") || !paragraph.contains(char::is_numeric), "{paragraph}");
        }
    }
}

/// The paragraphs to copy.
fn paragraphs(html: &str) -> Vec<&str> {
    let section = html.split("<h2 id=\"words\">").nth(1).unwrap().split("</section>").next().unwrap();
    section.split("<h3>").skip(1).map(|part| part.split("</h3>").nth(1).unwrap()).collect()
}

fn claim<'r>(results: &'r Value, id: &str) -> &'r Value {
    results["claims"].as_array().unwrap().iter().find(|c| c["id"] == id).unwrap()
}

fn the_published_figures(temp: &Temp, found: &Value, said: &str) {
    let tab = &found["tabulation"];
    let votes = ["EG", "NM"].map(|id| tab["votes"][id].as_u64().unwrap());
    assert_eq!((votes, &tab["n_tables_seen"]), ([7_303_480, 3_316_142], &25_073.into()));
    assert_eq!((&tab["valid"], &tab["ratio"]), (&10_887_262.into(), &2.202403.into()));
    let verdicts = ["bulletin-1", "bulletin-2", "newspaper", "newspaper-missing", "our-draft"];
    let verdicts = verdicts.map(|id| claim(found, id)["verdict"].as_str().unwrap());
    assert_eq!(verdicts, ["contradicted", "contradicted", "consistent", "not-derivable", "consistent"]);
    assert!(found["sensitivity"]["tipping"].as_array().unwrap().iter().any(|tip| tip["ratio"] == 2));
    let page = |name: &str| String::from_utf8(report_file(&temp.join("ve24"), name)).unwrap();
    for (lang, parts) in [
        (
            "en",
            [
                "2.20 to 1",
                "67.08% to 30.46%",
                "12.46 points",
                "a party to the contest",
                "at least 3,645",
                "1,036,520",
            ],
        ),
        (
            "es",
            [
                "2,20 a 1",
                "67,08 % frente a 30,46 %",
                "12,46 puntos",
                "parte en la contienda",
                "al menos 3.645",
                "1.036.520",
            ],
        ),
    ] {
        let html = page(&format!("report-{lang}.html"));
        let words = text(&paragraphs(&html).concat());
        for part in parts {
            assert!(words.replace(['\u{a0}', '\u{202f}'], " ").contains(part), "{part}: {words}");
        }
    }
    let rows = |name: &str| csv_rows(&std::fs::read_to_string(temp.join(name)).unwrap());
    let states = rows("states.csv");
    assert_eq!((states.len(), states[25][0].as_str(), states[25][3].as_str()), (1 + 24 + 1, "*", "7303480"));
    let changes = rows("changes.csv");
    let n = |at: usize| changes.iter().filter(|row| row[at] == "'+").count();
    assert_eq!((n(2), n(3)), (2, 543), "withdrawn, and added");
    assert!(said.contains("25,073 of 30,026 tables"), "{said}");
}

/// What somebody meets who has never seen the program: each error says what is wrong and what to do.
#[test]
fn first_mistakes_are_answered() {
    let temp = Temp::new();
    stand_ins(&temp);
    let path = |name: &str| temp.join(name).to_str().unwrap().to_owned();
    let (ve24, v2) = (path("ve24"), path(FILES[1]));
    let new = |boundaries: &str| run(&["new", &ve24, "--pack", "venezuela-2024", "--boundaries", boundaries]);
    new(&path("nowhere.geojson")).fails(3, &["nowhere.geojson", "not there"]);
    new(&v2).fails(3, &[FILES[1], "no GeoJSON"]);
    assert!(!temp.join("ve24").exists(), "a bad map leaves nothing behind");
    new(&path(FILES[2])).ends(0).says(&["tallyproof -C", "import FILE"]);
    let import_as = |source: &str, file: &str, more: &[&str]| {
        run(&[&["-C", &ve24, "import", file, "--source", source], more].concat())
    };
    let import = |file: &str, more: &[&str]| import_as("campaign", file, more);

    // Another table under the same name, which a repository hands out: it says what is there and what lacks.
    let other = "Estado,Municipio,Parroquia,validos,nulos,egu,nm,otros\nAMAZONAS,ATURES,PLATANILLAL,398,0,244,141,13\n";
    temp.write("other.csv", other);
    import(&path("other.csv"), &[])
        .fails(3, &["No mapping", "Estado, Municipio", "published-v", "CENTRO", "--map FILE"]);
    import(&path(FILES[2]), &[]).ends(3);

    // Saved again by a spreadsheet: by semicolons, or by tabulators, or in another encoding.
    let text: String = std::fs::read(&v2).unwrap().into_iter().map(char::from).collect();
    for (sign, word, name) in [(";", ";", "semicolons"), ("\t", "tab", "tabulators"), ("|", "|", "bars")] {
        let saved: Vec<u8> =
            text.replace(',', sign).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let file = temp.write("saved.csv", saved);
        let file = file.to_str().unwrap();
        import(file, &[]).fails(3, &["saved.csv", "published-v2", &format!("--delimiter \"{word}\"")]);
        import_as(name, file, &["--delimiter", word, "--version", "1"])
            .ends(0)
            .says(&["199 rows adopted, 0 refused", "mapping published-v2"]);
    }
    import(&v2, &["--delimiter", "x"]).ends(2).says(&[", ; | tab"]);
    temp.write("utf8.csv", &text);
    import(&path("utf8.csv"), &[]).fails(3, &["UTF-8", "--encoding utf-8"]);
    import(&path("utf8.csv"), &["--encoding", "utf-8"]).ends(0);
    import(&path(FILES[0]), &["--version", "V1", "--encoding", "latin-1"])
        .fails(2, &["newest", "--supersedes"]);

    // Outside the folder, in either language.
    run_in(temp.path(), &["run"]).fails(3, &["is not a tallyproof folder", "-C DIR"]);
    run_in(temp.path(), &["run", "--lang", "es"])
        .fails(3, &["no es una carpeta de tallyproof", "-C CARPETA"]);
    run_in(&temp.join("ve24"), &["--lang", "es", "run"]).ends(0);
    let page = |name: &str| report_file(&temp.join("ve24"), name);
    assert_eq!(page("report.html"), page("report-es.html"));
    assert_ne!(page("report.html"), page("report-en.html"));
}

/// Made-up tables under the names of the published ones, in their form: the first with electors and in UTF-8 with a
/// mark, the second without them and in Latin-1, with one sheet fewer and twenty more.
fn stand_ins(temp: &Temp) {
    let row = |i: u32, electors: bool| {
        let (code, table) = (10_101_001 + i / 3 * 1_000, i % 3 + 1);
        let (a, b, null) = (200 + i / 3 * 37 % 60, 80 + i / 3 * 13 % 40, i % 2);
        let electors = if electors { "600," } else { "" };
        format!(
            "1,MADE UP,1,PEÑA,1,P,{code},{table},{electors}{},{null},{a},{b},1,0,0,2,0,0,0,0,https://example.org/{i}.jpg\n",
            a + b + 3
        )
    };
    let header = |electors: &str| {
        format!(
            "COD_EDO,EDO,COD_MUN,MUN,COD_PAR,PAR,CENTRO,MESA,{electors}VOTOS_VALIDOS,VOTOS_NULOS,EG,NM,LM,JABE,JOBR,AE,CF,DC,EM,BERA,URL\n"
        )
    };
    let (mut first, mut second) = (header("RE,"), header(""));
    (0..180).for_each(|i| first.push_str(&row(i, true)));
    (1..200).for_each(|i| write!(second, "{}", row(i, false)).unwrap());
    temp.write(FILES[0], format!("\u{feff}{first}"));
    let latin_1: Vec<u8> = second.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    temp.write(FILES[1], latin_1);
    temp.write(
        FILES[2],
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"ADM1_PCODE":"VE01"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}}]}"#,
    );
}
