//! Project Wycheproof's vectors for Ed25519, those of RFC 8032 among them: what a careless verifier takes for a signature.

#![allow(clippy::unwrap_used, clippy::panic)] // A test may fail.

use ed25519_compact::{PublicKey, Signature};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

#[test]
fn every_signature_is_judged_as_wycheproof_does() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let (mut good, mut bad) = (0, 0);
    for group in &set.test_groups {
        let key = PublicKey::from_slice(&group.key.pk).unwrap();
        for test in &group.tests {
            let is_true = Signature::from_slice(&test.sig).is_ok_and(|signature| key.verify(&*test.msg, &signature).is_ok());
            // What is merely acceptable to Wycheproof is refused here or not; there is nothing of it for Ed25519.
            let wanted = match test.result {
                TestResult::Valid => true,
                TestResult::Invalid => false,
                TestResult::Acceptable => panic!("{}: Wycheproof has become undecided", test.tc_id),
            };
            assert_eq!(is_true, wanted, "vector {}: {} {:?}", test.tc_id, test.comment, test.flags);
            *(if wanted { &mut good } else { &mut bad }) += 1;
        }
    }
    // Those of RFC 8032 go from an empty message to one of 1,023 bytes.
    let lengths: Vec<usize> = set.test_groups.iter().flat_map(|group| &group.tests).map(|test| test.msg.len()).collect();
    assert!([0, 1, 2, 1_023].iter().all(|length| lengths.contains(length)));
    assert!(good >= 80 && bad >= 60, "{good} true ones, {bad} others");
}
