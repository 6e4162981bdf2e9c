//! What people type from a sheet: places on it, values, and how the journal holds them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::form::Figure;
use crate::pack::Pack;
use crate::sheet::{Field, FieldValue, MAX_COUNT, SheetValues};
use crate::table::TableId;

/// What can be typed by itself, and differ by itself: the table's id as a whole, or one figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The table that the sheet speaks for.
    Table,
    /// A figure.
    Field(Field),
}

impl Place {
    /// Stable code: `table`, else the figure's.
    pub fn code(self) -> String {
        match self {
            Place::Table => "table".into(),
            Place::Field(field) => Figure::Field(field).code(),
        }
    }

    /// The place with this code; `None` when there is none.
    pub fn from_code(code: &str) -> Option<Self> {
        match Figure::from_code(code) {
            Some(Figure::Field(field)) => Some(Place::Field(field)),
            Some(Figure::TablePart(_)) => None,
            None => (code == "table").then_some(Place::Table),
        }
    }
}

/// What stands where a sheet names its table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableValue {
    /// This id.
    Id(TableId),
    /// Nothing that can be read.
    Illegible,
}

/// What stands in one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// Of [`Place::Table`].
    Table(TableValue),
    /// Of a figure: a number, blank or illegible.
    Value(FieldValue),
}

/// Values of some places, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Typed {
    /// The table; `None` where it was not asked for.
    pub table: Option<TableValue>,
    /// Figures. [`FieldValue::Unread`] is none of them: who types says what stands there, or why nothing does.
    pub values: BTreeMap<Field, FieldValue>,
}

impl Typed {
    /// What it says of a place.
    pub fn at(&self, place: Place) -> Option<Said> {
        match place {
            Place::Table => self.table.clone().map(Said::Table),
            Place::Field(field) => self.values.get(&field).copied().map(Said::Value),
        }
    }

    /// Says something of a place.
    pub fn set(&mut self, place: Place, said: Said) {
        match (place, said) {
            (Place::Table, Said::Table(table)) => self.table = Some(table),
            (Place::Field(field), Said::Value(value)) => drop(self.values.insert(field, value)),
            _ => {}
        }
    }

    /// The places it speaks of, in order.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        let table = self.table.iter().map(|_| Place::Table);
        table.chain(self.values.keys().copied().map(Place::Field))
    }

    /// The id of the table, where it gives one.
    pub fn table_id(&self) -> Option<&TableId> {
        match &self.table {
            Some(TableValue::Id(id)) => Some(id),
            _ => None,
        }
    }

    /// As a sheet's figures. Votes of selections are sums of their lines where the sheet has lines.
    pub fn sheet_values(&self, pack: &Pack) -> SheetValues {
        let value = |field| self.values.get(&field).copied().unwrap_or(FieldValue::Unread);
        let lines: Box<[FieldValue]> = (0..pack.lines.len()).map(|i| value(Field::Line(i))).collect();
        let summed = (!lines.is_empty()).then(|| pack.selections_from_lines(&lines)).flatten();
        let selections = summed
            .unwrap_or_else(|| (0..pack.selections.len()).map(|i| value(Field::Selection(i))).collect());
        SheetValues {
            selections,
            lines,
            valid: value(Field::Valid),
            blank_votes: value(Field::BlankVotes),
            null: value(Field::Null),
            ballots: value(Field::Ballots),
            electors: value(Field::Electors),
            reserved: FieldValue::Unread,
        }
    }

    /// Adds its members to an event's body.
    pub(super) fn write(&self, body: &mut Map<String, Value>) {
        match &self.table {
            Some(TableValue::Id(id)) => body.insert("table".into(), json!(id.as_str())),
            Some(TableValue::Illegible) => body.insert("table".into(), Value::Null),
            None => None,
        };
        let value = |v: &FieldValue| v.count().map_or_else(|| json!(v.code()), |n| json!(n));
        let values: Map<String, Value> =
            self.values.iter().map(|(field, v)| (Figure::Field(*field).code(), value(v))).collect();
        body.insert("values".into(), Value::Object(values));
    }

    /// From an event's body; `None` when a member is no place or no value of this election.
    pub(super) fn read(pack: &Pack, body: &Value) -> Option<Self> {
        let table = match body.get("table") {
            None => None,
            Some(Value::Null) => Some(TableValue::Illegible),
            Some(id) => Some(TableValue::Id(pack.pattern.id(id.as_str()?)?)),
        };
        let mut values = BTreeMap::new();
        for (code, value) in body.get("values")?.as_object()? {
            let Some(Figure::Field(field)) = Figure::from_code(code) else { return None };
            let value = match value {
                Value::String(word) if word == "blank" => FieldValue::Blank,
                Value::String(word) if word == "illegible" => FieldValue::Illegible,
                number => FieldValue::Count(
                    number.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|&n| n <= MAX_COUNT)?,
                ),
            };
            values.insert(field, value);
        }
        Some(Self { table, values })
    }
}

/// Digits of each part of the table's id, as a person types them: the form's parts, else the runs of digits in
/// the pattern of ids.
pub fn table_parts(pack: &Pack) -> Vec<usize> {
    let n_digits = pack.pattern.as_str().bytes().filter(|&b| b == b'#').count();
    let printed = pack.form.iter().flat_map(|form| form.table_parts.iter().copied());
    let parts: Vec<usize> = printed.collect();
    if parts.iter().sum::<usize>() == n_digits {
        return parts;
    }
    pack.pattern.as_str().split(|c| c != '#').map(str::len).filter(|&n| n > 0).collect()
}

/// The table whose id has these parts; `None` unless each has its number of digits.
pub fn table_of_parts(pack: &Pack, parts: &[&str]) -> Option<TableId> {
    let lengths = table_parts(pack);
    let fits = parts.len() == lengths.len() && parts.iter().zip(&lengths).all(|(part, &n)| part.len() == n);
    let mut digits = parts.iter().flat_map(|part| part.chars());
    let filled = |c: char| if c == '#' { digits.next().unwrap_or(c) } else { c };
    let id: String = pack.pattern.as_str().chars().map(filled).collect();
    fits.then(|| pack.pattern.id(&id)).flatten()
}

/// What a person types from a sheet, in printed order. Votes of selections are not typed where the sheet has lines
/// for them: they are sums, and typing them twice confirms nothing.
pub fn entry_fields(pack: &Pack) -> Vec<Figure> {
    let has_lines = !pack.lines.is_empty();
    let is_typed = |figure: &Figure| match figure {
        Figure::Field(Field::Selection(_)) => !has_lines,
        Figure::Field(Field::Reserved) => false,
        Figure::Field(_) | Figure::TablePart(_) => true,
    };
    // A form that prints the whole id prints each part in its place; where it does not, the id comes first.
    let parts = table_parts(pack);
    let in_place = pack.form.as_ref().is_some_and(|form| form.table_parts == parts);
    let mut fields: Vec<Figure> = match &pack.form {
        Some(form) => form.figures().filter(is_typed).collect(),
        None => vec![Figure::Field(Field::Valid), Figure::Field(Field::Null)],
    };
    if !in_place {
        fields.retain(|figure| !matches!(figure, Figure::TablePart(_)));
        fields.splice(0..0, (0..parts.len()).map(Figure::TablePart));
    }
    // Whatever the form says, a sheet without all its votes is none.
    let first = fields.iter().position(|figure| matches!(figure, Figure::Field(f) if is_vote(*f)));
    let at = first.unwrap_or_else(|| {
        let heads =
            |figure: &&Figure| matches!(figure, Figure::TablePart(_) | Figure::Field(Field::Electors));
        fields.iter().take_while(heads).count()
    });
    let missing: Vec<Figure> =
        votes(pack).map(Figure::Field).filter(|figure| !fields.contains(figure)).collect();
    fields.splice(at..at, missing);
    fields
}

/// The votes themselves: ballot lines, or selections where there are none.
pub(super) fn votes(pack: &Pack) -> impl Iterator<Item = Field> + use<> {
    let (lines, selections) = (pack.lines.len(), pack.selections.len());
    let of_lines = (0..lines).map(Field::Line);
    of_lines.chain((0..if lines == 0 { selections } else { 0 }).map(Field::Selection))
}

fn is_vote(field: Field) -> bool {
    matches!(field, Field::Line(_) | Field::Selection(_))
}

/// Every place of a whole entry, in printed order.
pub fn entry_places(pack: &Pack) -> Vec<Place> {
    let figure = |figure| match figure {
        Figure::Field(field) => Some(Place::Field(field)),
        Figure::TablePart(_) => None,
    };
    std::iter::once(Place::Table).chain(entry_fields(pack).into_iter().filter_map(figure)).collect()
}

/// Places on which a machine must agree before one person's entry is enough: the table, every vote, and blank and
/// null votes where the sheet has them. Sums prove nothing.
pub(super) fn essential_places(pack: &Pack) -> Vec<Place> {
    let is_essential = |place: &Place| match place {
        Place::Table | Place::Field(Field::BlankVotes | Field::Null) => true,
        Place::Field(field) => is_vote(*field),
    };
    entry_places(pack).into_iter().filter(is_essential).collect()
}
