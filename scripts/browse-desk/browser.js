// A browser that watches what pages do: whatever it sees that should not be is a fault.
"use strict";
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");
const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// A page that fetches itself anew while it waits may do so in the moment that it is led elsewhere: then once more.
function patient(page) {
  const goto = page.goto.bind(page);
  page.goto = async (url, options) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await goto(url, options);
      } catch (error) {
        if (tries === 5 || !/interrupted by another navigation|ERR_ABORTED/.test(String(error))) throw error;
        await page.waitForTimeout(500 * tries);
      }
    }
  };
}

class Watch {
  constructor(base, out) {
    Object.assign(this, { base, out, faults: [], nForeign: 0, nShots: 0, nLooked: 0, here: "" });
  }

  async open() {
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
  }

  fault(...what) {
    this.faults.push([this.here, ...what].filter(Boolean).join(": "));
    console.log(`FAULT ${this.faults.at(-1)}`);
  }

  // Somebody's browser: cookies of their own.
  async person(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US", ...options });
    const page = await context.newPage();
    this.watch(page);
    patient(page);
    return { context, page };
  }

  watch(page) {
    page.on("request", (request) => {
      const url = request.url();
      if (url.startsWith(this.base) || url.startsWith("data:") || url.startsWith("blob:")) return;
      this.nForeign += 1;
      this.fault("asks for", url);
    });
    page.on("console", (message) => {
      // A refusal is an answer like any other; the browser logs its status.
      if (message.type() !== "error" || /status of (401|403|404|409|422)/.test(message.text())) return;
      this.fault("console", message.text());
    });
    page.on("pageerror", (error) => this.fault("script", String(error)));
  }

  async shot(page, name) {
    this.nShots += 1;
    const file = `${String(this.nShots).padStart(2, "0")}-${name}.png`;
    await page.screenshot({ path: path.join(this.out, file), fullPage: true });
  }

  // A picture of the window as it is, for the README: always under the same name.
  async picture(page, name) {
    await page.screenshot({ path: path.join(this.out, `${name}.png`) });
  }

  // Looks at pages as a person sees them who is signed in: both languages, light and dark, wide and narrow. Colours do not
  // depend on the width, nor does the layout on colours, so that two of the four pairs see everything; LOOKS=all takes all.
  async look(who, paths) {
    const state = await who.context.storageState();
    const pairs = [["light", 1280], ["dark", 400]];
    if (process.env.LOOKS === "all") pairs.push(["light", 400], ["dark", 1280]);
    for (const [colorScheme, width] of pairs) {
      // axe-core is put into the page, which the page's own policy forbids; the story itself runs under the policy.
      const seen = await this.person({ bypassCSP: true, storageState: state, colorScheme, viewport: { width, height: 900 } });
      for (const where of paths) await this.lookAt(seen.page, where, `${colorScheme} ${width}`);
      await seen.context.close();
    }
  }

  async lookAt(page, where, how) {
    this.here = where;
    const answer = await page.goto(this.base + where);
    if (!answer.ok()) this.fault(how, `status ${answer.status()}`);
    await page.evaluate(axeSource);
    const found = await page.evaluate(() => axe.run(document, { preload: false }));
    for (const violation of found.violations) this.fault(how, violation.id, violation.nodes[0].html.slice(0, 200));
    const wider = await page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return null;
      // What sticks out, and scrolls in nothing of its own.
      const scrolls = (element) => element && (/(auto|scroll|hidden)/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
      const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement));
      return out.slice(-3).map((e) => e.outerHTML.slice(0, 120)).join(" | ") || "the page";
    });
    if (wider) this.fault(how, "wider than the window", wider);
    this.nLooked += 1;
    this.here = "";
  }
}

module.exports = { Watch };
