// Runs the page's connection on a stream as it came over the wire, without a browser, and prints what the page is told.
// `node live.mjs LIVE < stream`

import { readFileSync } from "node:fs";

const wire = readFileSync(0, "utf8");
const told = { documents: [], statuses: [], streams: [] };
let now = 0;
let isBroken = false;

Date.now = () => now;
globalThis.setTimeout = (goOn, wait) => {
  now += wait;
  if (!isBroken) queueMicrotask(goOn);
};
// The document that is asked for never changes here: whatever the page is told of comes by the stream.
globalThis.fetch = async () => ({ status: 304 });
globalThis.EventSource = class {
  heard = {};

  constructor(address) {
    told.streams.push(address);
    queueMicrotask(() => this.receive());
  }

  addEventListener(name, hear) {
    this.heard[name] = hear;
  }

  close() {
    isBroken = true;
  }

  receive() {
    this.onopen();
    for (const message of wire.split("\n\n")) {
      const fields = Object.fromEntries(message.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
      if (fields.data) this.heard[fields.event ?? "message"]?.({ data: fields.data });
    }
    this.onerror();
  }
};

const { Live } = await import(process.argv[2]);
new Live(
  "?programme_id=7",
  (progress) => told.documents.push(progress),
  (status) => told.statuses.push(status),
).start();
process.on("exit", () => console.log(JSON.stringify(told)));
