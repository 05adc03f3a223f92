// Draws the timeline of a site, in which bookings and blocks are dragged. The tables and forms of the page do the same without it.
"use strict";
{
  const MINUTE = 60_000;
  const root = document.getElementById("timeline");
  const said = document.getElementById("timeline-said");
  const read = () => document.querySelector("#live-plan data").value;
  // Places on the axis and times of the site are handled as if they were times in UTC, so that the zone of the browser has no part in them.
  const parse = (place) => Date.parse(`${place}Z`);
  const local = (at) => new Date(at).toISOString().slice(0, 16);
  const sentence = (...parts) => parts.filter(Boolean).join(", ");
  const lineOf = (id) => plan.lines.find((line) => line.id === id);
  const barOf = (id) => plan.bars.find((bar) => bar.id === id);
  const textOf = ({ name, state }) => sentence(name, plan.states[state]);
  const isBlock = ({ state }) => state === "block";
  const pageOf = (bar) => (isBlock(bar) ? `/manage/resources/${plan.lines[bar.line].id}/blocks/${bar.id}` : `/bookings/${bar.id}`);
  /** A sentence about a bar: there is one for bookings, and one for blocks. */
  const wordOf = (bar, word) => plan.words[isBlock(bar) ? `${word}_block` : word];
  const aboutBar = (bar) => (bar ? sentence(bar.time, textOf(bar), bar.price) : "");

  let drawn = read();
  let plan = JSON.parse(drawn);
  let isBusy = false;
  let isStale = false;
  /** The bar that was moved last, as it was before, until the page shows where it is now. */
  let moved = null;

  /** The piece of the axis that has a place: the first of two, where the clocks show a time twice. */
  function pieceAt(place) {
    const has = (piece) => place < parse(piece.at) + piece.minutes * MINUTE;
    return plan.pieces.find(has) ?? plan.pieces.at(-1);
  }

  /** The instant at a place; a time that the clocks skip is the end of the gap. */
  function instantAt(place) {
    const piece = pieceAt(place);
    const passed = place - parse(piece.at);
    return Date.parse(piece.instant) + (piece === plan.pieces[0] ? passed : Math.max(passed, 0));
  }

  /** The place that is some minutes after the begin of the axis. */
  const placeAt = (minutes) => parse(`${plan.first}T00:00`) + minutes * MINUTE;

  /** The time of the site at a place, as forms take it. */
  const wallAt = (place) => local(instantAt(place) + pieceAt(place).offset * MINUTE);

  function element(name, text, attributes = {}) {
    return Object.assign(document.createElement(name), { textContent: text }, attributes);
  }

  /** Shows a message with links and buttons, or nothing. */
  function say(kind, ...parts) {
    const paragraph = element("p", "");
    paragraph.append(...parts.flatMap((part) => [part, " "]));
    said.className = kind;
    said.replaceChildren(...(parts.length ? [paragraph] : []));
  }

  /** Sends the form of the page that moves a booking or a block. A bar that the service refuses goes back. */
  async function move(bar, slot, revert) {
    const page = pageOf(bar);
    isBusy = true;
    try {
      const [path, form] = isBlock(bar)
        ? [page, { reason: bar.name, action: "save" }]
        : [`${page}/move`, { resource: slot.resource }];
      const body = new URLSearchParams({ starts_at: slot.starts_at, ends_at: slot.ends_at, version: bar.version, ...form });
      const response = await fetch(path, { method: "POST", body });
      const { pathname } = new URL(response.url);
      if (response.ok && pathname === page) {
        refresh().then((isFresh) => {
          if (!isFresh) return;
          moved = bar;
          draw();
        });
        return;
      }
      revert();
      if (response.redirected) {
        // The session has ended: this page leads to the sign-in, and back.
        location.reload();
        return;
      }
      const refusal = new DOMParser().parseFromString(await response.text(), "text/html");
      const problem = refusal.querySelector(".problem");
      // Other slots are for new bookings.
      problem?.querySelector("ul")?.previousElementSibling.remove();
      const sentences = [...(problem?.querySelectorAll("p") ?? [])];
      say("problem", element("strong", wordOf(bar, "refused")), sentences.map((sentence) => sentence.textContent.trim()).join(" "));
      // The bar has changed at another desk: the form has a table of that, and the page shows it from now on.
      const changed = refusal.getElementById("changed");
      if (changed) said.append(changed);
      if (response.status === 412) refresh();
    } catch {
      revert();
      say("problem", wordOf(bar, "failed"));
    } finally {
      isBusy = false;
      if (isStale) draw();
    }
  }

  function send(bar, resource, from, until, revert) {
    say("");
    const [starts_at, ends_at] = [from, until].map((at) => new Date(at).toISOString());
    return move(bar, { starts_at, ends_at, resource }, revert);
  }

  /** The page of a form, `offer` or `block`, with times of the site. */
  function formOf(line, name, starts_at, ends_at) {
    const query = new URLSearchParams({ starts_at, ends_at });
    return `/manage/resources/${line.id}/${name}?${query}`;
  }

  /** Offers the forms for a free time, in steps of the resource. */
  function choose({ startStr, endStr, resource }) {
    const line = lineOf(resource.id);
    const step = line.grid * MINUTE;
    const from = Math.floor(parse(startStr) / step) * step;
    const until = Math.ceil(parse(endStr) / step) * step;
    const form = (name, text) => element("a", text, { className: "button", href: formOf(line, name, wallAt(from), wallAt(until)) });
    const leave = element("button", plan.words.leave, { className: "plain", type: "button", onclick: () => calendar.unselect() });
    const time = `${line.name}, ${wallAt(from).slice(11)}-${wallAt(until).slice(11)}`;
    say("done", `${plan.words.free} ${time}`, form("offer", plan.words.offer), form("block", plan.words.block), leave);
  }

  const events = () => plan.bars.map((bar) => ({
    id: bar.id,
    resourceIds: [plan.lines[bar.line].id],
    start: new Date(placeAt(bar.start)).toISOString().slice(0, 19),
    end: new Date(placeAt(bar.end)).toISOString().slice(0, 19),
    title: textOf(bar),
    classNames: [`bar-${bar.state}`],
    startEditable: bar.can_move,
    durationEditable: bar.can_end,
  }));

  const resources = () => plan.lines.map(({ id, name }) => ({ id, title: name }));

  function labelOf({ resource }) {
    const line = lineOf(resource.id);
    if (!line) return "";
    const parts = [element("a", line.name, { href: `/resources/${line.id}` })];
    if (line.is_broken) parts.push(element("span", plan.words.broken, { className: "fault" }));
    // At nine in the morning of the first day.
    const times = [9 * 60, 9 * 60 + line.usual].map((minutes) => local(placeAt(minutes)));
    for (const name of ["block", "offer"]) {
      const href = formOf(line, name, ...times);
      const link = element("a", plan.words[name], { className: "small", href });
      link.append(element("span", ` ${line.name}`, { className: "hidden" }));
      parts.push(link);
    }
    return { domNodes: parts.flatMap((part) => [part, " "]).map((part) => (typeof part === "string" ? document.createTextNode(part) : part)) };
  }

  const slotTime = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;

  const calendar = EventCalendar.create(root, {
    view: "resourceTimelineDay",
    date: plan.first,
    duration: { days: plan.days },
    headerToolbar: { start: "", center: "", end: "" },
    height: "auto",
    timeZone: plan.clock ?? "UTC",
    nowIndicator: plan.clock !== null,
    slotDuration: slotTime(plan.slot_minutes),
    slotLabelInterval: slotTime(plan.slot_minutes),
    slotMaxTime: slotTime(plan.day_minutes),
    slotWidth: plan.slot_width,
    snapDuration: slotTime(plan.snap_minutes),
    scrollTime: "07:00",
    dayHeaderFormat: () => "",
    slotLabelFormat: () => "",
    editable: true,
    selectable: true,
    unselectCancel: "#timeline-said",
    resources: resources(),
    events: events(),
    resourceLabelContent: labelOf,
    eventContent: ({ event }) => ({ domNodes: [element("span", event.title, { title: aboutBar(barOf(event.id)) })] }),
    eventClick: ({ event }) => {
      const bar = barOf(event.id);
      if (bar) location.assign(pageOf(bar));
    },
    eventDragStart: () => { isBusy = true; },
    eventResizeStart: () => { isBusy = true; },
    eventDragStop: () => { isBusy = false; },
    eventResizeStop: () => { isBusy = false; },
    eventDrop: ({ event, delta, revert }) => {
      const bar = barOf(event.id);
      const [resource] = event.resourceIds;
      const isElsewhere = resource !== plan.lines[bar.line].id;
      if (!delta?.seconds && !isElsewhere) return;
      if (isBlock(bar) && isElsewhere) {
        revert();
        say("problem", element("strong", wordOf(bar, "refused")), plan.words.stays);
        return;
      }
      const from = delta?.seconds ? instantAt(placeAt(bar.start) + delta.seconds * 1000) : bar.from;
      // A bar keeps its length, also over the hour that the clocks show twice.
      send(bar, resource, from, from + bar.until - bar.from, revert);
    },
    eventResize: ({ event, endDelta, revert }) => {
      const bar = barOf(event.id);
      if (!endDelta?.seconds) return;
      send(bar, plan.lines[bar.line].id, bar.from, instantAt(placeAt(bar.end) + endDelta.seconds * 1000), revert);
    },
    select: choose,
    unselect: () => say(""),
  });

  /** Writes the days and hours above the axis. */
  function label() {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const text = plan.labels[time.dateTime];
      if (text !== undefined && time.textContent !== text) time.textContent = text;
    }
  }

  /** Draws the plan of the page anew, but not while somebody drags. */
  function draw() {
    isStale = isBusy;
    if (isBusy) return;
    if (drawn !== read()) {
      drawn = read();
      plan = JSON.parse(drawn);
      calendar.setOption("resources", resources());
      calendar.setOption("events", events());
    }
    if (moved) {
      const bar = barOf(moved.id);
      const price = bar && bar.price !== moved.price ? [`${plan.words.price} ${bar.price} (${plan.words.before} ${moved.price}).`] : [];
      say("done", wordOf(moved, "moved"), ...(bar ? [`${aboutBar(bar)}.`] : []), ...price);
      moved = null;
    }
  }

  document.getElementById("timeline-part").hidden = false;
  document.getElementById("lanes").open = false;
  // The library draws when it has time.
  new MutationObserver(label).observe(root, { childList: true, subtree: true });
  label();
  document.addEventListener("live", draw);
  document.addEventListener("pointercancel", () => {
    isBusy = false;
    if (isStale) draw();
  });
}
