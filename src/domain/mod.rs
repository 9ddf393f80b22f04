//! The decisions of Dangol, without a browser.
//!
//! Nothing here reads a clock, storage, network, DOM or random source: time and entropy are arguments, and what
//! only a host can do well (time zones, URLs, cases of letters, shortest numbers) comes through [`host`].
//! In reading order: `engine` takes inputs and gives effects; `config` is what it decides by; `journey` and `profile`
//! are what it knows; `condition` and `behaviour` ask; `decision` answers; `message` is what is seen; `outbox` is sent.

pub mod assign;
pub mod behaviour;
pub mod campaign;
pub mod compiler;
pub mod condition;
pub mod config;
pub mod consent;
pub mod coupon;
pub mod decision;
pub mod engine;
pub mod event;
#[cfg(any(feature = "tools", not(target_family = "wasm")))]
mod examples;
pub mod facts;
pub mod fields;
pub mod host;
pub mod journey;
pub mod json;
pub mod list;
pub mod membership;
pub mod message;
pub mod number;
pub mod order;
pub mod outbox;
pub mod personal;
pub mod problem;
pub mod profile;
pub mod prose;
pub mod random;
pub mod replay;
#[cfg(any(feature = "tools", not(target_family = "wasm")))]
pub mod selector;
pub mod shared;
pub mod signed;
pub mod text;
pub mod time;
#[cfg(any(feature = "tools", not(target_family = "wasm")))]
pub mod tools;
pub mod value;
pub mod wire;
