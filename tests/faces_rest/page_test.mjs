// The service's page in Chromium, as an operator and a user meet it: a model is added from an ONNX file, an input proved for a nonce,
// the proof downloaded and accepted by the program and by the page, a damaged one rejected with its reason, wrong files answered in
// words, a card taken out and put back. By keyboard where that is the point; narrow and dark; nothing is asked of anybody but the service.
//
//   node page_test.mjs PROOFCARD EXAMPLES FOLDER_WITH_PLAYWRIGHT [SCREENSHOTS]
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [, , program, examples, npm, screenshots] = process.argv;
const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!browserPath) {
  console.log("skipped: no Chromium here (Debian's package is chromium)");
  process.exit(77);
}
const { chromium } = createRequire(join(resolve(npm), "package.json"))("playwright-core");
const work = mkdtempSync(join(tmpdir(), "proofcard-service-page-"));
const at = (name) => join(work, name);
const run = (...args) => spawnSync(resolve(program), args, { cwd: work, encoding: "utf8" });
const ok = (...args) => {
  const { status, stdout, stderr } = run(...args);
  assert.equal(status, 0, `${args.join(" ")}\n${stderr}`);
  return stdout;
};
if (/not in this build/.test(run("serve", "--state", "state", "--list-keys").stderr)) {
  console.log("skipped: this proofcard has no service");
  process.exit(77);
}
const key = (role) => ok("serve", "--state", "state", "--add-key", role).trim();
const admin = key("admin");
const verifier = key("verify");

const hasCard = existsSync(join(resolve(program), "..", "msm_g1.sw_emu.xclbin"));
const device = hasCard ? ["--device", "sw_emu*2"] : [];
const service = spawn(resolve(program), ["serve", "--state", "state", "--listen", "127.0.0.1:0", ...device], { cwd: work });
let browser;
try {
  const address = await new Promise((done, failed) => {
    let said = "";
    service.stdout.on("data", (text) => {
      said += text;
      const found = said.match(/http:\/\/[\d.:]+/);
      if (found) done(found[0]);
    });
    service.on("exit", () => failed(new Error("the service ended")));
  });
  browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  const requests = [];
  const faults = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(address);
  const says = (pattern, where = "#message") =>
    page.waitForFunction(([source, id]) => new RegExp(source).test(document.querySelector(id).textContent), [pattern.source, where], { timeout: 60000 });

  // A wrong key, then the right one, by keyboard alone.
  await page.focus("#key");
  await page.keyboard.type("nonsense");
  await page.keyboard.press("Enter");
  await says(/expected Authorization/);
  await page.fill("#key", admin);
  await page.keyboard.press("Enter");
  await says(/Signed in/);
  console.log("ok      a key is asked for and taken");

  const digits = resolve(examples, "lenet5");
  await page.click("summary");
  const add = async (name, file, samples, pattern) => {
    await page.fill("#new-name", name);
    await page.setInputFiles("#new-file", file);
    await page.setInputFiles("#new-samples", samples);
    await page.click("#add button");
    await says(pattern);
  };
  writeFileSync(at("broken.onnx"), "no model");
  await add("digits", at("broken.onnx"), join(digits, "samples.json"), /onnx: /);
  await add("digits", join(digits, "model.onnx"), at("broken.onnx"), /samples are no JSON/);
  await add("digits", join(digits, "model.onnx"), join(digits, "samples.json"), /Added digits/);
  assert.match(await page.locator("#models").textContent(), /digits.*\[1,1,28,28\].*hidden.*yes/);
  console.log("ok      a model is added from an ONNX file, and what is none is refused in words");

  await page.setInputFiles("#file", join(digits, "input.json"));
  await page.click("#nonce");
  const nonce = await page.inputValue("#context");
  assert.match(nonce, /^[0-9a-f]{32}$/);
  await page.click("#prove button[type=submit]");
  await says(/Accepted: proof/);
  await says(/done/, "#proofs");
  const saved = async (button, name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
    await download.saveAs(at(name));
  };
  await saved("#proofs button:has-text('Download')", "answer.proof");
  await saved("#models button", "digits.vk");
  assert.match(ok("verify", "digits.vk", "answer.proof", "--context", nonce), /accepted: digits/);
  assert.equal(run("verify", "digits.vk", "answer.proof").status, 1, "it is for the nonce alone");
  console.log("ok      an input is proved for a nonce, and the program accepts the proof");

  const check = async (file, context, pattern) => {
    await page.setInputFiles("#proof-file", file);
    await page.fill("#verify-context", context);
    await page.click("#verify button");
    await says(pattern, "#verdict");
  };
  await check(at("answer.proof"), nonce, /accepted: digits/);
  await check(at("answer.proof"), "", /rejected: .*context/);
  const bytes = readFileSync(at("answer.proof"));
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(at("forged.proof"), bytes);
  await check(at("forged.proof"), nonce, /rejected: /);
  console.log("ok      so does the page, and it says why it rejects others");

  if (hasCard) {
    const row = (i) => `#cards tr:nth-child(${i})`;
    await says(/sw_emu:0.*ready.*[1-9]\d* done.*no sensors/, row(1));
    await page.click(`${row(2)} button:has-text('Take out')`);
    await says(/drained/, row(2));
    await page.click(`${row(2)} button:has-text('Test and put back')`);
    await says(/sw_emu:1: done/);
    await says(/ready/, row(2));
    console.log("ok      a card is taken out, tested and put back");
  } else {
    assert.ok(await page.locator("#cards-section").isHidden(), "there are no cards");
  }

  const shot = async (name) => screenshots && (await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true }));
  await shot("service-wide");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "the page is wider than a phone");
  await shot("service-narrow");
  console.log("ok      it fits a narrow screen");

  await page.click("#proofs button:has-text('Delete')");
  await says(/None yet/, "#proofs");
  await page.fill("#key", verifier);
  await page.press("#key", "Enter");
  await says(/expected an API key of the role prove/);  // it lists models, and may not see proofs
  await page.click("#add button");
  await says(/expected an API key of the role admin/);
  assert.deepEqual(requests.filter((url) => !url.startsWith(address) && !/^(blob|data):/.test(url)), []);
  assert.deepEqual(faults, []);
  console.log("ok      nothing but the service was asked, and no script failed");
} finally {
  if (browser) await browser.close();
  const ended = new Promise((done) => service.on("exit", done));
  service.kill("SIGTERM");
  await ended;
  rmSync(work, { recursive: true });
}
