//! What became of every original picture in a bundle.

/// Columns of `images.csv`: the original's hash, the published file's name, what was done, and why none was published.
pub const IMAGE_COLUMNS: [&str; 4] = ["original", "published", "treatment", "cause"];

/// What was done to an original before it was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    /// Its picture is published bit for bit; what its file said beside the picture is not.
    Stripped,
    /// Regions with names, numbers or signatures were painted over.
    Masked,
    /// Only its hash is published.
    Withheld,
}

impl Treatment {
    /// Every treatment; each has words in both languages.
    pub const ALL: [Treatment; 3] = [Treatment::Stripped, Treatment::Masked, Treatment::Withheld];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Treatment::Stripped => "stripped",
            Treatment::Masked => "masked",
            Treatment::Withheld => "withheld",
        }
    }

    /// The treatment with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|treatment| treatment.code() == code)
    }
}
