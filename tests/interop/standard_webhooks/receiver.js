// Receives webhooks and verifies them with the reference library of Standard Webhooks. What it does
// is asked over HTTP, on the port that it prints:
//
//   PUT  /control/<path>   {secrets: [..], status: 200, headers: {..}, silent: false, delayMs: 0}
//                        for POST /<path>
//   GET  /control/<path>   {requests: [{id, timestamp, signature, body, valid: [..], answered}]}
//   POST /control/<path>/forge   what the library makes of its first request, changed in every way
//
// `valid` has for each secret whether the library accepts the request with it.
"use strict";

const http = require("node:http");
const { Webhook } = require("standardwebhooks");

const paths = new Map();

function pathNamed(name) {
  if (!paths.has(name)) paths.set(name, { rules: { secrets: [], status: 200 }, requests: [] });
  return paths.get(name);
}

function refusal(secret, body, headers) {
  try {
    new Webhook(secret).verify(body, headers);
    return null;
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

function receive(path, request, body, response) {
  const { rules, requests } = path;
  const headers = request.headers;
  const valid = rules.secrets.map((secret) => refusal(secret, body, headers) === null);
  requests.push({
    method: request.method,
    id: headers["webhook-id"],
    timestamp: headers["webhook-timestamp"],
    signature: headers["webhook-signature"],
    contentType: headers["content-type"],
    correlationId: headers["x-correlation-id"],
    body,
    valid,
    answered: rules.silent ? null : rules.status,
  });
  if (rules.silent) return;
  setTimeout(() => {
    response.writeHead(rules.status, rules.headers ?? {});
    response.end();
  }, rules.delayMs ?? 0);
}

function forge(path) {
  const [request] = path.requests;
  const [secret] = path.rules.secrets;
  const headers = {
    "webhook-id": request.id,
    "webhook-timestamp": request.timestamp,
    "webhook-signature": request.signature,
  };
  const changed = (change) => refusal(secret, request.body, { ...headers, ...change });
  const old = String(Number(request.timestamp) - 3600);
  return {
    untouched: changed({}),
    body: refusal(secret, request.body.replace(/\d/, (digit) => (Number(digit) + 1) % 10), headers),
    longerBody: refusal(secret, request.body + " ", headers),
    id: changed({ "webhook-id": request.id + "0" }),
    timestamp: changed({ "webhook-timestamp": String(Number(request.timestamp) + 1) }),
    old: changed({ "webhook-timestamp": old }),
    signature: changed({ "webhook-signature": "v1," + Buffer.alloc(32).toString("base64") }),
    otherSecret: refusal("whsec_" + Buffer.alloc(32, 1).toString("base64"), request.body, headers),
  };
}

function control(name, request, body, response) {
  const answer = (document) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(document));
  };
  if (name.endsWith("/forge")) return answer(forge(pathNamed(name.slice(0, -"/forge".length))));
  const path = pathNamed(name);
  if (request.method === "PUT") path.rules = JSON.parse(body);
  answer({ requests: path.requests });
}

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    const body = Buffer.concat(pieces).toString("utf8");
    const prefix = "/control/";
    if (request.url.startsWith(prefix)) {
      control(request.url.slice(prefix.length), request, body, response);
    } else {
      receive(pathNamed(request.url.slice(1)), request, body, response);
    }
  });
});

server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
