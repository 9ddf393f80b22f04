/**
 * UUIDv7: the time of the call, then randomness; ids made in one page sort in the order they were made. The engine puts
 * what a call leads to behind the call's id (`Ids` in `src/domain/random.rs`), and there is room for it.
 */

let lastTime = 0;
let counter = 0;

/** A new id for `now` (milliseconds). A clock that steps back does not step the ids back. */
export function uuid(now: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  if (now > lastTime) {
    lastTime = now;
    // Starts low in its 12 bits, so that thousands of ids of one millisecond still count upwards, and above 0, where the engine's stand.
    counter = bytes[6]! + 1;
  } else if (++counter > 0xfff) {
    lastTime++;
    counter = 0;
  }
  const hex = (value: number, digits: number): string => (value + 2 ** (4 * digits)).toString(16).slice(1);
  const time = hex(lastTime, 12);
  let tail = "";
  for (let index = 8; index < 16; index++) tail += hex(index > 8 ? bytes[index]! : (bytes[8]! & 0x1f) | 0x80, 2);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(counter, 3)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
