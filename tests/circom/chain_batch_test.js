// A chain proof of many outputs (`chain setup --batch N --digest`) in packaging/contracts/Batches.sol and in its own contract, in an EVM.
//
//   chain_batch_test.js context CONTRACTS M.sol M.verifier.json                                what proofs for Batches have to be made for
//   chain_batch_test.js play CONTRACTS M.sol M.verifier.json PROOF.json OUTPUTS.json [OTHER.json]
//
// PROOF: made for that context. OUTPUTS: of `proofcard run --save-output` of the same inputs. OTHER: a proof of other inputs, for the same context.
// Prints the gas.
"use strict";

const fs = require("fs");
const path = require("path");
const { compile, deploy, call, newEvm, proofWords, expect, keccak, selector, word, run } = require("./evm_tools.js");
const { unpack } = require("./chain_words.js");

const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const json = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const list = (values) => [BigInt(values.length), ...values];
const number = (address) => BigInt(address.toString());
const submitData = (proof, digest, values) =>
  selector("submit(uint256[8],uint256,uint256[])") + [...proof, digest, 320n, ...list(values)].map(word).join("");
const valuesData = (proof, context, digest, values) =>
  selector("verifyValues(uint256[8],uint256,uint256,uint256[])") + [...proof, context, digest, 352n, ...list(values)].map(word).join("");
const claimData = (root, index, output, steps) =>
  selector("claim(bytes32,uint256,uint256,bytes32[])") + [root, BigInt(index), output, 128n, ...list(steps)].map(word).join("");

async function begin(contracts, contractPath, verifierPath) {
  const evm = await newEvm();
  const { statement } = json(verifierPath);
  const sources = {};
  for (const file of ["ProofVerifier.sol", "Batches.sol"]) {
    sources[file] = fs.readFileSync(path.join(contracts, file), "utf8");
  }
  const verifier = await deploy(evm, compile({ "Verifier.sol": fs.readFileSync(contractPath, "utf8") }));
  const batches = () => deploy(evm, compile(sources, "Batches"), [number(verifier), BigInt(statement.values)]);
  return { evm, statement, verifier, batches: await batches(), elsewhere: await batches() };
}

const contextOf = async (evm, batches) => BigInt("0x" + (await call(evm, batches, selector("context()"))).data);

// The path of a value, from the leaves as Batches.sol makes them.
function pathOf(values, index) {
  const hash = (left, right) => BigInt("0x" + keccak(word(left) + word(right)));
  let level = values.map((v, i) => hash(BigInt(i), v));
  const steps = [];
  for (let at = index; level.length > 1; at >>= 1) {
    steps.push(level[at ^ 1] ?? 0n);
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => hash(level[2 * i], level[2 * i + 1] ?? 0n));
  }
  return steps;
}

async function play(contracts, contractPath, verifierPath, proofPath, outputsPath, otherPath) {
  const { evm, statement, verifier, batches, elsewhere } = await begin(contracts, contractPath, verifierPath);
  const made = json(proofPath);
  const [proof, digest, values] = [proofWords(made), BigInt(made.publicSignals[0]), made.values.map(BigInt)];
  const context = await contextOf(evm, batches);
  expect(BigInt(made.context) === context, "the proof is for another context");
  expect(values.length === statement.values, `expected ${statement.values} values, found ${values.length}`);

  // Each input's row of words has its outputs, the integers that running the model gives.
  const perInput = statement.words_an_input;
  const outputs = statement.tensors.filter((t) => t.side === "output");
  const found = Array.from({ length: statement.batch }, (_, row) =>
    outputs.flatMap((t) => unpack(values.slice(row * perInput, (row + 1) * perInput), t, statement.batch)));
  const expected = json(outputsPath).output_integers.flat(Infinity).map(BigInt);
  expect(String(found.flat()) === String(expected), `outputs: expected ${expected}, found ${found}`);

  // The verifier's own function.
  const own = valuesData(proof, context, digest, values);
  expect("0x" + own === made.calldata, "calldata: another call than the proof's");
  const accepted = await call(evm, verifier, own);
  expect(!accepted.reverted && BigInt("0x" + accepted.data) === 1n, "the contract rejects the proof");

  const changed = (i, v) => values.map((old, k) => (k === i ? v : old));
  const last = values.length - 1;
  const lies = [
    ["one value more by one", digest, changed(last, values[last] + 1n)],
    ["one value less by one", digest, changed(0, (values[0] + R - 1n) % R)],
    ["a value more by the order", digest, changed(last, values[last] + R)],
    ["a zero more", digest, [...values, 0n]],
    ["a value less", digest, values.slice(0, -1)],
    ["no values", digest, []],
    ["another digest", (digest + 1n) % R, values],
    ["the digest more by the order", digest + R, values],
  ];
  const i = values.findIndex((v) => v !== values[last]);
  if (i >= 0) {
    lies.push(["two values swapped", digest, values.map((v, k) => (k === i ? values[last] : k === last ? values[i] : v))]);
    lies.push(["the values backwards", digest, values.slice().reverse()]);
  }
  if (otherPath) {
    const other = json(otherPath);
    const [otherProof, otherDigest, otherValues] = [proofWords(other), BigInt(other.publicSignals[0]), other.values.map(BigInt)];
    expect(otherDigest !== digest, "the other proof is of the same values");
    lies.push(["the digest of another proof", otherDigest, values], ["the values of another proof", digest, otherValues]);
    lies.push(["another proof", digest, values, otherProof]);
  }
  for (const [what, d, v, p] of lies) {
    expect((await call(evm, verifier, valuesData(p ?? proof, context, d, v))).reverted, `the verifier accepts ${what}`);
    expect((await call(evm, batches, submitData(p ?? proof, d, v))).reverted, `Batches accepts ${what}`);
  }
  expect((await call(evm, verifier, valuesData(proof, context + 1n, digest, values))).reverted, "the verifier accepts another context");
  expect((await call(evm, elsewhere, submitData(proof, digest, values))).reverted, "another contract accepts the proof");
  // Whoever has the proof cannot choose r: the plain function takes the three signals alone.
  const signals = made.publicSignals.map(BigInt);
  const plain = (s) => call(evm, verifier, selector("verify(uint256[8],uint256[])") + [...proof, 288n, ...list(s)].map(word).join(""));
  expect(!(await plain(signals)).reverted, "verify rejects the signals");
  for (let k = 0; k < 3; k++) {
    expect((await plain(signals.map((s, m) => (m === k ? (s + 1n) % R : s)))).reverted, `verify accepts signal ${k}, changed`);
  }

  const submitted = await call(evm, batches, submitData(proof, digest, values));
  expect(!submitted.reverted, `Batches rejects the proof: ${submitted.data}`);
  const root = BigInt("0x" + submitted.data);
  expect((await call(evm, batches, submitData(proof, digest, values))).reverted, "Batches takes a batch twice");
  let claim;
  for (const index of new Set([0, last, last >> 1])) {
    const steps = pathOf(values, index);
    claim = await call(evm, batches, claimData(root, index, values[index], steps));
    expect(!claim.reverted && BigInt("0x" + claim.data) === 1n, `the claim of value ${index} is rejected`);
    expect((await call(evm, batches, claimData(root, index, values[index] + 1n, steps))).reverted, "another value is claimed");
    expect(last === 0 || (await call(evm, batches, claimData(root, (index + 1) % values.length, values[index], steps))).reverted,
      "a value is claimed at another place");
  }
  const share = Math.ceil(Number(submitted.gas) / statement.batch + Number(claim.gas) * perInput);
  console.log(`verifyValues: ${accepted.gas} gas for ${values.length} words of ${statement.batch} inputs`);
  console.log(`Batches: submit ${submitted.gas} gas, claim ${claim.gas}, an input with its share ${share}`);
}

const [command, ...files] = process.argv.slice(2);
run("chain_batch_test.js", async () => {
  if (command === "context") {
    const { evm, batches } = await begin(...files);
    console.log(word(await contextOf(evm, batches)));
  } else {
    await play(...files);
  }
});
