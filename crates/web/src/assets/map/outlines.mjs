// Makes outlines.json of a file of the npm package world-atlas 2.0.2 (Natural Earth, public domain):
//   node outlines.mjs countries-50m.json >outlines.json
// It keeps the lines of coasts and borders, without points that are near to the line through the others, and the land as rings of lines.
import { readFileSync } from "node:fs";

/** How near, in degrees: nearer in Europe, where the languages of the pages are spoken. */
const tolerance = ([x, y]) => (x > -11 && x < 25 && y > 42 && y < 60 ? 0.02 : 0.6);

const world = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { scale, translate } = world.transform;
const degrees = (arc) => {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
};

/** The distance of a point from the line between two others, in degrees of latitude. */
function distance([x, y], [ax, ay], [bx, by]) {
  const narrow = Math.cos((y * Math.PI) / 180);
  const [dx, dy, px, py] = [(bx - ax) * narrow, by - ay, (x - ax) * narrow, y - ay];
  const length = dx * dx + dy * dy;
  const at = length ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
  return Math.hypot(px - at * dx, py - at * dy);
}

/** D. Douglas, T. Peucker, "Algorithms for the reduction of the number of points", 1973. */
function simple(points) {
  let [farthest, at] = [0, 0];
  for (let i = 1; i < points.length - 1; i++) {
    const far = distance(points[i], points[0], points.at(-1)) / tolerance(points[i]);
    if (far > farthest) [farthest, at] = [far, i];
  }
  if (farthest <= 1) return [points[0], points.at(-1)];
  return [...simple(points.slice(0, at + 1)).slice(0, -1), ...simple(points.slice(at))];
}

// Each line is its first point and the steps to the others, in hundredths of a degree.
const lines = world.arcs.map(degrees).map((points) => {
  const half = Math.floor(points.length / 2);
  const isRing = points.length > 2 && String(points[0]) === String(points.at(-1));
  return isRing ? [...simple(points.slice(0, half + 1)).slice(0, -1), ...simple(points.slice(half))] : simple(points);
});
const steps = lines.map((points) => {
  let before = [0, 0];
  return points.map((point) => point.map((value) => Math.round(value * 100))).flatMap(([x, y], at) => {
    const step = [x - before[0], y - before[1]];
    before = [x, y];
    return at && !step[0] && !step[1] ? [] : step;
  });
});

// Small islands are left out: rings of one line with fewer than four points. The end of a ring is its beginning.
const isIslet = ([line, ...others]) => !others.length && steps[line < 0 ? ~line : line].length < 8;
const land = world.objects.land.geometries.flatMap(({ arcs }) => arcs).map((rings) => rings.filter((ring) => !isIslet(ring)));
const islets = new Set(world.objects.land.geometries.flatMap(({ arcs }) => arcs.flat()).filter(isIslet).flat());
const kept = steps.map((_, line) => line).filter((line) => !islets.has(line));
const number = new Map(kept.map((line, at) => [line, at]));
const renamed = (line) => (line < 0 ? ~number.get(~line) : number.get(line));
console.log(JSON.stringify({
  lines: kept.map((line) => steps[line]),
  land: land.filter((rings) => rings.length).map((rings) => rings.map((ring) => ring.map(renamed))),
}).replaceAll("],[", "],\n["));
