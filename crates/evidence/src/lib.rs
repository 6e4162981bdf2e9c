//! What a stranger can check: the bundle, its hashes and signatures, and its verification.
//!
//! Builds without image, web and SQL code. What is published is derived here, by the same functions, whoever
//! asks: the publisher from a working folder, the stranger from a bundle. Like `core`, this crate holds codes
//! and values: the words around them live with the programs.

pub mod exports;
pub mod tables;
