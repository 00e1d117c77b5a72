import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { picture_of_an_order } from "./flow_picture.mjs";
import { start_node } from "./node.mjs";

test("the documentation's picture of the flow is what an order causes (else: scripts/pictures)", async () => {
  const node = await start_node();
  try {
    const shown = readFileSync(join(process.env.ORDERFLOW_DOCS, "pictures/flow.svg"), "utf8");
    assert.equal(await picture_of_an_order(node), shown);
  } finally {
    await node.end();
  }
});
