// Shows on a page what changes at other desks. The page works without it: then it shows changes when it is opened again.
"use strict";

const notice = document.getElementById("live-notice");
const status = document.getElementById("live-status");
const source = new EventSource(document.currentScript.dataset.events);
let waiting = false;

/** Replaces the parts of the page that have changed, but for a part in which somebody works: its reader decides. */
async function refresh() {
  waiting = false;
  const response = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  let isChanged = false;
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.innerHTML === part.innerHTML) continue;
    if (part.contains(document.activeElement)) {
      notice.hidden = false;
      continue;
    }
    const left = part.querySelector(".scroll")?.scrollLeft ?? 0;
    part.replaceChildren(...fresh.childNodes);
    part.querySelector(".scroll")?.scrollTo(left, 0);
    isChanged = true;
  }
  if (isChanged) status.textContent = status.dataset.text;
  document.dispatchEvent(new Event("live"));
}

document.addEventListener("moved", () => refresh().catch(() => { notice.hidden = false; }));

source.addEventListener("message", () => {
  // Several changes in a moment are shown together.
  if (waiting) return;
  waiting = true;
  status.textContent = "";
  setTimeout(() => refresh().catch(() => { notice.hidden = false; }), 500);
});
