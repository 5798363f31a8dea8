// The npm package in Chromium, in a page that is cross-origin isolated and in one that is not: on the page's own thread and in a worker,
// with threads where they are possible, proofs of one seed are the same.
//
//   node isolated_test.mjs PACKAGE PROOFCARD EXAMPLES FOLDER_WITH_PLAYWRIGHT
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";

const [, , folder, program, examples, npm] = process.argv;
const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!browserPath) {
  console.log("skipped: no Chromium here (Debian's package is chromium)");
  process.exit(77);
}
const { chromium } = createRequire(join(resolve(npm), "package.json"))("playwright-core");
const work = mkdtempSync(join(tmpdir(), "proofcard-isolated-"));
const run = (...args) => {
  const { status, stderr } = spawnSync(resolve(program), args, { cwd: work, encoding: "utf8" });
  assert.equal(status, 0, `${args.join(" ")}\n${stderr}`);
};
const lenet = resolve(examples, "lenet5");
run("compile", join(lenet, "model.onnx"), "-o", "m.pcm", "--calibrate", join(lenet, "samples.json"));
run("setup", "m.pcm", "-o", "m");
run("prove", "m.pk", join(lenet, "input.json"), "-o", "m.bin", "--seed", "4");

// Files of the package and of the test; with the headers of an isolated page, or without.
const kinds = { ".mjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };
function serve(headers) {
  const server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://localhost").pathname).slice(1);
    const page = name === "index.html";
    const path = [join(resolve(folder), name), join(work, name)].find((candidate) => /^[\w.-]+$/.test(name) && existsSync(candidate));
    if (!page && !path) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": kinds[extname(name)] ?? "application/octet-stream", ...headers });
    response.end(page ? "<!doctype html><title>test</title>" : readFileSync(path));
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done({ server, url: `http://127.0.0.1:${server.address().port}` })));
}

// In the page. Times are the least of some, the first not counted.
async function inPage(input) {
  const { Proofcard } = await import("/index.mjs");
  const { ProofcardWorker } = await import("/worker.mjs");
  const bytes = async (name) => new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
  const [pk, vk] = [await bytes("m.pk"), await bytes("m.vk")];
  const least = async (body) => {
    let best = Infinity;
    for (let i = 0; i < 6; ++i) {
      const begin = performance.now();
      await body();
      best = Math.min(best, performance.now() - begin);
    }
    return Math.round(best);
  };
  const proofcard = await Proofcard.load();
  const key = proofcard.proverKey(pk);
  const here = key.prove(input, { seed: 4 });
  const proof = key.prove(input).proof;
  const verifying = proofcard.verifyingKey(vk);
  const out = {
    isolated: crossOriginIsolated,
    threads: proofcard.threads,
    lacks: proofcard.lacks,
    proof: Array.from(here.proof),
    accepted: verifying.verify(proof).accepted,
    proveMs: await least(() => key.prove(input)),
    verifyMs: await least(() => verifying.verify(proof)),
  };
  proofcard.endThreads();
  const worker = new ProofcardWorker();
  const other = await worker.proverKey(pk);
  out.workerThreads = await worker.threads();
  out.workerLacks = await worker.lacks();
  out.workerProof = Array.from((await other.prove(input, { seed: 4 })).proof);
  out.workerMs = await least(() => other.prove(input));
  worker.terminate();
  return out;
}

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const expected = Array.from(readFileSync(join(work, "m.bin")));
const input = readFileSync(join(lenet, "input.json"), "utf8");
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
for (const headers of [isolation, {}]) {
  const { server, url } = await serve(headers);
  const page = await (await browser.newContext()).newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(`${url}/index.html`);
  const processors = await page.evaluate(() => navigator.hardwareConcurrency);
  const found = await page.evaluate(inPage, input);
  assert.equal(found.isolated, headers === isolation);
  assert.equal(found.threads, found.isolated ? processors : 1);
  assert.equal(found.workerThreads, found.threads);
  for (const lacks of [found.lacks, found.workerLacks]) {
    assert.equal(lacks.length, found.isolated ? 0 : 1);
    assert.ok(found.isolated || /^threads: the page is not cross-origin isolated/.test(lacks[0]));
  }
  assert.deepEqual(found.proof, expected);
  assert.deepEqual(found.workerProof, expected);
  assert.equal(found.accepted, true);
  assert.deepEqual(faults, []);
  server.close();
  console.log(`ok      ${found.isolated ? "isolated" : "not isolated"}: ${found.threads} thread(s), LeNet-5 proved in ${found.proveMs} ms, in a worker in ${found.workerMs} ms, verified in ${found.verifyMs} ms`);
}
await browser.close();
rmSync(work, { recursive: true });
process.exit(0);
