// Sends one event as a NestJS service does: send.js <queue> <kind> <payload as JSON> [further queue…].
// SAY_HOME names the node that it is for.
import "reflect-metadata";

import { ClientProxyFactory, RmqRecordBuilder, Transport } from "@nestjs/microservices";
import { lastValueFrom } from "rxjs";

const [queue, kind, payload, ...copies] = process.argv.slice(2);
const client = ClientProxyFactory.create({
  transport: Transport.RMQ,
  options: { urls: [process.env.RABBIT_MQ_URI!], queue, noAssert: true },
});
const data = JSON.parse(payload);
const home = process.env.SAY_HOME;
const options = {
  ...(copies.length > 0 && { CC: copies }),
  ...(home && { headers: { "orderflow-home": home } }),
};
const isPlain = Object.keys(options).length === 0;
const record = isPlain ? data : new RmqRecordBuilder(data).setOptions(options).build();
await lastValueFrom(client.emit(kind, record), { defaultValue: null });
await client.close();
console.log("sent");
