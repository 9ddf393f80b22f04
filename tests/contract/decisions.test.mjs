// What the contract says of decisions (§2, "How a decision falls"), sentence by sentence, through the public entry.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FREE, START, decide, engine, identify, inline, iso, modal, page, segment, signal, tick, toast, track } from "./play.mjs";

const X = { trigger: { event: "X" } };
const x = (at) => track(at, "X");
const y = (at) => track(at, "Y");
const only = (rest, draw = toast) => ({ a: draw({ ...X, ...rest }) });
const is = (campaigns, journey, expected, config) => assert.deepEqual(decide(campaigns, journey, config), expected);
const on = (trigger, rest = {}) => ({ a: toast({ trigger, ...rest }) });
const closes = (at) => track(at, "Message Dismissed", { campaign: "a" });
const own = (event, where) => ({ $did: { event, ...(where && { where }) } });

test("one decision for each campaign whose trigger fired, none otherwise", () => {
  is({ a: toast(X), b: toast({ trigger: { event: "Y" } }) }, [page(0), x(5), track(9, "Z")], ["a shown @5"]);
});

test("each signal of the page fires its trigger, once or as often as it comes", () => {
  is(on({ page: { path: "/sale*", query: { ref: "a*" } } }), [page(0, "/sale/x?ref=abc"), page("5s", "/sale")], ["a shown @0"]);
  is(on({ scroll: 60 }), [page(0), signal("1s", "scroll", 59), signal("2s", "scroll", 60), signal("3s", "scroll", 90)], ["a shown @2000"]);
  is(on({ exit: true }), [page(0), signal("31s", "exit"), page("40s"), signal("41s", "exit")], ["a shown @31000", "a shown @41000"]);
  is(on({ idle: "30s" }), [page(0), signal("29s", "idle", "29s"), signal("31s", "idle", "30s"), signal("50s", "idle", 30_000)], ["a shown @31000"]);
  is(on({ visible: "#r" }), [page(0), signal("1s", "visible", "#x"), signal("2s", "visible", "#r")], ["a shown @2000"]);
  is(on({ click: "[data-help]" }), [page(0), signal("3s", "click", "[data-help]"), signal("9s", "click", "[data-help]")], ["a shown @3000", "a shown @9000"]);
  is(on({ manual: true }), [page(0), signal("1s", "manual", "a"), signal("9s", "manual", "none")], ["a shown @1000"]);
  is(on({ exit: true }), [signal("1s", "exit")], ["a suppressed page_left @1000"]);
  // The back button is a way out where the session began, and only there.
  is(on({ exit: true }), [page(0, "/a"), signal(1, "exit", "back"), page("10s", "/b"), page("20s", "/a?x=1"), signal("21s", "exit", "back")], ["a shown @21000"]);
  is(on({ exit: true }), [page(0, "/a"), page("10s", "/b"), page("20s", "/c"), signal("21s", "exit", "back")], []);
});

test("several signals on the same page", () => {
  const all = on({ all: [{ page: { path: "/cart*" } }, { scroll: 50 }, { event: "X" }] });
  is(all, [page(0, "/cart/1"), x(5), signal("3s", "scroll", 50)], ["a shown @3000"]);
  is(all, [page(0, "/cart/1"), x(5), page("2s", "/cart"), signal("3s", "scroll", 50)], []);
});

test("a page is open until the next one, or until the session has passed without an event; ticks do not extend it", () => {
  is(on({ dwell: "20s" }), [page(0), x("5s"), tick("1h")], ["a shown @20000"]);
  is(on({ dwell: "20s" }), [page(0), page("20s-1ms"), tick("21s")], []);
  is(on({ dwell: "30m" }), [page(0), tick("1h")], ["a shown @1800000"]);
  is(on({ dwell: "31m" }), [page(0), tick("20m"), tick("1h")], []);
  is(on({ dwell: "31m" }), [page(0), x("10m"), tick("1h")], ["a shown @1860000"]);
  is(on({ dwell: "6m" }), [page(0), tick("1h")], [], { settings: { ...FREE, session: "5m" } });
});

test("segments entered or left", () => {
  const segments = { s: { name: "s", when: { $did: { event: "X", within: "10m" } } } };
  is({ a: toast({ trigger: { segment: "s", on: "enter" } }), b: toast({ trigger: { segment: "s", on: "leave" } }) }, [page(0), x(5), tick("20m")], ["a shown @5", "b shown @600006"], { segments });
  is(on({ segment: "new", on: "enter" }), [page(0), x(5)], ["a shown @0"], { segments: { new: { name: "n", when: { $didNot: "O" } } } });
});

test("a wait outlives the page, is checked again, and ends at the next page where none is open", () => {
  const late = on({ event: "X", after: "2d" });
  is(late, [page(0), x(0), page("2d-1ms"), tick("3d")], ["a shown @172800000"]);
  is(late, [page(0), x(0), tick("3d"), y("4d"), page("5d")], ["a shown @432000000"]);
  is(late, [page(0), x(0), page("16d")], ["a shown @1382400000"]);
  is(late, [page(0), x(0), page("16d+1ms")], ["a suppressed page_left @1382400001"]);
  is(on({ event: "X", after: "2d" }, { expires: "1d" }), [page(0), x(0), page("3d+1ms")], ["a suppressed page_left @259200001"]);
  is(on({ event: "X", after: "1h" }, { audience: { "traits.a": 1 } }), [page(0), x(0), page("2h")], ["a suppressed not_in_audience @0"]);
  is(on({ event: "X", after: "1h" }, { audience: { "traits.a": 1 } }), [identify(-1, "u", { a: 1 }), page(0), x(0), identify(5, "u", { a: 2 }), page("2h")], ["a suppressed not_in_audience @7200000"]);
  is(on({ dwell: "10s", after: "5s" }), [page(0), page("12s"), tick("13s")], []);
  is(on({ dwell: "10s", after: "5s" }), [page(0), page("12s"), tick("16s")], ["a shown @15000"]);
});

test("unless cancels what waits", () => {
  const unless = on({ event: "X", after: "2d" }, { unless: { event: "O", where: { n: 1 } } });
  is(unless, [page(0), x(0), track(5, "O", { n: 1 }), page("2d")], ["a suppressed goal_reached @5"]);
  is(unless, [page(0), x(0), track(5, "O"), page("2d")], ["a shown @172800000"]);
  is(unless, [page(0), track(0, "O", { n: 1 }), x(5), page("3d")], ["a shown @259200000"]);
});

test("the first failure in the order of the checks is the reason", () => {
  const bad = { layout: "modal", blocks: [{ nonsense: 1 }] };
  const everything = { ...X, status: "paused", schedule: { to: "2020-01-01" }, audience: { "traits.none": 1 }, limits: { perDay: 0 }, message: bad };
  const quiet = { ...FREE, quietHours: { from: "00:00", to: "24:00" } };
  const consent = { analytics: true, personalization: true, marketing: false };
  const steps = [[{}, "invalid"], [{ message: toast().message }, "paused"], [{ status: "running" }, "outside_schedule"], [{ schedule: {} }, "no_consent"], [{ consent: "granted" }, "not_in_audience"], [{ audience: {} }, "frequency_capped"], [{ limits: {} }, "quiet_hours"]];
  let campaign = everything;
  let granted = false;
  for (const [{ consent: given, ...change }, reason] of steps) {
    campaign = { ...campaign, ...change };
    granted ||= Boolean(given);
    is({ a: campaign }, [page(0), x("1h")], [`a suppressed ${reason} @3600000`], { settings: quiet, options: granted ? {} : { consent } });
  }
});

test("priority decides, ties by id, and the loser is told to whom it lost", () => {
  is({ a: toast(X), b: toast({ ...X, priority: 10 }) }, [page(0), x(1)], ["b shown @1", "a suppressed outranked to b @1"], { settings: {} });
  is({ b: toast(X), a: toast(X) }, [page(0), x(1)], ["a shown @1", "b suppressed outranked to a @1"], { settings: {} });
});

test("at most one overlay is on screen, until dismissed, clicked, timed out or the page's end", () => {
  const two = { a: modal(X), b: modal({ trigger: { event: "Y" } }) };
  is(two, [page(0), x(1), y("40s")], ["a shown @1", "b suppressed outranked to a @40000"]);
  is(two, [page(0), x(1), closes("9s"), y("40s")], ["a shown @1", "b shown @40000"]);
  is(two, [page(0), x(1), track("9s", "Message Clicked", { campaign: "a" }), y("40s")], ["a shown @1", "b shown @40000"]);
  is(two, [page(0), x(1), page("30s"), y("40s")], ["a shown @1", "b shown @40000"]);
  is({ ...two, a: toast(X) }, [page(0), x(1), y("2s")], ["a shown @1", "b suppressed outranked to a @2000"]);
  is({ ...two, a: toast(X) }, [page(0), x(1), y("2s+1ms")], ["a shown @1", "b shown @2001"]);
});

test("inline messages neither wait for attention nor for the screen", () => {
  is({ a: modal(X), b: inline("#x", X), c: inline("#x", X), d: inline("#y", X) }, [page(0), x(1)], ["a shown @1", "b shown @1", "c suppressed outranked to b @1", "d shown @1"], { settings: {} });
  is({ a: inline("#x", X), b: toast({ trigger: { event: "Y" } }) }, [page(0), x(1), y(2)], ["a shown @1", "b shown @2"], { settings: {} });
});

test("a variant that is inline spends no attention, one beside it that is not does", () => {
  const variants = [{ id: "i", weight: 1, ...inline("#x") }, { id: "m", weight: 0, ...modal() }];
  const both = (shown) => ({ a: { trigger: { event: "X" }, variants: shown }, b: toast({ trigger: { event: "Y" } }) });
  is(both(variants), [page(0), x(1), y(2)], ["a#i shown @1", "b shown @2"], { settings: {} });
  is(both(variants), [page(0), y(1), x(2)], ["b shown @1", "a#i shown @2"], { settings: {} });
  const overlay = variants.map((variant) => ({ ...variant, weight: 1 - variant.weight }));
  is(both(overlay), [page(0), x(1), y(2)], ["a#m shown @1", "b suppressed attention_budget @2"], { settings: {} });
});

test("a queued inline message has its turn when its slot is free", () => {
  const two = { a: inline("#x", X), b: inline("#x", { trigger: { event: "Y" }, queue: "10m" }) };
  is(two, [page(0), x(1), y("2s"), track("7s", "Message Clicked", { campaign: "a" }), tick("1m")], ["a shown @1", "b queued outranked to a @2000", "b shown @7000"]);
});

test("what time brings while no page is open is decided on the next", () => {
  const config = { segments: { left: { when: { $did: { event: "X", last: { $gte: "1h" } } } } } };
  const when = on({ segment: "left", on: "enter" }, { goal: { event: "Y", within: "3d" } });
  const journey = [page(0), x(1), page("20h"), y("20h+2s")];
  is(when, journey, ["a shown @72000000"], config);
  const { document, ...rest } = engine.replay({ version: 1, settings: FREE, ...config, campaigns: when }, journey, {});
  assert.deepEqual(rest.segments.left.map(([at, what]) => [Date.parse(at) - START, what]), [[3_600_001, "enter"]]);
  is(when, [page(0), x(1), tick("20h")], [], config);
});

test("who is held out on a later page is seen to be, once, and counts", () => {
  const config = { segments: { out: { when: { $did: "Message Held Out" } }, goal: { when: { $did: "Goal Reached" } } } };
  const held = only({ holdout: 1, limits: { total: 1 }, goal: { event: "Y", within: "3d" } });
  const journey = [page(0), page("1h"), x("1h+5s"), page("1h+1m"), y("1h+2m"), x("1h+3m")];
  is(held, journey, ["a held_out @3605000", "a suppressed frequency_capped @3780000"], config);
  const { segments } = engine.replay({ version: 1, settings: FREE, ...config, campaigns: held }, journey, {});
  assert.deepEqual(Object.values(segments).map((changes) => changes.map(([at]) => Date.parse(at) - START)), [[3_606_000], [3_720_000]]);
});

test("a goal that is reached before the display is a second old counts once it is", () => {
  const config = { segments: { goal: { when: { $did: "Goal Reached" } } } };
  const reached = (journey) => engine.replay({ version: 1, settings: FREE, ...config, campaigns: only({ goal: { event: "Y", within: "3d" } }) }, journey, {}).segments.goal.map(([at]) => Date.parse(at) - START);
  assert.deepEqual(reached([page(0), x(1), y(500), tick("5s")]), [1001]);
  assert.deepEqual(reached([page(0), x(1), y(500), page(600), tick("1s+599ms")]), []);
});

test("explanations of a replay know what was decided", () => {
  const explain = (campaigns) => engine.replay({ version: 1, settings: FREE, campaigns }, [page(0), x(1), tick("5s")], { explain: true }).explanations.map(({ outcome, reason }) => [outcome, reason]);
  assert.deepEqual(explain(only({ holdout: 1 })), [["held_out", "held_out"]]);
  assert.deepEqual(explain(only({ status: "paused" })), [["suppressed", "paused"]]);
});

test("limits by session, day and in total", () => {
  is(only({ limits: { perSession: 1 } }), [page(0), x(1), x("5s"), page("1h"), x("1h+1s")], ["a shown @1", "a suppressed frequency_capped @5000", "a shown @3601000"]);
  is(only({ limits: { perDay: 1 } }), [page(0), x(1), x("14h-1ms"), x("14h")], ["a shown @1", "a suppressed frequency_capped @50399999", "a shown @50400000"]);
  is(only({ limits: { total: 2 } }), [page(0), x(1), x("5s"), x("9s")], ["a shown @1", "a shown @5000", "a suppressed frequency_capped @9000"]);
  is(only({ limits: { cooldown: "24h" } }), [page(0), x(1), x("24h"), x("24h+1ms")], ["a shown @1", "a suppressed frequency_capped @86400000", "a shown @86400001"]);
  is(only({ limits: { untilClicked: true } }), [page(0), x(1), x("5s"), track("6s", "Message Clicked", { campaign: "a" }), x("9s")], ["a shown @1", "a shown @5000", "a suppressed frequency_capped @9000"]);
});

test("after each dismissal it keeps away longer", () => {
  is(only({ limits: { afterDismiss: ["1d", "7d"] } }, modal),
    [page(0), x(1), closes("1m"), x("1d+1m-1ms"), x("1d+1m"), closes("1d+2m"), x("8d+2m-1ms"), x("8d+2m"), closes("8d+3m"), x("15d+3m-1ms"), x("15d+3m")],
    ["a shown @1", "a suppressed muted @86459999", "a shown @86460000", "a suppressed muted @691319999", "a shown @691320000", "a suppressed muted @1296179999", "a shown @1296180000"]);
});

test("a limit is spent after one second in view and given back before", () => {
  const once = only({ limits: { total: 1 } });
  is(once, [page(0), x(1), page(1001), x("9s")], ["a shown @1", "a suppressed frequency_capped @9000"]);
  // Unseen, it is kept and served on the next page.
  is(once, [page(0), x(1), page(1000), x("9s")], ["a shown @1", "a shown @1000", "a suppressed frequency_capped @9000"]);
  is(on({ exit: true }, { limits: { total: 1 } }), [page(0), signal(1, "exit"), page(500), signal("9s", "exit")], ["a shown @1", "a shown @9000"]);
});

test("attention: three a session, six a day, thirty seconds apart, unless set otherwise", () => {
  const settings = {};
  is({ a: toast(X), b: toast({ trigger: { event: "Y" } }) }, [page(0), x(1), y("30s"), y("30s+1ms"), y("2m"), y("3m")],
    ["a shown @1", "b suppressed attention_budget @30000", "b shown @30001", "b shown @120000", "b suppressed attention_budget @180000"], { settings });
  const hours = [0, 1, 2, 3, 4, 5, 6].flatMap((hour) => [page(`${hour}h`), x(`${hour}h+5s`)]);
  assert.deepEqual(decide(only({}), [...hours, page("14h"), x("14h+1s")], { settings }).slice(-2), ["a suppressed attention_budget @21605000", "a shown @50401000"]);
  is(only({}), [page(0), x(0), x("5s")], ["a shown @0", "a suppressed attention_budget @5000"], { settings: { attention: { perSession: 1, minGap: "0s" } } });
});

test("between two pages nothing has its turn, and what waits for it goes on waiting", () => {
  const two = { a: toast(X), b: toast({ trigger: { event: "Y" }, queue: "20h" }) };
  is(two, [page(0), x(1), y("5s"), page("90m"), tick("91m")], ["a shown @1", "b queued attention_budget @5000", "b shown @5400000"], { settings: { attention: { minGap: "1h" } } });
  is(two, [page(0), x(1), y("5s"), page("14h+5m")], ["a shown @1", "b queued attention_budget @5000", "b shown @50700000"], { settings: { attention: { perDay: 1, minGap: "0s" } } });
  is({ ...two, b: toast({ trigger: { event: "Y" }, queue: "40m" }) }, [page(0), x(1), y("5s"), page("90m")], ["a shown @1", "b queued attention_budget @5000", "b suppressed page_left @2405000"], { settings: { attention: { perSession: 1, minGap: "0s" } } });
});

test("a trigger that fires again while its campaign is queued says what fails now", () => {
  const two = { a: modal(X), b: modal({ trigger: { event: "Y" }, queue: "10m", audience: { "traits.v": 1 } }) };
  is(two, [identify(-5, "u", { v: 1 }), page(0), x(1), y("2s"), identify("3s", "u", { v: 2 }), y("4s")], ["a shown @1", "b queued outranked to a @2000", "b suppressed not_in_audience @4000"]);
});

test("where no page is open a hold-out counts as a display does", () => {
  is(only({ holdout: 1 }), [page(0), x("1h"), page("9h"), tick("10h")], ["a held_out @3600000"]);
  is(only({}), [page(0), x("1h"), page("9h"), tick("10h")], ["a shown @3600000"]);
});

test("an earlier event that arrives late does not begin the session anew", () => {
  is(only({ limits: { perSession: 1 } }), [page(0), x(1), track("-10d", "Old"), x("5s"), track("-20d", "Old"), x("9s")], ["a shown @1", "a suppressed frequency_capped @5000", "a suppressed frequency_capped @9000"]);
});

test("a queued message has its turn when the screen is free, or is dropped", () => {
  const two = { a: modal(X), b: modal({ trigger: { event: "Y" }, queue: "2m" }) };
  is(two, [page(0), x(1), y("40s"), closes("50s")], ["a shown @1", "b queued outranked to a @40000", "b shown @50000"]);
  is(two, [page(0), x(1), y("40s"), page("1m")], ["a shown @1", "b queued outranked to a @40000", "b shown @60000"]);
  is(two, [page(0), x(1), y("40s"), tick("10m")], ["a shown @1", "b queued outranked to a @40000", "b suppressed outranked to a @160000"]);
  is({ ...two, b: modal({ trigger: { scroll: 50 }, queue: "2m" }) }, [page(0), x(1), signal("40s", "scroll", 60), page("1m")], ["a shown @1", "b queued outranked to a @40000", "b suppressed page_left @60000"]);
  is({ a: toast(X), b: toast({ trigger: { event: "Y" }, queue: "2m" }) }, [page(0), x(1), y("10s"), tick("1m")], ["a shown @1", "b queued attention_budget @10000", "b shown @30001"], { settings: {} });
  is(only({ queue: "2m" }, modal), [page(0), x(1), x("10s"), closes("20s")], ["a shown @1", "a queued outranked to a @10000", "a shown @20000"]);
});

test("quiet hours are for marketing, end on the minute, and need a consent of their own", () => {
  const quietHours = { from: "21:00", to: "08:00", purpose: "marketing" };
  is(only({}), [page(0), x("11h-1ms"), x("11h"), x("22h-1ms"), x("22h")], ["a shown @39599999", "a suppressed quiet_hours @39600000", "a suppressed quiet_hours @79199999", "a shown @79200000"], { settings: { ...FREE, quietHours } });
  is(only({ purpose: "service" }), [page(0), x("11h")], ["a shown @39600000"], { settings: { ...FREE, quietHours } });
  const settings = { ...FREE, quietHours: { ...quietHours, unlessConsent: "marketingNight" } };
  is(only({}), [page(0), x("11h")], ["a shown @39600000"], { settings });
  is(only({}), [page(0), x("11h")], ["a suppressed quiet_hours @39600000"], { settings, options: { consent: { analytics: true, personalization: true, marketing: true } } });
});

test("without consent to marketing only service is shown, without personalization nothing", () => {
  is({ a: toast({ ...X, purpose: "service" }), b: toast(X) }, [page(0), x(1)], ["b suppressed no_consent @1", "a shown @1"], { options: { consent: { marketing: false } } });
  const options = { consent: { analytics: false, personalization: true, marketing: false } };
  is({ ...only({}), b: toast({ ...X, purpose: "service" }) }, [page(0), x(5)], ["a suppressed no_consent @5", "b shown @5"], { options });
  is({ ...only({}), b: toast({ ...X, purpose: "service" }) }, [page(0), x(5)], ["a suppressed no_consent @5", "b suppressed no_consent @5"], { options: { consent: { analytics: true, personalization: false, marketing: true } } });
});

test("a schedule runs in the shop's time", () => {
  is(only({ schedule: { days: ["tue"] } }), [page(0), x("14h-1ms"), x("14h"), x("38h")], ["a suppressed outside_schedule @50399999", "a shown @50400000", "a suppressed outside_schedule @136800000"]);
  is(only({ schedule: { hours: [{ from: "10:00", to: "22:00" }] } }), [page("-1s"), x("-1ms"), x(0), x("12h-1ms"), x("12h")], ["a suppressed outside_schedule @-1", "a shown @0", "a shown @43199999", "a suppressed outside_schedule @43200000"]);
  is(only({ schedule: { from: iso("1h"), to: iso("2h") } }), [page(0), x("1h-1ms"), x("1h"), x("2h")], ["a suppressed outside_schedule @3599999", "a shown @3600000", "a suppressed outside_schedule @7200000"]);
});

const STEPS = [{ id: "w", message: toast().message }, { id: "r", after: "2d", when: { "user.known": true }, message: toast().message }, { id: "s", after: "1d", message: toast().message }];

test("steps count from the display before, each with its own condition", () => {
  const a = { ...X, steps: STEPS };
  is({ a }, [page(0), x(1), identify("5s", "u"), page("2d"), tick("2d+5s"), page("4d")], ["a/w shown @1", "a/r shown @172800001", "a/s shown @345600000"]);
  is({ a }, [page(0), x(1), page("2d+1ms"), page("3d+1ms")], ["a/w shown @1", "a/r suppressed not_in_audience @172800001", "a/s shown @259200001"]);
  is({ a: { ...a, unless: { event: "O" } } }, [page(0), x(1), track("1d", "O"), page("4d")], ["a/w shown @1", "a/r suppressed goal_reached @86400000"]);
  is({ a: { ...a, goal: { event: "O", within: "3d" } } }, [page(0), x(1), track("1d", "O"), page("4d"), page("6d")], ["a/w shown @1", "a/r suppressed goal_reached @345600000"]);
  is({ a: { ...a, holdout: 1 } }, [page(0), x(1), identify("5s", "u"), page("2d+1ms")], ["a/w held_out @1", "a/r held_out @172800001"]);
});

test("a held-out decision spends limits and attention as a display would", () => {
  is(only({ holdout: 1, limits: { total: 1 } }), [page(0), x(1), x("1m")], ["a held_out @1", "a suppressed frequency_capped @60000"]);
  is({ a: toast({ ...X, holdout: 1 }), b: toast({ trigger: { event: "Y" } }) }, [page(0), x(1), y("10s")], ["a held_out @1", "b suppressed attention_budget @10000"], { settings: {} });
  is({ a: modal({ ...X, holdout: 1 }), b: toast({ trigger: { event: "Y" } }) }, [page(0), x(1), y("10s")], ["a held_out @1", "b shown @10000"]);
});

test("who leaves before a display could be seen is in neither group", () => {
  const journey = [page(0), x(1), page(900), tick("10s")];
  const campaigns = (holdout) => ({ a: toast({ trigger: { event: "X" }, holdout }) });
  for (const [holdout, event, outcome] of [[0, "Message Shown", "shown"], [1, "Message Held Out", "held_out"]]) {
    is(campaigns(holdout), journey, [`a ${outcome} @1`, `a ${outcome} @900`]);
    assert.deepEqual(segment({ $did: { event, count: { $gte: 1 } } }, journey, { settings: FREE, campaigns: campaigns(holdout) }), ["enter 1900"]);
    assert.deepEqual(segment({ $did: { event, count: { $gte: 2 } } }, journey, { settings: FREE, campaigns: campaigns(holdout) }), []);
  }
});

test("a goal counts once per exposure, shown or held out, within its window", () => {
  const goal = { event: "O", within: "3d", value: "revenue" };
  const config = { settings: FREE, campaigns: only({ goal }) };
  const reached = (count) => ({ $did: { event: "Goal Reached", count: { $gte: count } } });
  const order = (at) => track(at, "O", { revenue: 5 });
  assert.deepEqual(segment(own("Goal Reached", { campaign: "a", revenue: 5, event: "O" }), [page(0), x(1), order("3d+1ms")], config), ["enter 259200001"]);
  assert.deepEqual(segment(own("Goal Reached"), [page(0), x(1), order("3d+2ms")], config), []);
  assert.deepEqual(segment(reached(2), [page(0), x(1), order("1d"), order("2d")], config), []);
  assert.deepEqual(segment(reached(2), [page(0), x(1), x("1h"), order("1d")], config), ["enter 86400000"]);
  assert.deepEqual(segment(own("Goal Reached"), [page(0), x(1), order("1d")], { ...config, campaigns: only({ goal, holdout: 1 }) }), ["enter 86400000"]);
  assert.deepEqual(segment(own("Goal Reached"), [page(0), track(1, "O")], { ...config, campaigns: on({ event: "O" }, { goal }) }), [], "not by what triggered it");
});

test("an experiment is viewed once per exposure", () => {
  const viewed = (campaigns, count) => segment({ $did: { event: "Experiment Viewed", count } }, [page(0), x(1), tick("10s")], { settings: FREE, campaigns });
  assert.deepEqual(viewed(only({ holdout: 1 }), 1), ["enter 1001"]);
  assert.deepEqual(viewed({ a: { ...X, variants: [{ id: "p", message: toast().message }, { id: "q", message: toast().message }] } }, 1), ["enter 1001"]);
  assert.deepEqual(viewed(only({}), { $gte: 1 }), []);
});

test("assignment is GrowthBook's over the anonymous id, kept through identify", () => {
  const message = toast().message;
  const campaigns = { a: { ...X, holdout: 0.3, variants: [{ id: "p", weight: 1, message }, { id: "q", weight: 3, message }] } };
  const seen = new Set();
  for (let index = 0; index < 60; index++) {
    const value = `visitor-${index}`;
    const held = engine.assign({ seed: "a:holdout", value, weights: [0.3, 0.7], coverage: 1, hashVersion: 2 }) === 0;
    const variant = "pq"[engine.assign({ seed: "a", value, weights: [0.25, 0.75], coverage: 1, hashVersion: 2 })];
    const as = (line) => ({ ...line, anonymousId: value });
    const expected = `a#${variant} ${held ? "held_out" : "shown"} @1`;
    assert.deepEqual(decide(campaigns, [as(page(0)), as(x(1))]), [expected]);
    assert.deepEqual(decide(campaigns, [as(identify(-9, `u${index}`)), as(page(0)), as(x(1))]), [expected]);
    seen.add(expected);
  }
  assert.equal(seen.size, 4, `${[...seen]}`);
});

test("coupons: issued, copied or applied, redeemed or expired", () => {
  const state = (coupon, ...journey) => engine.replay({ version: 1, settings: FREE, coupons: { k: coupon }, campaigns: { a: { ...X, message: { layout: "modal", blocks: [{ coupon: "k" }] } } } }, [page(0), x(1), ...journey]).coupons.map(({ code, state }) => `${code} ${state}`);
  assert.deepEqual(state({ code: "W10" }), ["W10 issued"]);
  assert.deepEqual(state({ code: "W10" }, track("5s", "Coupon Copied", { campaign: "a", coupon: "k" })), ["W10 copied"]);
  assert.deepEqual(state({ code: "W10" }, track("5s", "Coupon Applied", { campaign: "a", code: "W10" })), ["W10 applied"]);
  assert.deepEqual(state({ code: "W10", redeemed: { event: "O", property: "coupon" } }, track("5s", "O", { coupon: "W10" })), ["W10 redeemed"]);
  assert.deepEqual(state({ issue: { url: "/c" }, expires: { after: "7d", from: "issued" } }, tick("7d")), ["REPLAY-1 issued"]);
  assert.deepEqual(state({ issue: { url: "/c" }, expires: { after: "7d", from: "issued" } }, tick("7d+1ms")), ["REPLAY-1 expired"]);
  assert.deepEqual(state({ issue: { url: "/c" } }, closes("5s"), x("1h")), ["REPLAY-1 issued"], "one for each visitor");
});

test("explanations list every check of every campaign in order", () => {
  const CHECKS = ["invalid", "paused", "outside_schedule", "no_consent", "goal_reached", "not_in_audience", "muted", "frequency_capped", "quiet_hours", "page_left", "slot_missing", "attention_budget", "outranked"];
  const campaigns = { ...only({ audience: { $did: { event: "X", within: "7d" } } }, modal), b: toast({ trigger: { event: "Y" } }), c: toast({ trigger: { event: "X", after: "1h" } }), d: toast({ ...X, status: "paused" }), e: toast({ ...X, holdout: 1, limits: { total: 1 } }) };
  const { explanations } = engine.replay({ version: 1, settings: FREE, campaigns }, [page(0), x(1)], { explain: true });
  for (const { checks } of explanations) assert.deepEqual(checks.map(({ check }) => check), CHECKS);
  const told = explanations.map(({ campaign, outcome, reason, lostTo }) => [campaign, outcome, reason, lostTo]);
  assert.deepEqual(told, [["a", "shown", undefined, undefined], ["b", "suppressed", "not_triggered", undefined], ["c", "suppressed", "waiting", undefined], ["d", "suppressed", "paused", undefined], ["e", "suppressed", "outranked", "a"]]);
  const { detail, passed } = explanations[0].checks[5];
  assert.equal(passed, true);
  assert.deepEqual(detail.condition, { $did: { event: "X", within: "7d" } });
  assert.equal(detail.events.length, 1);
  assert.equal(detail.changesAt, iso("7d+2ms"));
  assert.equal(explanations[0].checks[12].passed, true, "nothing is outranked by itself");
  const idle = engine.replay({ version: 1, settings: FREE, campaigns: only({}) }, [page(0)], { explain: true }).explanations[0];
  assert.equal(idle.reason, "not_triggered");
});
