import type { FileInMessage, FileKind, StoredFile } from './contents/file.ts';

/** The network's files as a phone uses them: it encrypts before it uploads, and decrypts what it has fetched. */
export interface Files {
  /** Encrypts a file with a new key and uploads it. */
  put(kind: FileKind, data: Buffer): Promise<StoredFile>;
  /** Fetches and decrypts a file; undefined when the network no longer has it. Throws when it is not what was sent. */
  get(file: FileInMessage): Promise<Buffer | undefined>;
}
