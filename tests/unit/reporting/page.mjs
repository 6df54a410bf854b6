// Shows a document in as little of a browser as the page's view needs, and prints what stands in each of its places.
// `node page.mjs VIEW LANGUAGE < document.json`

import { readFileSync } from "node:fs";

class Element {
  constructor(tag) {
    Object.assign(this, { tag, attributes: {}, children: [], style: {}, hidden: false });
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  append(...children) {
    this.children.push(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  get firstChild() {
    return this.children[0];
  }
  get lastChild() {
    return this.children.at(-1);
  }
  set textContent(text) {
    this.children = [text];
  }
}

const places = new Map();
const [, , view, language] = process.argv;
globalThis.location = { search: `?lang=${language}` };
globalThis.document = {
  createElement: (tag) => new Element(tag),
  getElementById: (id) => places.get(id) ?? places.set(id, new Element("div")).get(id),
};

const text = (node) => (node instanceof Element ? node.children.map(text).filter(Boolean).join(" ") : node);
const all = (node, tag) => (node instanceof Element ? [...(node.tag === tag ? [node] : []), ...node.children.flatMap((child) => all(child, tag))] : []);

const { showFigures, showSections, showStages, scaleOf, warning, catchingUp } = await import(view);
const { progress, standings } = JSON.parse(readFileSync(0, "utf8"));
for (const show of [showStages, showFigures, showSections]) show(progress);
const shown = Object.fromEntries(
  [...places].map(([id, place]) => [
    id,
    { text: text(place), hidden: place.hidden, rows: all(place, "tr").map((row) => row.children.map(text)), widths: all(place, "i").map((bar) => bar.style.width) },
  ]),
);
console.log(JSON.stringify({ shown, scale: scaleOf(progress.weeks), trust: standings.map(({ now, ...standing }) => [warning(standing, now), catchingUp(standing)]) }));
