//! Who belongs to the control group, and which variant a visitor sees: GrowthBook's hash, sticky by its nature.

use crate::domain::assign;
use crate::domain::campaign::{Campaign, Step, Variant};
use crate::domain::list::Gather;

/// Whether the visitor belongs to the campaign's control group.
pub fn is_held_out(campaign: &Campaign, assignment_id: &str) -> bool {
    if campaign.holdout <= 0.0 {
        return false;
    }
    let mut seed = String::from(&*campaign.id);
    seed.push_str(":holdout");
    assign::assign(&seed, assignment_id, &[campaign.holdout, 1.0 - campaign.holdout], 1.0, 2) == 0
}

/// The variant of a step that the visitor sees; `None` where the step has none.
pub fn variant<'a>(campaign: &Campaign, step: &'a Step, assignment_id: &str) -> Option<&'a Variant> {
    if step.variants.len() < 2 {
        return step.variants.first();
    }
    let weights: Vec<f64> = step.variants.iter().map(|variant| variant.weight).gather();
    let index = assign::assign(&campaign.id, assignment_id, &weights, 1.0, 2);
    step.variants.get(usize::try_from(index).unwrap_or(0))
}
