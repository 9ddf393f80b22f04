//! Which constants only the part that is fetched late looks at.
//!
//! A finished module does not tell whose an address is, so the linker is told to leave its notes (`--emit-relocs`): every
//! place in code or data that holds an address, and what lies there. Addresses stay what they are from the linker on.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use walrus::ModuleConfig;
use wasmparser::{DataKind, KnownCustom, Linking, Operator, Parser, Payload, RelocationType, SymbolInfo};

use crate::split;

/// Two stretches this close are one: what a segment costs is more than the zeros between them.
const NEAR: usize = 8;

/// A constant: where it lies, and what it points to.
struct Constant {
    range: Range<usize>,
    to: BTreeSet<u32>,
}

/// What the linker noted.
#[derive(Default)]
struct Notes {
    /// The constants by their symbol.
    constants: BTreeMap<u32, Constant>,
    /// The constants that each function looks at, by the function's index.
    looks: BTreeMap<u32, BTreeSet<u32>>,
}

/// The stretches of memory that only the functions that move look at.
pub fn data(bytes: &[u8]) -> Result<Vec<Range<usize>>, String> {
    let module = ModuleConfig::new().parse(bytes).map_err(|error| format!("it is no module: {error:#}"))?;
    let cut = split::cut(&module)?;
    let notes = Notes::read(bytes).map_err(|error| format!("the linker's notes cannot be read: {error}"))?;
    if notes.looks.is_empty() {
        return Err("the linker left no notes (--emit-relocs)".into());
    }
    let moving: BTreeSet<u32> = cut.moving.iter().map(|id| id.index() as u32).collect();
    // What nobody is known to look at stays, and so does what an unknown function looks at.
    let staying = notes.looks.keys().filter(|index| !moving.contains(index)).flat_map(|index| &notes.looks[index]);
    let early = notes.reached(staying.copied().collect());
    let late = notes.reached(moving.iter().filter_map(|index| notes.looks.get(index)).flatten().copied().collect());
    let kept: Vec<&Range<usize>> = early.iter().filter_map(|symbol| Some(&notes.constants.get(symbol)?.range)).collect();
    let mut ranges: Vec<Range<usize>> = late
        .difference(&early)
        .filter_map(|symbol| Some(notes.constants.get(symbol)?.range.clone()))
        // Constants may share bytes: the end of one may be another.
        .filter(|range| !range.is_empty() && !kept.iter().any(|kept| kept.start < range.end && range.start < kept.end))
        .collect();
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end || is_padding(&kept, last.end, range.start) => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    Ok(joined)
}

/// Whether nothing that stays lies between two stretches that are near each other.
fn is_padding(kept: &[&Range<usize>], from: usize, to: usize) -> bool {
    to - from <= NEAR && !kept.iter().any(|kept| kept.start < to && from < kept.end)
}

impl Notes {
    fn read(bytes: &[u8]) -> wasmparser::Result<Notes> {
        let mut notes = Notes::default();
        let mut code = 0;
        let mut sections = 0;
        let mut code_section = 0;
        let mut data_section = 0;
        let mut data = 0;
        // Where the bodies lie in the file, by the function's index, and the segments, with their address.
        let mut bodies: Vec<(Range<usize>, u32)> = Vec::new();
        let mut segments: Vec<(Range<usize>, usize)> = Vec::new();
        let mut imported = 0;
        let mut relocations = Vec::new();
        let mut symbols = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(imports) => {
                    sections += 1;
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => {
                    code = range.start;
                    code_section = sections;
                    sections += 1;
                }
                Payload::CodeSectionEntry(body) => bodies.push((body.range(), imported + bodies.len() as u32)),
                Payload::DataSection(reader) => {
                    data = reader.range().start;
                    data_section = sections;
                    sections += 1;
                    for segment in reader {
                        let segment = segment?;
                        let base = match &segment.kind {
                            DataKind::Active { offset_expr, .. } => match offset_expr.get_operators_reader().read()? {
                                Operator::I32Const { value } => value as usize,
                                _ => usize::MAX / 2,
                            },
                            DataKind::Passive => usize::MAX / 2,
                        };
                        segments.push((segment.range.end - segment.data.len()..segment.range.end, base));
                    }
                }
                Payload::CustomSection(custom) => {
                    sections += 1;
                    match custom.as_known() {
                        KnownCustom::Linking(linking) => {
                            for part in linking.subsections() {
                                if let Linking::SymbolTable(table) = part? {
                                    symbols = table.into_iter().collect::<Result<Vec<_>, _>>()?;
                                }
                            }
                        }
                        KnownCustom::Reloc(reader) => {
                            for entry in reader.entries() {
                                relocations.push((reader.section_index(), entry?));
                            }
                        }
                        _ => {}
                    }
                }
                Payload::Version { .. } | Payload::End(_) => {}
                _ => sections += 1,
            }
        }
        for (number, symbol) in symbols.iter().enumerate() {
            if let SymbolInfo::Data { symbol: Some(at), .. } = symbol
                && let Some((_, base)) = segments.get(at.index as usize)
            {
                let start = base + at.offset as usize;
                notes.constants.insert(number as u32, Constant { range: start..start + at.size as usize, to: BTreeSet::new() });
            }
        }
        let by_address: Vec<(Range<usize>, u32)> =
            notes.constants.iter().map(|(symbol, constant)| (constant.range.clone(), *symbol)).collect();
        for (section, entry) in relocations {
            let is_address =
                matches!(entry.ty, RelocationType::MemoryAddrLeb | RelocationType::MemoryAddrSleb | RelocationType::MemoryAddrI32);
            if !is_address {
                continue;
            }
            if section == code_section {
                let at = code + entry.offset as usize;
                if let Some((_, function)) = bodies.get(bodies.partition_point(|(range, _)| range.end <= at)) {
                    notes.looks.entry(*function).or_default().insert(entry.index);
                }
            } else if section == data_section {
                let at = data + entry.offset as usize;
                let Some((range, base)) = segments.get(segments.partition_point(|(range, _)| range.end <= at)) else { continue };
                let address = base + at - range.start;
                for (_, symbol) in by_address.iter().filter(|(range, _)| range.contains(&address)) {
                    if let Some(constant) = notes.constants.get_mut(symbol) {
                        constant.to.insert(entry.index);
                    }
                }
            }
        }
        Ok(notes)
    }

    /// The constants that are reached from these.
    fn reached(&self, from: Vec<u32>) -> BTreeSet<u32> {
        let mut reached = BTreeSet::new();
        let mut open = from;
        while let Some(symbol) = open.pop() {
            if reached.insert(symbol) {
                open.extend(self.constants.get(&symbol).into_iter().flat_map(|constant| &constant.to));
            }
        }
        reached
    }
}
