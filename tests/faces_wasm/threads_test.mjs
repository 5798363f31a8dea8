// The WebAssembly module with threads, and in a worker: the same proofs, and what becomes of a fault.
//
//   node threads_test.mjs PACKAGE PROOFCARD EXAMPLES
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker as NodeWorker } from "node:worker_threads";
import { BadInput, Crashed, Proofcard, Rejected, damaged, file, folder, makeModel, ok, runTests, save, test } from "./support.mjs";

const { ProofcardWorker } = await import(pathToFileURL(join(resolve(folder), "worker.mjs")));
const proofcard = await Proofcard.load(undefined, { threads: 1 });
const lenet = makeModel("lenet", "lenet5");
const trees = makeModel("trees", "credit_trees");
const open = makeModel("open", "diagnosis", "--weights", "public", "--input", "public", "--bits", "16");
const hidden = makeModel("hidden", "diagnosis", "--weights", "public", "--input", "committed", "--output", "committed", "--bits", "16");
save("hidden.json", hidden);
ok("commit", "hidden.vk", "hidden.json", "-o", "y");

test("threads make the same proofs and verdicts", async () => {
  for (const threads of [2, 5]) {
    const many = await Proofcard.load(undefined, { threads });
    assert.equal(many.threads, threads);
    for (const [name, input] of [["lenet", lenet], ["open", open]]) {
      const key = many.proverKey(file(`${name}.pk`));
      const { proof } = key.prove(input, { seed: 3 });
      assert.deepEqual(Buffer.from(proof), Buffer.from(proofcard.proverKey(file(`${name}.pk`)).prove(input, { seed: 3 }).proof));
      const vk = many.verifyingKey(file(`${name}.vk`));
      assert.equal(vk.verify(proof, { allowSeeded: true }).accepted, true);
      for (let i = 0; i < 20; ++i) {
        assert.throws(() => vk.verify(damaged(proof), { allowSeeded: true }));
      }
      for (let i = 0; i < 10; ++i) {
        assert.equal(vk.verify(key.prove(input).proof).accepted, true);
      }
    }
    many.endThreads();
    assert.equal(many.threads, 1);
    assert.equal(many.verify(file("lenet.vk"), many.proverKey(file("lenet.pk")).prove(lenet).proof).accepted, true);
  }
  for (const threads of [0, 1.5, 65, "2"]) {
    await assert.rejects(Proofcard.load(undefined, { threads }), (error) => error instanceof BadInput && /threads: expected/.test(error.message));
  }
  assert.deepEqual(proofcard.lacks, []);
});

test("where threads cannot be had one does all, and says why", async () => {
  const Memory = WebAssembly.Memory;
  WebAssembly.Memory = class {
    constructor() {
      throw new RangeError("no room");
    }
  };
  const one = await Proofcard.load(undefined, { threads: 2 }).finally(() => {
    WebAssembly.Memory = Memory;
  });
  assert.deepEqual([one.threads, one.lacks], [1, ["threads: no room"]]);
  assert.equal(one.verify(file("lenet.vk"), one.proverKey(file("lenet.pk")).prove(lenet).proof).accepted, true);

  const partial = mkdtempSync(join(tmpdir(), "proofcard-partial-"));
  cpSync(resolve(folder), partial, { recursive: true });
  rmSync(join(partial, "thread.mjs"));
  const other = await (await import(pathToFileURL(join(partial, "index.mjs")))).Proofcard.load(undefined, { threads: 3 });
  assert.equal(other.threads, 1);
  assert.match(other.lacks[0], /^threads: .*thread\.mjs/);
  rmSync(partial, { recursive: true });
});

// A helper with 512 bytes of stack, as good as none: it ends in the first loop that it helps in.
test("a thread that ends by a fault ends the call, which does not wait for it", async () => {
  const { sharedMemory } = await import(pathToFileURL(join(resolve(folder), "threads.mjs")));
  const module = await WebAssembly.compile(readFileSync(join(folder, "proofcard-threads.wasm")));
  const memory = sharedMemory();
  const system = new Proxy({}, { get: () => () => 0, has: () => true });
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, wasi_snapshot_preview1: system });
  exports._initialize();
  const [, locals] = new Uint32Array(memory.buffer, exports.proofcard_new_thread() >>> 0, 2);
  const thread = new NodeWorker(join(resolve(folder), "thread.mjs"));
  const fault = exports.proofcard_fault();
  await new Promise((resolve_) => {
    thread.once("message", resolve_);
    thread.postMessage({ module, memory, stack: 512, locals, fault });
  });
  exports.proofcard_begin_threads(2, 1);
  const key = file("lenet.pk");
  const passed = exports.proofcard_allocate(key.length) >>> 0;
  new Uint8Array(memory.buffer, passed, key.length).set(key);
  assert.throws(() => {
    for (let i = 0; i < 100; ++i) {
      exports.proofcard_open_prover_key(passed, key.length);
    }
  }, WebAssembly.RuntimeError);
  assert.equal(new Uint32Array(memory.buffer, fault, 1)[0], 1);
  await thread.terminate();
});

test("a worker does the same, and can be ended", async () => {
  const source = `import { parentPort } from "node:worker_threads"; import { serve } from ${JSON.stringify(
    pathToFileURL(join(resolve(folder), "worker.mjs")).href,
  )}; const port = { postMessage: (m) => parentPort.postMessage(m) }; serve(port); parentPort.on("message", (data) => port.onmessage({ data }));`;
  const thread = new NodeWorker(source, { eval: true, type: "module", execArgv: ["--input-type=module"] });
  const port = { postMessage: (m) => thread.postMessage(m), terminate: () => thread.terminate() };
  thread.on("message", (data) => port.onmessage({ data }));
  const worker = new ProofcardWorker(port);
  const key = await worker.proverKey(file("trees.pk"));
  const { proof } = await key.prove(trees);
  assert.equal((await worker.verify(file("trees.vk"), proof)).accepted, true);
  await assert.rejects(worker.verify(file("lenet.vk"), proof), Rejected);
  await assert.rejects(worker.verify(new Uint8Array(3), proof), BadInput);
  const { commitment, opening, digest } = await worker.commit(file("hidden.vk"), hidden);
  assert.equal((await worker.open(commitment, opening)).digest, digest);
  await assert.rejects(worker.open(commitment, file("y.opening")), Rejected);
  const unfinished = key.prove(trees);
  worker.terminate();
  await assert.rejects(unfinished, Crashed);
  await assert.rejects(worker.version(), Crashed);
});

await runTests();
