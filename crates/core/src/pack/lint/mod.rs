//! From the file's shape to a sound pack, collecting every fault on the way.

mod claim;
mod form;
mod mapping;
mod syntax;

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::file::{LinesPart, PackFile, VersionPart};
use super::{
    Area, Boundaries, Claim, KnownSource, Level, Line, Localized, Mapping, Pack, PackFault,
    PackFaultCode as Code, Policy, Selection,
};
use crate::Args;
use crate::form::Figure;
use crate::grammar::PayloadGrammar;
use crate::rules;
use crate::sheet::{EvidenceClass, Field};
use crate::table::TablePattern;
use mapping::Form;
pub(super) use mapping::parse_mapping;

/// The `schema_version` this program reads.
const SCHEMA_VERSION: u32 = 1;

/// Every election so far fits: the longest ballot in use has a few hundred lines.
const MAX_LINES: usize = 2_000;

/// Every ballot so far fits, and a page of results can still be read.
const MAX_SELECTIONS: usize = 2_000;

/// Ten times the largest country's: India had about a million polling stations and 970 million electors in 2024.
const MAX_TABLES: u64 = 10_000_000;
const MAX_ELECTORS: u64 = 10_000_000_000;

/// Classes that are a code, or what a machine read at least, with a second witness beside it.
const ALL_THE_MORE: [EvidenceClass; 3] =
    [EvidenceClass::TwoPeople, EvidenceClass::CodeAndPrint, EvidenceClass::PersonAndMachine];

pub(super) fn parse(id: &str, toml: &str) -> Result<Pack, Vec<PackFault>> {
    let mut lint = Lint::new(toml);
    if !lint.is_of_this_version() {
        return Err(lint.faults);
    }
    let pack = lint.read::<PackFile>().and_then(|file| lint.pack(id, file));
    lint.finish(pack)
}

/// Days of a month of the Gregorian calendar; 0 when there is no such month.
fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    }
}

struct Lint<'t> {
    toml: &'t str,
    /// Where each line but the first begins.
    starts: Vec<usize>,
    faults: Vec<PackFault>,
}

/// What other parts of the pack refer to.
struct Names<'p> {
    selections: &'p [Selection],
    levels: &'p [Level],
}

impl<'t> Lint<'t> {
    fn new(toml: &'t str) -> Self {
        let starts = toml.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1).collect();
        Self { toml, starts, faults: Vec::new() }
    }
}

impl Lint<'_> {
    fn read<T: serde::de::DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.toml) {
            Ok(file) => Some(file),
            Err(error) => {
                let line = error.span().map(|span| self.line_at(span.start));
                self.faults.push(PackFault { code: Code::Syntax, line, args: syntax::args(error.message()) });
                None
            }
        }
    }

    /// Faults in order of line; what is missing altogether comes last.
    fn finish<T>(mut self, sound: Option<T>) -> Result<T, Vec<PackFault>> {
        self.faults.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
        match sound {
            Some(sound) if self.faults.is_empty() => Ok(sound),
            _ => Err(self.faults),
        }
    }

    fn is_of_this_version(&mut self) -> bool {
        // A file that is not even that far readable is named by the reading proper.
        let Ok(VersionPart { schema_version }) = toml::from_str(self.toml) else { return true };
        if *schema_version.get_ref() == SCHEMA_VERSION {
            return true;
        }
        let found = schema_version.get_ref().to_string();
        let args = vec![("found", found), ("expected", SCHEMA_VERSION.to_string())];
        self.fault(Code::SchemaVersion, &schema_version, args);
        false
    }

    fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset) + 1
    }

    fn fault<T>(&mut self, code: Code, at: &Spanned<T>, args: Args) {
        let line = Some(self.line_at(at.span().start));
        self.faults.push(PackFault { code, line, args });
    }

    fn missing(&mut self, code: Code, args: Args) {
        self.faults.push(PackFault { code, line: None, args });
    }

    fn pack(&mut self, id: &str, file: PackFile) -> Option<Pack> {
        if file.election.rule.get_ref() != "plurality" {
            let found = file.election.rule.get_ref().clone();
            self.fault(Code::Rule, &file.election.rule, vec![("found", found)]);
        }
        self.date(&file.election.date);
        self.words(&file.election.title);
        self.words(&file.election.contest);
        if file.selections.len() > MAX_SELECTIONS {
            let args =
                vec![("found", file.selections.len().to_string()), ("most", MAX_SELECTIONS.to_string())];
            self.missing(Code::TooManySelections, args);
            return None;
        }
        let selections = self.selections(file.selections);
        let lines = self.lines(&file.lines, &selections);
        let pattern = TablePattern::parse(file.tables.pattern.get_ref());
        if pattern.is_none() {
            let found = file.tables.pattern.get_ref().clone();
            self.fault(Code::BadPattern, &file.tables.pattern, vec![("found", found)]);
        }
        let pattern = pattern?;
        self.totals(&file.tables);
        let levels = self.levels(file.levels, &pattern);
        let form = Form {
            names: Names { selections: &selections, levels: &levels },
            pattern: &pattern,
            n_lines: lines.len(),
            has_payload: file.payload.is_some(),
        };
        let names = &form.names;

        let areas = self.areas(file.areas, names);
        let boundaries = file.boundaries.and_then(|part| {
            let level = self.level(&part.level, names)?;
            if !areas.iter().any(|((at, _), area)| *at == level && area.boundary.is_some()) {
                let found = part.level.get_ref().clone();
                self.fault(Code::NoBoundaryCodes, &part.level, vec![("found", found)]);
            }
            Some(Boundaries { level, property: part.property })
        });
        let payload = file.payload.and_then(|part| {
            let n_votes = if lines.is_empty() { selections.len() } else { lines.len() };
            let grammar = PayloadGrammar::parse(part.grammar.get_ref(), &pattern, n_votes);
            if let Err(reason) = &grammar {
                let args = vec![("why", reason.code().to_owned()), ("found", reason.pieces())];
                self.fault(Code::BadPayload, &part.grammar, args);
            }
            grammar.ok()
        });
        let ballot = form::Ballot { selections: &selections, lines: &lines, pattern: &pattern };
        let printed = file.form.map(|part| self.form(part, &ballot));
        let register = file.register.and_then(|part| self.register(part, names, &pattern));
        let mapping_ids: Vec<_> = file.mappings.iter().map(|m| m.id.clone()).collect();
        self.ids(&mapping_ids);
        let mappings: Vec<Mapping> =
            file.mappings.into_iter().filter_map(|m| self.mapping(m, &form)).collect();
        let sources = self.sources(file.sources);
        for code in file.rules.keys() {
            if rules::rule(code.get_ref()).is_none() {
                self.fault(Code::UnknownRule, code, vec![("found", code.get_ref().clone())]);
            }
        }
        let claim_ids: Vec<_> = file.claims.iter().map(|c| c.id.clone()).collect();
        self.ids(&claim_ids);
        let claims: Vec<Claim> = file.claims.into_iter().map(|claim| self.claim(claim, names)).collect();
        let blank = Figure::Field(Field::BlankVotes);
        let blank_votes = printed.as_ref().is_some_and(|form| form.figures().any(|figure| figure == blank))
            || payload.as_ref().is_some_and(|grammar| grammar.has(Field::BlankVotes))
            || mappings.iter().any(|mapping| mapping.blank.is_some())
            || claims.iter().any(|claim| claim.totals.blank.is_some());

        let policy = self.policy(&file.policy);
        let tuning = file.rules.into_iter().map(|(code, tuning)| (code.into_inner(), tuning)).collect();
        Some(Pack {
            id: id.to_owned(),
            title: file.election.title.into_inner(),
            contest: file.election.contest.into_inner(),
            date: file.election.date.into_inner(),
            synthetic: file.election.synthetic,
            notes: file.election.notes,
            n_tables: *file.tables.count.get_ref(),
            electors: file.tables.electors.map(Spanned::into_inner),
            electors_domestic: file.tables.electors_domestic.map(Spanned::into_inner),
            totals_note: file.tables.note,
            numbered_from: file.tables.numbered_from,
            policy,
            selections,
            lines,
            pattern,
            levels,
            areas,
            boundaries,
            payload,
            form: printed,
            blank_votes,
            register,
            mappings,
            sources,
            tuning,
            claims,
        })
    }

    /// Joint readings and print alone never count: a policy can only be stricter than that. Where codes count,
    /// what confirms them counts all the more.
    fn policy(&mut self, part: &super::file::PolicyPart) -> Policy {
        let admits = part.admits.iter().map(|class| *class.get_ref());
        let mut admits: Vec<EvidenceClass> = admits.collect();
        for class in part.admits.iter().filter(|class| !EvidenceClass::ADMISSIBLE.contains(class.get_ref())) {
            self.fault(Code::BadPolicy, class, vec![("found", class.get_ref().code().to_owned())]);
        }
        if admits.contains(&EvidenceClass::CodeOnly) {
            admits.extend(ALL_THE_MORE);
        }
        admits.sort_unstable();
        admits.dedup();
        Policy { sources_differ: part.sources_differ, admits }
    }

    fn date(&mut self, date: &Spanned<String>) {
        let text = date.get_ref();
        let shape = TablePattern::parse("####-##-##").is_some_and(|p| p.matches(text.as_bytes()));
        let part = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<u32>().ok());
        let exists = |(year, month, day)| (1..=days_in(year, month)).contains(&day);
        let date_of = |((year, month), day)| exists((year, month, day));
        let is_date = part(0..4).zip(part(5..7)).zip(part(8..10)).is_some_and(date_of);
        if !(shape && is_date) {
            self.fault(Code::BadDate, date, vec![("found", text.clone())]);
        }
    }

    /// Reports are written in both languages.
    fn words(&mut self, words: &Spanned<Localized>) {
        let Localized { en, es } = words.get_ref();
        if en.trim().is_empty() || es.trim().is_empty() {
            let found = if en.trim().is_empty() { "en" } else { "es" };
            self.fault(Code::EmptyName, words, vec![("found", found.into())]);
        }
    }

    /// Ids become file names, keys and cells: letters, digits, `-` and `_` only, each once.
    fn ids(&mut self, ids: &[Spanned<String>]) {
        let mut seen = BTreeSet::new();
        for id in ids {
            let text = id.get_ref();
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
            if !starts || text.len() > 64 || !text.chars().all(plain) {
                self.fault(Code::BadId, id, vec![("found", text.clone())]);
            } else if !seen.insert(text.clone()) {
                self.fault(Code::Duplicate, id, vec![("found", text.clone())]);
            }
        }
    }

    fn selections(&mut self, parts: Vec<super::file::SelectionPart>) -> Vec<Selection> {
        let ids: Vec<_> = parts.iter().map(|s| s.id.clone()).collect();
        self.ids(&ids);
        if parts.len() < 2 {
            self.missing(Code::TooFewSelections, vec![("found", parts.len().to_string())]);
        }
        let mut names = BTreeSet::new();
        for part in &parts {
            let name = part.name.get_ref().trim();
            if name.is_empty() {
                self.fault(Code::EmptyName, &part.name, vec![("found", "name".into())]);
            } else if !names.insert(name) {
                self.fault(Code::SameName, &part.name, vec![("found", name.to_owned())]);
            }
        }
        parts
            .into_iter()
            .map(|part| {
                let color = part.color.get_ref();
                let hex = color
                    .strip_prefix('#')
                    .is_some_and(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()));
                if !hex {
                    self.fault(Code::BadColor, &part.color, vec![("found", color.clone())]);
                }
                let name = part.name.into_inner();
                let short = part.short.unwrap_or_else(|| name.clone());
                Selection { id: part.id.into_inner(), name, short, color: part.color.into_inner() }
            })
            .collect()
    }

    fn lines(&mut self, parts: &[LinesPart], selections: &[Selection]) -> Vec<Line> {
        let names = Names { selections, levels: &[] };
        let mut numbered: BTreeMap<usize, Line> = BTreeMap::new();
        let mut used = BTreeSet::new();
        for part in parts {
            let Some(selection) = self.selection(&part.selection, &names) else { continue };
            used.insert(selection);
            for (offset, label) in part.labels.iter().enumerate() {
                let number = usize::from(*part.from.get_ref()) + offset;
                if numbered.insert(number, Line { label: label.clone(), selection }).is_some() {
                    self.fault(Code::OverlappingLines, &part.from, vec![("number", number.to_string())]);
                }
            }
        }
        let last = numbered.keys().next_back().copied().unwrap_or(0);
        if last > MAX_LINES {
            self.missing(Code::MissingLine, vec![("number", last.to_string())]);
            return Vec::new();
        }
        for number in (1..=last).filter(|n| !numbered.contains_key(n)) {
            self.missing(Code::MissingLine, vec![("number", number.to_string())]);
        }
        if numbered.contains_key(&0) {
            self.missing(Code::MissingLine, vec![("number", "0".into())]);
        }
        if !parts.is_empty() {
            for (_, selection) in selections.iter().enumerate().filter(|(i, _)| !used.contains(i)) {
                self.missing(Code::SelectionWithoutLine, vec![("found", selection.id.clone())]);
            }
        }
        numbered.into_values().collect()
    }

    fn selection(&mut self, id: &Spanned<String>, names: &Names) -> Option<usize> {
        let index = names.selections.iter().position(|s| s.id == *id.get_ref());
        if index.is_none() {
            let known: Vec<&str> = names.selections.iter().map(|s| s.id.as_str()).collect();
            let args = vec![("found", id.get_ref().clone()), ("known", known.join(", "))];
            self.fault(Code::UnknownSelection, id, args);
        }
        index
    }

    fn level(&mut self, id: &Spanned<String>, names: &Names) -> Option<usize> {
        let index = names.levels.iter().position(|l| l.id == *id.get_ref());
        if index.is_none() {
            self.fault(Code::UnknownLevel, id, vec![("found", id.get_ref().clone())]);
        }
        index
    }

    fn totals(&mut self, tables: &super::file::TablesPart) {
        let counted = [(Some(&tables.count), MAX_TABLES), (tables.electors.as_ref(), MAX_ELECTORS)];
        for (count, most) in counted.into_iter().filter_map(|(count, most)| Some((count?, most))) {
            if !(1..=most).contains(count.get_ref()) {
                self.fault(Code::BadTotal, count, vec![("found", count.get_ref().to_string())]);
            }
        }
        if let (Some(all), Some(part)) = (&tables.electors, &tables.electors_domestic)
            && part.get_ref() > all.get_ref()
        {
            self.fault(Code::BadTotal, part, vec![("found", part.get_ref().to_string())]);
        }
    }

    fn levels(&mut self, parts: Vec<super::file::LevelPart>, pattern: &TablePattern) -> Vec<Level> {
        let ids: Vec<_> = parts.iter().map(|l| l.id.clone()).collect();
        self.ids(&ids);
        let mut above = 0;
        parts
            .into_iter()
            .map(|part| {
                let chars = *part.chars.get_ref();
                if chars <= above || chars >= pattern.len() {
                    self.fault(Code::BadLevel, &part.chars, vec![("found", chars.to_string())]);
                }
                above = chars;
                self.words(&part.name);
                self.words(&part.plural);
                Level {
                    id: part.id.into_inner(),
                    chars,
                    name: part.name.into_inner(),
                    plural: part.plural.into_inner(),
                    listed: part.listed,
                    count: part.count,
                }
            })
            .collect()
    }

    fn areas(&mut self, parts: Vec<super::file::AreaPart>, names: &Names) -> BTreeMap<(usize, String), Area> {
        let mut areas = BTreeMap::new();
        for part in parts {
            let Some(level) = self.level(&part.level, names) else { continue };
            let code = part.code.get_ref().clone();
            if names.levels[level].chars != code.len() {
                self.fault(Code::BadAreaCode, &part.code, vec![("found", code.clone())]);
            }
            let area = Area { name: part.name, boundary: part.boundary };
            if areas.insert((level, code.clone()), area).is_some() {
                self.fault(Code::Duplicate, &part.code, vec![("found", code)]);
            }
        }
        areas
    }

    fn area_names(
        &mut self,
        parts: BTreeMap<Spanned<String>, String>,
        names: &Names,
    ) -> BTreeMap<usize, String> {
        parts.into_iter().filter_map(|(level, column)| Some((self.level(&level, names)?, column))).collect()
    }

    fn sources(&mut self, parts: Vec<super::file::SourcePart>) -> Vec<KnownSource> {
        let ids: Vec<_> = parts.iter().map(|s| s.id.clone()).collect();
        self.ids(&ids);
        let known: BTreeSet<&String> = ids.iter().map(Spanned::get_ref).collect();
        for other in parts.iter().flat_map(|s| &s.independent_of) {
            if !known.contains(other.get_ref()) {
                self.fault(Code::UnknownSource, other, vec![("found", other.get_ref().clone())]);
            }
        }
        parts
            .into_iter()
            .map(|part| KnownSource {
                id: part.id.into_inner(),
                name: part.name,
                note: part.note,
                trust: part.trust,
                independent_of: part.independent_of.into_iter().map(Spanned::into_inner).collect(),
            })
            .collect()
    }
}
