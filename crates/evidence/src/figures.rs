//! The figures of a page, each compared with `results.json` by its key.
//!
//! A page marks every figure as `<data data-key="KEY" value="VALUE">`. A key is a path: names after dots; an element
//! of an array in brackets, by what names it (`tabulation.areas[state:17].margin`), percent-encoded. The page is
//! not recomputed, but no figure on it can differ from the results.

use std::collections::HashMap;

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

/// Longest element, bytes: three ids of a pack.
const MAX_ELEMENT_BYTES: usize = 4096;

/// Most false figures told of a page: what is wrong is known by then.
const MAX_FALSE: usize = 1_000;

/// Number of figures on a page, and those that are not the results': by their key, or by what is shown for them.
/// `point` is the decimal point of the page's language.
pub fn check_figures(html: &str, results: &Value, point: char) -> (u64, Vec<FalseFigure>) {
    let (mut n, mut wrong, mut arrays) = (0, Vec::new(), Arrays::new());
    // `<data` in whatever letters a browser takes for it, and whatever white space follows.
    for (at, _) in html.match_indices('<') {
        let element = &html[at + 1..];
        let Some(name) = element.get(..4) else { continue };
        let ends = element[4..].starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
        if !name.eq_ignore_ascii_case("data") || !ends {
            continue;
        }
        n += 1;
        let Element { key, value, shown } = Element::of(element).unwrap_or_default();
        let found = resolve_in(results, key, &mut arrays).filter(|_| !key.is_empty());
        let expected = found.map(text_of);
        let is_shown = found.is_some_and(|figure| is_shown_as(figure, shown, point));
        if expected.as_deref() != Some(value) || !is_shown {
            let told = |text: &str| text.chars().take(MOST_TOLD).collect::<String>();
            // Where the value is right, what people see is not.
            let value = if expected.as_deref() == Some(value) { shown } else { value };
            wrong.push(FalseFigure { key: told(key), value: told(value), expected });
        }
        if wrong.len() == MAX_FALSE {
            break;
        }
    }
    (n, wrong)
}

/// An element as the report writes it.
#[derive(Default)]
struct Element<'h> {
    key: &'h str,
    value: &'h str,
    shown: &'h str,
}

impl<'h> Element<'h> {
    /// Reads `data data-key="…" value="…">…</data>`: in this one form, so that no browser reads it otherwise.
    fn of(html: &'h str) -> Option<Self> {
        let most = (0..=MAX_ELEMENT_BYTES.min(html.len())).rev().find(|&end| html.is_char_boundary(end))?;
        let (key, rest) = html[..most].strip_prefix("data data-key=\"")?.split_once("\" value=\"")?;
        let (value, rest) = rest.split_once("\">")?;
        let shown = &rest[..rest.find('<')?];
        let is_plain = |text: &str| !text.contains(['"', '<', '>', '&']);
        let ends = rest[shown.len()..].starts_with("</data>");
        (is_plain(key) && is_plain(value) && ends).then_some(Self { key, value, shown })
    }
}

/// Whether a text shows a figure: rounded to the decimals it has, as a share or as percent, or as a bound on a
/// probability too small or too large to be written.
fn is_shown_as(figure: &Value, shown: &str, point: char) -> bool {
    let text = text_of(figure);
    let Ok(x) = text.parse::<f64>() else { return shown == text };
    let (mark, rest) = match shown.split_once("; ") {
        Some(("&lt", rest)) => ('<', rest),
        Some(("&gt", rest)) => ('>', rest),
        _ => ('=', shown),
    };
    let (number, percent) = match rest.strip_suffix('%') {
        Some(number) => (number.trim_end_matches('\u{a0}'), true),
        None => (rest, false),
    };
    let (number, ten) = match number.split_once(" × 10") {
        Some((number, exponent)) => (number, power_of_ten(exponent)),
        None if mark == '<' && number.starts_with("10⁻") => ("1", power_of_ten(&number[2..])),
        None => (number, Some(1.0)),
    };
    let (Some((y, half)), Some(ten)) = (number_of(number, point), ten) else { return false };
    let is = |x: f64| {
        let slack = half * ten * (1.0 + 1e-6) + x.abs() * 1e-12;
        match mark {
            '<' => x <= y * ten + slack,
            '>' => x >= y * ten - slack,
            _ => (x - y * ten).abs() <= slack,
        }
    };
    // A share may be shown in points without the sign; what was published as text is shown as it was.
    let is_share = text.contains('.') && x.abs() <= 1.0;
    match percent {
        true => is(if figure.is_string() { x } else { x * 100.0 }),
        false => is(x) || (is_share && is(x * 100.0)),
    }
}

/// A number written with groups of three, and half of its last digit's worth.
fn number_of(text: &str, point: char) -> Option<(f64, f64)> {
    let group = if point == '.' { ',' } else { '.' };
    let (digits, sign) = text.strip_prefix('−').map_or((text, 1.0), |digits| (digits, -1.0));
    let (whole, fraction) = digits.split_once(point).unwrap_or((digits, ""));
    let all = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split(group);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) && all(first))?;
    let mut plain = first.to_owned();
    for part in groups {
        plain.push_str(Some(part).filter(|part| part.len() == 3 && all(part))?);
    }
    if !all(fraction) || digits.ends_with(point) {
        return None;
    }
    let number: f64 = format!("{plain}.{fraction}0").parse().ok()?;
    let decimals = i32::try_from(fraction.len()).ok()?;
    Some((sign * number, 0.5 * ten_to(-decimals)))
}

/// Ten to a power in superscript digits.
fn power_of_ten(text: &str) -> Option<f64> {
    let (digits, sign) = text.strip_prefix('⁻').map_or((text, 1), |digits| (digits, -1));
    let mut exponent = 0i32;
    for c in digits.chars() {
        let digit = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'].iter().position(|&d| d == c)?;
        exponent = exponent.checked_mul(10)?.checked_add(i32::try_from(digit).ok()?)?;
    }
    (!digits.is_empty() && exponent <= 400).then(|| ten_to(sign * exponent))
}

/// Exact as far as a decimal text is.
fn ten_to(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(0.0)
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Follows a key through the results.
pub fn resolve<'v>(root: &'v Value, key: &str) -> Option<&'v Value> {
    resolve_in(root, key, &mut Arrays::new())
}

/// Elements of arrays by what names them; arrays by where they are. A page has thousands of figures, and an array as
/// many elements.
type Arrays<'v> = HashMap<*const Value, HashMap<String, &'v Value>>;

fn resolve_in<'v>(root: &'v Value, key: &str, arrays: &mut Arrays<'v>) -> Option<&'v Value> {
    let (mut value, mut rest) = (root, key);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (id, after) = after.split_once(']')?;
            let id = percent_decoded(id)?;
            let elements = value.as_array()?;
            // The first of a name, as ever.
            let index = || elements.iter().rev().map(|element| (element_id(element), element)).collect();
            value = arrays.entry(std::ptr::from_ref(value)).or_insert_with(index).get(&id)?;
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
    fn what_is_shown_is_the_figure_or_it_is_told() {
        for (x, point, good, bad) in [
            (json!(7_303_480), '.', "7,303,480", "7.303.480"),
            (json!(-3_199_465), ',', "−3.199.465", "3.199.465"),
            (json!(0.670_828), '.', "67.08%", "68.07%"),
            (json!(0.670_828), ',', "67,1\u{a0}%", "76,1\u{a0}%"),
            (json!(0.670_828), '.', "67.08", "670.83"),
            (json!(0.670_828), '.', "0.671", "0.67%"),
            (json!(-0.004), '.', "0.00", "0.01"),
            (json!(1_836_633.71), ',', "1.836.633,71", "1.836.633,72"),
            (json!(1.0), '.', "&gt; 99.9%", "&lt; 99.9%"),
            (json!(0.000_2), '.', "&lt; 0.1%", "&gt; 0.1%"),
            (json!(2.34e-7), '.', "2.3 × 10⁻⁷", "2.3 × 10⁻⁸"),
            (json!(1e-120), '.', "&lt; 10⁻⁹⁹", "10⁻⁹⁹"),
            (json!("51.95"), ',', "51,95\u{a0}%", "15,95\u{a0}%"),
            (json!("51.95"), '.', "51.95%", "5195.00%"),
            (json!(7), '.', "7", "007000"),
            (json!(7), '.', "7", "1,7"),
        ] {
            assert!(is_shown_as(&x, good, point), "{x}: {good}");
            assert!(!is_shown_as(&x, bad, point), "{x}: {bad}");
        }
    }

    /// Megabytes of nothing but beginnings: told a thousand times, and not looked through a million.
    #[test]
    fn a_page_of_beginnings_ends() {
        let (n, wrong) = check_figures(&"<data ".repeat(1 << 21), &json!({}), '.');
        assert_eq!((n, wrong.len()), (1_000, 1_000));
    }

    #[test]
    fn a_figure_is_the_results_or_it_is_told() {
        let results =
            json!({"a": {"b": [{"id": "x y", "n": 7}, {"level": "state", "code": "1", "n": -2.5}]}});
        let check = |html: &str| check_figures(html, &results, '.');
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
            "<data data-key=\"a.b[x%20y].n\" value=\"7\">8</data>",
            "<data data-key=\"a.b[x%20y].n\" value=\"7\">7<b>0</b></data>",
            "<data data-key=\"a.b[x%20y].n\" value=\"7\"></data>",
            "<data data-key=\"a.b[x%20y].n\" value=\"7\">700</data>",
            "<data data-key='a.b[x%20y].n' value='7'>7</data>",
            "<data title=' data-key=\"a.b[x%20y].n\" value=\"7\"' value='8'>8</data>",
            "<data data-key=\"a.b[x%20y].n\" value=\"7\" hidden>7</data>",
            "<data data-key=\"\" value=\"\"></data>",
            "<data",
        ] {
            let n = check(wrong).1.len();
            assert_eq!(n, usize::from(wrong != "<data"), "{wrong}");
        }
    }
}
