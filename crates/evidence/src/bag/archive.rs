//! Bundles in one file.
