import type { Readable } from 'node:stream';

/* Files as engines and the rest speak of them; a part of the port. */

/** A file of our storage that a message carries. */
export interface OutgoingFile {
  /** Its id there. */
  id: string;
  /** Hex. */
  sha256: string;
  bytes: number;
  mimetype: string;
}

/** Our storage, as engines read it. */
export interface Files {
  /** The bytes. @throws FileGone when it is not there any more */
  open(file: OutgoingFile): Promise<Readable>;
  /** A small JPEG of a picture or film, shown until it is fetched; undefined where there is none. */
  preview(file: OutgoingFile): Promise<Buffer | undefined>;
}

/** A file at the network. */
export interface IncomingFile {
  /** Where it lies and what opens it, in the words of its engine: a secret, to be kept sealed. */
  reference: string;
  /** What the sender says of it: nothing of that need be true. */
  bytes?: number;
  mimetype?: string;
}

/** Fetches files that arrived. */
export interface FilePower {
  /**
   * The bytes, as they come: they count only when the end is reached.
   * @throws FileGone when the network keeps it no longer; FileDamaged when it is not what was sent; EngineGone otherwise
   */
  fetch(reference: string): Promise<Readable>;
  /**
   * Asks our own phone to put a file at the network again; answers where it lies now.
   * @throws FileGone when the phone has it no longer; EngineGone when it did not answer in time
   */
  askAgain(reference: string): Promise<string>;
}
