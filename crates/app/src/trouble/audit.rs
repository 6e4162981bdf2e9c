//! Why a step of an audit cannot be taken.

/// When a step of an audit cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// When something is to be drawn and no list is frozen.
    #[error("no audit is frozen")]
    NotFrozen,
    /// When an audit is named that there is not.
    #[error("no audit {name:?}")]
    Unknown {
        /// Name given.
        name: String,
        /// Audits there are.
        known: Vec<String>,
    },
    /// When another list is to be frozen while one is still being inspected.
    #[error("audit {0:?} is still open")]
    Open(String),
    /// When an audit has this name.
    #[error("there is an audit {0:?}")]
    NameTaken(String),
    /// When no selection leads, so that there is nothing to confirm.
    #[error("no lead to audit")]
    NoLead,
    /// When there is no plan by that cap.
    #[error("no plan by {name:?}")]
    UnknownCap {
        /// Name given.
        name: String,
        /// Caps there are plans for.
        known: Vec<String>,
    },
    /// When a treatment of the missing tables is named that there is not.
    #[error("no treatment {name:?}")]
    UnknownTreatment {
        /// Name given.
        name: String,
        /// Treatments there are.
        known: Vec<String>,
    },
    /// When the worst case for the missing tables leaves no margin.
    #[error("{name:?} leaves no margin")]
    NoMargin {
        /// Treatment given.
        name: String,
        /// Treatments that leave one.
        known: Vec<String>,
    },
    /// When no sample of the method can confirm, or none is needed.
    #[error("nothing to draw")]
    NothingToDraw,
    /// When the way the seed will be made is not told.
    #[error("no seed procedure")]
    NoSeedProcedure,
    /// When a seed is short or has other characters than letters and digits.
    #[error("no seed: {0:?}")]
    BadSeed(String),
    /// When a first draw lacks its seed.
    #[error("no seed given")]
    SeedMissing,
    /// When a seed was in the journal before the list was frozen.
    #[error("the seed was known before")]
    SeedKnown(String),
    /// When an audit was drawn with another seed.
    #[error("audit {0:?} has another seed")]
    OtherSeed(String),
    /// When more sheets are to be drawn than was announced.
    #[error("more than {most} draws")]
    TooManyDraws {
        /// The audit.
        name: String,
        /// Draws announced.
        most: u64,
    },
    /// When an audit was given up.
    #[error("audit {0:?} was abandoned")]
    Abandoned(String),
    /// When inspections are to be recorded and nothing was drawn.
    #[error("nothing was drawn")]
    NotDrawn(String),
}

impl AuditFault {
    /// Code of the two messages.
    pub(super) fn code(&self) -> &'static str {
        match self {
            AuditFault::NotFrozen => "audit-not-frozen",
            AuditFault::Unknown { .. } => "audit-unknown",
            AuditFault::Open(_) => "audit-open",
            AuditFault::NameTaken(_) => "audit-name-taken",
            AuditFault::NoLead => "audit-no-lead",
            AuditFault::UnknownCap { .. } => "audit-unknown-cap",
            AuditFault::UnknownTreatment { .. } => "audit-unknown-treatment",
            AuditFault::NoMargin { .. } => "audit-no-margin",
            AuditFault::NothingToDraw => "audit-nothing-to-draw",
            AuditFault::NoSeedProcedure => "audit-no-seed-procedure",
            AuditFault::BadSeed(_) => "audit-bad-seed",
            AuditFault::SeedMissing => "audit-seed-missing",
            AuditFault::SeedKnown(_) => "audit-seed-known",
            AuditFault::OtherSeed(_) => "audit-other-seed",
            AuditFault::TooManyDraws { .. } => "audit-too-many-draws",
            AuditFault::Abandoned(_) => "audit-abandoned",
            AuditFault::NotDrawn(_) => "audit-not-drawn",
        }
    }

    /// Every code, so that a test can demand words for each.
    pub const CODES: &'static [&'static str] = &[
        "audit-not-frozen",
        "audit-unknown",
        "audit-open",
        "audit-name-taken",
        "audit-no-lead",
        "audit-unknown-cap",
        "audit-unknown-treatment",
        "audit-no-margin",
        "audit-nothing-to-draw",
        "audit-no-seed-procedure",
        "audit-bad-seed",
        "audit-seed-missing",
        "audit-seed-known",
        "audit-other-seed",
        "audit-too-many-draws",
        "audit-abandoned",
        "audit-not-drawn",
    ];

    /// Whether the user named something that is not there, or not as it must be.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            AuditFault::Unknown { .. }
                | AuditFault::UnknownCap { .. }
                | AuditFault::UnknownTreatment { .. }
                | AuditFault::NameTaken(_)
                | AuditFault::NoSeedProcedure
                | AuditFault::BadSeed(_)
                | AuditFault::SeedMissing
        )
    }

    /// What the messages name.
    pub(super) fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            AuditFault::NotFrozen
            | AuditFault::NoLead
            | AuditFault::NothingToDraw
            | AuditFault::NoSeedProcedure
            | AuditFault::SeedMissing => Vec::new(),
            AuditFault::Unknown { name, known }
            | AuditFault::UnknownCap { name, known }
            | AuditFault::UnknownTreatment { name, known }
            | AuditFault::NoMargin { name, known } => {
                vec![("name", name.clone()), ("known", known.join(", "))]
            }
            AuditFault::Open(name)
            | AuditFault::NameTaken(name)
            | AuditFault::BadSeed(name)
            | AuditFault::SeedKnown(name)
            | AuditFault::OtherSeed(name)
            | AuditFault::Abandoned(name)
            | AuditFault::NotDrawn(name) => vec![("name", name.clone())],
            AuditFault::TooManyDraws { name, most } => {
                vec![("name", name.clone()), ("most", most.to_string())]
            }
        }
    }
}
