// Makes one file of the page: index.html with the module, the worker and, when given, the key of the example that is drawn.
//
//   node assemble.mjs PACKAGE OUT.html [KEY.pk]
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [, , folder, out, key] = process.argv;
if (!out) {
  console.error("usage: assemble.mjs PACKAGE OUT.html [KEY.pk]");
  process.exit(2);
}
// Scripts of pages from files cannot import: the modules become one script, without their imports and exports.
const script = (name) =>
  readFileSync(join(folder, name), "utf8")
    .replace(/^import .*$/gm, "")
    .replace(/^export /gm, "")
    .replace(/new URL\("[^"]*", import\.meta\.url\)/g, "undefined");
const worker = `"use strict";
${script("threads.mjs")}
${script("index.mjs")}
${script("worker.mjs").replace(/if \(isWorker\) \{[^}]*\}/, "")}
self.onmessage = ({ data: { module } }) => serve(self, () => Proofcard.load(module));
`;
const packed = (path) => gzipSync(readFileSync(path), { level: 9 }).toString("base64");
const parts = { worker, wasm: packed(join(folder, "proofcard.wasm")), proverKey: key ? packed(key) : null };
const page = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "index.html"), "utf8");
writeFileSync(out, page.replace("@PARTS@", () => JSON.stringify(parts).replace(/</g, "\\u003c")));
