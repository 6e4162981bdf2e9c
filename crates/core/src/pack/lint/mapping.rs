//! Mappings and the register: how files of other people are read.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{Lint, Names};
use crate::pack::file::{MappingPart, RegisterPart};
use crate::pack::{
    Delimiter, Encoding, Mapping, Pack, PackFault, PackFaultCode as Code, RegisterFile, Template,
};
use crate::table::TablePattern;

/// Reads one mapping from a file of its own (`--map FILE`), checked against a pack.
pub(in crate::pack) fn parse_mapping(pack: &Pack, toml: &str) -> Result<Mapping, Vec<PackFault>> {
    let mut lint = Lint::new(toml);
    let form = Form {
        names: Names { selections: &pack.selections, levels: &pack.levels },
        pattern: &pack.pattern,
        n_lines: pack.lines.len(),
        has_payload: pack.payload.is_some(),
    };
    let mapping = lint.read::<MappingPart>().and_then(|part| {
        lint.ids(std::slice::from_ref(&part.id));
        // The pack's own mappings say that blank votes are counted apart; a file beside it cannot.
        if let Some(column) = part.blank.as_ref().filter(|_| !pack.blank_votes) {
            lint.fault(Code::BlankNotApart, column, vec![("found", column.get_ref().clone())]);
        }
        lint.mapping(part, &form)
    });
    lint.finish(mapping)
}

/// What a mapping must fit.
pub(super) struct Form<'p> {
    pub(super) names: Names<'p>,
    pub(super) pattern: &'p TablePattern,
    pub(super) n_lines: usize,
    pub(super) has_payload: bool,
}

impl Lint<'_> {
    pub(super) fn register(
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
        let delimiter = self.delimiter(part.delimiter.as_ref());
        let table = self.template(&part.table, pattern);
        let names = self.area_names(part.names, names);
        Some(RegisterFile {
            file: part.file.into_inner(),
            encoding: encoding?,
            delimiter: delimiter?,
            table: table?,
            electors: part.electors,
            names,
        })
    }

    pub(super) fn mapping(&mut self, part: MappingPart, form: &Form) -> Option<Mapping> {
        let encoding = self.encoding(&part.encoding);
        let delimiter = self.delimiter(part.delimiter.as_ref());
        let table = part.table.as_ref().and_then(|text| self.template(text, form.pattern));
        if part.payload.is_none() && part.table.is_none() {
            let args = vec![("found", String::new()), ("pattern", form.pattern.as_str().into())];
            self.fault(Code::BadTemplate, &part.id, args);
        }
        if let Some(column) = part.payload.as_ref().filter(|_| !form.has_payload) {
            let args = vec![("why", "no-payload".into()), ("found", column.get_ref().clone())];
            self.fault(Code::BadPayload, column, args);
        }
        let votes = self.vote_columns(&part, form);
        if !part.lines.is_empty() && part.lines.len() != form.n_lines {
            let (found, expected) = (part.lines.len().to_string(), form.n_lines.to_string());
            self.fault(Code::LineColumns, &part.id, vec![("found", found), ("expected", expected)]);
        }
        let distinct: BTreeSet<&String> = part.lines.iter().collect();
        if distinct.len() != part.lines.len() {
            let twice = part.lines.iter().enumerate().find(|(i, name)| part.lines[..*i].contains(name));
            let found = twice.map(|(_, name)| name.clone()).unwrap_or_default();
            self.fault(Code::SharedColumn, &part.id, vec![("found", found)]);
        }
        self.figure_columns(&part);
        let levels = self.area_names(part.names, &form.names).into_iter();
        let names = levels.map(|(level, column)| (form.names.levels[level].id.clone(), column)).collect();
        Some(Mapping {
            id: part.id.into_inner(),
            encoding: encoding?,
            delimiter: delimiter?,
            table,
            payload: part.payload.map(Spanned::into_inner),
            votes,
            lines: part.lines,
            valid: part.valid,
            blank: part.blank.map(Spanned::into_inner),
            null: part.null,
            ballots: part.ballots,
            electors: part.electors,
            image: part.image,
            names,
        })
    }

    /// The column of every selection, by its id. Either all have one, or none has and payload or
    /// lines give the votes: a partial list would shift figures from one selection to another.
    fn vote_columns(&mut self, part: &MappingPart, form: &Form) -> BTreeMap<String, String> {
        let mut votes = BTreeMap::new();
        let mut taken = BTreeSet::new();
        for (id, column) in &part.votes {
            if !taken.insert(column) {
                self.fault(Code::SharedColumn, id, vec![("found", column.clone())]);
            }
            if self.selection(id, &form.names).is_some() {
                votes.insert(id.get_ref().clone(), column.clone());
            }
        }
        let given_otherwise = part.payload.is_some() || !part.lines.is_empty();
        if part.votes.is_empty() && given_otherwise {
            return BTreeMap::new();
        }
        for selection in form.names.selections {
            if !votes.contains_key(&selection.id) {
                self.fault(Code::UnmappedSelection, &part.id, vec![("found", selection.id.clone())]);
            }
        }
        votes
    }

    /// A column that gives a total gives no votes, and no other total.
    fn figure_columns(&mut self, part: &MappingPart) {
        let mut taken: BTreeSet<&String> = part.votes.values().chain(&part.lines).collect();
        let blank = part.blank.as_ref().map(Spanned::get_ref);
        let totals = [&part.valid, &part.null, &part.ballots, &part.electors];
        for column in totals.into_iter().flatten().chain(blank) {
            if !taken.insert(column) {
                self.fault(Code::SharedColumn, &part.id, vec![("found", column.clone())]);
            }
        }
    }

    fn encoding(&mut self, text: &Spanned<String>) -> Option<Encoding> {
        let encoding = Encoding::parse(text.get_ref());
        if encoding.is_none() {
            self.fault(Code::BadEncoding, text, vec![("found", text.get_ref().clone())]);
        }
        encoding
    }

    fn delimiter(&mut self, text: Option<&Spanned<String>>) -> Option<Delimiter> {
        let Some(text) = text else { return Some(Delimiter::default()) };
        let delimiter = Delimiter::parse(text.get_ref());
        if delimiter.is_none() {
            self.fault(Code::BadDelimiter, text, vec![("found", text.get_ref().clone())]);
        }
        delimiter
    }

    fn template(&mut self, text: &Spanned<String>, pattern: &TablePattern) -> Option<Template> {
        let template = Template::parse(text.get_ref()).filter(|t| t.fits(pattern));
        if template.is_none() {
            let args = vec![("found", text.get_ref().clone()), ("pattern", pattern.as_str().to_owned())];
            self.fault(Code::BadTemplate, text, args);
        }
        template
    }
}
