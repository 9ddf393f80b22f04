// Trousers, skirts and dresses.
import { dark, light } from "./pen.mjs";

export function trousers(pen, { weave = "twill", wide = 40, denim = false } = {}) {
  const foot = 540 + wide;
  const leg = `M400 190H524C534 300 ${530 + wide * 0.6} 480 ${foot + 12} 868C${foot - 40} 880 ${470} 880 ${424} 872C424 700 420 520 400 404Z`;
  const folds = [[`M486 876C490 700 492 480 478 250`, 11], [`M${foot - 26} 860C${foot - 30} 700 532 560 520 430`, 13], ["M404 400C430 420 452 420 480 408", 9]];
  const band = light(pen.colour, 0.08);
  return [
    `<path d="M282 166C340 182 460 182 518 166L520 190H280Z" fill="${dark(pen.colour, 0.62)}"/>`,
    pen.both(pen.cloth(leg, { weave, folds })),
    pen.seam("M400 206V404", { width: 3 }),
    pen.cloth("M278 164C340 184 460 184 522 164L527 216C460 234 340 234 273 216Z", { weave, fill: band, puff: 12 }),
    pen.both(pen.seam("M514 226C510 262 500 290 480 312", { width: 3 })),
    pen.both(pen.cloth("M470 166L482 164L486 222L474 224Z", { weave, fill: band, puff: 4 })),
    pen.button(401, 200, 8, denim ? "#b7823f" : dark(pen.colour, 0.5)),
    denim
      ? pen.stitch("M410 226V330Q410 360 402 376", "#d9a35a") + pen.both(pen.stitch("M510 232C506 266 496 290 478 306", "#d9a35a") + pen.stitch(`M428 858C470 866 ${foot - 40} 866 ${foot + 6} 854`, "#d9a35a")) + pen.stitch("M284 176C340 194 460 194 516 176", "#d9a35a")
      : pen.both(pen.seam(`M466 236C476 420 486 640 486 868`, { opacity: 0.4 })),
  ].join("");
}

export function skirt(pen, { weave, pleats = true } = {}) {
  const body = "M302 256C360 272 440 272 498 256C540 440 590 600 622 796C560 832 240 832 178 796C210 600 260 440 302 256Z";
  const lines = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5].map((at) => {
    const foot = 400 + at * 38;
    return `M${400 + at * 17} 268C${400 + at * 23} 440 ${foot - at} 640 ${foot} ${822 - Math.abs(at) * 3}`;
  });
  return [
    pen.cloth(body, { weave, folds: pleats ? lines.map((d) => [d, 11]) : [[lines[1], 22], [lines[4], 20], [lines[7], 22], [lines[9], 18]] }),
    pleats ? lines.map((d) => pen.seam(d, { width: 1.6, opacity: 0.4 })).join("") : pen.seam("M190 784C260 814 540 814 610 784", { opacity: 0.4 }),
    pen.cloth("M300 214C360 232 440 232 500 214L504 264C440 284 360 284 296 264Z", { weave, fill: light(pen.colour, 0.07), puff: 12 }),
    pen.seam("M300 214C360 200 440 200 500 214", { width: 5, ink: dark(pen.colour, 0.6), opacity: 0.9 }),
    pen.button(470, 242, 7),
  ].join("");
}

export function slipDress(pen, { weave } = {}) {
  const body = "M318 262C340 300 376 316 400 312C424 316 460 300 482 262C500 300 512 330 510 372C506 430 500 450 504 500C560 640 590 740 600 866C540 896 260 896 200 866C210 740 240 640 296 500C300 450 294 430 290 372C288 330 300 300 318 262Z";
  return [
    pen.both(pen.seam("M481 266C476 210 462 176 452 150", { width: 5, ink: dark(pen.colour, 0.25), opacity: 1 })),
    `<path d="M318 262C350 280 450 280 482 262C460 302 424 318 400 314C376 318 340 302 318 262Z" fill="${dark(pen.colour, 0.5)}"/>`,
    pen.cloth(body, { weave, folds: [["M260 880C276 760 300 640 330 500", 20], ["M350 890C352 760 366 660 372 540", 16], ["M450 892C446 760 430 640 436 520", 18], ["M548 876C526 750 500 640 474 520", 20], ["M330 470C370 490 430 490 476 466", 10], ["M316 330C340 380 360 400 390 410", 10]] }),
    pen.stitch("M204 852C280 880 520 880 596 852", dark(pen.colour, 0.3)),
    pen.seam("M400 314V360", { opacity: 0.4 }),
  ].join("");
}

export function longDress(pen, { weave, waist = true } = {}) {
  const sleeve = "M528 236C576 250 606 290 620 340L662 560C664 588 648 606 620 610C596 612 584 600 580 580L548 390Z";
  const body = "M330 222C360 258 440 258 470 222L536 244C554 254 560 280 556 320C548 390 528 430 524 486C568 620 604 740 618 872C550 902 250 902 182 872C196 740 232 620 276 486C272 430 252 390 244 320C240 280 246 254 264 244Z";
  return [
    pen.both(pen.cloth(sleeve, { weave, folds: [["M566 400C590 390 606 376 620 354", 10], ["M606 600C606 540 592 480 576 430", 9]] }) + pen.cloth("M582 574C606 580 640 574 662 562L666 598C644 612 612 618 590 614Z", { weave, fill: light(pen.colour, 0.1), puff: 12 })),
    `<path d="M330 222C360 196 440 196 470 222C440 262 360 262 330 222Z" fill="${dark(pen.colour, 0.6)}"/><rect x="386" y="206" width="28" height="15" rx="2" fill="#f6efe2"/>`,
    pen.cloth(body, { weave, folds: [["M250 886C270 760 300 620 326 500", 18], ["M338 892C344 760 362 640 368 510", 15], ["M462 892C456 760 438 640 432 510", 15], ["M556 884C528 750 500 620 474 500", 18], ["M300 440C340 470 380 480 400 480", 9]] }),
    waist ? pen.cloth("M274 470C340 490 460 490 526 470L528 506C460 526 340 526 272 506Z", { weave, fill: light(pen.colour, 0.1), puff: 10 }) + pen.cloth("M388 484C420 520 440 580 440 640L414 644C414 590 396 540 376 510Z", { weave, fill: light(pen.colour, 0.1), puff: 8 }) : "",
    pen.cloth("M322 224C328 216 336 216 341 220C366 246 434 246 459 220C464 216 472 216 478 224C448 276 352 276 322 224Z", { weave, fill: light(pen.colour, 0.14), puff: 10 }),
    [286, 326, 366, 406, 446].map((y) => pen.button(400, y, 6, "#efe6d6")).join(""),
  ].join("");
}
