// The form beside the image: fields by keyboard, sums as one types, drafts that survive a closed laptop. Without this
// file the form works all the same.
"use strict";
(() => {
  const KEPT = "tallyproof-entry:";
  // Nothing typed stays in the browser of a person who leaves.
  document.addEventListener("submit", (event) => {
    if (event.target.matches('form[action="/logout"]')) forget();
  });
  const form = document.getElementById("entry");
  if (!form) return idle();
  const fields = [...form.querySelectorAll("input[data-figure]")];
  const said = form.dataset;
  const key = `${KEPT}${said.person}:${form.elements.lease.value}`;
  const EVERY_MS = 20000;
  let at = fields[0] || null;
  let revision = Number(form.elements.revision.value) || 0;
  let sent = revision;

  // Nothing of ours to type: look again from time to time.
  function idle() {
    const waiting = document.querySelector("[data-again]");
    if (!waiting) return;
    setInterval(() => {
      if (document.hidden) return;
      // Asking by itself keeps nobody signed in, and takes no sheet.
      fetch("/entry/waiting", { headers: { "x-live": "1" } })
        .then((answer) => answer.json())
        .then((answer) => { if (answer.waiting) location.replace("/entry"); })
        .catch(() => { /* the next time */ });
    }, Number(waiting.dataset.again) * 1000);
  }

  // A page that answered a save is reloaded as a page, not saved again.
  if (history.replaceState) history.replaceState(null, "", "/entry");

  // --- what is typed -------------------------------------------------------------------------------------------
  const WORDS = { b: said.blank, i: said.illegible };
  // The page may speak another language than when it was typed.
  const worded = (value) => (/^(blank|en blanco)$/.test(value) ? said.blank
    : /^(illegible|ilegible)$/.test(value) ? said.illegible : value);
  const isWord = (value) => value === said.blank || value === said.illegible;
  const number = (value) => (/^[0-9]{1,7}$/.test(value) ? Number(value) : null);

  function put(field, value) {
    field.value = value;
    changed(field);
  }

  function changed(field) {
    revision += 1;
    field.classList.toggle("worded", isWord(field.value));
    field.removeAttribute("aria-invalid");
    form.elements.revision.value = String(revision);
    keep();
    add();
  }

  // --- sums and findings ---------------------------------------------------------------------------------------
  // As the server writes them: Spanish groups four digits too.
  const group = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: "always" }).format;
  const value = (name) => {
    const field = form.elements[name];
    return field ? number(field.value.trim()) : null;
  };
  const beyond = (rule, a, b) => {
    const share = Math.floor((Math.max(a, b) * Number(rule.dataset.share)) / 10000);
    return Math.abs(a - b) > Math.max(share, Number(rule.dataset.absolute));
  };

  function show(code, numbers) {
    const rule = form.querySelector(`[data-rule="${code}"]`);
    if (!rule) return;
    const found = numbers && numbers.holds(rule);
    const says = rule.querySelector(".says");
    if (found) {
      const text = rule.dataset.say.replace(/\{([a-z]+)\}/g, (all, name) =>
        name in numbers ? group(numbers[name]) : all);
      if (says.textContent !== text) {
        says.textContent = text;
        const seen = rule.querySelector("input");
        if (seen) seen.checked = false;
      }
    }
    rule.hidden = !found;
  }

  function add() {
    let [all, whole] = [0, true];
    const sums = new Map();
    for (const field of fields.filter((f) => f.dataset.group)) {
      const votes = number(field.value.trim());
      const sum = sums.get(field.dataset.group) || { votes: 0, whole: true };
      sums.set(field.dataset.group, { votes: sum.votes + (votes ?? 0), whole: sum.whole && votes !== null });
      all += votes ?? 0;
      whole = whole && votes !== null;
    }
    const put = (name, votes, done) => {
      const out = document.getElementById(name);
      if (!out) return;
      out.textContent = done ? group(votes) : `${group(votes)} …`;
      out.classList.toggle("so-far", !done);
    };
    sums.forEach((sum, name) => put(`sum-${name}`, sum.votes, sum.whole));
    put("sum-all", all, whole);
    const [valid, none, ballots, electors] = ["valid", "null", "ballots", "electors"].map(value);
    // Where blank votes are not counted apart there is no field, and there are none.
    const blank = form.elements.blank ? value("blank") : 0;
    const ours = valid ?? (whole ? all : null);
    put("sum-cast", (valid ?? all) + (blank ?? 0) + (none ?? 0), ours !== null && blank !== null && none !== null);
    const cast = ballots ?? (ours === null ? null : ours + (blank ?? 0) + (none ?? 0));
    show("S202", whole && valid !== null && fields.some((f) => f.dataset.group)
      && { sum: all, valid, holds: (rule) => beyond(rule, all, valid) });
    show("S203", cast !== null && electors !== null
      && { ballots: cast, electors, holds: (rule) => cast > electors && beyond(rule, cast, electors) });
    show("S204", ours !== null && blank !== null && none !== null && ballots !== null
      && { valid: ours, blank, null: none, ballots, holds: (rule) => beyond(rule, ours + blank + none, ballots) });
    const n = [...form.querySelectorAll("[data-rule]")].filter((rule) => !rule.hidden).length;
    const quiet = document.getElementById("no-findings");
    if (quiet) quiet.hidden = n > 0;
    const count = document.getElementById("n-findings");
    if (count) {
      count.hidden = n === 0;
      count.textContent = `${count.dataset.says} ${n}`;
    }
  }

  // Findings that need more than the sheet come with the answer to a draft.
  function hear(findings) {
    for (const rule of form.querySelectorAll("[data-far]")) {
      const found = findings.find((f) => f.code === rule.dataset.rule);
      if (found) rule.querySelector(".says").textContent = found.says;
      rule.hidden = !found;
    }
    add();
  }

  // --- drafts --------------------------------------------------------------------------------------------------
  const typed = () => Object.fromEntries(fields.map((field) => [field.name, field.value]));

  function forget(but) {
    try {
      Object.keys(localStorage).filter((name) => name.startsWith(KEPT) && name !== but)
        .forEach((name) => localStorage.removeItem(name));
    } catch { /* storage is switched off: the server's drafts remain */ }
  }

  function keep() {
    try {
      localStorage.setItem(key, JSON.stringify({ revision, at: at && at.name, typed: typed() }));
    } catch { /* as above */ }
  }

  function restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(key) || "null");
      if (!kept || kept.revision <= revision) return null;
      for (const field of fields) {
        const value = kept.typed[field.name];
        if (typeof value === "string") field.value = worded(value);
      }
      revision = kept.revision;
      form.elements.revision.value = String(revision);
      return fields.find((field) => field.name === kept.at) || null;
    } catch { /* nothing readable was kept */ }
    return null;
  }

  function send(leaving) {
    if (revision === sent || saving) return;
    const body = new URLSearchParams(new FormData(form));
    if (leaving && navigator.sendBeacon && navigator.sendBeacon("/entry/draft", body)) {
      sent = revision;
      return;
    }
    const now = revision;
    fetch("/entry/draft", { method: "POST", body, keepalive: true, headers: { accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
      .then((answer) => { sent = now; if (revision === now) hear(answer.findings || []); })
      .catch(() => { /* the next one tries again */ });
  }

  let saving = false;
  setInterval(() => send(false), EVERY_MS);
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(true); });
  window.addEventListener("pagehide", () => send(true));
  form.addEventListener("submit", (event) => {
    if (saving) return event.preventDefault();
    saving = true;
    return undefined;
  });
  // A page that comes back from the browser's memory may have been saved since.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.replace("/entry"); });

  // --- keys ----------------------------------------------------------------------------------------------------
  const keys = document.getElementById("keys");
  const openKeys = () => { if (keys && keys.showModal && !keys.open) keys.showModal(); };
  const keysButton = document.getElementById("show-keys");
  if (keysButton) {
    keysButton.hidden = false;
    keysButton.addEventListener("click", openKeys);
  }
  for (const button of form.querySelectorAll("[data-word]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (!at) return;
      put(at, WORDS[button.dataset.word]);
      step(1);
    });
  }
  const saveButton = document.getElementById("save");

  function step(by) {
    const next = fields[fields.indexOf(at) + by];
    if (next) {
      next.focus();
      next.select();
    } else if (by > 0 && saveButton) {
      saveButton.focus();
    }
  }

  function attend(field) {
    at = field;
    document.dispatchEvent(new CustomEvent("look", { detail: field.dataset.crop || "" }));
  }

  function pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const field = event.target;
    const last = field === fields[fields.length - 1];
    if (event.key === "Enter") {
      event.preventDefault();
      if (last) form.requestSubmit(saveButton);
      else step(1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "b" || event.key === "B" || event.key === "i" || event.key === "I") {
      event.preventDefault();
      put(field, WORDS[event.key.toLowerCase()]);
    } else if (isWord(field.value) && (event.key === "Backspace" || event.key === "Delete")) {
      event.preventDefault();
      put(field, "");
    } else if (/^[0-9]$/.test(event.key) && isWord(field.value)) {
      event.preventDefault();
      put(field, event.key);
    } else if (event.key.length === 1 && event.key !== "?" && !/^[0-9]$/.test(event.key)) {
      event.preventDefault();
    }
  }

  for (const field of fields) {
    field.addEventListener("keydown", pressed);
    field.addEventListener("input", () => changed(field));
    field.addEventListener("focus", () => attend(field));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      openKeys();
    } else if (event.key === "Escape" && !(keys && keys.open) && at && event.target !== at) {
      event.preventDefault();
      at.focus();
    }
  });
  if (keys) keys.addEventListener("close", () => { if (at) at.focus(); });

  forget(key);
  const left = restore();
  fields.forEach((field) => field.classList.toggle("worded", isWord(field.value)));
  add();
  const wrong = fields.find((field) => field.getAttribute("aria-invalid") === "true");
  const empty = fields.find((field) => field.value === "");
  const start = wrong || left || empty || fields[0];
  if (start) {
    // A window that is not in front tells of no focus.
    attend(start);
    start.focus();
    if (start !== left) start.select();
  }
})();
