// Threads of the module: what a page or Node has for them, and how they are started.
const node = typeof process === "object" && typeof process.versions?.node === "string";
const kPages = { initial: 1024, maximum: 65536, shared: true };  // as the module is linked

// Why this page cannot have threads, in words, or nothing.
export function lacksThreads() {
  if (typeof SharedArrayBuffer === "undefined" || (!node && globalThis.crossOriginIsolated !== true)) {
    return "threads: the page is not cross-origin isolated (the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";
  }
  return typeof Worker === "undefined" && !node ? "threads: there are no workers here" : "";
}

export function processors() {
  return Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1);
}

export async function defaultThreads() {
  return node ? (await import("node:os")).availableParallelism() : processors();
}

export const sharedMemory = () => new WebAssembly.Memory(kPages);

// The thread of a page must not stop; those of workers and of Node may.
function mayStop() {
  return node || typeof WorkerGlobalScope !== "undefined";
}

async function startWorker() {
  const url = new URL("./thread.mjs", import.meta.url);
  if (node) {
    const { Worker: NodeWorker } = await import("node:worker_threads");
    const worker = new NodeWorker(url, { execArgv: [] });  // options of the program are not for it
    return { worker, once: (name, then) => worker.once(name, then) };
  }
  const worker = new Worker(url, { type: "module", name: "proofcard thread" });
  return { worker, once: (name, then) => worker.addEventListener(name, (event) => then(name === "message" ? event.data : event), { once: true }) };
}

async function startThread(message) {
  const { worker, once } = await startWorker();
  try {
    await new Promise((resolve, reject) => {
      once("message", (said) => (said === "ready" ? resolve() : reject(new Error(said))));
      once("error", (error) => reject(new Error(error.message ?? "a worker could not be started")));
      worker.postMessage(message);
    });
  } catch (error) {
    worker.terminate();
    throw error;
  }
  worker.unref?.();  // Node ends when nothing but helpers is left
  return worker;
}

// So many threads, the caller's among them. Gives what ends the others. Throws when one cannot be started.
export async function startThreads(count, module, memory, exports) {
  const fault = exports.proofcard_fault();
  const started = await Promise.allSettled(
    Array.from({ length: count - 1 }, () => {
      const [stack, locals] = new Uint32Array(memory.buffer, exports.proofcard_new_thread() >>> 0, 2);
      return startThread({ module, memory, stack, locals, fault });
    }),
  );
  const end = () => started.forEach(({ value }) => value?.terminate());
  const failed = started.find(({ status }) => status === "rejected");
  if (failed) {
    end();
    throw failed.reason;
  }
  exports.proofcard_begin_threads(count, mayStop() ? 1 : 0);
  return end;
}
