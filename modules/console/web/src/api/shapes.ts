// What the REST interface answers, as far as this page reads it.

export interface Item {
  productId: string;
  name?: string;
  quantity: number;
  price: number;
}

export type OrderStatus =
  | "PENDING"
  | "PROCESSED"
  | "CANCELED_FRAUD"
  | "PAYMENT_DECLINED"
  | "CANCELED"
  | "REFUNDED";

export interface Order {
  id: string;
  userId: string;
  email?: string;
  currency: string;
  totalAmount: number;
  items: Item[];
  status: OrderStatus;
  reasons: string[];
  paymentMethod?: string;
  correlationId: string;
  createdAt: string;
  updatedAt: string;
  cancelRequestedAt?: string;
}

export interface TimelineEvent {
  seq: number;
  id: string;
  kind: string;
  version: number;
  origin: string;
  occurredAt: string;
  causationId: string | null;
  data: unknown;
}

export type DeliveryState = "running" | "retrying" | "parked" | "dead" | string;

export interface TimelineDelivery {
  subscription: string;
  seq: number;
  state: DeliveryState;
  attempts: number;
  nextAttemptAt: string | null;
  error: string | null;
  since: string;
}

export interface TimelineAttempt {
  subscription: string;
  seq: number;
  attempt: number;
  startedAt: string;
  durationUs: number;
  error: string | null;
  times?: number;
}

/** The answer of another node that an order waits for. */
export interface Awaited {
  module: string;
  kind: string;
  since: string;
  state: "unsent" | "sent" | string;
}

export interface Timeline {
  orderId: string;
  events: TimelineEvent[];
  deliveries: TimelineDelivery[];
  attempts: TimelineAttempt[];
  waitsFor: Awaited | null;
}

export interface Payment {
  id: string;
  orderId: string;
  amount: number;
  currency: string;
  status: string;
  attempts: number;
  paymentMethod?: string;
  gatewayReference?: string;
  declineCode?: string;
  lastError?: string;
  refundedAmount?: number;
  refundingAmount?: number;
  refunds?: string;
}

export interface Refund {
  id: string;
  amount: number;
  currency?: string;
  status: string;
  reason?: string;
  createdAt: string;
}

export interface Notification {
  id: string;
  orderId: string;
  userId: string;
  kind: string;
  channel: string;
  recipient: string | null;
  language: string;
  subject: string;
  status: string;
  attempts: number;
  error: string | null;
  skippedBecause: string | null;
  createdAt: string;
  sentAt: string | null;
}

export interface Subscription {
  name: string;
  module: string;
  kinds?: string[];
  paused: boolean;
  held: boolean;
  cursor: number;
  lag: number;
  oldestWaitingAt: string | null;
  oldestAgeSeconds: number;
  ratePerSecond: number;
  handled: number;
  failedAttempts: number;
  inFlight: number;
  overdue: number;
  retrying: number;
  parked: number;
  dead: number;
  canRebuild: boolean;
  rebuild: { generation: number; startedAt: string; position: number; upto: number } | null;
}

export interface Subscriptions {
  newest: number;
  subscriptions: Subscription[];
}

export interface SchemaEntry {
  kind: string;
  version: number;
  owner: string;
  internal: boolean;
  href: string;
}

export interface CloudEvent {
  id: string;
  type: string;
  source: string;
  subject: string;
  sequence: string;
  time: string;
  correlationid?: string;
  causationid?: string;
  dataschema?: string;
  data: unknown;
}

export interface DeadLetter {
  id: string;
  subscription: string;
  sequence: number;
  eventId: string;
  kind: string;
  key: string;
  attempts: number;
  error: string;
  failingSince: string;
  edited: boolean;
}

export interface DeadLetterDetail extends DeadLetter {
  event: CloudEvent;
  payload: unknown;
  /** What of the payload may be edited, as JSON pointers. */
  editable: string[];
  history: { attempt: number; startedAt: string; durationMs: number; error: string | null; times?: number }[];
  parkedBehind: { sequence: number; kind: string }[];
}

export type Row = Record<string, unknown> | null;

export interface DryRun {
  wouldSucceed: boolean;
  error: string | null;
  assumes?: string;
  rows: { table: string; change: "insert" | "update" | "delete"; before: Row; after: Row }[];
  rowsLeftOut: number;
  events: CloudEvent[];
}

export interface BulkReplay {
  id: string;
  requestedAt: string;
  requestedBy: string;
  filter: Record<string, string>;
  state: "running" | "finished";
  matched: number;
  replayed: number;
  finishedAt: string | null;
}

export interface Destination {
  name: string;
  circuit: string;
  lastError: string | null;
  lastFailureAt: string | null;
}

export interface Webhook {
  id: string;
  url: string;
  description: string;
  kinds: string[];
  state: "enabled" | "disabled";
  disabledBecause: string | null;
  failuresInARow: number;
  failingSince: string | null;
  previousSecretUntil: string | null;
  createdAt: string;
  waiting?: number;
  secret?: string;
}

export interface WebhookDelivery {
  sequence: string;
  key: string;
  kind: string;
  webhookId: string;
  state: string;
  attempts: number;
  nextAttemptAt: string | null;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: string;
  endedAt: string | null;
  body?: unknown;
  history?: { number: number; startedAt: string; durationMs: number; status: number | null; error: string | null }[];
}

export interface Trial {
  delivered: boolean;
  webhookId: string;
  status: number | null;
  durationMs: number;
  error: string | null;
}
