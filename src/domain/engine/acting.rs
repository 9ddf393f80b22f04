//! What a click on a message does: its actions, one after another.

use super::experiments::with;
use super::{Effect, Engine, Work, wallet};
use crate::domain::event::Event;
use crate::domain::message::words::Word;
use crate::domain::message::{Action, Line};
use crate::domain::profile::Root;
use crate::domain::value::{Object, Text};
use crate::domain::wire::Kind;

/// The trait that a chat gets as proof of who the member is. It never leaves for the shop's endpoint.
const MEMBER_HASH: &str = "memberHash";

impl Engine {
    /// A click, and the actions it stands for. Choosing an answer in a chat is not a click on the message's offer.
    pub(super) fn clicked(&mut self, impression: &Text, bare: bool, actions: Vec<Action>) {
        let Some(showing) = self.screen.iter().find(|showing| showing.impression == *impression) else { return };
        let (preview, campaign) = (showing.preview, showing.campaign.clone());
        let counts = bare
            || actions.iter().any(|action| {
                !matches!(action, Action::Reply { .. } | Action::Retry(_) | Action::Mute(_) | Action::Data | Action::Erase | Action::Refuse)
            });
        let about = self.about(impression);
        if counts && !preview {
            self.acted_on(impression, true);
            self.notify("message", with(with(about.clone(), "campaign", &campaign), "what", "clicked"));
            let kind = actions.iter().map(action_name).next().unwrap_or("click");
            let mut click = with(about.clone(), "action", kind);
            if let Some(other) = asked_for(&actions) {
                click = with(click, "show", other);
            }
            self.write_own("Message Clicked", click);
        }
        let code = actions.iter().find_map(|action| match action {
            Action::Copy(coupon) => Some((coupon, self.code_of(coupon)?)),
            _ => None,
        });
        let is_copying = code.is_some();
        if let Some((coupon, text)) = code {
            // Whether it is on the clipboard only the browser knows; see `copied`.
            self.effects.push(Effect::Copy { impression: impression.clone(), coupon: coupon.as_str().into(), text });
        }
        let mut rest = Vec::new();
        for action in actions {
            if is_copying && takes_away(&action) {
                rest.push(action);
            } else {
                self.perform(impression, &campaign, about.clone(), action, preview);
            }
        }
        if is_copying && let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) {
            showing.rest = rest;
        }
    }

    /// A message was clicked, or else dismissed. Whoever acts on one has seen it, however quick they were: that is written first.
    pub(super) fn acted_on(&mut self, impression: &Text, is_click: bool) {
        if let Some(exposure) = self.shared.exposure(impression).filter(|exposure| exposure.stage.is_open()).cloned() {
            self.write_shown(&exposure);
        }
        self.plan_one(Work::Acted(impression.clone(), is_click));
    }

    pub(super) fn perform(&mut self, impression: &Text, campaign: &Text, about: Object, action: Action, preview: bool) {
        match action {
            Action::Open { url, new_tab } => {
                if !new_tab {
                    self.remove(impression);
                }
                self.effects.push(Effect::Open { url, new_tab });
            }
            Action::Close => self.remove(impression),
            // Done already, or there is no code.
            Action::Copy(_) => {}
            Action::Apply(coupon) => {
                if let Some(url) = self.apply_address(&coupon) {
                    if !preview {
                        self.used(&coupon, about, wallet::Use::Applied);
                    }
                    self.remove(impression);
                    self.effects.push(Effect::Open { url, new_tab: false });
                }
            }
            Action::Retry(coupon) => self.ask_issuer_again(&coupon),
            Action::Track { event, properties } => {
                if !preview {
                    let id = self.new_id();
                    let event = Event {
                        id,
                        at: self.now(),
                        name: event.as_str().into(),
                        properties,
                        user: None,
                        session: None,
                        own: Event::is_own_name(&event),
                    };
                    let name = event.name.clone();
                    self.record(Kind::Track, Some(&name), event, None);
                }
            }
            Action::Chat { message, add } => {
                let mut request =
                    crate::object! { "message" => message.as_str(), "campaign" => campaign.clone(), "user" => self.shared.user_id.clone() };
                if add {
                    request.set("add", true);
                }
                if let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) {
                    showing.asked.clone_from(&message);
                }
                self.notify("chat", request.clone());
                // The shop's server vouches for its member to the chat by a hash; nobody else gets to see it.
                if let Some(hash) = self.visitor.root(&self.config, Root::Traits).as_ref().and_then(|traits| traits.text(MEMBER_HASH)) {
                    request.set(MEMBER_HASH, hash);
                }
                self.effects.push(Effect::Chat { impression: impression.clone(), request: request.into() });
                if !preview {
                    self.write_own("Chat Opened", about);
                }
            }
            Action::Reply { index, label, answer, mute } => {
                if let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) {
                    showing.transcript.push(Line { is_visitor: true, text: label.clone() });
                    if !answer.is_empty() {
                        showing.transcript.push(Line { is_visitor: false, text: answer });
                    }
                }
                self.redraw(impression);
                if !preview {
                    let mut properties = with(about, "reply", &label);
                    properties.set("index", index);
                    if let Some(length) = mute {
                        properties = self.hush(campaign, properties, self.now() + length);
                    }
                    self.write_own("Chat Replied", properties);
                }
            }
            Action::Mute(length) => self.dismissed(impression, Some(self.now() + length)),
            Action::Show(other, stays) => {
                let Some(campaign) = self.config.campaign(&other) else { return };
                let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) else { return };
                let mut first = campaign.steps.iter().take(1).flat_map(|step| &step.variants);
                if stays && first.all(|variant| variant.slot() != showing.slot.as_deref()) {
                    return self.ask_for_campaign(&other, preview);
                }
                showing.next = Some(other);
                if !stays {
                    // The message that asked makes room for the one it asked for.
                    self.remove(impression);
                }
            }
            Action::Submit(form) => self.submit(impression, form, about, preview),
            Action::Contact => self.contact(impression, about, preview),
            Action::Data => {
                if let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) {
                    showing.tells_data = true;
                }
                self.redraw(impression);
            }
            Action::Erase if preview => self.remove(impression),
            Action::Erase => self.forget(Text::from("")),
            Action::Refuse => {
                self.remove(impression);
                if !preview {
                    let now = self.now();
                    let refused = crate::object! { "marketing" => false, "marketingNight" => false };
                    self.consent(now, &crate::object! { "data" => refused }.into());
                }
            }
        }
    }

    /// A code is on the clipboard, or the browser refused it: then the card says so and the visitor copies by hand. What
    /// takes the message away has waited for it, and after a refusal waits for another click.
    pub(super) fn copied(&mut self, impression: &Text, coupon: &str, done: bool) {
        let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) else { return };
        let goes_on = done || showing.copied.iter().any(|(id, done)| **id == *coupon && !done);
        // One code at a time is on the clipboard.
        showing.copied.clear();
        showing.copied.push((coupon.into(), done));
        let (preview, campaign) = (showing.preview, showing.campaign.clone());
        let rest = std::mem::take(&mut showing.rest);
        self.redraw(impression);
        let about = self.about(impression);
        if done && !preview {
            self.used(coupon, about.clone(), wallet::Use::Copied);
        }
        for action in rest.into_iter().filter(|_| goes_on) {
            self.perform(impression, &campaign, about.clone(), action, preview);
        }
    }

    /// The shop's chat took over, or there is none: then the built-in one asks how the visitor can be reached.
    pub(super) fn handed_over(&mut self, impression: &Text, is_taken: bool) {
        let away = self.word(Word::Away).into();
        let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) else { return };
        if is_taken {
            // The chat opens where the message stands, and a modal one would lie over it.
            if showing.slot.is_none() {
                self.remove(impression);
            }
            return;
        }
        let text = std::mem::take(&mut showing.asked);
        let has_spoken = showing.transcript.last().is_some_and(|line| line.is_visitor);
        if !text.is_empty() && !has_spoken {
            showing.transcript.push(Line { is_visitor: true, text });
        }
        showing.transcript.push(Line { is_visitor: false, text: away });
        showing.is_away = true;
        self.redraw(impression);
    }

    /// The visitor left a way to be reached.
    fn contact(&mut self, impression: &Text, about: Object, preview: bool) {
        let noted = self.word(Word::Noted).into();
        let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) else { return };
        let Some(contact) = showing.answers.get("contact").cloned() else { return };
        showing.answers.remove("contact");
        showing.is_away = false;
        showing.transcript.push(Line { is_visitor: true, text: contact.as_text().unwrap_or_default().into() });
        showing.transcript.push(Line { is_visitor: false, text: noted });
        self.redraw(impression);
        if preview {
            return;
        }
        let campaign = about.get("campaign").cloned().unwrap_or_default();
        self.notify("chat", crate::object! { "contact" => contact.clone(), "campaign" => campaign.clone() });
        let answers = crate::object! { "contact" => contact };
        self.notify("survey", crate::object! { "campaign" => campaign, "answers" => answers.clone() });
        let mut properties = about;
        properties.set("answers", answers);
        self.write_own("Survey Answered", properties);
    }

    /// One of Dangol's own words, as the visitor reads it.
    fn word(&self, word: Word) -> &str {
        word.text(self.config.settings.raw.get("words"), self.locale(), &self.config.locale)
    }

    /// The answers given so far become an event; a consent that was ticked is given.
    fn submit(&mut self, impression: &Text, form: usize, about: Object, preview: bool) {
        let Some(showing) = self.screen.iter_mut().find(|showing| showing.impression == *impression) else { return };
        showing.sent.push(form);
        let given = showing.answers.clone();
        self.redraw(impression);
        if preview {
            return;
        }
        self.notify(
            "survey",
            crate::object! { "campaign" => about.get("campaign").cloned().unwrap_or_default(), "answers" => given.clone() },
        );
        let mut properties = about;
        properties.set("answers", given.clone());
        self.write_own("Survey Answered", properties);
        self.take_ticked(self.now(), &given.into());
    }
}

/// The campaign that a click asks for.
pub(super) fn asked_for(actions: &[Action]) -> Option<&str> {
    actions.iter().find_map(|action| match action {
        Action::Show(campaign, _) => Some(campaign.as_str()),
        _ => None,
    })
}

/// Whether the message is gone when this is done.
pub(super) fn takes_away(action: &Action) -> bool {
    !matches!(
        action,
        Action::Open { new_tab: true, .. }
            | Action::Copy(_)
            | Action::Retry(_)
            | Action::Track { .. }
            | Action::Reply { .. }
            | Action::Show(_, true)
            | Action::Submit(_)
            | Action::Contact
            | Action::Data
    )
}

pub(super) fn action_name(action: &Action) -> &'static str {
    match action {
        Action::Open { .. } => "open",
        Action::Close => "close",
        Action::Copy(_) => "copy",
        Action::Apply(_) => "apply",
        Action::Retry(_) => "retry",
        Action::Track { .. } => "track",
        Action::Chat { .. } => "chat",
        Action::Reply { .. } => "reply",
        Action::Mute(_) => "mute",
        Action::Show(..) => "show",
        Action::Submit(_) | Action::Contact => "submit",
        Action::Data => "data",
        Action::Erase => "erase",
        Action::Refuse => "refuse",
    }
}
