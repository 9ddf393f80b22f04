//! Panics that trap at once.
//!
//! With `panic = "abort"` a panic on wasm ends in a trap, after a message has been put together that nobody reads:
//! the target has no standard error, and the fuse in `js/host` sees only that the call trapped. The functions of
//! the standard library that word a panic never return, so an `unreachable` in their place is the same trap, and
//! wasm-opt then drops the formatting code behind them and the arguments in front of them.

use walrus::ir::{Call, Visitor, dfs_in_order};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module, ValType};

/// The ends of their mangled names, which no version of the crates changes. All of them return `!`.
const PANICS: [&str; 14] = [
    "_4core9panicking9panic_fmt",
    "_4core9panicking18panic_bounds_check",
    "_4core9panicking5panic",
    "_4core6option13unwrap_failed",
    "_4core6option13expect_failed",
    "_4core6result13unwrap_failed",
    "_4core4cell30panic_already_mutably_borrowed",
    "_4core4cell22panic_already_borrowed",
    "_4core3str16slice_error_fail",
    "_4core5slice5index16slice_index_fail",
    "_5alloc7raw_vec12handle_error",
    "_5alloc7raw_vec17capacity_overflow",
    "_5alloc5alloc18handle_alloc_error",
    "_3std6thread5local18panic_access_error",
];

fn is_panic(name: &str) -> bool {
    PANICS.iter().any(|end| name.ends_with(end))
        // `panic_const_div_by_zero` and its like, and the checks inside `Vec::remove`, `insert` and `copy_from_slice`.
        || name.contains("_4core9panicking11panic_const")
        || (name.contains("_5alloc3vec") && name.ends_with("13assert_failed"))
        || name.ends_with("17len_mismatch_fail")
        // An engine that is asked while it answers, or after it is gone: what the glue throws then is as much a crash as a trap.
        || ["9throw_str", "4__rt10throw_null", "4__rt11borrow_fail"].iter().any(|part| name.contains(&format!("12wasm_bindgen{part}")))
}

/// What puts words together: `core::fmt`, its traits for numbers, texts and ranges, and how `std` handles a panic.
fn is_wording(name: &str) -> bool {
    ["_4core3fmt", "_5alloc3fmt", "_3std9panicking", "_3std3sys9backtrace", "_3std5alloc8rust_oom", "3fmt5Debug3fmt"]
        .iter()
        .any(|part| name.contains(part))
}

/// The functions that a function calls.
#[derive(Default)]
struct Calls(Vec<FunctionId>);

impl Visitor<'_> for Calls {
    fn visit_call(&mut self, call: &Call) {
        self.0.push(call.func);
    }
}

/// Replaces the bodies of the functions that word a panic, and returns how many there were.
///
/// The formatting goes too: pointers to it in the constants would keep it alive. That is right only as long as the
/// engine itself formats nothing (`format!`, `write!`, `to_string` of a number), so a module that does is refused.
pub fn at_once(module: &mut Module) -> Result<usize, String> {
    let named = |wanted: &dyn Fn(&str) -> bool| -> Vec<FunctionId> {
        let locals = module.funcs.iter_local();
        locals.map(|(id, _)| id).filter(|id| module.funcs.get(*id).name.as_deref().is_some_and(wanted)).collect()
    };
    let panics = named(&is_panic);
    let wording = named(&is_wording);
    for (id, body) in module.funcs.iter_local() {
        let name = module.funcs.get(id).name.as_deref().unwrap_or("");
        let mut calls = Calls::default();
        dfs_in_order(&mut calls, body, body.entry_block());
        // An implementation of `Debug` and the compiler's own handlers are only reached from a panic.
        if !wording.contains(&id)
            && !is_panic(name)
            && !name.contains("fmt")
            && !name.contains("___rustc")
            && calls.0.iter().any(|called| wording.contains(called))
        {
            return Err(format!("{name} formats text, which would trap; put it together with push_str"));
        }
    }
    for id in panics.iter().chain(&wording) {
        let ty = module.types.get(module.funcs.get(*id).ty());
        let (params, results): (Vec<ValType>, Vec<ValType>) = (ty.params().to_vec(), ty.results().to_vec());
        let arguments = params.iter().map(|param| module.locals.add(*param)).collect();
        let mut body = FunctionBuilder::new(&mut module.types, &params, &results);
        body.func_body().unreachable();
        module.funcs.get_mut(*id).kind = FunctionKind::Local(body.local_func(arguments));
    }
    Ok(panics.len())
}
