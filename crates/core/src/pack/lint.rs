//! From the file's shape to a sound pack, collecting every fault on the way.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::file::{ClaimPart, LinesPart, MappingPart, PackFile, RegisterPart};
use super::{
    Area, Boundaries, Claim, ClaimedCount, ClaimedItem, Coverage, Encoding, KnownSource, Level, Line,
    Mapping, Pack, PackFault, PackFaultCode as Code, Policy, RegisterFile, Selection, Share, Template,
};
use crate::Args;
use crate::payload::PayloadGrammar;
use crate::rules;
use crate::table::TablePattern;

/// The `schema_version` this program reads.
const SCHEMA_VERSION: u32 = 1;

/// Every election so far fits: the longest ballot in use has a few hundred lines.
const MAX_LINES: usize = 2_000;

pub(super) fn parse(id: &str, toml: &str) -> Result<Pack, Vec<PackFault>> {
    let mut lint = Lint { toml, faults: Vec::new() };
    let pack = match toml::from_str::<PackFile>(toml) {
        Ok(file) => lint.pack(id, file),
        Err(error) => {
            let line = error.span().map(|span| lint.line_at(span.start));
            let detail = vec![("detail", error.message().to_owned())];
            lint.faults.push(PackFault { code: Code::Syntax, line, args: detail });
            None
        }
    };
    lint.faults.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
    match pack {
        Some(pack) if lint.faults.is_empty() => Ok(pack),
        _ => Err(lint.faults),
    }
}

/// Reads one mapping from a file of its own (`--map FILE`), checked against a pack.
pub(super) fn parse_mapping(pack: &Pack, toml: &str) -> Result<Mapping, Vec<PackFault>> {
    let mut lint = Lint { toml, faults: Vec::new() };
    let mapping = match toml::from_str::<MappingPart>(toml) {
        Ok(part) => {
            let names = Names { selections: &pack.selections, levels: &pack.levels };
            lint.mapping(part, &names, &pack.pattern, pack.lines.len())
        }
        Err(error) => {
            let line = error.span().map(|span| lint.line_at(span.start));
            lint.faults.push(PackFault {
                code: Code::Syntax,
                line,
                args: vec![("detail", error.message().into())],
            });
            None
        }
    };
    match mapping {
        Some(mapping) if lint.faults.is_empty() => Ok(mapping),
        _ => Err(lint.faults),
    }
}

struct Lint<'t> {
    toml: &'t str,
    faults: Vec<PackFault>,
}

/// What other parts of the pack refer to.
struct Names<'p> {
    selections: &'p [Selection],
    levels: &'p [Level],
}

impl Lint<'_> {
    fn line_at(&self, offset: usize) -> usize {
        let before = self.toml.as_bytes().get(..offset).unwrap_or_default();
        before.iter().filter(|&&b| b == b'\n').count() + 1
    }

    fn fault<T>(&mut self, code: Code, at: &Spanned<T>, args: Args) {
        let line = Some(self.line_at(at.span().start));
        self.faults.push(PackFault { code, line, args });
    }

    fn missing(&mut self, code: Code, args: Args) {
        self.faults.push(PackFault { code, line: None, args });
    }

    fn pack(&mut self, id: &str, file: PackFile) -> Option<Pack> {
        if *file.schema_version.get_ref() != SCHEMA_VERSION {
            let found = file.schema_version.get_ref().to_string();
            let args = vec![("found", found), ("expected", SCHEMA_VERSION.to_string())];
            self.fault(Code::SchemaVersion, &file.schema_version, args);
        }
        if file.election.rule.get_ref() != "plurality" {
            let found = file.election.rule.get_ref().clone();
            self.fault(Code::Rule, &file.election.rule, vec![("found", found)]);
        }
        self.date(&file.election.date);
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
        let names = Names { selections: &selections, levels: &levels };

        let areas = self.areas(file.areas, &names);
        let boundaries = file.boundaries.and_then(|part| {
            Some(Boundaries { level: self.level(&part.level, &names)?, property: part.property })
        });
        let payload = file.payload.and_then(|part| {
            let grammar = PayloadGrammar::parse(part.grammar.get_ref(), &pattern, lines.len());
            if let Err(reason) = &grammar {
                self.fault(Code::BadPayload, &part.grammar, vec![("detail", reason.to_string())]);
            }
            grammar.ok()
        });
        let register = file.register.and_then(|part| self.register(part, &names, &pattern));
        let mapping_ids: Vec<_> = file.mappings.iter().map(|m| m.id.clone()).collect();
        self.ids(&mapping_ids);
        let mappings = file
            .mappings
            .into_iter()
            .filter_map(|m| self.mapping(m, &names, &pattern, lines.len()))
            .collect();
        let sources = self.sources(file.sources);
        for code in file.rules.keys() {
            if rules::rule(code.get_ref()).is_none() {
                self.fault(Code::UnknownRule, code, vec![("found", code.get_ref().clone())]);
            }
        }
        let claim_ids: Vec<_> = file.claims.iter().map(|c| c.id.clone()).collect();
        self.ids(&claim_ids);
        let claims = file.claims.into_iter().map(|claim| self.claim(claim, &names)).collect();

        let tuning = file.rules.into_iter().map(|(code, tuning)| (code.into_inner(), tuning)).collect();
        Some(Pack {
            id: id.to_owned(),
            title: file.election.title,
            contest: file.election.contest,
            date: file.election.date.into_inner(),
            synthetic: file.election.synthetic,
            notes: file.election.notes,
            n_tables: *file.tables.count.get_ref(),
            electors: file.tables.electors,
            electors_domestic: file.tables.electors_domestic.map(Spanned::into_inner),
            totals_note: file.tables.note,
            numbered_from: file.tables.numbered_from,
            policy: Policy { sources_differ: file.policy.sources_differ, admits: file.policy.admits },
            selections,
            lines,
            pattern,
            levels,
            areas,
            boundaries,
            payload,
            register,
            mappings,
            sources,
            tuning,
            claims,
        })
    }

    fn date(&mut self, date: &Spanned<String>) {
        let text = date.get_ref();
        let shape = TablePattern::parse("####-##-##").is_some_and(|p| p.matches(text.as_bytes()));
        let part = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<u32>().ok());
        let plausible = matches!((part(5..7), part(8..10)), (Some(1..=12), Some(1..=31)));
        if !(shape && plausible) {
            self.fault(Code::BadDate, date, vec![("found", text.clone())]);
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
                let short = part.short.unwrap_or_else(|| part.name.clone());
                Selection { id: part.id.into_inner(), name: part.name, short, color: part.color.into_inner() }
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
                    self.fault(Code::OverlappingLines, &part.from, vec![("line", number.to_string())]);
                }
            }
        }
        let last = numbered.keys().next_back().copied().unwrap_or(0);
        if last > MAX_LINES {
            self.missing(Code::MissingLine, vec![("line", last.to_string())]);
            return Vec::new();
        }
        for number in (1..=last).filter(|n| !numbered.contains_key(n)) {
            self.missing(Code::MissingLine, vec![("line", number.to_string())]);
        }
        if numbered.contains_key(&0) {
            self.missing(Code::MissingLine, vec![("line", "0".into())]);
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
        if *tables.count.get_ref() == 0 {
            self.fault(Code::BadTotal, &tables.count, vec![("found", "0".into())]);
        }
        if let (Some(all), Some(part)) = (tables.electors, &tables.electors_domestic)
            && *part.get_ref() > all
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
                Level {
                    id: part.id.into_inner(),
                    chars,
                    name: part.name,
                    plural: part.plural,
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

    fn encoding(&mut self, text: &Spanned<String>) -> Option<Encoding> {
        let encoding = Encoding::parse(text.get_ref());
        if encoding.is_none() {
            self.fault(Code::BadEncoding, text, vec![("found", text.get_ref().clone())]);
        }
        encoding
    }

    fn template(&mut self, text: &Spanned<String>, pattern: &TablePattern) -> Option<Template> {
        let template = Template::parse(text.get_ref()).filter(|t| pattern.id(&t.sample()).is_some());
        if template.is_none() {
            let args = vec![("found", text.get_ref().clone()), ("pattern", pattern.as_str().to_owned())];
            self.fault(Code::BadTemplate, text, args);
        }
        template
    }

    fn area_names(
        &mut self,
        parts: BTreeMap<Spanned<String>, String>,
        names: &Names,
    ) -> BTreeMap<usize, String> {
        parts.into_iter().filter_map(|(level, column)| Some((self.level(&level, names)?, column))).collect()
    }

    fn register(
        &mut self,
        part: RegisterPart,
        names: &Names,
        pattern: &TablePattern,
    ) -> Option<RegisterFile> {
        let file = part.file.get_ref();
        let inside = !file.is_empty() && !file.starts_with('.') && !file.contains(['/', '\\', ':', '\0']);
        if !inside {
            self.fault(Code::BadFileName, &part.file, vec![("found", file.clone())]);
        }
        let encoding = self.encoding(&part.encoding);
        let table = self.template(&part.table, pattern);
        let names = self.area_names(part.names, names);
        Some(RegisterFile {
            file: part.file.into_inner(),
            encoding: encoding?,
            table: table?,
            electors: part.electors,
            names,
        })
    }

    fn mapping(
        &mut self,
        part: MappingPart,
        names: &Names,
        pattern: &TablePattern,
        n_lines: usize,
    ) -> Option<Mapping> {
        let encoding = self.encoding(&part.encoding);
        let mut votes: BTreeMap<usize, String> = BTreeMap::new();
        for (id, column) in part.votes {
            if let Some(selection) = self.selection(&id, names) {
                votes.insert(selection, column);
            }
        }
        let table = part.table.as_ref().and_then(|text| self.template(text, pattern));
        if part.payload.is_none() {
            if part.table.is_none() {
                self.fault(
                    Code::BadTemplate,
                    &part.id,
                    vec![("found", String::new()), ("pattern", pattern.as_str().into())],
                );
            }
            for (_, selection) in names.selections.iter().enumerate().filter(|(i, _)| !votes.contains_key(i))
            {
                self.fault(Code::UnmappedSelection, &part.id, vec![("found", selection.id.clone())]);
            }
        }
        if !part.lines.is_empty() && part.lines.len() != n_lines {
            let args = vec![("line", part.lines.len().to_string())];
            self.fault(Code::MissingLine, &part.id, args);
        }
        let names = self.area_names(part.names, names);
        Some(Mapping {
            id: part.id.into_inner(),
            encoding: encoding?,
            table,
            payload: part.payload.map(Spanned::into_inner),
            votes: votes.into_values().collect(),
            lines: part.lines,
            valid: part.valid,
            null: part.null,
            ballots: part.ballots,
            electors: part.electors,
            image: part.image,
            names,
        })
    }

    fn sources(&mut self, parts: Vec<super::file::SourcePart>) -> Vec<KnownSource> {
        let ids: Vec<_> = parts.iter().map(|s| s.id.clone()).collect();
        self.ids(&ids);
        for other in parts.iter().flat_map(|s| &s.independent_of) {
            if !ids.iter().any(|id| id.get_ref() == other.get_ref()) {
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

    fn share(&mut self, text: &Spanned<String>) -> Option<Share> {
        let share = Share::parse(text.get_ref());
        if share.is_none() {
            self.fault(Code::BadShare, text, vec![("found", text.get_ref().clone())]);
        }
        share
    }

    fn claim(&mut self, part: ClaimPart, names: &Names) -> Claim {
        self.date(&part.when);
        let mut items: BTreeMap<usize, ClaimedItem> = BTreeMap::new();
        let single = |s| ClaimedItem { selections: vec![s], group: None, votes: None, share: None };
        for (id, votes) in part.votes {
            if let Some(s) = self.selection(&id, names) {
                items.entry(s).or_insert_with(|| single(s)).votes = Some(votes);
            }
        }
        for (id, share) in part.shares {
            let share = self.share(&share);
            if let Some(s) = self.selection(&id, names) {
                items.entry(s).or_insert_with(|| single(s)).share = share;
            }
        }
        let mut items: Vec<ClaimedItem> = items.into_values().collect();
        for group in part.groups {
            let selections = group.selections.iter().filter_map(|id| self.selection(id, names)).collect();
            let share = group.share.as_ref().and_then(|text| self.share(text));
            items.push(ClaimedItem { selections, group: Some(group.label), votes: group.votes, share });
        }
        let coverage = part.coverage.map(|c| Coverage {
            share: c.share.as_ref().and_then(|text| self.share(text)),
            unit: c.unit,
            part: c.part,
            whole: c.whole,
        });
        if items.is_empty() {
            self.fault(Code::EmptyClaim, &part.id, vec![("found", part.id.get_ref().clone())]);
        }
        Claim {
            id: part.id.into_inner(),
            who: part.who,
            when: part.when.into_inner(),
            source: part.source,
            second_source: part.second_source,
            title: part.title,
            scope: part.scope,
            coverage,
            items,
            totals: ClaimedCount {
                valid: part.valid,
                null: part.null,
                voters: part.voters,
                tables: part.tables,
            },
        }
    }
}
