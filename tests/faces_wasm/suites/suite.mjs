// Runs a test program of WebAssembly in Node.
//
//   node suite.mjs PROGRAM.wasm FOLDER_THAT_IT_MAY_READ [ARGUMENT...]
import { readFileSync } from "node:fs";
import { basename } from "node:path";

// Node says of its own module, each time, that it is experimental.
process.removeAllListeners("warning");
const { WASI } = await import("node:wasi");
const [, , program, folder, ...args] = process.argv;
const wasi = new WASI({ version: "preview1", args: [basename(program), ...args], env: {}, preopens: { [folder]: folder }, returnOnExit: true });
const module = await WebAssembly.compile(readFileSync(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
