//! The inputs that fuzzing found worth keeping, one folder a target, run by every `cargo test`.

mod fuzzing;

#[test]
fn every_kept_input_keeps_what_must_hold() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, target) in fuzzing::TARGETS {
        let folder = root.join(name);
        let inputs: Vec<_> =
            std::fs::read_dir(&folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default();
        assert!(!inputs.is_empty(), "{} is empty", folder.display());
        for path in inputs {
            let Ok(data) = std::fs::read(&path) else { continue };
            println!("{}", path.display());
            target(&data);
        }
    }
}
