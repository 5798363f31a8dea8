// The functions of index.mjs on a thread of their own, so that a page stays alive while it proves.
//
//   const worker = new ProofcardWorker();
//   const verdict = await worker.verify(key, proof);
import { BadInput, Crashed, Proofcard, ProofcardError, Rejected } from "./index.mjs";

const kName = "proofcard";  // of the thread that serves: another worker that imports this file goes on with its own work
const isWorker = typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope && self.name === kName;

// Serves requests {id, call, values} until it is ended. `start` gives the Proofcard.
export function serve(port, start = () => Proofcard.load()) {
  let started;
  const keys = new Map();
  const keyOf = (id) => {
    if (!keys.has(id)) {
      throw new BadInput("key", "expected one that is open, found one that was freed");
    }
    return keys.get(id);
  };
  const open = (key, id) => {
    keys.set(id, key);
    const { modelName, digest, batch, inputs } = key;
    return { modelName, digest, batch, inputs };
  };
  const calls = {
    version: (proofcard) => proofcard.version,
    threads: (proofcard) => proofcard.threads,
    lacks: (proofcard) => proofcard.lacks,
    verify: (proofcard, ...values) => proofcard.verify(...values),
    commit: (proofcard, ...values) => proofcard.commit(...values),
    open: (proofcard, ...values) => proofcard.open(...values),
    openVerifyingKey: (proofcard, id, bytes) => open(proofcard.verifyingKey(bytes), id),
    openProverKey: (proofcard, id, bytes) => open(proofcard.proverKey(bytes), id),
    verifyWith: (_proofcard, id, ...values) => keyOf(id).verify(...values),
    proveWith: (_proofcard, id, ...values) => keyOf(id).prove(...values),
    verifyingKeyOf: (_proofcard, id) => keyOf(id).verifyingKey(),
    free: (_proofcard, id) => {
      keys.get(id)?.free();
      keys.delete(id);
    },
  };
  port.onmessage = async ({ data: { id, call, values } }) => {
    try {
      started ??= start();
      port.postMessage({ id, result: calls[call](await started, ...values) });
    } catch (error) {
      if (error instanceof Crashed || !(await started.then(() => true, () => false))) {
        started = undefined;  // the next call begins anew, with no key open
        keys.clear();
      }
      const { name, message, where, stage } = error;
      port.postMessage({ id, error: { name, message, where, stage } });
    }
  };
}

if (isWorker) {
  serve(self);
}

function errorOf({ name, message, where, stage }) {
  const kinds = { BadInput, Rejected, Crashed };
  const error = new ProofcardError(name, "", message);
  if (kinds[name]) {
    Object.setPrototypeOf(error, kinds[name].prototype);
  }
  return Object.assign(error, { where }, stage === undefined ? {} : { stage });
}

export class ProofcardWorker {
  #worker;
  #waiting = new Map();
  #next = 0;

  #ended;

  // worker: something like a Worker that serves (in Node, one around worker_threads, whose module calls serve()).
  constructor(worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module", name: kName })) {
    this.#worker = worker;
    worker.onmessage = ({ data: { id, result, error } }) => {
      if (!this.#waiting.has(id)) {
        return;  // ended meanwhile
      }
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) {
        reject(errorOf(error));
      } else {
        resolve(result);
      }
    };
    worker.onerror = (event) => this.#fail(event.message ?? "it could not be started");
  }

  #fail(cause) {
    this.#ended ??= new Crashed(cause);
    for (const { reject } of this.#waiting.values()) {
      reject(new Crashed(cause));
    }
    this.#waiting.clear();
  }

  #ask(call, ...values) {
    const id = ++this.#next;
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        throw this.#ended;
      }
      this.#worker.postMessage({ id, call, values });
      this.#waiting.set(id, { resolve, reject });
    });
  }

  version() {
    return this.#ask("version");
  }
  threads() {
    return this.#ask("threads");
  }
  lacks() {
    return this.#ask("lacks");
  }
  verify(key, proof, options) {
    return this.#ask("verify", key, proof, options);
  }
  commit(key, values, options) {
    return this.#ask("commit", key, values, options);
  }
  open(commitment, opening) {
    return this.#ask("open", commitment, opening);
  }
  async verifyingKey(bytes) {
    const key = ++this.#next;
    const facts = await this.#ask("openVerifyingKey", key, bytes);
    return {
      ...facts,
      verify: (proof, options) => this.#ask("verifyWith", key, proof, options),
      free: () => this.#ask("free", key),
    };
  }
  async proverKey(bytes) {
    const key = ++this.#next;
    const facts = await this.#ask("openProverKey", key, bytes);
    return {
      ...facts,
      prove: (input, options) => this.#ask("proveWith", key, input, options),
      verifyingKey: () => this.#ask("verifyingKeyOf", key),
      free: () => this.#ask("free", key),
    };
  }
  // Ends the thread, whatever it is doing: the way to cancel.
  terminate() {
    this.#worker.terminate();
    this.#fail("it was ended");
  }
}
