//! Pages of words: search, claims, findings, methods, and how to check.

use askama::Template;
use tallyproof_core::rules::RULES;
use tallyproof_core::tidy::plain;

use super::frame::{self, Framed};
use super::tree::Tree;
use super::{Sink, SiteError, SiteFile};
use crate::site::chart::Chart;
use crate::site::claim_chart;
use crate::site::claims::ClaimView;
use crate::site::findings::{Findings, RuleRow, sentence};
use crate::site::html::{Html, Pen};
use crate::site::method::Method;

/// Findings of one rule shown; all are in `findings.csv`.
const MOST_FINDINGS: usize = 200;

/// Writes these pages.
pub(super) fn write(tree: &Tree, put: &mut Sink) -> Result<(), SiteError> {
    let pen = tree.pen();
    let mut page = |path: &str, code: &str, body: String, scripts: &[&str]| {
        let title = pen.say_of("site-page", code);
        frame::put(tree, Framed { path, title, body, scripts }, put)
    };
    let widest = tree.country.levels.first();
    let level = widest.and_then(|widest| widest.level);
    let example = tree.country.entries.first().map(|entry| entry.table.to_string()).unwrap_or_default();
    let search = Search { pen, example, browse: level.map(|level| tree.level_plural(level)) };
    page("search", "search", search.render()?, &["site.js", "search/index.js"])?;
    let claims = Claims {
        pen,
        claims: tree
            .material
            .results
            .claims
            .iter()
            .map(|claim| ClaimView::new(&tree.material, claim))
            .collect(),
        claims_chart: claim_chart::against_bounds(&tree.material),
        report: report(pen),
    };
    page("claims", "claims", claims.render()?, &[])?;
    page("findings", "findings", found(tree).render()?, &[])?;
    let methods = Methods { pen, method: Method::new(&tree.material), report: report(pen) };
    page("methods", "methods", methods.render()?, &[])?;
    page("counted", "counted", Counted { pen }.render()?, &[])?;
    page("check", "check", check(tree).render()?, &[])
}

fn report(pen: &Pen) -> String {
    format!("../files/report.{}.html", pen.lang())
}

#[derive(Template)]
#[template(path = "site/search.html")]
struct Search<'p> {
    pen: &'p Pen<'p>,
    example: String,
    browse: Option<String>,
}

#[derive(Template)]
#[template(path = "site/claims.html")]
struct Claims<'p> {
    pen: &'p Pen<'p>,
    claims: Vec<ClaimView>,
    claims_chart: Option<Chart>,
    report: String,
}

#[derive(Template)]
#[template(path = "site/methods.html")]
struct Methods<'p> {
    pen: &'p Pen<'p>,
    method: Method,
    report: String,
}

#[derive(Template)]
#[template(path = "site/counted.html")]
struct Counted<'p> {
    pen: &'p Pen<'p>,
}

/// Findings of one rule.
struct OfRule {
    code: &'static str,
    title: String,
    count: Html,
    /// Table with its address, and the sentence.
    found: Vec<(Option<(String, String)>, String)>,
    more: Option<Html>,
}

#[derive(Template)]
#[template(path = "site/findings.html")]
struct Found<'p> {
    pen: &'p Pen<'p>,
    rules: Vec<RuleRow>,
    of_rules: Vec<OfRule>,
}

fn found<'p>(tree: &Tree<'p>) -> Found<'p> {
    let pen = tree.pen();
    let of_rule = |code: &'static str| {
        let all: Vec<_> = tree.material.findings.iter().filter(|finding| finding.rule == code).collect();
        let shown = all.iter().take(MOST_FINDINGS).map(|finding| {
            let table = finding.table.as_ref().and_then(|table| {
                let link = tree.country.link_to(table)?;
                Some((format!("area/{link}"), table.to_string()))
            });
            (table, sentence(&tree.material, finding))
        });
        let more = all.len().saturating_sub(MOST_FINDINGS);
        let n = Html::text(&pen.label_int(i64::try_from(more).unwrap_or(i64::MAX)));
        OfRule {
            code,
            title: pen.try_say_of("rule", code).unwrap_or_else(|| code.to_owned()),
            count: pen.int(&format!("findings_by_rule.{code}"), all.len() as u64),
            found: shown.collect(),
            more: (more > 0).then(|| pen.tell("site-more-of-rule", &[("n", n)])),
        }
    };
    Found {
        pen,
        rules: Findings::new(&tree.material).rules,
        of_rules: RULES.iter().map(|rule| of_rule(rule.code)).collect(),
    }
}

/// A file to download.
struct Listed {
    name: String,
    about: String,
    size: String,
    sha256: String,
}

#[derive(Template)]
#[template(path = "site/check.html")]
struct Check<'p> {
    pen: &'p Pen<'p>,
    files: Vec<Listed>,
    checkpoint: Option<String>,
    attached: bool,
}

fn check<'p>(tree: &Tree<'p>) -> Check<'p> {
    let pen = tree.pen();
    let listed = |file: &SiteFile| {
        let kind = file.name.replace('.', "-");
        let kilobytes = file.n_bytes.div_ceil(1_000);
        Listed {
            about: pen.try_say_of("site-file", &kind).unwrap_or_else(|| pen.say("site-file-attached")),
            size: pen.label_int(i64::try_from(kilobytes).unwrap_or(i64::MAX)),
            name: file.name.clone(),
            sha256: plain(&file.sha256).into_owned(),
        }
    };
    Check {
        pen,
        files: tree.downloads.listed.iter().map(listed).collect(),
        checkpoint: tree.site.checkpoint.map(|hash| plain(hash).into_owned()),
        attached: !tree.site.attached.is_empty(),
    }
}
