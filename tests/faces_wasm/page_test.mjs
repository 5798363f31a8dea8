// The page in Chromium, opened as a file and with the network off: it proves what is drawn, checks that proof and those of the
// program, says why a damaged one is rejected, asks nothing of any network, and works by keyboard and on a narrow screen.
//
//   node page_test.mjs PAGE.html PROOFCARD EXAMPLES FOLDER_WITH_PLAYWRIGHT [SCREENSHOTS]
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [, , pagePath, program, examples, npm, screenshots] = process.argv;
const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!browserPath) {
  console.log("skipped: no Chromium here (Debian's package is chromium)");
  process.exit(77);
}
const { chromium } = createRequire(join(resolve(npm), "package.json"))("playwright-core");
const work = mkdtempSync(join(tmpdir(), "proofcard-page-"));
const at = (name) => join(work, name);
const ok = (...args) => {
  const { status, stderr } = spawnSync(resolve(program), args, { cwd: work, encoding: "utf8" });
  assert.equal(status, 0, `${args.join(" ")}\n${stderr}`);
};
const trees = resolve(examples, "credit_trees");
ok("compile", join(trees, "model.onnx"), "-o", "m.pcm", "--calibrate", join(trees, "samples.json"));
ok("setup", "m.pcm", "-o", "m");
ok("prove", "m.pk", join(trees, "input.json"), "-o", "good.bin");
const bytes = readFileSync(at("good.bin"));
bytes[bytes.length >> 1] ^= 1;
writeFileSync(at("forged.bin"), bytes);

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const context = await browser.newContext({ offline: true });
const page = await context.newPage();
const requests = [];
const faults = [];
page.on("request", (request) => requests.push(request.url()));
page.on("pageerror", (error) => faults.push(error.message));
page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
await page.goto(pathToFileURL(resolve(pagePath)).href);

const verdict = page.locator("#verdict");
async function check(key, proof, pattern) {
  await page.setInputFiles("#key", key);
  await page.setInputFiles("#proof", proof);
  await page.click("#verify");
  await page.waitForFunction((source) => new RegExp(source).test(document.querySelector("#verdict").textContent), pattern.source, { timeout: 120000 });
  return verdict.textContent();
}
await page.waitForFunction(() => /lacks threads: the page is not cross-origin isolated/.test(document.querySelector("#lacks").textContent), null, { timeout: 120000 });
console.log("ok      it says what it lacks");
const digest = spawnSync(resolve(program), ["inspect", "m.vk", "--json"], { cwd: work, encoding: "utf8" });
const accepted = await check(at("m.vk"), at("good.bin"), /accepted/);
assert.ok(accepted.includes(JSON.parse(digest.stdout).vk_digest), accepted);
await check(at("m.vk"), at("forged.bin"), /rejected: /);
await check(at("m.pk"), at("good.bin"), /cannot be judged: .*verification key/);
console.log("ok      proofs of the program are judged");

// By keyboard alone: an example, then its proof.
await page.focus("#canvas");
await page.keyboard.press("e");
await page.focus("#prove");
await page.keyboard.press("Enter");
await page.waitForFunction(() => /proved in \d+ ms/.test(document.querySelector("#proved").textContent), null, { timeout: 120000 });
console.log(`ok      a digit is proved: ${(await page.locator("#proved p").first().textContent()).trim()}`);
assert.match(await page.locator("#proved p").first().textContent(), /^7,/);
const save = async (name) => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(`#proved a[download="${name}"]`)]);
  await download.saveAs(at(name));
};
await save("digit.vk");
await save("digit.proof");
ok("verify", "digit.vk", "digit.proof");
console.log("ok      the program accepts it");
await page.click("#verify");
await page.waitForFunction(() => /accepted/.test(document.querySelector("#verdict").textContent), null, { timeout: 120000 });
console.log(`ok      and so does the page, ${(await verdict.locator("dd").last().textContent()).trim()}`);

const shot = async (name) => screenshots && (await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true }));
await shot("wide");
await page.emulateMedia({ colorScheme: "dark" });
await page.setViewportSize({ width: 360, height: 740 });
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "the page is wider than a phone");
await shot("narrow");
console.log("ok      it fits a narrow screen");
assert.deepEqual(requests.filter((url) => !/^(file|blob|data):/.test(url)), []);
assert.deepEqual(faults, []);
console.log("ok      no request, no error");
await browser.close();
rmSync(work, { recursive: true });
