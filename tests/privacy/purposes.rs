//! What each purpose of a consent allows.

use crate::host::{Host, MINUTE, NIGHT, NOON, config};
use dangol::domain::engine::Effect;
use dangol::domain::value::Value;

#[test]
fn each_purpose_gates_exactly_what_it_names_in_every_combination() {
    let config = config(NIGHT).replacen(r#""campaigns""#, r#""segments":{"goer":{"when":{"$did":"Go"}}},"campaigns""#, 1);
    for bits in 0..16u8 {
        let [analytics, personalization, marketing, night] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
        let consent =
            format!(r#"{{"analytics":{analytics},"personalization":{personalization},"marketing":{marketing},"marketingNight":{night}}}"#);
        for (now, is_night) in [(NOON, false), (NOON + 10 * 60 * MINUTE, true)] {
            let mut host = Host::new(&config, &format!(r#"{{"consent":{consent},"endpoint":{{"url":"/collect"}}}}"#), now);
            host.call(r#""call":"track","name":"Go","data":{"word":"secret"}"#);
            assert_eq!(host.sent().contains("secret"), analytics, "sending with {consent}");
            let export = host.query("export");
            let walked = export.list("journey").iter().any(|event| event.text("event") == Some("Go"));
            assert_eq!(walked, personalization, "the journey with {consent}");
            let saved = host.effects.iter().any(|effect| matches!(effect, Effect::Save(save) if !save.journey.is_empty()));
            assert_eq!(saved, personalization, "what is stored of it with {consent}");
            let allowed = host.effects.iter().rev().find_map(|effect| match effect {
                Effect::Allow { store } => Some(*store),
                _ => None,
            });
            assert_eq!(allowed, Some(analytics || personalization), "storing with {consent}");
            let segments = host.query("segments");
            assert_eq!(segments.as_list().map(<[Value]>::len), Some(usize::from(personalization)), "segments with {consent}");
            let wanted = match (personalization && marketing, is_night && !night) {
                (false, _) => "no_consent",
                (true, true) => "quiet_hours",
                (true, false) => "shown",
            };
            assert_eq!(host.show("offer"), wanted, "marketing with {consent}, by night: {is_night}");
            host.call(r#""call":"dismiss""#);
            assert_eq!(host.show("help"), if personalization { "shown" } else { "no_consent" }, "service with {consent}");
        }
    }
}
