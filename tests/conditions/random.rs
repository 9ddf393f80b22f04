//! Random conditions over random documents.

use super::*;
use proptest::prelude::*;

/// Values near enough to conditions and documents that many of them meet.
fn values() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "a",
        "A",
        "b",
        "",
        "5",
        "2026-11-22",
        "2024-02-29T10:00:00Z",
        "7d",
        "^a",
        "(",
        "v1.2.3-rc.1",
        "vip",
        "string",
        "é😀",
    ]);
    let keys = prop::sample::select(vec![
        "a",
        "b",
        "a.b",
        "traits.d",
        "$and",
        "$or",
        "$nor",
        "$not",
        "$eq",
        "$ne",
        "$gt",
        "$lte",
        "$in",
        "$nini",
        "$all",
        "$alli",
        "$size",
        "$elemMatch",
        "$exists",
        "$type",
        "$regex",
        "$notRegexi",
        "$veq",
        "$vlt",
        "$inGroup",
        "$before",
        "$withinLast",
        "$withinNext",
        "$anniversary",
        "$segment",
        "$did",
        "$what",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(vec![0.0, -1.0, 5.0, 1e13, 1e300, 0.5]).prop_map(Value::from),
        words.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..4).prop_map(|entries| {
                let mut object = dangol::domain::value::Object::new();
                for (key, value) in entries {
                    object.set(key, value);
                }
                object.into()
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    /// Nothing panics, and what a configuration accepts means the same as in GrowthBook's reading.
    #[test]
    fn any_condition_is_survived(condition in values(), document in values(), now in -1_000_000_000_000i64..5_000_000_000_000) {
        let mut visitor = visitor("{}", "2026-11-22", "America/New_York");
        visitor.document = document;
        visitor.now = now;
        let mut compiler = compiler();
        let zone = visitor.zone.clone();
        let compiled = Condition::compile(&condition, &Place::Root, &mut compiler, &mut Counting(0));
        let lenient = evaluate_lenient_at(&condition, &visitor.document, &Value::Null, now, &zone);
        if let Some(compiled) = compiled {
            let answer = compiled.evaluate(&visitor);
            let trace = compiled.trace(&visitor);
            let is_attributes = {
                let reads = compiled.dependencies();
                reads.clauses.is_empty() && reads.segments.is_empty()
            };
            if is_attributes {
                prop_assert_eq!(answer.passed, lenient);
                prop_assert_eq!(answer.passed, trace.passed);
                // The answer stays until the moment given; beyond it a later look may find another.
                let later = answer.changes_at.map_or(now + 400 * 86_400_000, |at| at - 1);
                visitor.now = later;
                prop_assert_eq!(compiled.evaluate(&visitor).passed, answer.passed);
            }
        } else {
            prop_assert!(compiler.problems.errors() > 0);
        }
    }
}
