//! Canonical JSON (RFC 8785) for values without floats.

use serde_json::Value;

/// The one byte string a JSON value has under RFC 8785: keys sorted by UTF-16 code units, no spaces.
///
/// Numbers must be integers: a float's canonical form depends on its shortest decimal, and journal events
/// carry none. Fails when a number is not an integer.
pub fn canonical_json(value: &Value) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::new();
    write_value(value, &mut out)?;
    Ok(out)
}

/// When a value holds a number that is not an integer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a number is not an integer")]
pub struct NotCanonical;

/// As [`canonical_json`], at the end of what `out` holds.
pub(crate) fn write_value(value: &Value, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    match value {
        Value::Number(n) if !n.is_i64() && !n.is_u64() => return Err(NotCanonical),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            out.extend_from_slice(value.to_string().as_bytes());
        }
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (i, entry) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_value(entry, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_string(key, out);
                out.push(b':');
                write_value(&members[key], out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// serde_json escapes strings exactly as ECMAScript's `JSON.stringify`, which RFC 8785 prescribes.
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(Value::String(text.to_owned()).to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 8785 §3.2.3: members sort by UTF-16 code units, so U+1F600 (surrogates D83D…) comes before U+FB33.
    #[test]
    fn keys_sort_by_utf16_code_units() {
        let value =
            json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        let text = String::from_utf8(canonical_json(&value).unwrap()).unwrap();
        assert_eq!(
            text,
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
        );
    }

    #[test]
    fn strings_escape_as_in_ecmascript_and_floats_are_refused() {
        let value = json!(["\u{20}\"\\/\u{8}\u{c}\n\r\t\u{1f}é", -3, null]);
        assert_eq!(
            String::from_utf8(canonical_json(&value).unwrap()).unwrap(),
            "[\" \\\"\\\\/\\b\\f\\n\\r\\t\\u001fé\",-3,null]"
        );
        assert_eq!(canonical_json(&json!(1.5)), Err(NotCanonical));
    }
}
