// Says one event as a NestJS service does: say.js <queue> <kind> <payload as JSON> [further queue…].
import "reflect-metadata";

import { ClientProxyFactory, RmqRecordBuilder, Transport } from "@nestjs/microservices";
import { lastValueFrom } from "rxjs";

const [queue, kind, payload, ...copies] = process.argv.slice(2);
const client = ClientProxyFactory.create({
  transport: Transport.RMQ,
  options: { urls: [process.env.RABBIT_MQ_URI!], queue, noAssert: true },
});
const data = JSON.parse(payload);
const record = copies.length === 0 ? data : new RmqRecordBuilder(data).setOptions({ CC: copies }).build();
await lastValueFrom(client.emit(kind, record), { defaultValue: null });
await client.close();
console.log("said");
