// Shows the resources of a list on a map, each site as a marker that links to its resources. The page works without it: the list has
// everything that the map shows.
"use strict";

{
  const box = document.getElementById("map");
  const { zoomIn, zoomOut, tiles, attribution, outlines } = box.dataset;

  /** The sites of the list by their identifier: position, name, and the links to their resources. */
  function sites() {
    const found = new Map();
    for (const item of document.querySelectorAll("[data-site]")) {
      const { site, at, name } = item.dataset;
      if (!found.has(site)) found.set(site, { at: at.split(",").map(Number), name, links: [] });
      found.get(site).links.push(item.querySelector("h2 a"));
    }
    return [...found.values()];
  }

  function popup({ name, links }) {
    const content = document.createElement("div");
    const title = document.createElement("strong");
    title.textContent = name;
    const list = document.createElement("ul");
    for (const link of links) {
      const item = document.createElement("li");
      item.append(link.cloneNode(true));
      list.append(item);
    }
    content.append(title, list);
    return content;
  }

  function marker(site) {
    const icon = L.divIcon({ className: "pin", html: String(site.links.length), iconSize: [30, 30] });
    const pin = L.marker(site.at, { icon, title: site.name, riseOnHover: true });
    pin.on("add", () => pin.getElement().setAttribute("aria-label", `${site.name}: ${site.links.length}`));
    // Without a pointer it closes with Escape, and with one by a click on the map.
    return pin.bindPopup(() => popup(site), { closeButton: false });
  }

  /** Draws land, coasts and borders. Each line is its first point and the steps to the others, in hundredths of a degree. */
  async function drawOutlines(map) {
    const response = await fetch(outlines);
    if (!response.ok) return;
    const world = await response.json();
    const lines = world.lines.map((steps) => {
      let [x, y] = [0, 0];
      const points = [];
      for (let at = 0; at < steps.length; at += 2) {
        [x, y] = [x + steps[at], y + steps[at + 1]];
        points.push([y / 100, x / 100]);
      }
      return points;
    });
    // A ring of land is a row of lines; the number of a line that goes the other way is inverted.
    const ring = (numbers) => numbers.flatMap((number) => (number < 0 ? lines[~number].toReversed() : lines[number]));
    L.polygon(world.land.map((rings) => rings.map(ring)), { className: "land", stroke: false, interactive: false }).addTo(map);
    L.polyline(lines, { className: "outline", weight: 1, interactive: false }).addTo(map);
  }

  box.hidden = false;
  const map = L.map(box, { zoomControl: false, minZoom: 1, maxZoom: tiles ? 18 : 12 });
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  map.attributionControl.setPrefix(false);
  if (tiles) {
    // Servers of tiles may want to know which site asks, and learn no more than that.
    L.tileLayer(tiles, { attribution, maxZoom: 18, referrerPolicy: "origin" }).addTo(map);
  } else {
    map.attributionControl.addAttribution("Natural Earth");
    drawOutlines(map);
  }
  const found = sites();
  for (const site of found) marker(site).addTo(map);
  if (found.length) map.fitBounds(found.map((site) => site.at), { maxZoom: 10, padding: [30, 30] });
  else map.setView([50, 8], 4);
}
