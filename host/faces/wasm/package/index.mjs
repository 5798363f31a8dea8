// Proofs of machine learning in a browser, a worker or Node: the module of this folder and a class around it.
//
// The module computes on the thread that calls it, and has no other; worker.mjs has the same functions on a thread of their own.
// Types and errors are described in index.d.mts.

const FLAG_ALLOW_SEEDED = 1;
const FLAG_ALLOW_NO_ZERO_KNOWLEDGE = 2;
const FLAG_NO_ZERO_KNOWLEDGE = 4;
const FLAG_SATURATE = 8;
const FLAG_SEEDED = 16;

const kMaxBytes = 2 ** 30;  // of one file

export class ProofcardError extends Error {
  constructor(name, where, text) {
    super(where ? `${where}: ${text}` : text);
    this.name = name;
    this.where = where;
  }
}
export class BadInput extends ProofcardError {
  constructor(where, text) {
    super("BadInput", where, text);
  }
}
export class Rejected extends ProofcardError {
  constructor(where, text) {
    super("Rejected", where, text);
    this.stage = where;
  }
}
// The module ended by itself: memory ran out, or it has a defect. It cannot be used any more; load it again.
export class Crashed extends ProofcardError {
  constructor(cause) {
    super("Crashed", "", `the module ended: ${cause}`);
  }
}

const kErrno = { success: 0, badDescriptor: 8, notSupported: 52 };

// What the module asks of its host: random numbers, the time, and text for the console. It has no files and no network.
function systemInterface(state) {
  const view = () => new DataView(state.memory.buffer);
  const calls = {
    random_get(address, size) {
      const at = address >>> 0;  // addresses come as signed numbers
      for (let done = 0; done < size; done += 65536) {
        crypto.getRandomValues(new Uint8Array(state.memory.buffer, at + done, Math.min(65536, size - done)));
      }
      return kErrno.success;
    },
    clock_time_get(_clock, _precision, out) {
      view().setBigUint64(out >>> 0, BigInt(Math.round(performance.now() * 1e6)), true);
      return kErrno.success;
    },
    environ_sizes_get(count, size) {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return kErrno.success;
    },
    environ_get: () => kErrno.success,
    fd_write(descriptor, parts, count, written) {
      if (descriptor !== 1 && descriptor !== 2) {
        return kErrno.badDescriptor;
      }
      let total = 0;
      for (let i = 0; i < count; ++i) {
        const at = view().getUint32((parts >>> 0) + 8 * i, true);
        const size = view().getUint32((parts >>> 0) + 8 * i + 4, true);
        state.text += new TextDecoder().decode(new Uint8Array(state.memory.buffer, at, size).slice());
        total += size;
      }
      view().setUint32(written >>> 0, total, true);
      return kErrno.success;
    },
    proc_exit(code) {
      throw new Error(`exit code ${code}`);
    },
  };
  return new Proxy(calls, {
    get: (target, name) => target[name] ?? (() => kErrno.notSupported),
    has: () => true,
  });
}

function isBytes(value) {
  return value instanceof Uint8Array || value instanceof ArrayBuffer;
}

async function bytesOf(source) {
  if (isBytes(source)) {
    return source;
  }
  if (source instanceof URL && source.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return readFile(source);
  }
  const response = await fetch(source);
  if (!response.ok) {
    throw new BadInput(String(source), `expected a WebAssembly module, found status ${response.status}`);
  }
  return response.arrayBuffer();
}

class Key {
  #owner;
  #handle;
  constructor(owner, handle, facts) {
    this.#owner = owner;
    this.#handle = handle;
    Object.assign(this, facts);
  }
  get owner() {
    return this.#owner;
  }
  get handle() {
    if (this.#handle === 0) {
      throw new BadInput("key", "expected one that is open, found one that was freed");
    }
    return this.#handle;
  }
  free() {
    if (this.#handle !== 0) {
      this.#owner.call("proofcard_free_key", this.#handle);
      this.#handle = 0;
    }
  }
}

export class VerifyingKey extends Key {
  verify(proof, { allowSeeded = false, allowNoZeroKnowledge = false, context } = {}) {
    const flags = (allowSeeded ? FLAG_ALLOW_SEEDED : 0) | (allowNoZeroKnowledge ? FLAG_ALLOW_NO_ZERO_KNOWLEDGE : 0);
    return this.owner.ask("proofcard_verify", [this.handle], [["proof", proof], ["context", contextOf(context)]], [flags]).answer;
  }
}

export class ProverKey extends Key {
  prove(input, { zeroKnowledge = true, saturate = false, seed, context } = {}) {
    const text = typeof input === "string" ? input : JSON.stringify(asInputData(input));
    const flags =
      (zeroKnowledge ? 0 : FLAG_NO_ZERO_KNOWLEDGE) | (saturate ? FLAG_SATURATE : 0) | (seed === undefined ? 0 : FLAG_SEEDED);
    const { answer, bytes } = this.owner.ask("proofcard_prove", [this.handle], [["input", text], ["context", contextOf(context)]], [
      flags,
      seedOf(seed),
    ]);
    return { proof: bytes, ...answer };
  }
  verifyingKey() {
    const { bytes } = this.owner.ask("proofcard_verifying_key_of", [this.handle], [], []);
    return bytes;
  }
}

// Nothing, or bytes: an empty nonce is a mistake of whoever made it, and not "none".
function contextOf(context) {
  if (context === undefined) {
    return new Uint8Array(0);
  }
  const size = isBytes(context) ? context.byteLength : 0;
  if (size === 0 || size > 32) {
    throw new BadInput("context", "expected 1 to 32 bytes in a Uint8Array or an ArrayBuffer, found something else");
  }
  return context;
}

function seedOf(seed) {
  const whole = typeof seed === "bigint" || Number.isSafeInteger(seed) || seed === undefined;
  if (!whole || BigInt(seed ?? 0) < 0n || BigInt(seed ?? 0) >= 2n ** 64n) {
    throw new BadInput("seed", "expected an integer from 0 to 2^64 - 1, found something else");
  }
  return BigInt(seed ?? 0);
}

// Numbers, typed arrays or nested arrays of one input; or {"input_data": [...]} of several.
function asInputData(input) {
  if (input !== null && typeof input === "object" && "input_data" in input) {
    return input;
  }
  const plain = (value) =>
    ArrayBuffer.isView(value) ? Array.from(value, Number) : Array.isArray(value) ? value.map(plain) : value;
  return { input_data: [plain(input)] };
}

export class Proofcard {
  #exports;
  #state;
  #crashed;

  // module: the bytes of proofcard.wasm, or where they are; by default beside this file.
  static async load(module = new URL("./proofcard.wasm", import.meta.url)) {
    return Proofcard.start(await WebAssembly.compile(await bytesOf(module)));
  }

  // Of a module that was compiled already, which can be sent to workers.
  static async start(module) {
    const state = { memory: undefined, text: "" };
    const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: systemInterface(state) });
    state.memory = instance.exports.memory;
    const proofcard = new Proofcard();
    proofcard.#exports = instance.exports;
    proofcard.#state = state;
    proofcard.call("_initialize");
    return proofcard;
  }

  get version() {
    return this.ask("proofcard_version", [], [], []).answer.version;
  }

  // Reads a .vk and checks what is due once a model.
  verifyingKey(bytes) {
    const { answer } = this.ask("proofcard_open_verifying_key", [], [["verification key", bytes]], []);
    const { handle, ...facts } = answer;
    return new VerifyingKey(this, handle, facts);
  }

  // Reads a .pk and prepares what depends on it alone.
  proverKey(bytes) {
    const { answer } = this.ask("proofcard_open_prover_key", [], [["prover key", bytes]], []);
    const { handle, ...facts } = answer;
    return new ProverKey(this, handle, facts);
  }

  verify(key, proof, options) {
    const opened = this.verifyingKey(key);
    try {
      return opened.verify(proof, options);
    } finally {
      opened.free();
    }
  }

  // All of the module's memory. For tests.
  memory() {
    return this.#state.memory.buffer;
  }

  // Calls a function of the module. Internal.
  call(name, ...values) {
    if (this.#crashed) {
      throw this.#crashed;
    }
    try {
      return this.#exports[name](...values);
    } catch (error) {
      this.#crashed = new Crashed([error.message, this.#state.text.trim()].filter(Boolean).join(": "));
      throw this.#crashed;
    }
  }

  // Passes byte strings, and takes the answer apart: the length of a JSON text, that of bytes, the text, the bytes. Internal.
  ask(name, before, strings, after) {
    const passed = [];
    try {
      for (const [what, value] of strings) {
        const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
        if (!isBytes(bytes)) {
          throw new BadInput(what, "expected a Uint8Array or an ArrayBuffer, found something else");
        }
        const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
        if (view.length > kMaxBytes) {
          throw new BadInput(what, `expected at most ${kMaxBytes} bytes, found ${view.length}`);
        }
        const at = this.call("proofcard_allocate", view.length) >>> 0;
        passed.push(at, view.length);
        new Uint8Array(this.#state.memory.buffer, at, view.length).set(view);
      }
      const at = this.call(name, ...before, ...passed, ...after) >>> 0;
      const lengths = new DataView(this.#state.memory.buffer, at, 8);
      const [text, rest] = [lengths.getUint32(0, true), lengths.getUint32(4, true)];
      const answer = JSON.parse(new TextDecoder().decode(new Uint8Array(this.#state.memory.buffer, at + 8, text).slice()));
      const bytes = new Uint8Array(this.#state.memory.buffer, at + 8 + text, rest).slice();
      this.call("proofcard_release", at);
      if (answer.error) {
        const { kind, where, text: what } = answer.error;
        throw kind === "rejected" ? new Rejected(where, what) : new BadInput(where, what);
      }
      return { answer, bytes };
    } finally {
      if (!this.#crashed) {
        for (let i = 0; i < passed.length; i += 2) {
          this.call("proofcard_release", passed[i]);
        }
      }
    }
  }
}
