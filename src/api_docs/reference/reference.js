// Draws the reference from the contracts that this node serves. Text of theirs becomes text nodes
// alone, never markup.

const contracts = {};

/// An element with attributes and children; children are elements, texts, or lists of them.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/// Text with `code` between backticks.
function words(text) {
  return String(text ?? "")
    .split("`")
    .map((part, index) => (index % 2 === 1 ? make("code", {}, part) : part));
}

/// What a node of a contract is or refers to.
function resolve(contract, node) {
  let found = node;
  while (found && found.$ref) {
    found = found.$ref
      .slice(2)
      .split("/")
      .reduce((at, part) => at?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], contract);
  }
  return found ?? {};
}

function nameOfReference(node) {
  return node?.$ref ? node.$ref.slice(node.$ref.lastIndexOf("/") + 1) : "";
}

function typeOf(contract, node) {
  const schema = resolve(contract, node);
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(contract, one)).join(" or ");
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.type === "array") return `list of ${typeOf(contract, schema.items ?? {})}`;
  const name = nameOfReference(node);
  if (schema.type === "object" && name) return name;
  return [schema.type ?? "any"].flat().join(" or ");
}

function limitsOf(schema) {
  const limits = [];
  const add = (keyword, text) => schema[keyword] !== undefined && limits.push(text(schema[keyword]));
  add("minimum", (value) => `at least ${value}`);
  add("maximum", (value) => `at most ${value}`);
  add("minLength", (value) => `${value} or more characters`);
  add("maxLength", (value) => `${value} characters at most`);
  add("minItems", (value) => `${value} or more`);
  add("maxItems", (value) => `${value} at most`);
  add("default", (value) => `${JSON.stringify(value)} where it is not given`);
  const text = limits.join(", ");
  return text ? `${text[0].toUpperCase()}${text.slice(1)}.` : "";
}

function row(cells) {
  return make("tr", {}, cells.map((cell) => make("td", {}, cell)));
}

function table(caption, heads, rows) {
  const head = make("thead", {}, make("tr", {}, heads.map((text) => make("th", { scope: "col" }, text))));
  const body = make("table", { "aria-label": caption }, head, make("tbody", {}, rows));
  return make("div", { class: "table" }, body);
}

/// The members of an object schema, and of the objects in it, each with its path.
function members(contract, node, path = "", depth = 0) {
  const schema = resolve(contract, node);
  if (schema.type === "array" && depth < 6) return members(contract, schema.items, `${path}[]`, depth + 1);
  if (!schema.properties || depth > 6) return [];
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const part = resolve(contract, property);
    const place = path ? `${path}.${name}` : name;
    const notes = [part.description ?? property.description, limitsOf(part)].filter(Boolean).join(" ");
    const needed = schema.required?.includes(name) ? "always" : "may be left out";
    return [
      row([place, typeOf(contract, property), needed, words(notes)]),
      ...members(contract, property, place, depth + 1),
    ];
  });
}

function schemaTable(contract, node, caption) {
  const rows = members(contract, node);
  if (rows.length > 0) return table(caption, ["Member", "Type", "Given", "About"], rows);
  return make("p", {}, typeOf(contract, node));
}

function code(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return make("pre", { tabindex: "0" }, text);
}

function content(contract, bodies, caption) {
  return Object.entries(bodies ?? {}).map(([type, body]) => [
    make("p", { class: "quiet" }, type),
    type.includes("json") ? schemaTable(contract, body.schema, caption) : null,
    body.example !== undefined ? code(body.example) : null,
    Object.entries(body.examples ?? {}).map(([slug, example]) => [
      make("p", {}, make("code", {}, slug)),
      code(resolve(contract, example).value),
    ]),
  ]);
}

function parameters(contract, operation) {
  const rows = (operation.parameters ?? []).map((node) => {
    const one = resolve(contract, node);
    const schema = resolve(contract, one.schema);
    const notes = [one.description ?? schema.description, limitsOf(schema)].filter(Boolean).join(" ");
    return row([one.name, one.in, typeOf(contract, one.schema), one.required ? "always" : "may be left out", words(notes)]);
  });
  if (rows.length === 0) return null;
  return [make("h4", {}, "Parameters"), table("Parameters", ["Name", "In", "Type", "Given", "About"], rows)];
}

function responses(contract, operation) {
  return Object.entries(operation.responses).map(([status, node]) => {
    const response = resolve(contract, node);
    const headers = Object.entries(response.headers ?? {}).map(([name, header]) =>
      row([name, words(resolve(contract, header).description)]));
    const attributes = status < 300 ? { open: "" } : {};
    return make("details", attributes,
      make("summary", {}, make("strong", {}, status), " ", words(response.description)),
      headers.length > 0 ? table(`Headers of ${status}`, ["Header", "About"], headers) : null,
      content(contract, response.content, `Body of ${status}`));
  });
}

function needs(operation) {
  const scopes = (operation.security ?? []).flatMap((one) => one.apiKey ?? []);
  if ((operation.security ?? []).length === 0) return make("p", { class: "quiet" }, "Needs no API key.");
  if (scopes.length === 0) return make("p", { class: "quiet" }, "Needs an API key.");
  return make("p", { class: "quiet" }, "Needs an API key with the scope ", make("code", {}, scopes.join(", ")), ".");
}

function operationArticle(contract, path, method, operation) {
  const title = `${operation.operationId}-title`;
  return make("article", { id: operation.operationId, "aria-labelledby": title },
    make("h3", { id: title }, operation.summary),
    make("p", { class: "route" }, make("span", { class: `method ${method}` }, method.toUpperCase()), ` ${path}`),
    operation.description ? make("p", {}, words(operation.description)) : null,
    needs(operation),
    parameters(contract, operation),
    operation.requestBody
      ? [make("h4", {}, "Body"), content(contract, operation.requestBody.content, "Body of the request")]
      : null,
    make("h4", {}, "Answers"),
    responses(contract, operation));
}

function modulesThat(action, name) {
  const contract = contracts.asyncapi;
  const modules = Object.values(contract.operations)
    .filter((one) => one.action === action && one.messages.some((message) => nameOfReference(message) === name))
    .flatMap((one) => one.tags.map((tag) => tag.name));
  return [...new Set(modules)].join(", ") || "nobody here";
}

function eventArticle(name, message) {
  const contract = contracts.asyncapi;
  const title = `${name}-title`;
  const channel = contract.channels[name];
  return make("article", { id: name, "aria-labelledby": title },
    make("h3", { id: title }, name),
    make("p", {}, words(message.summary)),
    make("p", { class: "quiet" }, "Published by ", modulesThat("send", name), ", handled by ", modulesThat("receive", name), ". ",
      channel?.address ? ["Routing key ", make("code", {}, channel.address), "."] : "It never leaves the node."),
    make("h4", {}, "Data"),
    schemaTable(contract, message.payload.properties.data, `Data of ${name}`),
    make("h4", {}, "As a CloudEvent"),
    code(message.examples[0].payload));
}

/// Sections of the page, each with its articles: {title, description, entries: [{id, label, kind, article}]}.
function sections() {
  const contract = contracts.openapi;
  const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })));
  const ofTag = (tag) => operations
    .filter((one) => one.operation.tags.includes(tag.name))
    .map(({ path, method, operation }) => ({
      id: operation.operationId,
      kind: method,
      label: `${method.toUpperCase()} ${path}`,
      words: `${path} ${operation.summary} ${operation.operationId}`,
      article: operationArticle(contract, path, method, operation),
    }));
  const events = Object.entries(contracts.asyncapi.components.messages).map(([name, message]) => ({
    id: name,
    kind: "event",
    label: name,
    words: `${name} ${message.summary}`,
    article: eventArticle(name, message),
  }));
  return [
    ...contract.tags.map((tag) => ({ title: tag.name, description: tag.description, entries: ofTag(tag) })),
    { title: "Event types", description: "What the modules publish, and other systems can subscribe to.", entries: events },
  ].filter((section) => section.entries.length > 0);
}

function draw(all) {
  const main = document.getElementById("content");
  const contents = document.getElementById("contents");
  for (const section of all) {
    const list = make("ul", {}, section.entries.map((entry) => {
      entry.item = make("li", {}, make("a", { href: `#${entry.id}` }, make("span", { class: entry.kind }, entry.label)));
      return entry.item;
    }));
    section.heading = make("h2", {}, section.title);
    contents.append(section.heading, list);
    main.append(make("section", { "aria-label": section.title },
      make("h2", {}, section.title),
      make("p", {}, words(section.description)),
      section.entries.map((entry) => entry.article)));
  }
}

function filter(all, text) {
  const wanted = text.trim().toLowerCase();
  let shown = 0;
  for (const section of all) {
    let any = false;
    for (const entry of section.entries) {
      const fits = `${entry.label} ${entry.words}`.toLowerCase().includes(wanted);
      entry.item.hidden = !fits;
      any ||= fits;
      shown += fits ? 1 : 0;
    }
    section.heading.hidden = !any;
  }
  document.getElementById("filter-result").textContent = wanted ? `${shown} found` : "";
}

function listen(all) {
  const input = document.getElementById("filter");
  input.addEventListener("input", () => filter(all, input.value));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape" && document.activeElement === input) {
      input.value = "";
      filter(all, "");
    }
  });
}

// The tab's, and the same that the live page keeps there: who has signed in there need not do so here.
const placeOfKey = "orderflow.key";

class KeyWanted extends Error {}

async function read(target) {
  const key = sessionStorage.getItem(placeOfKey);
  const headers = { Accept: "application/json" };
  if (key) headers.Authorization = `Bearer ${key}`;
  const response = await fetch(target, { headers });
  if (response.status === 401) throw new KeyWanted();
  if (!response.ok) throw new Error(`${target} was answered with ${response.status}`);
  return response.json();
}

function askForKey() {
  const wasGiven = sessionStorage.getItem(placeOfKey) !== null;
  sessionStorage.removeItem(placeOfKey);
  document.getElementById("state").textContent = "This node wants an API key.";
  document.getElementById("refusal").textContent = wasGiven ? "The node does not know this key, or it has ended." : "";
  document.getElementById("sign-in").hidden = false;
  document.getElementById("key").focus();
}

async function start() {
  const state = document.getElementById("state");
  try {
    [contracts.openapi, contracts.asyncapi] = await Promise.all([read("/openapi.json"), read("/asyncapi.json")]);
  } catch (error) {
    if (error instanceof KeyWanted) return askForKey();
    state.textContent = `The contracts cannot be read: ${error.message}`;
    return;
  }
  document.getElementById("sign-in").hidden = true;
  const all = sections();
  document.getElementById("version").textContent = contracts.openapi.info.version;
  state.replaceChildren(...words(contracts.openapi.info.description));
  state.removeAttribute("role");
  draw(all);
  listen(all);
  document.body.dataset.drawn = "true";
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted) document.getElementById(wanted)?.scrollIntoView();
}

document.getElementById("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = document.getElementById("key");
  if (!input.value.trim()) return;
  sessionStorage.setItem(placeOfKey, input.value.trim());
  input.value = "";
  start();
});
start();
