// Says that files are on their way, and keeps the button from being pressed twice.
"use strict";
(() => {
  const form = document.getElementById("upload");
  if (!form) return;
  form.addEventListener("submit", () => {
    document.getElementById("sending").hidden = false;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
  // A page that the browser kept shows the form as it was.
  addEventListener("pageshow", () => {
    document.getElementById("sending").hidden = true;
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  });
})();
