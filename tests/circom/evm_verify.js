// Deploys the Solidity verifier that snarkjs exported in an EVM and asks it about a proof.
//
//   NODE_PATH=.../node_modules node evm_verify.js VERIFIER.sol PROOF.json PUBLIC.json
//
// Prints "accepted" and the gas of the call, or "rejected"; fails on anything else.
"use strict";

const fs = require("fs");
const solc = require("solc");
const { createEVM, EVM } = require("@ethereumjs/evm");

const GAS_LIMIT = 30000000n;

function fail(message) {
  console.error(`evm_verify: ${message}`);
  process.exit(2);
}

function compile(path) {
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: { "verifier.sol": { content: fs.readFileSync(path, "utf8") } },
        settings: {
          optimizer: { enabled: true, runs: 200 },
          evmVersion: "shanghai",
          outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.methodIdentifiers"] } },
        },
      })
    )
  );
  const errors = (output.errors || []).filter((e) => e.severity === "error");
  if (errors.length !== 0) {
    fail(errors[0].formattedMessage);
  }
  const contract = Object.values(output.contracts["verifier.sol"])[0];
  const method = Object.keys(contract.evm.methodIdentifiers).find((name) => name.startsWith("verifyProof("));
  return { bytecode: contract.evm.bytecode.object, method, selector: contract.evm.methodIdentifiers[method] };
}

// All arguments are fixed-size arrays, so the call is their words one after the other.
function callData(contract, proof, signals) {
  const expected = `verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[${signals.length}])`;
  if (contract.method !== expected) {
    fail(`expected ${expected}, found ${contract.method}`);
  }
  const [a, b, c] = [proof.pi_a, proof.pi_b, proof.pi_c];
  // The precompile takes the imaginary part first.
  const numbers = [a[0], a[1], b[0][1], b[0][0], b[1][1], b[1][0], c[0], c[1], ...signals];
  return contract.selector + numbers.map((n) => BigInt(n).toString(16).padStart(64, "0")).join("");
}

async function main() {
  const [verifierPath, proofPath, publicPath] = process.argv.slice(2);
  const contract = compile(verifierPath);
  const proof = JSON.parse(fs.readFileSync(proofPath, "utf8"));
  const signals = JSON.parse(fs.readFileSync(publicPath, "utf8"));
  const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

  const evm = await (createEVM ? createEVM() : EVM.create());
  const deployed = await evm.runCall({ data: bytes(contract.bytecode), gasLimit: GAS_LIMIT });
  if (deployed.execResult.exceptionError || !deployed.createdAddress) {
    fail(`cannot deploy: ${JSON.stringify(deployed.execResult.exceptionError)}`);
  }
  const result = await evm.runCall({
    to: deployed.createdAddress,
    data: bytes(callData(contract, proof, signals)),
    gasLimit: GAS_LIMIT,
  });
  if (result.execResult.exceptionError) {
    fail(`cannot call: ${JSON.stringify(result.execResult.exceptionError)}`);
  }
  const answer = BigInt("0x" + Buffer.from(result.execResult.returnValue).toString("hex"));
  if (answer !== 0n && answer !== 1n) {
    fail(`expected 0 or 1, found ${answer}`);
  }
  console.log(answer === 1n ? `accepted ${result.execResult.executionGasUsed}` : "rejected");
}

main().catch((error) => fail(error.stack));
