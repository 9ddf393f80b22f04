//! The rules that limit how a visitor may be addressed and what leaves the device: purposes, nights, labels, refusals, the
//! age of a consent, children, personal data, erasure.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // A test may fail.

mod erasure;
#[path = "../host/mod.rs"]
mod host;
mod korea;
mod personal;
mod purposes;
mod tabs;
mod unknown;
