//! `lifecycle`: what the shop is to the visitor, from the orders and from time alone.

use super::orders::Orders;
use super::settings::Lifecycle;
use crate::domain::time::Millis;

/// The state at `now`; of those that apply the last one counts.
pub(super) fn state(orders: &Orders, known: bool, now: Millis, thresholds: &Lifecycle) -> &'static str {
    let Some(last) = orders.last_at() else {
        return if known { "member" } else { "visitor" };
    };
    let won_back = orders.won_back_at(thresholds.lapsed);
    if won_back.is_some_and(|at| now - at <= thresholds.won_back) {
        "won_back"
    } else if now - last > thresholds.lapsed {
        "lapsed"
    } else if now - last > thresholds.at_risk {
        "at_risk"
    } else if orders.count() >= thresholds.loyal {
        "loyal"
    } else if orders.count() >= thresholds.repeat {
        "repeat"
    } else {
        "first_time"
    }
}

/// The first millisecond after `now` at which time alone gives another state.
pub(super) fn next_change(orders: &Orders, known: bool, now: Millis, thresholds: &Lifecycle) -> Option<Millis> {
    let last = orders.last_at()?;
    let won_back = orders.won_back_at(thresholds.lapsed);
    // A threshold is passed one millisecond after it is reached: "more than 60 days ago".
    let borders =
        [Some(last + thresholds.at_risk + 1), Some(last + thresholds.lapsed + 1), won_back.map(|at| at + thresholds.won_back + 1)];
    let present = state(orders, known, now, thresholds);
    borders.into_iter().flatten().filter(|at| *at > now && state(orders, known, *at, thresholds) != present).min()
}
