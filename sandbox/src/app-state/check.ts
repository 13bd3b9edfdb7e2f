import { proto } from 'baileys';

const PATCH_BYTES_MAX = 256 * 1024;
const MUTATIONS_MAX = 1000;
const MAC_BYTES = 32;
/** An encrypted value is an initialization vector, at least one block, and a MAC. */
const VALUE_BYTES_MIN = 16 + 16 + MAC_BYTES;
const { SET, REMOVE } = proto.SyncdMutation.SyncdOperation;

function isMutation({ operation, record }: proto.ISyncdMutation): boolean {
  const known = operation === SET || operation === REMOVE;
  const hasKey = (record?.keyId?.id?.length ?? 0) > 0;
  const { length = 0 } = record?.value?.blob ?? {};
  return known && hasKey && record?.index?.blob?.length === MAC_BYTES && length >= VALUE_BYTES_MIN;
}

/**
 * Reads a patch as far as the network can without the key; undefined when it is too large or lacks what every reader
 * needs to verify it. Mutations kept outside of the patch are refused: nobody here could fetch them.
 */
export function readPatch(patch: Uint8Array): proto.SyncdPatch | undefined {
  if (patch.length > PATCH_BYTES_MAX) return undefined;
  let read: proto.SyncdPatch;
  try {
    read = proto.SyncdPatch.decode(patch);
  } catch {
    return undefined;
  }
  const { mutations, keyId, snapshotMac, patchMac, externalMutations } = read;
  const isWhole = (keyId?.id?.length ?? 0) > 0 && snapshotMac?.length === MAC_BYTES;
  const isSigned = patchMac?.length === MAC_BYTES && !externalMutations;
  const isSized = mutations.length > 0 && mutations.length <= MUTATIONS_MAX;
  return isWhole && isSigned && isSized && mutations.every(isMutation) ? read : undefined;
}
