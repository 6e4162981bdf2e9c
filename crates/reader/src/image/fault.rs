//! Why bytes gave no picture: values with their data, words live elsewhere.

use super::Format;

/// Why an image cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageFault {
    /// When the file has no bytes at all.
    #[error("empty")]
    Empty,
    /// When the first bytes belong to no image format known here.
    #[error("not an image: {first_bytes:02x?}")]
    NotAnImage {
        /// Up to 8 bytes from the start.
        first_bytes: Vec<u8>,
    },
    /// When the bytes are an image or document of a kind that is not decoded here, or use a rare feature.
    #[error("unsupported: {name}")]
    UnsupportedFormat {
        /// The format's or feature's own name.
        name: &'static str,
    },
    /// When the header asks for more pixels or memory than the limits admit; nothing was allocated.
    #[error("too large: {width}x{height} px")]
    TooLarge {
        /// Columns the header claims, px.
        width: u64,
        /// Rows the header claims, px.
        height: u64,
    },
    /// When the header says that the picture has no pixels.
    #[error("no pixels")]
    NoPixels,
    /// When the file stops before a picture could be made from it.
    #[error("truncated {format:?}")]
    Truncated {
        /// The format its first bytes announce.
        format: Format,
    },
    /// When the file is complete but contradicts its format.
    #[error("corrupt {format:?}: {reason}")]
    Corrupt {
        /// The format its first bytes announce.
        format: Format,
        /// The decoder's own diagnosis, for a log; not a sentence for users.
        reason: String,
    },
}

impl ImageFault {
    /// The fault for a decoder's complaint: truncated when `ended`, corrupt otherwise.
    pub(super) fn from_decoder(format: Format, ended: bool, complaint: &dyn std::fmt::Display) -> Self {
        if ended {
            Self::Truncated { format }
        } else {
            Self::Corrupt { format, reason: complaint.to_string() }
        }
    }
}
