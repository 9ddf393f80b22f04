//! What a visitor does in a month: sessions of pages and events over several tabs that are reloaded, left and crash.

use crate::campaigns::Dice;
use crate::world::{Manners, World};
use dangol::domain::value::Value;

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// 1 November 2026, midnight in Seoul.
pub const START: i64 = 1_793_458_800_000;

const PATHS: [&str; 6] = ["/", "/sale", "/sale/shoes", "/product/7", "/cart", "/about"];

/// What the shop tracks, with properties that rules ask for.
pub fn shop_event(dice: &mut Dice) -> (&'static str, Value) {
    let product = format!("p{}", dice.below(20));
    match dice.below(10) {
        0..=4 => ("Product Viewed", dangol::object! { "product_id" => product, "category" => dice.pick(&["shoes", "hats"]) }.into()),
        5 | 6 => ("Product Added", dangol::object! { "product_id" => product, "price" => 10_000i64, "quantity" => 1i64 }.into()),
        7 => ("Product Removed", dangol::object! { "product_id" => product }.into()),
        8 => ("Products Searched", dangol::object! { "query" => "linen" }.into()),
        _ if dice.chance(30) => {
            let order = format!("o{}", dice.below(1_000_000));
            ("Order Completed", dangol::object! { "order_id" => order, "revenue" => 25_000i64 }.into())
        }
        _ => ("Cart Viewed", Value::Object(Default::default())),
    }
}

pub fn address(dice: &mut Dice) -> String {
    format!("https://shop.test{}", dice.pick(&PATHS))
}

/// A visitor's month with sessions on `often` percent of its days.
pub fn month(config: &str, visitor: u64, often: u64) -> World {
    let mut world = World::new(config, visitor, START, Manners { lag: 30, lively: true });
    let mut dice = Dice(visitor ^ 0xd1ce);
    for day in 0..30 {
        if !dice.chance(often) {
            continue;
        }
        let mut at = START + day * DAY + dice.below(24 * 60) as i64 * MINUTE;
        for _ in 0..1 + dice.below(2) {
            let from = at.max(world.now);
            at = session(&mut world, &mut dice, from);
            at += 20 * MINUTE + dice.below(120) as i64 * MINUTE;
        }
    }
    world.pass(START + 31 * DAY);
    world
}

fn session(world: &mut World, dice: &mut Dice, at: i64) -> i64 {
    let mut at = at;
    for _ in 0..4 + dice.below(16) {
        at += SECOND + dice.below(90) as i64 * SECOND / 2 + dice.below(1_000) as i64;
        world.pass(at);
        let open: Vec<usize> = (0..world.tabs.len()).filter(|place| world.tabs[*place].is_some()).collect();
        if open.is_empty() || (open.len() < 4 && dice.chance(6)) {
            // The new tab has the visitor's eyes.
            world.tabs.iter_mut().flatten().for_each(|tab| tab.hidden = true);
            let place = world.tabs.iter().position(Option::is_none).unwrap_or(world.tabs.len());
            let url = address(dice);
            world.open(place, &url, None);
            continue;
        }
        let place = open[dice.below(open.len() as u64) as usize];
        for other in open {
            if let Some(tab) = &mut world.tabs[other] {
                tab.hidden = other != place;
            }
        }
        doing(world, dice, place);
    }
    // Some tabs stay open overnight.
    for place in 0..world.tabs.len() {
        if world.tabs[place].is_some() && dice.chance(80) {
            world.close(place);
        }
    }
    at
}

fn doing(world: &mut World, dice: &mut Dice, place: usize) {
    match dice.below(100) {
        0..=44 => {
            let (name, data) = shop_event(dice);
            world.track(place, name, data);
        }
        45..=64 => {
            let url = address(dice);
            world.page(place, &url);
        }
        65..=72 => world.signal(place, "scroll", 75i64.into()),
        73..=77 => world.signal(place, "exit", Value::Null),
        78..=81 => world.signal(place, "idle", (30 * SECOND).into()),
        82..=84 => world.signal(place, "visible", "#reviews".into()),
        85..=87 => world.signal(place, "click", "[data-help]".into()),
        88 | 89 => {
            world.call(place, "show", dangol::object! { "name" => "c000" }.into());
        }
        90..=93 => {
            let former = world.close(place);
            let url = address(dice);
            world.open(place, &url, former);
        }
        94 | 95 => {
            if let Some(tab) = &mut world.tabs[place] {
                tab.dies_at_claim = true;
            }
        }
        96 => {
            world.crash(place);
        }
        _ => {
            world.close(place);
        }
    }
}
