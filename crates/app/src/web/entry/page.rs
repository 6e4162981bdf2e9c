//! The entry screen's page: fields in printed order under the pack's labels, and what stands around them.

use tallyproof_core::form::{Figure, Form, Row};
use tallyproof_core::pack::Pack;
use tallyproof_core::print::{Crop, Print};
use tallyproof_core::review::table_parts;
use tallyproof_core::sheet::Field;
use tallyproof_core::tidy::plain;

use super::checks::{FAR, FindingView, NEAR, sentence, why};
use super::typed::{Complaint, Texts, shown};
use crate::words::Words;

/// One field of the form.
pub(super) struct FieldView {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) crop: Option<String>,
    /// Address of the enlarged crop, on a correction.
    pub(super) enlarged: Option<String>,
    pub(super) error: Option<String>,
}

/// Fields under one heading.
pub(super) struct GroupView {
    pub(super) legend: String,
    pub(super) votes: bool,
    pub(super) fields: Vec<FieldView>,
    /// Name of the group's sum, where its fields are votes.
    pub(super) sum: Option<usize>,
    /// Whether the sum is shown under the group by itself.
    pub(super) shows_sum: bool,
    pub(super) summed: String,
}

/// A rule beside the form.
pub(super) struct RuleView {
    pub(super) code: &'static str,
    pub(super) title: String,
    pub(super) say: String,
    pub(super) says: Option<String>,
    pub(super) why: String,
    pub(super) absolute: u32,
    pub(super) share: u32,
    pub(super) far: bool,
    pub(super) seen: bool,
}

/// The sheet at hand.
pub(super) struct SheetView {
    pub(super) person: String,
    pub(super) lease: String,
    pub(super) revision: u32,
    pub(super) picture: String,
    pub(super) corrects: bool,
    pub(super) groups: Vec<GroupView>,
    /// Fields that say nothing: code and sentence.
    pub(super) errors: Vec<(String, String)>,
    pub(super) sum_all: String,
    pub(super) sum_cast_label: String,
    pub(super) sum_cast: String,
    pub(super) rules: Vec<RuleView>,
    pub(super) n_findings: usize,
}

/// What a form is made of.
pub(super) struct Making<'m> {
    pub(super) words: &'m Words,
    pub(super) pack: &'m Pack,
    pub(super) figures: &'m [Figure],
    pub(super) texts: &'m Texts,
    pub(super) complaints: &'m [(Figure, Complaint)],
    /// Where figures stand in the picture, where the machines found them.
    pub(super) print: Option<&'m Print>,
    /// Address of the picture; crops are asked for beside it.
    pub(super) picture: &'m str,
    pub(super) corrects: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Heading {
    Head,
    Lines(usize),
    Votes,
    Totals,
}

impl Making<'_> {
    /// Fields under their headings.
    pub(super) fn groups(&self) -> Vec<GroupView> {
        let mut groups: Vec<(Heading, GroupView)> = Vec::new();
        let mut votes_begun = false;
        for &figure in self.figures {
            let heading = match figure {
                Figure::TablePart(_) => Heading::Head,
                Figure::Field(Field::Line(i)) => {
                    self.pack.lines.get(i).map_or(Heading::Votes, |line| Heading::Lines(line.selection))
                }
                Figure::Field(Field::Selection(_)) => Heading::Votes,
                Figure::Field(_) if votes_begun => Heading::Totals,
                Figure::Field(_) => Heading::Head,
            };
            votes_begun |= matches!(heading, Heading::Lines(_) | Heading::Votes);
            if groups.last().is_none_or(|(last, _)| *last != heading) {
                let view = self.group(heading, groups.len());
                groups.push((heading, view));
            }
            let field = self.field(figure);
            if let Some((_, group)) = groups.last_mut() {
                group.fields.push(field);
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    fn group(&self, heading: Heading, index: usize) -> GroupView {
        let legend = match heading {
            Heading::Head => self.words.say("desk-entry-group-head"),
            Heading::Lines(i) => {
                self.pack.selections.get(i).map_or_else(String::new, |s| plain(&s.name).into_owned())
            }
            Heading::Votes => self.words.say("desk-entry-group-votes"),
            Heading::Totals => self.words.say("desk-entry-group-totals"),
        };
        let votes = matches!(heading, Heading::Lines(_) | Heading::Votes);
        let shows_sum = matches!(heading, Heading::Lines(_)) && !self.corrects;
        let summed = match heading {
            Heading::Lines(i) => self.sum(|field| {
                matches!(field, Field::Line(line)
                if self.pack.lines.get(line).is_some_and(|line| line.selection == i))
            }),
            _ => String::new(),
        };
        GroupView { legend, votes, fields: Vec::new(), sum: votes.then_some(index), shows_sum, summed }
    }

    fn field(&self, figure: Figure) -> FieldView {
        let code = figure.code();
        let crop = self.print.and_then(|print| print.figure(figure)?.crop);
        let complaint = self.complaints.iter().find(|(known, _)| *known == figure);
        let [blank, illegible] =
            ["blank", "illegible"].map(|code| self.words.say(&format!("desk-entry-{code}")));
        let enlarged = (self.corrects && crop.is_some()).then(|| format!("{}&figure={code}", self.picture));
        FieldView {
            label: label(self.words, self.pack, figure),
            value: shown(self.texts.get(&code).map_or("", String::as_str), &blank, &illegible),
            crop: crop.map(|corners| corners_text(&evened(&corners, self.widest()))),
            enlarged,
            error: complaint.map(|(_, complaint)| complained(self.words, *complaint)),
            code,
        }
    }

    /// Width of the widest figure that machines found, px.
    fn widest(&self) -> i64 {
        let crops =
            self.figures.iter().filter_map(|figure| self.print.and_then(|print| print.figure(*figure)?.crop));
        crops.map(|corners| width(&corners)).max().unwrap_or(0)
    }

    /// What is wrong, field by field, each with its label.
    pub(super) fn errors(&self) -> Vec<(String, String)> {
        let error = |(figure, complaint): &(Figure, Complaint)| {
            let label = label(self.words, self.pack, *figure);
            (figure.code(), format!("{label}: {}", complained(self.words, *complaint)))
        };
        self.complaints.iter().map(error).collect()
    }

    /// Sum of what was typed in some fields, as the script would show it.
    fn sum(&self, belongs: impl Fn(Field) -> bool) -> String {
        let typed = self.figures.iter().filter_map(|figure| match figure {
            Figure::Field(field) if belongs(*field) => Some(self.texts.get(&figure.code())),
            _ => None,
        });
        let numbers: Vec<Option<u64>> = typed.map(|text| text.and_then(|text| text.parse().ok())).collect();
        let sum: u64 = numbers.iter().flatten().sum();
        let whole = numbers.iter().all(Option::is_some);
        if whole { self.words.int(sum) } else { format!("{} …", self.words.int(sum)) }
    }

    /// Votes in all, and valid, blank and null votes together.
    pub(super) fn sums(&self) -> (String, String) {
        let is_vote = |field| matches!(field, Field::Line(_) | Field::Selection(_));
        let has_valid = self.figures.contains(&Figure::Field(Field::Valid));
        let cast = |field| match field {
            Field::BlankVotes | Field::Null => true,
            Field::Valid => has_valid,
            field => !has_valid && is_vote(field),
        };
        (self.sum(is_vote), self.sum(cast))
    }

    /// Rules beside the form; `found` are shown.
    pub(super) fn rules(&self, found: &[FindingView], seen: &[&str]) -> Vec<RuleView> {
        let view = |code: &'static str, far: bool| {
            let tuning = self.pack.tuning(code);
            let says = found.iter().find(|finding| finding.code == code).map(|finding| finding.says.clone());
            RuleView {
                code,
                title: self.words.say(&format!("rule-{code}")),
                say: if far { String::new() } else { sentence(self.words, self.pack, code) },
                says,
                why: why(self.words, code),
                absolute: tuning.absolute,
                share: tuning.per_ten_thousand,
                far,
                seen: seen.contains(&code),
            }
        };
        let is_on = |code: &&&'static str| !self.pack.tuning(code).off;
        let near = NEAR.iter().filter(is_on).map(|code| view(code, false));
        near.chain(FAR.iter().filter(is_on).map(|code| view(code, true))).collect()
    }
}

/// What a field is called: as the sheet prints it, with our word where the sheet's says little to a stranger.
pub(super) fn label(words: &Words, pack: &Pack, figure: Figure) -> String {
    let printed = pack.form.as_ref().and_then(|form| printed(form, figure)).map(|row| plain(&row.label));
    match figure {
        Figure::TablePart(i) => match printed {
            Some(printed) => printed.into_owned(),
            None if table_parts(pack).len() == 1 => words.say("desk-entry-field-table"),
            None => words.tell("desk-entry-field-table-part", &[("n", (i + 1).to_string())]),
        },
        Figure::Field(Field::Line(i)) => {
            let line = pack.lines.get(i).map_or_else(String::new, |line| plain(&line.label).into_owned());
            format!("{} {line}", i + 1)
        }
        Figure::Field(Field::Selection(i)) => {
            pack.selections.get(i).map_or_else(String::new, |s| plain(&s.name).into_owned())
        }
        Figure::Field(_) => {
            let ours = words.say(&format!("desk-entry-field-{}", figure.code()));
            printed.map_or(ours.clone(), |printed| format!("{ours} ({printed})"))
        }
    }
}

fn printed(form: &Form, figure: Figure) -> Option<&Row> {
    let groups = form.groups.iter().flat_map(|group| std::iter::once(&group.total).chain(&group.lines));
    form.header.iter().chain(groups).chain(&form.totals).find(|row| row.figure == Some(figure))
}

fn complained(words: &Words, complaint: Complaint) -> String {
    let n = match complaint {
        Complaint::Digits(n) => n.to_string(),
        _ => String::new(),
    };
    words.tell(&format!("desk-entry-err-{}", complaint.code()), &[("n", n)])
}

fn width([top_left, top_right, ..]: &Crop) -> i64 {
    i64::from(top_right[0]) - i64::from(top_left[0])
}

/// A figure's place as wide as the widest one's, to the left: how many digits a machine saw there is its reading, and
/// not for who types to know.
fn evened(corners: &Crop, widest: i64) -> Crop {
    let [top_left, top_right, bottom_right, bottom_left] = *corners;
    let own = width(corners);
    let stretched = |left: [i32; 2], right: [i32; 2]| -> [i32; 2] {
        let along = |i: usize| {
            let (left, right) = (i64::from(left[i]), i64::from(right[i]));
            i32::try_from(right + (left - right) * widest / own).unwrap_or(i32::MIN)
        };
        [along(0), along(1)]
    };
    if own <= 0 || widest <= own {
        return *corners;
    }
    [stretched(top_left, top_right), top_right, bottom_right, stretched(bottom_left, bottom_right)]
}

fn corners_text(corners: &Crop) -> String {
    let all: Vec<String> = corners.as_flattened().iter().map(ToString::to_string).collect();
    all.join(",")
}
