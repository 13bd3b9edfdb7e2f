import { MalformedError } from '../errors.ts';

/** Both halves of a message's first byte: the version that it is of, and the newest that its writer knows. */
export const versionByte = 0x33;

/** @throws MalformedError when a message is of another version; its writer may know newer ones. */
export function checkVersion(bytes: Uint8Array, kind: string): void {
  const version = bytes[0] ?? 0;
  if (version >> 4 !== versionByte >> 4 || (version & 15) < (versionByte & 15)) {
    throw new MalformedError(`Incompatible version number on ${kind}`);
  }
}
