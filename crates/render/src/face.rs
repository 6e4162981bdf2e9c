//! What a sheet says: words and figures, all from the caller.

/// One printed line with a label at the left margin and a figure at the right one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Name of the figure in [`crate::Paper::fields`]; an empty name is printed but not recorded.
    pub field: String,
    /// Printed label, cut where the figure needs the room.
    pub label: String,
    /// Printed figure, always whole.
    pub figure: String,
}

impl Line {
    /// A line whose figure is recorded under `field`.
    pub fn new(field: impl Into<String>, label: impl Into<String>, figure: impl Into<String>) -> Self {
        Self { field: field.into(), label: label.into(), figure: figure.into() }
    }
}

/// A selection on the ballot: its name, the lines that add to it, and their total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The selection's name as label and the group's total as figure.
    pub total: Line,
    /// One line per party.
    pub lines: Vec<Line>,
}

/// Everything printed on one sheet except the mark that says it is synthetic.
///
/// Letters outside the faces' repertoire (Latin capitals with Spanish accents, digits, common signs) print as a
/// box; small letters print as capitals in the faces that have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetFace {
    /// Centred heading lines.
    pub title: Vec<String>,
    /// A hash printed in the header; empty prints nothing.
    pub hash: String,
    /// `label: figure` lines: state, municipality, parish, centre, table, electors.
    pub header: Vec<Line>,
    /// Selections in ballot order.
    pub groups: Vec<Group>,
    /// Valid, null and whatever else adds up.
    pub totals: Vec<Line>,
    /// Left-aligned lines after the totals: date and time.
    pub closing: Vec<String>,
    /// Centred line above the signatures.
    pub signatures_caption: String,
    /// Centred line above the code.
    pub code_caption: String,
    /// Bytes of the QR code, in byte mode; empty prints no code.
    pub code: Vec<u8>,
    /// The line under the code, where real sheets print an HMAC.
    pub authentication: String,
}
