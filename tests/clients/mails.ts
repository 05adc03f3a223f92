// Reads the mails that the service has written as files, as a person reads them.
import { readdirSync, readFileSync } from "node:fs";

const folder: string = process.env["MAIL_DIR"] ?? "";
export const baseUrl: string = process.env["SERVICE_URL"] ?? "";

function mailsTo(address: string): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".eml")).sort();
  return files.map((name) => readFileSync(`${folder}/${name}`, "utf8")).filter((mail) => mail.includes(`\r\nTo: ${address}\r\n`));
}

/** Waits until an address has got so many mails, at most ten seconds, and returns them. */
export async function received(address: string, count: number): Promise<string[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const mails = mailsTo(address);
    if (mails.length >= count) return mails;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${address} has not got ${count} mails`);
}

/** The code in the first mail to an address: a line of its own. */
export async function codeFor(address: string): Promise<string> {
  const [mail] = await received(address, 1);
  const code = /\r\n([\w-]{43})\r\n/.exec(mail ?? "")?.[1];
  if (code === undefined) throw new Error(`no code in ${mail}`);
  return code;
}

export function check(holds: boolean, expected: string): void {
  if (!holds) throw new Error(`expected: ${expected}`);
}

/** The hours from ten to twelve in a week. */
export function slot(): { starts_at: string; ends_at: string } {
  const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
  return { starts_at: `${day}T10:00:00Z`, ends_at: `${day}T12:00:00Z` };
}

export const site = {
  name: "Main hall", latitude: 51.5155, longitude: -0.0922, timezone: "UTC",
  address: { line1: "1 Foundry Lane", city: "London", postal_code: "E1 1AA", country: "GB" },
};
