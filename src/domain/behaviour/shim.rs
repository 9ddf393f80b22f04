//! Stands in for the attribute language until it is merged.
#![allow(missing_docs)]

use crate::domain::compiler::Compiler;
use crate::domain::facts::ClauseId;
use crate::domain::problem::Place;
use crate::domain::value::Value;

pub trait Clauses {
    fn compile(
        &mut self,
        key: &str,
        value: &Value,
        place: &Place,
        compiler: &mut Compiler,
    ) -> Option<ClauseId>;
}

pub struct NoClauses;

impl Clauses for NoClauses {
    fn compile(&mut self, _: &str, _: &Value, _: &Place, _: &mut Compiler) -> Option<ClauseId> {
        None
    }
}

#[derive(Clone, Debug)]
pub struct Condition(Value);

impl Condition {
    pub fn compile(
        value: &Value,
        _: &Place,
        _: &mut Compiler,
        _: &mut dyn Clauses,
    ) -> Option<Self> {
        Some(Condition(value.clone()))
    }

    pub fn matches(&self, document: &Value) -> bool {
        let Some(object) = self.0.as_object() else {
            return false;
        };
        object.iter().all(|(path, wanted)| {
            let actual = document.at(path);
            match wanted.as_object() {
                None => actual == Some(wanted),
                Some(operators) => operators.iter().all(|(operator, operand)| {
                    let pair = actual.and_then(Value::as_number).zip(operand.as_number());
                    match &**operator {
                        "$eq" => actual == Some(operand),
                        "$ne" => actual != Some(operand),
                        "$gte" => pair.is_some_and(|(left, right)| left >= right),
                        "$lt" => pair.is_some_and(|(left, right)| left < right),
                        _ => false,
                    }
                }),
            }
        })
    }
}
