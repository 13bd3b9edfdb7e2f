import type { MediaType, WAMessageKey } from 'baileys';

/** Where a file lies at the network, what opens it, and the message that brought it. */
export interface FileAtNetwork {
  type: MediaType;
  directPath: string;
  /** Base64. */
  mediaKey: string;
  /** Base64; what its sender says. */
  sha256?: string | undefined;
  key: WAMessageKey;
}

/** The form in which others keep it for us. */
export function writeReference(file: FileAtNetwork): string {
  return JSON.stringify(file);
}

export function readReference(reference: string): FileAtNetwork {
  return JSON.parse(reference) as FileAtNetwork;
}
