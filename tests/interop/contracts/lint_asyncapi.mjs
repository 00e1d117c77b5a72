// Reads an AsyncAPI document as the reference parser does. Usage: node lint_asyncapi.mjs FILE
import { readFile } from "node:fs/promises";

import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], "utf8"));
const errors = diagnostics.filter((one) => one.severity === 0);
for (const one of diagnostics.slice(0, 50)) {
  console.log(`severity ${one.severity}: ${one.code} at /${one.path.join("/")}: ${one.message}`);
}
const known = document && {
  channels: document.channels().length,
  operations: document.operations().length,
  messages: document.components().messages().length,
};
console.log(JSON.stringify({ errors: errors.length, others: diagnostics.length - errors.length, ...known }));
process.exitCode = errors.length > 0 || !document ? 1 : 0;
