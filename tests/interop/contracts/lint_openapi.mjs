// Reads an OpenAPI document as a linter does. Usage: node lint_openapi.mjs FILE
import { createConfig, formatProblems, getTotals, lint } from "@redocly/openapi-core";

const config = await createConfig({
  extends: ["recommended"],
  rules: {
    // It is served by whoever runs the program, under terms of his own.
    "info-license": "off",
    "no-required-schema-properties-undefined": "error",
    "no-invalid-media-type-examples": "error",
    "no-invalid-schema-examples": "error",
    "no-invalid-parameter-examples": "error",
    "operation-operationId": "error",
    "operation-operationId-unique": "error",
    "operation-4xx-response": "error",
    "operation-tag-defined": "error",
    "tag-description": "error",
  },
});
const problems = await lint({ ref: process.argv[2], config });
const totals = getTotals(problems);
formatProblems(problems, { format: "stylish", totals, version: "" });
console.log(`${totals.errors} errors, ${totals.warnings} warnings`);
process.exitCode = totals.errors > 0 ? 1 : 0;
