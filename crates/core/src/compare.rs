//! Comparing two tables of numbers cell by cell.

use crate::sheet::{Field, FieldValue};
use crate::table::TableId;
use crate::transcription::Transcription;
use crate::versions::VersionChanges;

/// The differences of two transcriptions, A and B.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Tables in both.
    pub n_common: u64,
    /// Tables only in A.
    pub only_in_a: Vec<TableId>,
    /// Tables only in B.
    pub only_in_b: Vec<TableId>,
    /// Figures that differ.
    pub cells: Vec<CellDifference>,
    /// Image links that differ: table, link in A, link in B.
    pub images: Vec<(TableId, String, String)>,
}

/// One figure that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellDifference {
    /// The table.
    pub table: TableId,
    /// The figure.
    pub field: Field,
    /// What A says.
    pub a: FieldValue,
    /// What B says.
    pub b: FieldValue,
}

impl Comparison {
    /// Compares A with B.
    pub fn of(a: &Transcription, b: &Transcription) -> Self {
        let changes = VersionChanges::between(a, b);
        let link = |image: &Option<Box<str>>| image.as_deref().unwrap_or_default().to_owned();
        Comparison {
            n_common: changes.n_common,
            only_in_a: changes.withdrawn.iter().map(|r| r.table.clone()).collect(),
            only_in_b: changes.added.iter().map(|r| r.table.clone()).collect(),
            cells: changes
                .changed
                .iter()
                .map(|&(table, field, a, b)| CellDifference { table: table.clone(), field, a, b })
                .collect(),
            images: changes
                .relinked
                .iter()
                .map(|(a, b)| (a.table.clone(), link(&a.image), link(&b.image)))
                .collect(),
        }
    }

    /// Whether nothing differs.
    pub fn is_equal(&self) -> bool {
        self.only_in_a.is_empty()
            && self.only_in_b.is_empty()
            && self.cells.is_empty()
            && self.images.is_empty()
    }
}
