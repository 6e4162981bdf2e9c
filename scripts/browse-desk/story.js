// The story of a desk, from the first administrator to a bundle that a stranger verifies: node story.js PROGRAM VERIFIER
// WORK OUT (see run).
"use strict";
const { execFileSync, spawn } = require("child_process");
const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const { Watch } = require("./browser.js");
const { PASSWORD, account, atHand, first, signIn, token, typeSheet } = require("./people.js");

const [program, verifier, work, out] = process.argv.slice(2);
const folder = path.join(work, "desk");
const photos = path.join(work, "demo", "synthetic", "photos");
const told = (text) => console.log(`- ${text}`);

// Starts the desk; gives its address and the link of the first administrator.
function serve() {
  const args = ["-C", folder, "serve", "--listen", "127.0.0.1:0", "--key", path.join(work, "press.key")];
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve, reject) => {
    let [text, said] = ["", ""];
    server.stderr.on("data", (bytes) => { said += bytes; });
    server.on("exit", () => reject(new Error(`the desk ended:\n${said}`)));
    server.stdout.on("data", (bytes) => {
      text += bytes;
      const lines = text.trim().split("\n");
      if (lines.length >= 2) resolve({ server, base: lines[0].replace(/\/$/, ""), link: lines[1] });
    });
  });
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(what, ripe, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  while (!(await ripe())) {
    if (Date.now() > end) throw new Error(`${what} takes too long`);
    await pause(250);
  }
}

// What programs see, by a coordinator's token.
function api(base, bearer) {
  return async (place, options = {}) => {
    const answer = await fetch(base + place, { ...options, headers: { authorization: `Bearer ${bearer}`, ...options.headers } });
    return { status: answer.status, body: await answer.json() };
  };
}

// What stands on a sheet: as its code says, else as far as its print was read, else something that could.
function truthOf(image, reading, register) {
  const figures = {};
  const printed = Object.fromEntries((reading?.print?.figures ?? []).map((f) => [f[0], f[1]]));
  let table = register[parseInt(image.slice(0, 6), 16) % register.length];
  let lines = Array.from({ length: 11 }, (_, i) => 10 + i);
  let none = 3;
  const payload = /^(\d{6})\.?(\d{2})\.\d\.\d+!([\d,]+)!(\d+)!/.exec(reading?.payload ?? "");
  if (payload) {
    table = `${payload[1]}.${payload[2]}`;
    lines = payload[3].split(",").map(Number);
    none = Number(payload[4]);
  } else if (/^\d+$/.test(printed["table-1"] ?? "") && /^\d+$/.test(printed["table-2"] ?? "")) {
    table = `${printed["table-1"]}.${printed["table-2"]}`;
    lines = lines.map((n, i) => (/^\d+$/.test(printed[`line-${i + 1}`] ?? "") ? Number(printed[`line-${i + 1}`]) : n));
    none = /^\d+$/.test(printed.null ?? "") ? Number(printed.null) : none;
  }
  // Whether the paper was seen to say so: of demonstration sheets some are altered.
  const asPrinted = payload && lines.every((n, i) => Number(printed[`line-${i + 1}`]) === n);
  const valid = lines.reduce((a, b) => a + b, 0);
  lines.forEach((n, i) => { figures[`line-${i + 1}`] = String(n); });
  const [one, two] = table.split(".");
  const electors = /^\d+$/.test(printed.electors ?? "") ? printed.electors : String(valid + none + 200);
  return { ...figures, table, printed: asPrinted, "table-1": one, "table-2": two, valid: String(valid), null: String(none), ballots: String(valid + none), electors };
}

// Everybody who enters types what waits for them; `twist` may change what is typed. Gives how many sheets were saved.
async function enter(watch, who, get, register, most, twist = (figures) => figures) {
  const seen = [];
  await who.page.goto(`${watch.base}/entry`);
  while (seen.length < most) {
    const sheet = await atHand(who.page);
    if (!sheet) break;
    const { body } = await get(`/api/v1/images/${sheet.image}`);
    const figures = twist(truthOf(sheet.image, body.reading, register), sheet, seen.length);
    if (seen.length === 0) await watch.shot(who.page, `entry-${who.login}`);
    await typeSheet(watch, who.page, sheet, figures);
    seen.push(sheet);
  }
  return seen;
}

async function story(watch, server, link) {
  const { base } = watch;
  const admin = await first(watch, link);
  const coordinator = await account(watch, admin, "coordinator", "coco");
  const clerks = [await account(watch, admin, "clerk", "kim"), await account(watch, admin, "clerk", "lee")];
  const observer = await account(watch, admin, "observer", "olu");
  await admin.page.goto(`${base}/accounts`);
  await watch.shot(admin.page, "accounts");
  const get = api(base, await token(watch, coordinator));
  told("five people");

  // Intake: from the page, and by PUT from a script.
  const names = fs.readdirSync(photos).sort();
  const isJpeg = (name) => fs.readFileSync(path.join(photos, name)).subarray(0, 3).toString("hex") === "ffd8ff";
  const one = names.findLast(isJpeg);
  const files = names.filter((name) => name !== one).map((name) => path.join(photos, name));
  await coordinator.page.goto(`${base}/images`);
  await coordinator.page.fill("#source", "observers");
  await coordinator.page.setInputFiles("#files", files);
  await Promise.all([coordinator.page.waitForNavigation(), coordinator.page.click("#upload button")]);
  await watch.shot(coordinator.page, "images-sent");
  const last = fs.readFileSync(path.join(photos, one));
  const hash = crypto.createHash("sha256").update(last).digest("hex");
  const put = () => get(`/api/v1/images/${hash}?source=phones`, { method: "PUT", body: last });
  const answers = [await put(), await put()];
  const expected = answers[0].status === 201 ? [201, 200] : [200, 200];
  if (answers.some((answer, i) => answer.status !== expected[i])) watch.fault("PUT", answers.map((a) => a.status).join(" "));
  await until("reading", async () => (await get("/api/v1/status")).body.images_pending === 0, 600);
  const { body: status } = await get("/api/v1/status");
  told(`${status.images} images sent and read`);

  // Blind double entry, by keyboard alone; the second person types one figure of one sheet wrong.
  const register = fs.readFileSync(path.join(work, "demo", "synthetic", "election", "synthetic-demo", "register.csv"), "utf8")
    .split("\n").slice(1).map((line) => /(\d{6}\.\d{2})/.exec(line)?.[1]).filter(Boolean);
  const stubborn = { image: null };
  const wrong = (figures) => ({ ...figures, "line-2": String(Number(figures["line-2"]) + 1) });
  const [kim, lee] = clerks;
  const most = Number(process.env.SHEETS || 400);
  const entered = [await enter(watch, kim, get, register, most)];
  let twisted = null;
  const asLee = (figures, sheet) => {
    const isSecond = !sheet.corrects && entered[0].some((other) => other.image === sheet.image);
    if (isSecond && twisted && !stubborn.image) stubborn.image = sheet.image;
    twisted = twisted ?? (isSecond ? sheet.image : null);
    // Of one sheet she stays with another figure than he does, whenever she is asked: a coordinator decides.
    if (sheet.image === stubborn.image) return { ...figures, "line-3": "91" };
    return sheet.image === twisted && !sheet.corrects ? wrong(figures) : figures;
  };
  entered.push(await enter(watch, lee, get, register, most, asLee));
  for (let round = 0; round < 3; round += 1) {
    entered.push(await enter(watch, kim, get, register, most));
    entered.push(await enter(watch, lee, get, register, most, asLee));
  }
  const all = entered.flat();
  const corrections = all.filter((sheet) => sheet.corrects);
  if (!twisted) watch.fault("no sheet was entered twice");
  if (twisted && !corrections.some((sheet) => sheet.image === twisted && sheet.codes.length === 1)) {
    watch.fault("the figure that differs was not asked for alone");
  }
  told(`${all.length} entries by keyboard, ${corrections.length} of them corrections of what differed`);

  // Rooms: conflicts decided, a quarantined pair cleared.
  await conflicts(watch, coordinator);
  await quarantine(watch, coordinator);
  await audit(watch, coordinator, get);
  const bundle = await exported(watch, admin, coordinator);
  execFileSync(verifier, [bundle, "--signer", path.join(work, "press.key.pub")], { stdio: "pipe" });
  told("the bundle is published, fetched and verified by tallyproof-verify");

  // The observer looks on; nobody else's page is hers.
  await observer.page.goto(`${base}/overview`);
  await watch.shot(observer.page, "overview");
  await observer.page.setViewportSize({ width: 1280, height: 1500 });
  await watch.picture(observer.page, "desk-overview");
  for (const closed of ["/entry", "/accounts", "/exports", "/images"]) {
    const answer = await observer.page.goto(base + closed);
    if (answer.status() !== 403) watch.fault("an observer sees", closed, answer.status());
  }
  await looked(watch, { admin, coordinator, kim, observer }, get);
  await withoutScripts(watch, admin, get, register);
}

async function conflicts(watch, who) {
  await until("a picture of the whole with the last entry", async () => {
    await who.page.goto(`${watch.base}/conflicts`);
    return (await who.page.locator("a.button[href^='/conflicts/']").count()) > 0;
  }, 60).catch(() => watch.fault("no conflict to decide"));
  let n = 0;
  for (; n < 40; n += 1) {
    await who.page.goto(`${watch.base}/conflicts`);
    if (n === 0) await watch.shot(who.page, "conflicts");
    const next = who.page.locator("a.button[href^='/conflicts/']").first();
    if (!(await next.count())) break;
    await Promise.all([who.page.waitForNavigation(), next.click()]);
    if (n === 0) await watch.shot(who.page, "conflict");
    const form = who.page.locator("form#decide");
    if (!(await form.count())) { watch.fault("a conflict that cannot be decided", who.page.url()); break; }
    for (const group of await form.locator("fieldset.choices").all()) {
      if (!(await group.locator("input[type=radio]:checked").count())) await group.locator("input[type=radio]").first().check();
    }
    await form.locator("#reason").fill("Both values were compared with the picture.");
    await Promise.all([who.page.waitForNavigation(), form.locator("button").first().click()]);
    const problem = await who.page.locator(".problem").allTextContents();
    if (problem.length) { watch.fault("deciding", problem.join(" ")); break; }
  }
  told(`${n} conflicts decided`);
}

async function quarantine(watch, who) {
  await until("a picture of the whole", async () => {
    await who.page.goto(`${watch.base}/quarantine`);
    return (await who.page.locator("main a[href^='/quarantine/']").count()) > 0;
  }, 60).catch(() => watch.fault("nothing is quarantined"));
  await watch.shot(who.page, "quarantine");
  const pair = who.page.locator("main a[href^='/quarantine/']").first();
  if (!(await pair.count())) return;
  await Promise.all([who.page.waitForNavigation(), pair.click()]);
  await watch.shot(who.page, "quarantined-pair");
  const at = who.page.url();
  for (const act of ["aside", "clear"]) {
    await who.page.goto(at);
    const form = who.page.locator(`form:has(button[name=act][value=${act}])`).first();
    if (!(await form.count())) break;
    await form.locator("textarea").fill(act === "clear" ? "Its paper was seen." : "Altered: the other one's paper was seen.");
    await Promise.all([who.page.waitForNavigation(), form.locator(`button[value=${act}]`).click()]);
    const problem = await who.page.locator(".problem").allTextContents();
    if (problem.length) watch.fault("clearing", problem.join(" "));
  }
  told("a quarantined pair was looked at: one set aside, one cleared");
}

// An audit: its list frozen, drawn, and one paper's inspection recorded.
async function audit(watch, who, get) {
  const { base } = watch;
  await until("a picture of the whole", async () => (await get("/api/v1/queue")).status === 200);
  await who.page.goto(`${base}/audits`);
  const terms = who.page.locator("#terms ~ form, section[aria-labelledby=terms] form").first();
  if (!(await terms.count())) return watch.fault("no audit can be planned");
  await terms.locator("#a-missing").selectOption({ index: 1 });
  await Promise.all([who.page.waitForNavigation(), terms.locator("button").first().click()]);
  await watch.shot(who.page, "audit-plan");
  const freeze = who.page.locator("form[method=post][action='/audits']");
  if (!(await freeze.count())) return watch.fault("no list can be frozen", (await who.page.locator("[role=alert]").allTextContents()).join(" "));
  await fillRequired(freeze);
  await Promise.all([who.page.waitForNavigation(), freeze.locator("button").last().click()]);
  if (!/\/audits\/[^?#]+/.test(who.page.url())) return watch.fault("no audit was made", (await who.page.locator("[role=alert], .problem").allTextContents()).join(" "));
  const draw = who.page.locator("form[action$='/draw']");
  await draw.locator("#d-seed").fill("735190246811235813213455891442");
  await draw.locator("#d-n").fill("3");
  await Promise.all([who.page.waitForNavigation(), draw.locator("button").first().click()]);
  await watch.shot(who.page, "audit-drawn");
  const paper = who.page.locator("main a[href*='table=']").first();
  if (await paper.count()) await Promise.all([who.page.waitForNavigation(), paper.click()]);
  const record = who.page.locator("form[action$='/record']").first();
  if (!(await record.count())) return watch.fault("nothing was drawn", (await who.page.locator("[role=alert], .said").allTextContents()).join(" "));
  const table = await record.locator("input[name=table]").inputValue();
  const { body } = await get(`/api/v1/sheets/${encodeURIComponent(table)}`);
  await record.locator("input[name=found][value=yes]").check();
  for (const input of await record.locator("fieldset.votes input").all()) {
    const name = await input.getAttribute("name");
    // Selections in the pack's order, which in the demonstration is that of their ids.
    const votes = Object.values(body.sheet.votes)[Number(name.replace("votes-", "")) - 1];
    await input.fill(String(name === "null" ? body.sheet.null : votes));
  }
  await record.locator("input[name=custody]").fill("sealed").catch(() => {});
  await Promise.all([who.page.waitForNavigation(), record.locator("button").first().click()]);
  await watch.shot(who.page, "audit-recorded");
  const { body: events } = await get("/api/v1/events?from=1&limit=1000");
  let all = events.events;
  for (let next = events.next; next; ) {
    const page = (await get(`/api/v1/events?from=${next}&limit=1000`)).body;
    all = all.concat(page.events);
    next = page.next;
  }
  const n = all.filter((event) => event.kind === "audit.inspected").length;
  if (n < 1) watch.fault("no inspection was recorded", (await who.page.locator("[role=alert], .problem, .said").allTextContents()).join(" "));
  told(`an audit: frozen, drawn, ${n} inspection recorded`);
}

// Whatever a form demands and has nothing in: a plain word, the first choice.
async function fillRequired(form) {
  for (const field of await form.locator("input[required], textarea[required], select[required]").all()) {
    const kind = await field.evaluate((element) => (element.tagName === "SELECT" ? "select" : element.type));
    if (kind === "checkbox" || kind === "radio") await field.check();
    else if (kind === "select") await field.selectOption({ index: 1 });
    else if (!(await field.inputValue())) await field.fill("first-audit");
  }
}

// Tables, a signed bundle and a backup, from the page; gives where the bundle was put.
async function exported(watch, admin, who) {
  const { base } = watch;
  const done = async (person, code) => {
    await until(code, async () => {
      await person.page.goto(`${base}/exports`);
      const part = person.page.locator(`section[aria-labelledby=job-${code}]`);
      if (await part.locator(".problem").count()) throw new Error((await part.locator(".problem").allTextContents()).join(" "));
      return (await part.locator(".done").count()) > 0;
    });
    return person.page.locator(`section[aria-labelledby=job-${code}]`);
  };
  const fetched = async (person, part, name) => {
    const [download] = await Promise.all([person.page.waitForEvent("download"), part.locator("a[download]", { hasText: name }).first().click()]);
    const file = path.join(work, download.suggestedFilename());
    await download.saveAs(file);
    return file;
  };
  await who.page.goto(`${base}/exports`);
  await Promise.all([who.page.waitForNavigation(), who.page.click("form[action='/exports/tables'] button")]);
  const xlsx = await fetched(who, await done(who, "tables"), "results.xlsx");
  if (fs.readFileSync(xlsx).subarray(0, 2).toString() !== "PK") watch.fault("the workbook is none");
  await who.page.goto(`${base}/exports/bundle`);
  await watch.shot(who.page, "what-would-leave");
  await who.page.fill("#passphrase", "two long words");
  await who.page.check("#agreed");
  await Promise.all([who.page.waitForNavigation(), who.page.click("form[action='/exports/bundle'] button")]);
  const bundle = await fetched(who, await done(who, "bundle"), /-\d+\.zip/);
  await watch.shot(who.page, "exports");
  await admin.page.goto(`${base}/exports`);
  await Promise.all([admin.page.waitForNavigation(), admin.page.click("form[action='/exports/backup'] button")]);
  const backup = await fetched(admin, await done(admin, "backup"), "backup.zip");
  execFileSync(program, ["restore", backup, path.join(work, "restored")], { stdio: "pipe" });
  execFileSync(program, ["-C", path.join(work, "restored"), "journal", "check"], { stdio: "pipe" });
  told("a backup is made, fetched, restored and checked");
  return bundle;
}

// Every page of every role, by axe-core: both languages, light and dark, wide and narrow.
async function looked(watch, people, get) {
  if (process.env.LOOKS === "0") return;
  const { body: sheets } = await get("/api/v1/sheets?limit=1");
  const table = sheets.sheets[0].table;
  const paths = {
    admin: ["/", "/accounts", "/me", "/exports", "/images", "/reopenings"],
    coordinator: ["/conflicts", "/quarantine", "/exports/bundle", "/audits", "/claims", `/tables/${table}`, "/findings/S201"],
    kim: ["/entry", "/entry/done", "/me", "/accounts"],
    observer: ["/overview", "/claims"],
  };
  const links = async (who, from) => {
    await who.page.goto(watch.base + from);
    return who.page.$$eval("main a[href^='/']", (all) => all.map((a) => a.getAttribute("href").split("#")[0]));
  };
  for (const from of ["/conflicts", "/quarantine", "/audits", "/overview"]) {
    const one = (await links(people.coordinator, from)).find((href) => /^\/(conflicts|quarantine|audits|areas|findings)\/[^/?]+/.test(href));
    if (one) paths.coordinator.push(one);
  }
  for (const lang of ["en", "es"]) {
    for (const [name, all] of Object.entries(paths)) {
      const who = people[name];
      await who.page.goto(`${watch.base}/me`);
      const now = await who.page.evaluate(() => document.documentElement.lang);
      if (now !== lang) await Promise.all([who.page.waitForNavigation(), who.page.click("form[action='/language'] button")]);
      const open = [];
      for (const where of new Set(all)) {
        const answer = await who.page.goto(watch.base + where);
        // A page that refuses is a page too.
        if (answer.status() < 500) open.push(where);
        else watch.fault(where, `status ${answer.status()}`);
      }
      await watch.look(who, open.filter((where) => name !== "kim" || where !== "/accounts"));
    }
  }
  told(`${watch.nLooked} looks at pages by axe-core`);
  const stranger = await watch.person();
  await watch.look(stranger, ["/login", "/login?lang=es"]);
}

// Signing in and entry with JavaScript switched off.
async function withoutScripts(watch, admin, get, register) {
  const who = await account(watch, admin, "clerk", "noa", { javaScriptEnabled: false });
  await who.page.goto(`${watch.base}/me`);
  await Promise.all([who.page.waitForNavigation(), who.page.click("form[action='/logout'] button")]);
  await signIn(watch, who, "noa");
  // One more picture, of which machines read nothing.
  const picture = await admin.page.screenshot({ type: "jpeg" });
  const hash = crypto.createHash("sha256").update(picture).digest("hex");
  await get(`/api/v1/images/${hash}?source=phones`, { method: "PUT", body: picture });
  // Whatever else waits may lie before somebody who looked at the entry page.
  await until("reading", async () => (await get(`/api/v1/images/${hash}`)).body.reading);
  let sheet = null;
  await until("a sheet to enter without scripts", async () => {
    await who.page.goto(`${watch.base}/entry`);
    sheet = await atHand(who.page);
    return sheet;
  });
  const { body } = await get(`/api/v1/images/${sheet.image}`);
  const figures = truthOf(sheet.image, body.reading, register);
  for (const code of sheet.codes) await who.page.fill(`#${code}`, figures[code] ?? "i");
  await watch.shot(who.page, "without-scripts");
  await Promise.all([who.page.waitForNavigation(), who.page.click("#save")]);
  if (!(await who.page.locator(".after").count())) watch.fault("a save without scripts says nothing");
  told("signed in and entered a sheet without JavaScript");
}

(async () => {
  const start = Date.now();
  const { server, base, link } = await serve();
  const watch = new Watch(base, out);
  await watch.open();
  try {
    await story(watch, server, link);
  } catch (error) {
    watch.fault("the story broke off", String(error.stack ?? error));
    for (const context of watch.browser.contexts()) {
      for (const page of context.pages()) await watch.shot(page, "broke-off").catch(() => {});
    }
  }
  await watch.browser.close();
  server.removeAllListeners("exit");
  server.kill("SIGTERM");
  await new Promise((done) => server.on("exit", done));
  const check = (args) => execFileSync(program, ["-C", folder, ...args], { stdio: "pipe" });
  try { check(["journal", "check"]); } catch (error) { watch.fault("journal", String(error.stderr)); }
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(`${watch.nShots} screenshots, ${watch.nLooked} looks, ${watch.nForeign} requests to other hosts, ${watch.faults.length} faults, ${seconds} s`);
  process.exit(watch.faults.length ? 1 : 0);
})();
