// Independent implementations of what BPJS Antrean RS asks for: npm lz-string and node's own crypto.
// Reads a JSON array of [operation, …arguments] from standard input, writes the array of results.
import crypto from 'node:crypto';
import lz from 'lz-string';

const digest = (consId, secret, timestamp) => crypto.createHash('sha256').update(consId + secret + timestamp, 'utf8').digest();

const operations = {
  compress: text => lz.compressToEncodedURIComponent(text),
  decompress: packed => lz.decompressFromEncodedURIComponent(packed),
  sign: (consId, secret, timestamp) => crypto.createHmac('sha256', secret).update(`${consId}&${timestamp}`).digest('base64'),
  key: (...parts) => digest(...parts).toString('hex'),
  iv: (...parts) => digest(...parts).subarray(0, 16).toString('hex'),
  seal: (text, ...parts) => {
    const key = digest(...parts);
    const cipher = crypto.createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
    return cipher.update(lz.compressToEncodedURIComponent(text), 'utf8', 'base64') + cipher.final('base64');
  },
  open: (sealed, ...parts) => {
    const key = digest(...parts);
    const decipher = crypto.createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
    return lz.decompressFromEncodedURIComponent(decipher.update(sealed, 'base64', 'utf8') + decipher.final('utf8'));
  },
};

let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += chunk;
const results = JSON.parse(input).map(([operation, ...args]) => operations[operation](...args));
// Lone surrogates survive as \u escapes, which JSON.stringify writes by itself.
process.stdout.write(JSON.stringify(results));
