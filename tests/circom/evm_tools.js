// What the tests of contracts share: solc, an EVM, and calls as words.
"use strict";

const solc = require("solc");
const { createEVM, EVM } = require("@ethereumjs/evm");
const { keccak256 } = require("ethereum-cryptography/keccak");

const GAS_LIMIT = 30000000n;

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const word = (n) => n.toString(16).padStart(64, "0");
const keccak = (hex) => Buffer.from(keccak256(bytes(hex))).toString("hex");
const selector = (signature) => keccak(Buffer.from(signature).toString("hex")).slice(0, 8);

class Failure extends Error {}
function expect(condition, what) {
  if (!condition) throw new Failure(what);
}

// sources: by file name. The contract of this name, or the only one.
function compile(sources, name, allowWarnings) {
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: Object.fromEntries(Object.entries(sources).map(([file, content]) => [file, { content }])),
        settings: {
          optimizer: { enabled: true, runs: 200 },
          evmVersion: "shanghai",
          outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.deployedBytecode.object"] } },
        },
      })
    )
  );
  const wrong = (output.errors || []).filter((e) => e.severity === "error" || (e.severity === "warning" && !allowWarnings));
  expect(wrong.length === 0, `solc says: ${wrong.map((e) => e.formattedMessage).join("\n")}`);
  const contracts = Object.assign({}, ...Object.values(output.contracts));
  return name ? contracts[name] : Object.values(contracts)[0];
}

// Returns the address, or null when the constructor reverts. constructorWords: its arguments.
async function deploys(evm, contract, constructorWords = []) {
  expect(contract.evm.deployedBytecode.object.length / 2 <= 24576, "the contract is too large");
  const data = bytes(contract.evm.bytecode.object + constructorWords.map(word).join(""));
  const deployed = await evm.runCall({ data, gasLimit: GAS_LIMIT });
  return deployed.execResult.exceptionError ? null : deployed.createdAddress;
}

async function deploy(evm, contract, constructorWords = []) {
  const address = await deploys(evm, contract, constructorWords);
  expect(address, "cannot deploy");
  return address;
}

async function call(evm, to, hex, options = {}) {
  const { execResult } = await evm.runCall({ to, data: bytes(hex), gasLimit: GAS_LIMIT, ...options });
  const data = Buffer.from(execResult.returnValue).toString("hex");
  return { reverted: !!execResult.exceptionError, data, gas: execResult.executionGasUsed };
}

const newEvm = (options) => (createEVM ? createEVM(options) : EVM.create(options));

// The eight words of a proof of snarkjs, in the order of the precompile: of Fq2 the part with u first.
function proofWords(proof) {
  const [a, b, c] = [proof.pi_a, proof.pi_b, proof.pi_c];
  return [a[0], a[1], b[0][1], b[0][0], b[1][1], b[1][0], c[0], c[1]].map(BigInt);
}

// Runs main and ends the process: 1 and a message when something is not as expected.
function run(name, main) {
  main().catch((error) => {
    console.error(`${name}: ${error instanceof Failure ? error.message : error.stack}`);
    process.exit(1);
  });
}

module.exports = { bytes, word, keccak, selector, Failure, expect, compile, deploy, deploys, call, newEvm, proofWords, run };
