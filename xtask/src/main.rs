//! Build steps in Rust: `xtask bindgen <in.wasm> <out-dir> [--keep-panics]` writes the JavaScript glue for a module.

mod places;
mod trap;

use std::process::ExitCode;

use walrus::ModuleConfig;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["bindgen", module, folder] => bindgen(module, folder, Panics::Trap),
        ["bindgen", module, folder, "--keep-panics"] => bindgen(module, folder, Panics::Keep),
        _ => {
            eprintln!("usage: xtask bindgen <module.wasm> <folder> [--keep-panics]");
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
