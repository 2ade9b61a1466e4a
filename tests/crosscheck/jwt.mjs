// JWTs as an independent implementation (npm jose) makes and verifies them.
// Reads a JSON array of [operation, …arguments] from standard input, writes the array of results; a refusal is null.
import * as jose from 'jose';

const { publicKey, privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
const jwk = await jose.exportJWK(publicKey);
const kid = await jose.calculateJwkThumbprint(jwk);

const operations = {
  // What its own key looks like to others.
  key: () => JSON.stringify({ ...jwk, kid }),
  thumbprint: key => jose.calculateJwkThumbprint(JSON.parse(key)),
  // Signs claims as they are given, with the header that is given beside the key's id.
  sign: (claims, header) => new jose.SignJWT(JSON.parse(claims)).setProtectedHeader({ kid, ...JSON.parse(header) }).sign(privateKey),
  // Verifies with a published key set; gives the claims.
  verify: async (token, keys, issuer, audience) => {
    try {
      const { payload } = await jose.jwtVerify(token, jose.createLocalJWKSet(JSON.parse(keys)), { issuer, audience, algorithms: ['ES256'], typ: 'at+jwt' });
      return JSON.stringify(payload);
    } catch {
      return null;
    }
  },
};

let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += chunk;
const results = [];
for (const [operation, ...args] of JSON.parse(input)) results.push(await operations[operation](...args));
process.stdout.write(JSON.stringify(results));
