// Consent banners: Google Consent Mode, IAB TCF and GPP, and a callback; early, late, absent, broken, repeating themselves.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { stage, until } from "./harness.mjs";
import { call, kept, NOTHING, privateShop, start, visitor, wait } from "./privacy.mjs";
import { root } from "../../xtask/setup.mjs";

const [shop, open] = await stage(privateShop({ "/none.json": { campaigns: {} } }));

const consent = async (page) => (await call(page, "exportData")).consent;
/** The purposes that are allowed, or `pending` where nothing was decided. */
const allowed = async (page) => {
  const given = Object.entries(await consent(page)).filter(([, allowed]) => allowed).map(([purpose]) => purpose).join(" ");
  return given || ((await call(page, "exportData")).consentDecided ? "none" : "pending");
};
const becomes = (page, wanted) => until(async () => (await allowed(page)) === wanted, `consent to become ${wanted}`, 4_000);
const ALL = "analytics personalization marketing";
const begin = (page, cmp, more = {}) => start(page, { config: "/none.json", cmp, ...more });
const codes = (page) => page.evaluate(() => window.problems.map(({ code }) => code));

async function shopper(init, path = "/") {
  const one = await visitor(open);
  if (init) await one.context.addInitScript(init);
  await one.page.goto(shop.url + path);
  return one;
}

/** gtag(), as every snippet defines it. */
const gtag = () => {
  window.dataLayer = window.dataLayer || [];
  window.gtag = function () { window.dataLayer.push(arguments); };
};
const say = (page, ...args) => page.evaluate((args) => window.gtag(...args), args);

describe("Google Consent Mode", () => {
  it("follows commands from before and after the start; a default that denies is no decision", async () => {
    const { page, close } = await shopper(gtag);
    await say(page, "consent", "default", { ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied", analytics_storage: "denied", wait_for_update: 500 });
    await begin(page, "gcm");
    await call(page, "track", "Waiting", {});
    await wait(700);
    assert.equal(await allowed(page), "pending");
    assert.deepEqual(await kept(page), NOTHING);
    await say(page, "event", "page_view", {});
    await say(page, "consent", "update", { analytics_storage: "granted" });
    await becomes(page, "analytics");
    await until(() => shop.events().some(({ event }) => event === "Waiting"), "what waited to arrive");
    await say(page, "consent", "update", { ad_storage: "granted" });
    await wait(100);
    assert.equal(await allowed(page), "analytics", "marketing needs ad_user_data too, once it was named");
    await say(page, "consent", "update", { ad_user_data: "granted", ad_personalization: "granted" });
    await becomes(page, ALL);
    await say(page, "consent", "update", { analytics_storage: "denied" });
    await becomes(page, "personalization marketing");
    await close();
  });

  it("hears what was pushed before it, the last word of several, and the site's own personalization first", async () => {
    const { page, close } = await shopper(gtag);
    await say(page, "consent", "default", { analytics_storage: "denied", ad_storage: "denied", personalization_storage: "denied" });
    await say(page, "consent", "update", { analytics_storage: "granted", ad_personalization: "granted" });
    await begin(page, "gcm");
    await becomes(page, "analytics");
    await page.evaluate(() => window.dataLayer.push(["consent", "update", { personalization_storage: "granted" }], { event: "x" }, null, 7));
    await becomes(page, "analytics personalization");
    await close();
  });

  it("holds a default that grants until the visitor chooses, and stores no decision for it", async () => {
    const { page, close } = await shopper(gtag);
    await say(page, "consent", "default", { analytics_storage: "granted", ad_storage: "denied" });
    await begin(page, "gcm");
    await becomes(page, "analytics");
    assert.ok(!("dangol/state/consent" in (await kept(page)).databases));
    await say(page, "consent", "update", { analytics_storage: "denied", ad_storage: "denied" });
    await becomes(page, "none");
    // It is told before it is written.
    await until(async () => "dangol/state/consent" in (await kept(page)).databases, "the decision to be stored");
    await close();
  });

  it("takes a denial for some region as one for everybody: nobody here knows where the visitor is", async () => {
    const { page, close } = await shopper(gtag);
    await say(page, "consent", "default", { analytics_storage: "granted", ad_storage: "granted" });
    await say(page, "consent", "default", { analytics_storage: "denied", ad_storage: "denied", region: ["ES"] });
    await begin(page, "gcm");
    await wait(400);
    assert.equal(await allowed(page), "pending");
    await close();
  });

  it("leaves the data layer as it was", async () => {
    const { page, close } = await shopper();
    await begin(page, "gcm");
    await until(() => page.evaluate(() => Array.isArray(window.dataLayer)), "the layer");
    await call(page, "destroy");
    assert.equal(await page.evaluate(() => typeof window.dataLayer), "undefined");
    await page.evaluate(() => { window.dataLayer = [{ a: 1 }]; });
    await begin(page, "gcm");
    await until(() => page.evaluate(() => Object.hasOwn(window.dataLayer, "push")), "the adapter");
    await call(page, "destroy");
    assert.deepEqual(await page.evaluate(() => [Object.hasOwn(window.dataLayer, "push"), window.dataLayer]), [false, [{ a: 1 }]]);
    await close();
  });
});

/** A TCF banner by the specification: a stub that queues, listeners with ids, and what a test makes of it. */
const banner = () => {
  const listeners = new Map();
  let last;
  window.banner = {
    say(data) {
      last = data;
      for (const [id, listener] of listeners) listener({ ...data, listenerId: id }, true);
    },
    listeners,
  };
  window.__tcfapi = (command, version, callback, parameter) => {
    if (command === "addEventListener") {
      listeners.set(listeners.size + 1, callback);
      if (last) callback({ ...last, listenerId: listeners.size }, true);
      else callback({ eventStatus: "cmpuishown", gdprApplies: true, listenerId: listeners.size, purpose: { consents: { 1: true, 8: true } } }, true);
    } else if (command === "removeEventListener") callback(listeners.delete(parameter));
  };
};
const tcf = (...purposes) => ({ eventStatus: "useractioncomplete", gdprApplies: true, purpose: { consents: Object.fromEntries(purposes.map((purpose) => [purpose, true])) } });
const answers = (page, data) => page.evaluate((data) => window.banner.say(data), data);

describe("IAB TCF", () => {
  it("waits for the visitor's word and follows every later one", async () => {
    const { page, close } = await shopper(banner);
    await begin(page, "tcf");
    await wait(400);
    assert.equal(await allowed(page), "pending", "an open banner decides nothing");
    for (const [purposes, wanted] of [[[1, 8], "analytics"], [[1, 5, 6], "personalization"], [[1, 3, 4], "marketing"], [[1, 3, 4, 5, 6, 8], ALL], [[2, 3, 4, 5, 6, 7, 8], "none"], [[], "none"]]) {
      await answers(page, tcf(...purposes));
      await becomes(page, wanted);
    }
    assert.deepEqual(await codes(page), []);
    await call(page, "destroy");
    assert.equal(await page.evaluate(() => window.banner.listeners.size), 0, "it no longer listens");
    await close();
  });

  it("assumes consent where GDPR does not apply, and stores no decision for it", async () => {
    const { page, close } = await shopper(banner);
    await begin(page, "tcf");
    await until(() => page.evaluate(() => window.banner.listeners.size), "the listener");
    await answers(page, { eventStatus: "tcloaded", gdprApplies: false });
    await becomes(page, ALL);
    assert.ok(!("dangol/state/consent" in (await kept(page)).databases));
    await close();
  });

  it("takes a banner that comes late, one that throws, and one that says everything twice", async () => {
    const { page, close } = await shopper();
    await begin(page, "tcf");
    await wait(600);
    await page.evaluate(banner);
    await until(() => page.evaluate(() => window.banner.listeners.size), "the listener");
    for (let twice = 0; twice < 2; twice += 1) await answers(page, tcf(1, 8));
    await becomes(page, "analytics");
    await call(page, "destroy");
    await page.evaluate(() => { window.__tcfapi = () => { throw new Error("broken banner"); }; });
    await begin(page, "tcf");
    await until(async () => (await codes(page)).includes("cmp-failed"), "the problem");
    await close();
  });

  it("tells of one that never comes", async () => {
    const { page, close } = await shopper();
    await begin(page, "tcf");
    await until(async () => (await codes(page)).includes("cmp-absent"), "the problem", 14_000);
    assert.equal(await allowed(page), "pending");
    await close();
  });

  it("does not let a banner that repeats itself on every page overrule what the visitor said since", async () => {
    const { page, context, close } = await shopper(banner);
    await begin(page, "tcf");
    await until(() => page.evaluate(() => window.banner.listeners.size), "the listener");
    await answers(page, tcf(1, 3, 4, 5, 6, 8));
    await becomes(page, ALL);
    await call(page, "consent", { marketing: false });
    await becomes(page, "analytics personalization");
    await page.goto(shop.url);
    await page.evaluate((data) => window.banner.say(data), { ...tcf(1, 3, 4, 5, 6, 8), eventStatus: "tcloaded" });
    await begin(page, "tcf");
    await wait(500);
    assert.equal(await allowed(page), "analytics personalization", "the later word was the visitor's");
    await answers(page, tcf(1, 8));
    await becomes(page, "analytics");
    await answers(page, tcf(1, 3, 4, 5, 6, 8));
    await becomes(page, ALL);
    assert.ok(context);
    await close();
  });
});

/** A GPP banner by the specification. */
const platform = () => {
  const listeners = new Map();
  let ping = { signalStatus: "not ready", applicableSections: [], gppString: "DBAA", parsedSections: {} };
  window.platform = {
    say(data) {
      ping = { ...ping, ...data };
      for (const [listenerId, listener] of listeners) listener({ eventName: "signalStatus", listenerId, data: ping.signalStatus, pingData: ping }, true);
    },
    listeners,
  };
  window.__gpp = (command, callback, parameter) => {
    if (command === "addEventListener") {
      const listenerId = listeners.size + 1;
      listeners.set(listenerId, callback);
      callback({ eventName: "listenerRegistered", listenerId, data: true, pingData: ping }, true);
    } else if (command === "removeEventListener") callback(listeners.delete(parameter), true);
  };
};
const pings = (page, data) => page.evaluate((data) => window.platform.say(data), data);

describe("IAB GPP", () => {
  it("waits until the signal is ready, and heeds an opt-out", async () => {
    const { page, close } = await shopper(platform);
    await begin(page, "gpp");
    await until(() => page.evaluate(() => window.platform.listeners.size), "the listener");
    await pings(page, { signalStatus: "not ready", applicableSections: [7], parsedSections: { usnat: [{ SaleOptOut: 1 }] } });
    await wait(300);
    assert.equal(await allowed(page), "pending");
    await pings(page, { signalStatus: "ready", parsedSections: { usnat: [{ SaleOptOut: 1, SharingOptOut: 2, TargetedAdvertisingOptOut: 2 }] } });
    await becomes(page, "analytics personalization");
    await pings(page, { signalStatus: "ready", parsedSections: { usnat: [{ SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 2 }] } });
    await becomes(page, ALL);
    await pings(page, { signalStatus: "ready", parsedSections: { usnat: [{ SaleOptOut: 2 }, { Gpc: true }] } });
    await becomes(page, "analytics personalization");
    await pings(page, { signalStatus: "ready", applicableSections: [6], parsedSections: { uspv1: { OptOutSale: "N" } } });
    await becomes(page, ALL);
    await pings(page, { signalStatus: "ready", applicableSections: [2], parsedSections: { tcfeuv2: { PurposeConsents: [1, 8] } } });
    await becomes(page, "analytics");
    await close();
  });

  it("denies nothing where no section applies", async () => {
    const { page, close } = await shopper(platform);
    await begin(page, "gpp");
    await until(() => page.evaluate(() => window.platform.listeners.size), "the listener");
    await pings(page, { signalStatus: "ready", applicableSections: [-1] });
    await becomes(page, ALL);
    await close();
  });
});

describe("a callback", () => {
  it("tells of decisions and is told when to stop", async () => {
    const { page, close } = await shopper();
    await page.evaluate(() => {
      window.stopped = 0;
      window.dangol.init({ config: "/none.json", cmp: (update) => {
        window.update = update;
        return () => { window.stopped += 1; };
      } });
      return window.dangol.ready;
    });
    await page.evaluate(() => window.update({ analytics: true }));
    await becomes(page, "analytics");
    await page.evaluate(() => window.update({ analytics: true, personalization: true }));
    await becomes(page, "analytics personalization");
    await page.evaluate(() => window.update("nonsense"));
    await call(page, "destroy");
    assert.equal(await page.evaluate(() => window.stopped), 1);
    await close();
  });

  it("that throws, or a banner nobody knows, is told and harms nothing", async () => {
    const { page, close } = await shopper();
    await page.evaluate(async () => {
      window.problems = [];
      window.dangol.init({ config: "/none.json", cmp: () => { throw new Error("no banner"); } });
      window.dangol.on("problem", (problem) => window.problems.push(problem));
      await window.dangol.ready;
    });
    await until(async () => (await codes(page)).includes("cmp-failed"), "the problem");
    await call(page, "destroy");
    await begin(page, "didomi");
    await until(async () => (await codes(page)).includes("cmp-failed"), "the problem");
    assert.equal(await allowed(page), "pending");
    await close();
  });
});

// Beside the checkout, where there is one.
const file = join(root, "../shared/suites/iab-consent/vectors.json");
describe("the strings of IAB's own encoder", { skip: !existsSync(file) && "the suite is not here" }, () => {
  it("mean the same, parsed or as text, by TCF and by GPP", async () => {
    const { vectors, malformed } = JSON.parse(readFileSync(file, "utf8"));
    const europe = (ids) => {
      const all = (...wanted) => wanted.every((id) => ids.includes(id));
      return [all(1, 8) && "analytics", all(1, 5, 6) && "personalization", all(1, 3, 4) && "marketing"].filter(Boolean).join(" ") || "none";
    };
    const { page, close } = await shopper(`(${banner})();(${platform})()`);
    await begin(page, "tcf");
    await until(() => page.evaluate(() => window.banner.listeners.size), "the listener");
    const clear = async (wanted) => {
      // A fresh word each time, or the same one twice would prove nothing.
      await answers(page, wanted === "none" ? tcf(1, 8) : tcf());
      await becomes(page, wanted === "none" ? "analytics" : "none");
    };
    for (const { tcString, expect } of vectors) {
      const wanted = europe(expect.purposeConsents);
      for (const data of [tcf(...expect.purposeConsents), { eventStatus: "tcloaded", gdprApplies: true, tcString }]) {
        await clear(wanted);
        await answers(page, data);
        await becomes(page, wanted);
      }
    }
    for (const { string } of malformed) {
      await clear("none");
      await answers(page, { eventStatus: "tcloaded", gdprApplies: true, tcString: string });
      await wait(30);
      assert.equal(await allowed(page), "analytics", `${JSON.stringify(string)} says nothing`);
    }
    assert.equal((await codes(page)).filter((code) => code === "cmp-failed").length, malformed.length);
    await call(page, "destroy");
    await page.evaluate(() => indexedDB.deleteDatabase("dangol"));
    await page.goto(shop.url);
    await begin(page, "gpp");
    await until(() => page.evaluate(() => window.platform.listeners.size), "the listener");
    for (const { gpp, sectionIds, expect } of vectors) {
      const out = Object.values(expect.usnat).includes(1);
      for (const [sections, wanted] of [[[2], europe(expect.purposeConsents)], [[7], out ? "analytics personalization" : ALL], [[6], /~1Y?Y/.test(gpp.split("~")[2].slice(0, 3)) || gpp.split("~")[2][2] === "Y" ? "analytics personalization" : ALL]]) {
        await pings(page, { signalStatus: "ready", applicableSections: sections, gppString: gpp });
        await becomes(page, wanted);
      }
      assert.ok(sectionIds);
    }
    await close();
  });
});
