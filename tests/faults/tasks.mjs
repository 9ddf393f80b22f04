// Oracle E's stop watch: every task of every page of a browser, as the browser's own trace has them.
//
// A task is measured by the time its thread was at work, not by the clock on the wall: a machine that is busy elsewhere
// changes nothing. What a task waits for while it sleeps (a synchronous answer of another process) is not seen.
//
// The browser's collecting of garbage counts as the task's own, but for rows that are told to be `heavy`: what 100,000 promises
// of the shop hold is the browser's to go through, in one piece as it likes, and a page without us pays for it, too.
import assert from "node:assert/strict";

/** No task of a page may take longer, in milliseconds. */
const LIMIT = 50;
const ROW = "row: ";
/** A mark that a page sets in a task that is the shop's or the test's own doing. */
const THEIRS = "theirs";

/** Run in a page: the tasks of its thread, those of its start among them, are counted for `row` of the table. */
export const markRow = (row) => performance.mark(`row: ${row}`);

/** Records the tasks of a browser until `judge`; `session` is one of the whole browser, with `send` and `on`. */
export async function recordTasks(session) {
  const marks = [];
  const long = [];
  const collections = [];
  /** The longest that is within the limit, by thread. */
  const worst = new Map();
  const key = ({ pid, tid }) => `${pid}/${tid}`;
  session.on("Tracing.dataCollected", ({ value }) => {
    for (const event of value) {
      if (event.name === "RunTask" && event.tdur) {
        if (event.tdur > LIMIT * 1000) long.push(event);
        else if (event.tdur > (worst.get(key(event)) ?? 0)) worst.set(key(event), event.tdur);
      } else if (event.name === "MajorGC" && event.tdur) collections.push(event);
      else if (event.cat === "blink.user_timing" && (event.name.startsWith(ROW) || event.name === THEIRS)) marks.push(event);
    }
  });
  await session.send("Tracing.start", {
    traceConfig: { excludedCategories: ["*"], includedCategories: ["disabled-by-default-devtools.timeline", "blink.user_timing", "v8"], recordMode: "recordAsMuchAsPossible" },
    transferMode: "ReportEvents",
  });
  return {
    /** Fails for every task that took too long, by row; gives the longest of the others, in milliseconds. Of `heavy` rows only what is not collecting counts. */
    async judge(heavy = []) {
      const complete = new Promise((resolve) => session.on("Tracing.tracingComplete", resolve));
      await session.send("Tracing.end");
      assert.equal((await complete).dataLossOccurred, false, "the trace is whole");
      marks.sort((a, b) => a.ts - b.ts);
      const rows = marks.filter(({ name }) => name !== THEIRS);
      assert.ok(rows.length, "some page is recorded");
      for (const row of rows) assert.ok(worst.has(key(row)), `${row.name}: its tasks are recorded`);
      const at = (task) => {
        const own = rows.filter((row) => key(row) === key(task));
        // What runs ahead of the first mark is the page's start.
        return own.findLast(({ ts }) => ts < task.ts + task.dur) ?? own[0];
      };
      const theirs = (task) => marks.some((mark) => mark.name === THEIRS && key(mark) === key(task) && mark.ts >= task.ts && mark.ts <= task.ts + task.dur);
      const within = (event, task) => key(event) === key(task) && event.ts >= task.ts && event.ts + event.dur <= task.ts + task.dur;
      const own = (task) => task.tdur - (heavy.includes(at(task).name.slice(ROW.length)) ? collections.filter((event) => within(event, task)).reduce((sum, { tdur }) => sum + tdur, 0) : 0);
      const found = long.filter((task) => at(task) && !theirs(task) && own(task) > LIMIT * 1000).map((task) => `${at(task).name}: ${Math.round(own(task) / 1000)} ms`);
      assert.deepEqual(found, [], `E: no task over ${LIMIT} ms`);
      return Math.max(...rows.map((row) => worst.get(key(row)))) / 1000;
    },
  };
}
