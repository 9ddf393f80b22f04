//! Names of events that are nearly those of the field's vocabulary.

use super::super::names::event_names;

/// GA4's names, which the `dataLayer` source turns into Segment's before any rule sees them.
const GA4: &[(&str, &str)] = &[
    ("view_item_list", "Product List Viewed"),
    ("select_item", "Product Clicked"),
    ("view_item", "Product Viewed"),
    ("add_to_cart", "Product Added"),
    ("remove_from_cart", "Product Removed"),
    ("view_cart", "Cart Viewed"),
    ("begin_checkout", "Checkout Started"),
    ("add_payment_info", "Payment Info Entered"),
    ("purchase", "Order Completed"),
    ("refund", "Order Refunded"),
    ("add_to_wishlist", "Product Added to Wishlist"),
    ("search", "Products Searched"),
    ("sign_up", "Signed Up"),
    ("login", "Signed In"),
    ("generate_lead", "Lead Generated"),
];

/// The event that `name` probably means, where it is not that one: another case, another way to join the words, an end left out.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    if event_names().any(|known| known == name) {
        return None;
    }
    let found = bare(name);
    // `Product View` is one that was cut short; a single word is not.
    let is_near = |known: &str| known == found || (found.len() > 7 && known.starts_with(&*found) && known.len() <= found.len() + 2);
    GA4.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours).or_else(|| event_names().find(|known| is_near(&bare(known))))
}

/// The letters alone.
fn bare(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, ' ' | '_' | '-' | '.')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn slips_are_told_from_events_of_the_shop() {
        for (name, event) in [
            ("order completed", "Order Completed"),
            ("OrderCompleted", "Order Completed"),
            ("order_completed", "Order Completed"),
            ("Order Complete", "Order Completed"),
            ("Product View", "Product Viewed"),
            ("page_view", "Page Viewed"),
            ("purchase", "Order Completed"),
            ("Message shown", "Message Shown"),
        ] {
            assert_eq!(meant(name), Some(event), "{name}");
        }
        for name in
            ["Order Completed", "*", "", "A", "Product", "Product Rated", "Order Delivered", "Stock Alert Requested", "Message Shown"]
        {
            assert_eq!(meant(name), None, "{name}");
        }
    }
}
