import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { AuthenticationCreds, BaileysEventMap, BinaryNode, ConnectionState, WASocket } from 'baileys';
import type { ChatId } from '../../platform/chat-id.ts';
import { later } from '../../platform/clock.ts';
import { EngineGone, type EngineSession, type Link, type Outgoing, type SessionOptions } from '../port.ts';
import { createAcks } from './acks.ts';
import { type RepositoryMaker, repositoryMaker } from './amendments/signal-repository.ts';
import { createAppState } from './app-state/app-state.ts';
import { factOfGroup, factsOfHistory } from './chat-facts.ts';
import { type Commit, OwnershipLost } from './commit.store.ts';
import { loadCredentials } from './credentials.ts';
import type { Self } from './from-wire.ts';
import { createGroupLooks } from './group-looks.ts';
import { createHistory } from './history/history.ts';
import { toChat, toDigits, toMessageId, toPerson } from './ids.ts';
import { createInbound, type Inbound } from './inbound.ts';
import { createInbox } from './inbox.ts';
import { createJournal } from './journal.ts';
import { createKeyStore, type EngineKeyStore } from './key-store.ts';
import { createKnownMentions } from './known-mentions.ts';
import { endedBecause } from './link.ts';
import type { Trust } from './media/trust.ts';
import { createUploads, mediaTypeOf } from './media/uploads.ts';
import { mentionNames } from './mentions.ts';
import type { BaileysEngineOptions } from './options.ts';
import { sendAndWait } from './outbound.ts';
import { createPowers } from './powers.ts';
import { presenceIn } from './presence.ts';
import { askForLife, bytesRead, cut } from './raw-socket.ts';
import { createRestrictions } from './restrictions.ts';
import { type Timings, watchSilence } from './silence-watch.ts';
import { openSocket } from './socket.ts';
import { peopleIn, toWire } from './to-wire/to-wire.ts';
import { wellFormed } from './well-formed.ts';

type Ended = Extract<Link, { is: 'ended' }>;

/** The first code of a connection lives a minute, the next ones 20 s (Baileys' own timing); six in all. */
const firstQrMs = 60_000;
const nextQrMs = 20_000;
const codeMs = firstQrMs + 5 * nextQrMs;
/** How long the end of a session waits for the listener's last call. */
const lastCallMsMax = 5_000;

/** One connection of one profile. */
export function createSession(
  engine: BaileysEngineOptions & { timings: Timings; trust: Trust; commit: Commit },
  options: SessionOptions,
): EngineSession {
  const { db, vault, clock, timings } = engine;
  const { profileId, generation, listener, log } = options;
  const outside = AsyncLocalStorage.snapshot();
  const acks = createAcks(timings.ackMsMax);
  const groups = createGroupLooks();
  const uploads = createUploads({ ...engine, profileId, folder: engine.uploadsFolder });
  const journal = createJournal({ db, vault, profileId });
  const nameMentions = createKnownMentions({ socket: () => socket, self: () => self(), groups });
  const inbox = createInbox({
    listener: {
      ...listener,
      async received(messages, settle) {
        await nameMentions(messages);
        await listener.received(messages, settle);
      },
    },
    settle: journal.settle,
    clock,
    log,
  });
  const restrictions = createRestrictions(async (change) =>
    outside(() => listener.restricted?.(wellFormed(change, clock.now()))),
  );
  const history = createHistory({
    ...{ ...engine, profileId, listener, log, folder: engine.uploadsFolder },
    isWanted: engine.history !== 'none',
    self: () => self(),
  });
  const appState = createAppState({
    ...{ ...engine, listener, log, live },
    store: () => store,
    creds: () => creds,
  });
  const end = Promise.withResolvers<void>();
  const over = new AbortController();
  let begun = false;
  let ended: Ended | undefined;
  let opened = false;
  let socket: WASocket | undefined;
  let store: EngineKeyStore | undefined;
  let creds: AuthenticationCreds | undefined;
  let watch: ReturnType<typeof watchSilence> | undefined;
  let qrCount = 0;

  const report = (link: Link) => outside(() => listener.linkChanged(wellFormed(link, clock.now())));
  const self = (): Self | undefined => (creds?.me ? { id: creds.me.id, lid: creds.me.lid } : undefined);

  async function begin(): Promise<void> {
    const login = await Promise.all([loadCredentials(db, vault, profileId), journal.leftOver()]).catch(
      onUnread,
    );
    if (ended || !login) return;
    const [credentials, leftOver] = login;
    creds = credentials;
    const keys = createKeyStore({ ...engine, profileId, generation, creds: credentials, onFailed });
    store = keys;
    const inbound = createInbound({ inbox, journal, store: keys, history, appState, clock, log, self });
    inbound.leftOver(leftOver);
    watch = watchSilence(timings, {
      ask: async () => socket && askForLife(socket),
      bytesRead: () => (socket ? bytesRead(socket) : 0),
      silent: onSilent,
    });
    const repository = repositoryMaker({
      store: keys,
      creds: credentials,
      journal,
      stanzaOf: inbound.stanzaOf,
      onDecrypted: inbound.decrypted,
      onPairs: inbound.pairs,
    });
    socket = openSocket({
      uploadAgent: await engine.trust.agent(),
      url: typeof engine.url === 'function' ? engine.url() : engine.url,
      creds: credentials,
      store: keys,
      wantsAll: engine.history === 'full',
      log,
      makeSignalRepository: repository.make,
      getMessage: ({ id }) => recall(id),
      groupOf: async (connection, jid) => {
        const chat = toChat(jid);
        return chat && groups.forSending(connection, chat);
      },
      onStray,
    });
    listen(socket, { inbound, keys, turns: repository.turns });
  }

  function listen(
    connection: WASocket,
    { inbound, keys, turns }: Pick<RepositoryMaker, 'turns'> & { inbound: Inbound; keys: EngineKeyStore },
  ): void {
    const { ws, ev } = connection;
    inbound.attach(connection, turns);
    ws.on('frame', () => watch?.heard());
    ws.on('CB:ack,class:message', acks.hear);
    for (const tag of ['presence', 'chatstate']) {
      ws.on(`CB:${tag}`, (stanza: BinaryNode) => {
        const account = self();
        const fact = account && !ended && presenceIn(stanza, account);
        if (fact) outside(() => listener.presences?.([wellFormed(fact, clock.now())]));
      });
    }
    for (const type of ['picture', 'status']) {
      ws.on(`CB:notification,type:${type}`, ({ attrs }: BinaryNode) => {
        const { name: _, ...person } = toPerson([attrs.from]);
        const isSomebody = person.phone ?? person.lid;
        if (isSomebody && !ended) outside(() => listener.peopleChanged?.([wellFormed(person, clock.now())]));
      });
    }
    ws.on('CB:notification,type:w:gp2', ({ attrs }: BinaryNode) => {
      const chat = toChat(attrs.from);
      if (chat) groups.changed(chat);
    });
    ws.on('unexpected-response', (_request, response: { statusCode?: number }) => {
      const reason = `WhatsApp answered HTTP ${response.statusCode} instead of opening a connection.`;
      finish({ is: 'ended', cause: 'unavailable', reason });
    });
    ev.process(async (events) => {
      if (ended) return;
      if (events['message-capping.update']) restrictions.capped(events['message-capping.update']);
      if (events['creds.update']) keys.storeCredentials().catch(() => undefined);
      if (events['creds.update']?.myAppStateKeyId) setImmediate(appState.keyArrived);
      if (events['lid-mapping.update']) inbound.pairs([events['lid-mapping.update']]);
      inbound.chats([
        ...factsOfHistory(events['messaging-history.set']?.chats ?? []),
        ...(events['groups.update'] ?? []).flatMap((group) => factOfGroup(group, clock.now()) ?? []),
      ]);
      if (events['blocklist.update']) outside(() => listener.blocksChanged?.());
      const told: BaileysEventMap['messages.upsert'] | undefined = events['messages.upsert'];
      if (told) inbound.told(told.messages);
      const update = events['connection.update'];
      if (update) await follow(connection, inbound, update).catch(onBroken);
    });
  }

  async function follow(
    connection: WASocket,
    inbound: Inbound,
    update: Partial<ConnectionState>,
  ): Promise<void> {
    restrictions.changed(update);
    if (update.qr) await showCode(connection, update.qr);
    if (update.isNewLogin) {
      watch?.expecting();
      report({ is: 'pairing' });
    }
    if (update.connection === 'open') {
      watch?.settled();
      opened = true;
      await store?.stored();
      if (ended) return;
      report(connected());
      await inbound.replay(connection);
      history.begin(connection);
      appState.begin(connection);
    }
    if (update.connection === 'close') finish(endedBecause(update.lastDisconnect?.error, opened));
  }

  async function showCode(connection: WASocket, qr: string): Promise<void> {
    watch?.settled();
    qrCount += 1;
    if (!options.pairingPhone) {
      const expiresAt = later(clock.now(), qrCount === 1 ? firstQrMs : nextQrMs);
      return report({ is: 'waiting-for-scan', qr, expiresAt });
    }
    // Codes to scan go on arriving after the code to type has been requested.
    if (qrCount > 1) return;
    const code = await connection.requestPairingCode(toDigits(options.pairingPhone));
    report({ is: 'waiting-for-code', code, expiresAt: later(clock.now(), codeMs) });
  }

  function connected(): Link {
    const as = toChat(creds?.me?.id);
    const lid = toChat(creds?.me?.lid);
    const name = creds?.me?.name;
    if (!as) return { is: 'ended', cause: 'session-damaged', reason: 'The login names no phone number.' };
    return { is: 'connected', as, ...(lid ? { lid } : {}), ...(name && name !== '~' ? { name } : {}) };
  }

  async function wireContent(connection: WASocket, chat: ChatId, message: Outgoing) {
    const people = await mentionNames(connection, groups, chat, peopleIn(message));
    const said = message.type === 'edited' ? message.content : message;
    const upload =
      'file' in said ? await uploads.of(connection, said.file, mediaTypeOf(said.type)) : undefined;
    return toWire(message, { chat, self: ownJid(), people, upload });
  }

  async function recall(id: string | null | undefined) {
    const original = id ? await listener.recall(toMessageId(id)) : null;
    return original ? wireContent(live(), original.chat, original.message) : undefined;
  }

  const ownJid = () => (self()?.id ?? '').replace(/:\d+@/, '@');

  function onUnread(error: unknown): void {
    log.error({ err: error, profileId }, 'the login of a profile could not be read');
    const reason = 'The login could not be read from the database.';
    finish({ is: 'ended', cause: 'connection-lost', reason });
  }

  /** The socket is shut before this returns, so nothing leaves after a failed write. */
  function onFailed(error: unknown): void {
    const lost = error instanceof OwnershipLost;
    if (!lost) log.error({ err: error, profileId }, 'the keys of a profile could not be stored');
    const reason = lost
      ? 'Ownership was lost: another node runs this profile now.'
      : 'The keys could not be stored, so nothing more may be sent.';
    finish({ is: 'ended', cause: 'connection-lost', reason });
  }

  function onSilent(forMs: number): void {
    const seconds = Math.round(forMs / 1000);
    const cause = opened ? 'connection-lost' : 'never-answered';
    finish({ is: 'ended', cause, reason: `WhatsApp has not answered for ${seconds} s.` });
  }

  function onStray(event: string, error: unknown): void {
    log.warn({ err: error, event, profileId }, 'a handler of the protocol library failed');
    if (event !== 'message') return;
    finish({
      is: 'ended',
      cause: 'connection-lost',
      reason: 'WhatsApp sent something that can’t be decoded.',
    });
  }

  function onBroken(error: unknown): void {
    log.warn({ err: error, profileId }, 'a connection could not be set up');
    finish(endedBecause(error, opened));
  }

  function finish(link: Ended): void {
    if (ended) return;
    ended = link;
    over.abort();
    watch?.stop();
    acks.failAll(link.reason);
    if (socket) void socket.end(undefined).catch((error: unknown) => log.debug({ err: error }, 'closing'));
    if (socket && link.cause !== 'logged-out') cut(socket);
    void (async () => {
      await Promise.race([
        Promise.all([inbox.close(), history.close(), appState.close()]),
        pause(lastCallMsMax, undefined, { ref: false }),
      ]);
      // The next session of the profile reads what this one wrote.
      await store?.close();
      report(link);
      end.resolve();
    })();
  }

  function live(): WASocket {
    if (ended) throw new EngineGone(ended.reason);
    if (!socket || !opened) throw new EngineGone('This profile is not connected.');
    return socket;
  }

  return {
    ended: over.signal,
    connect() {
      if (begun) return;
      begun = true;
      report({ is: 'connecting' });
      begin().catch(onBroken);
    },
    async close() {
      finish({ is: 'ended', cause: 'closed', reason: 'The connection was closed by the gateway.' });
      await end.promise;
    },
    async logout() {
      if (ended || !socket || !opened) return;
      await socket.logout();
      await end.promise;
    },
    async send(id, chat, message, kept) {
      const connection = live();
      // It may fail while the message is still being written; whoever awaits it later hears of that.
      kept?.catch(() => undefined);
      const content = await wireContent(connection, chat, message);
      const audience = 'audience' in message ? message.audience : undefined;
      const own = {
        ...{ id, chat, content, self: toChat(self()?.id), audience, kept },
        outdated: () => groups.changed(chat),
      };
      await sendAndWait(connection, acks, own).catch((error: unknown) => {
        void restrictions.refused(connection, error);
        throw error;
      });
    },
    ...createPowers({
      ...{ live, groups, clock, self, trust: engine.trust, state: appState },
      handedOn: inbox.handedOn,
    }),
  };
}
