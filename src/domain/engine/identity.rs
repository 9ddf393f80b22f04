//! Who the visitor is: somebody else comes, is erased, or is told of by another tab.

use super::{Effect, Engine, Phase, Work};
use crate::domain::list::append;
use crate::domain::outbox::Reason as Drop;
use crate::domain::shared::Shared;
use crate::domain::value::Text;

/// Whom the shared state of another tab was about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The visitor: it holds here, too.
    Taken,
    /// One who was here before somebody came in this tab, which holds what is newer.
    Former,
    /// The visitor, but with another member than was signed in for them here.
    Another,
}

impl Engine {
    /// Takes over what another tab wrote.
    pub(super) fn take_shared(&mut self, text: Option<&str>) -> Told {
        let Some(text) = text.filter(|text| *text != self.shared_text) else { return Told::Taken };
        let Some(mut shared) = Shared::from_text(text) else { return Told::Taken };
        if shared.epoch < self.shared.epoch {
            // What this one holds has yet to be written, whatever it wrote where nothing lasts.
            self.shared_text.clear();
            return Told::Former;
        }
        if shared.epoch == self.shared.epoch {
            // Whoever is signed in stays so until somebody else comes.
            match (&shared.user_id, &self.shared.user_id) {
                (Some(told), Some(known)) if told != known => return Told::Another,
                (None, _) => shared.user_id = self.shared.user_id.take(),
                _ => {}
            }
        }
        let anew = shared.anonymous_id != self.shared.anonymous_id;
        self.shared = shared;
        self.shared_text = text.into();
        if anew {
            self.meet();
        }
        Told::Taken
    }

    /// Log-out on a shared device: another visitor, of whom nothing is known but perhaps which member they are.
    ///
    /// They are named after the call that brought them: where a page is left before that is stored, its events and the other
    /// tabs have the name already, and the next page, which does the call again, gives the same one.
    pub(super) fn reset(&mut self, user: Option<Text>, id: Text) {
        append(&mut self.save.drop_journey, self.visitor.journey().events().iter().map(|event| event.id.clone()));
        self.save.journey.clear();
        self.become_another(id);
        self.shared.user_id = user;
        self.save_state();
        self.plan_one(Work::Anew);
        self.tell_another("reset");
    }

    /// Tells the other tabs of somebody new. Of two who come in two tabs at once all keep the later one, by the clock of
    /// the device and, within a millisecond, by chance.
    fn tell_another(&mut self, how: &'static str) {
        let instant = (self.now() << 11) + self.random.jitter(1 << 11);
        self.shared.epoch = self.shared.epoch.max(instant);
        self.tell(crate::object! { how => self.shared.epoch });
        if self.phase == Phase::Running {
            // Before it is stored: none of them may go on as the former one.
            self.tell(crate::object! { "shared" => self.shared.to_text() });
        }
    }

    /// Another tab has reset the visitor (`forget`: erased them). Whatever this one still writes about the former one
    /// is on its way already, so it is deleted by name.
    pub(super) fn hear_reset(&mut self, forget: bool, epoch: f64) {
        // Who the visitor is now is told next; nothing is written about them before they do something.
        self.unwritten = true;
        if !forget && epoch < self.shared.epoch as f64 {
            // Somebody has come here since; the other tab may have erased what was written of them.
            return;
        }
        append(&mut self.save.drop_journey, self.visitor.journey().events().iter().map(|event| event.id.clone()));
        self.save.journey.clear();
        self.remove_all();
        self.clear_visitor();
        self.drop_batches();
        self.shared_text.clear();
        if forget {
            self.drop_outbox(Drop::Forgotten);
            self.save.events.clear();
            self.save.state = Some(String::new());
            self.save_members = false;
            self.new_stream();
            self.plan_one(Work::Erased);
        } else {
            self.plan_one(Work::Anew);
        }
    }

    /// Erases what this device holds, in every tab; the backend hears of it once, if it ever heard of the visitor.
    pub(super) fn forget(&mut self, id: Text) {
        self.held.clear();
        self.held_bytes = 0;
        self.recovered.clear();
        self.end_rehearsal();
        if self.standing.consent().analytics {
            self.take_leave();
        }
        self.drop_outbox(Drop::Forgotten);
        let anew = self.new_id();
        self.become_another(anew);
        self.new_stream();
        self.save = super::Save::default();
        self.save_members = false;
        self.effects.push(Effect::Wipe(vec![id]));
        self.tell_another("forget");
    }

    /// Somebody else from here on, of whom nothing is known.
    pub(super) fn become_another(&mut self, id: Text) {
        self.remove_all();
        self.clear_visitor();
        self.drop_batches();
        let epoch = self.shared.epoch + 1;
        self.shared = Shared::new(id);
        self.shared.epoch = epoch;
        self.shared_text.clear();
        self.unwritten = true;
        self.meet();
    }

    /// The shared state names another visitor than before.
    pub(super) fn meet(&mut self) {
        // The session's name begins with the visitor's id.
        self.session_named = 0;
        self.context.set_session("");
        self.tell_host();
    }

    /// The rules may ask who this is, and on what.
    pub(super) fn tell_host(&mut self) {
        self.visitor.set_host(&self.config, self.options.device.clone(), &self.shared.anonymous_id);
        self.show_page();
    }

    /// Forgets journey, document and memberships, in memory.
    pub(super) fn clear_visitor(&mut self) {
        let (now, ahead) = (self.now(), self.visitor.ahead());
        self.slotless.clear();
        // Whoever follows the segments hears that they are empty. No event says so: it would be the next visitor's.
        for segment in self.members() {
            self.tell_segment(segment, now, false);
        }
        if !self.shared.coupons.is_empty() {
            self.shared.coupons.clear();
            self.tell_wallet();
        }
        let zone = self.visitor.zone().clone();
        let mut config = std::mem::replace(&mut self.config, crate::domain::config::Config::empty());
        config.behaviours = self.visitor.take_behaviours();
        self.visitor = super::visitor::Visitor::new(&mut config, Default::default(), Default::default(), (now, ahead), zone);
        self.config = config;
        // The name of a session holds the anonymous id: nothing of the next visitor may carry it.
        self.session_named = 0;
        self.context.set_session("");
    }
}
