//! The figures of a page, each compared with `results.json` by its key.
//!
//! A page marks every figure as `<data data-key="KEY" value="VALUE">`. A key is a path: names after dots; an element
//! of an array in brackets, by what names it (`tabulation.areas[state:17].margin`), percent-encoded. The page is
//! not recomputed, but no figure on it can differ from the results.

use serde_json::Value;

/// A figure of a page that is not that of the results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FalseFigure {
    /// Its key, cut to a readable length.
    pub key: String,
    /// What the page says; cut too.
    pub value: String,
    /// What the results say; `None` where the key leads nowhere.
    pub expected: Option<String>,
}

/// Most that is told of a false figure's texts, characters.
const MOST_TOLD: usize = 120;

/// Number of figures on a page, and those that are not the results'.
pub fn check_figures(html: &str, results: &Value) -> (u64, Vec<FalseFigure>) {
    let (mut n, mut wrong) = (0, Vec::new());
    // `<data` in whatever letters a browser takes for it, and whatever white space follows.
    for (at, _) in html.match_indices('<') {
        let element = &html[at + 1..];
        let Some(name) = element.get(..4) else { continue };
        let ends = element[4..].starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
        if !name.eq_ignore_ascii_case("data") || !ends {
            continue;
        }
        n += 1;
        let tag = element.split('>').next().unwrap_or_default();
        let (key, value) = (attribute(tag, "data-key"), attribute(tag, "value"));
        let told = |text: Option<&str>| text.unwrap_or_default().chars().take(MOST_TOLD).collect::<String>();
        let expected = key.and_then(|key| resolve(results, key)).map(shown);
        if expected.is_none() || value != expected.as_deref() {
            wrong.push(FalseFigure { key: told(key), value: told(value), expected });
        }
    }
    (n, wrong)
}

/// The value of an attribute written as the report writes it: `name="value"`, once, without entities.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut found = tag.match_indices(name).filter_map(|(at, _)| {
        let separate = tag[..at].ends_with(|c: char| c.is_ascii_whitespace());
        tag[at + name.len()..].strip_prefix("=\"").filter(|_| separate)
    });
    let value = found.next()?.split('"').next()?;
    found.next().is_none().then_some(value)
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Follows a key through the results.
pub fn resolve<'v>(root: &'v Value, key: &str) -> Option<&'v Value> {
    let (mut value, mut rest) = (root, key);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (id, after) = after.split_once(']')?;
            let id = percent_decoded(id)?;
            value = value.as_array()?.iter().find(|element| element_id(element) == id)?;
            rest = after.strip_prefix('.').unwrap_or(after);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            value = value.get(&rest[..end])?;
            rest = rest[end..].strip_prefix('.').unwrap_or(&rest[end..]);
        }
    }
    Some(value)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

/// What names an element of an array.
fn element_id(element: &Value) -> String {
    let text = |name: &str| element.get(name).and_then(Value::as_str).map(str::to_owned);
    if let (Some(level), Some(code)) = (text("level"), text("code")) {
        return format!("{level}:{code}");
    }
    if let (Some(id), Some(about)) = (text("id"), text("about")) {
        return format!("{id}:{about}");
    }
    if let Some(selections) = element.get("selections").and_then(Value::as_array) {
        let ids: Vec<&str> = selections.iter().filter_map(Value::as_str).collect();
        return ids.join("+");
    }
    text("id").or_else(|| text("label")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_figure_is_the_results_or_it_is_told() {
        let results =
            json!({"a": {"b": [{"id": "x y", "n": 7}, {"level": "state", "code": "1", "n": -2.5}]}});
        let check = |html: &str| check_figures(html, &results);
        let good = "<p><data data-key=\"a.b[x%20y].n\" value=\"7\">7</data>, \
                    <data data-key=\"a.b[state:1].n\" value=\"-2.5\">−2.5</data> <datalist></datalist>";
        assert_eq!(check(good), (2, Vec::new()));
        for wrong in [
            "<data data-key=\"a.b[x%20y].n\" value=\"8\">8</data>",
            "<DATA data-key=\"a.b[x%20y].n\" value=\"8\">8</DATA>",
            "<data\tdata-key=\"a.b[x%20y].n\" value=\"8\">",
            "<data data-key=\"a.c\" value=\"7\">",
            "<data data-key=\"a.b[%zz].n\" value=\"7\">",
            "<data value=\"7\">",
            "<data data-key=\"a.b[x%20y].n\">",
            "<data data-key=\"a.b[x%20y].n\" value=\"7\" value=\"8\">",
            "<data",
        ] {
            let n = check(wrong).1.len();
            assert_eq!(n, usize::from(wrong != "<data"), "{wrong}");
        }
    }
}
