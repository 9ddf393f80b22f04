//! Cuts a module in two: what a page needs from the start, and what only its messages need.
//!
//! A few functions of the engine are gates. Whatever is reached through them alone goes into a second module, which works
//! on the first one's memory, table and stack and calls the first one's functions, so nothing is carried twice. In the
//! first module a gate calls through the function table, at a place that the second fills when it is made. Until then
//! the place is empty and the gate does nothing at all: that is why gates give nothing back. The engine knows whether the
//! part is there (`Engine::completed`) and holds back what needs it, so this is the last door, not the lock.

use std::collections::{BTreeMap, BTreeSet};

use std::ops::Range;

use walrus::ir::{Instr, RefIsNull, TableGet, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalId, GlobalKind,
    ImportedFunction, LocalFunction, MemoryId, Module, ModuleConfig, Table, TableId, passes,
};

/// The gates: the engine's module and the function in it.
const GATES: [(&str, &str); 6] = [
    ("screen", "mount"),
    ("screen", "redraw"),
    ("screen", "refresh"),
    ("screen", "acted"),
    ("wallet", "issue_for"),
    ("effect", "push_tree"),
];

/// What the second module calls the first one.
const FIRST: &str = "a";

/// The two modules, and what was done in words.
pub struct Halves {
    pub first: Vec<u8>,
    pub second: Vec<u8>,
    pub report: String,
}

/// What a function uses of its module.
#[derive(Default)]
struct Uses {
    functions: BTreeSet<FunctionId>,
    globals: BTreeSet<GlobalId>,
    tables: BTreeSet<TableId>,
    memories: BTreeSet<MemoryId>,
}

impl Visitor<'_> for Uses {
    fn visit_function_id(&mut self, id: &FunctionId) {
        self.functions.insert(*id);
    }
    fn visit_global_id(&mut self, id: &GlobalId) {
        self.globals.insert(*id);
    }
    fn visit_table_id(&mut self, id: &TableId) {
        self.tables.insert(*id);
    }
    fn visit_memory_id(&mut self, id: &MemoryId) {
        self.memories.insert(*id);
    }
}

impl Uses {
    fn of(function: &LocalFunction, into: &mut Uses) {
        dfs_in_order(into, function, function.entry_block());
    }
}

fn parse(bytes: &[u8]) -> Result<Module, String> {
    ModuleConfig::new().generate_producers_section(false).parse(bytes).map_err(|error| format!("it is no module: {error:#}"))
}

/// A name of an export that no tool gives and that takes few bytes.
fn label(number: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let digit = |value: usize| char::from(DIGITS.get(value % 36).copied().unwrap_or(b'0'));
    if number < 36 { digit(number).to_string() } else { format!("{}{}", digit(number / 36), digit(number)) }
}

/// Which build this is: halves of different builds must never meet, whatever a cache holds.
fn mark(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// Everything that is reached from `from` without passing through `closed`.
fn reach(calls: &BTreeMap<FunctionId, BTreeSet<FunctionId>>, from: Vec<FunctionId>, closed: &BTreeSet<FunctionId>) -> BTreeSet<FunctionId> {
    let mut reached = BTreeSet::new();
    let mut open = from;
    while let Some(id) = open.pop() {
        if !closed.contains(&id) && reached.insert(id) {
            open.extend(calls.get(&id).into_iter().flatten());
        }
    }
    reached
}

/// Where a module is cut.
pub struct Cut {
    gates: Vec<FunctionId>,
    calls: BTreeMap<FunctionId, BTreeSet<FunctionId>>,
    /// What is reached without passing a gate.
    pub staying: BTreeSet<FunctionId>,
    /// What is reached through gates alone.
    pub moving: BTreeSet<FunctionId>,
}

/// Whether a name, as the compiler or as the bindings tool writes it, is that of a gate.
fn is_named(name: &str, module: &str, function: &str) -> bool {
    let mangled = name.contains(&format!("6engine{}{module}", module.len())) && name.contains(&format!("{}{function}17h", function.len()));
    let plain = name.rsplit_once("::h").map_or(name, |(plain, _)| plain);
    mangled || (plain.contains(&format!("::engine::{module}::")) && plain.ends_with(&format!("::{function}")))
}

/// Decides what stays and what moves.
pub fn cut(module: &Module) -> Result<Cut, String> {
    let mut gates = Vec::new();
    for (place, function) in GATES {
        let locals = module.funcs.iter_local().map(|(id, _)| id);
        let found: Vec<_> =
            locals.filter(|id| module.funcs.get(*id).name.as_deref().is_some_and(|name| is_named(name, place, function))).collect();
        let [id] = found[..] else {
            return Err(format!(
                "{} functions are called engine::{place}::{function}; a gate must be one, so #[inline(never)]",
                found.len()
            ));
        };
        if !module.types.get(module.funcs.get(id).ty()).results().is_empty() {
            return Err(format!("engine::{place}::{function} gives something back, which a gate that is closed cannot"));
        }
        gates.push(id);
    }
    let mut calls = BTreeMap::new();
    for (id, function) in module.funcs.iter_local() {
        let mut uses = Uses::default();
        Uses::of(function, &mut uses);
        calls.insert(id, uses.functions);
    }
    // What lies in the table may be called from anywhere.
    let mut roots: Vec<FunctionId> = module.start.into_iter().collect();
    roots.extend(module.exports.iter().filter_map(|export| match export.item {
        ExportItem::Function(id) => Some(id),
        _ => None,
    }));
    for element in module.elements.iter() {
        match &element.items {
            ElementItems::Functions(ids) => roots.extend(ids),
            ElementItems::Expressions(..) => return Err("its table holds expressions, which nobody has looked into yet".into()),
        }
    }
    let staying = reach(&calls, roots, &gates.iter().copied().collect());
    let moving = reach(&calls, gates.clone(), &BTreeSet::new()).difference(&staying).copied().collect();
    Ok(Cut { gates, calls, staying, moving })
}

/// Makes room for the gates.
fn widen(module: &mut Module, table: TableId, slots: u64) -> &mut Table {
    let table = module.tables.get_mut(table);
    table.initial = slots;
    table.maximum = table.maximum.map(|most| most.max(slots));
    table
}

/// Takes a stretch of memory out of the module's data, and leaves zeros, which pack to nothing.
fn take(module: &mut Module, range: &Range<usize>) -> Option<Vec<u8>> {
    let ids: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    ids.into_iter().find_map(|id| {
        let data = module.data.get_mut(id);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind else { return None };
        let from = range.start.checked_sub(start as usize)?;
        let bytes = data.value.get_mut(from..from + range.len())?;
        let taken = bytes.to_vec();
        bytes.fill(0);
        Some(taken)
    })
}

/// Cuts the module in two; `late` are the stretches of memory that only what moves looks at.
pub fn in_two(bytes: &[u8], late: &[Range<usize>]) -> Result<Halves, String> {
    let mut first = parse(bytes)?;
    let mut second = parse(bytes)?;
    let name = |module: &Module, id: FunctionId| module.funcs.get(id).name.clone().unwrap_or_default();
    let Cut { gates, calls, staying, moving } = cut(&first)?;

    let mut uses = Uses::default();
    for (id, function) in first.funcs.iter_local() {
        if moving.contains(&id) {
            Uses::of(function, &mut uses);
        }
    }
    let table = first.tables.main_function_table().map_err(|error| error.to_string())?.ok_or("it has no table of functions")?;
    uses.tables.insert(table);
    let place = first.tables.get(table).initial;

    // The first: its gates look into the table, and what the second uses is exported.
    let mut labels = (0..).map(label);
    let mut next = || labels.next().unwrap_or_default();
    let functions: Vec<_> = uses.functions.difference(&moving).map(|id| (*id, next())).collect();
    let tables: Vec<_> = uses.tables.iter().map(|id| (*id, next())).collect();
    let memories: Vec<_> = uses.memories.iter().map(|id| (*id, next())).collect();
    let build = mark(bytes);
    let globals: Vec<_> = uses.globals.iter().enumerate().map(|(at, id)| (*id, if at == 0 { build.clone() } else { next() })).collect();
    if globals.is_empty() {
        return Err("what moves does not use the stack, so nothing carries the mark of the build".into());
    }
    let slots = place + gates.len() as u64;
    widen(&mut first, table, slots);
    for (at, gate) in gates.iter().enumerate() {
        let slot = (place + at as u64) as i32;
        let ty = first.funcs.get(*gate).ty();
        let params = first.types.get(ty).params().to_vec();
        let arguments: Vec<_> = params.iter().map(|param| first.locals.add(*param)).collect();
        let mut body = FunctionBuilder::new(&mut first.types, &params, &[]);
        body.func_body().block(None, |block| {
            let end = block.id();
            block.i32_const(slot).instr(Instr::TableGet(TableGet { table })).instr(Instr::RefIsNull(RefIsNull {})).br_if(end);
            for argument in &arguments {
                block.local_get(*argument);
            }
            block.i32_const(slot).call_indirect(ty, table);
        });
        first.funcs.get_mut(*gate).kind = FunctionKind::Local(body.local_func(arguments));
    }
    for (id, name) in &functions {
        first.exports.add(name, *id);
    }
    for (id, name) in &tables {
        first.exports.add(name, *id);
    }
    for (id, name) in &memories {
        first.exports.add(name, *id);
    }
    for (id, name) in &globals {
        first.exports.add(name, *id);
    }

    // The second: what stays is imported, and the gates go into their places. The same bytes were read in the same order.
    let twins: Vec<FunctionId> = second.funcs.iter().map(|function| function.id()).collect();
    let twin = |id: &FunctionId| twins.get(id.index()).copied().ok_or("the two readings of the module differ");
    let (second_tables, second_memories, second_globals): (Vec<TableId>, Vec<MemoryId>, Vec<GlobalId>) = (
        second.tables.iter().map(|table| table.id()).collect(),
        second.memories.iter().map(|memory| memory.id()).collect(),
        second.globals.iter().map(|global| global.id()).collect(),
    );
    let mut moved_data = Vec::new();
    second.start = None;
    for id in second.exports.iter().map(|export| export.id()).collect::<Vec<_>>() {
        second.exports.delete(id);
    }
    for id in second.elements.iter().map(|element| element.id()).collect::<Vec<_>>() {
        second.elements.delete(id);
    }
    for id in second.data.iter().map(|data| data.id()).collect::<Vec<_>>() {
        second.data.delete(id);
    }
    let second_memory = second_memories.first().copied().ok_or("it has no memory")?;
    let mut carried = 0;
    for range in late {
        let Some(bytes) = take(&mut first, range) else { continue };
        carried += bytes.len();
        let kind = DataKind::Active { memory: second_memory, offset: ConstExpr::Value(Value::I32(range.start as i32)) };
        moved_data.push(second.data.add(kind, bytes));
    }
    for id in second.imports.iter().map(|import| import.id()).collect::<Vec<_>>() {
        second.imports.delete(id);
    }
    for (id, name) in &functions {
        let id = twin(id)?;
        let ty = second.funcs.get(id).ty();
        let import = second.imports.add(FIRST, name, id);
        second.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
    }
    for (id, name) in &tables {
        let Some(id) = second_tables.get(id.index()).copied() else { continue };
        let import = second.imports.add(FIRST, name, id);
        let table = second.tables.get_mut(id);
        table.import = Some(import);
        table.elem_segments.clear();
    }
    for (id, name) in &memories {
        let Some(id) = second_memories.get(id.index()).copied() else { continue };
        let import = second.imports.add(FIRST, name, id);
        let memory = second.memories.get_mut(id);
        memory.import = Some(import);
        memory.data_segments = moved_data.iter().copied().collect();
    }
    for (id, name) in &globals {
        let Some(id) = second_globals.get(id.index()).copied() else { continue };
        let import = second.imports.add(FIRST, name, id);
        second.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
    let offset = ConstExpr::Value(Value::I32(place as i32));
    let filled = gates.iter().map(twin).collect::<Result<Vec<_>, _>>()?;
    let second_table = second_tables.get(table.index()).copied().ok_or("the two readings of the module differ")?;
    let element = second.elements.add(ElementKind::Active { table: second_table, offset }, ElementItems::Functions(filled));
    widen(&mut second, second_table, slots).elem_segments.insert(element);

    let mut report = format!(
        "{} functions of {} moved, {} shared, {carried} bytes of data moved; build {build}\n",
        moving.len(),
        calls.len(),
        functions.len()
    );
    for gate in &gates {
        report += &format!("\n{}\n", name(&first, *gate));
        for (caller, called) in calls.iter().filter(|(caller, _)| staying.contains(caller)) {
            if called.contains(gate) {
                report += &format!("  is called by {}\n", name(&first, *caller));
            }
        }
    }
    passes::gc::run(&mut first);
    passes::gc::run(&mut second);
    Ok(Halves { first: first.emit_wasm(), second: second.emit_wasm(), report })
}
