//! The made-up country's map: twelve regions on a 4 × 3 grid with bent borders, drawn here, from nowhere.

use serde_json::json;

use super::model::REGIONS;

const COLUMNS: usize = 4;
const ROWS: usize = 3;

/// Property that joins regions to areas.
pub(super) const PROPERTY: &str = "region";

/// The boundary code of a region.
pub(super) fn code(region: usize) -> String {
    format!("SYN{:02}", region + 1)
}

/// The regions as a GeoJSON FeatureCollection, longitude and latitude in degrees.
pub(super) fn geojson() -> String {
    let features: Vec<_> = (0..REGIONS.len())
        .map(|region| {
            let (column, row) = (region % COLUMNS, region / COLUMNS);
            let mut ring = Vec::new();
            ring.extend(edge((column, row), (column + 1, row)));
            ring.extend(edge((column + 1, row), (column + 1, row + 1)));
            ring.extend(edge((column + 1, row + 1), (column, row + 1)));
            ring.extend(edge((column, row + 1), (column, row)));
            ring.push(ring[0]);
            json!({
                "type": "Feature",
                "properties": {PROPERTY: code(region), "name": REGIONS[region]},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            })
        })
        .collect();
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// Points from one grid corner towards the next, without the last; both neighbours of an edge see the same.
fn edge(from: (usize, usize), to: (usize, usize)) -> Vec<[f64; 2]> {
    const STEPS: u32 = 6;
    let (a, b) = (corner(from), corner(to));
    (0..STEPS)
        .map(|i| {
            let t = f64::from(i) / f64::from(STEPS);
            let (x, y) = (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t);
            let bend = if i == 0 { 0.0 } else { 0.06 };
            // A function of the place alone, so that borders meet.
            round([x + bend * libm::sin(9.0 * y + 2.0 * x), y + bend * libm::sin(7.0 * x - 3.0 * y)])
        })
        .collect()
}

fn corner((column, row): (usize, usize)) -> [f64; 2] {
    let at = |n: usize| f64::from(u32::try_from(n).unwrap_or(0));
    let (x, y) = (at(column) * 1.1, at(ROWS - row));
    round([x + 0.16 * libm::sin(2.3 * y + x), y + 0.14 * libm::sin(1.9 * x + 0.7 * y)])
}

fn round(point: [f64; 2]) -> [f64; 2] {
    point.map(|v| libm::round(v * 10_000.0) / 10_000.0)
}
