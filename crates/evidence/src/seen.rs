//! What one picture says of a sheet, from its `image.read` event.

use std::sync::Arc;

use serde_json::{Map, Value};
use tallyproof_core::facts::{ImageFault, ImageReading, Standing};
use tallyproof_core::journal::BodyText;
use tallyproof_core::pack::Pack;
use tallyproof_core::payload::{Payload, PayloadFault};
use tallyproof_core::print::Print;
use tallyproof_core::sheet::{Channel, Reading, SheetValues};
use tallyproof_core::table::TableId;

/// What an image says of a sheet.
pub struct Seen {
    /// How its figures came about.
    pub channel: Channel,
    /// The table it speaks for.
    pub table: TableId,
    /// Its figures.
    pub values: SheetValues,
    /// Its print, where lines like the form's were found.
    pub print: Option<Arc<Print>>,
    /// Why its code by itself was not read.
    pub unread: Option<String>,
}

impl Seen {
    /// The image's reading among the facts, before people had their say.
    pub fn reading_of(self, image: &str, source: String) -> ImageReading {
        let Self { channel, table, values, print, unread } = self;
        let reading = Reading { table, values, image: Some(image.into()), line: 0 };
        ImageReading { source, channel, standing: Standing::Unreviewed, reading, print, unread }
    }
}

/// What a look at a picture gave, kept as small as a country of them must be: as JSON, the figures of one sheet's print
/// take thirty times the memory of all the rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// The body of its `image.read` event, without the print's figures and without what facts do not depend on.
    text: BodyText,
    /// The printed figures, where lines like the form's were found.
    pub print: Option<Arc<Print>>,
}

/// Members of a reading that facts do not depend on: half of a journal's bytes.
const SET_ASIDE: [&str; 2] = ["signature", "measured"];

impl Look {
    /// What the body of an `image.read` event holds.
    pub fn of(body: &Value) -> Self {
        let without = |members: &Map<String, Value>, names: &[&str]| -> Map<String, Value> {
            let kept = members.iter().filter(|(name, _)| !names.contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let kept = body.as_object().map(|members| {
            let mut kept = without(members, &[SET_ASIDE[0], SET_ASIDE[1], "print"]);
            if let Some(Value::Object(print)) = members.get("print") {
                kept.insert("print".to_owned(), Value::Object(without(print, &["figures"])));
            }
            Value::Object(kept)
        });
        Self { text: BodyText::of(&kept.unwrap_or_default()), print: print_of(body).map(Arc::new) }
    }

    /// The body of its `image.read` event, without the print's figures and without what facts do not depend on.
    pub fn body(&self) -> Value {
        self.text.value()
    }

    /// What it comes to under a pack.
    pub fn outcome(&self, pack: &Pack) -> Result<Seen, ImageFault> {
        outcome_of(pack, &self.body(), &|| self.print.clone())
    }
}

/// What an `image.read` event comes to under a pack.
pub fn outcome(pack: &Pack, body: &Value) -> Result<Seen, ImageFault> {
    outcome_of(pack, body, &|| print_of(body).map(Arc::new))
}

fn outcome_of(pack: &Pack, body: &Value, print: &dyn Fn() -> Option<Arc<Print>>) -> Result<Seen, ImageFault> {
    let texts = |key: &str| -> Vec<String> {
        let all = body.get(key).and_then(Value::as_array);
        all.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let cause = || body.get("cause").and_then(Value::as_str).unwrap_or_default().to_owned();
    let coded = |channel, unread| {
        let text = body.get("payload").and_then(Value::as_str).unwrap_or_default();
        let Payload { table, values, .. } =
            parse_payload(pack, text).map_err(|fault| foreign(&[fault], vec![text.to_owned()]))?;
        Ok(Seen { channel, table, values, print: print(), unread })
    };
    match body.get("outcome").and_then(Value::as_str) {
        Some("read") => coded(Channel::Code, None),
        Some("joint") => coded(Channel::Joint, Some(cause())),
        Some("several") => Err(ImageFault::Several(texts("accepted"))),
        Some("foreign") => {
            let texts = texts("others");
            let faults: Vec<PayloadFault> =
                texts.iter().filter_map(|text| parse_payload(pack, text).err()).collect();
            Err(foreign(&faults, texts))
        }
        Some("unread") => print_alone(pack, print(), cause()).ok_or_else(|| ImageFault::Unread(cause())),
        _ => Err(ImageFault::NotUsable(cause())),
    }
}

/// The print of an image whose code was not read, if it says which table it speaks for.
fn print_alone(pack: &Pack, print: Option<Arc<Print>>, cause: String) -> Option<Seen> {
    let print = print?;
    let table = print.table(pack.form.as_ref()?, pack)?;
    let values = print.values(pack);
    Some(Seen { channel: Channel::Print, table, values, print: Some(print), unread: Some(cause) })
}

fn parse_payload(pack: &Pack, text: &str) -> Result<Payload, PayloadFault> {
    pack.payload.as_ref().ok_or(PayloadFault::NotText)?.read(pack, text.as_bytes())
}

/// A code with another number of lines is of this election all the same; the rest are strangers.
fn foreign(faults: &[PayloadFault], texts: Vec<String>) -> ImageFault {
    let lines = faults.iter().find_map(|fault| match fault {
        PayloadFault::WrongLineCount { found, expected } => Some((*found, *expected)),
        _ => None,
    });
    match lines {
        Some((found, expected)) => ImageFault::WrongLineCount { found, expected },
        None => ImageFault::Foreign(texts),
    }
}

/// The print that an `image.read` event holds.
pub fn print_of(body: &Value) -> Option<Print> {
    body.get("print")?.get("figures").map(Print::from_json)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is kept of a reading is what facts depend on, and comes to the same.
    #[test]
    fn a_look_is_small_and_says_the_same() {
        let pack = Pack::parse("small", include_str!("../../core/tests/small.toml")).unwrap();
        let figures = json!([["line-1", "12", 998, ["12", "same"], [0, 0, 9, 0, 9, 9, 0, 9]]]);
        let body = json!({
            "outcome": "read", "payload": "01.02!12,3,50!4!0", "decoder": "rxing", "signature": {"v": 1}, "measured": {},
            "print": {"net": "n", "figures": figures},
        });
        let look = Look::of(&body);
        assert_eq!(
            look.body(),
            json!({"outcome": "read", "payload": "01.02!12,3,50!4!0", "decoder": "rxing", "print": {"net": "n"}})
        );
        let (kept, whole) = (look.outcome(&pack).unwrap(), outcome(&pack, &body).unwrap());
        assert_eq!((&kept.table, &kept.values, &kept.print), (&whole.table, &whole.values, &whole.print));
        assert_eq!(kept.print.unwrap().figures.len(), 1);
        assert_eq!(Look::of(&json!({"outcome": "unread", "print": null})).print, None);
        assert_eq!(Look::of(&json!("no object")).body(), Value::Null);
    }
}
