//! The report from outside: every figure checkable, nothing fetched, nobody's text trusted.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tallyproof::site::{Report, ReportError, check_boundaries, report_html};
use tallyproof::words::{Lang, Words};
use tallyproof_analysis::results::analyse;
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::Pack;
use tallyproof_core::register::Register;
use tallyproof_core::transcription::{Transcription, fitting_mapping};

use crate::support::{report_file, results};

pub(crate) const PACK: &str = r###"
schema_version = 1
[election]
title = { en = "Islands", es = "Islas" }
contest = { en = "Council", es = "Consejo" }
date = "2030-02-03"
rule = "plurality"
synthetic = true
[[election.notes]]
en = "A note."
es = "Una nota."
[tables]
pattern = "##.##"
count = 6
electors = 900
numbered_from = 1
note.en = "Six tables."
note.es = "Seis mesas."
[[levels]]
id = "island"
chars = 2
name = { en = "island", es = "isla" }
plural = { en = "islands", es = "islas" }
[boundaries]
level = "island"
property = "code"
[[areas]]
level = "island"
code = "01"
name = "North"
boundary = "I1"
[[areas]]
level = "island"
code = "02"
name = "South"
boundary = "I2"
[[selections]]
id = "A"
name = "Ana Alba"
short = "Alba"
color = "#1f6fb4"
[[selections]]
id = "B"
name = "Beto Bay"
short = "Bay"
color = "#c8372d"
[policy]
sources_differ = "conflict"
admits = ["two-sources", "single-source"]
[[mappings]]
id = "plain"
encoding = "utf-8"
table = "{C:2}.{T:2}"
valid = "V"
null = "N"
[mappings.votes]
A = "A"
B = "B"
[[claims]]
id = "first"
who = "The council"
when = "2030-02-04"
source = "A poster"
scope = "country"
title = { en = "First count", es = "Primer recuento" }
valid = 200
null = 3
voters = 204
votes = { A = 50, B = 150 }
shares = { A = "25.0", B = "75.0" }
"###;

const BOUNDARIES: &str = r#"{"features":[
{"geometry":{"coordinates":[[[1,1,9],[2,1,9],[2,2,9],[1,2,9],[1,1,9]]],"type":"Polygon"},"properties":{"code":"I1"},"type":"Feature"},
{"type":"Feature","properties":{"code":"I2","x":null},"geometry":{"type":"MultiPolygon","coordinates":[[[[2,1],[3,1],[3,2],[2,2],[2,1]]],[[[4,1],[5,1],[5,2],[4,1]]]]}},
{"type":"Feature","properties":{"code":"elsewhere"},"geometry":{"type":"Polygon","coordinates":[[[5,3],[6,3],[6,4],[5,3]]]}}
],"type":"FeatureCollection"}"#;

fn facts(toml: &str, csv: &str) -> Facts {
    let pack = Pack::parse("islands", toml).unwrap();
    let sources = if csv.is_empty() {
        Vec::new()
    } else {
        let transcription = Transcription::parse(csv.as_bytes(), &pack.mappings[0], &pack).unwrap();
        vec![source("paper", "V1", transcription)]
    };
    Facts::new(pack, None, sources)
}

fn source(id: &str, label: &str, transcription: Transcription) -> Source {
    let version =
        Version { label: label.into(), supersedes: Vec::new(), sha256: "ab".repeat(32), transcription };
    Source::new(id.into(), vec![version]).unwrap()
}

fn html(facts: &Facts, boundaries: Option<&str>, lang: Lang) -> Result<String, ReportError> {
    let analysis = analyse(facts);
    let report = Report {
        results: &analysis.results,
        findings: &analysis.findings,
        pack: &facts.pack,
        boundaries: boundaries.map(str::as_bytes),
        calibration: None,
        results_sha256: &"cd".repeat(32),
        checkpoint: None,
    };
    report_html(&report, &Words::new(lang))
}

pub(crate) const SHEETS: &str = "C,T,A,B,V,N\n1,1,60,40,100,2\n1,3,30,35,65,\n2,1,55,45,101,1\n";

/// Asserts that each `<data>` is the figure its key names, and gives their number.
fn check_figures(html: &str, facts: &Facts) -> usize {
    check_figures_of(html, &serde_json::from_slice(&analyse(facts).results.to_json()).unwrap())
}

/// The same for a page and the `results.json` beside it.
pub(crate) fn check_figures_of(html: &str, json: &Value) -> usize {
    let of = |point| tallyproof_evidence::figures::check_figures(html, json, point);
    // A site's first page is in both languages: each figure is right in one of them.
    let ((n, mut wrong), (also_n, also)) = (of('.'), of(','));
    wrong.retain(|figure| also.contains(figure));
    assert!(wrong.is_empty(), "{wrong:?}");
    // In the other language's form, looking ends after a thousand.
    usize::try_from(n.max(also_n)).unwrap()
}

/// The report of a folder, every figure of it checked.
#[track_caller]
pub(crate) fn checked_page(folder: &Path) -> String {
    let html = String::from_utf8(report_file(folder, "report.html")).unwrap();
    check_figures_of(&html, &results(folder));
    html
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, after) = text.split_once(start).unwrap();
    after.split_once(end).unwrap().0
}

/// Asserts that a browser has nothing to load and nothing to run.
fn check_self_contained(html: &str) {
    assert!(html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\""));
    for loads in ["<script", "<link", "<img", "<iframe", "<object", "@import", "src=", "javascript:"] {
        assert!(!html.to_lowercase().contains(loads), "{loads}");
    }
    for target in html.split("href=\"").skip(1) {
        assert!(target.starts_with('#'), "{}", &target[..20]);
    }
    for url in html.split("url(").skip(1) {
        assert!(url.starts_with('#'), "{}", &url[..20]);
    }
}

#[test]
fn every_figure_is_that_of_results_json_in_both_languages() {
    let facts = facts(PACK, SHEETS);
    for lang in Lang::ALL {
        let html = html(&facts, Some(BOUNDARIES), lang).unwrap();
        assert!(check_figures(&html, &facts) > 80);
        check_self_contained(&html);
        assert!(!html.contains("report-"), "a message is missing: {}", between(&html, "report-", "<"));
        let again = self::html(&facts, Some(BOUNDARIES), lang).unwrap();
        assert_eq!(html, again);
    }
}

#[test]
fn the_headline_names_figures_evidence_and_assumption() {
    let facts = facts(PACK, SHEETS);
    let headline = |lang| text(between(&html(&facts, None, lang).unwrap(), "<h1>", "</h1>"));
    assert_eq!(
        headline(Lang::En),
        "On 3 of 6 tally sheets, all from one published transcription, Ana Alba leads Beto Bay by 1.21 to 1 \
         (54.72% to 45.28%), if the sheets are genuine."
    );
    assert!(
        headline(Lang::Es).starts_with("En 3 de 6 actas, todas de una sola transcripción publicada, Ana")
    );
}

/// Leaves a page in the target folder, to be looked at.
fn keep(name: &str, html: &str) {
    std::fs::write(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name), html).unwrap();
}

/// Text without tags.
pub(crate) fn text(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

#[test]
fn a_made_up_election_says_so_first_and_on_every_printed_page() {
    let html = html(&facts(PACK, SHEETS), None, Lang::En).unwrap();
    let banner = html.find("class=\"synthetic\"").unwrap();
    assert!(banner < html.find("<h1>").unwrap());
    assert!(html.contains("<title>SYNTHETIC") && html.contains("@top-center{content:\"SYNTHETIC"));
    let real = self::html(&facts(&PACK.replace("synthetic = true", ""), SHEETS), None, Lang::En).unwrap();
    assert!(!real.contains("SYNTHETIC"));
}

#[test]
fn no_sheet_a_tie_and_sheets_without_votes_have_reports() {
    let cases = [
        ("", "No tally sheet counts yet"),
        ("C,T,A,B,V,N\n1,1,50,50,100,0\n", "Ana Alba and Beto Bay are tied at 50 votes each"),
        ("C,T,A,B,V,N\n1,1,0,0,0,0\n", "no votes for anybody are recorded"),
        ("C,T,A,B,V,N\n1,1,9,0,9,0\n", "leads Beto Bay, 9 to 0 in votes (100.00% to 0.00%)"),
        ("C,T,A,B,V,N\n1,1,501,500,1001,0\n", "leads Beto Bay, 501 to 500 in votes (50.05% to 49.95%)"),
    ];
    for (csv, expected) in cases {
        let facts = facts(PACK, csv);
        for lang in Lang::ALL {
            let html = html(&facts, Some(BOUNDARIES), lang).unwrap();
            check_figures(&html, &facts);
            let headline = text(between(&html, "<h1>", "</h1>"));
            assert!(lang == Lang::Es || headline.contains(expected), "{headline}");
        }
    }
}

#[test]
fn coverage_is_drawn_where_tables_in_all_are_known() {
    let mut facts = facts(PACK, SHEETS);
    assert!(!html(&facts, Some(BOUNDARIES), Lang::En).unwrap().contains("map-coverage-title"));
    let tables = ["01.01", "01.02", "01.03", "02.01", "02.02", "02.03"];
    let tables = tables.iter().filter_map(|id| Some((facts.pack.pattern.id(id)?, None))).collect();
    facts.register = Some(Register { tables, ..Register::default() });
    let html = html(&facts, Some(BOUNDARIES), Lang::En).unwrap();
    keep("report-synthetic.html", &html);
    assert!(html.contains("map-coverage-title") && html.contains("North: 50 to 75%"));
    check_figures(&html, &facts);
}

/// One claim of each kind, each failing where it can.
const CLAIMS: &str = r#"
[[claims]]
id = "turnout"
who = "w"
when = "2030-02-05"
source = "s"
scope = "country"
title = { en = "Turnout", es = "Participación" }
voters = 204
electors = 900
turnout = "25"
tables = 7
[[claims]]
id = "formula"
who = "w"
when = "2030-02-05"
source = "s"
scope = "sheets"
title = { en = "Formula", es = "Fórmula" }
tables = 2
votes = { A = 115, B = 85 }
[claims.statement]
formula = "votes.A - votes.B - tables_total"
relation = "at-least"
stated = 25
[[claims]]
id = "copies"
who = "w"
when = "2030-02-05"
source = "s"
scope = "country"
title = { en = "Two copies", es = "Dos copias" }
valid = 300
votes = { A = 160, B = 140 }
[claims.second]
source = "press"
valid = 300
votes = { A = 106, B = 140 }
[[claims]]
id = "part"
who = "w"
when = "2030-02-05"
source = "s"
scope = "country"
title = { en = "One island", es = "Una isla" }
area = { level = "island", code = "01" }
votes = { A = 10, B = 150 }
"#;

#[test]
fn every_kind_of_claim_has_words_in_both_languages() {
    let facts = facts(&format!("{PACK}{CLAIMS}"), SHEETS);
    let said = [
        (Lang::En, "speaks of 7 tables, but only 6 exist"),
        (Lang::En, "The number stated (25) does not follow by its formula, which gives 24."),
        (Lang::En, "Alba: one transcription of the claim has 160, the other 106."),
        (Lang::En, "add up to 246, but it gives 300"),
        (Lang::En, "Speaks of one part only: island North."),
        (Lang::En, "votes for Ana Alba, as claimed"),
        (Lang::Es, "Habla de 7 mesas, pero solo existen 6"),
        (Lang::Es, "Habla solo de una parte: isla North."),
        (Lang::Es, "Para que esta afirmación se sostenga, al menos"),
    ];
    for lang in Lang::ALL {
        let html = html(&facts, None, lang).unwrap();
        check_figures(&html, &facts);
        check_self_contained(&html);
        let text = text(&html);
        let kinds = ["report-", "claim-", "forensics-", "chart-", "estimate-", "words-", "robustness-"];
        let bare = text.split_whitespace().find(|word| kinds.iter().any(|kind| word.starts_with(kind)));
        assert_eq!(bare, None, "a message is missing");
        for (_, sentence) in said.iter().filter(|(of, _)| *of == lang) {
            assert!(text.contains(sentence), "{sentence}");
        }
        for kind in ["claims", "offsets", "fingerprint"] {
            let drawn = html.contains(&format!("plot-{kind}-title"));
            assert_eq!(drawn, kind == "claims", "{kind}: three tables are too few for screening");
        }
    }
}

#[test]
fn nobodys_text_becomes_markup() {
    let hostile = r#"\"><script>alert(1)</script>\u202e'&\u001b[31m"#;
    let mut toml = PACK.to_owned();
    for word in [
        "Islands",
        "Islas",
        "Council",
        "A note.",
        "Ana Alba",
        "Alba",
        "North",
        "The council",
        "A poster",
        "First count",
    ] {
        toml = toml.replace(&format!("\"{word}\""), &format!("\"{word}{hostile}\""));
    }
    let mut facts = facts(&toml, SHEETS);
    let transcription = facts.sources[0].newest().transcription.clone();
    facts.sources = vec![source("s\"]<b>", "V[1]\u{202e}<i>", transcription)];
    let boundaries = BOUNDARIES.replace("elsewhere", "</title><script>");
    for lang in Lang::ALL {
        let html = html(&facts, Some(&boundaries), lang).unwrap();
        check_self_contained(&html.replace("&lt;script", ""));
        check_figures(&html, &facts);
        assert!(html.contains("&lt;script&gt;") && !html.contains("<b>") && !html.contains("<i>"));
        assert!(!html.contains(['\u{202e}', '\u{1b}']));
    }
}

#[test]
fn boundaries_that_cannot_be_drawn_say_why() {
    let facts = facts(PACK, SHEETS);
    let polygon = |ring: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"code":"I1"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}"#
        )
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases = [
        (String::new(), "no GeoJSON"),
        ("<kml/>".into(), "no GeoJSON"),
        (r#"{"type":"Feature","properties":null,"geometry":null}"#.into(), "no GeoJSON"),
        (format!(r#"{{"type":"FeatureCollection","features":{deep}}}"#), "no GeoJSON"),
        (r#"{"type":"FeatureCollection","features":[]}"#.into(), "no feature has the property \"code\""),
        (BOUNDARIES.replace("\"code\"", "\"name\""), "no feature has the property \"code\""),
        (BOUNDARIES.replace("I1", "X1").replace("I2", "X2"), "the first is \"X1\""),
        (polygon("[[1,1],[2,2],[1,1]]"), "ring of 3 positions"),
        (polygon("[[400000,1],[400000,2],[400001,2],[400000,1]]"), "degrees"),
        (polygon("[[1],[1,2],[2,2],[1,1]]"), "position [1.0]; longitude and latitude in degrees"),
        (polygon("[[1,1e999],[1,2],[2,2],[1,1]]"), "no GeoJSON"),
        (polygon("[[1,1],[2,1],[3,1],[1,1]]"), "enclose no area"),
        (BOUNDARIES.replace("\"Polygon\"", "\"MultiPoint\""), "no GeoJSON"),
        (r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"I1"},"geometry":{"type":"Point","coordinates":[1,1]}}]}"#.into(), "is a Point"),
    ];
    for (boundaries, expected) in cases {
        let error = check_boundaries(boundaries.as_bytes(), &facts.pack).unwrap_err().to_string();
        assert!(error.contains(expected) && error.len() < 400, "{error}");
        assert_eq!(html(&facts, Some(&boundaries), Lang::En).unwrap_err().to_string(), error);
    }
    let without = facts_without_join();
    assert!(html(&without, Some(BOUNDARIES), Lang::En).unwrap_err().to_string().contains("[boundaries]"));
    let marked = format!("\u{feff}{BOUNDARIES}");
    assert_eq!(check_boundaries(marked.as_bytes(), &facts.pack), Ok(()));
}

fn facts_without_join() -> Facts {
    let mut facts = facts(PACK, SHEETS);
    facts.pack.boundaries = None;
    facts
}

/// The published Venezuelan tables, in both languages; the pages stay in the target folder to look at.
#[test]
fn the_venezuelan_report() {
    let root = std::env::var_os("TALLYPROOF_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let read = |name: &str| std::fs::read(root.join("venezuela-2024").join(name));
    let (Ok(v1), Ok(v2), Ok(states)) =
        (read("tally-sheets-v1.csv"), read("tally-sheets-v2.csv"), read("states.geojson"))
    else {
        assert!(std::env::var_os("TALLYPROOF_REQUIRE_DATA").is_none(), "{} lacks the tables", root.display());
        eprintln!("skipped: {} lacks the Venezuelan tables", root.display());
        return;
    };
    let toml = include_str!("../../../elections/venezuela-2024/election.toml");
    let pack = Pack::parse("venezuela-2024", toml).unwrap();
    let version = |label: &str, older: &[&str], bytes: &[u8]| Version {
        label: label.into(),
        supersedes: older.iter().map(|&o| o.to_owned()).collect(),
        sha256: tallyproof_core::journal::sha256_hex(bytes),
        transcription: Transcription::parse(bytes, fitting_mapping(&pack, bytes).unwrap(), &pack).unwrap(),
    };
    let versions = vec![version("V1", &[], &v1), version("V2", &["V1"], &v2)];
    let facts = Facts::new(pack.clone(), None, vec![Source::new("campaign".into(), versions).unwrap()]);
    let states = String::from_utf8(states).unwrap();
    for lang in Lang::ALL {
        let html = html(&facts, Some(&states), lang).unwrap();
        let figures = check_figures(&html, &facts);
        assert!(figures > 1_500, "{figures}");
        check_self_contained(&html);
        assert!(!html.contains("report-"), "{}", between(&html, "report-", "<"));
        assert!(html.len() < 700_000, "{} bytes", html.len());
        keep(&format!("report-{}.html", lang.code()), &html);
        let headline = text(between(&html, "<h1>", "</h1>"));
        assert!(
            lang == Lang::Es || headline.contains("leads Nicolás Maduro by 2.20 to 1 (67.08% to 30.46%)")
        );
    }
}
