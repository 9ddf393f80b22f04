//! Build steps in Rust: `xtask bindgen <in.wasm> <out-dir> [--keep-panics]` writes the JavaScript glue for a module,
//! `xtask split <in.wasm> <first.wasm> <second.wasm> <report.txt>` cuts one in two, `xtask pack <in.wasm> <out.gz>` packs one.

mod late;
mod places;
mod split;
mod trap;

use std::ops::Range;
use std::process::ExitCode;

use walrus::ModuleConfig;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["bindgen", module, folder] => bindgen(module, folder, Panics::Trap),
        ["bindgen", module, folder, "--keep-panics"] => bindgen(module, folder, Panics::Keep),
        ["late", module, ranges] => late(module, ranges),
        ["split", module, ranges, first, second, report] => split(module, ranges, first, second, report),
        ["pack", module, packed] => pack(module, packed),
        _ => {
            eprintln!("usage: xtask bindgen <module.wasm> <folder> [--keep-panics]");
            eprintln!("       xtask late <module.wasm> <ranges.txt>");
            eprintln!("       xtask split <module.wasm> <ranges.txt> <first.wasm> <second.wasm> <report.txt>");
            eprintln!("       xtask pack <module.wasm> <packed.gz>");
            ExitCode::from(2)
        }
    }
}

/// What becomes of the code that words a panic.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panics {
    /// It traps at once: nobody reads the words on a page, and they cost bytes.
    Trap,
    /// It stays as it is, for a module that is built for speed.
    Keep,
}

/// Generates the glue for `module` into `folder`, as ES module without a default path to the wasm file.
fn bindgen(module: &str, folder: &str, panics: Panics) -> ExitCode {
    let mut parsed = match ModuleConfig::new().generate_producers_section(false).parse_file(module) {
        Ok(parsed) => parsed,
        Err(error) => {
            eprintln!("{module} is no module: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    // The linker's notes have been read by then (`late`), and would be wrong from here on.
    let notes: Vec<_> = parsed
        .customs
        .iter()
        .filter(|(_, custom)| custom.name() == "linking" || custom.name().starts_with("reloc."))
        .map(|(id, _)| id)
        .collect();
    for id in notes {
        parsed.customs.delete(id);
    }
    let trapped = if panics == Panics::Trap { trap::at_once(&mut parsed) } else { Ok(1) };
    let problem = match trapped {
        Ok(0) => Some("it has no panics by the names in trap.rs; the standard library must have renamed them".to_string()),
        Ok(_) => None,
        Err(problem) => Some(problem),
    };
    if let Some(problem) = problem {
        eprintln!("{module}: {problem}");
        return ExitCode::FAILURE;
    }
    if panics == Panics::Trap && places::forget(&mut parsed) == 0 {
        eprintln!("{module}: no place of a panic was found in its data; the compiler must have laid them out anew");
        return ExitCode::FAILURE;
    }
    let mut generator = wasm_bindgen_cli_support::Bindgen::new();
    let outcome = generator
        .input_module("dangol", parsed)
        .web(true)
        .map(|generator| {
            generator
                .omit_default_module_path(true)
                // The fuse in js/host throws a trapped instance away and makes another one.
                .reset_state_function(true)
                .typescript(true)
                .remove_name_section(true)
                .remove_producers_section(true)
        })
        .and_then(|generator| generator.generate(folder));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen failed for {module}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Writes down which stretches of memory only the second of two modules will look at, before the linker's notes are gone.
fn late(module: &str, ranges: &str) -> ExitCode {
    let found = std::fs::read(module).map_err(|error| error.to_string()).and_then(|bytes| late::data(&bytes));
    let written = found.and_then(|found| {
        let lines: String = found.iter().map(|range| format!("{} {}\n", range.start, range.end)).collect();
        std::fs::write(ranges, lines).map_err(|error| format!("{ranges} cannot be written: {error}"))
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{module}: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn read_ranges(path: &str) -> Result<Vec<Range<usize>>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
    let range = |line: &str| line.split_once(' ').and_then(|(start, end)| Some(start.parse().ok()?..end.parse().ok()?));
    text.lines().map(|line| range(line).ok_or_else(|| format!("{path}: no range: {line}"))).collect()
}

/// Cuts `module` in two, and writes down who calls into the second.
fn split(module: &str, ranges: &str, first: &str, second: &str, report: &str) -> ExitCode {
    let read = std::fs::read(module).map_err(|error| error.to_string());
    let written = read.and_then(|bytes| split::in_two(&bytes, &read_ranges(ranges)?)).and_then(|halves| {
        for (path, bytes) in [(first, &halves.first), (second, &halves.second), (report, &halves.report.into_bytes())] {
            std::fs::write(path, bytes).map_err(|error| format!("{path} cannot be written: {error}"))?;
        }
        Ok(())
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{module} cannot be split: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Packs `module` as gzip does, but as small as that format allows: 5 % less than its highest level, for a second of the build's time.
fn pack(module: &str, packed: &str) -> ExitCode {
    let written = std::fs::read(module)
        .and_then(|bytes| {
            let mut out = Vec::new();
            zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes.as_slice(), &mut out)?;
            Ok(out)
        })
        .and_then(|out| std::fs::write(packed, out));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{module} cannot be packed into {packed}: {problem}");
            ExitCode::FAILURE
        }
    }
}
