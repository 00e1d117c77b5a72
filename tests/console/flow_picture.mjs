// The picture of the flow: what one order causes, drawn from its own events and from the subscriptions
// of the node that has handled it. Modules are rows; an event or a subscription stands right of what
// caused it.

const modules = ["orders", "billing", "notifications", "users"];
const colours = { orders: "#1f5fa8", billing: "#8a4b08", notifications: "#5b3a9d", users: "#1c6b45" };
/** Takes every public event of every order, which would only be in the way. */
const left_out = "notifications.webhooks";

const box = { width: 104, height: 44 };
const column_width = 124;
const row_gap = 12;
const label_width = 106;
const margin = 10;

const text_of = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Events and subscriptions with what led to them: `{id, label, module, column, from, is_event}`. */
function steps_of(events, subscriptions) {
  const steps = [{ id: "request", label: "POST /v1/orders", module: "orders", column: 0, from: [], is_event: false }];
  const by_id = new Map();
  for (const event of events) {
    const module = event.origin.split("/")[1];
    const cause = by_id.get(event.causationId);
    const handlers = subscriptions.filter((one) => one.module === module && one.kinds.includes(cause?.kind));
    const from = cause ? (handlers.length === 1 ? `${cause.id}>${handlers[0].name}` : cause.id) : "request";
    const column = steps.find((step) => step.id === from).column + 1;
    steps.push({ id: event.id, label: event.kind, module, column, from: [from], is_event: true });
    by_id.set(event.id, event);
    for (const { name, kinds, module: owner } of subscriptions) {
      if (!kinds.includes(event.kind)) continue;
      const id = `${event.id}>${name}`;
      steps.push({ id, label: name, module: owner, column: column + 1, from: [event.id], is_event: false });
    }
  }
  return steps;
}

/** Gives each step its coordinates; those of one module and column stand below one another. */
function lay_out(steps) {
  const rows = [];
  let y = margin;
  for (const module of modules) {
    const own = steps.filter((step) => step.module === module);
    const used = new Map();
    for (const step of own) {
      const above = used.get(step.column) ?? 0;
      step.x = margin + label_width + step.column * column_width;
      step.y = y + row_gap + above * (box.height + row_gap);
      used.set(step.column, above + 1);
    }
    const height = Math.max(...used.values()) * (box.height + row_gap) + row_gap;
    rows.push({ module, y, height });
    y += height;
  }
  const last = Math.max(...steps.map((step) => step.column));
  return { rows, width: 2 * margin + label_width + last * column_width + box.width + row_gap, height: y + margin };
}

function arrow(from, to) {
  const [x1, y1] = [from.x + box.width, from.y + box.height / 2];
  const [x2, y2] = [to.x - 3, to.y + box.height / 2];
  const bend = (x2 - x1) / 2;
  return `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

function drawn(step) {
  const colour = colours[step.module];
  const fill = step.is_event ? colour : "#fff";
  const round = step.is_event ? box.height / 2 : 4;
  const x = step.x + box.width / 2;
  const [first, second] = step.label.split(/(?<=[. ])/);
  return (
    `<rect x="${step.x}" y="${step.y}" width="${box.width}" height="${box.height}" rx="${round}" fill="${fill}" stroke="${colour}"/>` +
    `<text fill="${step.is_event ? "#fff" : colour}"><tspan x="${x}" y="${step.y + 19}">${text_of(first)}</tspan>` +
    `<tspan x="${x}" y="${step.y + 34}">${text_of(second)}</tspan></text>`
  );
}

/** The picture as SVG: filled are events, framed what handles them. */
export function flow_picture(events, all_subscriptions) {
  const steps = steps_of(events, all_subscriptions.filter((one) => one.name !== left_out));
  const { rows, width, height } = lay_out(steps);
  const by_id = new Map(steps.map((step) => [step.id, step]));
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    '<title id="title">What one order causes: events, and the subscriptions that handle them, by module</title>',
    "<style>text{font:13px system-ui,sans-serif;text-anchor:middle}.module{font-weight:600;text-anchor:start}path{fill:none;stroke:#6b7280;marker-end:url(#tip)}rect{stroke-width:1.5}</style>",
    '<defs><marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L6 3L0 6" style="marker-end:none;fill:#6b7280;stroke:none"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
  ];
  rows.forEach(({ module, y, height: row_height }, i) => {
    lines.push(`<rect x="${margin}" y="${y}" width="${width - 2 * margin}" height="${row_height}" fill="${i % 2 ? "#fff" : "#f4f5f7"}"/>`);
    lines.push(`<text class="module" x="${margin + 8}" y="${y + row_height / 2 + 4}" fill="${colours[module]}">${module}</text>`);
  });
  for (const step of steps) for (const from of step.from) lines.push(arrow(by_id.get(from), step));
  for (const step of steps) lines.push(drawn(step));
  return [...lines, "</svg>", ""].join("\n");
}

/** Places an order on the node, and draws what follows from it. */
export async function picture_of_an_order(node) {
  const order = await node.place();
  const seen = async () => (await node.request("GET", `/v1/orders/${order.id}/timeline`)).events;
  let events = await seen();
  const deadline = Date.now() + 10_000;
  while (events.filter((event) => event.kind === "notification.sent").length < 2) {
    if (Date.now() > deadline) throw new Error("the order's mails were not sent");
    await new Promise((go_on) => setTimeout(go_on, 50));
    events = await seen();
  }
  const { subscriptions } = await node.request("GET", "/v1/admin/subscriptions");
  return flow_picture(by_cause(events), subscriptions);
}

/** Mails are sent side by side: what was caused earlier comes first, whoever was quicker. */
function by_cause(events) {
  const index_of = new Map(events.map((event, i) => [event.id, i]));
  const order_of = (event) => index_of.get(event.causationId) ?? -1;
  return events.map((event, i) => ({ event, i })).sort((a, b) => order_of(a.event) - order_of(b.event) || a.i - b.i)
    .map(({ event }) => event);
}
