//! What a step cannot compare by itself: the answer comes from the nodes, and is kept for the document and the text.

use super::super::evaluate::{Context, NEVER, test};
use super::super::node::{Node, split};
use super::tag;
use crate::domain::value::{Text, Value};

/// The answers about texts that a question keeps.
const KEPT: usize = 64;

/// A cell; what is no number has one that compares with nothing.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) number: f64,
    pub(super) tag: f64,
}

/// The scalars of an `$in`; a list in the document is asked of the nodes.
pub(super) struct Among {
    pub(super) tags: Box<[f64]>,
    pub(super) numbers: Box<[f64]>,
    pub(super) ask: u32,
}

/// A test that is asked of its nodes.
pub(super) struct Question {
    slot: u32,
    nodes: Box<[Node]>,
    /// The document of the last answer, and the answer.
    round: u32,
    answer: bool,
    /// Answers about texts: the text's tag and the answer in one number, zero for none.
    kept: Vec<u32>,
}

impl Question {
    /// A question about a slot: one test with what is below it.
    pub(super) fn new(slot: u32, nodes: Box<[Node]>) -> Self {
        Question { slot, nodes, round: 0, answer: false, kept: Vec::new() }
    }

    /// Forgets its answers about texts.
    pub(super) fn forget(&mut self) {
        self.kept.clear();
    }
}

/// Whether a cell is one of a list.
pub(super) fn among(list: Option<&Among>, cell: &Cell, asker: &mut Asker) -> bool {
    let Some(list) = list else { return false };
    if cell.tag == f64::from(tag::NUMBER) {
        list.numbers.contains(&cell.number)
    } else if cell.tag == f64::from(tag::WHOLE) {
        asker.ask(list.ask, cell)
    } else {
        list.tags.contains(&cell.tag)
    }
}

/// What answers questions about one document.
pub(super) struct Asker<'a> {
    pub(super) questions: &'a mut [Question],
    pub(super) values: &'a mut [Value],
    pub(super) texts: &'a [Text],
    pub(super) groups: &'a Value,
    pub(super) round: u32,
}

impl Asker<'_> {
    /// The answer about the cell at the question's slot.
    pub(super) fn ask(&mut self, index: u32, cell: &Cell) -> bool {
        let Some(question) = self.questions.get_mut(index as usize) else { return false };
        if question.round == self.round {
            return question.answer;
        }
        let tag = cell.tag as u32;
        let kept = question.kept.get(tag as usize % KEPT).copied().unwrap_or(0);
        question.answer = if tag >= tag::TEXT && kept >> 1 == tag {
            kept & 1 == 1
        } else {
            let scalar = match tag {
                tag::NULL => Value::Null,
                tag::NUMBER => cell.number.into(),
                tag::WHOLE => Value::Null,
                tag if tag >= tag::TEXT => self.texts.get((tag - tag::TEXT) as usize).cloned().map_or(Value::Null, Value::Text),
                tag => Value::Bool(tag > tag::FALSE),
            };
            let whole = self.values.get(question.slot as usize).filter(|_| tag == tag::WHOLE);
            let answer = answer(&question.nodes, whole.unwrap_or(&scalar), self.groups);
            if tag >= tag::TEXT {
                question.kept.resize(KEPT, 0);
                if let Some(place) = question.kept.get_mut(tag as usize % KEPT) {
                    *place = tag << 1 | u32::from(answer);
                }
            }
            answer
        };
        question.round = self.round;
        question.answer
    }
}

fn answer(nodes: &[Node], value: &Value, groups: &Value) -> bool {
    let context = Context { groups: Some(groups), ..Context::default() };
    let mut change = NEVER;
    split(nodes).is_some_and(|(node, below, _)| test(node, below, value, &context, &mut change))
}
