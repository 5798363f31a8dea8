// Commitments and openings of the WebAssembly module beside the program's: the same bytes, each other's files, the same words for the same
// faults.
//
//   node commitments_test.mjs PACKAGE PROOFCARD EXAMPLES
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { BadInput, Proofcard, Rejected, at, compare, damaged, file, makeModel, ok, run, runTests, test } from "./support.mjs";

const proofcard = await Proofcard.load(undefined, { threads: 1 });
const trees = makeModel("trees", "credit_trees");
const hidden = makeModel("hidden", "diagnosis", "--weights", "public", "--input", "committed", "--output", "committed", "--bits", "16");
writeFileSync(at("hidden.json"), hidden);

test("commitments without blinding have the program's bytes", () => {
  ok("commit", "hidden.vk", "hidden.json", "-o", "plain", "--no-zk");
  for (const kind of ["vk", "pk", "pcm"]) {
    const made = proofcard.commit(file(`hidden.${kind}`), hidden, { zeroKnowledge: false });
    assert.deepEqual(Buffer.from(made.commitment), Buffer.from(file("plain.commit")));
    assert.deepEqual(Buffer.from(made.opening), Buffer.from(file("plain.opening")));
  }
  const proved = proofcard.proverKey(file("hidden.pk")).prove(hidden);
  writeFileSync(at("out.json"), JSON.stringify({ output_data: [proved.outputs[0].reals] }));
  ok("commit", "hidden.vk", "out.json", "-o", "plain_out", "--no-zk", "--tensor", "output");
  const out = proofcard.commit(file("hidden.vk"), proved.outputs[0].reals, { tensor: "output", zeroKnowledge: false });
  assert.deepEqual(Buffer.from(out.commitment), Buffer.from(file("plain_out.commit")));
});

test("commitments and openings serve here and there", () => {
  const x = proofcard.commit(file("hidden.vk"), hidden);
  const again = proofcard.commit(file("hidden.vk"), hidden);
  assert.notDeepEqual(x.commitment, again.commitment);
  writeFileSync(at("x.commit"), x.commitment);
  writeFileSync(at("x.opening"), x.opening);
  assert.match(ok("open", "x.commit", "x.opening", "--save", "x.json").stdout, new RegExp(x.digest));
  const opened = proofcard.open(x.commitment, x.opening);
  const saved = JSON.parse(readFileSync(at("x.json"), "utf8"));
  assert.deepEqual([opened.integers, opened.reals, opened.digest], [saved.integers, saved.values, x.digest]);

  ok("prove", "hidden.pk", "--input-opening", "x.opening", "-o", "h.bin", "--seed", "9", "--output-opening", "y");
  const key = proofcard.proverKey(file("hidden.pk"));
  const here = key.prove({ openings: [x.opening] }, { seed: 9, openOutputs: true });
  assert.deepEqual(Buffer.from(here.proof), Buffer.from(file("h.bin")));
  assert.deepEqual(Buffer.from(here.openings[0].commitment), Buffer.from(file("y.commit")));
  assert.deepEqual(Buffer.from(here.openings[0].opening), Buffer.from(file("y.opening")));
  assert.deepEqual(proofcard.open(file("y.commit"), file("y.opening")).integers, here.outputs[0].integers);

  const fresh = key.prove({ openings: [x.opening] }, { openOutputs: true });
  writeFileSync(at("f.bin"), fresh.proof);
  writeFileSync(at("f.commit"), fresh.openings[0].commitment);
  ok("verify", "hidden.vk", "f.bin", "--input-commitment", "x.commit", "--output-commitment", "f.commit");
  const vk = proofcard.verifyingKey(file("hidden.vk"));
  const verdict = vk.verify(fresh.proof, { inputCommitments: [x.commitment], outputCommitments: [fresh.openings[0].commitment] });
  assert.deepEqual(verdict.tensors.map((t) => t.commitment), [x.digest, fresh.openings[0].digest]);
  assert.equal(vk.verify(fresh.proof, { inputCommitments: [null] }).accepted, true);

  // Another commitment is that of another proof, even of the same value; and each list stands for its own side.
  writeFileSync(at("z.commit"), again.commitment);
  const neutral = (text) => text.replace("z.commit", "C").replace("input commitment, found", "C, found").replace(/that of (input commitment|C)/, "that of C").replace(/^(proof|f\.bin)/, "P");
  const refused = run("verify", "hidden.vk", "f.bin", "--input-commitment", "z.commit");
  assert.equal(refused.status, 1);
  assert.equal(compare(refused, neutral, () => vk.verify(fresh.proof, { inputCommitments: [again.commitment] })), false);
  assert.throws(() => vk.verify(fresh.proof, { outputCommitments: [again.commitment] }), Rejected);
  assert.throws(() => vk.verify(fresh.proof, { inputCommitments: [fresh.openings[0].commitment] }), Rejected);
  assert.throws(() => proofcard.open(again.commitment, x.opening), Rejected);
});

test("damaged commitments and openings are judged as the program does", () => {
  const x = proofcard.commit(file("hidden.vk"), hidden);
  const neutral = (text) => text.replaceAll(/\bd\.commit\b/g, "commitment").replaceAll(/\bd\.opening\b/g, "opening");
  let accepted = 0;
  for (let i = 0; i < 60; ++i) {
    const commitment = i % 2 === 0 ? damaged(x.commitment) : x.commitment;
    const opening = i % 2 === 0 ? x.opening : damaged(x.opening);
    writeFileSync(at("d.commit"), commitment);
    writeFileSync(at("d.opening"), opening);
    accepted += compare(run("open", "d.commit", "d.opening"), neutral, () => proofcard.open(commitment, opening)) ? 1 : 0;
  }
  assert.equal(accepted, 0);
  writeFileSync(at("d.opening"), proofcard.commit(file("hidden.vk"), hidden).opening);  // whole, and of another commitment
  writeFileSync(at("d.commit"), x.commitment);
  assert.equal(compare(run("open", "d.commit", "d.opening"), neutral, () => proofcard.open(x.commitment, file("d.opening"))), false);
});

test("faults of commitments are named as the program does", () => {
  const same = (args, names, body) => {
    const neutral = (text) => names.reduce((t, [from, to]) => t.replaceAll(from, to), text);
    assert.equal(compare(run(...args), neutral, body), false, args.join(" "));
  };
  const key = [["trees.vk", "key"], ["hidden.vk", "key"]];
  writeFileSync(at("trees.json"), trees);
  same(["commit", "trees.vk", "trees.json", "-o", "n"], key, () => proofcard.commit(file("trees.vk"), trees));
  same(["commit", "hidden.vk", "hidden.json", "-o", "n", "--index", "1"], [["--index", "index"]], () => proofcard.commit(file("hidden.vk"), hidden, { index: 1 }));
  same(["commit", "hidden.vk", "trees.json", "-o", "n"], [["trees.json", "values"]], () => proofcard.commit(file("hidden.vk"), trees));
  same(["commit", "x.commit", "hidden.json", "-o", "n"], [["x.commit", "key"]], () => proofcard.commit(file("x.commit"), hidden));
  const plain = proofcard.commit(file("hidden.vk"), hidden, { zeroKnowledge: false });
  writeFileSync(at("plain.opening"), plain.opening);
  const prover = proofcard.proverKey(file("hidden.pk"));
  same(["prove", "hidden.pk", "--input-opening", "plain.opening", "-o", "n.bin"], [], () => prover.prove({ openings: [plain.opening] }));
  same(["prove", "hidden.pk", "--input-opening", "x.opening", "-o", "n.bin", "--no-zk"], [], () => prover.prove({ openings: [file("x.opening")] }, { zeroKnowledge: false }));
  same(["prove", "hidden.pk", "--input-opening", "y.opening", "-o", "n.bin"], [["y.opening", "opening"]], () => prover.prove({ openings: [file("y.opening")] }));
  const bad = (body, pattern) => assert.throws(body, (error) => error instanceof BadInput && pattern.test(error.message) || assert.fail(error.message));
  const trees_key = proofcard.proverKey(file("trees.pk"));
  bad(() => trees_key.prove(trees, { openOutputs: true }), /prover key: expected a model compiled with --output committed/);
  bad(() => trees_key.prove({ openings: [plain.opening] }), /prover key: expected a model compiled with --input committed/);
  bad(() => prover.prove({ openings: [] }), /openings: expected one for each input/);
  bad(() => prover.prove({ openings: [plain.opening, plain.opening] }), /expected one for each of 1 input/);
  bad(() => prover.prove({ openings: "x" }), /opening: expected an array/);
  bad(() => prover.prove({ openings: [null] }), /opening: expected a Uint8Array/);
  const vk = proofcard.verifyingKey(file("hidden.vk"));
  bad(() => vk.verify(file("h.bin"), { inputCommitments: [null, null] }), /input commitment: expected one for each of 1 input/);
  bad(() => vk.verify(file("h.bin"), { outputCommitments: [new Uint8Array(3)] }), /output commitment/);
  bad(() => proofcard.commit(file("hidden.vk"), hidden, { tensor: "weights" }), /tensor: expected input or output/);
  bad(() => proofcard.commit(file("hidden.vk"), hidden, { index: -1 }), /index: expected a whole number/);
});

await runTests();
