// Proofs of machine learning in a browser, a worker or Node: the module of this folder and a class around it.
//
// The module computes on the thread that calls it, with the help of others where it was loaded with threads; worker.mjs has the same
// functions on a thread of their own. Types and errors are described in index.d.mts.
import { defaultThreads, lacksThreads, sharedMemory, startThreads } from "./threads.mjs";

const FLAG_ALLOW_SEEDED = 1;
const FLAG_ALLOW_NO_ZERO_KNOWLEDGE = 2;
const FLAG_NO_ZERO_KNOWLEDGE = 4;
const FLAG_SATURATE = 8;
const FLAG_SEEDED = 16;
const FLAG_OUTPUT_SIDE = 32;
const FLAG_OPEN_OUTPUTS = 64;

const kMaxBytes = 2 ** 30;  // of one file
const kMaxThreads = 64;

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
        const some = crypto.getRandomValues(new Uint8Array(Math.min(65536, size - done)));  // memory of threads is not taken
        new Uint8Array(state.memory.buffer, at + done, some.length).set(some);
        some.fill(0);
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
  verify(proof, { allowSeeded = false, allowNoZeroKnowledge = false, context, inputCommitments, outputCommitments } = {}) {
    const flags = (allowSeeded ? FLAG_ALLOW_SEEDED : 0) | (allowNoZeroKnowledge ? FLAG_ALLOW_NO_ZERO_KNOWLEDGE : 0);
    const strings = [
      ["proof", proof],
      ["context", contextOf(context)],
      ["input commitment", listOf("input commitment", inputCommitments, true)],
      ["output commitment", listOf("output commitment", outputCommitments, true)],
    ];
    return this.owner.ask("proofcard_verify", [this.handle], strings, [flags]).answer;
  }
}

export class ProverKey extends Key {
  prove(input, { zeroKnowledge = true, saturate = false, seed, context, openOutputs = false } = {}) {
    const opened = input !== null && typeof input === "object" && "openings" in input;
    const flags =
      (zeroKnowledge ? 0 : FLAG_NO_ZERO_KNOWLEDGE) |
      (saturate ? FLAG_SATURATE : 0) |
      (seed === undefined ? 0 : FLAG_SEEDED) |
      (openOutputs ? FLAG_OPEN_OUTPUTS : 0);
    if (opened && !(input.openings?.length > 0)) {
      throw new BadInput("openings", "expected one for each input, found none");
    }
    const strings = [
      ["input", opened ? "" : textOf(input, "input_data")],
      ["opening", listOf("opening", opened ? input.openings : undefined, false)],
      ["context", contextOf(context)],
    ];
    const { answer, parts } = this.owner.ask("proofcard_prove", [this.handle], strings, [flags, seedOf(seed)]);
    const { openings, ...rest } = answer;
    const opening = ({ digest }, i) => ({ commitment: parts[1 + 2 * i], opening: parts[2 + 2 * i], digest });
    return { proof: parts[0], ...rest, ...(openings ? { openings: openings.map(opening) } : {}) };
  }
  verifyingKey() {
    const { parts } = this.owner.ask("proofcard_verifying_key_of", [this.handle], [], []);
    return parts[0];
  }
}

// Files one after the other, each behind its length in 32 bits; null, where it may stand, has the length 2^32 - 1.
function listOf(what, files, mayBeNull) {
  const all = files ?? [];
  if (!Array.isArray(all)) {
    throw new BadInput(what, "expected an array of files, found something else");
  }
  for (const file of all) {
    if (!isBytes(file) && !(mayBeNull && file === null)) {
      throw new BadInput(what, "expected a Uint8Array or an ArrayBuffer, found something else");
    }
  }
  const out = new Uint8Array(all.reduce((sum, file) => sum + 4 + (file?.byteLength ?? 0), 0));
  let next = 0;
  for (const file of all) {
    new DataView(out.buffer).setUint32(next, file?.byteLength ?? 2 ** 32 - 1, true);
    next += 4;
    if (file !== null) {
      out.set(file instanceof Uint8Array ? file : new Uint8Array(file), next);
      next += file.byteLength;
    }
  }
  return out;
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

// As a file has them: numbers, typed arrays or nested arrays of one tensor; or {"input_data": [...]} and the like of several.
function textOf(values, name) {
  const plain = (value) =>
    ArrayBuffer.isView(value) ? Array.from(value, Number) : Array.isArray(value) ? value.map(plain) : value;
  const isFile = values !== null && typeof values === "object" && ["input_data", "output_data", "output_integers"].some((key) => key in values);
  return typeof values === "string" ? values : JSON.stringify(isFile ? values : { [name]: [plain(values)] });
}

export class Proofcard {
  #exports;
  #state;
  #crashed;
  #threads = 1;
  #lacks = [];
  #end = () => {};

  // module: the bytes of proofcard.wasm, or where they are; by default beside this file. threads: how many may work at a time; by
  // default as many as there are processors, where threads are possible. Of a module that is given there is one.
  static async load(module, { threads } = {}) {
    if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= kMaxThreads)) {
      throw new BadInput("threads", `expected a whole number from 1 to ${kMaxThreads}, found something else`);
    }
    let lacks = lacksThreads();
    if (module !== undefined) {
      return Proofcard.start(await WebAssembly.compile(await bytesOf(module)), 1, lacks ? [lacks] : []);
    }
    const count = lacks ? 1 : Math.min(kMaxThreads, threads ?? (await defaultThreads()));
    if (count > 1) {
      try {
        return await Proofcard.start(await WebAssembly.compile(await bytesOf(new URL("./proofcard-threads.wasm", import.meta.url))), count);
      } catch (error) {
        lacks = `threads: ${error.message}`;  // memory for them could not be had, or workers are forbidden
      }
    }
    const one = await bytesOf(new URL("./proofcard.wasm", import.meta.url));
    return Proofcard.start(await WebAssembly.compile(one), 1, lacks ? [lacks] : []);
  }

  // Of a module that was compiled already, which can be sent to workers. threads: of a module that is made for them.
  static async start(module, threads = 1, lacks = []) {
    const state = { memory: undefined, text: "" };
    const shared = WebAssembly.Module.imports(module).some(({ kind }) => kind === "memory");
    const env = shared ? { memory: sharedMemory() } : {};
    const instance = await WebAssembly.instantiate(module, { env, wasi_snapshot_preview1: systemInterface(state) });
    state.memory = env.memory ?? instance.exports.memory;
    const proofcard = new Proofcard();
    proofcard.#exports = instance.exports;
    proofcard.#state = state;
    proofcard.#lacks = lacks;
    proofcard.call("_initialize");
    if (shared && threads > 1) {
      proofcard.#end = await startThreads(threads, module, env.memory, instance.exports);
      proofcard.#threads = threads;
    }
    return proofcard;
  }

  // Threads that work at the same time, the caller's among them.
  get threads() {
    return this.#threads;
  }

  // What there is not, where there is something that would be faster: a text each.
  get lacks() {
    return [...this.#lacks];
  }

  // Ends the threads. Calls go on with one.
  endThreads() {
    if (this.#threads > 1 && !this.#crashed) {
      this.#exports.proofcard_begin_threads(1, 0);
    }
    this.#end();
    this.#end = () => {};
    this.#threads = 1;
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

  // Of one input or output of a model that was compiled with that side committed; `key` is its .vk, .pk or .pcm.
  commit(key, values, { tensor = "input", index = 0, saturate = false, zeroKnowledge = true } = {}) {
    if (tensor !== "input" && tensor !== "output") {
      throw new BadInput("tensor", "expected input or output, found something else");
    }
    if (!Number.isInteger(index) || index < 0 || index >= 2 ** 32) {
      throw new BadInput("index", "expected a whole number from 0, found something else");
    }
    const flags =
      (tensor === "output" ? FLAG_OUTPUT_SIDE : 0) | (saturate ? FLAG_SATURATE : 0) | (zeroKnowledge ? 0 : FLAG_NO_ZERO_KNOWLEDGE);
    const text = textOf(values, `${tensor}_data`);
    const { answer, parts } = this.ask("proofcard_commit", [], [["key", key], ["values", text]], [index, flags]);
    return { commitment: parts[0], opening: parts[1], ...answer };
  }

  // The values behind a commitment; throws Rejected when the opening is not its own.
  open(commitment, opening) {
    return this.ask("proofcard_open", [], [["commitment", commitment], ["opening", opening]], []).answer;
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
      this.endThreads();
      throw this.#crashed;
    }
  }

  // Passes byte strings, and takes the answer apart: the length of a JSON text, that of bytes, the text, the bytes, which are some
  // byte strings end to end. Internal.
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
      const { part_sizes: sizes = [], ...facts } = answer;
      let next = 0;
      const parts = sizes.map((length) => bytes.slice(next, (next += length)));
      return { answer: facts, parts };
    } finally {
      if (!this.#crashed) {
        for (let i = 0; i < passed.length; i += 2) {
          this.call("proofcard_release", passed[i]);
        }
      }
    }
  }
}
