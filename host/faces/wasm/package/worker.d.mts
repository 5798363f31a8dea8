import type { Committed, CommitOptions, FileBytes, Input, KeyFacts, Opened, Proof, ProveOptions, Values, Verdict, VerifyOptions } from "./index.mjs";

export interface WorkerVerifyingKey extends KeyFacts {
  verify(proof: FileBytes, options?: VerifyOptions): Promise<Verdict>;
  free(): Promise<void>;
}

export interface WorkerProverKey extends KeyFacts {
  readonly inputs: { name: string; shape: number[] }[];
  prove(input: Input, options?: ProveOptions): Promise<Proof>;
  verifyingKey(): Promise<Uint8Array>;
  free(): Promise<void>;
}

/** The functions of index.mjs on a thread of their own. */
export class ProofcardWorker {
  constructor(worker?: Worker);
  version(): Promise<string>;
  /** Threads that work at the same time. */
  threads(): Promise<number>;
  /** What this browser or page does not have and the module could use, a text each. */
  lacks(): Promise<string[]>;
  verify(key: FileBytes, proof: FileBytes, options?: VerifyOptions): Promise<Verdict>;
  commit(key: FileBytes, values: Values, options?: CommitOptions): Promise<Committed & { warnings: string[] }>;
  open(commitment: FileBytes, opening: FileBytes): Promise<Opened>;
  verifyingKey(bytes: FileBytes): Promise<WorkerVerifyingKey>;
  proverKey(bytes: FileBytes): Promise<WorkerProverKey>;
  /** Ends the thread, whatever it is doing: the way to cancel. */
  terminate(): void;
}
