// The main job with the types of openapi-typescript: two people register, one lists a machine, the other books and cancels it.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.d.ts";
import { baseUrl, check, codeFor, received, site, slot } from "./mails.ts";

const client = createClient<paths>({ baseUrl });
type Headers = { Authorization: string };

async function join(name: string): Promise<{ headers: Headers; email: string; organization: string }> {
  const email = `${name.toLowerCase()}@fetch.example`;
  const password = "correct horse battery staple";
  const registered = await client.POST("/api/v1/auth/register", { body: { name, email, password } });
  if (registered.error !== undefined) throw new Error(registered.error.detail);
  const verified = await client.POST("/api/v1/auth/verify-email", { body: { token: await codeFor(email) } });
  if (verified.error !== undefined) throw new Error(verified.error.detail);
  const signedIn = await client.POST("/api/v1/auth/login", { body: { email, password } });
  if (signedIn.error !== undefined) throw new Error(signedIn.error.detail);
  const headers = { Authorization: `Bearer ${signedIn.data.access_token}` };
  const founded = await client.POST("/api/v1/organizations", { headers, body: { kind: "firm", name: `${name} Works` } });
  if (founded.error !== undefined) throw new Error(founded.error.detail);
  return { headers, email, organization: founded.data.id };
}

const host = await join("Hannah");
const opened = await client.POST("/api/v1/organizations/{id}/sites", {
  headers: host.headers, params: { path: { id: host.organization } }, body: site,
});
if (opened.error !== undefined) throw new Error(opened.error.detail);
const listed = await client.POST("/api/v1/sites/{id}/resources", {
  headers: host.headers,
  params: { path: { id: opened.data.id } },
  body: {
    kind: "machine", name: "Fetch lathe", category: "lathe", status: "listed",
    tariff: { currency: "GBP", rate: 1200, per: "hour" },
  },
});
if (listed.error !== undefined) throw new Error(listed.error.detail);

const customer = await join("Carl");
const times = slot();
const found = await client.GET("/api/v1/search/available", { params: { query: { q: "fetch lathe", ...times } } });
if (found.error !== undefined) throw new Error(found.error.detail);
const offer = found.data.items.find((one) => one.resource_id === listed.data.id);
check(offer?.price?.amount === 2400, "two hours for 24.00");
const wish = { organization_id: customer.organization, resource_id: listed.data.id, ...times };
const booked = await client.POST("/api/v1/bookings", { headers: customer.headers, body: wish });
if (booked.error !== undefined) throw new Error(booked.error.detail);
const booking: components["schemas"]["Booking"] = booked.data;
check(booking.status === "confirmed" && booking.price.amount === 2400, "a confirmed booking for 24.00");
const again = await client.POST("/api/v1/bookings", { headers: customer.headers, body: wish });
check(again.error?.code === "slot_unavailable", "the slot is taken");
check((await received(customer.email, 2)).length === 2 && (await received(host.email, 2)).length === 2, "a mail to each side");
const cancelled = await client.POST("/api/v1/bookings/{id}/cancel", {
  headers: customer.headers, params: { path: { id: booking.id } }, body: {},
});
check(cancelled.data?.status === "cancelled", "a cancelled booking");
console.log("openapi-typescript: the main job is done");
