//! Dangol decides, in the visitor's own browser, which message helps now.
#![doc = ""]

pub mod domain;

#[cfg(target_family = "wasm")]
mod web;
