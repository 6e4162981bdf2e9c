//! Synthetic tally sheets: a long strip printed by a thermal printer, signed, stamped, and photographed badly.
//!
//! ```text
//! SheetFace ──print_sheet(Style)──► Paper ──photograph(Damage)──► Photo ──to_jpeg──► bytes
//!  (words)                     (flat, clean)                (as a phone saw it)
//! ```
//!
//! Printing knows no election: every word and figure comes from the caller ([`practice`] invents some). Corner points of every printed
//! figure travel through the camera's geometry, so a photograph arrives with its own ground truth. Everything
//! follows from seeds: same inputs, same bytes, on any machine (no transcendental function but `libm`'s).
//!
//! **Nothing printed here can pass for a real sheet**: [`SYNTHETIC_MARK`] heads and closes every strip, and no
//! argument removes it.
//!
//! A module imports from rows below its own (`crates/app/tests/house.rs` reads this table):
//!
//! ```text
//! strangers
//! camera
//! press
//! stamp
//! exposure  glyphs  pen
//! light  obstacle  stain  strokes
//! code  geometry  layout
//! background  blur  contact  damage  jpeg  practice  style
//! dice  face  picture  scan
//! ```

mod background;
mod blur;
mod camera;
mod code;
mod contact;
mod damage;
mod dice;
mod exposure;
mod face;
mod geometry;
mod glyphs;
mod jpeg;
mod layout;
mod light;
mod obstacle;
mod pen;
mod picture;
pub mod practice;
mod press;
pub mod scan;
mod stain;
mod stamp;
mod strangers;
mod strokes;
mod style;

pub use camera::{Photo, photograph};
pub use code::PrintError;
pub use contact::{contact_sheet, thumbnail};
pub use damage::Damage;
pub use face::{Group, Line, SheetFace};
pub use geometry::{Point, Quad};
pub use jpeg::encode_grey;
pub use layout::SYNTHETIC_MARK;
pub use picture::{Picture, Plane};
pub use press::{Field, Paper, print_sheet};
pub use strangers::Stranger;
pub use style::{Leader, Style, TotalsAt, Typeface, Zero};
