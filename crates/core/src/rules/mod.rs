//! Rules: what is odd about a sheet, or about sheets together.
//!
//! A finding is not an error: rules never fail, and never change a figure. Codes are stable: `S…` speaks of
//! one sheet, `C…` of sheets across the contest. Each rule has one file here, one line in [`RULES`], one
//! page with examples in `tests/rules/`, and words in the application's locales.

mod c101_table_twice;
mod c102_image_twice;
mod c103_same_votes;
mod c104_number_gap;
mod c105_picture_again;
mod c201_added;
mod c202_withdrawn;
mod c203_changed;
mod c204_relinked;
mod c301_sources_differ;
mod c302_challenged;
mod s101_payload;
mod s102_line_count;
mod s103_reserved;
mod s104_code_print;
mod s105_code_unread;
mod s106_several_codes;
mod s107_unusable_image;
mod s201_lines;
mod s202_valid;
mod s203_electors;
mod s204_ballots;
mod s205_unknown_table;
mod s206_register_electors;
mod s207_more_votes;
mod s301_empty;
mod s302_size;
mod s303_incomplete;

use crate::Args;
use crate::facts::Facts;
use crate::form::Figure;
use crate::pack::RuleTuning;
use crate::reconcile::Sheet;
use crate::sheet::{Field, FieldValue, SheetValues};
use crate::table::TableId;
use crate::versions::VersionChanges;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Figures that cannot all be right.
    Contradiction,
    /// Possible, but somebody should look.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Severity::Contradiction => "contradiction",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Whose fault an oddity can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The poll workers or the machine that made the sheet.
    Paper,
    /// The photograph or the file.
    Image,
    /// Whoever or whatever read it.
    Reading,
    /// The pack or the register.
    Definition,
    /// Whoever published the table of numbers.
    Source,
}

impl Fault {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Fault::Paper => "paper",
            Fault::Image => "image",
            Fault::Reading => "reading",
            Fault::Definition => "definition",
            Fault::Source => "source",
        }
    }
}

/// One thing a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's code.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The table it is about; `None` when the row names none.
    pub table: Option<TableId>,
    /// Figures involved.
    pub fields: Vec<Field>,
    /// The numbers of the rule's formula, by name.
    pub args: Args,
}

/// What a rule looks at.
pub enum Check {
    /// One sheet by itself.
    Sheet(fn(&SheetCase) -> Option<Found>),
    /// Everything together.
    Contest(fn(&ContestCase, &mut Vec<Found>)),
}

/// A rule of the registry.
pub struct Rule {
    /// Stable code, such as `S202`.
    pub code: &'static str,
    /// How much its findings matter.
    pub severity: Severity,
    /// Whose fault they can be.
    pub faults: &'static [Fault],
    /// What it does.
    pub check: Check,
}

/// What a check gives; the registry adds code and severity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The table, if one is meant.
    pub table: Option<TableId>,
    /// Figures involved.
    pub fields: Vec<Field>,
    /// Numbers by name.
    pub args: Args,
}

/// One sheet under a rule.
pub struct SheetCase<'a> {
    /// Everything known.
    pub facts: &'a Facts,
    /// The sheet.
    pub sheet: &'a Sheet<'a>,
    /// Its figures.
    pub values: &'a SheetValues,
    /// The pack's tuning of the rule.
    pub tuning: &'a RuleTuning,
}

/// All sheets under a rule.
pub struct ContestCase<'a> {
    /// Everything known.
    pub facts: &'a Facts,
    /// All sheets, sorted by table.
    pub sheets: &'a [Sheet<'a>],
    /// The pack's tuning of the rule.
    pub tuning: &'a RuleTuning,
}

use Fault::{Definition, Image, Paper, Reading, Source};
use Severity::{Contradiction, Note, Warning};

/// Every rule, by code.
pub const RULES: &[Rule] = &[
    Rule {
        code: "S101",
        severity: Warning,
        faults: &[Image, Reading, Source],
        check: Check::Contest(s101_payload::check),
    },
    Rule {
        code: "S102",
        severity: Warning,
        faults: &[Reading, Definition],
        check: Check::Contest(s102_line_count::check),
    },
    Rule {
        code: "S103",
        severity: Note,
        faults: &[Paper, Reading],
        check: Check::Sheet(s103_reserved::check),
    },
    Rule {
        code: "S104",
        severity: Contradiction,
        faults: &[Paper, Image, Reading],
        check: Check::Contest(s104_code_print::check),
    },
    Rule {
        code: "S105",
        severity: Warning,
        faults: &[Image, Reading],
        check: Check::Contest(s105_code_unread::check),
    },
    Rule {
        code: "S106",
        severity: Warning,
        faults: &[Image],
        check: Check::Contest(s106_several_codes::check),
    },
    Rule {
        code: "S107",
        severity: Warning,
        faults: &[Image],
        check: Check::Contest(s107_unusable_image::check),
    },
    Rule {
        code: "S201",
        severity: Contradiction,
        faults: &[Paper, Reading, Source],
        check: Check::Sheet(s201_lines::check),
    },
    Rule {
        code: "S202",
        severity: Contradiction,
        faults: &[Paper, Reading, Source],
        check: Check::Sheet(s202_valid::check),
    },
    Rule {
        code: "S203",
        severity: Contradiction,
        faults: &[Paper, Reading, Definition],
        check: Check::Sheet(s203_electors::check),
    },
    Rule {
        code: "S204",
        severity: Warning,
        faults: &[Paper, Reading, Source],
        check: Check::Sheet(s204_ballots::check),
    },
    Rule {
        code: "S205",
        severity: Warning,
        faults: &[Reading, Definition, Source],
        check: Check::Sheet(s205_unknown_table::check),
    },
    Rule {
        code: "S206",
        severity: Warning,
        faults: &[Paper, Reading, Definition],
        check: Check::Sheet(s206_register_electors::check),
    },
    Rule {
        code: "S207",
        severity: Contradiction,
        faults: &[Paper, Reading, Source],
        check: Check::Sheet(s207_more_votes::check),
    },
    Rule {
        code: "S301",
        severity: Warning,
        faults: &[Paper, Reading, Source],
        check: Check::Sheet(s301_empty::check),
    },
    Rule {
        code: "S302",
        severity: Warning,
        faults: &[Paper, Reading, Source],
        check: Check::Sheet(s302_size::check),
    },
    Rule {
        code: "S303",
        severity: Warning,
        faults: &[Image, Reading, Source],
        check: Check::Sheet(s303_incomplete::check),
    },
    Rule {
        code: "C101",
        severity: Contradiction,
        faults: &[Source, Reading],
        check: Check::Contest(c101_table_twice::check),
    },
    Rule {
        code: "C102",
        severity: Warning,
        faults: &[Source, Image],
        check: Check::Contest(c102_image_twice::check),
    },
    Rule {
        code: "C103",
        severity: Warning,
        faults: &[Paper, Source, Reading],
        check: Check::Contest(c103_same_votes::check),
    },
    Rule {
        code: "C104",
        severity: Note,
        faults: &[Source, Image],
        check: Check::Contest(c104_number_gap::check),
    },
    Rule {
        code: "C105",
        severity: Warning,
        faults: &[Image, Source],
        check: Check::Contest(c105_picture_again::check),
    },
    Rule { code: "C201", severity: Note, faults: &[Source], check: Check::Contest(c201_added::check) },
    Rule { code: "C202", severity: Warning, faults: &[Source], check: Check::Contest(c202_withdrawn::check) },
    Rule { code: "C203", severity: Warning, faults: &[Source], check: Check::Contest(c203_changed::check) },
    Rule { code: "C204", severity: Note, faults: &[Source], check: Check::Contest(c204_relinked::check) },
    Rule {
        code: "C301",
        severity: Contradiction,
        faults: &[Source, Reading, Paper],
        check: Check::Contest(c301_sources_differ::check),
    },
    Rule {
        code: "C302",
        severity: Warning,
        faults: &[Source, Image, Reading],
        check: Check::Contest(c302_challenged::check),
    },
];

/// The rule with this code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// Runs every rule the pack does not switch off. Findings come by rule, then by table.
pub fn check_all(facts: &Facts, sheets: &[Sheet]) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| check_rule(rule, facts, sheets)).collect()
}

/// Runs one rule.
pub fn check_rule(rule: &'static Rule, facts: &Facts, sheets: &[Sheet]) -> Vec<Finding> {
    let tuning = facts.pack.tuning(rule.code);
    if tuning.off {
        return Vec::new();
    }
    let mut found = Vec::new();
    match rule.check {
        Check::Sheet(check) => found.extend(sheets.iter().filter_map(|sheet| {
            let case = SheetCase { facts, sheet, values: sheet.values(), tuning: &tuning };
            let found = check(&case)?;
            Some(Found { table: Some(sheet.table.clone()), ..found })
        })),
        Check::Contest(check) => {
            check(&ContestCase { facts, sheets, tuning: &tuning }, &mut found);
            found.sort_by(|a, b| a.table.cmp(&b.table));
        }
    }
    let finding = |f: Found| Finding {
        rule: rule.code,
        severity: rule.severity,
        table: f.table,
        fields: f.fields,
        args: f.args,
    };
    found.into_iter().map(finding).collect()
}

/// Whether two figures differ by more than the rule tolerates: an absolute number of votes, or a share of
/// the larger one, whichever allows more.
fn beyond(tuning: &RuleTuning, a: u64, b: u64) -> bool {
    let share = u128::from(a.max(b)) * u128::from(tuning.per_ten_thousand) / 10_000;
    u128::from(a.abs_diff(b)) > share.max(u128::from(tuning.absolute))
}

/// The stable name of a field under a pack: `EG`, `line-7`, `valid`.
pub fn field_name(pack: &crate::pack::Pack, field: Field) -> String {
    match field {
        Field::Selection(i) => {
            pack.selections.get(i).map_or_else(|| format!("selection-{i}"), |s| s.id.clone())
        }
        Field::Line(i) => format!("line-{}", i + 1),
        Field::Valid => "valid".into(),
        Field::BlankVotes => "blank".into(),
        Field::Null => "null".into(),
        Field::Ballots => "ballots".into(),
        Field::Electors => "electors".into(),
        Field::Reserved => "reserved".into(),
    }
}

/// The stable name of a printed figure under a pack; every part of the table's id is `table`.
pub fn figure_name(pack: &crate::pack::Pack, figure: Figure) -> String {
    match figure {
        Figure::TablePart(_) => "table".into(),
        Figure::Field(field) => field_name(pack, field),
    }
}

/// One finding per image with a fault of the kind that `wanted` gives arguments for.
fn faulty_images(
    case: &ContestCase,
    out: &mut Vec<Found>,
    wanted: fn(&crate::facts::ImageFault) -> Option<Args>,
) {
    for faulty in &case.facts.faulty_images {
        if let Some(more) = wanted(&faulty.fault) {
            let mut args = vec![("image", faulty.image.clone()), ("source", faulty.source.clone())];
            args.extend(more);
            out.push(Found { args, ..Found::default() });
        }
    }
}

/// Each source's newest version beside the one it directly replaces, with what changed between them. Where it
/// declares to supersede several, those that others of them replaced already say nothing more.
fn version_pairs<'a>(case: &ContestCase<'a>) -> Vec<(Args, VersionChanges<'a>)> {
    let mut pairs = Vec::new();
    for source in &case.facts.sources {
        let newer = source.newest();
        let direct: Vec<_> = newer.supersedes.iter().filter_map(|label| source.version(label)).collect();
        let replaced = |label: &str| direct.iter().any(|v| v.supersedes.iter().any(|older| older == label));
        for older in direct.iter().filter(|older| !replaced(&older.label)) {
            let args = vec![
                ("source", source.id.clone()),
                ("older", older.label.clone()),
                ("newer", newer.label.clone()),
            ];
            pairs.push((args, VersionChanges::between(&older.transcription, &newer.transcription)));
        }
    }
    pairs
}

fn found<const N: usize>(fields: Vec<Field>, args: [(&'static str, String); N]) -> Found {
    Found { table: None, fields, args: args.into() }
}

fn value_arg(value: FieldValue) -> String {
    value.code()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerance_is_the_wider_of_absolute_and_share() {
        let tuning = RuleTuning { absolute: 3, per_ten_thousand: 100, ..RuleTuning::default() };
        assert!(!beyond(&tuning, 10, 13));
        assert!(beyond(&tuning, 10, 14));
        assert!(!beyond(&tuning, 1_000, 1_010));
        assert!(beyond(&tuning, 1_000, 1_011));
        let hostile = RuleTuning { per_ten_thousand: u32::MAX, ..RuleTuning::default() };
        assert!(!beyond(&hostile, u64::MAX, 0));
    }

    #[test]
    fn codes_are_unique_sorted_by_kind_and_name_their_faults() {
        let codes: Vec<&str> = RULES.iter().map(|r| r.code).collect();
        let unique: std::collections::BTreeSet<&&str> = codes.iter().collect();
        assert_eq!(unique.len(), codes.len());
        for rule in RULES {
            assert_eq!(rule.code.len(), 4, "{}", rule.code);
            assert!(!rule.faults.is_empty());
        }
    }
}
