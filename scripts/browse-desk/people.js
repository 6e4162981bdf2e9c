// What people do at the desk, as a story tells it.
"use strict";

const PASSWORD = "a long enough passphrase 7";

// The first administrator, by the link that the terminal shows.
async function first(watch, link) {
  const who = await watch.person();
  await who.page.goto(link);
  await watch.shot(who.page, "first-administrator");
  await who.page.fill("#name", "Ada Admin");
  await who.page.fill("#login", "ada");
  await who.page.fill("#password", PASSWORD);
  await who.page.fill("#again", PASSWORD);
  await Promise.all([who.page.waitForNavigation(), who.page.click("main button")]);
  if (!(await who.page.locator(".person").count())) await signIn(watch, who, "ada");
  return who;
}

async function signIn(watch, who, login) {
  await who.page.goto(`${watch.base}/login`);
  await who.page.fill("#login", login);
  await who.page.fill("#password", PASSWORD);
  await Promise.all([who.page.waitForNavigation(), who.page.click("main button")]);
  if (!(await who.page.locator(".person").count())) watch.fault("cannot sign in", login);
}

// An account made by the administrator, whose owner sets a password by the link.
async function account(watch, admin, role, login, options = {}) {
  await admin.page.goto(`${watch.base}/accounts`);
  await admin.page.fill("#name", `Person ${login}`);
  await admin.page.fill("#login", login);
  await admin.page.selectOption("form.row #role", role);
  await Promise.all([admin.page.waitForNavigation(), admin.page.click("form.row button")]);
  const link = await admin.page.locator(".done code.secret").textContent();
  const who = await watch.person(options);
  await who.page.goto(new URL(link, watch.base).href);
  await who.page.fill("#password", PASSWORD);
  await who.page.fill("#again", PASSWORD);
  await Promise.all([who.page.waitForNavigation(), who.page.click("main button")]);
  if (!(await who.page.locator(".person").count())) await signIn(watch, who, login);
  return { ...who, login };
}

// A token for programs, from the person's own page.
async function token(watch, who) {
  await who.page.goto(`${watch.base}/me`);
  await who.page.fill("#label", "story");
  await Promise.all([who.page.waitForNavigation(), who.page.click("form[action='/me/tokens'] button")]);
  return who.page.locator("code.secret").textContent();
}

// The sheet on the screen: its image and the figures it asks for; null where nothing waits.
async function atHand(page) {
  if (!(await page.locator("form#entry").count())) return null;
  const src = await page.locator("#picture").getAttribute("src");
  const codes = await page.$$eval("input[data-figure]", (inputs) => inputs.map((input) => input.id));
  const corrects = (await page.locator(".entry.corrects").count()) > 0;
  return { image: /\/images\/([0-9a-f]{64})/.exec(src)[1], codes, corrects };
}

// Types a sheet by keyboard alone: digits, and one key more for each figure. The last one saves.
async function typeSheet(watch, page, sheet, figures) {
  const reads = [];
  const count = (request) => reads.push(request.url());
  page.on("request", count);
  for (const [at, code] of sheet.codes.entries()) {
    const focused = await page.evaluate(() => document.activeElement.id);
    if (focused !== code) watch.fault("entry", `the keyboard is at ${focused || "nothing"}, not at ${code}`);
    await page.keyboard.type(figures[code] ?? "i");
    if (!watch.typing && figures.printed && at === 7) {
      watch.typing = true;
      await watch.picture(page, "desk-entry");
    }
    if (at + 1 < sheet.codes.length) await page.keyboard.press("Enter");
  }
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  page.off("request", count);
  const asked = reads.filter((url) => !/\/assets\/|\/live$|\/entry\/draft$|&figure=/.test(url));
  if (asked.length > 2) watch.fault("entry", `${asked.length} requests for one sheet`, asked.join(" "));
}

module.exports = { PASSWORD, account, atHand, first, signIn, token, typeSheet };
