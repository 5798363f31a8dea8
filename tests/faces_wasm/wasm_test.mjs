// The WebAssembly module beside the program: the same proofs for the same seed, the same verdicts on good and damaged files, the
// same words for the same faults.
//
//   node wasm_test.mjs PACKAGE PROOFCARD EXAMPLES
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { BadInput, Proofcard, Rejected, at, compare, damaged, file, makeModel, ok, run, runTests, test } from "./support.mjs";

const proofcard = await Proofcard.load(undefined, { threads: 1 });
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

function compareVerdicts(vk, proof, key) {
  writeFileSync(at("d.vk"), vk);
  writeFileSync(at("d.bin"), proof);
  const neutral = (text) => text.replaceAll("verification key", "d.vk").replaceAll(/\bproof\b/g, "d.bin");
  return compare(run("verify", "d.vk", "d.bin"), neutral, () => (key ?? proofcard.verifyingKey(vk)).verify(proof));
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
  return Proofcard.load(undefined, { threads: 1 }).then((fresh) => {
    const marker = new TextEncoder().encode("0.123456789,0.987654321,0.5555555");
    assert.throws(() => fresh.proverKey(marker));
    const memory = Buffer.from(fresh.memory());
    assert.equal(memory.indexOf(Buffer.from(marker)), -1);
  });
});

await runTests();
