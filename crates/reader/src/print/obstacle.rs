//! Why a figure cannot be read: what can be measured where it stands.

use super::Obstacle;
use super::figure::Walk;
use crate::digits::{Around, Strip, WINDOW};

/// Share of the strip beyond the picture's edge from which on the figure is cut off.
const OUTSIDE: f32 = 0.2;
/// A grey level this bright is burnt out.
const BURNT: f32 = 250.0;
/// How much darker than around it paper is when something lies on it, in contrasts of print.
const DARKER: f32 = 0.5;
/// Mean darkness of a digit's window below which its print is faint, in contrasts of print; sharp print has 0.1 to 0.3,
/// and blur spreads it without loss.
const FAINT: f32 = 0.05;
/// Steepest edge below which print is smeared: contrasts of print from one sample to the next. Sharp print has 0.4 or
/// more.
const STEEP: f32 = 0.24;
/// Probability that a cell holds something that is neither digit nor blank, from which on it is covered.
const COVERED: f32 = 0.7;
/// Samples above and below a digit that show the lines next to it when it is small.
const AIR: usize = 4;

/// The likeliest obstacle, the surest measurement first; `Unsure` where nothing is measured that would hinder. Where
/// no digit is seen, missing print and edges are no obstacle but what blank paper looks like.
pub(super) fn of(strip: &Strip, around: Around, walk: &Walk) -> Obstacle {
    let is_empty = walk.digits.is_empty() && walk.before.is_empty() > 0.5;
    let first = walk.digits.first().unwrap_or(&walk.before);
    let strange = 1.0 - first.is_digit() - first.is_empty();
    let window = &strip.window(first.at)[AIR..WINDOW[1] - AIR];
    let paper = median(window);
    match () {
        () if strip.outside >= OUTSIDE => Obstacle::CutOff,
        () if paper >= BURNT && around.paper < BURNT => Obstacle::Glare,
        () if paper < around.paper - DARKER * around.contrast => Obstacle::Covered,
        () if is_empty => Obstacle::Unsure,
        () if around.paper - mean(window) < FAINT * around.contrast => Obstacle::Faint,
        () if steepest(window) < STEEP * around.contrast => Obstacle::Blurred,
        () if strange >= COVERED => Obstacle::Covered,
        () => Obstacle::Unsure,
    }
}

/// Level of the window's paper, grey levels: print covers less than half of it.
fn median(window: &[&[f32]]) -> f32 {
    let mut greys = window.concat();
    greys.sort_unstable_by(f32::total_cmp);
    greys.get(greys.len() / 2).copied().unwrap_or(0.0)
}

fn mean(window: &[&[f32]]) -> f32 {
    let greys = window.concat();
    greys.iter().sum::<f32>() / greys.len().max(1) as f32
}

/// Steepest edges of the window but for specks, across or down, whichever are less steep: motion smears along one way
/// alone. Grey levels from one sample to the next.
fn steepest(window: &[&[f32]]) -> f32 {
    const SPECKS: usize = 8;
    let across = window.iter().flat_map(|row| row.windows(2).map(|pair| (pair[1] - pair[0]).abs()));
    let down = window.windows(2).flat_map(|rows| rows[0].iter().zip(rows[1]).map(|(a, b)| (b - a).abs()));
    let but_specks = |mut steps: Vec<f32>| {
        steps.sort_unstable_by(|a, b| b.total_cmp(a));
        steps.get(SPECKS).copied().unwrap_or(0.0)
    };
    but_specks(across.collect()).min(but_specks(down.collect()))
}
