// chain_test.js VERIFIER.json CONTRACT.sol PROOF.json OUTPUTS.json: the contract of `proofcard chain export` in an EVM with a chain proof, and its words
// unpacked from what the verifier's file says of them. OUTPUTS: of `proofcard run --save-output`. Prints the gas.
"use strict";

const fs = require("fs");
const { compile, deploy, call, newEvm, proofWords, expect, selector, word, run } = require("./evm_tools.js");
const { unpack } = require("./chain_words.js");

const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const verifyData = (proof, words) =>
  selector("verify(uint256[8],uint256[])") + [...proof, 288n, BigInt(words.length), ...words].map(word).join("");

async function main() {
  const [verifierPath, contractPath, proofPath, outputsPath] = process.argv.slice(2);
  const verifier = JSON.parse(fs.readFileSync(verifierPath));
  const proof = JSON.parse(fs.readFileSync(proofPath));
  const expected = JSON.parse(fs.readFileSync(outputsPath)).output_integers.flat(Infinity).map(BigInt);
  const words = proof.publicSignals.map(BigInt);

  const outputs = verifier.statement.tensors.filter((t) => t.side === "output");
  const found = outputs.flatMap((t) => unpack(words, t));
  expect(String(found) === String(expected), `outputs: expected ${expected}, found ${found}`);

  const evm = await newEvm();
  const address = await deploy(evm, compile({ "Verifier.sol": fs.readFileSync(contractPath, "utf8") }));
  const points = proofWords(proof);
  expect("0x" + verifyData(points, words) === proof.calldata, "calldata: another call than the proof's");

  const accepted = await call(evm, address, proof.calldata.slice(2));
  expect(!accepted.reverted && BigInt("0x" + accepted.data) === 1n, "the contract rejects the proof");

  const rejects = async (what, p, s) => {
    const answer = await call(evm, address, verifyData(p, s));
    expect(answer.reverted, `the contract accepts ${what}`);
  };
  for (let i = 0; i < words.length; ++i) {
    const changed = words.slice();
    changed[i] = (changed[i] + 1n) % R;
    await rejects(`word ${i}, changed`, points, changed);
    changed[i] = words[i] + R;
    await rejects(`word ${i} beyond the modulus`, points, changed);
  }
  for (let i = 0; i < points.length; ++i) {
    const changed = points.slice();
    changed[i] += 1n;
    await rejects(`word ${i} of the proof, changed`, changed, words);
  }
  await rejects("a word too few", points, words.slice(1));
  await rejects("a word too many", points, [...words, 0n]);
  console.log(`verify: ${accepted.gas} gas for ${words.length} public words`);
}

run("chain_test.js", main);
