// Reads topics from their beginning with a client that is not ours, and prints each message as a line of JSON: node kafka.mjs BROKERS TOPIC...
import { Kafka, logLevel } from 'kafkajs';

const [brokers, ...topics] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'reader', brokers: brokers.split(','), logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, maxRetryTime: 200, retries: 1000 } });
const consumer = kafka.consumer({ groupId: `reader-${process.pid}`, maxWaitTimeInMs: 50, sessionTimeout: 3000, rebalanceTimeout: 3000, heartbeatInterval: 500 });
const texts = headers => Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, value.toString()]));

process.stdin.resume().on('end', () => process.exit(0)); // whoever started us is gone
await consumer.connect();
await consumer.subscribe({ topics, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, partition, message }) => console.log(JSON.stringify({
    topic, partition, offset: Number(message.offset), key: message.key?.toString(), timestamp: Number(message.timestamp), headers: texts(message.headers), value: message.value.toString(),
  })),
});
