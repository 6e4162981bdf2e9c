//! Claims: published statements, figure by figure.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{Lint, Names};
use crate::pack::file::ClaimPart;
use crate::pack::{Claim, ClaimedCount, ClaimedItem, Coverage, PackFaultCode as Code, Share};

impl Lint<'_> {
    fn share(&mut self, text: &Spanned<String>) -> Option<Share> {
        let share = Share::parse(text.get_ref());
        if share.is_none() {
            self.fault(Code::BadShare, text, vec![("found", text.get_ref().clone())]);
        }
        share
    }

    pub(super) fn claim(&mut self, part: ClaimPart, names: &Names) -> Claim {
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
            if group.selections.is_empty() || (group.votes.is_none() && group.share.is_none()) {
                self.fault(Code::EmptyClaim, &part.id, vec![("found", group.label.clone())]);
            }
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
