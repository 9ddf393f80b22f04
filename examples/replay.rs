//! Replays recorded journeys natively: `{"config", "journey", "options"}` one a line in, what each leads to one a line out.
//!
//! `tests/hosts` compares its text with what Node and a browser give for the same journeys.

use dangol::domain::json;
use dangol::domain::replay::replay;
use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let request = json::parse(&line?).unwrap_or_default();
        let part = |key: &str| request.get(key).cloned().unwrap_or_default();
        let config = json::parse(request.text("config").unwrap_or_default()).unwrap_or_default();
        writeln!(out, "{}", json::to_text(&replay(&config, &part("journey"), &part("options"))))?;
    }
    Ok(())
}
