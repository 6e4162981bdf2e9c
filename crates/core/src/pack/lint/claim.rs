//! Claims: published statements, figure by figure.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{Lint, Names};
use crate::pack::file::{ClaimAreaPart, ClaimPart, CoveragePart, GroupPart, SecondPart, StatementPart};
use crate::pack::{
    Claim, ClaimedCount, ClaimedItem, Coverage, Formula, PackFaultCode as Code, SecondTranscription, Share,
    Statement,
};

/// Figures of a claim by selection, as the file gives them.
type ById<T> = BTreeMap<Spanned<String>, T>;

impl Lint<'_> {
    fn share(&mut self, text: &Spanned<String>) -> Option<Share> {
        let share = Share::parse(text.get_ref());
        if share.is_none() {
            self.fault(Code::BadShare, text, vec![("found", text.get_ref().clone())]);
        }
        share
    }

    /// Single selections in the pack's order, then groups in the file's.
    fn items(
        &mut self,
        (votes, shares, groups): (ById<u64>, ById<Spanned<String>>, Vec<GroupPart>),
        claim: &Spanned<String>,
        names: &Names,
    ) -> Vec<ClaimedItem> {
        let mut items: BTreeMap<usize, ClaimedItem> = BTreeMap::new();
        let single = |s| ClaimedItem { selections: vec![s], group: None, votes: None, share: None };
        for (id, votes) in votes {
            if let Some(s) = self.selection(&id, names) {
                items.entry(s).or_insert_with(|| single(s)).votes = Some(votes);
            }
        }
        for (id, share) in shares {
            let share = self.share(&share);
            if let Some(s) = self.selection(&id, names) {
                items.entry(s).or_insert_with(|| single(s)).share = share;
            }
        }
        let mut items: Vec<ClaimedItem> = items.into_values().collect();
        for group in groups {
            let selections = group.selections.iter().filter_map(|id| self.selection(id, names)).collect();
            let share = group.share.as_ref().and_then(|text| self.share(text));
            if group.selections.is_empty() || (group.votes.is_none() && group.share.is_none()) {
                self.fault(Code::EmptyClaim, claim, vec![("found", group.label.clone())]);
            }
            items.push(ClaimedItem { selections, group: Some(group.label), votes: group.votes, share });
        }
        items
    }

    fn claim_area(&mut self, part: &ClaimAreaPart, names: &Names) -> Option<(usize, String)> {
        let level = self.level(&part.level, names)?;
        let code = part.code.get_ref().clone();
        if names.levels[level].chars != code.len() {
            self.fault(Code::BadAreaCode, &part.code, vec![("found", code.clone())]);
        }
        Some((level, code))
    }

    /// A formula names only figures that the claim or the pack gives.
    fn statement(&mut self, part: &StatementPart, known: &dyn Fn(&str) -> bool) -> Option<Statement> {
        let text = part.formula.get_ref();
        let formula = Formula::parse(text).filter(|formula| formula.names().iter().all(|name| known(name)));
        if formula.is_none() {
            self.fault(Code::BadFormula, &part.formula, vec![("found", text.clone())]);
        }
        Some(Statement { formula: formula?, relation: part.relation, stated: part.stated })
    }

    fn second(&mut self, part: SecondPart, id: &Spanned<String>, names: &Names) -> SecondTranscription {
        SecondTranscription {
            source: part.source,
            items: self.items((part.votes, BTreeMap::new(), part.groups), id, names),
            totals: ClaimedCount {
                valid: part.valid,
                blank: part.blank,
                null: part.null,
                voters: part.voters,
                tables: part.tables,
                electors: part.electors,
            },
        }
    }

    pub(super) fn claim(&mut self, part: ClaimPart, names: &Names) -> Claim {
        self.date(&part.when);
        self.words(&part.title);
        let items = self.items((part.votes, part.shares, part.groups), &part.id, names);
        if let Some(CoveragePart { part: Some(some), whole: Some(whole), .. }) = &part.coverage
            && some.get_ref() > whole
        {
            self.fault(Code::BadTotal, some, vec![("found", some.get_ref().to_string())]);
        }
        let coverage = part.coverage.map(|c| Coverage {
            share: c.share.as_ref().and_then(|text| self.share(text)),
            unit: c.unit,
            part: c.part.as_ref().map(|part| *part.get_ref()),
            whole: c.whole,
        });
        let area = part.area.as_ref().and_then(|area| self.claim_area(area, names));
        let turnout = part.turnout.as_ref().and_then(|text| self.share(text));
        let second = part.second.map(|second| self.second(second, &part.id, names));
        let mut claim = Claim {
            who: part.who,
            when: part.when.into_inner(),
            source: part.source,
            second_source: part.second_source,
            title: part.title.into_inner(),
            scope: part.scope,
            coverage,
            items,
            totals: ClaimedCount {
                valid: part.valid,
                blank: part.blank,
                null: part.null,
                voters: part.voters,
                tables: part.tables,
                electors: part.electors,
            },
            area,
            turnout,
            statement: None,
            second,
            id: part.id.get_ref().clone(),
        };
        claim.statement = part.statement.and_then(|statement| {
            let known = |name: &str| match name.strip_prefix("votes.") {
                Some(id) => {
                    names.selections.iter().position(|s| s.id == id).and_then(|s| claim.votes_of(s)).is_some()
                }
                None => matches!(name, "tables_total" | "electors_total") || claim.total(name).is_some(),
            };
            self.statement(&statement, &known)
        });
        let says = !claim.items.is_empty() || claim.statement.is_some() || claim.turnout.is_some();
        if !says && claim.totals == ClaimedCount::default() {
            self.fault(Code::EmptyClaim, &part.id, vec![("found", claim.id.clone())]);
        }
        claim
    }
}
