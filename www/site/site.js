// The site's only script: opens the contents where there is room, keeps the language, and brings the live examples to life.
import { start } from "./live.js";

const contents = document.querySelector(".contents");
const wide = matchMedia("(min-width: 861px)");
const unfold = () => contents.toggleAttribute("open", wide.matches);
unfold();
wide.addEventListener("change", unfold);
contents.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });

const examples = document.querySelectorAll(".live");
// The engine is fetched when the first example comes near the screen, not before.
const viewer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    viewer.unobserve(target);
    void start(target);
  }
}, { rootMargin: "400px" });
for (const example of examples) viewer.observe(example);
