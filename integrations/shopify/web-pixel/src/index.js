// Shopify's customer events, left for Dangol on the storefront (data-capture="… shopify").
//
// A web pixel runs in a sandbox: it cannot reach the page, but it may write the shop's localStorage. So each event is a
// letter there; the storefront takes letters up within a second, those of the checkout on the visitor's next page.
import { register } from "@shopify/web-pixels-extension";

const EVENTS = [
  "product_viewed", "collection_viewed", "search_submitted", "cart_viewed", "product_added_to_cart", "product_removed_from_cart",
  "checkout_started", "checkout_shipping_info_submitted", "payment_info_submitted", "checkout_completed",
];
const LETTER = "dangol-pixel:";
const COUNT = "dangol-pixel-count";
/** The oldest are overwritten: where nobody takes them up they must not pile up. */
const MOST = 100;
/** Who the buyer is stays in Shopify. */
const PERSONAL = ["email", "phone", "smsMarketingPhone", "billingAddress", "shippingAddress"];

function plain(seq, { name, timestamp, data }) {
  const checkout = data.checkout && { ...data.checkout };
  for (const key of checkout ? PERSONAL : []) delete checkout[key];
  return JSON.stringify({ seq, name, timestamp, data: checkout ? { ...data, checkout } : data });
}

register(({ analytics, browser }) => {
  let last = Promise.resolve();
  const post = async (event) => {
    const number = Number(await browser.localStorage.getItem(COUNT)) || 0;
    await browser.localStorage.setItem(LETTER + (number % MOST), plain(number, event));
    await browser.localStorage.setItem(COUNT, String(number + 1));
  };
  for (const name of EVENTS) {
    // One after another, or two would take the same number.
    analytics.subscribe(name, (event) => {
      last = last.then(() => post(event)).catch(() => {});
    });
  }
});
