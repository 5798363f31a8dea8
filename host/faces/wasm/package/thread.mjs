// A thread that helps the module: an instance of it in the same memory, which works until it is ended. threads.mjs starts it.
const node = typeof process === "object" && typeof process.versions?.node === "string";
const port = node ? (await import("node:worker_threads")).parentPort : self;

// What the module may ask for here: nothing that a helper does needs its host.
const none = new Proxy({}, { get: () => () => 52, has: () => true });

async function help({ module, memory, stack, locals, fault }) {
  try {
    const { exports } = await WebAssembly.instantiate(module, { env: { memory }, wasi_snapshot_preview1: none });
    exports.__stack_pointer.value = stack;
    exports.__wasm_init_tls(locals);
    port.postMessage("ready");
    exports.proofcard_help();
  } catch (error) {
    Atomics.store(new Int32Array(memory.buffer), fault >>> 2, 1);
    port.postMessage(`a thread ended: ${error.message}`);
  }
}

if (node) {
  port.once("message", help);
} else {
  self.onmessage = ({ data }) => help(data);
}
