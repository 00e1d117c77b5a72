// A plain AMQP consumer with a queue of its own. It reads each message as a CloudEvent with the
// reference library, which validates it, and prints a line a message:
//
//   event {"contentType": …, "routingKey": …, "messageId": …, "event": …}
//   refused <why>
import { connect } from "amqplib";
import { CloudEvent, HTTP } from "cloudevents";

const connection = await connect(process.env.RABBIT_MQ_URI!);
const channel = await connection.createChannel();
await channel.assertQueue("warehouse", { durable: true });
await channel.bindQueue("warehouse", "orderflow.events", "order.#");

function read(contentType: string, body: string) {
  const event = HTTP.toEvent({ headers: { "content-type": contentType }, body });
  if (!(event instanceof CloudEvent)) throw new Error("it is no single event");
  event.validate();
  return event;
}

await channel.consume("warehouse", (message) => {
  if (message === null) throw new Error("the queue is gone");
  const { contentType, messageId } = message.properties;
  try {
    const event = read(contentType, message.content.toString());
    const routingKey = message.fields.routingKey;
    console.log(`event ${JSON.stringify({ contentType, routingKey, messageId, event })}`);
  } catch (error) {
    console.log(`refused ${error}`);
  }
  channel.ack(message);
});
console.log("listening");
