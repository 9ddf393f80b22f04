//! Judges a month by what was seen from outside, by rules of its own: it shares no code with what decides.

use crate::campaigns::{MIN_GAP, PER_DAY, PER_SESSION};
use crate::visitor::{DAY, HOUR, MINUTE, SECOND};
use crate::world::Display;
use dangol::domain::value::Value;
use std::collections::BTreeMap;

/// A claim may take this long, so a paint may come this much after its decision.
const SLACK: i64 = 200;
/// Seoul has no summer time.
const ZONE: i64 = 9 * HOUR;

fn day(at: i64) -> i64 {
    (at + ZONE).div_euclid(DAY)
}

fn duration(text: &str) -> i64 {
    let (count, unit) = text.split_at(text.len() - 1);
    count.parse::<i64>().unwrap()
        * match unit {
            "s" => SECOND,
            "m" => MINUTE,
            "h" => HOUR,
            _ => DAY,
        }
}

/// The number of the session at `at`: a gap of more than half an hour begins another.
fn session(heard: &[i64], at: i64) -> usize {
    let mut number = 0;
    for (index, moment) in heard.iter().enumerate().take_while(|(_, moment)| **moment <= at) {
        if index > 0 && moment - heard[index - 1] > 30 * MINUTE {
            number += 1;
        }
    }
    number
}

/// Everything that is wrong with a visitor's month.
pub fn faults(campaigns: &Value, heard: &[i64], displays: &BTreeMap<String, Display>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut spent: Vec<&Display> = displays.values().filter(|display| display.seen).collect();
    spent.sort_by_key(|display| display.at);
    let mut own: BTreeMap<(&str, Option<&str>), Vec<&Display>> = BTreeMap::new();
    let mut attention = Vec::new();
    for display in &spent {
        own.entry((&display.campaign, display.step.as_deref())).or_default().push(display);
        let campaign = campaigns.get(&display.campaign).unwrap();
        if is_overlay(campaign, display) && campaign.at("trigger.manual").is_none() {
            attention.push(*display);
        }
    }
    for ((campaign, step), list) in &own {
        let limits = campaigns.get(campaign).unwrap().get("limits").unwrap();
        let name = format!("{campaign}/{}", step.unwrap_or("-"));
        faults.extend(over(&format!("{name} perSession"), limits.number("perSession"), list, |display| session(heard, display.at) as i64));
        faults.extend(over(&format!("{name} perDay"), limits.number("perDay"), list, |display| day(display.at)));
        faults.extend(over(&format!("{name} total"), limits.number("total"), list, |_| 0));
        if let Some(cooldown) = limits.text("cooldown") {
            faults.extend(close(&format!("{name} cooldown"), duration(cooldown), list));
        }
    }
    faults.extend(over("attention perSession", Some(PER_SESSION as f64), &attention, |display| session(heard, display.at) as i64));
    faults.extend(over("attention perDay", Some(PER_DAY as f64), &attention, |display| day(display.at)));
    faults.extend(close("attention minGap", MIN_GAP, &attention));
    faults.extend(of_campaigns(campaigns, displays));
    faults
}

fn is_overlay(campaign: &Value, display: &Display) -> bool {
    let inline = |holder: &Value| holder.at("message.layout").and_then(Value::as_text) == Some("inline");
    if let Some(step) = campaign.list("steps").iter().find(|step| step.text("id") == display.step.as_deref()) {
        return !inline(step);
    }
    let variants = campaign.list("variants");
    !inline(variants.iter().find(|variant| variant.text("id") == display.variant.as_deref()).unwrap_or(campaign))
}

fn over(name: &str, limit: Option<f64>, displays: &[&Display], group_of: impl Fn(&Display) -> i64) -> Vec<String> {
    let Some(limit) = limit else { return Vec::new() };
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    displays.iter().for_each(|display| *counts.entry(group_of(display)).or_default() += 1);
    counts
        .iter()
        .filter(|(_, count)| **count as f64 > limit)
        .map(|(group, count)| {
            let these: Vec<_> = displays
                .iter()
                .filter(|display| group_of(display) == *group)
                .map(|display| (&display.campaign, display.at, display.held_out))
                .collect();
            format!("{name}: {count} of {limit}: {these:?}")
        })
        .collect()
}

fn close(name: &str, gap: i64, displays: &[&Display]) -> Vec<String> {
    displays.windows(2).filter(|pair| pair[1].at - pair[0].at < gap - SLACK).map(|pair| format!("{name}: {pair:?}")).collect()
}

/// Rules about single campaigns: control groups, clicks, dismissals, schedules, quiet hours.
fn of_campaigns(campaigns: &Value, displays: &BTreeMap<String, Display>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut sorted: Vec<&Display> = displays.values().collect();
    sorted.sort_by_key(|display| display.at);
    for (index, display) in sorted.iter().enumerate() {
        let campaign = campaigns.get(&display.campaign).unwrap();
        let former = || sorted[..index].iter().filter(|other| other.campaign == display.campaign);
        if former().any(|other| other.held_out != display.held_out) {
            faults.push(format!("{} was shown and held out", display.campaign));
        }
        if campaign.at("limits.untilClicked").is_some() && former().any(|other| other.clicked.is_some_and(|at| at + SLACK < display.at)) {
            faults.push(format!("{} came again after a click: {display:?}", display.campaign));
        }
        if campaign.at("limits.afterDismiss").is_some()
            && former().any(|other| other.dismissed.is_some_and(|at| (at + SLACK..at + DAY - SLACK).contains(&display.at)))
        {
            faults.push(format!("{} came again too soon after a dismissal: {display:?}", display.campaign));
        }
        if campaign.text("status") == Some("paused") {
            faults.push(format!("{} is paused", display.campaign));
        }
        let hour = (display.at - SLACK + ZONE).rem_euclid(DAY) / HOUR;
        let hour_later = (display.at + SLACK + ZONE).rem_euclid(DAY) / HOUR;
        let calm = |hour: i64| !(8..21).contains(&hour);
        if campaign.text("purpose") != Some("service") && calm(hour) && calm(hour_later) {
            faults.push(format!("{} in quiet hours: {display:?}", display.campaign));
        }
        if campaign.at("schedule.hours").is_some() && !(10..22).contains(&hour) && !(10..22).contains(&hour_later) {
            faults.push(format!("{} outside its hours: {display:?}", display.campaign));
        }
        // 1 November 2026 is a Sunday.
        let weekday = (day(display.at) + 4).rem_euclid(7);
        if campaign.at("schedule.days").is_some() && !(1..=3).contains(&weekday) {
            faults.push(format!("{} on another day: {display:?}", display.campaign));
        }
    }
    faults
}
