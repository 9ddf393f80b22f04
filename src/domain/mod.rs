//! The decisions of Dangol, without a browser.
//!
//! Nothing here reads a clock, storage, network, DOM or random source: time and entropy are arguments, and what
//! only a host can do well (regular expressions, time zones, URLs, shortest numbers) comes through [`host`].
//! The modules in reading order:

pub mod compiler;
pub mod event;
pub mod facts;
pub mod host;
pub mod journey;
pub mod json;
pub mod number;
pub mod problem;
pub mod time;
pub mod value;
