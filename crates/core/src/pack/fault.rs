//! What can be wrong with a pack.

use crate::Args;

/// One thing wrong with a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackFault {
    /// What is wrong.
    pub code: PackFaultCode,
    /// Line in `election.toml`, from 1; `None` when something is missing altogether.
    pub line: Option<usize>,
    /// The values the message names.
    pub args: Args,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $code:literal,)*) => {
        /// Kinds of pack faults. The code names the message in `locales/`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum PackFaultCode { $($(#[$doc])* $variant,)* }

        impl PackFaultCode {
            /// Every kind; each has words in both languages.
            pub const ALL: &'static [PackFaultCode] = &[$(PackFaultCode::$variant,)*];

            /// Stable code.
            pub fn code(self) -> &'static str {
                match self { $(PackFaultCode::$variant => $code,)* }
            }
        }
    };
}

codes! {
    /// When the file is not valid TOML, or a key is missing, unknown or of the wrong type.
    Syntax => "syntax",
    /// When `schema_version` is not one this program reads.
    SchemaVersion => "schema-version",
    /// When the winning rule is not plurality: a threshold or run-off belongs into a claim.
    Rule => "rule",
    /// When the file is not UTF-8: names would be garbled.
    NotUtf8 => "not-utf8",
    /// When a name is empty in one of the languages.
    EmptyName => "empty-name",
    /// When two selections have one name.
    SameName => "same-name",
    /// When there are more selections than any ballot has.
    TooManySelections => "too-many-selections",
    /// When an id holds other characters than letters, digits, `-` and `_`.
    BadId => "bad-id",
    /// When an id occurs twice.
    Duplicate => "duplicate",
    /// When a pack has fewer than two selections.
    TooFewSelections => "too-few-selections",
    /// When a selection is named that the pack does not have.
    UnknownSelection => "unknown-selection",
    /// When a selection has no ballot line although others do.
    SelectionWithoutLine => "selection-without-line",
    /// When two line groups claim the same line number.
    OverlappingLines => "overlapping-lines",
    /// When a line number between two groups belongs to none.
    MissingLine => "missing-line",
    /// When the table id pattern cannot be used.
    BadPattern => "bad-pattern",
    /// When levels are not widest first, or longer than a table id.
    BadLevel => "bad-level",
    /// When a level is named that the pack does not have.
    UnknownLevel => "unknown-level",
    /// When an area's code has not the length its level says.
    BadAreaCode => "bad-area-code",
    /// When a total is 0 or larger than any country's, or a part is larger than its whole.
    BadTotal => "bad-total",
    /// When boundaries are to be joined, and no area of their level says which is its own.
    NoBoundaryCodes => "no-boundary-codes",
    /// When a date is not `YYYY-MM-DD`.
    BadDate => "bad-date",
    /// When a colour is not `#rrggbb`.
    BadColor => "bad-color",
    /// When the payload's grammar cannot be used, or a mapping reads payloads of a pack that has none.
    BadPayload => "bad-payload",
    /// When the digits of the table's id that the form's header prints are not as many as the id has.
    FormTable => "form-table",
    /// When a row of the form has a figure that another row has already, or has two of its own.
    FormFigure => "form-figure",
    /// When the form's lines of one selection do not follow one another.
    FormLines => "form-lines",
    /// When the form shows no votes: neither totals of selections nor ballot lines.
    FormVotes => "form-votes",
    /// When a row of the form has no label, or one longer than any sheet prints.
    FormLabel => "form-label",
    /// When a row of the form is private and has a figure: a figure that is painted over cannot be checked.
    FormPrivate => "form-private",
    /// When the form says that its masking was reviewed, and marks nothing private, or by whom is no pseudonym.
    FormReview => "form-review",
    /// When a mapping's table template cannot give ids of the pack's pattern.
    BadTemplate => "bad-template",
    /// When a mapping has columns for votes, but none for a selection.
    UnmappedSelection => "unmapped-selection",
    /// When a mapping has columns for ballot lines, but not one for each.
    LineColumns => "line-columns",
    /// When a mapping beside the pack gives blank votes, which the pack does not count apart.
    BlankNotApart => "blank-not-apart",
    /// When an encoding is not `utf-8` or `latin-1`.
    BadEncoding => "bad-encoding",
    /// When a delimiter is not `,`, `;`, `|` or a tabulator.
    BadDelimiter => "bad-delimiter",
    /// When one column gives the figures of two selections or lines.
    SharedColumn => "shared-column",
    /// When a share is not a decimal number of percent.
    BadShare => "bad-share",
    /// When a claim says nothing that can be tested.
    EmptyClaim => "empty-claim",
    /// When a claim's formula cannot be read, or names a figure that nothing gives.
    BadFormula => "bad-formula",
    /// When a policy admits evidence that never counts: joint readings, or print alone.
    BadPolicy => "bad-policy",
    /// When a source is named that the pack does not have.
    UnknownSource => "unknown-source",
    /// When a rule is tuned that does not exist.
    UnknownRule => "unknown-rule",
    /// When a file name leaves the pack's folder.
    BadFileName => "bad-file-name",
}
