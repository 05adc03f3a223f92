// A provider that the OpenID Foundation has certified (npm: oidc-provider), on loopback. Two clients: ID tokens with RS256, and with ES256.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const key = (kind, options, kid, alg) => {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: "jwk" }), kid, alg, use: "sig" };
};
const client = (client_id, alg, token_endpoint_auth_method) => ({
  client_id,
  client_secret: "a secret: & % + /=",
  redirect_uris: [back],
  response_types: ["code"],
  grant_types: ["authorization_code"],
  token_endpoint_auth_method,
  id_token_signed_response_alg: alg,
});
const provider = new Provider(issuer, {
  clients: [client("basic", "RS256", "client_secret_basic"), client("post", "ES256", "client_secret_post")],
  clientAuthMethods: ["client_secret_basic", "client_secret_post"],
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
  jwks: { keys: [key("rsa", { modulusLength: 2048 }, "r", "RS256"), key("ec", { namedCurve: "P-256" }, "e", "ES256")] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: id !== "eve", name: `${id} of the provider` }),
  }),
  cookies: { keys: ["only for this run"] },
});
provider.listen(port, "127.0.0.1", () => console.log(`listening on ${issuer}`));
