// The WebAssembly module beside the program: the same proofs for the same seed, the same verdicts on good and damaged files, the
// same words for the same faults.
//
//   node wasm_test.mjs PACKAGE PROOFCARD EXAMPLES
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker as NodeWorker } from "node:worker_threads";

const [, , folder, program, examples] = process.argv;
const { BadInput, Crashed, Proofcard, Rejected } = await import(pathToFileURL(join(resolve(folder), "index.mjs")));
const { ProofcardWorker } = await import(pathToFileURL(join(resolve(folder), "worker.mjs")));
const work = mkdtempSync(join(tmpdir(), "proofcard-wasm-"));
const at = (name) => join(work, name);
const file = (name) => new Uint8Array(readFileSync(at(name)));

function run(...args) {
  const { status, stdout, stderr } = spawnSync(resolve(program), args, { cwd: work, encoding: "utf8", maxBuffer: 1 << 28 });
  return { status, stdout, stderr };
}
function ok(...args) {
  const result = run(...args);
  assert.equal(result.status, 0, `${args.join(" ")}\n${result.stderr}`);
  return result;
}

const tests = [];
const test = (name, body) => tests.push([name, body]);
const proofcard = await Proofcard.load();

function makeModel(name, example, ...compile) {
  const from = resolve(examples, example);
  ok("compile", join(from, "model.onnx"), "-o", `${name}.pcm`, "--calibrate", join(from, "samples.json"), ...compile);
  ok("setup", `${name}.pcm`, "-o", name);
  return readFileSync(join(from, "input.json"), "utf8");
}
const lenet = makeModel("lenet", "lenet5");
const trees = makeModel("trees", "credit_trees");
const open = makeModel("open", "diagnosis", "--weights", "public", "--input", "public", "--bits", "16");

test("proofs with the same seed have the same bytes", () => {
  for (const [name, input] of [["lenet", lenet], ["trees", trees], ["open", open]]) {
    writeFileSync(at("input.json"), input);
    for (const seed of [5, 0xffffffffffffffffn]) {
      ok("prove", `${name}.pk`, "input.json", "-o", "native.bin", "--seed", String(seed), "--save-output", "output.json");
      const key = proofcard.proverKey(file(`${name}.pk`));
      const { proof, outputs } = key.prove(input, { seed });
      assert.deepEqual(Buffer.from(proof), Buffer.from(file("native.bin")), name);
      const saved = JSON.parse(readFileSync(at("output.json"), "utf8"));
      assert.deepEqual(outputs.map((o) => o.integers.flat()), saved.output_integers.map((o) => o.flat(9)));
      assert.deepEqual(Buffer.from(key.verifyingKey()), Buffer.from(file(`${name}.vk`)));
      key.free();
    }
  }
});

test("verdicts say the same", () => {
  for (const [name, input] of [["lenet", lenet], ["trees", trees], ["open", open]]) {
    const { proof } = proofcard.proverKey(file(`${name}.pk`)).prove(input);
    writeFileSync(at("proof.bin"), proof);
    const native = JSON.parse(ok("verify", `${name}.vk`, "proof.bin", "--json").stdout);
    const here = proofcard.verify(file(`${name}.vk`), proof);
    const without = ({ vk_check_ms: _a, verify_ms: _b, ...rest }) => rest;
    assert.deepEqual(without(here), without(native));
  }
});

// A generator of its own, so that a failure comes again.
let state = 12345;
function random(below) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % below;
}
function damaged(bytes) {
  const out = Uint8Array.from(bytes);
  switch (random(4)) {
    case 0:
      return out.slice(0, random(out.length));
    case 1:
      return Uint8Array.from([...out, random(256)]);
    case 2:
      out.set(out.slice(random(out.length - 32)).slice(0, 32), random(out.length - 32));
      return out;
    default:
      out[random(out.length)] ^= 1 << random(8);
      return out;
  }
}

// What the program says, and what the module throws.
function compareVerdicts(vk, proof, key) {
  writeFileSync(at("d.vk"), vk);
  writeFileSync(at("d.bin"), proof);
  const native = run("verify", "d.vk", "d.bin");
  const said = native.stderr.replace(/^proofcard: (error: )?/, "").trim();
  try {
    (key ?? proofcard.verifyingKey(vk)).verify(proof);
  } catch (error) {
    assert.equal(native.status, error instanceof Rejected ? 1 : 2, `${said} / ${error.message}`);
    const neutral = (text) => text.replaceAll("verification key", "d.vk").replaceAll(/\bproof\b/g, "d.bin").replace(/^rejected: /, "");
    assert.equal(neutral(error.message), neutral(said));
    return false;
  }
  assert.equal(native.status, 0, said);
  return true;
}

test("damaged proofs are judged as the program does", () => {
  const vk = file("lenet.vk");
  const { proof } = proofcard.proverKey(file("lenet.pk")).prove(lenet);
  const key = proofcard.verifyingKey(vk);
  let accepted = 0;
  for (let i = 0; i < 60; ++i) {
    accepted += compareVerdicts(vk, damaged(proof), key) ? 1 : 0;
  }
  assert.equal(accepted, 0);
});

test("damaged keys are judged as the program does", () => {
  const { proof } = proofcard.proverKey(file("trees.pk")).prove(trees);
  for (let i = 0; i < 25; ++i) {
    compareVerdicts(damaged(file("trees.vk")), proof);
  }
});

test("a proof of another key is rejected, and one without zero knowledge unless it is allowed", () => {
  const { proof } = proofcard.proverKey(file("trees.pk")).prove(trees);
  assert.throws(() => proofcard.verify(file("lenet.vk"), proof), Rejected);
  const plain = proofcard.proverKey(file("open.pk")).prove(open, { zeroKnowledge: false });
  assert.throws(() => proofcard.verify(file("open.vk"), plain.proof), Rejected);
  assert.equal(proofcard.verify(file("open.vk"), plain.proof, { allowNoZeroKnowledge: true }).zero_knowledge, false);
  const seeded = proofcard.proverKey(file("open.pk")).prove(open, { seed: 1 });
  assert.throws(() => proofcard.verify(file("open.vk"), seeded.proof), Rejected);
});

test("a proof serves for its context alone, here and there", () => {
  const context = Uint8Array.from([0xde, 0xad, 0xbe, 0xef]);
  const { proof } = proofcard.proverKey(file("trees.pk")).prove(trees, { context });
  const key = proofcard.verifyingKey(file("trees.vk"));
  assert.equal(key.verify(proof, { context }).context, "deadbeef");
  assert.throws(() => key.verify(proof), (error) => error instanceof Rejected && error.stage === "context");
  assert.throws(() => key.verify(proof, { context: context.slice(1) }), Rejected);
  writeFileSync(at("bound.bin"), proof);
  ok("verify", "trees.vk", "bound.bin", "--context", "DEADBEEF");
  assert.equal(run("verify", "trees.vk", "bound.bin").status, 1);
  for (const other of ["deadbeef", new Uint8Array(0), new Uint8Array(33), null, 7]) {
    assert.throws(() => key.verify(proof, { context: other }), BadInput);
    assert.throws(() => proofcard.proverKey(file("trees.pk")).prove(trees, { context: other }), BadInput);
  }
});

test("two proofs of one input differ", () => {
  const key = proofcard.proverKey(file("trees.pk"));
  assert.notDeepEqual(key.prove(trees).proof, key.prove(trees).proof);
});

test("inputs are taken as they come", () => {
  const key = proofcard.proverKey(file("lenet.pk"));
  const values = JSON.parse(lenet).input_data[0].flat(9);
  const expected = key.prove(lenet, { seed: 1 }).proof;
  assert.deepEqual(key.prove(values, { seed: 1 }).proof, expected);
  assert.deepEqual(key.prove(Float64Array.from(values), { seed: 1 }).proof, expected);
  const bytes = Uint8Array.from(values, (v) => Math.round(v));
  assert.deepEqual(key.prove(bytes, { seed: 1 }).proof, key.prove(Array.from(bytes), { seed: 1 }).proof);
  const rows = Array.from({ length: 28 }, (_, y) => values.slice(28 * y, 28 * y + 28));
  assert.deepEqual(key.prove([[rows]], { seed: 1 }).proof, expected);
  assert.deepEqual(key.inputs.map((i) => i.shape), [[1, 1, 28, 28]]);
  assert.deepEqual(key.prove(lenet).warnings, []);
  const { warnings } = key.prove([1e9, ...values.slice(1)], { saturate: true });
  assert.match(warnings[0], /clipped to it: 1 of 784 of input\./);
});

test("faults are named", () => {
  const key = proofcard.proverKey(file("lenet.pk"));
  const bad = (body, pattern) => assert.throws(body, (error) => error instanceof BadInput && pattern.test(error.message) || assert.fail(error.message));
  bad(() => key.prove([1, 2, 3]), /expected .*28/);
  bad(() => key.prove(new Array(784).fill(1e9)), /outside/);
  bad(() => key.prove("{"), /input/);
  bad(() => proofcard.verifyingKey("no bytes".length), /expected a Uint8Array/);
  bad(() => proofcard.verifyingKey(new Uint8Array(0)), /verification key/);
  bad(() => proofcard.verifyingKey(file("lenet.pk")), /verification key/);
  bad(() => proofcard.proverKey(file("lenet.vk")), /prover key/);
  for (const seed of [1.5, -1, 2n ** 64n, "1"]) {
    bad(() => key.prove(lenet, { seed }), /seed: expected an integer/);
  }
  key.free();
  key.free();
  bad(() => key.prove(lenet), /freed/);
});

test("what was passed in is overwritten", () => {
  const own = new (class extends Proofcard {})();
  void own;  // a fresh module, so that nothing else is in its memory
  return Proofcard.load().then((fresh) => {
    const marker = new TextEncoder().encode("0.123456789,0.987654321,0.5555555");
    assert.throws(() => fresh.proverKey(marker));
    const memory = Buffer.from(fresh.memory());
    assert.equal(memory.indexOf(Buffer.from(marker)), -1);
  });
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
  const unfinished = key.prove(trees);
  worker.terminate();
  await assert.rejects(unfinished, Crashed);
  await assert.rejects(worker.version(), Crashed);
});

let failed = 0;
for (const [name, body] of tests) {
  const begin = performance.now();
  try {
    await body();
    console.log(`ok      ${name} (${(performance.now() - begin).toFixed(0)} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}
rmSync(work, { recursive: true });
console.log(`${tests.length - failed} of ${tests.length} passed`);
process.exit(failed === 0 ? 0 : 1);
