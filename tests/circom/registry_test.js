// packaging/contracts in an EVM: the registry of models, and batches with a real circuit and with keys of known secrets.
//
//   NODE_PATH=.../node_modules node registry_test.js CONTRACTS BATCH_CIRCUIT PROOFCARD MAKE_TEST_PROOFS WORK
//
// BATCH_CIRCUIT is what make_circuit.sh made of circuits/batch.circom. Prints the gas.
"use strict";

const fs = require("fs");
const path = require("path");
const { execFileSync } = require("child_process");
const { word, keccak, selector, Failure, expect, compile, deploy, deploys, call, newEvm, proofWords, run } = require("./evm_tools.js");

const R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;
const MAX_GAS_OF_CLAIM = 30000; // an output's, its share of the batch's proof included, in a batch of 64

const [contracts, circuit, proofcard, makeTestProofs, work] = process.argv.slice(2);
const inWork = (name) => path.join(work, name);
const json = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const number = (address) => BigInt(address.toString());
const text = (s) => [BigInt(Buffer.from(s).length), ...(Buffer.from(s).toString("hex").match(/.{1,64}/g) || [])]
  .map((w) => (typeof w === "bigint" ? word(w) : w.padEnd(64, "0"))).join("");

function contractSource(name, change) {
  const sources = {};
  for (const file of ["ProofVerifier.sol", "ModelRegistry.sol", "Batches.sol"]) {
    const source = fs.readFileSync(path.join(contracts, file), "utf8");
    sources[file] = change && file === `${name}.sol` ? change(source) : source;
  }
  return compile(sources, name, !!change);
}

function exportVerifier(key, options = [], change = null) {
  execFileSync(proofcard, ["groth16", "export-verifier", key, "-o", inWork("Verifier.sol"), ...options], { stdio: "pipe" });
  const source = fs.readFileSync(inWork("Verifier.sol"), "utf8");
  return compile({ "Verifier.sol": change ? change(source) : source }, undefined, !!change);
}

// A proof of the key with known secrets, for these signals.
function proofFor(signals) {
  fs.writeFileSync(inWork("signals.json"), JSON.stringify(signals.map(String)));
  execFileSync(makeTestProofs, [String(signals.length), "1", inWork("vk.json"), inWork("proofs.json"), inWork("signals.json")]);
  return proofWords(json(inWork("proofs.json"))[0].proof);
}

const expectAnswer = (answer, data, what) =>
  expect(!answer.reverted && answer.data === data, `${what}: expected ${data}, found ${answer.data}`);
const expectError = (answer, signature, words, what) =>
  expect(answer.reverted && answer.data === selector(signature) + words.map(word).join(""), `${what}: found ${answer.data}`);

async function checkRegistry(evm, contract) {
  const signals = [7n, 8n, 9n];
  const proof = proofFor(signals);
  const verifier = await deploy(evm, exportVerifier(inWork("vk.json")));
  const digest = BigInt("0x" + (await call(evm, verifier, selector("KEY_DIGEST()"))).data);
  const registry = await deploy(evm, contract);
  const stranger = { caller: Object.assign(Object.create(Object.getPrototypeOf(verifier)), { bytes: new Uint8Array(20).fill(9) }) };
  const ownerIs = async () => (await call(evm, registry, selector("owner()"))).data;
  const owner = await ownerIs();
  const add = (name, d, v, options) =>
    call(evm, registry, selector("add(string,bytes32,address)") + [96n, d, v].map(word).join("") + text(name), options);
  const find = (name, version) =>
    call(evm, registry, selector("find(string,uint256)") + [64n, version].map(word).join("") + text(name));
  const latest = async (name) => (await call(evm, registry, selector("latest(string)") + word(32n) + text(name))).data;
  const verify = (name, version, p, s) =>
    call(evm, registry, selector("verify(string,uint256,uint256[8],uint256[])") +
      [352n, version, ...p, 352n + 64n].map(word).join("") + text(name) + [BigInt(s.length), ...s].map(word).join(""));

  expect((await latest("lenet")) === word(0n), "an empty registry has a model");
  expectError(await add("lenet", digest, number(verifier), stranger), "NotOwner(address)", [number(stranger.caller)], "a stranger adds");
  expectError(await add("", digest, number(verifier)), "BadName(uint256)", [0n], "a name of nothing");
  expectError(await add("n".repeat(65), digest, number(verifier)), "BadName(uint256)", [65n], "a long name");
  expectError(await add("lenet", digest, 12345n), "NoContract(address)", [12345n], "no contract");
  expectError(await add("lenet", digest ^ 1n, number(verifier)), "WrongDigest(bytes32,bytes32)", [digest ^ 1n, digest], "another digest");
  const added = await add("lenet", digest, number(verifier));
  expectAnswer(added, word(1n), "the first version");
  expectAnswer(await find("lenet", 1n), word(digest) + word(number(verifier)), "find");
  const other = await deploy(evm, exportVerifier(inWork("vk.json")));
  expectAnswer(await add("lenet", digest, number(other)), word(2n), "the second version");
  expectAnswer(await find("lenet", 1n), word(digest) + word(number(verifier)), "the first version after the second");
  expectAnswer(await find("lenet", 2n), word(digest) + word(number(other)), "the second version");
  expect((await latest("lenet")) === word(2n), "latest");
  for (const [name, version] of [["lenet", 0n], ["lenet", 3n], ["other", 1n]]) {
    const answer = await find(name, version);
    expect(answer.reverted && answer.data.startsWith(selector("UnknownModel(string,uint256)")), `finds ${name} ${version}`);
  }
  expectAnswer(await verify("lenet", 1n, proof, signals), word(1n), "verify");
  expectError(await verify("lenet", 1n, proof, [7n, 8n, 10n]), "ProofRejected()", [], "verify of other signals");
  // A new owner has to accept, and nobody else can.
  const offer = (to, options) => call(evm, registry, selector("offerOwnership(address)") + word(to), options);
  const accept = (options) => call(evm, registry, selector("acceptOwnership()"), options);
  expectError(await offer(number(stranger.caller), stranger), "NotOwner(address)", [number(stranger.caller)], "a stranger offers");
  expectError(await accept(stranger), "NotOwner(address)", [number(stranger.caller)], "a stranger accepts");
  expectAnswer(await offer(number(stranger.caller)), "", "offer");
  expect((await ownerIs()) === owner, "an offer changes the owner");
  expectAnswer(await accept(stranger), "", "accept");
  expect((await ownerIs()) === word(number(stranger.caller)), "the owner after accepting");
  expectAnswer(await add("lenet", digest, number(verifier), stranger), word(3n), "the new owner adds");
  expect((await add("lenet", digest, number(verifier))).reverted, "the old owner adds");
  return added.gas;
}

// Value of the list as a polynomial at r.
const valueAt = (outputs, r) => outputs.reduceRight((sum, o) => (sum * r + o) % R, 0n);
const hash = (left, right) => BigInt("0x" + keccak(word(left) + word(right)));

function tree(outputs) {
  const levels = [outputs.map((o, i) => hash(BigInt(i), o))];
  while (levels.at(-1).length > 1) {
    const below = levels.at(-1);
    levels.push(Array.from({ length: Math.ceil(below.length / 2) }, (_, i) => hash(below[2 * i], below[2 * i + 1] ?? 0n)));
  }
  return levels;
}
const pathOf = (levels, index) => levels.slice(0, -1).map((level, k) => level[(index >> k) ^ 1] ?? 0n);

const list = (values) => [BigInt(values.length), ...values];
const submitData = (proof, digest, outputs) =>
  selector("submit(uint256[8],uint256,uint256[])") + [...proof, digest, 320n, ...list(outputs)].map(word).join("");
const claimData = (root, index, output, steps) =>
  selector("claim(bytes32,uint256,uint256,bytes32[])") + [root, BigInt(index), output, 128n, ...list(steps)].map(word).join("");

const verifyValuesData = (proof, context, digest, values) =>
  selector("verifyValues(uint256[8],uint256,uint256,uint256[])") + [...proof, context, digest, 352n, ...list(values)].map(word).join("");

// As host/wrap/public_digest.hpp has it.
const challengeOf = (context, digest, values) =>
  BigInt("0x" + keccak([context, digest, 96n, ...list(values)].map(word).join(""))) % R;

// The function of contracts of keys by digest, with a key whose secrets are known: there is a proof for every statement that the circuit
// allows, which is any digest, list and r with the list's value there. The circuit's list is the honest one, of one digest.
async function checkValues(evm, change) {
  proofFor([1n, 2n, 3n]);
  let gas = 0n;
  for (const size of [1, 3, 64]) {
    const verifier = await deploy(evm, exportVerifier(inWork("vk.json"), ["--values", String(size)], change));
    const values = Array.from({ length: size }, (_, i) => (BigInt(i + size) * 0x123456789abcdefn ** 4n) % R);
    const [context, digest] = [4711n, 31415926n];
    // What a prover can make that knows the honest list alone: for an r of its choice, the list's value there.
    const proofAt = (r) => proofFor([digest, valueAt(values, r), r]);
    const verify = (proof, c, d, v) => call(evm, verifier, verifyValuesData(proof, c, d, v));
    const r = challengeOf(context, digest, values);
    const proof = proofAt(r);
    const accepted = await verify(proof, context, digest, values);
    expectAnswer(accepted, word(1n), `${size} values`);
    gas = accepted.gas;
    const number = await call(evm, verifier, selector("NUM_VALUES()"));
    expectAnswer(number, word(BigInt(size)), "NUM_VALUES");
    expectError(await verify(proof, context + 1n, digest, values), "ProofRejected()", [], "another context");
    expectError(await verify(proof, context, digest + 1n, values), "ProofRejected()", [], "another digest");
    // Whoever changes the list makes a proof for its r, and has the honest value there.
    const lie = async (v, what) => expectError(await verify(proofAt(challengeOf(context, digest, v)), context, digest, v), "ProofRejected()", [], what);
    await lie(values.map((v, i) => (i === size - 1 ? (v + 1n) % R : v)), "a value changed");
    await lie(values.map((v, i) => (i === 0 ? R - 1n : v)), "a value that is negative");
    if (size > 1) {
      await lie([values[1], values[0], ...values.slice(2)], "two values swapped");
    }
    for (const other of [[...values, 0n], values.slice(0, -1), []]) {
      const itsR = challengeOf(context, digest, other);
      expectError(await verify(proofAt(itsR), context, digest, other), "WrongNumberOfValues(uint256,uint256)", [BigInt(size), BigInt(other.length)], `${other.length} values of ${size}`);
    }
    // The same value modulo the order: the field cannot tell.
    const beyond = values.map((v, i) => (i === 0 ? v + R : v));
    expectError(await verify(proofAt(challengeOf(context, digest, beyond)), context, digest, beyond), "ValueOutOfRange(uint256)", [0n], "a value beyond the order");
    expectError(await verify(proofFor([digest, (valueAt(values, r) + 1n) % R, r]), context, digest, values), "ProofRejected()", [], "another value at r");
    const farDigest = digest + R;
    const farProof = proofAt(challengeOf(context, farDigest, values));
    expectError(await verify(farProof, context, farDigest, values), "SignalOutOfRange(uint256)", [0n], "a digest beyond the order");
  }
  return gas;
}

async function challenge(evm, batches, digest, outputs) {
  const data = selector("challenge(uint256,uint256[])") + [digest, 64n, ...list(outputs)].map(word).join("");
  return BigInt("0x" + (await call(evm, batches, data)).data);
}

// What a batch has to do once it stands in the contract.
async function checkClaims(evm, batches, outputs) {
  const levels = tree(outputs);
  const root = levels.at(-1)[0];
  let gas = 0n;
  for (let i = 0; i < outputs.length; i += outputs.length > 8 ? 7 : 1) {
    const steps = pathOf(levels, i);
    const answer = await call(evm, batches, claimData(root, i, outputs[i], steps));
    expectAnswer(answer, word(1n), `claim of output ${i}`);
    gas = answer.gas;
    expectError(await call(evm, batches, claimData(root, i, outputs[i] + 1n, steps)), "NotInBatch()", [], "another output");
    if (outputs.length > 1) {
      expectError(await call(evm, batches, claimData(root, (i + 1) % outputs.length, outputs[i], steps)), "NotInBatch()", [], "another index");
      expectError(await call(evm, batches, claimData(root, i, outputs[i], steps.map((s) => s ^ 1n))), "NotInBatch()", [], "another path");
    }
    for (const wrong of [[...steps, 0n], ...(steps.length > 0 ? [steps.slice(1)] : [])]) {
      expectError(await call(evm, batches, claimData(root, i, outputs[i], wrong)), "WrongPathLength(uint256,uint256)",
        [BigInt(steps.length), BigInt(wrong.length)], "a path of another length");
    }
  }
  // An inner node is no output, whatever the path.
  if (levels.length > 2) {
    const [left, right] = [levels[0][0], levels[0][1]];
    expect((await call(evm, batches, claimData(root, Number(left % 2n), right, pathOf(levels, 0).slice(1)))).reverted, "an inner node is claimed");
  }
  expectError(await call(evm, batches, claimData(root, outputs.length, 0n, pathOf(levels, 0))), "IndexOutOfRange(uint256,uint256)",
    [BigInt(outputs.length), BigInt(outputs.length)], "an index beyond the batch");
  expectError(await call(evm, batches, claimData(root ^ 1n, 0, outputs[0], pathOf(levels, 0))), "UnknownBatch(bytes32)", [root ^ 1n], "another root");
  return gas;
}

// With a key whose secrets are known, so that there is a proof for every statement that the circuit would allow.
async function checkBatches(evm, contract) {
  proofFor([1n, 2n, 3n]);
  const verifier = await deploy(evm, exportVerifier(inWork("vk.json")));
  const digest = 31415926n;
  let printed = "";
  for (const size of [1, 2, 5, 64]) {
    const batches = await deploy(evm, contract, [number(verifier), BigInt(size)]);
    const outputs = Array.from({ length: size }, (_, i) => (BigInt(i + size) * 0x123456789abcdefn ** 5n) % R);
    const r = await challenge(evm, batches, digest, outputs);
    const context = BigInt("0x" + (await call(evm, batches, selector("context()"))).data);
    expect(r === challengeOf(context, digest, outputs), "the challenge is another than that of public_digest.hpp");
    const proof = proofFor([digest, valueAt(outputs, r), r]);
    const submit = (p, d, o, options) => call(evm, batches, submitData(p, d, o), options);
    // Other outputs have another r, and no proof; so has another contract, or chain.
    const changed = outputs.map((o, i) => (i === size - 1 ? (o + 1n) % R : o));
    expectError(await submit(proof, digest, changed), "ProofRejected()", [], "other outputs");
    expectError(await submit(proof, digest + 1n, outputs), "ProofRejected()", [], "another digest");
    if (size > 1) {
      expectError(await submit(proof, digest, outputs.slice().reverse()), "ProofRejected()", [], "outputs in another order");
      const sameValue = [(outputs[0] + r) % R, (outputs[1] + R - 1n) % R, ...outputs.slice(2)];
      expectError(await submit(proof, digest, sameValue), "ProofRejected()", [], "outputs with the same value at r");
    }
    // Zeros at the end leave the value as it is: there are proofs for lists that only differ in them.
    const ending = [...outputs.slice(0, -1), 0n];
    for (const other of [[...outputs, 0n], ending.slice(0, -1), [...outputs, ...outputs]]) {
      const itsR = await challenge(evm, batches, digest, other);
      const itsProof = proofFor([digest, valueAt(other, itsR), itsR]);
      expectError(await submit(itsProof, digest, other), "WrongNumberOfOutputs(uint256,uint256)",
        [BigInt(size), BigInt(other.length)], `${other.length} outputs of ${size}`);
    }
    const elsewhere = await deploy(evm, contract, [number(verifier), BigInt(size)]);
    expectError(await call(evm, elsewhere, submitData(proof, digest, outputs)), "ProofRejected()", [], "another contract");
    // Right about r and wrong about the value.
    const lie = proofFor([digest, (valueAt(outputs, r) + 1n) % R, r]);
    expectError(await submit(lie, digest, outputs), "ProofRejected()", [], "another value");
    expectError(await submit(proof, digest, outputs.map((o, i) => (i === 0 ? o + R : o))), "OutputOutOfRange(uint256)", [0n], "an output beyond r");
    const root = tree(outputs).at(-1)[0];
    const answer = await submit(proof, digest, outputs);
    expectAnswer(answer, word(root), `a batch of ${size}`);
    expectError(await submit(proof, digest, outputs), "AlreadySubmitted(bytes32)", [root], "the same batch again");
    const claim = await checkClaims(evm, batches, outputs);
    const share = Math.ceil(Number(answer.gas) / size) + Number(claim);
    expect(size < 64 || share <= MAX_GAS_OF_CLAIM, `an output takes ${share} gas`);
    printed += `batch of ${size}: submit ${answer.gas} gas, claim ${claim}, an output with its share ${share}\n`;
  }
  for (const size of [0n, 1025n]) {
    expect(!(await deploys(evm, contract, [number(verifier), size])), `deploys for ${size} outputs`);
  }
  // A verifier that says how many words it has.
  const says = await deploy(evm, exportVerifier(inWork("vk.json"), ["--values", "5"]));
  expect(await deploys(evm, contract, [number(says), 5n]), "does not deploy for the verifier's own number");
  expect(!(await deploys(evm, contract, [number(says), 6n])), "deploys for another number than the verifier's");
  // A verifier that answers instead of reverting: 32 bytes of zeros to every call with arguments, nothing to others.
  const no = await deploy(evm, { evm: { bytecode: { object: "600e600c600039600e6000f3" + "36600410600857005b60206000f3" }, deployedBytecode: { object: "" } } });
  const trusting = await deploy(evm, contract, [number(no), 1n]);
  expectError(await call(evm, trusting, submitData(Array(8).fill(1n), digest, [1n])), "ProofRejected()", [], "an answer of false");
  return printed;
}

// With a circuit: its witness, its key and its proof.
async function checkCircuit(evm, contract) {
  const made = (name) => path.join(circuit, name);
  const verifier = await deploy(evm, exportVerifier(made("circuit.zkey")));
  const batches = await deploy(evm, contract, [number(verifier), 3n]);
  const outputs = [10n, 200n, 3000n];
  const digest = BigInt(json(made("snarkjs_public.json"))[0]); // does not depend on r
  const r = await challenge(evm, batches, digest, outputs);
  fs.writeFileSync(inWork("input.json"), JSON.stringify({ outputs: outputs.map(String), r: String(r) }));
  const calculator = fs.readdirSync(made("calculator")).find((f) => f.endsWith(".wasm"));
  const snarkjs = path.join(process.env.NODE_PATH, ".bin", "snarkjs");
  execFileSync(snarkjs, ["wtns", "calculate", path.join(made("calculator"), calculator), inWork("input.json"), inWork("w.wtns")], { stdio: "pipe" });
  execFileSync(proofcard, ["groth16", "prove", made("circuit.zkey"), inWork("w.wtns"), inWork("proof.json"), inWork("public.json")], { stdio: "pipe" });
  expect(json(inWork("public.json")).join() === [digest, valueAt(outputs, r), r].join(), "the circuit's public signals are others");
  const proof = proofWords(json(inWork("proof.json")));
  expectError(await call(evm, batches, submitData(proof, digest, [10n, 200n, 3001n])), "ProofRejected()", [], "outputs that the circuit has not");
  expectAnswer(await call(evm, batches, submitData(proof, digest, outputs)), word(tree(outputs).at(-1)[0]), "the circuit's batch");
  await checkClaims(evm, batches, outputs);
}

// Parts of the contracts, and what takes their place when they are left out.
const PARTS = [
  ["ModelRegistry", checkRegistry, "if (msg.sender != owner) revert NotOwner(msg.sender);", ""],
  ["ModelRegistry", checkRegistry, "if (size == 0 || size > 64) revert BadName(size);", "size;"],
  ["ModelRegistry", checkRegistry, "if (address(verifier).code.length == 0) revert NoContract(address(verifier));", ""],
  ["ModelRegistry", checkRegistry, "if (found != digest) revert WrongDigest(digest, found);", "found;"],
  ["ModelRegistry", checkRegistry, "version == 0 || version > versions.length", "version == 0"],
  ["ModelRegistry", checkRegistry, "if (msg.sender != nextOwner) revert NotOwner(msg.sender);", ""],
  ["Batches", checkBatches, "numOutputs == 0 || numOutputs > MAX_OUTPUTS", "numOutputs == 0"],
  ["Batches", checkBatches, "numOutputs == 0 || numOutputs > MAX_OUTPUTS", "numOutputs > MAX_OUTPUTS"],
  ["Batches", checkBatches, "if (size != NUM_OUTPUTS) revert WrongNumberOfOutputs(NUM_OUTPUTS, size);", ""],
  ["Batches", checkBatches, "if (outputs[i] >= R) revert OutputOutOfRange(i);", ""],
  ["Batches", checkBatches, "if (!verifier.verify(proof, signals)) revert ProofRejected();", "proof; signals;"],
  ["Batches", checkBatches, "if (!verifier.verify(proof, signals)) revert ProofRejected();", "verifier.verify(proof, signals);"],
  ["Batches", checkBatches, "if (submitted[root]) revert AlreadySubmitted(root);", ""],
  ["Batches", checkBatches, "abi.encode(block.chainid, address(this))", "abi.encode(block.chainid)"],
  ["Batches", checkBatches, "abi.encode(context(), digest, outputs)", "abi.encode(context(), digest, outputs.length)"],
  ["Batches", checkBatches, "if (size != numOutputs) revert WrongNumberOfOutputs(size, numOutputs);", "size;"],
  ["Batches", checkBatches, "if (!submitted[root]) revert UnknownBatch(root);", ""],
  ["Batches", checkBatches, "if (index >= size) revert IndexOutOfRange(index, size);", ""],
  ["Batches", checkBatches, "if (path.length != levels) revert WrongPathLength(levels, path.length);", "if (path.length < levels) levels = path.length;"],
  ["Batches", checkBatches, "if (node != root) revert NotInBatch();", "node;"],
];

// The same of the function verifyValues.
const PARTS_OF_VALUES = [
  ["if (values.length != NUM_VALUES) revert WrongNumberOfValues(NUM_VALUES, values.length);", ""],
  ["if (values[i] >= R) revert ValueOutOfRange(i);", ""],
  ["abi.encode(context, digest, values)", "abi.encode(digest, values)"],
  ["abi.encode(context, digest, values)", "abi.encode(context, values)"],
  ["abi.encode(context, digest, values)", "abi.encode(context, digest, values.length)"],
  ["value = addmod(mulmod(value, r, R), values[i], R);", "value = addmod(value, values[i], R);"],
  ["return this.verify(proof, signals);", "proof; signals; return true;"],
];

async function main() {
  const evm = await newEvm();
  const gas = await checkRegistry(evm, contractSource("ModelRegistry"));
  console.log(`registry: add ${gas} gas`);
  console.log((await checkBatches(evm, contractSource("Batches"))).trimEnd());
  await checkCircuit(evm, contractSource("Batches"));
  console.log(`verifyValues: ${await checkValues(evm)} gas for 64 words`);
  for (const [part, replacement] of PARTS_OF_VALUES) {
    let failure = null;
    try {
      await checkValues(evm, (source) => {
        expect(source.includes(part), `the contract has no ${part}`);
        return source.replace(part, replacement);
      });
    } catch (error) {
      if (!(error instanceof Failure) || error.message.includes(" has no ")) throw error;
      failure = error;
    }
    expect(failure && !failure.message.startsWith("solc says"), `no check notices verifyValues without ${part}`);
  }
  for (const [name, check, part, replacement] of PARTS) {
    let failure = null;
    try {
      const contract = contractSource(name, (source) => {
        expect(source.includes(part), `${name} has no ${part}`);
        return source.replace(part, replacement);
      });
      await check(evm, contract);
    } catch (error) {
      if (!(error instanceof Failure) || error.message.includes(" has no ")) throw error;
      failure = error;
    }
    expect(failure && !failure.message.startsWith("solc says"), `no check notices ${name} without ${part}: ${failure && failure.message}`);
  }
  console.log(`${PARTS.length + PARTS_OF_VALUES.length} parts noticed`);
}

run("registry_test", main);
