//! Wrong steps with a pack, as people take them: each is answered by file, line, what is wrong and what to do.

use std::fmt::Write;

use crate::packs_walk::write_packs;
use crate::support::{Ran, Temp, run};

const REGISTER: &str =
    "MESA;DEPARTAMENTO;MUNICIPIO;INSCRITOS\n1101;Norte;Agua Clara;217\n1102;Norte;Agua Clara;234\n";

/// What is replaced in the pack, by what, what stands on the line that is named (empty: no line), and what is said.
type Step = (&'static str, &'static str, &'static str, &'static [&'static str]);

const VALLE_HONDO: &[Step] = &[
    // The file.
    (
        "rule = \"plurality\"",
        "rule = plurality",
        "rule = plurality",
        &["cannot be read as TOML", "Correct the line"],
    ),
    ("title = { en = \"Valle", "title = { en = Valle", "title = { en = Valle", &["cannot be read"]),
    ("[tables]", "[tables", "[tables\n", &["cannot be read"]),
    ("date = ", "day = ", "day = ", &["no key “day”", "`date`"]),
    ("color = \"#2f6db3\"", "colour = \"#2f6db3\"", "colour = ", &["no key “colour”", "`color`"]),
    ("count = 60", "count = \"60\"", "count = \"60\"", &["string \"60\"", "whole number"]),
    ("count = 60", "count = 6.5", "count = 6.5", &["6.5", "whole number"]),
    ("count = 60", "count = -60", "count = -60", &["-60", "0 or more"]),
    ("date = \"2032-05-09\"\n", "", "[election]", &["“date” is missing"]),
    ("schema_version = 1\n", "", "", &["“schema_version” is missing"]),
    ("schema_version = 1", "schema_version = 2", "schema_version = 2", &["this program reads 1"]),
    (
        "[[selections]]\nid = \"LIEN\"",
        "[selections]\nid = \"LIEN\"",
        "[[selections]]",
        &["duplicate", "[[selections]]"],
    ),
    // Words.
    (", es = \"Presidencia\" }", " }", "contest = ", &["“es” is missing"]),
    ("es = \"Presidencia\"", "es = \" \"", "contest = ", &["Spanish", "empty"]),
    ("name = \"Bruno Sarro\"", "name = \"\"", "name = \"\"", &["name is empty"]),
    (
        "name = \"Bruno Sarro\"",
        "name = \"Amparo Lien\"",
        "name = \"Amparo Lien\"\ncolor = \"#c2571a\"",
        &["Two selections", "Amparo Lien"],
    ),
    ("id = \"SARRO\"", "id = \"LIEN\"", "id = \"LIEN\"\nname = \"Bruno", &["LIEN", "stands twice"]),
    ("id = \"SARRO\"", "id = \"SARRO B.\"", "id = \"SARRO B.\"", &["cannot be an id", "letters"]),
    ("#c2571a", "orange", "orange", &["not a colour", "#1f6fb4"]),
    ("2032-05-09", "2032-02-30", "2032-02-30", &["not a date"]),
    ("2032-05-09", "9/5/2032", "9/5/2032", &["not a date", "2024-07-28"]),
    ("rule = \"plurality\"", "rule = \"majority\"", "rule = \"majority\"", &["majority", "claim"]),
    // Tables and areas.
    ("count = 60", "count = 0", "count = 0", &["0 cannot be right"]),
    ("count = 60", "count = 99999999999", "count = 9", &["cannot be right", "10,000,000"]),
    ("pattern = \"#####\"", "pattern = \"NNNNN\"", "pattern = ", &["NNNNN", "# for each digit"]),
    ("pattern = \"#####\"", "pattern = \"##/###\"", "pattern = ", &["##/###"]),
    ("chars = 3", "chars = 2", "chars = 2\nname = { en = \"mun", &["2 characters", "widest first"]),
    ("chars = 3", "chars = 5", "chars = 5", &["5 characters", "shorter than a table id"]),
    ("names = { department", "names = { province", "names = { province", &["no level", "province"]),
    ("file = \"register.csv\"", "file = \"lists/register.csv\"", "lists/register.csv", &["alone"]),
    ("{MESA:5}\"           #", "{MESA:4}\"           #", "{MESA:4}", &["{MESA:4}", "#####"]),
    ("{MESA:5}\"           #", "MESA\"           #", "table = \"MESA\"", &["MESA", "{ID:5}"]),
    // The form.
    ("MESA N°\", table = 5", "MESA N°\", table = 4", "table = 4", &["4 digits", "5"]),
    ("figure = \"electors\"", "figure = \"electores\"", "electores", &["“electores” is none", "`electors`"]),
    (
        "label = \"TOTAL\", figure = \"ballots\"",
        "label = \"TOTAL\", figure = \"null\"",
        "label = \"TOTAL\"",
        &["TOTAL", "one figure"],
    ),
    ("label = \"TOTAL\"", "label = \"\"", "label = \"\"", &["no usable label"]),
    (
        "script = \"handwritten\"",
        "script = \"handwritten\"\nselection_totals = false",
        "selection_totals",
        &["no votes"],
    ),
    ("script = \"handwritten\"", "script = \"by hand\"", "by hand", &["“by hand” is none", "`handwritten`"]),
    (
        "{ label = \"DEPARTAMENTO\" },",
        "{ label = \"INSCRITOS\", figure = \"electors\", private = true },",
        "private = true",
        &["painted over"],
    ),
    (
        "private_below = true",
        "private_below = true\nmasking_reviewed = { who = \"ana@example.org\", when = \"2032-05-01\" }",
        "masking_reviewed",
        &["pseudonym"],
    ),
    // Mappings, sources, rules.
    (", ORBE = \"ORBE\"", "", "id = \"observers\"\nencoding", &["ORBE", "no column"]),
    ("ORBE = \"ORBE\"", "ORBA = \"ORBE\"", "ORBA", &["no selection", "ORBA", "LIEN, SARRO"]),
    ("ORBE = \"ORBE\"", "ORBE = \"LIEN\"", "votes = {", &["LIEN", "count twice"]),
    (
        "null = \"NULOS\"\nballots = \"TOTAL\"",
        "null = \"TOTAL\"\nballots = \"TOTAL\"",
        "id = \"observers\"\nencoding",
        &["TOTAL", "count twice"],
    ),
    ("encoding = \"latin-1\"", "encoding = \"utf-16\"", "utf-16", &["utf-16", "latin-1"]),
    (
        "delimiter = \";\"\ntable = \"{MESA:5}\"\nblank",
        "delimiter = \"semicolon\"\ntable = \"{MESA:5}\"\nblank",
        "semicolon",
        &["separate"],
    ),
    ("table = \"{MESA:5}\"\nblank", "payload = \"CODE\"\nblank", "payload = ", &["CODE", "[payload]"]),
    ("[rules.S204]", "[rules.S999]", "[rules.S999]", &["S999", "explain"]),
    ("absolute = 2", "tolerance = 2", "tolerance = 2", &["no key “tolerance”", "`absolute`"]),
    ("trust = 1", "trust = 1\nindependent_of = [\"party\"]", "independent_of", &["party", "[[sources]]"]),
    (
        "[[sources]]",
        "[policy]\nadmits = [\"print-only\"]\n\n[[sources]]",
        "admits",
        &["print-only", "stricter"],
    ),
];

const ISLA_GRANA: &[Step] = &[
    ("{lines:,}", "{lines}", "grammar", &["{lines}", "does not exist"]),
    ("{lines:,}", "{lines:,", "grammar", &["{lines:,;{table}"]),
    ("{null};{ballots}", "{null}{ballots}", "grammar", &["{null}{ballots}", "{null:3}"]),
    (";{table};", ";", "grammar", &["{table} is missing"]),
    ("{null}", "{nulls}", "grammar", &["{nulls}"]),
    ("code = \"014\"", "code = \"14\"", "code = \"14\"", &["14", "leading zeros"]),
    ("code = \"015\"", "code = \"014\"", "code = \"014\"\nname = \"El", &["014", "stands twice"]),
    (
        "[payload]",
        "[boundaries]\nlevel = \"zone\"\nproperty = \"CODE\"\n\n[payload]",
        "level = \"zone\"\nproperty",
        &["zone", "boundary"],
    ),
    ("share = \"91.04\"", "share = \"91,04\"", "91,04", &["not a percentage", "51.20"]),
    ("share = \"91.04\"", "share = 91.04", "share = 91.04", &["91.04", "quotation marks"]),
    (
        "share = \"91.04\", unit = \"tables\"",
        "unit = \"tables\", part = 490, whole = 480",
        "part = 490",
        &["490"],
    ),
    ("votes = { RUA = 41200, PONTE", "votes = { RUA = 41200, PUENTE", "PUENTE", &["PUENTE", "RUA, PONTE"]),
    (
        "votes = { RUA = 41200, PONTE = 47310 }\nvalid = 118200\nnull = 2100\n",
        "",
        "id = \"board\"",
        &["nothing that can be tested"],
    ),
    (
        "valid = 118200",
        "valid = 118200\nstatement = { formula = \"votes.VERA - null\", relation = \"equal\", stated = 4 }",
        "formula",
        &["votes.VERA", "votes.ID"],
    ),
    (
        "scope = \"country\"",
        "scope = \"province\"",
        "scope = \"province\"",
        &["“province” is none", "`country`"],
    ),
];

fn line_of(text: &str, marker: &str) -> usize {
    let at = text.find(marker).unwrap_or_else(|| panic!("{marker:?} is not in the pack"));
    text[..at].matches('\n').count() + 1
}

fn check(temp: &Temp, pack: &str) -> Ran {
    run(&["pack", "check", &temp.join(pack).display().to_string()])
}

/// Demands exit status 1, and that what the program says holds all of these.
#[track_caller]
fn refuses(ran: &Ran, parts: &[&str]) {
    let said = ran.out.clone() + &ran.err;
    assert_eq!(ran.code, Some(1), "{said}");
    parts.iter().for_each(|part| assert!(said.contains(part), "no {part:?} in:\n{said}"));
}

#[test]
fn every_wrong_step_is_answered_with_file_line_what_and_remedy() {
    let temp = Temp::new();
    write_packs(&temp);
    temp.write("valle-hondo/register.csv", REGISTER);
    let mut poor = String::new();
    for (name, steps) in [("valle-hondo", VALLE_HONDO), ("isla-grana", ISLA_GRANA)] {
        let file = format!("{name}/election.toml");
        let sound = std::fs::read_to_string(temp.join(&file)).unwrap();
        check(&temp, name).ends(0);
        for (from, to, marker, says) in steps {
            assert!(sound.contains(from), "{from:?} is not in {name}");
            let wrong = sound.replacen(from, to, 1);
            temp.write(&file, &wrong);
            let ran = check(&temp, name);
            let said = ran.out.clone() + &ran.err;
            let mut missing: Vec<String> =
                says.iter().filter(|part| !said.contains(**part)).map(|part| (*part).to_owned()).collect();
            let place =
                if marker.is_empty() { file.clone() } else { format!("{file}:{}:", line_of(&wrong, marker)) };
            if !said.contains(&place) {
                missing.push(place);
            }
            if ran.code != Some(1) || !missing.is_empty() {
                let _ =
                    write!(poor, "\n{from:?} -> {to:?}: exit {:?}, {missing:?} is not in\n{said}", ran.code);
            }
        }
        temp.write(&file, &sound);
    }
    assert!(poor.is_empty(), "{poor}");
    assert!(VALLE_HONDO.len() + ISLA_GRANA.len() >= 60);
}

#[test]
fn a_register_that_does_not_fit_is_answered_like_a_pack() {
    let temp = Temp::new();
    write_packs(&temp);
    let with = |register: &[u8]| {
        temp.write("valle-hondo/register.csv", register);
        check(&temp, "valle-hondo")
    };
    let row = |row: &str| with(format!("{REGISTER}{row}\n").as_bytes());
    row("901101;Sur;x;200").fails(1, &["register.csv, line 4", "901101", "#####"]);
    row("A1103;Sur;x;200").fails(1, &["register.csv, line 4", "A1103", "pattern"]);
    row("01102;Sur;x;200").fails(1, &["register.csv, line 4", "01102", "earlier line"]);
    row("1103;Sur;x;1.200").fails(1, &["register.csv, line 4", "1.200", "INSCRITOS", "plain digits"]);
    row("1103;Sur").fails(1, &["register.csv, line 4", "2 cells"]);
    with(REGISTER.replace("MESA", "TABLE").as_bytes()).fails(1, &["register.csv", "no column MESA", "TABLE"]);
    with(REGISTER.replace(';', ",").as_bytes()).fails(1, &["register.csv", "no column"]);
    with(b"MESA;DEPARTAMENTO;MUNICIPIO;INSCRITOS\n1101;Caf\xe9;x;200\n")
        .fails(1, &["register.csv, line 2", "not UTF-8", "encoding"]);
    with(b"").fails(1, &["register.csv is empty"]);
    std::fs::remove_file(temp.join("valle-hondo/register.csv")).unwrap();
    check(&temp, "valle-hondo").fails(3, &["register.csv is not there"]);
}

#[test]
fn a_pack_in_another_encoding_is_not_read_with_garbled_names() {
    let temp = Temp::new();
    write_packs(&temp);
    temp.write("valle-hondo/register.csv", REGISTER);
    let text = std::fs::read_to_string(temp.join("valle-hondo/election.toml")).unwrap();
    let line = line_of(&text, "elección");
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    temp.write("valle-hondo/election.toml", latin);
    refuses(
        &check(&temp, "valle-hondo"),
        &[&format!("election.toml:{line}:"), "not UTF-8", "Save it as UTF-8"],
    );
}

/// Counts no election has are refused before they cost anything.
#[test]
fn a_pack_of_thousands_of_selections_is_answered_at_once() {
    let temp = Temp::new();
    write_packs(&temp);
    temp.write("valle-hondo/register.csv", REGISTER);
    let mut text = std::fs::read_to_string(temp.join("valle-hondo/election.toml")).unwrap();
    for i in 0..30_000 {
        let _ = write!(text, "\n[[selections]]\nid = \"S{i}\"\nname = \"S{i}\"\ncolor = \"blue\"\n");
    }
    temp.write("valle-hondo/election.toml", text);
    let ran = check(&temp, "valle-hondo");
    refuses(&ran, &["30004 selections", "2000", "contestant"]);
    assert!(ran.out.lines().count() < 10, "{}", ran.out);

    let mut text = std::fs::read_to_string(temp.join("isla-grana/election.toml")).unwrap();
    (0..20_000)
        .for_each(|i| text += &format!("\n[[areas]]\nlevel = \"zone\"\ncode = \"{i}\"\nname = \"x\"\n"));
    temp.write("isla-grana/election.toml", text);
    let ran = check(&temp, "isla-grana");
    refuses(&ran, &["leading zeros", "more. Correct these first."]);
    assert_eq!(ran.out.lines().count(), 200, "a wrong step made 20,000 times is one");
}

/// Which of several mappings a file is meant for, nobody guesses; what it lacks is named.
#[test]
fn a_table_of_numbers_that_fits_none_or_several_mappings_is_not_guessed_at() {
    let temp = Temp::new();
    write_packs(&temp);
    temp.write("valle-hondo/register.csv", REGISTER);
    let folder = |name: &str| temp.join(name).display().to_string();
    let import = |work: &str, file: &str| {
        run(&["-C", &folder(work), "import", &folder(file), "--source", "observers"])
    };
    run(&["new", &folder("work"), "--pack", &folder("valle-hondo")]).ends(0);
    let header = "MESA;LIEN;SARRO;YUSTE;ORBE;BLANCOS;NULOS;TOTAL\n1101;1;2;3;4;5;6;21\n";
    temp.write("short.csv", header.replace("BLANCOS;", "BLANCO;"));
    import("work", "short.csv").fails(3, &["no column BLANCOS", "BLANCO,", "--map"]);
    temp.write("commas.csv", header.replace(';', ","));
    import("work", "commas.csv").fails(3, &["commas.csv", "--delimiter"]);
    temp.write("good.csv", header);
    import("work", "good.csv").ends(0);

    let text = std::fs::read_to_string(temp.join("valle-hondo/election.toml")).unwrap();
    let mapping = text.find("[[mappings]]").unwrap()..text.find("[[sources]]").unwrap();
    let again = text[mapping].replace("observers", "party").replace("latin-1", "utf-8");
    temp.write("valle-hondo/election.toml", format!("{text}\n{again}"));
    run(&["new", &folder("two"), "--pack", &folder("valle-hondo")]).ends(0);
    import("two", "good.csv").fails(3, &["observers, party", "--map NAME"]);
    run(&["-C", &folder("two"), "import", &folder("good.csv"), "--source", "observers", "--map", "party"])
        .ends(0);

    let bare = text.replace(&text[text.find("[[mappings]]").unwrap()..text.find("[[sources]]").unwrap()], "");
    temp.write("valle-hondo/election.toml", bare);
    run(&["new", &folder("none"), "--pack", &folder("valle-hondo")]).ends(0);
    import("none", "good.csv").fails(3, &["no mapping", "[[mappings]]"]);
}

#[test]
fn practice_sheets_need_a_form_and_a_free_folder_and_codes_that_can_be_written() {
    let temp = Temp::new();
    write_packs(&temp);
    let folder = |name: &str| temp.join(name).display().to_string();
    let sheets = |out: &str| run(&["pack", "sheets", &folder("isla-grana"), &folder(out), "--sheets", "1"]);
    sheets("out").ends(0);
    sheets("out").fails(3, &["already holds something"]);
    let text = std::fs::read_to_string(temp.join("isla-grana/election.toml")).unwrap();
    temp.write("isla-grana/election.toml", text.replace("{ballots}", "{ballots:1}"));
    sheets("narrow").fails(3, &["no room", "{null:3}"]);
    assert!(!temp.join("narrow/isla-grana-practice").exists(), "what is half made has no pack");
    let form = text.find("[form]").unwrap()..text.find("[[mappings]]").unwrap();
    temp.write("isla-grana/election.toml", text.replace(&text[form], ""));
    sheets("formless").fails(3, &["does not say what its sheets print", "[form]"]);
    assert!(!temp.join("formless").exists());
}
