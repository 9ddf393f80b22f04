// Asks before the form leaves whether the address has an account already. What shop.js tells of a sign-up when the form
// is sent is then true: whoever would be refused is no new member, and gets no coupon.
(() => {
  const form = document.querySelector("[data-signup]");
  const field = form?.elements.email;
  if (!field) return;
  let asked;
  let isAsking = false;

  /** Whether an account may be made with it. A shop that cannot say so now says it behind the form. */
  async function isFree(email) {
    try {
      const answer = await fetch(`/signup/free?${new URLSearchParams({ email })}`);
      return (await answer.json()).free !== false;
    } catch {
      return true;
    }
  }

  form.addEventListener("submit", async (event) => {
    const email = field.value;
    if (asked === email) return;
    event.preventDefault();
    event.stopPropagation();
    // Who presses twice signs up once.
    if (isAsking) return;
    isAsking = true;
    const free = await isFree(email);
    isAsking = false;
    if (field.value !== email) return;
    asked = free ? email : undefined;
    field.setCustomValidity(free ? "" : form.dataset.taken);
    form.requestSubmit(event.submitter);
  });
  field.addEventListener("input", () => field.setCustomValidity(""));
})();
