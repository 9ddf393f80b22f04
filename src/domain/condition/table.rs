//! Many conditions over one plain document: all of them written as one list of steps, each of which says where to go
//! when it passes and where when it fails. A walk through that list touches no value, no text and no tree.
//!
//! What a step compares is a cell: a number, or the number of a text that is known. What needs more than that (a
//! pattern, a version, the items of a list) is asked of the nodes, as [`super::evaluate`] does, once per document.

use super::super::problem::Place;
use super::super::value::{Text, Value};
use super::build::Builder;
use super::node::{Kind, Node, Operand, split};
use super::pattern::Pattern;
use ask::{Among, Asker, Cell, Question, among};
use std::collections::BTreeMap;
use std::rc::Rc;

mod ask;

/// What a cell is; a text that is known is `TEXT` and its number.
pub mod tag {
    /// Missing or null.
    pub const NULL: u32 = 0;
    /// False; true follows.
    pub const FALSE: u32 = 1;
    /// A number.
    pub const NUMBER: u32 = 3;
    /// A list or an object.
    pub const WHOLE: u32 = 4;
    /// A text that nothing names.
    pub const OTHER: u32 = 5;
    /// The first text that is known.
    pub const TEXT: u32 = 6;
}

/// Where a walk ends; both lie beyond the last step.
const YES: u32 = u32::MAX;
const NO: u32 = u32::MAX - 1;

#[derive(Clone, Copy)]
enum Op {
    /// The cell is this number.
    Number,
    /// The cell is of this tag.
    Tag,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    /// The cell is one of a list.
    Among,
    /// The nodes have to be asked.
    Ask,
}

/// One step. Twenty-four bytes, so that thousands of rules stay in the processor's cache.
struct Step {
    number: f64,
    slot: u32,
    yes: u32,
    no: u32,
    op: Op,
}

/// What an equal question is found by: slot, kind, and pattern or text.
type Key = (u32, u8, Option<Rc<Pattern>>, Text);

/// A set of conditions, compiled to be asked about one document after another.
pub struct Table {
    steps: Vec<Step>,
    starts: Vec<u32>,
    lists: Vec<Among>,
    questions: Vec<Question>,
    paths: Vec<Text>,
    slots: BTreeMap<Text, u32>,
    /// Whether a question looks at the value of a slot.
    reads: Vec<bool>,
    texts: Vec<Text>,
    tags: BTreeMap<Text, u32>,
    /// How many texts the conditions name; those after them came with documents.
    named: usize,
    equal: BTreeMap<Key, u32>,
    groups: Value,
    cells: Vec<Cell>,
    values: Vec<Value>,
    round: u32,
}

impl Table {
    /// A table of `conditions`; nothing is refused, as in [`super::evaluate_lenient`]. `groups` are those of `$inGroup`.
    pub fn new<'a>(conditions: impl Iterator<Item = &'a Value>, groups: Value) -> Self {
        let mut table = Table {
            steps: Vec::new(),
            starts: Vec::new(),
            lists: Vec::new(),
            questions: Vec::new(),
            paths: Vec::new(),
            slots: BTreeMap::new(),
            reads: Vec::new(),
            texts: Vec::new(),
            tags: BTreeMap::new(),
            named: 0,
            equal: BTreeMap::new(),
            groups,
            cells: Vec::new(),
            values: Vec::new(),
            round: 0,
        };
        for condition in conditions {
            table.add(condition);
        }
        table.named = table.texts.len();
        table.values = vec![Value::Null; table.paths.len()];
        table
    }

    fn add(&mut self, condition: &Value) {
        let mut builder = Builder::new(None);
        builder.clock = false;
        builder.condition(condition, &Place::Root, 1, false);
        // Written from its end, since a step names those that come after it, and then turned round.
        let base = self.steps.len();
        let start = self.conditions(&builder.nodes, true, YES, NO);
        let last = self.steps.len().saturating_sub(1) as u32;
        let turned = |at: u32| if at >= NO { at } else { last - (at - base as u32) };
        let written = self.steps.get_mut(base..).unwrap_or_default();
        written.reverse();
        for step in written {
            step.yes = turned(step.yes);
            step.no = turned(step.no);
        }
        self.starts.push(turned(start));
    }

    fn conditions(&mut self, nodes: &[Node], all: bool, yes: u32, no: u32) -> u32 {
        let mut next = if all { yes } else { no };
        for (node, below) in side_by_side(nodes).into_iter().rev() {
            let (yes, no) = if all { (next, no) } else { (yes, next) };
            next = match node.kind {
                Kind::Field => match &node.operand {
                    Operand::Value(Value::Text(path)) => {
                        let slot = self.slot(path);
                        self.tests(below, slot, yes, no)
                    }
                    _ => no,
                },
                Kind::All => self.conditions(below, true, yes, no),
                Kind::Any => self.conditions(below, false, yes, no),
                Kind::NotAll => self.conditions(below, true, no, yes),
                Kind::NotAny => self.conditions(below, false, no, yes),
                Kind::Always => yes,
                _ => no,
            };
        }
        next
    }

    fn tests(&mut self, nodes: &[Node], slot: u32, yes: u32, no: u32) -> u32 {
        side_by_side(nodes).into_iter().rev().fold(yes, |next, (node, below)| self.test(node, below, slot, next, no))
    }

    fn test(&mut self, node: &Node, below: &[Node], slot: u32, yes: u32, no: u32) -> u32 {
        let null = f64::from(tag::NULL);
        match (&node.operand, node.kind) {
            (Operand::Nothing, Kind::Not) => return self.tests(below, slot, no, yes),
            (Operand::Nothing, Kind::Always) => return yes,
            (Operand::Nothing, Kind::Never) => return no,
            (Operand::Nothing, Kind::Exists) => return self.step(Op::Tag, slot, null, no, yes),
            (Operand::Nothing, Kind::Missing) => return self.step(Op::Tag, slot, null, yes, no),
            (Operand::Value(expected), Kind::Eq | Kind::Ne) => {
                let (yes, no) = if node.kind == Kind::Eq { (yes, no) } else { (no, yes) };
                if let Value::Number(number) = expected {
                    return self.step(Op::Number, slot, *number, yes, no);
                }
                if let Some(tag) = self.tag_of(expected) {
                    return self.step(Op::Tag, slot, tag, yes, no);
                }
                let equal = Node { kind: Kind::Eq, slot: 0, below: 0, operand: node.operand.clone() };
                return self.ask(&equal, below, slot, yes, no);
            }
            (Operand::Value(Value::Number(number)), Kind::Lt) => return self.step(Op::Less, slot, *number, yes, no),
            (Operand::Value(Value::Number(number)), Kind::Lte) => return self.step(Op::LessOrEqual, slot, *number, yes, no),
            (Operand::Value(Value::Number(number)), Kind::Gt) => return self.step(Op::More, slot, *number, yes, no),
            (Operand::Value(Value::Number(number)), Kind::Gte) => return self.step(Op::MoreOrEqual, slot, *number, yes, no),
            (Operand::Value(Value::List(items)), Kind::In | Kind::Nin) => {
                let (yes, no) = if node.kind == Kind::In { (yes, no) } else { (no, yes) };
                let within = Node { kind: Kind::In, slot: 0, below: 0, operand: node.operand.clone() };
                return match self.among(items, &within, slot) {
                    Some(list) => self.step(Op::Among, slot, f64::from(list), yes, no),
                    None => self.ask(&within, below, slot, yes, no),
                };
            }
            (Operand::Pattern(_), Kind::NotRegex) => {
                let found = Node { kind: Kind::Regex, slot: 0, below: 0, operand: node.operand.clone() };
                return self.ask(&found, below, slot, no, yes);
            }
            _ => {}
        }
        self.ask(node, below, slot, yes, no)
    }

    fn step(&mut self, op: Op, slot: u32, number: f64, yes: u32, no: u32) -> u32 {
        self.steps.push(Step { number, slot, yes, no, op });
        self.steps.len() as u32 - 1
    }

    fn ask(&mut self, node: &Node, below: &[Node], slot: u32, yes: u32, no: u32) -> u32 {
        let question = self.question(node, below, slot);
        self.step(Op::Ask, slot, f64::from(question), yes, no)
    }

    /// The number of a question; one that was asked before is not asked anew.
    fn question(&mut self, node: &Node, below: &[Node], slot: u32) -> u32 {
        let key: Option<Key> = match &node.operand {
            Operand::Pattern(pattern) => Some((slot, node.kind as u8, Some(Rc::clone(pattern)), "".into())),
            Operand::Value(Value::Text(text)) => Some((slot, node.kind as u8, None, text.clone())),
            _ => None,
        };
        if let Some(known) = key.as_ref().and_then(|key| self.equal.get(key)) {
            return *known;
        }
        let index = self.questions.len() as u32;
        let nodes = std::iter::once(node).chain(below).cloned().collect();
        self.questions.push(Question::new(slot, nodes));
        if let Some(reads) = self.reads.get_mut(slot as usize) {
            *reads = true;
        }
        if let Some(key) = key {
            self.equal.insert(key, index);
        }
        index
    }

    /// The list of an `$in` of scalars; `None` where it holds lists or objects.
    fn among(&mut self, items: &[Value], node: &Node, slot: u32) -> Option<u32> {
        if items.iter().any(|item| matches!(item, Value::List(_) | Value::Object(_))) {
            return None;
        }
        let tags = items.iter().filter_map(|item| self.tag_of(item)).collect();
        let numbers = items.iter().filter_map(Value::as_number).collect();
        let reads = self.reads.clone();
        let ask = self.question(node, &[], slot);
        // It reads lists only, which are given whole in any case; texts it knows by their tags.
        self.reads = reads;
        self.lists.push(Among { tags, numbers, ask });
        Some(self.lists.len() as u32 - 1)
    }

    fn slot(&mut self, path: &Text) -> u32 {
        if let Some(slot) = self.slots.get(path) {
            return *slot;
        }
        let slot = self.paths.len() as u32;
        self.paths.push(path.clone());
        self.reads.push(false);
        self.slots.insert(path.clone(), slot);
        slot
    }

    fn tag_of(&mut self, value: &Value) -> Option<f64> {
        Some(f64::from(match value {
            Value::Null => tag::NULL,
            Value::Bool(flag) => tag::FALSE + u32::from(*flag),
            Value::Text(text) => self.know(text),
            _ => return None,
        }))
    }

    /// The tag of a text, which is known from now on.
    pub fn know(&mut self, text: &str) -> u32 {
        if let Some(tag) = self.tags.get(text) {
            return *tag;
        }
        let shared: Text = text.into();
        let tag = tag::TEXT + self.texts.len() as u32;
        self.texts.push(shared.clone());
        self.tags.insert(shared, tag);
        tag
    }

    /// Forgets the texts that came with documents.
    pub fn forget(&mut self) {
        for text in self.texts.drain(self.named..) {
            self.tags.remove(&text);
        }
        for question in &mut self.questions {
            question.forget();
        }
    }

    /// The paths by slot, each with whether texts there have to be known.
    pub fn paths(&self) -> impl Iterator<Item = (&Text, bool)> {
        self.paths.iter().zip(self.reads.iter().copied())
    }

    /// The texts that conditions name, in the order of their tags.
    pub fn texts(&self) -> &[Text] {
        self.texts.get(..self.named).unwrap_or_default()
    }

    /// Gives the list or object that is at a slot of the next document.
    pub fn give(&mut self, slot: u32, value: Value) {
        if let Some(place) = self.values.get_mut(slot as usize) {
            *place = value;
        }
    }

    /// Adds the indices of the conditions that hold to `found`. `cells` are pairs of number and tag, one per slot.
    pub fn run(&mut self, cells: &[f64], found: &mut Vec<u32>) {
        self.round = self.round.wrapping_add(1);
        self.cells.clear();
        self.cells.extend(cells.chunks_exact(2).map(|pair| match pair {
            [number, tag] if *tag == f64::from(tag::NUMBER) => Cell { number: *number, tag: *tag },
            [_, tag] => Cell { number: f64::NAN, tag: *tag },
            _ => Cell { number: f64::NAN, tag: 0.0 },
        }));
        let mut asker =
            Asker { questions: &mut self.questions, values: &mut self.values, texts: &self.texts, groups: &self.groups, round: self.round };
        for (index, start) in self.starts.iter().enumerate() {
            let mut at = *start;
            while let Some(step) = self.steps.get(at as usize) {
                let Some(cell) = self.cells.get(step.slot as usize) else { break };
                let passed = match step.op {
                    Op::Number => cell.number == step.number,
                    Op::Tag => cell.tag == step.number,
                    Op::Less => cell.number < step.number,
                    Op::LessOrEqual => cell.number <= step.number,
                    Op::More => cell.number > step.number,
                    Op::MoreOrEqual => cell.number >= step.number,
                    Op::Among => among(self.lists.get(step.number as usize), cell, &mut asker),
                    Op::Ask => asker.ask(step.number as u32, cell),
                };
                at = if passed { step.yes } else { step.no };
            }
            if at == YES {
                found.push(index as u32);
            }
        }
    }
}

/// Nodes that stand side by side, each with those below it.
fn side_by_side(mut nodes: &[Node]) -> Vec<(&Node, &[Node])> {
    let mut parts = Vec::new();
    while let Some((node, below, after)) = split(nodes) {
        parts.push((node, below));
        nodes = after;
    }
    parts
}
