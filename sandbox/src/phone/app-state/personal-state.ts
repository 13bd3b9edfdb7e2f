import { encodeSyncdPatch, type LTHashState, newLTHashState, proto } from 'baileys';
import { type Account, lidJid } from '../../accounts/account.ts';
import type { Directory } from '../../accounts/directory.ts';
import type { AppState } from '../../app-state/app-state.ts';
import { COLLECTIONS, type Collection, isCollection } from '../../app-state/collections.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Attachments } from '../../media/attachments.ts';
import { Part } from '../../part.ts';
import type { Notifications } from '../../router/notifications.ts';
import type { Store } from '../../store/sqlite.ts';
import type { Inbox } from '../inbox.ts';
import { apply } from './apply.ts';
import { type Change, patchOf, type Surroundings } from './change.ts';
import { takeEffect } from './effects.ts';
import { keysOf, readStep, type Step } from './fold.ts';
import { appStateKey } from './key.ts';
import { chatJid, oneJid } from './names.ts';
import { emptyPicture, type Picture } from './picture.ts';

interface PersonalStateDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly appState: AppState;
  readonly notifications: Notifications;
  readonly ledger: Ledger;
  readonly inbox: Inbox;
  readonly attachments: Attachments;
}

/** What a phone has read of its app state so far. */
interface Reading {
  readonly states: Map<Collection, LTHashState>;
  readonly picture: Picture;
  /** Patches that a companion which verifies would distrust. */
  distrusted: number;
}

/** A change speaks of something this phone does not have. */
export class NothingThere extends Error {}

const READINGS_MAX = 200;
/** After so many patches other work gets a turn. */
const PATCHES_A_TURN = 20;
const ATTEMPTS_MAX = 20;

/**
 * The phone's side of app state: it reads what its companions write and writes like one of them. The patches are the
 * memory; what they add up to is worked out when somebody needs it. Callers see to it that one phone does one thing at a time.
 */
export class PersonalState extends Part<PersonalStateDeps> {
  readonly #readings = new Map<string, Reading>();

  /** Reads everything new, lets it take effect, and gives what it adds up to. A phone that is off learns nothing new. */
  async read(account: Account): Promise<Reading> {
    const reading = this.#reading(account.number);
    for (const collection of COLLECTIONS) await this.#readCollection(account, reading, collection);
    return reading;
  }

  /** Writes one change; it counts as read once it is written. Throws NothingThere when it speaks of an unknown message or label. */
  async write(account: Account, change: Change): Promise<void> {
    const reading = await this.read(account);
    this.#refuseUnknown(reading.picture, change);
    const patch = patchOf(change, this.#surroundings(account));
    if (!isCollection(patch.type)) return;
    const { appState, notifications } = this.deps;
    const keyId = appStateKey(account).keyId.toString('base64');
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      await this.#readCollection(account, reading, patch.type);
      const before = reading.states.get(patch.type) ?? newLTHashState();
      const encoded = await encodeSyncdPatch(patch, keyId, before, keysOf(account));
      const version = appState.append(account.number, patch.type, before.version, encoded.patch);
      if (version === undefined) continue;
      notifications.appStateChanged(account, 0, [{ name: patch.type, version }]);
      await this.#readCollection(account, reading, patch.type);
      return;
    }
    throw new Error(`app state of ${account.number} never rested long enough to be written`);
  }

  /** Uploads what each collection adds up to now: a companion that knows nothing is given that, and the patches behind it. */
  async upload({ number }: Account): Promise<void> {
    const { appState, attachments } = this.deps;
    for (const collection of COLLECTIONS) {
      const whole = appState.whole(number, collection);
      if (!whole) continue;
      const bytes = proto.SyncdSnapshot.encode(whole).finish();
      const { fileLength: fileSizeBytes, ...file } = await attachments.attach(bytes, 'md-app-state', number);
      const reference = proto.ExternalBlobReference.encode({ ...file, fileSizeBytes }).finish();
      const version = Number(whole.version?.version ?? 0);
      appState.keepSnapshot(number, collection, { version, reference: Buffer.from(reference) });
    }
  }

  /** Tells the companions the person's name when they may have another. */
  async tellName(account: Account): Promise<void> {
    const { name } = account;
    const { picture } = await this.read(account);
    const told = picture.pushName;
    if (account.name === name && told !== name && (told !== undefined || account.devices.size > 0))
      await this.write(account, { change: 'push-name', name });
  }

  /** The person has opened a chat: it is not marked as unread any more. */
  async opened(account: Account, chat: string): Promise<void> {
    const { picture } = await this.read(account);
    const jid = chatJid(this.deps.directory, chat);
    if (picture.chats.get(jid)?.markedUnread)
      await this.write(account, { change: 'mark-read', chat, read: true });
  }

  /** Forgets all of it: the key it was written with is gone. */
  forget(account: Account): void {
    this.#readings.delete(account.number);
    this.deps.appState.clear(account.number);
    this.deps.store.run('DELETE FROM app_state_read WHERE number = ?', account.number);
  }

  #reading(number: string): Reading {
    const known = this.#readings.get(number);
    if (known) this.#readings.delete(number);
    const reading = known ?? { states: new Map(), picture: emptyPicture(), distrusted: 0 };
    this.#readings.set(number, reading);
    const [oldest] = this.#readings.keys();
    if (this.#readings.size > READINGS_MAX && oldest !== undefined) this.#readings.delete(oldest);
    return reading;
  }

  async #readCollection(account: Account, reading: Reading, collection: Collection): Promise<void> {
    const { appState } = this.deps;
    const end = account.online ? Number.POSITIVE_INFINITY : this.#lastRead(account.number, collection);
    for (;;) {
      const before = reading.states.get(collection) ?? newLTHashState();
      const { patches, more } = appState.after(account.number, collection, before.version);
      let state = before;
      for (const [index, patch] of patches.entries()) {
        if (patch.version > end) return;
        const step = await readStep(collection, state, patch.version, patch.bytes, keysOf(account));
        state = step.state;
        reading.states.set(collection, state);
        this.#take(account, reading, collection, step);
        if (index % PATCHES_A_TURN === PATCHES_A_TURN - 1)
          await new Promise((resolve) => setImmediate(resolve));
      }
      if (!more) return;
    }
  }

  #take(account: Account, reading: Reading, collection: Collection, step: Step): void {
    const { version } = step.state;
    const isNew = this.#markRead(account.number, collection, version);
    if (step.problem !== undefined) {
      reading.distrusted += 1;
      const about = { number: account.number, type: collection, flags: `version=${version}` };
      if (isNew) this.deps.ledger.note('app-state-distrusted', { ...about, text: step.problem });
    }
    for (const { mutation, removed } of step.mutations) {
      apply(reading.picture, mutation, removed, (word) => oneJid(this.deps.directory, word));
      if (isNew && !removed)
        takeEffect(account, mutation, { inbox: this.deps.inbox, directory: this.deps.directory });
    }
  }

  /** Whether a version is read for the first time, also counting before a restart. */
  #markRead(number: string, collection: Collection, version: number): boolean {
    const { store } = this.deps;
    const sql = `INSERT INTO app_state_read (number, collection, version) VALUES (?, ?, ?)
      ON CONFLICT (number, collection) DO UPDATE SET version = excluded.version WHERE version < excluded.version`;
    return store.run(sql, number, collection, version) > 0;
  }

  #lastRead(number: string, collection: Collection): number {
    const sql = 'SELECT version FROM app_state_read WHERE number = ? AND collection = ?';
    return this.deps.store.get<{ version: number }>(sql, number, collection)?.version ?? 0;
  }

  #refuseUnknown(picture: Picture, change: Change): void {
    const isLabelling = change.change === 'label-chat' || change.change === 'label-message';
    if (!isLabelling && change.change !== 'delete-label') return;
    if (!picture.labels.has(change.id)) throw new NothingThere(`This phone has no label "${change.id}".`);
  }

  #surroundings({ number }: Account): Surroundings {
    const { directory } = this.deps;
    const inbox = this.deps.inbox;
    return {
      jid: (chat) => chatJid(directory, chat),
      lid(contact) {
        const account = directory.find(contact);
        return account && lidJid(account);
      },
      newest: (chat) => inbox.newest(number, chat),
      message(chat, id) {
        const message = inbox.find(number, chat, id);
        if (!message) throw new NothingThere(`This phone has no message "${id}" in the chat with ${chat}.`);
        return { fromMe: message.fromMe, from: message.from, seconds: Math.floor(message.timestamp / 1000) };
      },
    };
  }
}
