//! The coupon card and the wallet: a blank one is never shown, whatever the issuer does.

use super::super::action::Action;
use super::super::node::Node;
use super::super::scene::{CouponState, CouponView};
use super::super::words::Word;
use super::{Drawing, plain};
use crate::domain::value::Value;

/// A coupon by its id in the configuration.
pub fn coupon(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let coupon = drawing.scene.coupon(block.text("coupon")?)?;
    Some(card(drawing, coupon, coupon.id))
}

/// The coupon of a button that went wrong: without a card it is the only place for the code, or for a retry.
pub fn rescue(drawing: &mut Drawing) -> Option<Node> {
    let id = drawing.trouble.take()?;
    if drawing.has_card {
        return None;
    }
    Some(card(drawing, drawing.scene.coupon(&id)?, &id))
}

/// All coupons of the visitor, the newest first and those that are of no more use last; with `usable` not at all.
pub fn wallet(drawing: &mut Drawing, block: &Value) -> Option<Node> {
    let scene = drawing.scene;
    let mut cards = Vec::new();
    for wanted in [true, false] {
        if !wanted && block.text("wallet") == Some("usable") {
            break;
        }
        for coupon in scene.coupons.iter().rev().filter(|coupon| coupon.is_live(scene.now) == wanted) {
            cards.push(Node::with("li", "", vec![card(drawing, coupon, coupon.key)]));
        }
    }
    if cards.is_empty() {
        let own = scene.text_at(block, "empty");
        let text = if own.is_empty() { scene.word(Word::Empty).into() } else { own };
        return Some(Node::with("div", "wallet", vec![Node::text("p", "body empty", text)]));
    }
    Some(Node::with("ul", "wallet", cards).attr("role", "list"))
}

/// A coupon with its code, or what stands in the way of one. `id` is what its buttons call it.
fn card(drawing: &mut Drawing, coupon: &CouponView, id: &str) -> Node {
    let scene = drawing.scene;
    drawing.has_card = true;
    let name = scene.text(coupon.name);
    let is_over = coupon.expires.is_some_and(|at| at <= scene.now);
    let state = match coupon.state {
        CouponState::Redeemed => CouponState::Redeemed,
        CouponState::Issued | CouponState::Applied if is_over => CouponState::Expired,
        CouponState::Issued | CouponState::Applied if coupon.code.is_empty() => CouponState::Issuing,
        state => state,
    };
    let mut head = vec![Node::text("p", "coupon-name", name.as_str())];
    let mut children = Vec::new();
    let mut status = "";
    let state_name = match state {
        CouponState::Issuing => {
            status = scene.word(Word::Issuing);
            children.push(Node::new("div", "skeleton").attr("aria-hidden", "true"));
            "issuing"
        }
        CouponState::Failed => {
            status = scene.word(Word::Failed);
            "failed"
        }
        CouponState::Redeemed => {
            head.push(Node::text("p", "stamp", scene.word(Word::Redeemed)));
            "redeemed"
        }
        CouponState::Expired => {
            head.push(Node::text("p", "stamp", scene.word(Word::Expired)));
            "expired"
        }
        CouponState::Applied => {
            head.push(Node::text("p", "stamp", scene.word(Word::Applied)));
            "applied"
        }
        CouponState::Issued if coupon.copied == Some(true) => "copied",
        CouponState::Issued if coupon.copied.is_some() => "uncopied",
        CouponState::Issued => "issued",
    };
    let is_live = matches!(state, CouponState::Issued | CouponState::Applied);
    if is_live && let Some(until) = coupon.expires {
        let timer = plain::timer(drawing, until);
        head.push(Node::with("p", "caption", vec![Node::text("span", "", scene.word(Word::Left)), timer]));
    }
    children.insert(0, Node::with("div", "coupon-head", head));
    if !coupon.code.is_empty() && state != CouponState::Failed && state != CouponState::Issuing {
        let tag = if is_live { "span" } else { "s" };
        let mut row = vec![Node::text(tag, "code", coupon.code).attr("lang", "en")];
        if is_live {
            let word = match coupon.copied {
                Some(true) => Word::Copied,
                _ => Word::Copy,
            };
            match coupon.copied {
                Some(true) => status = scene.word(Word::Copied),
                Some(false) => status = scene.word(Word::Uncopied),
                None => {}
            }
            let mut copy = drawing.control("button copy", vec![Action::Copy(id.into())]);
            copy.text = scene.word(word).into();
            row.push(copy);
        }
        children.push(Node::with("div", "coupon-row", row));
    }
    children.push(Node::text("p", "status", status).attr("role", "status"));
    if state == CouponState::Failed {
        let mut retry = drawing.control("button secondary", vec![Action::Retry(id.into())]);
        retry.text = scene.word(Word::Retry).into();
        children.push(retry);
    }
    if state == CouponState::Issued && coupon.can_apply {
        let mut apply = drawing.control("button primary apply", vec![Action::Apply(id.into())]);
        apply.text = scene.word(Word::Apply).into();
        children.push(apply);
    }
    let mut card = Node::with("div", "coupon", children).attr("role", "group").attr("aria-label", name).attr("data-state", state_name);
    if state == CouponState::Issuing {
        card = card.attr("aria-busy", "true");
    }
    card
}
