//! Panics that trap at once.
//!
//! With `panic = "abort"` a panic on wasm ends in a trap, after a message has been put together that nobody reads:
//! the target has no standard error, and the fuse in `js/host` sees only that the call trapped. The functions of
//! the standard library that word a panic never return, so an `unreachable` in their place is the same trap, and
//! wasm-opt then drops the formatting code behind them and the arguments in front of them.

use walrus::{FunctionBuilder, FunctionKind, Module, ValType};

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
}

/// Replaces the bodies of the functions that word a panic, and returns how many there were.
pub fn at_once(module: &mut Module) -> usize {
    let panics: Vec<_> = module.funcs.iter_local().map(|(id, _)| id).filter(|id| module.funcs.get(*id).name.as_deref().is_some_and(is_panic)).collect();
    for id in &panics {
        let ty = module.types.get(module.funcs.get(*id).ty());
        let (params, results): (Vec<ValType>, Vec<ValType>) = (ty.params().to_vec(), ty.results().to_vec());
        let arguments = params.iter().map(|param| module.locals.add(*param)).collect();
        let mut body = FunctionBuilder::new(&mut module.types, &params, &results);
        body.func_body().unreachable();
        module.funcs.get_mut(*id).kind = FunctionKind::Local(body.local_func(arguments));
    }
    panics.len()
}
