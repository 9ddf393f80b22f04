//! The roots of the document, and sets of them.

/// A top-level key of the visitor's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Root {
    /// `user {id, anonymousId, known}`.
    User,
    /// `traits {…}`.
    Traits,
    /// `page {…}`.
    Page,
    /// `device {…}`.
    Device,
    /// `session {…}`.
    Session,
    /// `visits {…}`.
    Visits,
    /// `cart {…}`.
    Cart,
    /// `orders {…}`.
    Orders,
    /// `journey {stage, stageSince}`.
    Journey,
    /// `lifecycle`.
    Lifecycle,
    /// `affinity {category, brand}`.
    Affinity,
    /// `time {…}`.
    Time,
    /// `event {name, properties}`.
    Event,
}

impl Root {
    /// All roots, in the order of the document.
    pub const ALL: [Root; 13] = [
        Root::User,
        Root::Traits,
        Root::Page,
        Root::Device,
        Root::Session,
        Root::Visits,
        Root::Cart,
        Root::Orders,
        Root::Journey,
        Root::Lifecycle,
        Root::Affinity,
        Root::Time,
        Root::Event,
    ];

    /// The key in the document.
    pub fn key(self) -> &'static str {
        match self {
            Root::User => "user",
            Root::Traits => "traits",
            Root::Page => "page",
            Root::Device => "device",
            Root::Session => "session",
            Root::Visits => "visits",
            Root::Cart => "cart",
            Root::Orders => "orders",
            Root::Journey => "journey",
            Root::Lifecycle => "lifecycle",
            Root::Affinity => "affinity",
            Root::Time => "time",
            Root::Event => "event",
        }
    }

    /// The root that a dotted path starts at; `None` where the document has no such key.
    pub fn of_path(path: &str) -> Option<Root> {
        let first = path.split('.').next().unwrap_or("");
        Root::ALL.into_iter().find(|root| root.key() == first)
    }
}

/// A set of roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Roots(u16);

impl Roots {
    /// No root.
    pub const NONE: Roots = Roots(0);
    /// Every root.
    pub const ALL: Roots = Roots((1 << Root::ALL.len()) - 1);

    /// The set of these roots.
    pub fn of(roots: &[Root]) -> Roots {
        let mut set = Roots::NONE;
        roots.iter().for_each(|root| set.add(*root));
        set
    }

    /// Adds a root.
    pub fn add(&mut self, root: Root) {
        self.0 |= 1 << root as u8;
    }

    /// Whether the set has a root.
    pub fn has(self, root: Root) -> bool {
        self.0 & (1 << root as u8) != 0
    }

    /// The roots of either set.
    pub fn or(self, other: Roots) -> Roots {
        Roots(self.0 | other.0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roots in the order of the document.
    pub fn iter(self) -> impl Iterator<Item = Root> {
        Root::ALL.into_iter().filter(move |root| self.has(*root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_its_first_key() {
        assert_eq!(Root::of_path("cart.items.0.price"), Some(Root::Cart));
        assert_eq!(Root::of_path("lifecycle"), Some(Root::Lifecycle));
        assert_eq!(Root::of_path("carts.value"), None);
        assert_eq!(Root::of_path(""), None);
    }

    #[test]
    fn a_set_holds_what_was_added() {
        let mut roots = Roots::NONE;
        assert!(roots.is_empty());
        roots.add(Root::Cart);
        roots.add(Root::Event);
        assert_eq!(roots.iter().collect::<Vec<_>>(), [Root::Cart, Root::Event]);
        assert_eq!(roots.or(Roots::ALL).iter().count(), 13);
    }
}
