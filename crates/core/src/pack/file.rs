//! The shape of `election.toml`, before it is checked. Spans keep the line of what a fault may name.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{CoverageUnit, Localized, Relation, RuleTuning, Scope, SourcesDiffer};
use crate::form::{RowFigure, Script};
use crate::sheet::EvidenceClass;

/// The one key that every version of the format has; read first, so that a later format is named as such.
#[derive(Deserialize)]
pub(super) struct VersionPart {
    pub(super) schema_version: Spanned<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackFile {
    #[serde(rename = "schema_version")]
    _schema_version: u32,
    pub(super) election: ElectionPart,
    pub(super) tables: TablesPart,
    #[serde(default)]
    pub(super) selections: Vec<SelectionPart>,
    #[serde(default)]
    pub(super) lines: Vec<LinesPart>,
    #[serde(default)]
    pub(super) levels: Vec<LevelPart>,
    #[serde(default)]
    pub(super) areas: Vec<AreaPart>,
    pub(super) boundaries: Option<BoundariesPart>,
    pub(super) payload: Option<PayloadPart>,
    pub(super) form: Option<FormPart>,
    pub(super) register: Option<RegisterPart>,
    #[serde(default)]
    pub(super) mappings: Vec<MappingPart>,
    #[serde(default)]
    pub(super) sources: Vec<SourcePart>,
    #[serde(default)]
    pub(super) policy: PolicyPart,
    #[serde(default)]
    pub(super) rules: BTreeMap<Spanned<String>, RuleTuning>,
    #[serde(default)]
    pub(super) claims: Vec<ClaimPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ElectionPart {
    pub(super) title: Spanned<Localized>,
    pub(super) contest: Spanned<Localized>,
    pub(super) date: Spanned<String>,
    pub(super) rule: Spanned<String>,
    #[serde(default)]
    pub(super) synthetic: bool,
    #[serde(default)]
    pub(super) notes: Vec<Localized>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TablesPart {
    pub(super) pattern: Spanned<String>,
    pub(super) count: Spanned<u64>,
    pub(super) electors: Option<Spanned<u64>>,
    pub(super) electors_domestic: Option<Spanned<u64>>,
    #[serde(default)]
    pub(super) note: Localized,
    pub(super) numbered_from: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SelectionPart {
    pub(super) id: Spanned<String>,
    pub(super) name: Spanned<String>,
    pub(super) short: Option<String>,
    pub(super) color: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinesPart {
    pub(super) from: Spanned<u16>,
    pub(super) selection: Spanned<String>,
    pub(super) labels: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LevelPart {
    pub(super) id: Spanned<String>,
    pub(super) chars: Spanned<usize>,
    pub(super) name: Spanned<Localized>,
    pub(super) plural: Spanned<Localized>,
    #[serde(default = "yes")]
    pub(super) listed: bool,
    pub(super) count: Option<u64>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AreaPart {
    pub(super) level: Spanned<String>,
    pub(super) code: Spanned<String>,
    pub(super) name: String,
    pub(super) boundary: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BoundariesPart {
    pub(super) level: Spanned<String>,
    pub(super) property: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PayloadPart {
    pub(super) grammar: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormPart {
    pub(super) script: Script,
    #[serde(default)]
    pub(super) header: Vec<RowPart>,
    pub(super) selection_totals: Option<Spanned<bool>>,
    #[serde(default)]
    pub(super) totals: Vec<RowPart>,
    #[serde(default)]
    pub(super) private_below: bool,
    pub(super) masking_reviewed: Option<ReviewPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewPart {
    pub(super) who: Spanned<String>,
    pub(super) when: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowPart {
    pub(super) label: Spanned<String>,
    pub(super) table: Option<Spanned<usize>>,
    pub(super) figure: Option<Spanned<RowFigure>>,
    pub(super) private: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterPart {
    pub(super) file: Spanned<String>,
    pub(super) encoding: Spanned<String>,
    pub(super) delimiter: Option<Spanned<String>>,
    pub(super) table: Spanned<String>,
    pub(super) electors: Option<String>,
    #[serde(default)]
    pub(super) names: BTreeMap<Spanned<String>, String>,
}

/// Also the whole of a file given by `--map`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingPart {
    pub(super) id: Spanned<String>,
    pub(super) encoding: Spanned<String>,
    pub(super) delimiter: Option<Spanned<String>>,
    pub(super) table: Option<Spanned<String>>,
    pub(super) payload: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) votes: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    pub(super) lines: Vec<String>,
    pub(super) valid: Option<String>,
    pub(super) blank: Option<Spanned<String>>,
    pub(super) null: Option<String>,
    pub(super) ballots: Option<String>,
    pub(super) electors: Option<String>,
    pub(super) image: Option<String>,
    #[serde(default)]
    pub(super) names: BTreeMap<Spanned<String>, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourcePart {
    pub(super) id: Spanned<String>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) note: Localized,
    pub(super) trust: u32,
    #[serde(default)]
    pub(super) independent_of: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PolicyPart {
    pub(super) sources_differ: SourcesDiffer,
    pub(super) admits: Vec<Spanned<EvidenceClass>>,
}

impl Default for PolicyPart {
    fn default() -> Self {
        let admits = EvidenceClass::ADMISSIBLE.map(|class| Spanned::new(0..0, class)).to_vec();
        Self { sources_differ: SourcesDiffer::Conflict, admits }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimPart {
    pub(super) id: Spanned<String>,
    pub(super) who: String,
    pub(super) when: Spanned<String>,
    pub(super) source: String,
    pub(super) second_source: Option<String>,
    pub(super) title: Spanned<Localized>,
    pub(super) scope: Scope,
    pub(super) coverage: Option<CoveragePart>,
    #[serde(default)]
    pub(super) votes: BTreeMap<Spanned<String>, u64>,
    #[serde(default)]
    pub(super) shares: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    pub(super) groups: Vec<GroupPart>,
    pub(super) valid: Option<u64>,
    pub(super) blank: Option<u64>,
    pub(super) null: Option<u64>,
    pub(super) voters: Option<u64>,
    pub(super) tables: Option<u64>,
    pub(super) electors: Option<u64>,
    pub(super) area: Option<ClaimAreaPart>,
    pub(super) turnout: Option<Spanned<String>>,
    pub(super) statement: Option<StatementPart>,
    pub(super) second: Option<SecondPart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimAreaPart {
    pub(super) level: Spanned<String>,
    pub(super) code: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatementPart {
    pub(super) formula: Spanned<String>,
    pub(super) relation: Relation,
    pub(super) stated: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecondPart {
    pub(super) source: String,
    #[serde(default)]
    pub(super) votes: BTreeMap<Spanned<String>, u64>,
    #[serde(default)]
    pub(super) groups: Vec<GroupPart>,
    pub(super) valid: Option<u64>,
    pub(super) blank: Option<u64>,
    pub(super) null: Option<u64>,
    pub(super) voters: Option<u64>,
    pub(super) tables: Option<u64>,
    pub(super) electors: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CoveragePart {
    pub(super) share: Option<Spanned<String>>,
    pub(super) unit: CoverageUnit,
    pub(super) part: Option<Spanned<u64>>,
    pub(super) whole: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupPart {
    pub(super) label: String,
    pub(super) selections: Vec<Spanned<String>>,
    pub(super) votes: Option<u64>,
    pub(super) share: Option<Spanned<String>>,
}
