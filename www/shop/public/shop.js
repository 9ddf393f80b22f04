// Tells the SDK what happens in the shop, in the events of Segment's e-commerce specification.
// Page views are the SDK's own business, so there is no page() here.
(() => {
  // The SDK may be blocked or absent: the shop must not notice.
  const call = (method, ...values) => window.dangol?.[method]?.(...values);
  const track = (event, properties) => call("track", event, properties);
  const read = (element, name) => JSON.parse(element.dataset[name] ?? "{}");

  /** Fires what the server has prepared for a page, whether it was loaded or swapped in. */
  function report(root) {
    const block = root.querySelector("#page-data");
    if (!block) return;
    const { identify, events } = JSON.parse(block.textContent);
    if (identify) call("identify", identify.id, identify.traits, { history: identify.history });
    for (const [event, properties] of events) track(event, properties);
  }

  function withQuantity(properties, quantity) {
    return { ...properties, quantity, value: properties.price * quantity };
  }

  const onSubmit = {
    add(form) {
      const { colour, size, quantity } = Object.fromEntries(new FormData(form));
      const product = read(form, "product");
      const picture = form.querySelector("[name=colour]:checked")?.dataset.image;
      track("Product Added", {
        ...withQuantity(product, Number(quantity) || 1),
        sku: `${product.sku}-${colour.toUpperCase()}-${size}`,
        variant: `${colour}/${size}`,
        ...(picture ? { image_url: new URL(picture, location.href).href } : {}),
      });
    },
    update(form) {
      const product = read(form, "product");
      const change = Number(new FormData(form).get("quantity")) - product.quantity;
      if (change > 0) track("Product Added", withQuantity(product, change));
      if (change < 0) track("Product Removed", withQuantity(product, -change));
    },
    remove: (form) => track("Product Removed", read(form, "product")),
    coupon(form) {
      const code = new FormData(form).get("code").trim();
      if (code) track("Coupon Entered", { coupon: code, coupon_id: code, order_id: form.dataset.orderId, cart_id: form.dataset.cartId });
    },
    step(form) {
      const method = new FormData(form).get("method");
      const step = Number(form.dataset.step);
      const { shippingMethod } = form.dataset;
      const properties = { ...read(form, "checkout"), step };
      if (step === 1) track("Checkout Step Completed", { ...properties, shipping_method: method });
      else {
        track("Payment Info Entered", { ...properties, shipping_method: shippingMethod, payment_method: method });
        track("Checkout Step Completed", { ...properties, shipping_method: shippingMethod, payment_method: method });
      }
    },
    signup(form) {
      const { name, email, birthday } = Object.fromEntries(new FormData(form));
      const id = form.dataset.memberId;
      const traits = { name: name.trim(), email: email.toLowerCase(), grade: "new", signedUpAt: new Date().toISOString() };
      // The form navigates right away: that nothing is lost is the SDK's part.
      call("identify", id, birthday ? { ...traits, birthday } : traits);
      track("Signed Up", { type: "email", username: traits.email, name: traits.name, email: traits.email, user_id: id });
    },
    logout(form) {
      track("Signed Out", { username: form.dataset.username });
      call("reset");
    },
  };

  document.addEventListener("submit", (event) => {
    for (const name of Object.keys(onSubmit)) {
      if (name in event.target.dataset) onSubmit[name](event.target);
    }
  });

  document.addEventListener("click", (event) => {
    const product = event.target.closest?.("[data-click]");
    if (product) track("Product Clicked", read(product, "click"));
    const promotion = event.target.closest?.("[data-promotion] a")?.closest("[data-promotion]");
    if (promotion) track("Promotion Clicked", read(promotion, "promotion"));
  });

  // Another colour shows another picture.
  document.addEventListener("change", (event) => {
    const { image } = event.target.dataset;
    if (!image) return;
    for (const picture of document.querySelectorAll("[data-picture]")) {
      const { picture: view } = picture.dataset;
      picture.src = view ? image.replace(/\.svg$/, `-${view}.svg`) : image;
    }
  });

  function watchPromotions() {
    const observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        track("Promotion Viewed", read(target, "promotion"));
      }
    }, { threshold: 0.5 });
    for (const element of document.querySelectorAll("[data-promotion]")) observer.observe(element);
  }

  report(document);
  watchPromotions();
  // The lookbook swaps pages without loading them.
  document.addEventListener("shop:swapped", (event) => report(event.detail));
})();
