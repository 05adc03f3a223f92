// Uses the generated client as a front end does: each line must compile without a cast.
import createClient from "openapi-fetch";
import type { paths, components } from "./api.d.ts";

const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8080" });

export async function book(token: string): Promise<string> {
  const headers = { Authorization: `Bearer ${token}` };
  const { data, error, response } = await client.POST("/api/v1/bookings", {
    headers,
    body: { organization_id: "o", resource_id: "r", starts_at: "2026-12-01T10:00:00Z", ends_at: "2026-12-01T11:00:00Z" },
  });
  if (error !== undefined) {
    switch (error.code) {
      case "slot_unavailable":
        return (error.alternatives ?? []).map((one) => one.resource_name).join();
      case "booking_rules_violated":
        return (error.violations ?? []).map((one) => one.code).join();
      default:
        return `${response.status} ${error.detail}`;
    }
  }
  const booking: components["schemas"]["Booking"] = data;
  const until: string | null = booking.expires_at;
  const status: string = booking.status;
  return `${booking.id} ${status} ${booking.price.amount} ${until ?? "-"}`;
}

export async function all(): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const query: { cursor?: string; limit: number } = cursor === null ? { limit: 200 } : { limit: 200, cursor };
    const { data, error } = await client.GET("/api/v1/resources", { params: { query } });
    if (error !== undefined) throw new Error(error.detail);
    names.push(...data.items.map((one) => one.name));
    cursor = data.next_cursor;
  } while (cursor !== null);
  return names;
}

export async function block(id: string): Promise<void> {
  await client.POST("/api/v1/resources/{id}/blocks", {
    params: { path: { id } },
    body: { starts_at: "2026-12-01T10:00:00Z", ends_at: "2026-12-01T11:00:00Z" },
  });
  await client.DELETE("/api/v1/resources/{id}/blocks/{block}", { params: { path: { id, block: id }, query: { scope: "following" } } });
  await client.DELETE("/api/v1/resources/{id}/blocks/{block}", { params: { path: { id, block: id } } });
  await client.PATCH("/api/v1/resources/{id}", { params: { path: { id } }, body: { name: "Lathe" } });
  await client.POST("/api/v1/organizations", { body: { kind: "firm", name: "Rotor Works" } });
  await client.POST("/api/v1/sites/{id}/resources", {
    params: { path: { id } },
    body: { kind: "machine", name: "Lathe", category: "lathe", tariff: { currency: "GBP", rate: 1200, per: "hour" } },
  });
}
