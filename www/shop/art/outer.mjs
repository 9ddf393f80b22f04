// Coats, jackets and padded outerwear.
import { dark, light } from "./pen.mjs";

const SLEEVE = "M540 216C592 232 618 270 630 326L680 648C682 668 672 680 650 684L610 688C594 688 588 682 585 668L556 396Z";
const SLEEVE_FOLDS = [["M568 400C594 392 614 374 630 350", 11], ["M590 540C612 536 636 520 652 498", 10], ["M616 660C622 600 604 520 586 460", 9]];
const LINING = (pen, depth) => `<path d="M330 196C356 170 444 170 470 196L408 ${depth}Z" fill="${dark(pen.colour, 0.6)}"/><rect x="382" y="188" width="36" height="18" rx="2" fill="#f6efe2"/>`;
const flap = (pen, y, weave) => pen.cloth(`M452 ${y}L548 ${y - 8}L552 ${y + 26}L454 ${y + 34}Z`, { weave, puff: 10, depth: 0.4 });

/** A long tailored coat; `belt` and `storm` make it a trench. */
export function coat(pen, { weave = "wool", belt = false, storm = false, hem = 878, double = true } = {}) {
  const right = `M474 190L554 218C574 228 582 258 582 290L${hem > 800 ? 612 : 598} ${hem - 14}C560 ${hem + 4} 470 ${hem + 8} 388 ${hem + 4}L388 470L402 420Z`;
  const left = `M326 190L246 218C226 228 218 258 218 290L${hem > 800 ? 188 : 202} ${hem - 14}C240 ${hem + 4} 340 ${hem + 8} 420 ${hem + 4}L420 470L398 420Z`;
  const folds = [[`M530 ${hem - 10}C516 700 516 600 548 430`, 17], [`M470 ${hem}C462 760 474 660 466 560`, 13]];
  const mirrored = [[`M270 ${hem - 10}C284 700 284 600 252 430`, 17], [`M330 ${hem}C338 760 326 660 334 560`, 13]];
  const rows = double ? [[358, 482], [358, 574], [440, 482], [440, 574]] : [[406, 470], [406, 560], [406, 650]];
  const strap = light(pen.colour, 0.07);
  return [
    pen.both(pen.cloth(SLEEVE, { weave, folds: SLEEVE_FOLDS }) + (storm ? pen.cloth("M588 600C614 604 652 596 670 586L675 614C652 624 616 630 591 626Z", { weave, fill: strap, puff: 8 }) + pen.button(648, 608, 7) : pen.button(650, 640, 6) + pen.button(654, 662, 6))),
    LINING(pen, 480),
    pen.cloth(left, { weave, folds: mirrored }),
    pen.cloth(right, { weave, folds }),
    pen.both(pen.seam("M546 220C558 300 562 350 560 410", { opacity: 0.4 })),
    storm ? pen.both(pen.cloth("M470 214L552 222C566 236 570 262 568 300C540 330 500 338 462 326Z", { weave, fill: strap, puff: 12 })) : "",
    pen.both(flap(pen, hem > 800 ? 660 : 560, weave)),
    // Lapels: the notch is what makes it read as tailored.
    pen.cloth("M330 190C310 196 300 204 294 214L268 300L318 312L306 338L400 478C402 400 372 270 338 198Z", { weave, fill: strap, puff: 16 }),
    pen.cloth("M470 190C490 196 500 204 506 214L532 300L482 312L494 338L392 486C394 400 428 270 462 198Z", { weave, fill: strap, puff: 16 }),
    pen.cloth("M334 186C352 168 448 168 466 186C474 196 488 206 498 212L480 252C450 236 430 214 400 214C370 214 350 236 320 252L302 212C312 206 326 196 334 186Z", { weave, fill: light(pen.colour, 0.12), puff: 14 }),
    rows.filter(([, y]) => !(belt && y > 560)).map(([x, y]) => pen.button(x, y, 12)).join(""),
    belt ? pen.cloth("M216 556C280 574 520 574 584 556L586 600C520 618 280 618 214 600Z", { weave, fill: strap, puff: 12 }) + pen.cloth("M352 548L410 556L408 622L350 614Z", { fill: dark(pen.colour, 0.5), puff: 8 }) + pen.cloth("M402 586C436 600 452 640 456 720L418 726C416 660 402 626 384 604Z", { weave, fill: strap, puff: 10 }) : "",
  ].join("");
}

/** A short collarless jacket with patch pockets and braided edges. */
export function tweedJacket(pen) {
  const weave = "tweed";
  const braid = (d) => pen.seam(d, { width: 9, ink: pen.second, opacity: 0.95 }) + pen.seam(d, { width: 3, ink: light(pen.second, 0.5), dash: "3 6", opacity: 0.9 });
  const front = "M478 226L548 250C570 262 576 290 578 316L584 640C530 652 460 654 404 650V300C430 282 460 256 478 226Z";
  const sleeve = "M536 250C590 264 616 302 628 352L672 588C674 606 664 618 644 622L608 626C594 626 588 618 586 604L556 408Z";
  return [
    pen.both(pen.cloth(sleeve, { weave, folds: SLEEVE_FOLDS }) + braid("M592 612C616 618 654 612 668 600")),
    `<path d="M322 226C350 200 450 200 478 226C460 262 430 286 400 302C370 286 340 262 322 226Z" fill="${dark(pen.colour, 0.6)}"/><rect x="386" y="216" width="28" height="15" rx="2" fill="#f6efe2"/>`,
    pen.both(pen.cloth(front, { weave, folds: [["M530 640C516 560 524 500 548 430", 14]] })),
    pen.both(braid("M478 228C460 258 430 284 405 300V648M406 648C460 652 530 650 582 638")),
    pen.both([352, 520].map((y) => pen.cloth(`M446 ${y}H540V${y + 84}H446Z`, { weave, puff: 10, depth: 0.3 }) + braid(`M446 ${y + 4}H540`) + pen.button(493, y + 24, 8, "#c9a45c")).join("")),
    [340, 420, 500, 580].map((y) => pen.button(400, y, 10, "#c9a45c")).join(""),
  ].join("");
}

/** Horizontal quilting filled with down; sleeveless when `vest`. */
export function padded(pen, { vest = false } = {}) {
  const body = "M322 214L540 242C566 254 576 290 578 320C592 420 592 600 590 700C520 722 280 722 210 700C208 600 208 420 222 320C224 290 234 254 260 242Z";
  const quilts = [318, 400, 482, 564, 640].map((y) => `M${y > 450 ? 211 : 223} ${y}C290 ${y + 22} 510 ${y + 22} ${y > 450 ? 589 : 577} ${y}`);
  const sleeve = "M534 240C600 254 630 306 644 360C664 440 684 540 692 640C690 672 668 684 640 688C612 690 592 684 586 664C584 560 572 470 552 400Z";
  const sleeveQuilts = ["M560 350C596 352 628 340 646 322", "M572 440C604 444 642 432 664 414", "M580 530C616 536 660 524 680 506", "M586 616C620 622 668 612 690 596"];
  const puffs = (lines) => lines.map((d) => [d, 20]);
  return [
    vest ? "" : pen.both(pen.cloth(sleeve, { folds: puffs(sleeveQuilts) }) + sleeveQuilts.map((d) => pen.seam(d, { width: 3 })).join("")),
    pen.cloth(body, { folds: puffs(quilts), puff: 58 }),
    quilts.map((d) => pen.seam(d, { width: 3 })).join(""),
    vest ? pen.both(pen.seam("M542 246C520 320 534 380 578 414", { width: 12, opacity: 0.4 })) : "",
    pen.cloth("M326 232C320 190 326 158 340 144C376 158 424 158 460 144C474 158 480 190 474 232C440 256 360 256 326 232Z", { fill: light(pen.colour, 0.06), folds: [["M330 192C376 208 424 208 470 192", 14]], puff: 30 }),
    `<path d="M340 146C376 128 424 128 460 146C424 162 376 162 340 146Z" fill="${dark(pen.colour, 0.6)}"/>`,
    pen.cloth("M388 160H412V712H388Z", { fill: dark(pen.colour, 0.12), puff: 8 }),
    pen.seam("M400 172V704", { width: 4, ink: "#d8c9a8", dash: "3 4", opacity: 1 }),
    pen.both(pen.seam("M470 590L540 566", { width: 6, opacity: 0.7 })),
  ].join("");
}

/** A cropped jacket in fleece or denim with a stand collar. */
export function blouson(pen, { weave = "fleece", trim = dark(pen.colour, 0.5) } = {}) {
  const sleeve = "M534 240C596 256 622 306 636 356L684 640C682 664 666 674 644 678C618 682 596 678 588 660L552 400Z";
  return [
    pen.both(pen.cloth(sleeve, { weave, folds: SLEEVE_FOLDS }) + pen.cloth("M588 648C616 652 660 644 684 632L690 676C664 690 622 696 598 692Z", { fill: trim, puff: 14 })),
    pen.cloth("M322 216L542 244C566 256 574 290 576 320L586 664C520 684 280 684 214 664L224 320C226 290 234 256 258 244Z", { weave, folds: [["M300 660C310 560 300 500 262 420", 16], ["M520 660C506 560 520 480 548 420", 14]] }),
    pen.cloth("M212 648C280 670 520 670 588 648L590 694C520 716 280 716 210 694Z", { fill: trim, puff: 16 }),
    pen.cloth("M326 232C322 196 330 168 342 156C376 168 424 168 458 156C470 168 478 196 474 232C440 256 360 256 326 232Z", { weave, fill: light(pen.colour, 0.08), puff: 26 }),
    `<path d="M342 158C376 142 424 142 458 158C424 172 376 172 342 158Z" fill="${dark(pen.colour, 0.6)}"/>`,
    pen.cloth("M390 170H410V706H390Z", { fill: trim, puff: 6 }),
    pen.seam("M400 178V700", { width: 4, ink: "#d8c9a8", dash: "3 4", opacity: 1 }),
    pen.cloth("M452 352H544V446H452Z", { fill: trim, puff: 12, depth: 0.35 }) + pen.stitch("M458 358H538V440H458Z"),
    pen.both(pen.seam("M470 590L528 524", { width: 9, ink: trim, opacity: 1 })),
  ].join("");
}
