import {
  type ChatMutation,
  decodePatches,
  decodeSyncdMutations,
  type LTHashState,
  newLTHashState,
  proto,
} from 'baileys';
import type { Account } from '../../accounts/account.ts';
import type { Collection } from '../../app-state/collections.ts';
import { appStateKey } from './key.ts';

/** Gives the key of an id in base64, or null when this person's devices have no such key. */
export type FetchKey = (keyId: string) => Promise<proto.Message.IAppStateSyncKeyData | null>;

export interface Step {
  /** Hash and index of the collection after the patch. */
  readonly state: LTHashState;
  readonly mutations: { readonly mutation: ChatMutation; readonly removed: boolean }[];
  /** Why a companion that verifies would distrust this patch. */
  readonly problem?: string;
}

export function keysOf(account: Account): FetchKey {
  const { keyId, keyData } = appStateKey(account);
  const own = keyId.toString('base64');
  return async (asked) => (asked === own ? keyData : null);
}

/**
 * Reads one patch as a strict companion would: MACs of patch and values, and the hash over everything that is set.
 * A patch that can't be read or is forged changes nothing; one whose hash is wrong is read all the same.
 */
export async function readStep(
  collection: Collection,
  before: LTHashState,
  version: number,
  bytes: Uint8Array,
  fetchKey: FetchKey,
): Promise<Step> {
  const problems: string[] = [];
  const patch = proto.SyncdPatch.decode(bytes);
  const { mutations: encoded } = patch;
  const copy = { ...patch, mutations: [...encoded] };
  try {
    const logger = listener(problems);
    const { state } = await decodePatches(collection, [copy], before, fetchKey, {}, undefined, logger, true);
    const [problem] = problems;
    if (problem?.startsWith('failed to decode')) return { state, mutations: [], problem };
    const mutations: Step['mutations'] = [];
    for (const each of encoded) {
      const removed = each.operation === proto.SyncdMutation.SyncdOperation.REMOVE;
      const take = (mutation: ChatMutation): void => {
        if (isIndex(mutation.index)) mutations.push({ mutation, removed });
      };
      await decodeSyncdMutations([each], newLTHashState(), fetchKey, take, true);
    }
    return problem === undefined ? { state, mutations } : { state, mutations, problem };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { state: { ...before, version }, mutations: [], problem };
  }
}

/** An index is any JSON on the wire; ours are lists of words. */
function isIndex(index: unknown): boolean {
  return Array.isArray(index) && index.every((word) => typeof word === 'string');
}

/** The decoder tells of what it distrusts by warnings only. */
function listener(problems: string[]): NonNullable<Parameters<typeof decodePatches>[6]> {
  const quiet = (): void => undefined;
  const warn = (about: unknown, text = ''): void => {
    const { error } = about as { error?: string };
    problems.push(error === undefined ? text : `${text}: ${error}`);
  };
  const logger = { level: 'warn', trace: quiet, debug: quiet, info: quiet, warn, error: quiet };
  return { ...logger, child: () => listener(problems) };
}
