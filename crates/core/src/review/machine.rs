//! What the machine channels of one image say, as far as they can stand beside a person.

use crate::form::Figure;
use crate::image::ImageReading;
use crate::pack::Pack;
use crate::sheet::{Channel, Field, FieldValue};

use super::typed::{Place, Said, TableValue, Typed};

/// The account of a machine. At most one witness: code and print of an image that agree need no person, and where
/// they differ the code is what its print contradicts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    typed: Typed,
    confirmed: bool,
}

impl Machine {
    /// What the image's reading gives. A joint reading is no witness (it is made from both channels), so it says
    /// nothing.
    pub fn of(pack: &Pack, image: &ImageReading) -> Self {
        let values = &image.reading.values;
        let printed =
            |field| image.print.as_ref()?.figure(Figure::Field(field)).map(|printed| printed.blind());
        let is_witness = matches!(image.channel, Channel::Code | Channel::Print);
        if !is_witness {
            return Self::default();
        }
        let mut typed =
            Typed { table: Some(TableValue::Id(image.reading.table.clone())), ..Typed::default() };
        let mut say = |field, value: FieldValue| {
            // What a machine could not read is silence: a person may well read it.
            if value.count().is_some() {
                typed.values.insert(field, value);
            }
        };
        for (field, value) in values.fields().filter(|(field, _)| *field != Field::Reserved) {
            let is_sum = matches!(field, Field::Selection(_)) && !pack.lines.is_empty();
            match value {
                _ if is_sum => {}
                FieldValue::Count(_) => say(field, value),
                // Of totals a code says nothing; the print may.
                _ => say(field, printed(field).unwrap_or(FieldValue::Unread)),
            }
        }
        let confirmed = image.channel == Channel::Code
            && image.agreement(pack).is_some_and(|agreement| agreement.is_complete());
        Self { typed, confirmed }
    }

    /// What it says of a place; `None` where it is silent.
    pub fn at(&self, place: Place) -> Option<Said> {
        self.typed.at(place)
    }

    /// Whether it says anything.
    pub fn speaks(&self) -> bool {
        self.typed != Typed::default()
    }

    /// Whether code and print agree on every figure, so that no person is needed.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed
    }
}
