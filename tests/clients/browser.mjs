// Runs the code of docs/front-ends.md as a browser does at an origin that the service allows: with its origin, a jar for cookies, locks, and
// without headers that the service does not expose. Checks what the code writes.
import assert from "node:assert/strict";

const origin = process.env.FRONT_END;
const simple = new Set(["cache-control", "content-language", "content-type", "expires", "last-modified", "pragma"]);
const fetched = globalThis.fetch;
let cookie = null;
let preflights = 0;

async function preflight(url, method, headers) {
  const names = [...headers.keys()].filter((name) => name !== "accept" && name !== "accept-language");
  const asked = { Origin: origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": names.join(",") };
  const allowed = await fetched(url, { method: "OPTIONS", headers: asked });
  assert.equal(allowed.headers.get("access-control-allow-origin"), origin, `${method} ${url} is not allowed`);
  const listed = (name) => (allowed.headers.get(name) ?? "").toLowerCase().split(/, */);
  assert.ok(listed("access-control-allow-methods").includes(method.toLowerCase()), `${method} is not allowed`);
  for (const name of names) assert.ok(listed("access-control-allow-headers").includes(name), `the header ${name} is not allowed`);
  preflights += 1;
}

globalThis.fetch = async (url, options = {}) => {
  const [headers, method] = [new Headers(options.headers), options.method ?? "GET"];
  await preflight(url, method, headers);
  const is_included = options.credentials === "include";
  headers.set("origin", origin);
  headers.set("sec-fetch-site", "same-site");
  if (is_included && cookie !== null) headers.set("cookie", cookie);
  const response = await fetched(url, { ...options, headers });
  assert.equal(response.headers.get("access-control-allow-origin"), origin);
  if (is_included) {
    assert.equal(response.headers.get("access-control-allow-credentials"), "true");
    const set = response.headers.getSetCookie();
    if (set.length > 0) {
      assert.match(set[0], /HttpOnly/);
      cookie = set[0].split(";")[0];
    }
  }
  const exposed = (response.headers.get("access-control-expose-headers") ?? "").toLowerCase().split(/, */);
  const hidden = [...response.headers.keys()].filter((name) => !simple.has(name) && !exposed.includes(name));
  const get = response.headers.get.bind(response.headers);
  response.headers.get = (name) => (hidden.includes(name.toLowerCase()) ? null : get(name));
  return response;
};
let last = Promise.resolve();
const locks = { request: (_name, work) => (last = last.then(work)) };
Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });

const written = [];
console.log = (...values) => written.push(values);
await import("./front-end.mjs");

const text = JSON.stringify(written);
const [quote, held, confirmed, taken, stale, invalid, ...rest] = written;
assert.match(quote[0], /^\d+(\.\d+)? [A-Z]{3}$/, text);
assert.deepEqual([quote[1], held[0], held[1], typeof held[2]], [[], true, "held", "string"], text);
assert.deepEqual(confirmed, ["confirmed"], text);
assert.ok(taken[0].length > 1 && !taken[0][0].includes("not refused"), text);
assert.deepEqual([stale[0][0], stale[0].length], ["read again", 2], text);
assert.match(invalid[0][0], /^\/ends_at: /, text);
// Problems are in the language that the code asks for.
assert.match(`${taken[0][0]} ${stale[0][1]}`, /\b(de|het|een|niet|is)\b/, text);
assert.ok(rest.length >= 2 && rest.slice(0, -1).every((line) => /^\d{4}-/.test(line[0])), text);
assert.deepEqual(rest.at(-1), ["booking.cancel", "cancelled"], text);
assert.ok(cookie !== null && preflights > 10);
process.stdout.write("docs/front-ends.md: the first booking is made\n");
process.exit(0);
