//! What all parts of a configuration share while they are compiled: problems, and the tables of paths and names.

use super::facts::SlotId;
use super::problem::{Place, Problems, Prose, did_you_mean, found, sentence};
use super::value::Text;
use crate::domain::list::Gather;

/// Document paths that conditions read, each once: a path is resolved once per change, not once per comparison.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    list: Vec<Text>,
    /// The slots in the order of their paths, so that a path is found by halving.
    order: Vec<SlotId>,
}

impl Paths {
    /// The slot of `path`, a new one where it was not yet read.
    pub fn slot(&mut self, path: &str) -> SlotId {
        match find(&self.list, &self.order, path) {
            Ok(slot) => slot,
            Err(place) => {
                let slot = self.list.len() as SlotId;
                self.list.push(path.into());
                self.order.insert(place, slot);
                slot
            }
        }
    }

    /// The path of a slot.
    pub fn path(&self, slot: SlotId) -> Option<&Text> {
        self.list.get(slot as usize)
    }

    /// The paths by slot.
    pub fn list(&self) -> &[Text] {
        &self.list
    }
}

/// The index of `name` in `list`, or else its place in `order`, which holds the indices of `list` sorted by name.
fn find(list: &[Text], order: &[u32], name: &str) -> Result<u32, usize> {
    let at = |index: u32| list.get(index as usize).map_or("", |text| &**text);
    let place = order.partition_point(|index| at(*index) < name);
    match order.get(place) {
        Some(index) if at(*index) == name => Ok(*index),
        _ => Err(place),
    }
}

/// The bounds that keep a hostile configuration harmless; the same figures stand in `docs/configuration.md`.
pub mod limits {
    /// The deepest nesting of one condition.
    pub const CONDITION_DEPTH: usize = 20;
    /// The comparisons and clauses of one condition.
    pub const CONDITION_NODES: usize = 1_000;
    /// The segments, and likewise the campaigns, of one configuration.
    pub const ITEMS: usize = 10_000;
    /// The steps, and likewise the variants, of one campaign.
    pub const PARTS: usize = 100;
    /// The longest regular expression, in bytes.
    pub const PATTERN_BYTES: usize = 1_000;
    /// The bytes of a text that a regular expression looks at.
    pub const PATTERN_INPUT: usize = 1_000;
}

/// The state of one compilation.
#[derive(Clone, Debug, Default)]
pub struct Compiler {
    /// What was found wrong.
    pub problems: Problems,
    /// The document paths in use.
    pub paths: Paths,
    /// The ids of the segments in order, so that `$segment` can name one by index.
    pub segments: Vec<Text>,
    /// The ids of the groups, where they are known.
    pub groups: Option<Vec<Text>>,
    /// The ids of the campaigns in order, where they are known.
    pub campaigns: Option<Vec<Text>>,
    /// The segments' indices in the order of their ids, made when the first one is looked for.
    pub segment_order: Vec<u32>,
}

impl Compiler {
    /// Warns where a group is named that the configuration does not have.
    pub fn check_group(&mut self, id: &str, place: &Place) {
        check_id(&mut self.problems, &self.groups, "group", "unknown-group", id, place);
    }

    /// Warns where a campaign is named that the configuration does not have.
    pub fn check_campaign(&mut self, id: &str, place: &Place) {
        check_id(&mut self.problems, &self.campaigns, "campaign", "unknown-campaign", id, place);
    }

    /// The index of the segment with this id.
    pub fn segment(&mut self, id: &str) -> Option<u32> {
        if self.segment_order.len() != self.segments.len() {
            let segments = &self.segments;
            self.segment_order = (0..segments.len() as u32).gather();
            super::order::sort_by(&mut self.segment_order, |left, right| segments.get(*left as usize).cmp(&segments.get(*right as usize)));
        }
        find(&self.segments, &self.segment_order, id).ok()
    }
}

/// Warns where `known`, which is in order, lacks `id`. What asks for it runs and never finds it.
fn check_id(problems: &mut Problems, known: &Option<Vec<Text>>, what: &'static str, code: &'static str, id: &str, place: &Place) {
    let Some(known) = known else { return };
    if known.binary_search_by(|each| (**each).cmp(id)).is_ok() {
        return;
    }
    let hint = if problems.is_full() { Prose::default() } else { did_you_mean(id, known.iter().map(|each| &**each)) };
    problems.warn(place, code, sentence("there is no {0} \"{1}\"{2}", [what.into(), found(id), hint]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_slot() {
        let mut paths = Paths::default();
        let slots: Vec<_> = ["b", "a", "c", "a", "b"].iter().map(|path| paths.slot(path)).collect();
        assert_eq!(slots, [0, 1, 2, 1, 0]);
        assert_eq!(paths.path(2).map(|path| &**path), Some("c"));
        assert_eq!(paths.list().len(), 3);
    }

    #[test]
    fn segments_are_found_by_id() {
        let mut compiler = Compiler { segments: vec!["vip".into(), "new".into()], ..Compiler::default() };
        assert_eq!(compiler.segment("new"), Some(1));
        assert_eq!(compiler.segment("old"), None);
        compiler.segments.push("old".into());
        assert_eq!(compiler.segment("old"), Some(2));
    }
}
