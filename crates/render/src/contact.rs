//! Many pictures on one sheet, for people to look at.

#![allow(clippy::cast_possible_truncation, reason = "means of bytes are bytes")]

use crate::picture::{Picture, Plane};

/// Space around a thumbnail, px; even, so that chroma falls on whole samples.
const GAP: usize = 12;
const WALL: [u8; 3] = [246, 128, 128];

/// Thumbnails of `pictures` in rows of `columns`, the longer side of each `side` px.
pub fn contact_sheet<'a>(
    pictures: impl IntoIterator<Item = &'a Picture>,
    columns: usize,
    side: usize,
) -> Picture {
    let thumbnails: Vec<Picture> = pictures.into_iter().map(|picture| thumbnail(picture, side)).collect();
    let rows: Vec<&[Picture]> = thumbnails.chunks(columns.max(1)).collect();
    let row_width = |row: &&[Picture]| row.iter().map(|t| t.width() + GAP).sum::<usize>();
    let row_height = |row: &&[Picture]| row.iter().map(Picture::height).max().unwrap_or(0) + GAP;
    let width = rows.iter().map(row_width).max().unwrap_or(0) + GAP;
    let height = rows.iter().map(row_height).sum::<usize>() + GAP;
    let mut sheet = Picture::filled(width, height, WALL);
    let mut top = GAP;
    for row in &rows {
        let mut left = GAP;
        for thumbnail in *row {
            paste(&mut sheet.luma, &thumbnail.luma, left, top);
            paste(&mut sheet.blue, &thumbnail.blue, left / 2, top / 2);
            paste(&mut sheet.red, &thumbnail.red, left / 2, top / 2);
            left += thumbnail.width() + GAP;
        }
        top += row_height(row);
    }
    sheet
}

/// The picture with its longer side `side` px long.
pub fn thumbnail(picture: &Picture, side: usize) -> Picture {
    let longer = picture.width().max(picture.height()).max(1);
    let even = |n: usize| (n * side / longer / 2 * 2).max(2);
    let (width, height) = (even(picture.width()), even(picture.height()));
    Picture {
        luma: shrink(&picture.luma, width, height),
        blue: shrink(&picture.blue, width / 2, height / 2),
        red: shrink(&picture.red, width / 2, height / 2),
    }
}

/// Mean of the samples that fall into each new one.
fn shrink(plane: &Plane, width: usize, height: usize) -> Plane {
    let mut small = Plane::filled(width, height, 0);
    let span = |i: usize, new: usize, old: usize| i * old / new..((i + 1) * old).div_ceil(new).min(old);
    for y in 0..height {
        for x in 0..width {
            let (columns, rows) = (span(x, width, plane.width), span(y, height, plane.height));
            let count = (columns.len() * rows.len()).max(1);
            let sum: usize = rows
                .map(|y| plane.row(y)[columns.clone()].iter().map(|&s| usize::from(s)).sum::<usize>())
                .sum();
            small.samples[y * width + x] = (sum / count) as u8;
        }
    }
    small
}

fn paste(onto: &mut Plane, plane: &Plane, left: usize, top: usize) {
    for y in 0..plane.height {
        onto.row_mut(top + y)[left..left + plane.width].copy_from_slice(plane.row(y));
    }
}
