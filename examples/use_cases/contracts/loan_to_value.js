// loan_to_value.js prices: those of the story's four markets, as inputs; loan_to_value.js context M.sol M.verifier.json: what the proof has to be
// made for; loan_to_value.js play M.sol M.verifier.json PROOF.json: what the contract says to it and to what others make of it.
"use strict";

const { World, compileAll, json, list, number, proofWords, expect, word, run } = require("./world.js");

const MARKETS = 4;
const UPDATE = "update(uint256[8],uint256,uint256[])";
const updateArgs = (proof, digest, outputs) => [...proof, digest, 320n, ...list(outputs)];

// From calm to wild, the same every time.
function prices() {
  let state = 2026;
  const next = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648 - 0.5;
  return Array.from({ length: MARKETS }, (_, market) => {
    let price = 128;
    return Array.from({ length: 32 }, () => (price = Math.min(255, Math.max(0, Math.round(price + 6 * (market + 0.5) * next())))));
  });
}
const packed = (series) => series.reduce((sum, p, i) => sum + (BigInt(p) << BigInt(8 * i)), 0n);

// What the contract has to know of the words: where they are, and what an output's are worth in thousandths.
function outputOf(verifierPath) {
  const { statement } = json(verifierPath);
  const [input, output] = ["input", "output"].map((side) => statement.tensors.find((t) => t.side === side));
  expect(statement.batch === MARKETS && statement.words_an_input === 3, "the words are others");
  expect(input.first_word === 0 && input.bits === 8 && input.lo === 0, "the prices are elsewhere");
  expect(output.first_word === 2 && output.lo >= 0, "the output is elsewhere");
  return { lo: BigInt(output.lo), step: BigInt(Math.round(output.scale * 1e19)) };
}

async function begin(contractPath, verifierPath, chainId) {
  const world = await World.make(chainId);
  const contracts = compileAll(contractPath, ["LoanToValue"]);
  const verifier = await world.deploy(contracts.ModelVerifier);
  const { lo, step } = outputOf(verifierPath);
  const markets = await world.deploy(contracts.LoanToValue, [number(verifier), BigInt(MARKETS), lo, step]);
  for (const [i, series] of prices().entries()) {
    await world.send(null, markets, "push(uint256,uint256)", [BigInt(i), packed(series)]);
  }
  return { world, verifier, markets };
}

async function context(contractPath, verifierPath) {
  const { world, markets } = await begin(contractPath, verifierPath);
  console.log(word(await world.ask(markets, "context()")));
}

async function play(contractPath, verifierPath, proofPath) {
  const { world, verifier, markets } = await begin(contractPath, verifierPath);
  const keeper = world.account(0xa);
  const made = json(proofPath);
  const [proof, digest] = [proofWords(made), BigInt(made.publicSignals[0])];
  const values = made.values.map(BigInt);
  const outputs = values.filter((_, i) => i % 3 === 2);
  const refuses = (what, error, o, d = digest) => world.refuses(what, error, keeper, markets, UPDATE, updateArgs(proof, d, o));

  await refuses("a little more for the wildest market", "ProofRejected()", [...outputs.slice(0, 3), outputs[3] + 1n]);
  await refuses("the calmest market's for the wildest, and back", "ProofRejected()", [outputs[3], outputs[1], outputs[2], outputs[0]]);
  await refuses("a market less", "WrongNumberOfMarkets(uint256,uint256)", outputs.slice(0, 3));
  await refuses("another digest", "ProofRejected()", outputs, digest + 1n);
  const elsewhere = await begin(contractPath, verifierPath, 31337);
  await elsewhere.world.refuses("on another chain", "ProofRejected()", keeper, elsewhere.markets, UPDATE, updateArgs(proof, digest, outputs));

  const answer = await world.does("the proof as it is", keeper, markets, UPDATE, updateArgs(proof, digest, outputs));
  const c = BigInt(made.context);
  const direct = await world.send(null, verifier, "verifyValues(uint256[8],uint256,uint256,uint256[])", [...proof, c, digest, 352n, ...list(values)]);
  expect(!direct.reverted, "the verifier says no");
  console.log(`  of these ${direct.gas} gas in the verifier, ${answer.gas - direct.gas} for four markets`);
  for (let i = 0n; i < MARKETS; i++) {
    const found = Number(await world.ask(markets, "loanToValue(uint256)", [i]));
    console.log(`  market ${i}: ${found / 10} % of its worth may be borrowed`);
  }
  await refuses("the same proof again", "ProofRejected()", outputs);
}

const [command, ...files] = process.argv.slice(2);
if (command === "prices") {
  console.log(JSON.stringify({ input_data: prices() }));
} else {
  run("loan_to_value", () => (command === "context" ? context(...files) : play(...files)));
}
