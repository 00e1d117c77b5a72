// A NestJS microservice that bills in place of the billing module. It takes orders from the queue of
// billing, acknowledges each by hand when its answer is with the broker, and prints a line a message:
//
//   billed <order id> <status> [again]
//   left <order id>        (a request to cancel, which nobody fulfils)
//
// With BILLING_ACKNOWLEDGES=no it answers and never acknowledges. With BILLING_ASSERTS=yes it
// declares the queue itself, with the arguments that it has.
import "reflect-metadata";

import { Controller, Inject, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import {
  ClientProxy,
  ClientsModule,
  Ctx,
  EventPattern,
  type MicroserviceOptions,
  Payload,
  RmqContext,
  RmqRecordBuilder,
  Transport,
} from "@nestjs/microservices";
import { lastValueFrom } from "rxjs";

interface OrderCreated {
  orderId: string;
  userId: string;
  email?: string;
  currency: string;
  totalAmount: number;
  paymentMethod?: string;
}

const environment = process.env;
const broker = environment.RABBIT_MQ_URI!;
const billingQueue = environment.RABBIT_MQ_BILLING_QUEUE ?? "orderflow.billing";
const ordersQueue = environment.RABBIT_MQ_ORDERS_QUEUE ?? "orderflow.orders";
const otherHearers = ["orderflow.notifications", "orderflow.users", "orderflow.webhooks"];
const acknowledges = environment.BILLING_ACKNOWLEDGES !== "no";

function bill(order: OrderCreated) {
  const answer = {
    orderId: order.orderId,
    userId: order.userId,
    ...(order.email && { email: order.email }),
    currency: order.currency,
    amount: order.totalAmount,
  };
  return order.paymentMethod === "pm_empty"
    ? { ...answer, status: "PAYMENT_DECLINED", reasons: ["the card is empty"] }
    : { ...answer, status: "PROCESSED", paymentId: `nest-${order.orderId}` };
}

@Controller()
class Billing {
  constructor(@Inject("ORDERS") private readonly orders: ClientProxy) {}

  @EventPattern("order.created")
  async orderCreated(@Payload() order: OrderCreated, @Ctx() context: RmqContext) {
    const message = context.getMessage();
    const answer = new RmqRecordBuilder(bill(order))
      .setOptions({
        headers: { "orderflow-home": message.properties.headers["orderflow-home"] },
        CC: otherHearers,
      })
      .build();
    await lastValueFrom(this.orders.emit("order.processed", answer), { defaultValue: null });
    if (acknowledges) context.getChannelRef().ack(message);
    const again = message.fields.redelivered ? " again" : "";
    console.log(`billed ${order.orderId} ${answer.data.status}${again}`);
  }

  @EventPattern("order.cancel_requested")
  cancelRequested(@Payload() request: { orderId: string }, @Ctx() context: RmqContext) {
    context.getChannelRef().ack(context.getMessage());
    console.log(`left ${request.orderId}`);
  }
}

@Module({
  imports: [
    ClientsModule.register([
      {
        name: "ORDERS",
        transport: Transport.RMQ,
        options: { urls: [broker], queue: ordersQueue, noAssert: true },
      },
    ]),
  ],
  controllers: [Billing],
})
class BillingModule {}

const ownArguments = {
  durable: true,
  arguments: {
    "x-queue-type": "quorum",
    "x-delivery-limit": 50,
    "x-dead-letter-exchange": "orderflow.dead",
    "x-dead-letter-routing-key": "billing",
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
  },
};

const queue =
  environment.BILLING_ASSERTS === "yes"
    ? { queue: billingQueue, queueOptions: ownArguments }
    : { queue: billingQueue, noAssert: true };

const service = await NestFactory.createMicroservice<MicroserviceOptions>(BillingModule, {
  transport: Transport.RMQ,
  options: { urls: [broker], noAck: false, prefetchCount: 16, ...queue },
  logger: ["error", "warn"],
});
service.enableShutdownHooks();
await service.listen();
console.log("billing");
