//! What stands around every page, and what all pages share.

use askama::Template;

use super::tree::Tree;
use super::{Sink, SiteError, SiteFacts};
use crate::site::headline;
use crate::site::html::{Html, Pen};
use crate::site::page::Material;
use crate::words::{Lang, Words};

/// What a browser may load: files beside the page. `file:` stands beside `'self'` because what `'self'` means for
/// a page opened from a folder is not settled (github.com/w3c/webappsec-csp/issues/459); a page on a web host
/// cannot load `file:` at all.
const POLICY: &str = "default-src 'none'; style-src 'self' file:; script-src 'self' file:; \
                      img-src 'self' file: data:; form-action 'self' file:; base-uri 'none'";

/// The stylesheet: the report's, and what pages add.
const STYLE: &str = concat!(
    include_str!("../../../templates/report/style.css"),
    include_str!("../../../templates/desk/plot.css"),
    include_str!("../../../templates/site/site.css")
);

/// The search.
const SCRIPT: &str = include_str!("../../../templates/site/site.js");

/// Pages named at the top of every page, with the code of their words.
const NAMED: [(&str, &str); 7] = [
    ("index", "overview"),
    ("search", "search"),
    ("claims", "claims"),
    ("findings", "findings"),
    ("methods", "methods"),
    ("counted", "counted"),
    ("check", "check"),
];

/// One page to be framed.
pub(super) struct Framed<'p> {
    /// Path within the language's folder, without `.html`.
    pub(super) path: &'p str,
    pub(super) title: String,
    pub(super) body: String,
    /// Scripts, from the site's folder.
    pub(super) scripts: &'p [&'p str],
}

struct Named {
    href: String,
    says: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "site/frame.html")]
struct Frame<'p> {
    pen: &'p Pen<'p>,
    policy: &'static str,
    title: String,
    election: String,
    synthetic: bool,
    /// From the page to the site's folder, and to the language's.
    up: &'static str,
    within: &'static str,
    named: Vec<Named>,
    other: (&'static str, String, String),
    scripts: &'p [&'p str],
    checkpoint: Option<String>,
    results_sha256: String,
    body: Html,
    /// Whether the page has a search of its own.
    own_search: bool,
}

/// Frames a page and hands it over.
pub(super) fn put(tree: &Tree, page: Framed, put: &mut Sink) -> Result<(), SiteError> {
    let pen = tree.pen();
    let deep = page.path.contains('/');
    let (up, within) = if deep { ("../../", "../") } else { ("../", "") };
    let named = NAMED.iter().map(|&(name, code)| Named {
        href: format!("{within}{name}.html"),
        says: pen.say_of("site-page", code),
        here: name == page.path,
    });
    let lang = pen.lang();
    let other = Lang::ALL.map(Lang::code).into_iter().find(|code| *code != lang).unwrap_or(lang);
    let frame = Frame {
        pen,
        policy: POLICY,
        title: page.title,
        election: pen.of(&tree.material.results.election.title),
        synthetic: tree.material.results.election.synthetic,
        up,
        within,
        named: named.collect(),
        other: (other, format!("{up}{other}/{}.html", page.path), pen.say("site-other-language")),
        scripts: page.scripts,
        checkpoint: tree.site.checkpoint.map(|hash| tallyproof_core::tidy::plain(hash).into_owned()),
        results_sha256: tree.downloads.results_sha256.clone(),
        body: Html::drawn(page.body),
        own_search: matches!(page.path, "search" | "counted"),
    };
    let html = frame.render()?;
    put(&format!("{lang}/{}.html", page.path), html.as_bytes())?;
    Ok(())
}

#[derive(Template)]
#[template(path = "site/root.html")]
struct Root<'p> {
    policy: &'static str,
    title: String,
    synthetic: bool,
    tongues: Vec<Tongue<'p>>,
}

/// The way into one language.
struct Tongue<'p> {
    lang: &'static str,
    pen: &'p Pen<'p>,
    title: String,
    sentence: Html,
}

/// Writes what both languages share: stylesheet, script, and the page that leads to both.
pub(super) fn write_shared(site: &SiteFacts, words: &[Words], put: &mut Sink) -> Result<(), SiteError> {
    put("style.css", style(site, words).as_bytes())?;
    put("site.js", SCRIPT.as_bytes())?;
    let pens: Vec<Pen> = words.iter().map(Pen::new).collect();
    let results = &site.analysis.results;
    let tongue = |pen| {
        let material = Material {
            pen,
            results,
            pack: &site.facts.pack,
            findings: &site.analysis.findings,
            results_sha256: "",
            checkpoint: site.checkpoint,
            calibration: None,
        };
        let sentence = headline::Headline::new(&material).sentence;
        Tongue { lang: pen.lang(), pen, title: pen.of(&results.election.title), sentence }
    };
    let tongues: Vec<Tongue> = pens.iter().map(tongue).collect();
    let title = tongues.iter().map(|t| t.title.as_str()).collect::<Vec<_>>().join(" · ");
    let root = Root { policy: POLICY, title, synthetic: results.election.synthetic, tongues };
    put("index.html", root.render()?.as_bytes())?;
    Ok(())
}

/// The stylesheet; of a made-up election, with the mark on every printed page in both languages.
fn style(site: &SiteFacts, words: &[Words]) -> String {
    let mut style = STYLE.to_owned();
    if site.analysis.results.election.synthetic {
        let marks: Vec<String> = words.iter().map(|w| w.say("report-synthetic-mark")).collect();
        style.push_str(
            &include_str!("../../../templates/site/synthetic.css").replace("MARK", &marks.join(" · ")),
        );
    }
    style
}
