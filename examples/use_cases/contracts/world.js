// A chain on this machine for the stories: contracts, accounts and calls, in an EVM from npm that forgets all at the end. What is
// deployed first has the same address every time, so a context that is asked for in one run is right in the next.
"use strict";

const fs = require("fs");
const path = require("path");
const tools = require("../../../tests/circom/evm_tools.js");
const { Common } = require("@ethereumjs/common");

const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const list = (values) => [BigInt(values.length), ...values];
const json = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const number = (address) => BigInt(address.toString());

// The stories' contracts, and the one that was exported.
function compileAll(verifierPath, names) {
  const sources = { "Verifier.sol": fs.readFileSync(verifierPath, "utf8") };
  for (const file of fs.readdirSync(__dirname).filter((f) => f.endsWith(".sol"))) {
    sources[file] = fs.readFileSync(path.join(__dirname, file), "utf8");
  }
  return Object.fromEntries(["ModelVerifier", ...names].map((name) => [name, tools.compile({ ...sources }, name)]));
}

class World {
  static async make(chainId) {
    const world = new World();
    world.evm = await tools.newEvm(chainId ? { common: Common.custom({ chainId }) } : undefined);
    return world;
  }
  // digit: of which the account's address is made.
  account(digit) {
    return new this.Address(new Uint8Array(20).fill(digit));
  }
  async deploy(contract, words = []) {
    const address = await tools.deploy(this.evm, contract, words);
    this.Address = address.constructor;
    return address;
  }
  // args: words, each a number, behind the function's signature.
  async send(caller, to, signature, args = []) {
    const answer = await tools.call(this.evm, to, tools.selector(signature) + args.map(tools.word).join(""), caller ? { caller } : {});
    return { ...answer, gas: Number(answer.gas) };
  }
  async ask(to, signature, args = []) {
    const answer = await this.send(null, to, signature, args);
    tools.expect(!answer.reverted, `${signature} reverts`);
    return BigInt("0x" + answer.data);
  }
  async does(what, caller, to, signature, args) {
    const answer = await this.send(caller, to, signature, args);
    tools.expect(!answer.reverted, `${what}: reverted with ${answer.data}`);
    console.log(`  ${what}: done, ${answer.gas} gas`);
    return answer;
  }
  // error: signature of the reason.
  async refuses(what, error, caller, to, signature, args) {
    const answer = await this.send(caller, to, signature, args);
    tools.expect(answer.reverted && answer.data.startsWith(tools.selector(error)), `${what}: expected ${error}, found ${answer.reverted} ${answer.data}`);
    console.log(`  ${what}: refused, ${error.split("(")[0]}`);
  }
}

module.exports = { ...tools, R, World, compileAll, json, list, number };
