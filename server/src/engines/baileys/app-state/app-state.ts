import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type AuthenticationCreds,
  type BinaryNode,
  encodeSyncdPatch,
  isMissingKeyError,
  type LTHashState,
  newLTHashState,
  processSyncAction,
  proto,
  type WASocket,
} from 'baileys';
import type { Clock } from '../../../platform/clock.ts';
import { createTurns } from '../../../platform/concurrency/in-turn.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { troubleOf } from '../../../platform/db/trouble.ts';
import type { Log } from '../../../platform/log.ts';
import { EngineGone, EngineRefusal, type Listener, type StateChange, type StatePower } from '../../port.ts';
import { createBoundedMap } from '../bounded-map.ts';
import type { EngineKeyStore } from '../key-store.ts';
import type { Trust } from '../media/trust.ts';
import { wellFormed } from '../well-formed.ts';
import { type Collection, collections, collectionsOfNotice } from './collections.ts';
import { type KeyOf, readPatch, readSnapshot, type Step } from './decode.ts';
import { type Answer, askForNews, handIn } from './exchange.ts';
import { fromMutation, isWords, type Mutation } from './from-mutation.ts';
import { toMutation } from './to-mutation.ts';

/** So much is told at once. */
const changesMax = 300;
const patchesAtOnce = 20;
/** Answers to one question; each brings a hundred patches or so. */
const roundsMax = 1000;
const conflictsMax = 8;
const conflict = 409;
const tryAgainMs = 10_000;
const keysMax = 50;

/** What all devices of an account agree on: read, told and written. */
export interface AppState extends StatePower {
  /** Reads what is new, now and whenever the phone shares a key, until the end of the connection. */
  begin(socket: WASocket): void;
  /** A key has arrived: what waited for it can be read. */
  keyArrived(): void;
  /** Resolves when what the notice tells of is stored, or waits to be read again: it is read anew at each connection. */
  noticed(stanza: BinaryNode): Promise<void>;
  close(): Promise<void>;
}

export function createAppState(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  listener: Listener;
  trust: Trust;
  store(): EngineKeyStore | undefined;
  creds(): AuthenticationCreds | undefined;
  live(): WASocket;
}): AppState {
  const { db, clock, log, listener, trust } = deps;
  // It is called inside key transactions and by handlers of Baileys; its work must not become part of them.
  const outside = AsyncLocalStorage.snapshot();
  const turns = createTurns<'all'>();
  const keys = createBoundedMap<string, Awaited<ReturnType<KeyOf>>>(keysMax);
  const begunAnew = new Set<Collection>();
  const ending = new AbortController();
  let socket: WASocket | undefined;
  let timer: NodeJS.Timeout | undefined;

  const keyOf: KeyOf = async (id) => {
    const known = keys.get(id);
    if (known) return known;
    const key = (await keyStore().get('app-state-sync-key', [id]))[id];
    if (key) keys.set(id, key);
    return key;
  };

  function keyStore(): EngineKeyStore {
    const store = deps.store();
    if (!store || ending.signal.aborted) throw new EngineGone('The connection has ended.');
    return store;
  }

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> =>
    outside(() => turns.inTurn('all', work));

  const stored = async (names: readonly Collection[]) => keyStore().get('app-state-sync-version', [...names]);

  const storing = (collection: Collection, state: LTHashState) => (tx: Tx) =>
    keyStore().within(tx, { 'app-state-sync-version': { [collection]: state } });

  /** Reads everything that is new in these collections; one whose key is missing waits for it. */
  async function pull(connection: WASocket, names: readonly Collection[]): Promise<void> {
    const left = new Set(names);
    for (let round = 0; left.size > 0 && round < roundsMax; round++) {
      const states = await stored([...left]);
      const known = [...left].map((name) => [name, begunState(states[name])] as const);
      const answers = await askForNews(connection, trust, known);
      const answered = new Set<Collection>();
      for (const answer of answers) {
        if (ending.signal.aborted) throw new EngineGone('The connection has ended.');
        answered.add(answer.collection);
        if (!(await read(answer, states[answer.collection]))) left.delete(answer.collection);
      }
      for (const name of left) if (!answered.has(name)) left.delete(name);
    }
  }

  /** Answers whether to ask again. */
  async function read(answer: Answer, known: LTHashState | undefined): Promise<boolean> {
    const { collection, patches, snapshot } = answer;
    if (answer.refusal !== undefined) {
      log.warn({ collection, code: answer.refusal }, 'WhatsApp does not tell what is set');
      return false;
    }
    try {
      let state = begunState(known) ?? newLTHashState();
      if (snapshot) state = await take(collection, [await readSnapshot(snapshot, keyOf)], state);
      for (let n = 0; n < patches.length; n += patchesAtOnce) {
        const steps: Step[] = [];
        for (const patch of patches.slice(n, n + patchesAtOnce)) {
          if (versionOf(patch) <= (steps.at(-1)?.state ?? state).version) continue;
          const step = await readPatch(collection, steps.at(-1)?.state ?? state, patch, keyOf);
          if (!step.isTrusted && (await beginAnew(collection))) return true;
          steps.push(step);
        }
        state = await take(collection, steps, state);
        await new Promise(setImmediate);
      }
      return answer.isPart && (patches.length > 0 || snapshot !== undefined);
    } catch (error) {
      if (!isMissingKeyError(error)) throw error;
      log.info({ collection }, 'what is set waits for a key that the phone has not shared');
      return false;
    }
  }

  /** What does not add up is read again from its beginning, once in a connection. */
  async function beginAnew(collection: Collection): Promise<boolean> {
    log.warn({ collection }, 'what is set does not add up');
    if (begunAnew.has(collection)) return false;
    begunAnew.add(collection);
    await keyStore().set({ 'app-state-sync-version': { [collection]: newLTHashState() } });
    return true;
  }

  /** Tells what these steps said. How far was read is stored with the last of it; answers the state then. */
  async function take(collection: Collection, steps: readonly Step[], before: LTHashState) {
    const state = steps.at(-1)?.state ?? before;
    const now = clock.now();
    const mutations = steps.flatMap((step) => step.mutations);
    for (const mutation of mutations) learnOfAccount(mutation);
    const changes = mutations.flatMap((mutation) => fromMutation(mutation, now) ?? []);
    while (changes.length > changesMax) await tell(changes.splice(0, changesMax), async () => undefined);
    await tell(changes, storing(collection, state));
    return state;
  }

  /** What can't be stored for its own data is left out, and stops none of the rest. */
  async function tell(changes: StateChange[], settle: (tx: Tx) => Promise<void>): Promise<void> {
    const told = listener.stateTold;
    if (!told || changes.length === 0) return inTransaction(db, settle);
    const formed = changes.map((change) => wellFormed(change, clock.now()));
    try {
      return await told(formed, settle);
    } catch (error) {
      if (troubleOf(error) !== 'data') throw error;
    }
    for (const change of formed) {
      await told([change], async () => undefined).catch((err: unknown) => {
        if (troubleOf(err) !== 'data') throw err;
        log.warn({ err, kind: change.kind }, 'something that was set can’t be stored and is left out');
      });
    }
    await inTransaction(db, settle);
  }

  /** The library counts an entry that is taken out as one that is set: the next patch about it would not add up. */
  async function encoded(create: ReturnType<typeof toMutation>, keyId: string, before: LTHashState) {
    const made = await encodeSyncdPatch(create, keyId, before, keyOf).catch((error: unknown) => {
      if (!isMissingKeyError(error)) throw error;
      throw new EngineGone('The phone has not shared the key yet.');
    });
    if (create.operation === proto.SyncdMutation.SyncdOperation.REMOVE) {
      const index = made.patch.mutations?.[0]?.record?.index?.blob ?? [];
      delete made.state.indexValueMap[Buffer.from(index).toString('base64')];
    }
    return made;
  }

  /** Baileys must know what the account is called, and which two addresses are one person. */
  function learnOfAccount({ index, value, isRemoved }: Mutation): void {
    const me = deps.creds()?.me;
    if (!socket || !me || !value || isRemoved || !isWords(index)) return;
    const isOfAccount = value.pushNameSetting ?? value.unarchiveChatsSetting ?? value.pnForLidChatAction;
    if (isOfAccount) processSyncAction({ syncAction: { value }, index: [...index] }, socket.ev, me);
    const [, jid] = index;
    const lid = value.contactAction?.lidJid;
    if (lid?.endsWith('@lid') && jid?.endsWith('@s.whatsapp.net'))
      socket.ev.emit('lid-mapping.update', { lid, pn: jid });
  }

  /** Where it fails, all is read again after a while. */
  async function readNews(names: readonly Collection[]): Promise<void> {
    const connection = socket;
    if (!connection || !deps.creds()?.myAppStateKeyId || !listener.stateTold || names.length === 0) return;
    try {
      await inTurn(() => pull(connection, names));
    } catch (error) {
      if (ending.signal.aborted) return;
      log.warn({ err: error }, 'what other devices have set could not be read; trying again');
      clearTimeout(timer);
      timer = setTimeout(readAll, tryAgainMs).unref();
    }
  }

  function readAll(): void {
    clearTimeout(timer);
    void readNews(collections);
  }

  return {
    begin(connection) {
      socket = connection;
      readAll();
    },
    keyArrived: readAll,
    noticed: (stanza) => readNews(collectionsOfNotice(stanza)),
    async change(change, newest = [], isStill = async () => true) {
      const connection = deps.live();
      const create = toMutation(change, newest);
      const keyId = deps.creds()?.myAppStateKeyId;
      if (!keyId) throw new EngineGone('The phone has not shared the key yet.');
      await inTurn(async () => {
        for (let tries = 0; tries < conflictsMax; tries++) {
          const before = begunState((await stored([create.type]))[create.type]);
          // Only the first try builds on what is stored: it is refused when another device was faster.
          if (!before || tries > 0) await pull(connection, [create.type]);
          if (!(await isStill())) return;
          const state = (await stored([create.type]))[create.type] ?? newLTHashState();
          const { patch, state: after } = await encoded(create, keyId, state);
          const refusal = await handIn(connection, create.type, after.version - 1, patch);
          if (refusal === undefined) {
            await keyStore().set({ 'app-state-sync-version': { [create.type]: after } });
            return;
          }
          if (refusal !== conflict) throw new EngineRefusal(refusal, 'WhatsApp did not take the change.');
        }
        throw new EngineGone('Other devices changed the same again and again.');
      });
    },
    async close() {
      ending.abort();
      clearTimeout(timer);
      await turns.idle();
    },
  };
}

const versionOf = ({ version }: proto.ISyncdPatch) => Number(version?.version ?? 0);

/** Undefined for one of which nothing is known yet. */
function begunState(state: LTHashState | undefined): LTHashState | undefined {
  return state && state.version > 0 ? state : undefined;
}
