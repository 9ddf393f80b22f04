//! The segments: each compiled, and none that depends on itself.

use super::items;
use crate::domain::behaviour::Behaviours;
use crate::domain::compiler::Compiler;
use crate::domain::condition::{Condition, Dependencies};
use crate::domain::fields::Fields;
use crate::domain::list::{Gather, filled};
use crate::domain::problem::{PROSE, Place, Problems, found, sentence};
use crate::domain::value::{Text, Value};

/// A segment: a name for a condition.
#[derive(Debug)]
pub struct Segment {
    /// Its key in the configuration.
    pub id: Text,
    /// The name its marketer gave it.
    pub name: Text,
    /// Who is in it; nobody where it could not be read.
    pub when: Option<Condition>,
    /// What its answer depends on.
    pub needs: Dependencies,
}

/// Compiles the segments; one that cannot be read, or depends on itself, holds nobody.
pub(super) fn compile(value: Option<&Value>, place: &Place, compiler: &mut Compiler, behaviours: &mut Behaviours) -> Vec<Segment> {
    let items = items(value, place, &mut compiler.problems);
    compiler.segments = items.iter().map(|(id, _)| Text::from(*id)).gather();
    let mut segments: Vec<Segment> = Vec::new();
    for (id, item) in &items {
        let here = place.key(id);
        let before = compiler.problems.errors();
        let mut segment =
            Segment { id: (*id).into(), name: item.text("name").unwrap_or(id).into(), when: None, needs: Dependencies::default() };
        if let Some(fields) = Fields::of(item, &here, &mut compiler.problems) {
            fields.only(&["name", "when", "description", "tags"], &mut compiler.problems);
            fields.text("name", &mut compiler.problems);
            match fields.get("when") {
                Some(when) => segment.when = Condition::compile(when, &here.key("when"), compiler, behaviours),
                None => {
                    compiler.problems.error(&here.key("when"), "missing-key", "a segment needs a condition \"when\"; {} holds everyone")
                }
            }
        }
        if compiler.problems.errors() > before {
            segment.when = None;
        }
        if let Some(when) = &segment.when {
            segment.needs = when.dependencies();
        }
        segments.push(segment);
    }
    switch_off_circles(&mut segments, place, &mut compiler.problems);
    segments
}

/// Switches off segments that depend on themselves, directly or through others.
fn switch_off_circles(segments: &mut [Segment], place: &Place, problems: &mut Problems) {
    let ranks = ranks(segments);
    let circles: Vec<bool> =
        (0..segments.len()).map(|index| ranks.get(index).copied().flatten().is_none() && leads_back(segments, index)).gather();
    for (index, segment) in segments.iter_mut().enumerate() {
        if ranks.get(index).copied().flatten().is_none() && segment.when.is_some() {
            let how = match circles.get(index) {
                Some(true) => "segment \"{0}\" depends on itself through $segment; break the circle",
                _ => "segment \"{0}\" depends through $segment on one that depends on itself; break that circle",
            };
            let message = sentence(how, [found(&segment.id)]);
            problems.error(&place.key(&segment.id).key("when"), "segment-circle", message);
            segment.when = None;
            segment.needs = Dependencies::default();
        }
    }
}

/// Whether a segment depends on itself; only asked where the words are shown.
fn leads_back(segments: &[Segment], start: usize) -> bool {
    let mut seen = filled(segments.len(), || false);
    let mut open = vec![start as u32];
    while let Some(below) = open.pop().filter(|_| PROSE).and_then(|index| segments.get(index as usize)) {
        for next in &below.needs.segments {
            if *next as usize == start {
                return true;
            }
            if let Some(seen) = seen.get_mut(*next as usize).filter(|seen| !**seen) {
                *seen = true;
                open.push(*next);
            }
        }
    }
    false
}

/// For each segment how many steps of `$segment` lie below it; `None` for those in or above a circle.
///
/// Kahn's algorithm: what depends on nothing open comes next.
pub fn ranks(segments: &[Segment]) -> Vec<Option<u32>> {
    let mut above: Vec<Vec<usize>> = filled(segments.len(), Vec::new);
    let mut open: Vec<usize> = Vec::with_capacity(segments.len());
    for (index, segment) in segments.iter().enumerate() {
        open.push(segment.needs.segments.len());
        for below in &segment.needs.segments {
            if let Some(list) = above.get_mut(*below as usize) {
                list.push(index);
            }
        }
    }
    let mut ranks = filled(segments.len(), || None);
    let mut ready: Vec<(usize, u32)> = open.iter().enumerate().filter(|(_, left)| **left == 0).map(|(index, _)| (index, 0)).gather();
    while let Some((index, rank)) = ready.pop() {
        if let Some(slot) = ranks.get_mut(index) {
            *slot = Some(rank);
        }
        for next in above.get(index).into_iter().flatten() {
            if let Some(left) = open.get_mut(*next) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    let highest = segments.get(*next).map_or(0, |segment| {
                        segment.needs.segments.iter().filter_map(|below| ranks.get(*below as usize).copied().flatten()).max().unwrap_or(0)
                    });
                    ready.push((*next, highest.max(rank) + 1));
                }
            }
        }
    }
    ranks
}
