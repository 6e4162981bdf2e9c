//! The user's boundaries: GeoJSON (RFC 7946) joined to the election's areas.
//!
//! The file is the user's and may be anything: what cannot be drawn is refused by name, within bounds of
//! memory and time.

use std::collections::BTreeSet;

use geojson::{Feature, FeatureCollection, GeometryValue, Position};
use serde_json::Value;
use tallyproof_core::Args;
use tallyproof_core::pack::{Boundaries, Pack};
use tallyproof_core::tidy::plain;

/// Most bytes of boundaries read: every parish of a country at full detail is below half of it.
pub const MAX_BOUNDARIES_BYTES: u64 = 32 << 20;

/// Most areas drawn; no level of areas shown on one page has more.
const MAX_FEATURES: usize = 20_000;

/// When boundaries cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoundariesFault {
    /// When the file is too long to be boundaries of areas.
    #[error("the file has {bytes} bytes; at most {MAX_BOUNDARIES_BYTES} are read: simplify the boundaries")]
    TooLong {
        /// Its length.
        bytes: u64,
    },
    /// When the pack has no `[boundaries]`.
    #[error("the election pack does not say how boundaries join: it has no [boundaries]")]
    NoJoin,
    /// When the file is no GeoJSON feature collection.
    #[error("no GeoJSON feature collection: {0}")]
    NotGeoJson(String),
    /// When it has more features than areas on a page.
    #[error("{found} features; at most {MAX_FEATURES} are drawn")]
    TooManyFeatures {
        /// How many.
        found: usize,
    },
    /// When no feature has the property that joins.
    #[error("no feature has the property {property:?} that joins boundaries to areas")]
    PropertyMissing {
        /// The property.
        property: String,
    },
    /// When no feature's property is that of an area.
    #[error("no value of {property:?} is that of an area of the pack; the first is {first:?}")]
    NothingJoins {
        /// The property.
        property: String,
        /// A value found.
        first: String,
    },
    /// When an area is not a polygon.
    #[error("feature {feature} is a {kind}, not a Polygon or MultiPolygon")]
    NotAnArea {
        /// Number of the feature, from 1.
        feature: usize,
        /// What it is.
        kind: String,
    },
    /// When a ring has fewer than four positions.
    #[error("feature {feature} has a ring of {positions} positions; a ring has at least 4")]
    ShortRing {
        /// Number of the feature, from 1.
        feature: usize,
        /// Its length.
        positions: usize,
    },
    /// When a position is not a longitude and a latitude in degrees.
    #[error("feature {feature} has the position {position}; longitude and latitude in degrees are needed")]
    NotDegrees {
        /// Number of the feature, from 1.
        feature: usize,
        /// What stands there.
        position: String,
    },
    /// When everything is one point or one line.
    #[error("the boundaries enclose no area")]
    NoExtent,
    /// When even a coarse drawing has too many points.
    #[error("the boundaries are too detailed to draw: simplify them")]
    TooDetailed,
}

impl BoundariesFault {
    /// Stable code; its words are `err-` and `rec-` with it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "boundaries-too-long",
            Self::NoJoin => "boundaries-no-join",
            Self::NotGeoJson(_) => "boundaries-not-geojson",
            Self::TooManyFeatures { .. } => "boundaries-too-many",
            Self::PropertyMissing { .. } => "boundaries-property-missing",
            Self::NothingJoins { .. } => "boundaries-nothing-joins",
            Self::NotAnArea { .. } => "boundaries-not-an-area",
            Self::ShortRing { .. } => "boundaries-short-ring",
            Self::NotDegrees { .. } => "boundaries-not-degrees",
            Self::NoExtent => "boundaries-no-extent",
            Self::TooDetailed => "boundaries-too-detailed",
        }
    }

    /// Its values, by name.
    pub fn args(&self) -> Args {
        match self {
            Self::TooLong { bytes } => {
                vec![("bytes", bytes.to_string()), ("most", MAX_BOUNDARIES_BYTES.to_string())]
            }
            Self::NoJoin | Self::NoExtent | Self::TooDetailed => Vec::new(),
            Self::NotGeoJson(detail) => vec![("detail", detail.clone())],
            Self::TooManyFeatures { found } => {
                vec![("found", found.to_string()), ("most", MAX_FEATURES.to_string())]
            }
            Self::PropertyMissing { property } => vec![("property", property.clone())],
            Self::NothingJoins { property, first } => {
                vec![("property", property.clone()), ("first", first.clone())]
            }
            Self::NotAnArea { feature, kind } => {
                vec![("feature", feature.to_string()), ("kind", kind.clone())]
            }
            Self::ShortRing { feature, positions } => {
                vec![("feature", feature.to_string()), ("positions", positions.to_string())]
            }
            Self::NotDegrees { feature, position } => {
                vec![("feature", feature.to_string()), ("position", position.clone())]
            }
        }
    }
}

/// A closed line of longitudes and latitudes, degrees.
pub(super) type Ring = Vec<(f64, f64)>;

/// One feature, ready to project.
#[derive(Debug, PartialEq)]
pub(super) struct Outline {
    /// Value of the joining property; empty where the feature has none.
    pub(super) join: String,
    /// Rings of all its polygons, holes included.
    pub(super) rings: Vec<Ring>,
}

/// Whether a report can draw these boundaries under this pack. Fails with what is wrong with them.
pub fn check_boundaries(bytes: &[u8], pack: &Pack) -> Result<(), BoundariesFault> {
    super::map::Drawing::new(&outlines(bytes, pack)?).map(drop)
}

/// Reads outlines, sorted by what joins them.
pub(super) fn outlines(bytes: &[u8], pack: &Pack) -> Result<Vec<Outline>, BoundariesFault> {
    let boundaries = pack.boundaries.as_ref().ok_or(BoundariesFault::NoJoin)?;
    if bytes.len() as u64 > MAX_BOUNDARIES_BYTES {
        return Err(BoundariesFault::TooLong { bytes: bytes.len() as u64 });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let collection: FeatureCollection = serde_json::from_slice(bytes).map_err(not_geojson)?;
    if collection.features.len() > MAX_FEATURES {
        return Err(BoundariesFault::TooManyFeatures { found: collection.features.len() });
    }
    let features = collection.features.iter().zip(1..);
    let mut outlines = features
        .map(|(feature, number)| {
            let join = join_value(feature, &boundaries.property).unwrap_or_default();
            Ok(Outline { join, rings: rings(feature, number)? })
        })
        .collect::<Result<Vec<Outline>, BoundariesFault>>()?;
    must_join(&outlines, boundaries, pack)?;
    outlines.sort_by(|a, b| a.join.cmp(&b.join));
    Ok(outlines)
}

fn not_geojson(error: impl std::fmt::Display) -> BoundariesFault {
    BoundariesFault::NotGeoJson(short(&error.to_string()))
}

/// Somebody's text in an error: harmless, and not longer than a line.
fn short(text: &str) -> String {
    plain(text).chars().take(120).collect()
}

fn join_value(feature: &Feature, property: &str) -> Option<String> {
    match feature.property(property)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What areas of the pack's boundary level are called in boundaries; `None` where the pack names none, and
/// areas join by their code.
fn must_join(outlines: &[Outline], boundaries: &Boundaries, pack: &Pack) -> Result<(), BoundariesFault> {
    let property = boundaries.property.clone();
    let Some(first) = outlines.iter().find(|o| !o.join.is_empty()) else {
        return Err(BoundariesFault::PropertyMissing { property });
    };
    let areas = pack.areas.iter().filter(|((level, _), _)| *level == boundaries.level);
    let known: BTreeSet<&str> = areas.filter_map(|(_, area)| area.boundary.as_deref()).collect();
    if known.is_empty() || outlines.iter().any(|o| known.contains(o.join.as_str())) {
        return Ok(());
    }
    Err(BoundariesFault::NothingJoins { property, first: short(&first.join) })
}

/// All rings of a feature. A feature without geometry has none (RFC 7946 §3.2).
fn rings(feature: &Feature, number: usize) -> Result<Vec<Ring>, BoundariesFault> {
    let polygons = match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        None => return Ok(Vec::new()),
        Some(GeometryValue::Polygon { coordinates }) => std::slice::from_ref(coordinates),
        Some(GeometryValue::MultiPolygon { coordinates }) => coordinates.as_slice(),
        Some(other) => {
            let kind = other.type_name().to_owned();
            return Err(BoundariesFault::NotAnArea { feature: number, kind });
        }
    };
    polygons.iter().flatten().map(|positions| ring(positions, number)).collect()
}

fn ring(positions: &[Position], feature: usize) -> Result<Ring, BoundariesFault> {
    // RFC 7946 §3.1.6: four or more positions, the first repeated last.
    if positions.len() < 4 {
        return Err(BoundariesFault::ShortRing { feature, positions: positions.len() });
    }
    positions
        .iter()
        .map(|position| match position.as_slice() {
            // Altitude and what else may follow is of no use on a map.
            [lon, lat, ..] if lon.abs() <= 180.0 && lat.abs() <= 90.0 => Ok((*lon, *lat)),
            other => Err(BoundariesFault::NotDegrees { feature, position: short(&format!("{other:?}")) }),
        })
        .collect()
}
