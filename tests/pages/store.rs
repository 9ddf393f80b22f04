//! What lies on the disk of the simulated browser.

use std::collections::BTreeMap;

use dangol::domain::engine::Save;
use dangol::domain::value::Text;

pub type Rows = BTreeMap<Text, Text>;

/// What lies on the disk.
#[derive(Clone, Default)]
pub struct Store {
    pub events: Rows,
    pub journey: Rows,
    pub state: BTreeMap<&'static str, Text>,
}

impl Store {
    pub fn write(&mut self, save: &Save) {
        for (rows, put, gone) in
            [(&mut self.events, &save.events, &save.drop_events), (&mut self.journey, &save.journey, &save.drop_journey)]
        {
            if gone.iter().any(|id| &**id == "*") {
                rows.clear();
            }
            for (id, text) in put {
                rows.insert(id.clone(), text.as_str().into());
            }
            for id in gone {
                rows.remove(id);
            }
        }
        for (key, text) in [("state", &save.state), ("shared", &save.shared), ("consent", &save.consent)] {
            match text.as_deref() {
                Some("") => drop(self.state.remove(key)),
                Some(text) => drop(self.state.insert(key, text.into())),
                None => {}
            }
        }
    }
}
