//! JSON written piece by piece: a country of a million tables never lies in memory as a tree.

use std::io::{self, Write};

use serde_json::Value;
use tallyproof_core::tidy;

/// A JSON document being written, without line ends inside its elements.
pub(super) struct Stream<W> {
    out: W,
    first: bool,
}

impl<W: Write> Stream<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, first: true }
    }

    /// Opens an object or an array: `{` or `[`, after a member's name where there is one.
    pub(super) fn open(&mut self, name: Option<&str>, bracket: char) -> io::Result<()> {
        self.start(name)?;
        self.first = true;
        write!(self.out, "{bracket}")
    }

    /// Closes it.
    pub(super) fn close(&mut self, bracket: char) -> io::Result<()> {
        self.first = false;
        write!(self.out, "{bracket}")
    }

    /// A member of the open object.
    pub(super) fn member(&mut self, name: &str, value: &Value) -> io::Result<()> {
        self.start(Some(name))?;
        self.out.write_all(tidy::json(&serde_json::to_string(value)?).as_bytes())
    }

    /// An element of the open array.
    pub(super) fn element(&mut self, value: &Value) -> io::Result<()> {
        self.start(None)?;
        self.out.write_all(tidy::json(&serde_json::to_string(value)?).as_bytes())
    }

    /// An element of the open array that is JSON already. Names in it must be harmless.
    pub(super) fn raw(&mut self, json: std::fmt::Arguments<'_>) -> io::Result<()> {
        self.start(None)?;
        self.out.write_fmt(json)
    }

    /// Ends the document.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(b"\n")?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn start(&mut self, name: Option<&str>) -> io::Result<()> {
        if !std::mem::replace(&mut self.first, false) {
            self.out.write_all(b",")?;
        }
        match name {
            // Names are ours, and plain.
            Some(name) => write!(self.out, "\n\"{name}\":"),
            None => self.out.write_all(b"\n"),
        }
    }
}
