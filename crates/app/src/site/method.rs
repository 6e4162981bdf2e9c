//! How each number was computed: formulas, sources, policy, and the hash that ties the page to its data.

use serde_json::Value;
use tallyproof_analysis::results::{PublishedSource, PublishedVersion};
use tallyproof_core::tidy::plain;

use super::headline::list;
use super::html::{Html, key_id};
use super::page::Material;

/// The section.
pub(super) struct Method {
    pub(super) formulas: Vec<Formula>,
    pub(super) policy: Vec<Html>,
    pub(super) sources: Vec<SourceView>,
    pub(super) results_sha256: String,
    pub(super) checkpoint: Option<String>,
    pub(super) limits: Vec<String>,
}

/// One figure's formula.
pub(super) struct Formula {
    pub(super) key: Html,
    pub(super) formula: Html,
    pub(super) figure: Option<Html>,
}

/// One source.
pub(super) struct SourceView {
    pub(super) name: String,
    pub(super) note: Option<String>,
    pub(super) versions: Vec<VersionView>,
}

/// One version of a source.
pub(super) struct VersionView {
    pub(super) label: String,
    pub(super) newest: bool,
    pub(super) supersedes: String,
    pub(super) tables: Html,
    pub(super) refused: Html,
    pub(super) sha256: String,
}

impl Method {
    pub(super) fn new(material: &Material) -> Self {
        let limits = ["genuine", "custody", "missing", "independence", "claims", "paper"];
        Self {
            formulas: formulas(material),
            policy: policy(material),
            sources: material.results.sources.iter().map(|source| source_view(material, source)).collect(),
            results_sha256: plain(material.results_sha256).into_owned(),
            checkpoint: material.checkpoint.map(|hash| plain(hash).into_owned()),
            limits: limits.iter().map(|limit| material.pen.say_of("report-limit", limit)).collect(),
        }
    }
}

fn formulas(material: &Material) -> Vec<Formula> {
    let results = serde_json::to_value(material.results).unwrap_or_default();
    let formula = |(key, formula): (&&'static str, &&'static str)| Formula {
        key: Html::code(key),
        formula: Html::code(formula),
        figure: figure(material, &results, key),
    };
    material.results.formulas.iter().map(formula).collect()
}

/// The figure a formula gives, where it gives one.
fn figure(material: &Material, results: &Value, key: &str) -> Option<Html> {
    match results.pointer(&format!("/{}", key.replace('.', "/")))? {
        Value::Number(n) => match n.as_u64() {
            Some(n) => Some(material.pen.int(key, n)),
            None if key.ends_with("share_of_tables") => Some(material.pen.percent(key, n.as_f64()?)),
            None => Some(material.pen.exact(key, n.as_f64()?)),
        },
        Value::Null => Some(material.pen.none()),
        _ => None,
    }
}

fn policy(material: &Material) -> Vec<Html> {
    let (pen, basis) = (material.pen, &material.results.tabulation.basis);
    let classes: Vec<Html> =
        basis.admits.iter().map(|class| Html::text(&pen.say_of("report-class", class))).collect();
    vec![
        pen.tell("report-policy-admits", &[("classes", list(pen, &classes))]),
        Html::text(&pen.say_of("report-policy-differ", basis.sources_differ)),
    ]
}

fn source_view(material: &Material, source: &PublishedSource) -> SourceView {
    let version = |version: &PublishedVersion| {
        let key = |field: &str| {
            format!("sources[{}].versions[{}].{field}", key_id(&source.id), key_id(&version.label))
        };
        VersionView {
            label: plain(&version.label).into_owned(),
            newest: version.label == source.newest,
            supersedes: plain(&version.supersedes.join(", ")).into_owned(),
            tables: material.pen.int(&key("n_tables"), version.n_tables),
            refused: material.pen.int(&key("n_refused"), version.n_refused),
            sha256: plain(&version.sha256).into_owned(),
        }
    };
    SourceView {
        name: plain(source.name.as_deref().unwrap_or(&source.id)).into_owned(),
        note: source.note.as_ref().map(|note| material.pen.of(note)).filter(|note| !note.is_empty()),
        versions: source.versions.iter().map(version).collect(),
    }
}
