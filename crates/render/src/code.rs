//! The QR code (ISO/IEC 18004): byte mode, correction L or M.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use crate::style::Style;

/// Why a face cannot be printed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// When no QR code of the wanted correction holds the payload.
    #[error("no code holds {bytes} bytes")]
    CodeTooLong {
        /// Length of the payload.
        bytes: usize,
    },
}

/// Encodes `bytes` in byte mode in the smallest version that fits, or up to three above it.
pub(crate) fn encode(bytes: &[u8], style: &Style) -> Result<QrCode, PrintError> {
    let correction = if style.medium_correction { QrCodeEcc::Medium } else { QrCodeEcc::Low };
    let segments = [QrSegment::make_bytes(bytes)];
    let at_least = |version| {
        QrCode::encode_segments_advanced(&segments, correction, version, Version::MAX, None, false)
            .map_err(|_| PrintError::CodeTooLong { bytes: bytes.len() })
    };
    let smallest = at_least(Version::MIN)?;
    match style.roomier {
        0 => Ok(smallest),
        more => at_least(Version::new((smallest.version().value() + more).min(Version::MAX.value()))),
    }
}
