//! The shape of every table of the bundle, in one place: headers and `datapackage.json` both come from here.
//!
//! A column's meaning stands in `docs/reference/bundle-tables.md`, which a test holds complete.

use tallyproof_core::pack::Pack;
use tallyproof_core::tidy::{cell, header};

/// What the cells of a column hold. An empty cell is always "not known", never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words, codes and ids.
    Text,
    /// A whole number.
    Integer,
    /// A decimal number with a point.
    Number,
    /// `1` or `0`.
    Flag,
    /// A day, `YYYY-MM-DD`.
    Date,
}

impl Kind {
    /// Name of the type in Table Schema (Data Package v2, field types).
    pub fn code(self) -> &'static str {
        match self {
            Kind::Text => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Flag => "boolean",
            Kind::Date => "date",
        }
    }
}

/// Which columns one line of a table's description stands for: the election pack decides how many.
#[derive(Clone, Copy, Debug)]
pub enum Columns {
    /// One, of this name.
    One(&'static str),
    /// One, of this name, where the election has it.
    OneWhere(&'static str, fn(&Pack) -> bool),
    /// The area's code, at each level.
    LevelCodes,
    /// The area's name, at each level.
    LevelNames,
    /// Each ballot line.
    Lines,
    /// Each selection, by id.
    Selections,
    /// Each selection, by id, after a word and a hyphen.
    SelectionsAfter(&'static str),
    /// Each selection, by the name on the ballot.
    SelectionNames,
    /// Each figure of a sheet, by its code, after a word and a hyphen.
    FiguresAfter(&'static str, fn(&Pack) -> Vec<String>),
}

impl Columns {
    /// The name as the reference page writes it: what the pack decides stands in angle brackets.
    pub fn written(self) -> String {
        match self {
            Columns::One(name) | Columns::OneWhere(name, _) => name.to_owned(),
            Columns::LevelCodes => "<level>".to_owned(),
            Columns::LevelNames => "<level>-name".to_owned(),
            Columns::Lines => "line-<n>".to_owned(),
            Columns::Selections => "<selection>".to_owned(),
            Columns::SelectionsAfter(word) => format!("{word}-<selection>"),
            Columns::SelectionNames => "<selection name>".to_owned(),
            Columns::FiguresAfter(word, _) => format!("{word}-<figure>"),
        }
    }

    /// The columns under a pack, each with a title where its name is none.
    fn named(self, pack: &Pack) -> Vec<(String, Option<String>)> {
        let plain = |name: String| (name, None);
        match self {
            Columns::One(name) => vec![plain(name.to_owned())],
            Columns::OneWhere(name, has) => has(pack).then(|| plain(name.to_owned())).into_iter().collect(),
            Columns::LevelCodes => {
                pack.levels.iter().map(|l| (l.id.clone(), Some(l.name.en.clone()))).collect()
            }
            Columns::LevelNames => pack.levels.iter().map(|l| plain(format!("{}-name", l.id))).collect(),
            Columns::Lines => {
                let lines = pack.lines.iter().zip(1..);
                lines.map(|(line, n)| (format!("line-{n}"), Some(line.label.clone()))).collect()
            }
            Columns::Selections => {
                pack.selections.iter().map(|s| (s.id.clone(), Some(s.name.clone()))).collect()
            }
            Columns::SelectionsAfter(word) => {
                let named = |s: &tallyproof_core::pack::Selection| format!("{word}-{}", s.id);
                pack.selections.iter().map(|s| (named(s), Some(s.name.clone()))).collect()
            }
            Columns::SelectionNames => selection_names(pack).into_iter().map(plain).collect(),
            Columns::FiguresAfter(word, figures) => {
                figures(pack).into_iter().map(|figure| plain(format!("{word}-{figure}"))).collect()
            }
        }
    }
}

/// Names of the selections, each once: where two are called the same, their ids tell them apart.
pub(super) fn selection_names(pack: &Pack) -> Vec<String> {
    let namesakes = |name: &str| pack.selections.iter().filter(|s| s.name == name).count();
    let name = |s: &tallyproof_core::pack::Selection| match namesakes(&s.name) {
        1 => s.name.clone(),
        _ => format!("{} ({})", s.name, s.id),
    };
    pack.selections.iter().map(name).collect()
}

/// One line of a table's description.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Which columns.
    pub columns: Columns,
    /// What their cells hold.
    pub kind: Kind,
    /// Whether every row has a value.
    pub required: bool,
    /// Whether no value stands twice.
    pub unique: bool,
    /// Whether numbers are at least 0.
    pub not_negative: bool,
    /// The only values, where they are codes.
    pub one_of: Option<fn() -> Vec<&'static str>>,
    /// Regular expression that the whole value matches.
    pub pattern: Option<&'static str>,
}

impl Spec {
    const fn of(columns: Columns, kind: Kind) -> Self {
        let not_negative = matches!(kind, Kind::Integer | Kind::Number);
        Self { columns, kind, required: false, unique: false, not_negative, one_of: None, pattern: None }
    }

    pub(super) const fn text(name: &'static str) -> Self {
        Self::of(Columns::One(name), Kind::Text)
    }

    pub(super) const fn integer(name: &'static str) -> Self {
        Self::of(Columns::One(name), Kind::Integer)
    }

    pub(super) const fn number(name: &'static str) -> Self {
        Self::of(Columns::One(name), Kind::Number)
    }

    pub(super) const fn flag(name: &'static str) -> Self {
        Self::of(Columns::One(name), Kind::Flag)
    }

    pub(super) const fn date(name: &'static str) -> Self {
        Self::of(Columns::One(name), Kind::Date)
    }

    /// A whole number, in elections that count blank votes apart.
    pub(super) const fn of_blank(name: &'static str) -> Self {
        Self::of(Columns::OneWhere(name, |pack| pack.blank_votes), Kind::Integer)
    }

    pub(super) const fn texts(columns: Columns) -> Self {
        Self::of(columns, Kind::Text)
    }

    pub(super) const fn integers(columns: Columns) -> Self {
        Self::of(columns, Kind::Integer)
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    pub(super) const fn signed(mut self) -> Self {
        self.not_negative = false;
        self
    }

    pub(super) const fn one_of(mut self, codes: fn() -> Vec<&'static str>) -> Self {
        self.one_of = Some(codes);
        self
    }

    pub(super) const fn matching(mut self, pattern: &'static str) -> Self {
        self.pattern = Some(pattern);
        self
    }
}

/// A column of a table under one election pack.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name, as the header has it.
    pub name: String,
    /// What the name stands for, where the pack has a word for it.
    pub title: Option<String>,
    /// What its cells hold.
    pub spec: Spec,
}

/// All columns of a description under a pack, in order. Names are those that the header has.
pub(super) fn columns(specs: &[Spec], pack: &Pack) -> Vec<Column> {
    let named = |&spec: &Spec| spec.columns.named(pack).into_iter().map(move |named| (spec, named));
    let all: Vec<(Spec, (String, Option<String>))> = specs.iter().flat_map(named).collect();
    let names = header(all.iter().map(|(_, (name, _))| name));
    let column = |(name, (spec, (_, title))): (String, (Spec, (String, Option<String>)))| Column {
        name: cell(&name).into_owned(),
        title,
        spec,
    };
    names.into_iter().zip(all).map(column).collect()
}

/// A link from rows of one table to rows of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// Column here.
    pub column: &'static str,
    /// Name of the table it points into.
    pub table: &'static str,
    /// Column there.
    pub there: &'static str,
}
