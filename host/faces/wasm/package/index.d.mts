/** Bytes of a file. */
export type FileBytes = Uint8Array | ArrayBuffer;

/** Base of what the functions throw. `where` names the thing, `message` says what was expected and what was found. */
export class ProofcardError extends Error {
  readonly where: string;
}
/** A damaged file, an input of another shape or beyond the model's range. */
export class BadInput extends ProofcardError {}
/** A proof that does not verify; `stage` is the check that failed. */
export class Rejected extends ProofcardError {
  readonly stage: string;
}
/** The module ended by itself, for instance because memory ran out. Load it again. */
export class Crashed extends ProofcardError {}

export interface StatedTensor {
  side: "input" | "output";
  name: string;
  /** Of one input, also in a batch. */
  shape: number[];
  visibility: "private" | "public" | "committed";
  /** Real value = scale * integer, unless `channels` is given. */
  scale: number;
  channels: unknown;
  /** Row-major, of a public tensor; all rows of a batch. Integers beyond 2^53 are not exact. */
  integers: number[] | null;
  commitment: string | null;
  comparison: null;
}

/** As `proofcard verify --json` prints it. */
export interface Verdict {
  accepted: true;
  reason: null;
  parts: null;
  model: string;
  vk_digest: string;
  batch: number;
  /** Inputs of the model's file that are constants of the model. */
  fixed_inputs: { name: string; values: number[] }[];
  weights: "private" | "public" | "committed";
  weights_hidden: boolean;
  zero_knowledge: boolean;
  seeded: boolean;
  /** Hexadecimal digits. */
  context: string | null;
  security_bits: number;
  statistical_bits: number;
  vk_check_ms: number | null;
  verify_ms: number;
  tensors: StatedTensor[];
}

export interface VerifyOptions {
  allowSeeded?: boolean;
  allowNoZeroKnowledge?: boolean;
  /** What the proof has to be made for; without it, a proof with a context is rejected. */
  context?: FileBytes;
  /** Accept only if the committed inputs (outputs) are those of these .commit files: one for each in order, null for any. */
  inputCommitments?: (FileBytes | null)[];
  outputCommitments?: (FileBytes | null)[];
}

export interface ProveOptions {
  /** Default true. Without, the proof is made faster and hides nothing. */
  zeroKnowledge?: boolean;
  /** Clip inputs beyond the model's range instead of refusing them. */
  saturate?: boolean;
  /** Deterministic blinding, for tests; verifiers refuse such proofs unless they allow it. */
  seed?: number | bigint;
  /** What the proof is made for, at most 32 bytes: a client's nonce, a recipient. */
  context?: FileBytes;
  /** Also give the commitment and the opening of each output, which have to be committed. */
  openOutputs?: boolean;
}

/** A hidden value, to be proved about, handed on or shown later. */
export interface Committed {
  /** The .commit file, for verifiers. */
  commitment: Uint8Array;
  /** The .opening file: as secret as the values, and cannot be made again. */
  opening: Uint8Array;
  /** Names the commitment: hexadecimal digits. */
  digest: string;
}

export interface CommitOptions {
  /** Which side of the model; default input. */
  tensor?: "input" | "output";
  /** Which of several inputs or outputs, from 0. */
  index?: number;
  /** Clip values beyond the model's range instead of refusing them. */
  saturate?: boolean;
  /** Default true. Without, the commitment hides nothing, and serves proofs without zero knowledge only. */
  zeroKnowledge?: boolean;
}

/** The values behind a commitment, row-major. */
export interface Opened {
  digest: string;
  shape: number[];
  /** Real value = scale * integer, unless `channels` is given. */
  scale: number;
  channels: unknown;
  /** Integers beyond 2^53 are not exact. */
  integers: number[];
  reals: number[];
}

export interface ProvedOutput {
  /** Of the batch. */
  row: number;
  name: string;
  shape: number[];
  integers: number[];
  reals: number[];
}

export interface Proof {
  /** The proof file. */
  proof: Uint8Array;
  outputs: ProvedOutput[];
  stagesMs: Record<string, number>;
  /** Values that the model does not take as they are: clipped inputs (saturate), and inner ones beyond the calibration samples. */
  warnings: string[];
  /** With `openOutputs`, one an output. */
  openings?: Committed[];
}

/** Numbers of one tensor, nested as deep as it has axes or flat; of several, or rows of a batch, as in a file. */
export type Values = ArrayLike<number> | readonly Values[] | { input_data: unknown } | { output_data: unknown } | { output_integers: unknown } | string;
/** Values; or of committed inputs the .opening files of their commitments, one an input. */
export type Input = Values | { openings: FileBytes[] };

export interface KeyFacts {
  readonly modelName: string;
  readonly digest: string;
  /** Inputs that a proof is of. */
  readonly batch: number;
}

export class VerifyingKey implements KeyFacts {
  readonly modelName: string;
  readonly digest: string;
  readonly batch: number;
  /** Throws Rejected, or BadInput for bytes that are no proof. */
  verify(proof: FileBytes, options?: VerifyOptions): Verdict;
  /** Gives the memory back. */
  free(): void;
}

export class ProverKey implements KeyFacts {
  readonly modelName: string;
  readonly digest: string;
  readonly batch: number;
  readonly inputs: { name: string; shape: number[] }[];
  prove(input: Input, options?: ProveOptions): Proof;
  /** The .vk file that belongs to this key. */
  verifyingKey(): Uint8Array;
  free(): void;
}

export interface LoadOptions {
  threads?: number;
}

export class Proofcard {
  /**
   * `module`: the bytes of proofcard.wasm or where they are; by default beside index.mjs. `threads`: how many may work at a time; by
   * default as many as there are processors, where threads are possible: in Node, and in a page that is cross-origin isolated. With a
   * module that is given there is one.
   */
  static load(module?: FileBytes | URL | string, options?: LoadOptions): Promise<Proofcard>;
  static start(module: WebAssembly.Module): Promise<Proofcard>;
  readonly version: string;
  /** Threads that work at the same time, the caller's among them. */
  readonly threads: number;
  /** What this browser or page does not have and the module could use, a text each. */
  readonly lacks: string[];
  /** Ends the other threads; calls go on with one. */
  endThreads(): void;
  /** Reads a .vk and makes the check that is due once a model. */
  verifyingKey(bytes: FileBytes): VerifyingKey;
  /** Reads a .pk and prepares what depends on it alone. It holds the weights: keep it where they may be. */
  proverKey(bytes: FileBytes): ProverKey;
  verify(key: FileBytes, proof: FileBytes, options?: VerifyOptions): Verdict;
  /** Commits to an input or output of a model that was compiled with that side committed; `key` is its .vk, .pk or .pcm. */
  commit(key: FileBytes, values: Values, options?: CommitOptions): Committed & { warnings: string[] };
  /** The values behind a commitment. Throws Rejected when the opening is not its own. */
  open(commitment: FileBytes, opening: FileBytes): Opened;
}
