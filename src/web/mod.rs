//! The engine as WebAssembly: what is exported to `js/`, and what the browser does for the domain.
//!
//! This layer decides nothing. It exists only where the target is wasm, so that a native `cargo test` proves the
//! domain needs no browser. No event, DOM node or request crosses here: only the texts of `docs/boundary.md`.

#[cfg(not(feature = "signature"))]
mod api;
#[cfg(not(feature = "signature"))]
mod host;
mod memory;
#[cfg(feature = "signature")]
mod signature;
#[cfg(feature = "tools")]
mod tools;
