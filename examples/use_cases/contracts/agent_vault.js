// agent_vault.js prices: the prices of the story, as an input; agent_vault.js context M.sol: what Ada's proof has to be made for;
// agent_vault.js play M.sol M.verifier.json PROOF.json: what the vault says to it and to what others make of it.
"use strict";

const { World, compileAll, json, list, number, proofWords, expect, word, run } = require("./world.js");

const PRICES = [96, 99, 101, 104, 108, 109, 113, 117, 120, 124, 127, 131, 136, 139, 144, 149];
const NEXT_PRICE = 153;
const SUPPLY = 1000n;
const ACT = "act(uint256[8],uint256[])";
const actArgs = (proof, words) => [...proof, 288n, ...list(words)];

async function begin(contractPath, chainId) {
  const world = await World.make(chainId);
  const contracts = compileAll(contractPath, ["AgentVault", "TestToken"]);
  const verifier = await world.deploy(contracts.ModelVerifier);
  const token = await world.deploy(contracts.TestToken, [SUPPLY]);
  const [ada, mallory, exchange] = [0xa, 0xb, 0xe].map((digit) => world.account(digit));
  const vault = await world.deploy(contracts.AgentVault, [verifier, token, exchange].map(number));
  await world.send(null, token, "transfer(address,uint256)", [number(vault), 100n]);
  for (const price of PRICES) {
    await world.send(null, vault, "push(uint8)", [BigInt(price)]);
  }
  return { world, verifier, token, ada, mallory, exchange, vault };
}

async function context(contractPath) {
  const { world, vault, ada } = await begin(contractPath);
  const first = await world.ask(vault, "contextOf(address)", [number(ada)]);
  console.log(word(first));
}

// The words are where the vault looks for them.
function checkWords(verifierPath) {
  const { statement } = json(verifierPath);
  const [input, output] = ["input", "output"].map((side) => statement.tensors.find((t) => t.side === side));
  expect(input.first_word === 0 && input.bits === 8 && input.lo === 0, "the prices are elsewhere");
  expect(output.first_word === 1 && output.lo === 0 && statement.context_word === 2, "the decision is elsewhere");
}

async function play(contractPath, verifierPath, proofPath) {
  checkWords(verifierPath);
  const { world, verifier, token, ada, mallory, exchange, vault } = await begin(contractPath);
  const made = json(proofPath);
  const [proof, words] = [proofWords(made), made.publicSignals.map(BigInt)];
  const balance = (of) => world.ask(token, "balanceOf(address)", [number(of)]);
  const refuses = (what, error, caller, w) => world.refuses(what, error, caller, vault, ACT, actArgs(proof, w));
  expect(words[1] === 1n, `the model says ${words[1]}, and the story wants 1, to buy`);

  console.log("  Ada's proof: the model says to buy, on these prices, for Ada, this vault, this chain and her first turn");
  await refuses("Mallory, who saw it on its way, sends it first", "OtherContext(uint256,uint256)", mallory, words);
  const forMallory = words.slice();
  forMallory[2] = await world.ask(vault, "contextOf(address)", [number(mallory)]);
  await refuses("... with a context of her own written into it", "ProofRejected()", mallory, forMallory);
  await refuses("Ada sells instead", "ProofRejected()", ada, [words[0], 2n, words[2]]);
  const elsewhere = await begin(contractPath, 31337);
  await elsewhere.world.refuses("on another chain, where the vault has the same address", "OtherContext(uint256,uint256)", ada, elsewhere.vault, ACT, actArgs(proof, words));

  const answer = await world.does("Ada sends it", ada, vault, ACT, actArgs(proof, words));
  const direct = await world.send(null, verifier, "verify(uint256[8],uint256[])", actArgs(proof, words));
  console.log(`  of these ${direct.gas} gas in the verifier, ${answer.gas - direct.gas} in vault and token`);
  expect((await balance(vault)) === 90n && (await balance(exchange)) === 10n, "no tokens have moved");
  console.log(`  the exchange has ${await balance(exchange)} tokens, the vault ${await balance(vault)}`);

  await refuses("Ada sends it again", "OtherContext(uint256,uint256)", ada, words);
  await world.send(null, vault, "push(uint8)", [BigInt(NEXT_PRICE)]);
  await refuses("... and after the next price", "OtherPrices(uint256,uint256)", ada, words);
  expect((await balance(exchange)) === 10n, "tokens have moved");
}

const [command, ...files] = process.argv.slice(2);
if (command === "prices") {
  console.log(JSON.stringify({ input_data: [PRICES] }));
} else {
  run("agent_vault", () => (command === "context" ? context(...files) : play(...files)));
}
