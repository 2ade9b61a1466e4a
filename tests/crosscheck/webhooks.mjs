// Verifies signatures of webhooks: as the public library of Standard Webhooks does, and as a receiver does who has read docs/webhooks.md and has node's own crypto.
// Reads a JSON array of ["library" | "own", secret, id, timestamp, signature, body] from standard input, writes the array of results: "true" or "false".
import crypto from 'node:crypto';
import { Webhook } from 'standardwebhooks';

const operations = {
  library: (secret, id, timestamp, signature, body) => {
    try {
      new Webhook(secret).verify(body, { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature });
      return 'true';
    } catch {
      return 'false';
    }
  },
  own: (secret, id, timestamp, signature, body) => {
    if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return 'false';
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const wanted = crypto.createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
    return String(signature.split(' ').some(one => {
      const given = Buffer.from(one.startsWith('v1,') ? one.slice(3) : '', 'base64');
      return given.length === wanted.length && crypto.timingSafeEqual(given, wanted);
    }));
  },
};

let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += chunk;
process.stdout.write(JSON.stringify(JSON.parse(input).map(([operation, ...args]) => operations[operation](...args))));
