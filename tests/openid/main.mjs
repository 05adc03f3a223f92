// Signs in to the service with the provider, as a front end and a browser do.
import assert from "node:assert/strict";

const service = `${process.env.SERVICE_URL}/api/v1`;

const call = async (method, path, body, token) => {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(service + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, ...(text && JSON.parse(text)) };
};

// A browser that follows redirects, keeps cookies and fills in the pages of the provider, until it is sent to the front end.
const visit = async (url, login) => {
  const cookies = new Map();
  let request = { method: "GET" };
  for (let step = 0; step < 20; step++) {
    if (url.startsWith("https://app.example.org/")) return Object.fromEntries(new URL(url).searchParams);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...request, redirect: "manual", headers: { ...request.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split(/=(.*)/s);
      value ? cookies.set(name, value) : cookies.delete(name);
    }
    request = { method: "GET" };
    const next = response.headers.get("location");
    if (next) {
      url = new URL(next, url).href;
      continue;
    }
    const page = await response.text();
    assert.equal(response.status, 200, page);
    const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1];
    assert.ok(action, page);
    const prompt = /name="prompt" value="([^"]*)"/.exec(page)[1];
    if (login === null) {
      url = new URL(/href="([^"]*abort)"/.exec(page)[1], url).href;
      continue;
    }
    url = new URL(action, url).href;
    request = {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ prompt, login, password: "any" }),
    };
  }
  throw new Error(`too many steps, at ${url}`);
};

const signIn = async (provider, login) => {
  const begun = await call("POST", `/auth/openid/${provider}`, {});
  assert.equal(begun.status, 200, JSON.stringify(begun));
  const { code, state, iss } = await visit(begun.authorization_url, login);
  const body = { handle: begun.handle, state, code, iss };
  return [await call("POST", `/auth/openid/${provider}/callback`, body), body];
};

const accounts = [];
for (const provider of ["basic", "post"]) {
  const [tokens, body] = await signIn(provider, "ada");
  assert.equal(tokens.status, 200, JSON.stringify(tokens));
  const me = await call("GET", "/me", undefined, tokens.access_token);
  assert.deepEqual([me.email, me.name], ["ada@example.org", "ada of the provider"]);
  accounts.push(me.id);
  assert.equal((await call("POST", `/auth/openid/${provider}/callback`, body)).code, "invalid_openid_callback");
  const identities = await call("GET", "/me/identities", undefined, tokens.access_token);
  // The issuer is the same, so it is one identity.
  assert.equal(identities.items.length, 1);
  assert.equal((await signIn(provider, "eve"))[0].code, "address_not_proven");
}
assert.equal(accounts[0], accounts[1]);
const begun = await call("POST", "/auth/openid/basic", {});
assert.equal((await visit(begun.authorization_url, null)).error, "access_denied");
console.log("people sign in with a certified provider, by RS256 and by ES256");
