//! What a condition is compiled to: a flat list in which each node is followed by the nodes below it.

use super::super::facts::SlotId;
use super::super::time::Millis;
use super::super::value::Value;
use super::pattern::Pattern;
use std::rc::Rc;

/// What a node asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    // About the document: the nodes below, where there are some, are of this group too, except under `Field`.
    /// All below hold.
    All,
    /// One below holds.
    Any,
    /// Not all below hold.
    NotAll,
    /// None below holds.
    NotAny,
    /// All below hold for the value at a path.
    Field,
    /// All below hold for the value itself.
    Itself,
    /// A behavioural clause holds.
    Clause,
    /// The visitor is in a segment.
    Segment,

    // Either: known in advance.
    Always,
    Never,

    // About one value.
    Eq,
    /// Equal to a text whatever the case.
    EqFold,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    Nin,
    InFold,
    NinFold,
    /// For each `Tests` below, one item passes it.
    Every,
    /// A group of tests of one value, all of which must hold.
    Tests,
    /// Not all tests below hold.
    Not,
    /// The tests below hold for the number of items.
    Size,
    /// The tests below hold for one item.
    ElemTests,
    /// The document conditions below hold for one item.
    ElemFields,
    Exists,
    Missing,
    Type,
    Regex,
    NotRegex,
    VersionEq,
    VersionNe,
    VersionGt,
    VersionGte,
    VersionLt,
    VersionLte,
    InGroup,
    NotInGroup,
    Before,
    After,
    WithinLast,
    WithinNext,
    Anniversary,
}

/// What a node compares with.
#[derive(Clone)]
pub(super) enum Operand {
    /// Nothing.
    Nothing,
    /// A value.
    Value(Value),
    /// A moment or a duration.
    Millis(Millis),
    /// A regular expression.
    Pattern(Rc<Pattern>),
}

/// One node.
#[derive(Clone)]
pub(super) struct Node {
    /// What it asks.
    pub(super) kind: Kind,
    /// The path's slot, the clause or the segment.
    pub(super) slot: SlotId,
    /// How many of the following nodes are below it.
    pub(super) below: u32,
    /// What it compares with.
    pub(super) operand: Operand,
}

/// The first node, the nodes below it, and those after them.
pub(super) fn split(nodes: &[Node]) -> Option<(&Node, &[Node], &[Node])> {
    let (node, rest) = nodes.split_first()?;
    let (below, after) = rest.split_at_checked(node.below as usize)?;
    Some((node, below, after))
}

/// The operators on a value; `$in` and its kin take an array, see `build`.
pub(super) const OPERATORS: [(&str, Kind); 37] = [
    ("$eq", Kind::Eq),
    ("$gte", Kind::Gte),
    ("$gt", Kind::Gt),
    ("$lte", Kind::Lte),
    ("$lt", Kind::Lt),
    ("$in", Kind::In),
    ("$ne", Kind::Ne),
    ("$exists", Kind::Exists),
    ("$nin", Kind::Nin),
    ("$not", Kind::Not),
    ("$ini", Kind::InFold),
    ("$nini", Kind::NinFold),
    ("$all", Kind::Every),
    ("$alli", Kind::Every),
    ("$size", Kind::Size),
    ("$elemMatch", Kind::ElemTests),
    ("$type", Kind::Type),
    ("$regex", Kind::Regex),
    ("$notRegex", Kind::NotRegex),
    ("$regexi", Kind::Regex),
    ("$notRegexi", Kind::NotRegex),
    ("$veq", Kind::VersionEq),
    ("$vne", Kind::VersionNe),
    ("$vgt", Kind::VersionGt),
    ("$vgte", Kind::VersionGte),
    ("$vlt", Kind::VersionLt),
    ("$vlte", Kind::VersionLte),
    ("$inGroup", Kind::InGroup),
    ("$notInGroup", Kind::NotInGroup),
    ("$before", Kind::Before),
    ("$after", Kind::After),
    ("$withinLast", Kind::WithinLast),
    ("$withinNext", Kind::WithinNext),
    ("$anniversary", Kind::Anniversary),
    // These stand beside paths; under one they never hold, as in GrowthBook.
    ("$and", Kind::Never),
    ("$or", Kind::Never),
    ("$nor", Kind::Never),
];
