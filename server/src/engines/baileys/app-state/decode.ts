import {
  type ChatMutation,
  decodePatches,
  decodeSyncdMutations,
  type LTHashState,
  newLTHashState,
  proto,
  type SocketConfig,
} from 'baileys';
import type { Collection } from './collections.ts';
import type { Mutation } from './from-mutation.ts';

/** Gives the key of an id in base64, if the phone has shared it. */
export type KeyOf = (id: string) => Promise<proto.Message.IAppStateSyncKeyData | undefined>;

/** A collection behind a patch, and what that patch said. */
export interface Step {
  state: LTHashState;
  mutations: Mutation[];
  /** Its signatures and the sum over everything that is set are right. */
  isTrusted: boolean;
}

const recordsAtOnce = 200;
const { REMOVE } = proto.SyncdMutation.SyncdOperation;

/**
 * Reads one patch. One that is forged or can't be read changes nothing; of one whose sum is wrong counts what is signed.
 * @throws Error of Baileys that `isMissingKeyError` knows, when the phone has not shared its key
 */
export async function readPatch(
  collection: Collection,
  before: LTHashState,
  patch: proto.ISyncdPatch,
  keyOf: KeyOf,
): Promise<Step> {
  const warnings: string[] = [];
  const { mutations = [] } = patch;
  const copy = { ...patch, mutations: [...(mutations ?? [])] };
  const hears = listening(warnings);
  const { state } = await decodePatches(collection, [copy], before, keyOf, {}, undefined, hears, true);
  const isUnreadable = warnings.some((text) => text.startsWith('failed to decode'));
  return {
    state,
    mutations: isUnreadable ? [] : await mutationsOf(mutations ?? [], keyOf),
    isTrusted: warnings.length === 0,
  };
}

/** The same of a whole state, piece by piece, so that other work gets a turn. */
export async function readSnapshot(snapshot: proto.ISyncdSnapshot, keyOf: KeyOf): Promise<Step> {
  const { records = [] } = snapshot;
  const state = { ...newLTHashState(), version: Number(snapshot.version?.version ?? 0) };
  const mutations: Mutation[] = [];
  for (let n = 0; n < (records ?? []).length; n += recordsAtOnce) {
    const part = (records ?? []).slice(n, n + recordsAtOnce);
    const take = (each: ChatMutation) => void mutations.push(mutationOf(each, false));
    Object.assign(state, await decodeSyncdMutations(part, state, keyOf, take, true));
    await new Promise(setImmediate);
  }
  return { state, mutations, isTrusted: true };
}

/** The decoder does not say whether an entry was set or taken out, so each run of one kind is read by itself. */
async function mutationsOf(all: readonly proto.ISyncdMutation[], keyOf: KeyOf): Promise<Mutation[]> {
  const found: Mutation[] = [];
  for (let from = 0; from < all.length; ) {
    const isRemoved = all[from]?.operation === REMOVE;
    const end = all.findIndex((each, n) => n > from && (each.operation === REMOVE) !== isRemoved);
    const run = all.slice(from, end < 0 ? all.length : end);
    const take = (each: ChatMutation) => void found.push(mutationOf(each, isRemoved));
    await decodeSyncdMutations(run, newLTHashState(), keyOf, take, true);
    from += run.length;
  }
  return found;
}

const mutationOf = ({ index, syncAction }: ChatMutation, isRemoved: boolean): Mutation => ({
  index,
  value: syncAction.value,
  isRemoved,
});

/** The decoder tells of what it distrusts by warnings only. */
function listening(warnings: string[]): SocketConfig['logger'] {
  const quiet = () => undefined;
  const warn = (_about: unknown, text = '') => void warnings.push(text);
  const logger: SocketConfig['logger'] = {
    ...{ level: 'warn', trace: quiet, debug: quiet, info: quiet, warn, error: quiet },
    child: () => logger,
  };
  return logger;
}
