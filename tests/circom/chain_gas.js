// chain_gas.js CONTRACT.sol PROOF.json: gas of the proof's own call of its contract, in an EVM; 1 when the contract rejects it.
"use strict";

const fs = require("fs");
const { compile, deploy, call, newEvm, expect, run } = require("./evm_tools.js");

run("chain_gas.js", async () => {
  const [contract, proof] = process.argv.slice(2).map((file) => fs.readFileSync(file, "utf8"));
  const evm = await newEvm();
  const address = await deploy(evm, compile({ "Verifier.sol": contract }));
  const answer = await call(evm, address, JSON.parse(proof).calldata.slice(2));
  expect(!answer.reverted && BigInt("0x" + answer.data) === 1n, "the contract rejects the proof");
  console.log(String(answer.gas));
});
