//! Formulas of claims: exact arithmetic on named figures, so that a stated number can be recomputed.
//!
//! The grammar is that of school: `+ − × ÷`, parentheses, whole numbers and names. Evaluation is in
//! fractions of integers: nothing is rounded on the way.

use std::fmt;

/// Longest formula, bytes. Every published sentence so far fits ten times over.
const MAX_BYTES: usize = 400;

/// Deepest nesting, so that no text can exhaust the stack.
const MAX_DEPTH: u32 = 32;

/// A parsed formula with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    text: String,
    root: Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Number(i128),
    Name(String),
    Negative(Box<Node>),
    Of(Operator, Box<Node>, Box<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Plus,
    Minus,
    Times,
    Over,
}

/// An exact fraction with a positive denominator, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    /// Above the line.
    pub numerator: i128,
    /// Below the line, at least 1.
    pub denominator: i128,
}

impl Fraction {
    /// `None` when the denominator is 0, or when a figure leaves 127 bits.
    fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = gcd(numerator.checked_abs()?, denominator.checked_abs()?);
        let sign = denominator.signum();
        (sign != 0).then(|| Self {
            numerator: numerator / divisor * sign,
            denominator: (denominator / divisor).abs(),
        })
    }

    fn of(operator: Operator, a: Self, b: Self) -> Option<Self> {
        let cross = |x: Self, y: Self| x.numerator.checked_mul(y.denominator);
        let below = a.denominator.checked_mul(b.denominator);
        match operator {
            Operator::Plus => Self::new(cross(a, b)?.checked_add(cross(b, a)?)?, below?),
            Operator::Minus => Self::new(cross(a, b)?.checked_sub(cross(b, a)?)?, below?),
            Operator::Times => Self::new(a.numerator.checked_mul(b.numerator)?, below?),
            Operator::Over => Self::new(cross(a, b)?, a.denominator.checked_mul(b.numerator)?),
        }
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

impl Formula {
    /// Reads a formula such as `votes.A − votes.B − (tables_total − tables) × valid ÷ tables`; `*`, `/` and
    /// `-` do as well. `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let mut parser = Parser { rest: text };
        let root = parser.sum(0)?;
        parser.rest.trim().is_empty().then(|| Self { text: text.to_owned(), root })
    }

    /// Every name in it, in order of first use.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.root.collect_names(&mut names);
        names
    }

    /// Its value; `None` when a name has none, a divisor is 0 or a figure leaves 127 bits.
    pub fn value(&self, figure: &dyn Fn(&str) -> Option<i128>) -> Option<Fraction> {
        self.root.value(figure)
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Node {
    fn collect_names<'n>(&'n self, names: &mut Vec<&'n str>) {
        match self {
            Node::Number(_) => {}
            Node::Name(name) if names.contains(&name.as_str()) => {}
            Node::Name(name) => names.push(name),
            Node::Negative(inner) => inner.collect_names(names),
            Node::Of(_, a, b) => {
                a.collect_names(names);
                b.collect_names(names);
            }
        }
    }

    fn value(&self, figure: &dyn Fn(&str) -> Option<i128>) -> Option<Fraction> {
        match self {
            Node::Number(n) => Fraction::new(*n, 1),
            Node::Name(name) => Fraction::new(figure(name)?, 1),
            Node::Negative(inner) => {
                Fraction::of(Operator::Minus, Fraction::new(0, 1)?, inner.value(figure)?)
            }
            Node::Of(operator, a, b) => Fraction::of(*operator, a.value(figure)?, b.value(figure)?),
        }
    }
}

struct Parser<'t> {
    rest: &'t str,
}

impl Parser<'_> {
    fn take(&mut self, signs: &[(char, Operator)]) -> Option<Operator> {
        let trimmed = self.rest.trim_start();
        let next = trimmed.chars().next()?;
        let (_, operator) = signs.iter().find(|(sign, _)| *sign == next)?;
        self.rest = &trimmed[next.len_utf8()..];
        Some(*operator)
    }

    fn sum(&mut self, depth: u32) -> Option<Node> {
        use Operator::{Minus, Plus};
        let mut left = self.product(depth)?;
        while let Some(operator) = self.take(&[('+', Plus), ('-', Minus), ('−', Minus)]) {
            left = Node::Of(operator, Box::new(left), Box::new(self.product(depth)?));
        }
        Some(left)
    }

    fn product(&mut self, depth: u32) -> Option<Node> {
        use Operator::{Over, Times};
        let mut left = self.factor(depth)?;
        while let Some(operator) = self.take(&[('*', Times), ('×', Times), ('/', Over), ('÷', Over)]) {
            left = Node::Of(operator, Box::new(left), Box::new(self.factor(depth)?));
        }
        Some(left)
    }

    fn factor(&mut self, depth: u32) -> Option<Node> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.take(&[('-', Operator::Minus), ('−', Operator::Minus)]).is_some() {
            return Some(Node::Negative(Box::new(self.factor(depth + 1)?)));
        }
        let text = self.rest.trim_start();
        if let Some(inside) = text.strip_prefix('(') {
            self.rest = inside;
            let inner = self.sum(depth + 1)?;
            self.rest = self.rest.trim_start().strip_prefix(')')?;
            return Some(inner);
        }
        // Ids may hold `-`; after a dot, as in `votes.LM-2`, it belongs to the id.
        let mut dotted = false;
        let end = text
            .find(|c: char| {
                dotted |= c == '.';
                !(c.is_ascii_alphanumeric() || c == '_' || c == '.' || (dotted && c == '-'))
            })
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        match is_number {
            true => word.parse().ok().map(Node::Number),
            false => (!word.is_empty()).then(|| Node::Name(word.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<(i128, i128)> {
        let figure = |name: &str| (name == "votes.A-1").then_some(7);
        Formula::parse(text)?.value(&figure).map(|f| (f.numerator, f.denominator))
    }

    #[test]
    fn arithmetic_is_that_of_school() {
        assert_eq!(value("2 + 3 × 4 − 6 ÷ 4"), Some((25, 2)));
        assert_eq!(value("-(2 - 5) * votes.A-1"), Some((21, 1)));
        assert_eq!(value("8 / 2 / 2"), Some((2, 1)));
        assert_eq!(value("1 / (3 - 3)"), None);
        assert_eq!(value("unknown"), None);
    }

    #[test]
    fn what_is_no_formula_is_none() {
        let deep = "(".repeat(399);
        for wrong in ["", "2 +", "(2", "2)", "2 2", "a b", "+", "2..5", "1e5", deep.as_str(), &"9".repeat(60)]
        {
            assert!(Formula::parse(wrong).is_none(), "{wrong}");
        }
        assert!(value("170141183460469231731687303715884105727 * 2").is_none());
    }
}
