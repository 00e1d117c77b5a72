import { get, text } from "../api/client";
import { Problem } from "../api/problem";
import type { Subscriptions } from "../api/shapes";
import { Cell } from "./cell";
import { delta, parse_metrics, quantile, type Metrics } from "./metrics";
import { repeat } from "./polling";
import { session } from "./session";

export interface Sample {
  /** Seconds since 1970, as uPlot wants it. */
  at: number;
  accepted: number | null;
  finished: number | null;
  p50_ms: number | null;
  p99_ms: number | null;
  batch: number | null;
  commit_ms: number | null;
  /** By subscription. */
  lags: Record<string, number>;
}

export interface FlowMetrics {
  flow: Subscriptions | undefined;
  /** Events a second, by kind; empty without the scope metrics:read. */
  rates: Record<string, number>;
  history: Sample[];
}

const samples_max = 600;
const pause_ms = 1000;
const placing = 'orderflow_http_request_seconds_bucket{method="POST",route="/v1/orders",';
const read_series = [
  "orderflow_events_total{",
  placing,
  'orderflow_http_request_seconds_count{method="POST",route="/v1/orders"}',
  "orderflow_storage_batch_writes_",
  "orderflow_storage_commit_seconds_",
];

/** What the node reports about its flow, with the last minutes kept while somebody watches. */
export const flow_metrics = new Cell<FlowMetrics>({ flow: undefined, rates: {}, history: [] });

let watchers = 0;
let stop = (): void => {};
let before: { at: number; metrics: Metrics } | undefined;

/** Keeps the metrics fresh until the returned function is called. */
export function watch_flow_metrics(): () => void {
  if (watchers++ === 0) stop = repeat(take_sample, pause_ms);
  return () => {
    if (--watchers === 0) stop();
  };
}

const no_right = (error: unknown): undefined => {
  if (error instanceof Problem && error.status === 403) return undefined;
  throw error;
};

async function take_sample(signal: AbortSignal): Promise<void> {
  const { scopes } = session.get();
  const [flow, scraped] = await Promise.all([
    scopes.has("admin")
      ? get<Subscriptions>("/v1/admin/subscriptions", {}, signal).catch(no_right)
      : undefined,
    scopes.has("metrics:read") ? text("/metrics", { signal }).catch(no_right) : undefined,
  ]);
  const at = Date.now() / 1000;
  const metrics = scraped === undefined ? undefined : parse_metrics(scraped, read_series);
  const sample: Sample = { at, ...figures_between(metrics, at), lags: {} };
  for (const one of flow?.subscriptions ?? []) sample.lags[one.name] = one.lag;
  const rates = metrics && before ? rates_between(metrics, before.metrics, at - before.at) : {};
  before = metrics ? { at, metrics } : undefined;
  const history = [...flow_metrics.get().history, sample].slice(-samples_max);
  flow_metrics.set({ flow: flow ?? flow_metrics.get().flow, rates, history });
}

function rates_between(now: Metrics, last: Metrics, seconds: number): Record<string, number> {
  const rates: Record<string, number> = {};
  for (const series of now.keys()) {
    const kind = /^orderflow_events_total\{kind="([^"]+)"\}$/.exec(series)?.[1];
    if (kind) rates[kind] = delta(now, last, series) / seconds;
  }
  return rates;
}

function figures_between(now: Metrics | undefined, at: number): Omit<Sample, "at" | "lags"> {
  const none = { accepted: null, finished: null, p50_ms: null, p99_ms: null, batch: null, commit_ms: null };
  // After a pause or a restart there is nothing to compare with.
  if (!now || !before || at - before.at > 10) return none;
  const last = before.metrics;
  const seconds = at - before.at;
  const writes = "orderflow_storage_batch_writes_";
  const commits = "orderflow_storage_commit_seconds_";
  const filled = delta(now, last, `${writes}count`) - delta(now, last, `${writes}bucket{le="0"}`);
  const committed = delta(now, last, `${commits}count`);
  const ms = (value: number | null): number | null => (value === null ? null : value * 1000);
  return {
    accepted: delta(now, last, 'orderflow_events_total{kind="order.created"}') / seconds,
    finished: delta(now, last, 'orderflow_events_total{kind="order.processed"}') / seconds,
    p50_ms: ms(quantile(now, last, placing, 0.5)),
    p99_ms: ms(quantile(now, last, placing, 0.99)),
    batch: filled > 0 ? delta(now, last, `${writes}sum`) / filled : null,
    commit_ms: committed > 0 ? ms(delta(now, last, `${commits}sum`) / committed) : null,
  };
}
