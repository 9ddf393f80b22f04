//! Comparisons of a measured number with the configuration's: `{"$gte": 3}` or a bare `3`.

/// The operators that measures take.
pub(super) const OPERATORS: [&str; 8] = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin"];

/// Comparisons that must all hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Compare {
    tests: Vec<Test>,
}

#[derive(Clone, Debug)]
struct Test {
    operator: Operator,
    operands: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    In,
    NotIn,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Compare {
    /// Adds a test; `operator` is one of [`OPERATORS`].
    pub fn push(&mut self, operator: &str, operands: Vec<f64>) {
        let operator = match operator {
            "$eq" | "$in" => Operator::In,
            "$ne" | "$nin" => Operator::NotIn,
            "$gt" => Operator::Greater,
            "$gte" => Operator::GreaterOrEqual,
            "$lt" => Operator::Less,
            _ => Operator::LessOrEqual,
        };
        self.tests.push(Test { operator, operands });
    }

    /// Whether there is nothing to compare with.
    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// Whether `number` passes.
    pub fn passes(&self, number: f64) -> bool {
        self.tests.iter().all(|test| {
            let mut operands = test.operands.iter();
            match test.operator {
                Operator::In => operands.any(|operand| number == *operand),
                Operator::NotIn => operands.all(|operand| number != *operand),
                Operator::Greater => operands.all(|operand| number > *operand),
                Operator::GreaterOrEqual => operands.all(|operand| number >= *operand),
                Operator::Less => operands.all(|operand| number < *operand),
                Operator::LessOrEqual => operands.all(|operand| number <= *operand),
            }
        })
    }

    /// The numbers compared with.
    pub fn operands(&self) -> impl Iterator<Item = f64> {
        self.tests.iter().flat_map(|test| test.operands.iter().copied())
    }
}
