// What the tests of the module share: the package, the program beside it, models, damaged files, and running tests.
//
//   node SOME_test.mjs PACKAGE PROOFCARD EXAMPLES
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

export const [, , folder, program, examples] = process.argv;
export const { BadInput, Crashed, Proofcard, Rejected } = await import(pathToFileURL(join(resolve(folder), "index.mjs")));
const work = mkdtempSync(join(tmpdir(), "proofcard-wasm-"));
export const at = (name) => join(work, name);
export const file = (name) => new Uint8Array(readFileSync(at(name)));
export const save = (name, content) => writeFileSync(at(name), content);

export function run(...args) {
  const { status, stdout, stderr } = spawnSync(resolve(program), args, { cwd: work, encoding: "utf8", maxBuffer: 1 << 28 });
  return { status, stdout, stderr };
}
export function ok(...args) {
  const result = run(...args);
  assert.equal(result.status, 0, `${args.join(" ")}\n${result.stderr}`);
  return result;
}

// NAME.pcm, NAME.pk and NAME.vk of an example; gives its input as a text.
export function makeModel(name, example, ...compile) {
  const from = resolve(examples, example);
  ok("compile", join(from, "model.onnx"), "-o", `${name}.pcm`, "--calibrate", join(from, "samples.json"), ...compile);
  ok("setup", `${name}.pcm`, "-o", name);
  return readFileSync(join(from, "input.json"), "utf8");
}

// A generator of its own, so that a failure comes again.
let state = 12345;
function random(below) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % below;
}
export function damaged(bytes) {
  const out = Uint8Array.from(bytes);
  switch (random(4)) {
    case 0:
      return out.slice(0, random(out.length));
    case 1:
      return Uint8Array.from([...out, random(256)]);
    case 2:
      out.set(out.slice(random(out.length - 32)).slice(0, 32), random(out.length - 32));
      return out;
    default:
      out[random(out.length)] ^= 1 << random(8);
      return out;
  }
}

// What the program says, and what the module throws; neutral() makes names of files and of things the same.
export function compare(native, neutral, body) {
  const said = native.stderr.replace(/^proofcard: warning: .*\n/gm, "").replace(/^proofcard: (error: )?/, "").replace(/^rejected: /, "").trim();
  try {
    body();
  } catch (error) {
    assert.equal(native.status, error instanceof Rejected ? 1 : 2, `${said} / ${error.message}`);
    assert.equal(neutral(error.message), neutral(said));
    return false;
  }
  assert.equal(native.status, 0, said);
  return true;
}

const tests = [];
export const test = (name, body) => tests.push([name, body]);

export async function runTests() {
  let failed = 0;
  for (const [name, body] of tests) {
    const begin = performance.now();
    try {
      await body();
      console.log(`ok      ${name} (${(performance.now() - begin).toFixed(0)} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
  }
  rmSync(work, { recursive: true });
  console.log(`${tests.length - failed} of ${tests.length} passed`);
  process.exit(failed === 0 ? 0 : 1);
}
