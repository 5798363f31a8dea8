// Our verifier contract in an EVM, beside that of snarkjs for the same key.
//
//   NODE_PATH=.../node_modules node contract_test.js CONTRACT.sol VK.json PROOFS.json CALLDATA_VERIFY CALLDATA_VERIFYPROOF
//
// PROOFS.json is of make_test_proofs.cpp; the calldata files are what `groth16 export-calldata` printed of its first proof.
// Checks what the contract accepts and refuses, and with which error; that both contracts agree about 200 proofs, most of
// them changed; and that the checks notice when the contract lacks one of its own. Prints the gas.
"use strict";

const fs = require("fs");
const path = require("path");
const ejs = require("ejs");
const { bytes, word, keccak, selector, Failure, expect, compile, deploy, deploys, call, newEvm, proofWords, run } = require("./evm_tools.js");

const MAX_GAS = 235000n; // of a call with up to three public signals
const MAX_SIGNALS_CHANGED = 16; // above, a proof is accepted and the contract has room, and that is all that is looked at
const R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;
const Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n;
const WORD = 1n << 256n;

const signalsOf = (entry) => entry.public.map(BigInt);

const verifyData = (proof, signals) =>
  selector("verify(uint256[8],uint256[])") + [...proof, 288n, BigInt(signals.length), ...signals].map(word).join("");
const verifyProofData = (proof, signals) =>
  selector(`verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[${signals.length}])`) +
  [...proof, ...signals].map(word).join("");

// All that the contract has to do. Throws a Failure for the first thing that it does otherwise.
async function check(evm, ours, theirs, proofs, n) {
  const proof = proofWords(proofs[0].proof);
  const signals = signalsOf(proofs[0]);
  const at = (list, i, value) => list.map((v, k) => (k === i ? value : v));
  const accepts = async (p, s, what) => {
    const long = await call(evm, ours, verifyData(p, s));
    expect(!long.reverted && long.data === word(1n), `verify refuses ${what}`);
    if (n === 0) return { long };
    const short = await call(evm, ours, verifyProofData(p, s));
    expect(!short.reverted && short.data === word(1n), `verifyProof refuses ${what}`);
    return { long, short };
  };
  const refuses = async (p, s, what, error) => {
    const long = await call(evm, ours, verifyData(p, s));
    expect(long.reverted && long.data === error, `verify answers ${long.data} to ${what}, expected ${error}`);
    if (n === 0) return;
    const short = await call(evm, ours, verifyProofData(p, s));
    expect(!short.reverted && short.data === word(0n), `verifyProof accepts ${what}`);
  };
  const rejected = selector("ProofRejected()");
  const outOfRange = (i) => selector("SignalOutOfRange(uint256)") + word(BigInt(i));
  const wrongNumber = (found) => selector("WrongNumberOfSignals(uint256,uint256)") + word(BigInt(n)) + word(BigInt(found));

  await accepts(proof, signals, "a proof");
  // Once more: in a transaction precompiles are warm from the start (EIP-2929), in this EVM after their first call.
  const gas = await accepts(proof, signals, "a proof");
  if (n > MAX_SIGNALS_CHANGED) return gas;
  for (let i = 0; i < 8; i++) {
    await refuses(at(proof, i, proof[i] + 1n), signals, `a proof with another word ${i}`, rejected);
    await refuses(at(proof, i, proof[i] + Q), signals, `a proof with word ${i} beyond q`, rejected);
    await refuses(at(proof, i, WORD - 1n), signals, `a proof with a word ${i} of ones`, rejected);
    await refuses(at(proof, i, 0n), signals, `a proof with a word ${i} of zeros`, rejected);
  }
  for (let i = 0; i < n; i++) {
    await refuses(proof, at(signals, i, (signals[i] + 1n) % R), `another public signal ${i}`, rejected);
    for (const value of [signals[i] + R, R, WORD - 1n]) {
      await refuses(proof, at(signals, i, value), `a public signal ${i} beyond r`, outOfRange(i));
    }
  }
  const negated = (p, at0) => p.map((v, k) => (at0.includes(k) && v !== 0n ? Q - v : v));
  await refuses(negated(proof, [1]), signals, "a proof with -A", rejected);
  await refuses(negated(proof, [4, 5]), signals, "a proof with -B", rejected);
  await refuses(negated(proof, [7]), signals, "a proof with -C", rejected);
  // What Groth16 allows, and the contract says of itself.
  await accepts(negated(proof, [1, 4, 5]), signals, "a proof with -A and -B");
  const zero = (list) => proof.map((v, k) => (list.includes(k) ? 0n : v));
  for (const list of [[0, 1], [2, 3, 4, 5], [6, 7], [0, 1, 2, 3, 4, 5, 6, 7]]) {
    await refuses(zero(list), signals, `infinity at ${list}`, rejected);
  }
  // Off the curve with an odd abscissa: what stands in memory then is no answer of the precompile.
  for (const x of [1n, 3n, 5n]) {
    await refuses(at(proof, 0, x), signals, `A with abscissa ${x}`, rejected);
  }
  for (const s of [[...signals, 0n], [...signals, ...signals, 1n], ...(n > 0 ? [signals.slice(1)] : [])]) {
    const answer = await call(evm, ours, verifyData(proof, s));
    expect(answer.reverted && answer.data === wrongNumber(s.length), `verify takes ${s.length} public signals`);
  }
  // Calls that are cut off, or whose list is somewhere else.
  const whole = verifyData(proof, signals);
  for (const size of [0, 4, 36, whole.length / 2 - 32 * n - 1, whole.length / 2 - (n > 0 ? 1 : 33)]) {
    expect((await call(evm, ours, whole.slice(0, 2 * size))).reverted, `verify takes a call of ${size} bytes`);
  }
  for (const place of [WORD - 32n, 1n << 64n, 288n + 32n * BigInt(n + 1)]) {
    const moved = selector("verify(uint256[8],uint256[])") + [...proof, place, BigInt(n), ...signals].map(word).join("");
    expect((await call(evm, ours, moved)).reverted, `verify takes a list at ${place}`);
  }
  if (n > 0) {
    const short = verifyProofData(proof, signals);
    expect((await call(evm, ours, short.slice(0, -2))).reverted, "verifyProof takes a call that is cut off");
    expect((await call(evm, ours, "12345678" + short.slice(8))).reverted, "the contract takes any function");
  }
  return gas;
}

// A small generator of numbers, so that every run has the same proofs.
function generator(seed) {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % (1n << 64n);
    return Number((state >> 33n) % BigInt(below));
  };
}

async function agree(evm, ours, theirs, proofs, n) {
  const next = generator(n + 7);
  const counts = { accepted: 0, refused: 0 };
  for (let i = 0; i < 200; i++) {
    const entry = proofs[next(proofs.length)];
    let p = proofWords(entry.proof);
    let s = signalsOf(entry);
    switch (next(6)) {
      case 0:
        break;
      case 1:
        p[next(8)] ^= 1n << BigInt(next(254));
        break;
      case 2:
        s[next(n)] ^= 1n << BigInt(next(256));
        break;
      case 3:
        s = signalsOf(proofs[next(proofs.length)]);
        break;
      case 4: {
        const other = proofWords(proofs[next(proofs.length)].proof);
        const part = [[0, 1], [2, 3, 4, 5], [6, 7]][next(3)];
        p = p.map((v, k) => (part.includes(k) ? other[k] : v));
        break;
      }
      default:
        p = p.map((v, k) => ([1, 4, 5].includes(k) ? Q - v : v)); // -A, -B: another proof
    }
    const data = verifyProofData(p, s);
    const [a, b] = [await call(evm, ours, data), await call(evm, theirs, data)];
    expect(!a.reverted && !b.reverted && a.data === b.data, `the contracts disagree about proof ${i}: ${a.data}, ${b.data}`);
    counts[a.data === word(1n) ? "accepted" : "refused"]++;
  }
  expect(counts.accepted > 20 && counts.refused > 20, "most of the proofs are of one kind");
  // The other contract reduces A.y modulo q and takes what ours does not: another encoding of the same proof.
  const p = proofWords(proofs[0].proof);
  p[1] = ((p[1] + WORD) % Q) + Q;
  const data = verifyProofData(p, signalsOf(proofs[0]));
  expect((await call(evm, theirs, data)).data === word(1n), "snarkjs' contract has changed: it refuses A.y beyond q");
  expect((await call(evm, ours, data)).data === word(0n), "A.y beyond q is accepted");
  return counts;
}

// On a chain without one of the precompiles a call of it succeeds and changes nothing: the contract does not stand there.
async function checkPrecompiles(source) {
  for (const number of [6, 7, 8]) {
    const address = { bytes: bytes(word(BigInt(number)).slice(24)) };
    const evm = await newEvm({ customPrecompiles: [{ address }] }); // without function: there is none
    expect(!(await deploys(evm, compile({ "ours.sol": source }, null, true))), `the contract deploys without precompile ${number}`);
  }
}

// Parts of the contract, and what takes their place when they are left out.
const PARTS = [
  ["signals.length != NUM_SIGNALS", "false"],
  ["if (index != NUM_SIGNALS)", "if (false)"],
  ["firstOutOfRange(signalsAt) == NUM_SIGNALS && ", ""],
  ["if (!isProof(proofAt, signalsAt)) revert ProofRejected();", "isProof(proofAt, signalsAt);"],
  ["accepted := and(accepted, mload(pairs))", ""],
  ["accepted := and(accepted, staticcall(gas(), 8, pairs, 0x300, pairs, 0x20))", "pop(staticcall(gas(), 8, pairs, 0x300, pairs, 0x20))"],
  ["iszero(lt(calldataload(add(signalsAt, mul(index, 0x20))), R))", "gt(calldataload(add(signalsAt, mul(index, 0x20))), R)"],
  ["lt(index, NUM_SIGNALS) {", "lt(add(index, 1), NUM_SIGNALS) {"],
  ["and(eq(returndatasize(), 0x40), staticcall(gas(), 6,", "and(1, staticcall(gas(), 6,"],
  ["and(eq(returndatasize(), 0x40), staticcall(gas(), 7,", "and(1, staticcall(gas(), 7,"],
  ["and(eq(returndatasize(), 0x20), staticcall(gas(), 8,", "and(1, staticcall(gas(), 8,"],
  ["if (!complete) revert NoPrecompiles();", "complete;"],
];

async function main() {
  const [contractPath, vkPath, proofsPath, verifyCallPath, verifyProofCallPath] = process.argv.slice(2);
  const source = fs.readFileSync(contractPath, "utf8");
  const vk = JSON.parse(fs.readFileSync(vkPath, "utf8"));
  const proofs = JSON.parse(fs.readFileSync(proofsPath, "utf8"));
  const n = vk.nPublic;
  const evm = await newEvm();
  const ours = await deploy(evm, compile({ "ours.sol": source }));
  const constant = async (signature) => (await call(evm, ours, selector(signature))).data;
  expect((await constant("NUM_SIGNALS()")) === word(BigInt(n)), "NUM_SIGNALS is wrong");
  const g2 = (p) => [p[0][1], p[0][0], p[1][1], p[1][0]];
  const numbers = [...vk.vk_alpha_1.slice(0, 2), ...g2(vk.vk_beta_2), ...g2(vk.vk_gamma_2), ...g2(vk.vk_delta_2),
    ...vk.IC.flatMap((p) => p.slice(0, 2))];
  const digest = keccak(numbers.map((v) => word(BigInt(v))).join(""));
  expect((await constant("KEY_DIGEST()")) === digest, "KEY_DIGEST is wrong");

  const [proof, signals] = [proofWords(proofs[0].proof), signalsOf(proofs[0])];
  const read = (file) => fs.readFileSync(file, "utf8").trim();
  expect(read(verifyCallPath) === "0x" + verifyData(proof, signals), "export-calldata prints another call of verify");
  if (n === 0) {
    const gas = await check(evm, ours, null, proofs, n);
    console.log(`no public signals: verify ${gas.long.gas} gas`);
    return;
  }
  expect(read(verifyProofCallPath) === "0x" + verifyProofData(proof, signals), "export-calldata prints another call of verifyProof");
  const template = path.join(process.env.NODE_PATH, "snarkjs", "templates", "verifier_groth16.sol.ejs");
  const theirs = n > MAX_SIGNALS_CHANGED ? null : await deploy(evm, compile({ "theirs.sol": ejs.render(fs.readFileSync(template, "utf8"), vk) }, null, true));
  const gas = await check(evm, ours, theirs, proofs, n);
  expect(n > 3 || gas.long.gas <= MAX_GAS, `verify takes ${gas.long.gas} gas, expected at most ${MAX_GAS}`);
  if (n > MAX_SIGNALS_CHANGED) {
    console.log(`${n} public signals: verify ${gas.long.gas} gas, verifyProof ${gas.short.gas}`);
    return;
  }
  const theirGas = (await call(evm, theirs, verifyProofData(proof, signals))).gas;
  expect(gas.short.gas <= theirGas, `verifyProof takes ${gas.short.gas} gas, snarkjs' contract ${theirGas}`);
  await checkPrecompiles(source);
  const counts = await agree(evm, ours, theirs, proofs, n);
  let noticed = 0;
  for (const [part, replacement] of n === 1 ? PARTS : []) {
    expect(source.includes(part), `the contract has no ${part}`);
    const changedSource = source.replace(part, replacement);
    const changed = await deploy(evm, compile({ "changed.sol": changedSource }, null, true));
    let failure = null;
    try {
      await check(evm, changed, theirs, proofs, n);
      await checkPrecompiles(changedSource);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failure = error;
    }
    expect(failure, `no check notices a contract without ${part}`);
    noticed++;
  }
  console.log(`${n} public signals: verify ${gas.long.gas} gas, verifyProof ${gas.short.gas}, snarkjs' ${theirGas}; ` +
    `agree on 200 proofs (${counts.accepted} accepted); ${noticed} parts noticed`);
}

run("contract_test", main);
