// Shows on a page what changes at other desks. The page works without it: then it shows changes when it is opened again.
"use strict";

const notice = document.getElementById("live-notice");
const status = document.getElementById("live-status");
const source = new EventSource(document.currentScript.dataset.events);
let waiting = false;
let last = Promise.resolve();

/** Replaces the parts of the page that have changed, but for a part in which somebody works: its reader decides. Says whether it could. */
async function load() {
  const response = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!response.ok || response.redirected) return false;
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
  return true;
}

/** Shows the page as it is from now on. One request follows another, so that no older page replaces a newer one. */
function refresh() {
  last = last.then(load).catch(() => {
    notice.hidden = false;
    return false;
  });
  return last;
}

source.addEventListener("message", () => {
  // Several changes in a moment are shown together.
  if (waiting) return;
  waiting = true;
  status.textContent = "";
  setTimeout(() => {
    waiting = false;
    refresh();
  }, 500);
});
