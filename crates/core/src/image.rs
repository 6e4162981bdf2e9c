//! What one image of a sheet says, or why it says nothing.

use std::sync::Arc;

use crate::pack::Pack;
use crate::print::{Agreement, Print};
use crate::sheet::{Channel, EvidenceClass, Reading};

/// Where people's review of an image has led.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nobody has closed or disputed what machines say.
    #[default]
    Unreviewed,
    /// People closed it.
    Settled {
        /// What stands behind the figures.
        class: EvidenceClass,
        /// Whether two independent witnesses give every one of them.
        definitive: bool,
    },
    /// People, or a person and a machine, differ.
    Disputed,
    /// It was settled, and is to be entered anew.
    Reopened,
}

/// What one image of a sheet says.
#[derive(Clone, Debug)]
pub struct ImageReading {
    /// Where the image came from.
    pub source: String,
    /// How `reading` came about: the code, a code completed from the print, the print alone, or people.
    pub channel: Channel,
    /// Where people's review of it has led.
    pub standing: Standing,
    /// Figures by that channel; `image` is the original's SHA-256.
    pub reading: Reading,
    /// The printed figures, where the layout was found: by far the most of what is known of an image, so that all who
    /// speak of it share them.
    pub print: Option<Arc<Print>>,
    /// Why the code by itself was not read; the reader's cause code.
    pub unread: Option<String>,
}

impl ImageReading {
    /// What the image's print says of its code; `None` of print that stands alone.
    pub fn agreement(&self, pack: &Pack) -> Option<Agreement> {
        let coded = matches!(self.channel, Channel::Code | Channel::Joint);
        coded.then(|| Agreement::of(pack, &self.reading.table, &self.reading.values, self.print.as_deref()))
    }
}

/// Why an image gave no reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageFault {
    /// When the bytes are no usable image; the reader's cause code.
    NotUsable(String),
    /// When no code could be read; the reader's cause code.
    Unread(String),
    /// When codes were read, but none is a payload of this election; their texts.
    Foreign(Vec<String>),
    /// When the code has another number of ballot lines than the pack.
    WrongLineCount {
        /// Lines in the payload.
        found: usize,
        /// Lines in the pack.
        expected: usize,
    },
    /// When one picture shows codes of several sheets; their texts.
    Several(Vec<String>),
}

impl ImageFault {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ImageFault::NotUsable(_) => "not-usable",
            ImageFault::Unread(_) => "unread",
            ImageFault::Foreign(_) => "foreign-code",
            ImageFault::WrongLineCount { .. } => "wrong-line-count",
            ImageFault::Several(_) => "several-codes",
        }
    }

    /// More than the code: a cause, or what was read.
    pub fn detail(&self) -> String {
        match self {
            ImageFault::NotUsable(cause) | ImageFault::Unread(cause) => cause.clone(),
            ImageFault::Foreign(texts) | ImageFault::Several(texts) => texts.join(" | "),
            ImageFault::WrongLineCount { found, expected } => format!("{found} != {expected}"),
        }
    }
}

/// An image that gave no reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultyImage {
    /// The original's SHA-256.
    pub image: String,
    /// Where it came from.
    pub source: String,
    /// Why.
    pub fault: ImageFault,
}
