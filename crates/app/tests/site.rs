//! The public site from outside: every link leads somewhere, every figure is that of the published files, nothing
//! is loaded from elsewhere, nobody's words become markup or a path, and no foreign folder is touched.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tallyproof::site::pages::{MANIFEST, SiteFacts, SiteFile, write};
use tallyproof_analysis::results::analyse;
use tallyproof_core::facts::{Facts, ImageReading};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::pack::{Mapping, Pack};
use tallyproof_core::transcription::Transcription;

use crate::report::check_figures_of;
use crate::small::{self, code, printed, register, source};
use crate::support::{csv_rows, is_harmless};

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Everything a site consists of, in memory.
fn site_with(facts: &Facts, change: impl FnOnce(&mut SiteFacts)) -> Files {
    let analysis = analyse(facts);
    let mut site = SiteFacts {
        facts,
        analysis: &analysis,
        boundaries: None,
        calibration: None,
        checkpoint: None,
        images: None,
        attached: &[],
    };
    change(&mut site);
    let mut files = Files::new();
    write(&site, &mut |path, bytes| {
        assert!(files.insert(path.to_owned(), bytes.to_vec()).is_none(), "{path} twice");
        Ok(())
    })
    .unwrap();
    files
}

pub(crate) fn site(facts: &Facts) -> Files {
    site_with(facts, |_| {})
}

pub(crate) fn text<'f>(files: &'f Files, path: &str) -> &'f str {
    std::str::from_utf8(files.get(path).unwrap_or_else(|| panic!("no {path}"))).unwrap()
}

/// Pages of ours, by path; the report has tests of its own.
pub(crate) fn pages(files: &Files) -> impl Iterator<Item = (&str, &str)> {
    let ours = |path: &&String| path.ends_with(".html") && !path.starts_with("files/");
    files.keys().filter(ours).map(|path| (path.as_str(), text(files, path)))
}

/// Values of an attribute, quoted or not.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let start = format!(" {name}=");
    let value = |rest: &'p str| match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap(),
        None => rest.split([' ', '>']).next().unwrap(),
    };
    page.split(start.as_str()).skip(1).map(value).collect()
}

/// Text between tags.
fn plain_text(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

const DEEP: &str = "table,A,B,valid,null,image,town,centre\n";

/// Towns of two digits, centres of four that are headings, tables of six.
fn deep_pack() -> Pack {
    let more = "[[levels]]\nid = \"centre\"\nchars = 4\nlisted = false\nname = { en = \"centre\", es = \"centro\" }\n\
                plural = { en = \"centres\", es = \"centros\" }\n";
    let toml = small::PACK
        .replace("pattern = \"##.##\"", "pattern = \"####.##\"")
        .replace("table = \"{table:5}\"", "table = \"{table:7}\"")
        .replace("{ label = \"TOWN\", table = 2 }", "{ label = \"TOWN\", table = 4 }")
        .replacen("[[areas]]", &format!("{more}\n[[areas]]"), 1);
    Pack::parse("deep", &toml).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn deep(csv: &str) -> Facts {
    let pack = deep_pack();
    let mapping = "id = \"test\"\nencoding = \"utf-8\"\ntable = \"{table:7}\"\nvalid = \"valid\"\nnull = \"null\"\n\
                   image = \"image\"\nnames = { town = \"town\", centre = \"centre\" }\n[votes]\nA = \"A\"\nB = \"B\"\n";
    let mapping = Mapping::parse(&pack, mapping).unwrap_or_else(|faults| panic!("{faults:?}"));
    let text = format!("{DEEP}{csv}");
    let transcription = Transcription::parse(text.as_bytes(), &mapping, &pack).unwrap();
    assert_eq!(transcription.n_refused, 0);
    let mut source = source(&small::pack(), "one", "table,A,B\n");
    source.versions[0].transcription = transcription;
    Facts::new(pack, None, vec![source])
}

/// 150 tables in two towns and ten centres, one gap in the numbering.
fn many() -> Facts {
    let row = |i: usize| {
        let (town, centre, table) = (1 + i / 100, 1 + (i % 100) / 20, 1 + i % 20);
        let table = if table == 20 { 21 } else { table };
        let image = format!("https://example.org/{i}.jpg");
        format!(
            "{town:02}{centre:02}.{table:02},{},{},{},{},{image},Town {town},School {centre}\n",
            40 + i,
            150 - i,
            190,
            i % 5
        )
    };
    deep(&(0..150).map(row).collect::<String>())
}

const PAYLOAD: &str = "01.02!12,3,50!4!0";

fn image(payload: &str, hash: &str, edits: &[(&str, &str)]) -> ImageReading {
    let pack = small::pack();
    printed(&pack, code(&pack, "one", &sha256_hex(hash.as_bytes()), payload), edits)
}

/// Sheets of every standing.
fn every_standing() -> Facts {
    let pack = small::pack_with("[policy]\nsources_differ = \"conflict\"\nadmits = [\"code-and-print\"]\n");
    let images = vec![
        image(PAYLOAD, "agrees", &[]),
        image("01.03!1,2,3!4!0", "differs", &[("line-1", "7")]),
        image("01.04!1,2,3!4!0", "code", &[("line-2", "blank")]),
        image("01.05!5,6,7!0!0", "one", &[]),
        image("01.05!5,6,8!0!0", "other", &[]),
        image("01.06!5,6,9!0!0", "twice", &[]),
        image("01.07!5,6,9!0!0", "twice", &[]),
        image("02.09!5,6,9!0!0", "stranger", &[]),
    ];
    let sources = vec![
        source(&pack, "one", "table,A,B\n01.08,5,9\n"),
        source(&pack, "two", "table,A,B\n01.08,5,8\n01.09,,8\n"),
    ];
    let ids: String = (1..=10).map(|n| format!("01.{n:02},300\n")).collect();
    let register = register(&pack, &format!("table,electors\n{ids}"));
    Facts::new(pack, Some(register), sources).with_images(images, Vec::new(), 0)
}

#[test]
fn every_link_and_anchor_leads_somewhere() {
    for facts in [many(), every_standing()] {
        let files = site(&facts);
        let mut n = 0;
        for (path, page) in pages(&files) {
            let ids: Vec<&str> = attributes(page, "id");
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{path}: an id twice");
            for target in attributes(page, "href")
                .into_iter()
                .chain(attributes(page, "src"))
                .chain(attributes(page, "action"))
            {
                if target.starts_with("https://") {
                    continue;
                }
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                let file = if file.is_empty() { path.to_owned() } else { resolved(path, file) };
                assert!(files.contains_key(&file), "{path}: {target}");
                if !anchor.is_empty() {
                    assert!(attributes(text(&files, &file), "id").contains(&anchor), "{path}: {target}");
                }
                n += 1;
            }
            for target in attributes(page, "aria-labelledby").iter().flat_map(|ids| ids.split(' ')) {
                assert!(ids.contains(&target), "{path}: {target}");
            }
        }
        assert!(n > 300, "{n}");
    }
}

/// A link from a page, as a path in the site.
fn resolved(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{page}: {link} leaves the site"),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn every_figure_is_that_of_the_published_files() {
    for facts in [many(), every_standing()] {
        let files = site(&facts);
        let results: Value = serde_json::from_slice(&files["files/results.json"]).unwrap();
        let figures: usize = pages(&files).map(|(_, page)| check_figures_of(page, &results)).sum();
        assert!(figures > 150, "{figures}");
        let rows = csv_rows(text(&files, "files/sheets.csv"));
        let column = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
        for lang in ["en", "es"] {
            let mut seen = BTreeSet::new();
            let start = format!("{lang}/area/");
            for (path, page) in pages(&files).filter(|(path, _)| path.starts_with(&start)) {
                for article in page.split("<article ").skip(1) {
                    let article = article.split("</article>").next().unwrap();
                    let id =
                        attributes(&format!(" {article}"), "id")[0].strip_prefix('t').unwrap().to_owned();
                    let Some(row) = rows.iter().find(|row| row[0] == id) else {
                        assert!(article.contains("none"), "{path}: {id} is in no file");
                        continue;
                    };
                    assert_eq!(article.contains("class=yes"), row[column("counted")] == "1", "{id}");
                    for (name, field) in [("Ana", "A"), ("Blas", "B")] {
                        let article = article.replace("<dt>", "<th scope=row>").replace("<dd>", "<td>");
                        let shown = article.split(&format!("<th scope=row>{name}<td>")).nth(1).unwrap();
                        let shown = shown.split('<').next().unwrap();
                        assert_eq!(shown.parse::<u32>().ok(), row[column(field)].parse().ok(), "{id}");
                    }
                    assert!(seen.insert(id));
                }
            }
            assert_eq!(seen.len(), rows.len() - 1, "{lang}: every sheet has its place");
        }
    }
}

#[test]
fn areas_say_how_many_of_their_tables_are_counted() {
    let files = site(&many());
    let page = plain_text(text(&files, "en/area/0-01.html"));
    assert!(
        page.contains(
            "105 tables are listed here: 100 counted, 0 with a sheet that is not counted, 5 without"
        ),
        "{page}"
    );
    // A page holds whole centres, and not too many tables: 21 in each of them, gap included.
    let tables = |name: &str| text(&files, &format!("en/area/{name}.html")).matches("<article").count();
    assert_eq!(["0-01", "0-01-2", "0-01-3", "0-02"].map(tables), [42, 42, 21, 52]);
}

#[test]
fn a_table_that_does_not_count_says_why() {
    let files = site(&every_standing());
    let article = |id: &str| {
        let page = format!("en/area/0-{}.html", &id[..2]);
        let all = text(&files, &page);
        let from = all.split(&format!("id=t{id}>")).nth(1).unwrap_or_else(|| panic!("no {id}"));
        plain_text(&format!("<>{}", from.split("</article>").next().unwrap())).replace("&#39;", "'")
    };
    let why = [
        ("01.01", "No sheet: nobody here gives figures for this table."),
        ("01.02", "Counted. Code and print of one image agree on every figure."),
        ("01.03", "Not counted. Code and print of one image give different figures."),
        ("01.04", "Not counted. What stands behind it is not admitted by this election's policy."),
        ("01.05", "Not counted. Several images of this table give different figures."),
        ("01.06", "Not counted. Its picture is also given for another table."),
        ("01.07", "Not counted. Its picture is also given for another table."),
        ("01.08", "Not counted. Sources give different figures."),
        ("01.09", "Not counted. Votes are missing; a person must read the sheet."),
        ("02.09", "Not counted. The register of tables has no such table."),
    ];
    for (id, sentence) in why {
        let said = article(id);
        assert!(said.contains(sentence), "{id}: {said}");
    }
    // Code and print side by side, and what was not read is no number.
    assert!(article("01.03").contains("A1 1 (≠ Print: 7)"), "{}", article("01.03"));
    assert!(article("01.04").contains("A2 2 (Print: blank)"), "{}", article("01.04"));
    assert!(article("01.05").contains("≠ 8"), "{}", article("01.05"));
    assert!(
        article("01.09").contains("Anablank") && !article("01.09").contains("Ana0"),
        "{}",
        article("01.09")
    );
}

#[test]
fn nothing_is_loaded_from_elsewhere_and_nothing_runs_but_the_search() {
    let files = site(&many());
    for (path, page) in pages(&files) {
        let policy =
            "default-src &#39;none&#39;; style-src &#39;self&#39; file:; script-src &#39;self&#39; file:;";
        let policy = policy.replace("&#39;", "&#x27;");
        assert!(page.contains(&policy) || page.contains(&policy.replace("&#x27;", "&#39;")), "{path}");
        for wrong in [
            " style=",
            "<style",
            "<iframe",
            "<object",
            "<embed",
            "<base",
            "javascript:",
            "@import",
            "http-equiv=\"refresh",
        ] {
            assert!(!page.contains(wrong), "{path}: {wrong}");
        }
        for tag in page.split('<').filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic())) {
            let tag = tag.split('>').next().unwrap();
            let loads = tag.starts_with("script") || tag.starts_with("link") || tag.starts_with("img");
            assert!(!loads || !tag.contains("://"), "{path}: {tag}");
            assert!(!tag.contains(" on"), "{path}: {tag}");
        }
        let scripts = page.matches("<script").count();
        assert_eq!(scripts, if path.ends_with("search.html") { 2 } else { 0 }, "{path}");
        assert!(page.matches("<script></script>").count() == 0);
    }
    let css = text(&files, "style.css");
    assert!(!css.contains("url(") && !css.contains("@import"));
    let js = text(&files, "site.js");
    for word in
        ["fetch(", "XMLHttpRequest", "innerHTML", "eval(", "document.write", "localStorage", "cookie", "http"]
    {
        assert!(!js.contains(word), "{word}");
    }
}

#[test]
fn both_languages_are_whole() {
    let files = site(&every_standing());
    let of = |lang: &str| -> BTreeSet<String> {
        files.keys().filter_map(|path| path.strip_prefix(&format!("{lang}/"))).map(str::to_owned).collect()
    };
    assert_eq!(of("en"), of("es"));
    for (path, page) in pages(&files) {
        let lang = if path.starts_with("es/") { "es" } else { "en" };
        assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{path}");
        let words = plain_text(page);
        let bare = words.split_whitespace().find(|word| {
            ["site-", "report-", "claim-", "chart-", "estimate-", "words-", "finding-", "rule-", "cause-"]
                .iter()
                .any(|kind| word.starts_with(kind))
        });
        assert_eq!(bare, None, "{path}: a message is missing");
        assert_eq!(page.matches("<h1").count(), if path == "index.html" { 2 } else { 1 }, "{path}");
        assert!(path == "index.html" || page.contains("<a class=\"skip\" href=\"#main\">"), "{path}");
        for table in page.split("<table").skip(1) {
            let table = table.split("</table>").next().unwrap();
            assert!(
                table.contains("<caption") || table.contains("class=\"inputs\"") || table.contains("<thead>"),
                "{path}"
            );
        }
    }
    assert!(text(&files, "es/area/0-01.html").contains("Código e impreso"));
    assert!(text(&files, "es/counted.html").contains("Solo tallyproof verify vuelve a sumarlo todo."));
}

#[test]
fn nobodys_words_become_markup_or_a_path() {
    let hostile = "\"><script>alert(1)</script>../../nul\u{202e}'&";
    let escaped = hostile.replace('"', "\\\"");
    let quoted = hostile.replace('"', "\"\"");
    let row = |image: &str| format!("0101.01,50,60,110,0,{image},\"{quoted}\",\"{quoted}\"\n");
    let mut facts = deep(&format!(
        "{}0102.01,5,6,11,0,javascript:alert(1),x,<img src=x onerror=alert(1)>\n",
        row("https://a.example/x.jpg?<b>")
    ));
    facts.pack.title.en = hostile.into();
    facts.pack.title.es = hostile.into();
    facts.pack.areas.clear();
    facts.pack.selections[0].name = hostile.into();
    facts.pack.selections[0].short = hostile.into();
    facts.pack.selections[0].color = "url(https://evil.example)".into();
    facts.pack.sources.clear();
    facts.sources[0].id = hostile.into();
    facts.sources[0].versions[0].label = hostile.into();
    assert!(escaped.len() > hostile.len());
    let attached = [SiteFile { name: "../../evil.zip".into(), sha256: "0".repeat(64), n_bytes: 1 }];
    let files = site_with(&facts, |site| site.checkpoint = Some("\"><b>"));
    for (path, bytes) in &files {
        assert!(path.split('/').all(tallyproof::site::pages::is_file_name), "{path}");
        is_harmless(std::str::from_utf8(bytes).unwrap());
    }
    for (path, page) in pages(&files) {
        let scripts = if path.ends_with("search.html") { 2 } else { 0 };
        assert_eq!(page.matches("<script").count(), scripts, "{path}");
        for wrong in ["<img", "<b>\"", "javascript:alert(1)\"", "evil.example"] {
            assert!(!page.contains(wrong), "{path}: {wrong}");
        }
    }
    assert!(text(&files, "en/area/0-01.html").contains("&lt;script&gt;alert(1)"));
    // The index is data: one call with one value.
    for (name, start) in [("search/index.js", "tallyproof.index("), ("search/0.js", "tallyproof.chunk(")] {
        let inside = text(&files, name).strip_prefix(start).unwrap().strip_suffix(");\n").unwrap();
        assert!(serde_json::from_str::<Value>(inside).is_ok(), "{name}");
    }
    let analysis = analyse(&facts);
    let mut written = Vec::new();
    let site = SiteFacts {
        facts: &facts,
        analysis: &analysis,
        boundaries: None,
        calibration: None,
        checkpoint: None,
        images: None,
        attached: &attached,
    };
    write(&site, &mut |path, bytes| {
        written.push(path.to_owned());
        assert!(!String::from_utf8_lossy(bytes).contains("evil.zip"), "{path}");
        Ok(())
    })
    .unwrap();
    assert_eq!(written.last().unwrap(), MANIFEST);
}

#[test]
fn the_same_facts_give_the_same_bytes_whatever_their_order() {
    let facts = every_standing();
    let files = site(&facts);
    assert!(files == site(&facts));
    let mut turned = every_standing();
    let mut images = std::mem::take(&mut turned.images);
    images.reverse();
    let turned = Facts::new(turned.pack, turned.register, turned.sources.into_iter().rev().collect())
        .with_images(images, Vec::new(), 0);
    assert!(files == site(&turned));
}

#[test]
fn the_list_of_sums_names_every_file() {
    let facts = every_standing();
    let hash = sha256_hex(b"agrees");
    let file = SiteFile { name: format!("{hash}.jpg"), sha256: "1".repeat(64), n_bytes: 9 };
    let images = BTreeMap::from([(hash.clone(), file)]);
    let attached = [SiteFile { name: "bundle.zip".into(), sha256: "2".repeat(64), n_bytes: 12_345 }];
    let analysis = analyse(&facts);
    let checkpoint = "ab".repeat(32);
    let site = SiteFacts {
        facts: &facts,
        analysis: &analysis,
        boundaries: None,
        calibration: None,
        checkpoint: Some(&checkpoint),
        images: Some(&images),
        attached: &attached,
    };
    let mut files = Files::new();
    write(&site, &mut |path, bytes| {
        files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    })
    .unwrap();
    let listed: BTreeMap<&str, &str> = text(&files, MANIFEST)
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(h, p)| (p, h))
        .collect();
    for (path, bytes) in files.iter().filter(|(path, _)| *path != MANIFEST) {
        assert_eq!(listed[path.as_str()], sha256_hex(bytes), "{path}");
    }
    assert_eq!(listed.len(), files.len() - 1 + 2);
    assert_eq!(listed["files/bundle.zip"], "2".repeat(64));
    assert_eq!(listed[format!("images/{hash}.jpg").as_str()], "1".repeat(64));
    let area = text(&files, "en/area/0-01.html");
    assert!(
        area.contains(&format!("<a href=\"../../images/{hash}.jpg\">Image</a> <code>{hash}</code>")),
        "{area}"
    );
    // Of an image that is not at hand, the hash alone.
    assert!(area.contains(&format!("Image, SHA-256 <code>{}</code>", sha256_hex(b"code"))));
    for lang in ["en", "es"] {
        let check = text(&files, &format!("{lang}/check.html"));
        assert!(
            check.contains(&checkpoint)
                && check.contains("../files/bundle.zip")
                && check.contains(&"2".repeat(64))
        );
        for (name, path) in [("results.json", "files/results.json"), ("sheets.csv", "files/sheets.csv")] {
            assert!(check.contains(listed[path]), "{name}");
        }
    }
}

#[test]
fn elections_without_areas_or_sheets_have_a_site_too() {
    let toml = small::PACK.replace("[[levels]]\nid = \"town\"\nchars = 2\nname = { en = \"town\", es = \"municipio\" }\nplural = { en = \"towns\", es = \"municipios\" }\n", "");
    let toml =
        toml.replace("[[areas]]\nlevel = \"town\"\ncode = \"01\"\nname = \"Alta\"\nboundary = \"X01\"\n", "");
    let toml = toml.replace("[boundaries]\nlevel = \"town\"\nproperty = \"CODE\"\n", "");
    let pack = Pack::parse("flat", &toml).unwrap_or_else(|faults| panic!("{faults:?}"));
    for csv in ["table,A,B\n", "table,A,B\n01.02,5,6\n01.03,7,8\n"] {
        let sources = vec![source(&pack, "one", csv)];
        let files = site(&Facts::new(pack.clone(), None, sources));
        let tables = text(&files, "es/area/all.html").matches("<article").count();
        assert_eq!(tables, if csv.len() > 20 { 2 } else { 0 });
        for (path, page) in pages(&files) {
            for target in attributes(page, "href").into_iter().filter(|t| !t.starts_with('#')) {
                let file = resolved(path, target.split('#').next().unwrap());
                assert!(files.contains_key(&file), "{path}: {target}");
            }
        }
    }
}
