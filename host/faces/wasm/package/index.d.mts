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
}

/** Numbers of one input, nested as deep as it has axes or flat; of several inputs, or rows of a batch, as in a file. */
export type Input = ArrayLike<number> | readonly Input[] | { input_data: unknown } | string;

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

export class Proofcard {
  /** `module`: the bytes of proofcard.wasm or where they are; by default beside index.mjs. */
  static load(module?: FileBytes | URL | string): Promise<Proofcard>;
  static start(module: WebAssembly.Module): Promise<Proofcard>;
  readonly version: string;
  /** Reads a .vk and makes the check that is due once a model. */
  verifyingKey(bytes: FileBytes): VerifyingKey;
  /** Reads a .pk and prepares what depends on it alone. It holds the weights: keep it where they may be. */
  proverKey(bytes: FileBytes): ProverKey;
  verify(key: FileBytes, proof: FileBytes, options?: VerifyOptions): Verdict;
}
