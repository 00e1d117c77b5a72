import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Command } from "../parts/json_view";
import { Empty, PageHead } from "../parts/page";
import { count, figure } from "../parts/texts";
import { useCell } from "../state/cell";
import { flow_metrics, watch_flow_metrics } from "../state/flow_metrics";
import { load_schemas, schemas } from "../state/schemas";
import { useScope } from "../state/session";
import { demo_traffic, send_demo_traffic, stop_demo_traffic } from "./demo_traffic";
import { Graph } from "./graph";
import { Standings } from "./standings";
import { Tiles } from "./tiles";

export function first_order_command(): string {
  return `curl -s ${location.origin}/v1/orders -H 'Content-Type: application/json' \\
  -d '{"userId":"ada","email":"ada@example.com","currency":"EUR","items":[{"productId":"book-1","quantity":1,"price":1999}]}'`;
}

export function DemoButton(): JSX.Element | null {
  const running = useCell(demo_traffic);
  if (!useScope("orders:write")) return null;
  if (!running) {
    return (
      <button type="button" onClick={() => void send_demo_traffic()}>
        Send demo traffic
      </button>
    );
  }
  return (
    <button type="button" onClick={stop_demo_traffic}>
      Stop demo ({running.sent} of {running.of})
    </button>
  );
}

export function FlowView(): JSX.Element {
  const { flow, rates, history } = useCell(flow_metrics);
  const known = useCell(schemas);
  const is_admin = useScope("admin");
  const may_measure = useScope("metrics:read");
  useEffect(watch_flow_metrics, []);
  useEffect(load_schemas, []);
  const total = Object.values(rates).reduce((sum, rate) => sum + rate, 0);
  return (
    <>
      <PageHead title="Flow">
        <p class="quiet head-note">
          {flow && `${count(flow.newest)} events so far`}
          {may_measure && `, ${figure(total)}/s`}
        </p>
        <DemoButton />
      </PageHead>
      {may_measure ? (
        <Tiles history={history} />
      ) : (
        <p class="hint">Rates and times need a key with the scope metrics:read.</p>
      )}
      {!is_admin && <p class="hint">The picture of the flow needs a key with the scope admin.</p>}
      {flow?.newest === 0 && (
        <Empty title="No order was placed yet">
          <p>Place a first one from a terminal, or let the page place some.</p>
          <Command text={first_order_command()} />
          <DemoButton />
        </Empty>
      )}
      {flow && <Standings subscriptions={flow.subscriptions} />}
      {flow && <Graph subscriptions={flow.subscriptions} schemas={known} rates={rates} />}
      {flow && (
        <p class="hint">
          On the left what modules publish, on the right who handles it. Red: something retries or is dead. Choose an event
          or a subscription to look closer.
        </p>
      )}
    </>
  );
}
