//! What Korean law asks of advertising: the night, the label, the refusal, the age of a consent, children.

use crate::host::{DAY, GRANTED, Host, MINUTE, NIGHT, NOON, config, find, random, texts};
use dangol::domain::engine::Effect;
use dangol::domain::json;

#[test]
fn the_night_needs_a_consent_of_its_own_at_10_000_random_instants() {
    let config = config(NIGHT);
    let mut seed = 20_261_124;
    // Korea has had no summer time since 1988: nine hours ahead of UTC, without exception.
    let from = 1_735_657_200_000;
    let mut instants: Vec<i64> = (0..10_000).map(|_| from + (random(&mut seed) % (10 * 365 * DAY as u64)) as i64).collect();
    instants.sort_unstable();
    for edge in [21 * 60 * MINUTE, 8 * 60 * MINUTE] {
        // The edges themselves, to the millisecond, on a day after all others.
        let midnight = from + 11 * 365 * DAY;
        instants.extend([midnight + edge - 1 + DAY, midnight + edge + DAY]);
    }
    instants.sort_unstable();
    let mut host = Host::new(&config, GRANTED, instants[0]);
    let mut counts = [0, 0];
    for (index, now) in instants.iter().enumerate() {
        let of_day = (now + 9 * 60 * MINUTE).rem_euclid(DAY);
        let is_night = !(8 * 60 * MINUTE..21 * 60 * MINUTE).contains(&of_day);
        let agreed = random(&mut seed).is_multiple_of(2);
        if index % 20 == 0 {
            // A page with a short history, as visitors have them.
            host = Host::new(&config, GRANTED, *now);
        }
        host.now = *now;
        host.effects.clear();
        host.call(&format!(r#""call":"consent","data":{{"marketingNight":{agreed}}}"#));
        let outcome = host.show("offer");
        let wanted = if is_night && !agreed { "quiet_hours" } else { "shown" };
        assert_eq!(outcome, wanted, "at {now}, {} minutes into the day, agreed: {agreed}", of_day / MINUTE);
        counts[usize::from(outcome == "shown")] += 1;
        host.call(r#""call":"dismiss""#);
        if index % 50 == 0 {
            assert_eq!(host.show("help"), "shown", "what serves the visitor is not advertising");
            host.call(r#""call":"dismiss""#);
        }
    }
    assert!(counts[0] > 1_500 && counts[1] > 5_000, "{counts:?}");
}

#[test]
fn who_takes_back_the_consent_to_the_night_is_rid_of_what_only_that_had_let_through() {
    let is_up = |host: &Host| {
        let shown = host.effects.iter().filter(|effect| matches!(effect, Effect::Show(_))).count();
        shown - host.effects.iter().filter(|effect| matches!(effect, Effect::Remove { .. })).count()
    };
    for (hour, left) in [(23, 0), (20, 1)] {
        let mut host = Host::new(&config(NIGHT), GRANTED, NOON + (hour - 12) * 60 * MINUTE);
        host.call(r#""call":"consent","data":{"marketingNight":true}"#);
        assert_eq!((host.show("offer").as_str(), is_up(&host)), ("shown", 1));
        host.call(r#""call":"consent","data":{"marketingNight":false}"#);
        assert_eq!(is_up(&host), left, "at {hour}");
    }
    let mut host = Host::new(&config(NIGHT), GRANTED, NOON + 11 * 60 * MINUTE);
    host.call(r#""call":"consent","data":{"marketingNight":true}"#);
    host.show("help");
    host.call(r#""call":"consent","data":{"marketingNight":false}"#);
    assert_eq!(is_up(&host), 1, "what serves the visitor stays");
}

#[test]
fn advertising_says_so_and_can_be_refused_where_it_stands() {
    let mut host = Host::new(&config(NIGHT), GRANTED, NOON);
    assert_eq!(host.show("help"), "shown");
    assert!(!texts(&host.tree()).iter().any(|text| text.contains("광고")), "service is no advertising");
    assert!(find(&host.tree(), "refuse").is_none());
    host.call(r#""call":"dismiss""#);
    assert_eq!(host.show("offer"), "shown");
    let all = texts(&host.tree());
    let first = all.iter().find(|text| text.contains("할인")).unwrap();
    assert!(
        first.starts_with("(광고) ") || all.iter().position(|text| text == "(광고)") < all.iter().position(|text| text == first),
        "{all:?}"
    );
    assert_eq!(all.iter().filter(|text| text.contains("(광고)")).count(), 1);
    assert_eq!(find(&host.tree(), "refuse").unwrap().text("text"), Some("수신 거부"));
    // A picture has no text that could bear the label.
    let picture = config(NIGHT).replace(r#"{"text":"20% 할인","as":"title"}"#, r#"{"image":"/sale.png","alt":"20% 할인"}"#);
    let mut other = Host::new(&picture, GRANTED, NOON);
    assert_eq!(other.show("offer"), "shown");
    assert_eq!(texts(&other.tree()).iter().filter(|text| **text == "(광고)").count(), 1, "{:?}", texts(&other.tree()));
    host.click("refuse");
    assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Remove { .. })));
    let record = json::parse(host.consent.as_deref().unwrap()).unwrap();
    assert_eq!((record.at("consent.marketing"), record.at("consent.personalization")), (Some(&false.into()), Some(&true.into())));
    assert_eq!(host.show("offer"), "no_consent");
    assert_eq!(host.show("help"), "shown");
}

#[test]
fn a_consent_to_marketing_has_to_be_confirmed_in_time() {
    let config = config(r#"{"reconfirm":"730d"}"#);
    let mut host = Host::new(&config, r#"{"consent":"pending"}"#, NOON);
    host.call(r#""call":"consent","data":{"personalization":true,"marketing":true}"#);
    let record = host.consent.clone().unwrap();
    host.now += 700 * DAY;
    host.call(r#""call":"consent","data":{"analytics":true}"#);
    let later = host.consent.clone().unwrap();
    for record in [&record, &later] {
        let mut host = Host::again(&config, "{}", NOON + 730 * DAY - 1, Some(record));
        assert_eq!(host.show("offer"), "shown", "a millisecond before");
        assert!(!host.problems().contains(&"consent-due".into()));
        let mut host = Host::again(&config, "{}", NOON + 730 * DAY, Some(record));
        assert_eq!(host.show("offer"), "no_consent", "another purpose's decision confirms nothing");
        assert_eq!(host.problems(), ["consent-due"]);
        assert_eq!(host.show("help"), "shown");
        host.call(r#""call":"consent","data":{"marketing":true}"#);
        assert_eq!(host.show("offer"), "outranked", "confirmed: only the screen is taken");
        host.call(r#""call":"dismiss""#);
        assert_eq!(host.show("offer"), "shown");
    }
}

#[test]
fn children_get_no_marketing() {
    let config = config(r#"{"minors":{"trait":"birthday","under":14}}"#);
    // Noon of 2 November 2026 in Seoul.
    for (birthday, wanted) in [
        (r#""2012-11-02""#, "shown"),
        (r#""2012-11-03""#, "no_consent"),
        (r#""2020-01-01T00:00:00+09:00""#, "no_consent"),
        (r#""1990-05-05""#, "shown"),
        ("13", "no_consent"),
        ("14", "shown"),
        ("true", "no_consent"),
        ("false", "shown"),
        (r#""unknown""#, "shown"),
        ("null", "shown"),
    ] {
        let mut host = Host::new(&config, GRANTED, NOON);
        host.call(&format!(r#""call":"identify","user":"m","data":{{"birthday":{birthday}}}"#));
        assert_eq!(host.show("offer"), wanted, "{birthday}");
        if wanted == "no_consent" {
            assert_eq!(host.show("help"), "shown", "{birthday}");
        }
    }
    // Whoever turns out to be a child while an offer is open does not go on seeing it.
    let mut host = Host::new(&config, GRANTED, NOON);
    assert_eq!(host.show("offer"), "shown");
    host.call(r#""call":"identify","user":"m","data":{"birthday":"2015-01-01"}"#);
    assert!(host.effects.iter().any(|effect| matches!(effect, Effect::Remove { .. })));
}

#[test]
fn night_age_and_the_age_of_a_consent_hold_together_at_10_000_random_instants() {
    use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
    let config = config(
        r#"{"quietHours":{"from":"21:00","to":"08:00","purpose":"marketing","unlessConsent":"marketingNight"},"advertisingLabel":"(광고)","refusal":true,"reconfirm":"730d","minors":{"trait":"birthday","under":14}}"#,
    );
    let seoul = TimeZone::get("Asia/Seoul").unwrap();
    let mut seed = 20_261_125;
    let mut counts = [0; 4];
    for _ in 0..10_000 {
        let now = 1_735_657_200_000 + (random(&mut seed) % (10 * 365 * DAY as u64)) as i64;
        // Around the edges more often than by chance: fourteen years and two years ago, give or take two days.
        let near = |seed: &mut u64, days: i64| match random(seed) % 3 {
            0 => (random(seed) % (2 * days as u64)) as i64 * DAY + (random(seed) % DAY as u64) as i64,
            _ => days * DAY + (random(seed) % (4 * DAY as u64)) as i64 - 2 * DAY,
        };
        let agreed = now - near(&mut seed, 730);
        let born = Timestamp::from_millisecond(now - near(&mut seed, 5_113)).unwrap().to_zoned(seoul.clone()).date();
        let night = random(&mut seed).is_multiple_of(2);
        let local = Timestamp::from_millisecond(now).unwrap().to_zoned(seoul.clone());
        let record = format!(
            r#"{{"v":1,"at":"2025-01-01T00:00:00.000Z","consent":{{"analytics":true,"personalization":true,"marketing":true,"marketingNight":{night}}},"marketingAt":"{}"}}"#,
            Timestamp::from_millisecond(agreed).unwrap()
        );
        let mut host = Host::again(&config, r#"{"endpoint":{"url":"/collect"}}"#, now, Some(&record));
        host.call(&format!(r#""call":"identify","user":"m","data":{{"birthday":"{born}"}}"#));
        // Whoever was born on 29 February is a year older on 1 March of other years.
        let birthday = |date: Date| date.checked_add(14.years()).map(|at| if at.day() == date.day() { at } else { at.tomorrow().unwrap() });
        let is_child = local.date() < birthday(born).unwrap();
        let is_old = now - agreed >= 730 * DAY;
        let is_night = !(8..21).contains(&local.hour());
        let wanted = if is_child || is_old {
            "no_consent"
        } else if is_night && !night {
            "quiet_hours"
        } else {
            "shown"
        };
        assert_eq!(host.show("offer"), wanted, "at {local}, born {born}, agreed {} ms ago, the night: {night}", now - agreed);
        if wanted == "shown" {
            let all = texts(&host.tree());
            assert_eq!(all.iter().filter(|text| text.contains("(광고)")).count(), 1, "{all:?}");
            assert!(all.first().is_some_and(|first| first.starts_with("(광고) ")), "{all:?}");
            assert!(find(&host.tree(), "refuse").is_some());
        }
        counts[usize::from(is_child) + 2 * usize::from(is_old)] += 1;
    }
    assert!(counts.iter().all(|count| *count > 1_000), "{counts:?}");
}
