import type { FileBytes, Input, KeyFacts, Proof, ProveOptions, Verdict, VerifyOptions } from "./index.mjs";

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
  verify(key: FileBytes, proof: FileBytes, options?: VerifyOptions): Promise<Verdict>;
  verifyingKey(bytes: FileBytes): Promise<WorkerVerifyingKey>;
  proverKey(bytes: FileBytes): Promise<WorkerProverKey>;
  /** Ends the thread, whatever it is doing: the way to cancel. */
  terminate(): void;
}
