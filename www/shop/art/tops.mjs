// Knitwear, shirts and tees, drawn as if on an invisible mannequin.
import { dark, light } from "./pen.mjs";

const NECK_INSIDE = "M322 236C350 206 450 206 478 236C450 270 350 270 322 236Z";
const BODY = "M318 234C350 276 450 276 482 234L546 260C566 270 574 292 576 318L586 694C520 718 280 718 214 694L224 318C226 292 234 270 254 260Z";
const SLEEVE = "M532 254C588 268 614 306 626 356L682 640C686 664 670 680 648 684L606 690C590 692 582 684 579 668L552 410Z";
const HEM = "M213 668C280 692 520 692 587 668L590 722C520 748 280 748 210 722Z";
const CUFF = "M590 646C616 648 656 640 680 628L692 692C668 708 624 716 600 712Z";
const BODY_FOLDS = [["M300 700C310 600 300 520 262 420", 16], ["M520 690C506 590 520 500 548 430", 14], ["M410 700C420 640 404 590 414 540", 12]];
const SLEEVE_FOLDS = [["M566 420C590 410 610 396 626 374", 10], ["M584 560C606 556 636 540 650 520", 9]];

const inside = (pen) => `<path d="${NECK_INSIDE}" fill="${dark(pen.colour, 0.62)}"/><path d="M330 226C360 204 440 204 470 226" fill="none" stroke="${dark(pen.colour, 0.3)}" stroke-width="16" opacity=".8"/><rect x="386" y="217" width="28" height="15" rx="2" fill="#f6efe2"/>`;

function cables(pen) {
  const twist = (x) => Array.from({ length: 11 }, (_, row) => {
    const y = 280 + row * 40;
    const turn = row % 2 ? 1 : -1;
    return `<path d="M${x - 13 * turn} ${y}C${x - 13 * turn} ${y + 20} ${x + 13 * turn} ${y + 20} ${x + 13 * turn} ${y + 40}" fill="none" stroke="${light(pen.colour, 0.45)}" stroke-width="11" stroke-linecap="round"/><path d="M${x + 13 * turn} ${y}C${x + 13 * turn} ${y + 16} ${x + 5 * turn} ${y + 14} ${x + 3 * turn} ${y + 17}" fill="none" stroke="${dark(pen.colour, 0.22)}" stroke-width="8" stroke-linecap="round" opacity=".8"/>`;
  }).join("");
  const rails = [292, 346, 373, 427, 454, 508].map((x) => `M${x} 284V676`).join("");
  return `<g opacity=".8">${[319, 400, 481].map(twist).join("")}${pen.seam(rails, { width: 3, opacity: 0.3 })}</g>`;
}

export function sweater(pen, { neck = "crew", weave = "knit", cable = false } = {}) {
  const band = neck === "turtle"
    ? pen.cloth("M334 246C330 210 332 176 344 158C376 170 424 170 456 158C468 176 470 210 466 246C436 274 364 274 334 246Z", { weave: "rib", fill: light(pen.colour, 0.08), puff: 26, folds: [["M338 206C374 222 426 222 462 206", 8]] })
    : pen.cloth("M312 236C318 228 326 226 332 228C360 258 440 258 468 228C474 226 482 228 488 236C456 292 344 292 312 236Z", { weave: "rib", fill: light(pen.colour, 0.08), puff: 14 });
  return [
    pen.both(pen.cloth(SLEEVE, { weave, folds: SLEEVE_FOLDS }) + pen.cloth(CUFF, { weave: "rib", fill: light(pen.colour, 0.06), puff: 20 })),
    inside(pen),
    pen.cloth(BODY, { weave, folds: cable ? [] : BODY_FOLDS }),
    cable ? cables(pen) : "",
    pen.both(pen.seam("M540 262C552 330 556 380 556 430", { opacity: 0.35 })),
    pen.cloth(HEM, { weave: "rib", fill: light(pen.colour, 0.06), puff: 22 }),
    band,
  ].join("");
}

export function cardigan(pen, { weave = "knit" } = {}) {
  const panel = "M482 230C470 300 430 372 404 424L404 728C470 734 540 730 590 716L576 318C574 292 566 270 546 260Z";
  return [
    pen.both(pen.cloth(SLEEVE, { weave, folds: SLEEVE_FOLDS }) + pen.cloth(CUFF, { weave: "rib", fill: pen.second, puff: 20 })),
    `<path d="M318 232C350 200 450 200 482 232L420 420H380Z" fill="${dark(pen.colour, 0.62)}"/><rect x="386" y="216" width="28" height="15" rx="2" fill="#f6efe2"/>`,
    pen.both(pen.cloth(panel, { weave, folds: [["M520 700C506 590 520 500 548 430", 14]] })),
    pen.both(pen.cloth("M446 560H536V644H446Z", { weave, puff: 12, depth: 0.3 }) + pen.cloth("M444 548H538V566H444Z", { weave: "rib", fill: pen.second, puff: 8, depth: 0.3 })),
    pen.cloth("M326 222C344 300 374 366 388 420V734H374C372 560 366 440 310 236Z", { weave: "rib", fill: pen.second, puff: 12 }),
    pen.cloth("M474 222C456 300 424 372 388 426V734H414C416 560 434 440 490 236Z", { weave: "rib", fill: pen.second, puff: 12 }),
    [452, 520, 588, 656, 714].map((y) => pen.button(401, y, 10, "#7a5638")).join(""),
  ].join("");
}

export function shirt(pen, { weave, pocket = true, long = false } = {}) {
  const end = long ? 80 : 0;
  const body = `M318 228L546 256C564 266 572 292 574 318L586 ${700 + end}C560 ${748 + end} 500 ${752 + end} 470 ${730 + end}C440 ${716 + end} 360 ${716 + end} 330 ${730 + end}C300 ${752 + end} 240 ${748 + end} 214 ${700 + end}L226 318C228 292 236 266 254 256Z`;
  const trim = light(pen.colour, 0.25);
  return [
    pen.both(pen.cloth(SLEEVE, { weave, folds: [...SLEEVE_FOLDS, ["M600 640C610 560 590 480 572 430", 9]] }) + pen.cloth(CUFF, { weave, fill: trim, puff: 14 }) + pen.stitch("M598 700C624 704 664 698 684 684")),
    pen.cloth(body, { weave, folds: [["M286 730C306 600 300 500 258 410", 16], ["M520 720C500 600 520 500 548 420", 15], ["M350 700C360 600 346 540 352 480", 10], ["M456 690C446 620 462 560 452 500", 10]] }),
    pen.both(pen.seam("M538 258C552 330 556 380 556 430", { opacity: 0.4 })),
    pen.cloth(`M384 262H418V${718 + end}H384Z`, { weave, fill: trim, puff: 8, depth: 0.35 }),
    pen.stitch(`M390 268V${712 + end}M412 268V${712 + end}`, dark(pen.colour, 0.3)),
    pocket ? pen.cloth("M448 372H532V458L490 476L448 458Z", { weave, puff: 10, depth: 0.35 }) + pen.stitch("M453 380H527V454L490 469L453 454Z", dark(pen.colour, 0.3)) : "",
    `<path d="M344 226C364 204 436 204 456 226L402 268Z" fill="${dark(pen.colour, 0.55)}"/>`,
    pen.both(pen.cloth("M400 272C424 258 446 240 458 212C470 214 482 222 490 234L466 320C442 312 418 296 400 272Z", { weave, fill: trim, puff: 14 })),
    [300, 370, 440, 510, 580, 650].map((y) => pen.button(401, y + end * 0.3, 6.5, "#efe6d6")).join(""),
  ].join("");
}

export function tee(pen, { weave } = {}) {
  const sleeve = "M532 252C590 268 616 306 628 352L652 448C640 466 590 478 566 474L548 400Z";
  const body = "M322 234C352 280 448 280 478 234L546 258C566 268 572 290 574 316L582 716C520 734 280 734 218 716L226 316C228 290 234 268 254 258Z";
  return [
    pen.both(pen.cloth(sleeve, { weave, folds: [["M566 420C590 410 610 396 626 374", 10]] }) + pen.stitch("M566 462C592 466 634 454 646 438", dark(pen.colour, 0.3))),
    inside(pen),
    pen.cloth(body, { weave, folds: BODY_FOLDS }),
    pen.cloth("M314 236C320 230 326 228 331 230C360 264 440 264 469 230C474 228 480 230 486 236C456 294 344 294 314 236Z", { weave: "rib", fill: light(pen.colour, 0.1), puff: 12 }),
    pen.stitch("M222 702C290 720 510 720 578 702", dark(pen.colour, 0.3)),
  ].join("");
}

export function vest(pen, { weave = "knit" } = {}) {
  const body = "M326 224L404 380L474 224L528 248C520 320 540 376 572 404L580 690C520 712 280 712 220 690L228 404C260 376 280 320 272 248Z";
  return [
    `<path d="M326 224C350 204 450 204 474 224L402 384Z" fill="${dark(pen.colour, 0.6)}"/><rect x="386" y="215" width="28" height="15" rx="2" fill="#f6efe2"/>`,
    pen.cloth(body, { weave, folds: BODY_FOLDS }),
    pen.both(pen.cloth("M526 244C546 250 552 256 550 262C542 320 556 366 582 398L574 424C536 384 514 318 524 246Z", { weave: "rib", fill: light(pen.colour, 0.1), puff: 10 })),
    pen.cloth("M318 226C322 218 332 216 338 220L402 352L462 220C470 216 480 218 484 226L402 410Z", { weave: "rib", fill: light(pen.colour, 0.1), puff: 10 }),
    pen.cloth("M218 664C280 688 520 688 582 664L584 716C520 738 280 738 216 716Z", { weave: "rib", fill: light(pen.colour, 0.06), puff: 20 }),
  ].join("");
}
