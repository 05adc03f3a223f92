// The main job with the client of @hey-api/openapi-ts.
import { createClient } from "./hey/client/index.js";
import {
  cancelBooking, createBooking, createOrganization, createResource, createSite, login, register, searchAvailable, verifyEmail,
} from "./hey/sdk.gen.js";
import { baseUrl, check, codeFor, received, site, slot } from "./mails.ts";

const client = createClient({ baseUrl });

async function join(name: string): Promise<{ headers: { Authorization: string }; email: string; organization: string }> {
  const email = `${name.toLowerCase()}@hey.example`;
  const password = "correct horse battery staple";
  await register({ client, body: { name, email, password }, throwOnError: true });
  await verifyEmail({ client, body: { token: await codeFor(email) }, throwOnError: true });
  const tokens = await login({ client, body: { email, password }, throwOnError: true });
  const headers = { Authorization: `Bearer ${tokens.data.access_token}` };
  const founded = await createOrganization({ client, headers, body: { kind: "firm", name: `${name} Works` }, throwOnError: true });
  return { headers, email, organization: founded.data.id };
}

const host = await join("Hannah");
const opened = await createSite({
  client, headers: host.headers, path: { id: host.organization }, body: site, throwOnError: true,
});
const listed = await createResource({
  client,
  headers: host.headers,
  path: { id: opened.data.id },
  body: {
    kind: "machine", name: "Hey lathe", category: "lathe", status: "listed",
    tariff: { currency: "GBP", rate: 1200, per: "hour" },
  },
  throwOnError: true,
});
const customer = await join("Carl");
const times = slot();
const found = await searchAvailable({ client, query: { q: "hey lathe", ...times }, throwOnError: true });
check(found.data.items.some((one) => one.resource_id === listed.data.id), "an offer");
const wish = { organization_id: customer.organization, resource_id: listed.data.id, ...times };
const booked = await createBooking({ client, headers: customer.headers, body: wish, throwOnError: true });
check(booked.data.status === "confirmed" && booked.data.price.amount === 2400, "a confirmed booking for 24.00");
const again = await createBooking({ client, headers: customer.headers, body: wish });
check(again.error?.code === "slot_unavailable", "the slot is taken");
check((await received(customer.email, 2)).length === 2 && (await received(host.email, 2)).length === 2, "a mail to each side");
const cancelled = await cancelBooking({ client, headers: customer.headers, path: { id: booked.data.id }, body: {}, throwOnError: true });
check(cancelled.data.status === "cancelled", "a cancelled booking");
console.log("@hey-api/openapi-ts: the main job is done");
