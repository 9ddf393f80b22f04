// Bags, shoes and small accessories.
import { dark, light, mix } from "./pen.mjs";

export function tote(pen, { weave = "canvas" } = {}) {
  const strap = pen.second;
  const handle = (dy, fill) => pen.seam(`M300 ${430 + dy}C296 ${210 + dy} 330 ${150 + dy} 400 ${150 + dy}C470 ${150 + dy} 504 ${210 + dy} 500 ${430 + dy}`, { width: 24, ink: fill, opacity: 1 });
  return [
    handle(-14, dark(strap, 0.35)),
    `<path d="M206 394C300 370 500 370 594 394C500 414 300 414 206 394Z" fill="${dark(pen.colour, 0.6)}"/>`,
    pen.cloth("M204 392C300 414 500 414 596 392L626 812C624 838 606 846 584 848C480 858 320 858 216 848C194 846 176 838 174 812Z", { weave, folds: [["M250 830C262 700 250 600 262 470", 16], ["M560 830C542 720 556 620 540 470", 16], ["M420 850C440 740 400 680 412 600", 12]] }),
    pen.cloth("M181 716C300 740 500 740 619 716L626 812C624 838 606 846 584 848C480 858 320 858 216 848C194 846 176 838 174 812Z", { fill: strap, puff: 26 }),
    handle(10, strap), pen.both(pen.cloth("M484 400H516V484H484Z", { fill: strap, puff: 8 }) + pen.stitch("M490 452H510V478H490Z")),
    `<rect x="352" y="560" width="96" height="56" rx="3" fill="none" stroke="${dark(pen.colour, 0.5)}" stroke-width="2" opacity=".7"/>`,
    pen.seam("M372 580H428M384 598H416", { width: 3, opacity: 0.7 }),
  ].join("");
}

export function shoulderBag(pen) {
  const metal = "#c7a25a";
  return [
    pen.seam("M214 520C220 250 320 150 400 150C480 150 580 250 586 520", { width: 22, ink: dark(pen.colour, 0.3), opacity: 1 }),
    pen.seam("M214 520C220 250 320 150 400 150C480 150 580 250 586 520", { width: 14, ink: light(pen.colour, 0.12), opacity: 1 }),
    pen.cloth("M196 520C300 500 500 500 604 520C640 620 640 720 610 786C560 826 240 826 190 786C160 720 160 620 196 520Z", { folds: [["M230 780C216 700 224 640 250 590", 18], ["M572 780C586 700 574 640 552 590", 18]] }),
    pen.cloth("M190 516C300 488 500 488 610 516C628 580 610 660 570 690C500 724 300 724 230 690C190 660 172 580 190 516Z", { fill: light(pen.colour, 0.08), folds: [["M262 672C340 704 460 704 540 672", 12]] }),
    pen.stitch("M202 528C188 584 204 652 240 680C306 712 494 712 560 680C596 652 612 584 598 528"),
    pen.both(`<circle cx="590" cy="520" r="20" fill="none" stroke="${metal}" stroke-width="8"/>`),
    `<rect x="362" y="664" width="76" height="50" rx="10" fill="${metal}"/><rect x="372" y="674" width="56" height="30" rx="6" fill="${light(metal, 0.4)}"/><circle cx="400" cy="689" r="7" fill="${dark(metal, 0.5)}"/>`,
  ].join("");
}

export function bucketBag(pen) {
  return [
    pen.seam("M262 420C262 240 320 160 400 160C480 160 538 240 538 420", { width: 20, ink: dark(pen.colour, 0.35), opacity: 1 }),
    `<path d="M238 410C300 380 500 380 562 410C500 440 300 440 238 410Z" fill="${dark(pen.colour, 0.65)}"/>`,
    pen.cloth("M236 408C300 438 500 438 564 408L606 800C606 836 500 852 400 852C300 852 194 836 194 800Z", { folds: [["M290 840C300 700 280 560 296 440", 16], ["M400 850C410 720 396 580 402 446", 15], ["M512 840C500 700 520 560 504 440", 16]] }),
    pen.cloth("M197 776C300 812 500 812 603 776L606 800C606 836 500 852 400 852C300 852 194 836 194 800Z", { fill: dark(pen.colour, 0.28), puff: 14 }),
    [270, 322, 374, 426, 478, 530].map((x, at) => `<circle cx="${x}" cy="${472 + Math.sin((at / 5) * Math.PI) * 13}" r="8" fill="#c7a25a"/>`).join(""),
    pen.seam("M270 472C300 492 340 470 374 484S440 492 478 482S520 470 530 472", { width: 7, ink: dark(pen.colour, 0.45), opacity: 1 }),
    pen.seam("M374 486C360 540 350 570 344 610M426 486C440 540 446 560 452 596", { width: 7, ink: dark(pen.colour, 0.45), opacity: 1 }),
    pen.both(pen.button(544, 430, 12, "#c7a25a")),
  ].join("");
}

const pair = (shoe) => `<g transform="translate(-6 -128) rotate(-5 400 600)">${shoe}</g><g transform="translate(26 96)">${shoe}</g>`;

export function loafers(pen) {
  const shoe = [
    pen.cloth("M150 640C150 660 156 672 176 676C320 690 520 692 640 676C662 672 664 650 654 630Z", { fill: dark(pen.colour, 0.55), puff: 10 }),
    `<path d="M196 470C260 452 350 462 384 520C330 540 240 536 190 506Z" fill="${dark(pen.colour, 0.7)}"/>`,
    pen.cloth("M184 462C160 520 148 590 150 644C300 664 520 668 652 644C660 600 628 566 560 552C500 540 440 520 386 512C340 536 250 534 196 500C192 488 188 474 184 462Z", { folds: [["M430 560C440 590 440 620 430 650", 10], ["M200 540C196 590 200 620 204 640", 10]] }),
    pen.cloth("M392 508C450 520 500 544 528 566C488 586 420 584 372 560C372 540 380 522 392 508Z", { fill: light(pen.colour, 0.1), puff: 14 }),
    pen.cloth("M356 530C400 552 460 566 498 560L492 592C446 598 392 586 346 562Z", { fill: dark(pen.colour, 0.15), puff: 8 }),
    `<path d="M404 560L446 570" stroke="#c7a25a" stroke-width="10" stroke-linecap="round"/>`,
    pen.stitch("M160 632C300 650 520 654 644 632"),
    pen.cloth("M150 664H236L230 706H152Z", { fill: dark(pen.colour, 0.66), puff: 6 }),
  ].join("");
  return pair(shoe);
}

export function boots(pen) {
  const boot = [
    pen.cloth("M216 770H620C644 770 650 796 640 812H212Z", { fill: dark(pen.colour, 0.6), puff: 10 }),
    pen.cloth("M212 806H300V850H218Z", { fill: dark(pen.colour, 0.7), puff: 8 }),
    `<path d="M224 258C280 240 350 240 396 258C350 276 270 276 224 258Z" fill="${dark(pen.colour, 0.7)}"/>`,
    pen.cloth("M222 258C270 276 350 276 398 258C402 380 398 480 408 590C470 640 600 650 636 720C648 750 640 772 620 778H216C206 700 220 640 224 580C230 460 224 360 222 258Z", { folds: [["M240 600C300 620 360 600 400 570", 13], ["M250 650C310 664 380 650 420 612", 11], ["M340 570C350 470 344 380 350 290", 14]] }),
    pen.cloth("M322 290C346 330 346 420 330 520C306 470 300 350 322 290Z", { fill: dark(pen.colour, 0.35), weave: "rib", puff: 8 }),
    pen.stitch("M224 764C360 768 540 768 630 760"),
    pen.cloth("M300 232H324V286H300Z", { fill: dark(pen.colour, 0.15), puff: 4 }),
  ].join("");
  return `<g transform="translate(96 -60) scale(.94)">${boot}</g><g transform="translate(-34 52)">${boot}</g>`;
}

export function flats(pen) {
  const shoe = [
    pen.cloth("M146 636C150 662 166 670 190 672C330 684 520 684 640 668C658 662 662 648 656 634Z", { fill: dark(pen.colour, 0.5), puff: 8 }),
    `<path d="M176 540C260 560 400 560 492 566C440 600 260 606 172 580Z" fill="${mix(pen.colour, "#f3e6d2", 0.75)}"/>`,
    pen.cloth("M170 520C150 560 142 610 146 640C300 660 520 662 654 640C662 600 620 566 540 556C510 552 490 552 470 560C420 596 270 606 200 574C186 560 176 540 170 520Z", { puff: 26, folds: [["M560 570C590 590 600 620 590 646", 10]] }),
    pen.seam("M170 520C176 540 186 560 200 574C270 606 420 596 470 560C490 552 510 552 540 556", { width: 7, ink: dark(pen.colour, 0.3), opacity: 0.9 }),
    pen.cloth("M500 552C474 530 452 530 446 546C446 564 476 566 500 556C524 566 556 562 554 544C548 528 524 532 500 552Z", { fill: light(pen.colour, 0.1), puff: 8 }),
    `<circle cx="500" cy="553" r="9" fill="${dark(pen.colour, 0.2)}"/>`,
    pen.seam("M196 566C230 470 330 440 404 480C430 496 440 530 442 566", { width: 9, ink: dark(pen.colour, 0.12), opacity: 1 }),
  ].join("");
  return pair(shoe);
}

export function scarf(pen, { weave = "check" } = {}) {
  const fringe = (from, to, y) => Array.from({ length: 13 }, (_, at) => {
    const x = from + ((to - from) * at) / 12;
    return `M${x} ${y}q${at % 2 ? 4 : -4} 22 ${at % 3 ? 2 : -3} 46`;
  }).join("");
  return [
    pen.seam(fringe(430, 572, 806), { width: 5, ink: dark(pen.colour, 0.12), opacity: 1 }),
    pen.cloth("M410 330C460 420 440 600 424 812C470 826 540 822 580 808C590 640 570 440 500 300Z", { weave, folds: [["M470 800C486 660 490 520 460 400", 14], ["M540 800C548 660 540 520 506 400", 12]] }),
    pen.seam(fringe(232, 380, 726), { width: 5, ink: dark(pen.colour, 0.12), opacity: 1 }),
    pen.cloth("M340 330C280 430 250 560 226 726C270 746 340 750 386 738C396 600 410 480 440 380Z", { weave, folds: [["M290 730C310 620 330 520 370 420", 14], ["M346 736C360 640 376 540 404 440", 10]] }),
    `<path d="M270 250C310 190 490 190 530 250C490 300 310 300 270 250Z" fill="${dark(pen.colour, 0.55)}"/>`,
    pen.cloth("M250 262C236 200 316 164 400 164C484 164 564 200 550 262C520 214 460 206 400 206C340 206 280 214 250 262Z", { weave, puff: 26 }),
    pen.cloth("M250 256C256 330 330 400 420 402C500 400 556 330 552 256C520 320 460 336 400 336C340 336 280 320 250 256Z", { weave, folds: [["M270 310C320 372 460 380 530 310", 14]] }),
    pen.cloth("M356 330C380 316 430 318 452 336C464 370 456 404 440 420C410 432 370 424 350 404C342 376 346 350 356 330Z", { weave, puff: 26 }),
  ].join("");
}

export function beanie(pen) {
  return [
    pen.cloth("M214 620C200 420 280 260 400 256C520 260 600 420 586 620Z", { weave: "rib", folds: [["M300 600C296 480 330 360 380 280", 14], ["M400 610C402 500 402 380 400 290", 12], ["M502 600C506 480 474 360 424 280", 14]], puff: 70 }),
    pen.cloth("M196 580C300 606 500 606 604 580C616 630 614 690 602 728C500 756 300 756 198 728C186 690 184 630 196 580Z", { weave: "rib", fill: light(pen.colour, 0.08), puff: 36 }),
    pen.cloth("M470 640H548V692H470Z", { fill: "#f3ead9", puff: 6, depth: 0.2 }),
    pen.seam("M486 660H532M494 675H524", { width: 3, ink: "#6b5846", opacity: 0.8 }),
  ].join("");
}
