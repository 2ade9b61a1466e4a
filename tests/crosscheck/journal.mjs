// Verifies an exported journal by the description in docs/journal.md alone, with node's own crypto.
// Reads a JSON array of ["verify", text] from standard input, writes the array of results: counts, head, and what is wrong by position.
import crypto from 'node:crypto';

const fields = ['position', 'id', 'streamId', 'version', 'type', 'schemaVersion', 'description', 'metadata', 'performedBy', 'actorKind',
  'performedAt', 'recordedAt', 'correlationId', 'corrects'];

const field = value => {
  const text = Buffer.from(value === null ? '' : String(value), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value === null ? 0xFFFFFFFF : text.length);
  return Buffer.concat([length, text]);
};
const eight = number => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(number));
  return bytes;
};
const sha256 = (...parts) => crypto.createHash('sha256').update(Buffer.concat(parts)).digest();

const verify = text => {
  const keys = {}, wrong = [];
  let entries = 0, blocks = 0, unsealed = 0, previous = Buffer.alloc(32), leaves = new Map(), last = 0n, ended = false;
  for (const line of text.trimEnd().split('\n').map(l => JSON.parse(l))) {
    if (line.spki) {
      const der = Buffer.from(line.spki, 'base64');
      if (sha256(der).toString('hex').slice(0, 32) !== line.key) wrong.push(`key ${line.key}`);
      keys[line.key] = crypto.createPublicKey({ key: der, format: 'der', type: 'spki' });
    } else if (line.block) {
      for (const position of leaves.keys()) wrong.push(`removed ${position}`);
      const bytes = Buffer.from(line.leaves, 'base64');
      const hash = sha256(Buffer.from('alur journal block 1\n'), eight(line.block), Buffer.from(line.previous, 'hex'), bytes);
      if (line.previous !== previous.toString('hex') || line.block !== blocks + 1) wrong.push(`chain ${line.block}`);
      const signature = Buffer.from(line.signature, 'base64');
      if (!crypto.verify('sha256', hash, { key: keys[line.key], dsaEncoding: 'ieee-p1363' }, signature)) wrong.push(`signature ${line.block}`);
      leaves = new Map();
      for (let at = 0; at < bytes.length; at += 40) leaves.set(bytes.readBigInt64BE(at), bytes.subarray(at + 8, at + 40));
      [blocks, previous, last] = [line.block, hash, bytes.readBigInt64BE(bytes.length - 40)];
    } else if (line.entry) {
      entries++;
      const position = BigInt(line.entry.position), leaf = leaves.get(position);
      if (position > last) unsealed++;
      else if (!leaf) wrong.push(`added ${position}`);
      else if (!leaf.equals(sha256(...fields.map(name => field(line.entry[name]))))) wrong.push(`changed ${position}`);
      leaves.delete(position);
    } else if (line.end) {
      ended = line.entries === entries && line.blocks === blocks;
    }
  }
  for (const position of leaves.keys()) wrong.push(`removed ${position}`);
  if (!ended) wrong.push('end');
  return JSON.stringify({ entries, blocks, unsealed, head: `${blocks}:${previous.toString('hex')}`, wrong });
};

let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += chunk;
process.stdout.write(JSON.stringify(JSON.parse(input).map(([, text]) => verify(text))));
