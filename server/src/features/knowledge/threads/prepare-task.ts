import type { FileKind } from '../files/kind.ts';

/** A document that is to be made ready: its text, or a file that has it. */
export type PrepareTask = { name: string } & ({ text: string } | { kind: FileKind; bytes: Uint8Array });

/** The file can't be read; it is the sender's fault. */
export const unreadable = 'unreadable';
/** Its text is longer than a document may be. */
export const tooLong = 'too long';
