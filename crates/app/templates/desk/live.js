// Keeps what a page shows current: elements with data-live="URL" are fetched again when the desk says that something
// changed. One element is never replaced while somebody types or stands in it, and nothing is read aloud.
"use strict";
(() => {
  const parts = () => [...document.querySelectorAll("[data-live]")];
  if (!parts().length || !window.EventSource) return;
  let shown = null;
  let wanted = null;
  let busy = false;

  async function renew(part) {
    if (part.contains(document.activeElement)) return false;
    const answer = await fetch(part.dataset.live, { headers: { "x-live": "1" }, credentials: "same-origin", cache: "no-store" });
    if (answer.redirected || answer.status === 401 || answer.status === 403) { location.reload(); return true; }
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = part.id ? page.getElementById(part.id) : page.querySelector("[data-live]");
    if (!fresh || part.contains(document.activeElement)) return false;
    if (part.outerHTML === fresh.outerHTML) return true;
    const open = new Set([...part.querySelectorAll("details[open][id]")].map((d) => d.id));
    const across = [...part.querySelectorAll("[id]")].filter((e) => e.scrollLeft || e.scrollTop).map((e) => [e.id, e.scrollLeft, e.scrollTop]);
    part.replaceWith(document.adoptNode(fresh));
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    for (const [id, left, top] of across) document.getElementById(id)?.scrollTo(left, top);
    return true;
  }

  async function renewAll() {
    if (busy || wanted === shown || document.hidden) return;
    busy = true;
    const aim = wanted;
    let done = true;
    for (const part of parts()) {
      try { done = (await renew(part)) && done; } catch { done = false; }
    }
    if (done) shown = aim;
    busy = false;
    if (!done || wanted !== shown) setTimeout(renewAll, 1500);
  }

  const source = new EventSource("/live");
  source.onmessage = (event) => {
    if (shown === null) shown = event.data;
    wanted = event.data;
    renewAll();
  };
  document.addEventListener("visibilitychange", renewAll);
  document.addEventListener("focusout", () => setTimeout(renewAll, 0));
  addEventListener("pagehide", () => source.close());
})();
