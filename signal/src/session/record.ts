import { BoundedCache } from '../bounded-cache.ts';
import { isSame } from '../constant-time.ts';
import { MessageCounterError, SessionError } from '../errors.ts';
import type { readWhisperMessage } from '../wire/messages.ts';
import { previousMax } from './limits.ts';
import { readOldRecord } from './old-record.ts';
import { knowsRatchetKey, open } from './open.ts';
import { readRecord, writeRecord } from './record-format.ts';
import type { Session } from './session.ts';

type Received = ReturnType<typeof readWhisperMessage>;

/** Sessions of the records used last, by their bytes: of a device that is written to, the next step finds them decoded. */
const decoded = new BoundedCache<readonly Session[]>(1_000);
/** Longer ones have many skipped keys or sessions, and would take much memory. */
const rememberedBytesMax = 8_192;

function nameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function remember(name: string, sessions: readonly Session[]): void {
  if (name.length <= rememberedBytesMax) decoded.set(name, sessions);
}

/** A plaintext, and the record after it. */
export interface Decrypted {
  readonly record: SessionRecord;
  readonly plaintext: Buffer;
}

/** How Baileys looks at a session. */
export interface OpenSession {
  readonly registrationId: number;
  readonly indexInfo: { readonly baseKey: Uint8Array };
  /** There as long as the other side has not answered. */
  readonly pendingPreKey: { readonly preKeyId: number | undefined; readonly signedKeyId: number } | undefined;
}

/**
 * The sessions with one device: the one to write with, and earlier ones in which messages may still come. It never
 * changes: what is done with it gives another one.
 */
export class SessionRecord {
  /** The current one first. */
  readonly #sessions: readonly Session[];
  /** The name of the bytes that this one takes the place of. */
  readonly #before: string | undefined;

  constructor(sessions: readonly Session[] = [], before?: string) {
    this.#sessions = sessions;
    this.#before = before;
  }

  /** Reads a record of ours, or of the libsignal of JavaScript in its JSON form. */
  static deserialize(kept: Uint8Array | object): SessionRecord {
    if (!(kept instanceof Uint8Array)) return new SessionRecord(readOldRecord(kept));
    const name = nameOf(kept);
    const sessions = decoded.get(name) ?? readRecord(kept);
    remember(name, sessions);
    return new SessionRecord(sessions, name);
  }

  serialize(): Buffer {
    const bytes = writeRecord(this.#sessions);
    if (this.#before !== undefined) decoded.delete(this.#before);
    remember(nameOf(bytes), this.#sessions);
    return bytes;
  }

  get current(): Session | undefined {
    return this.#sessions[0];
  }

  /** How many sessions there are, the current one among them. */
  get count(): number {
    return this.#sessions.length;
  }

  haveOpenSession(): boolean {
    return this.current !== undefined;
  }

  getOpenSession(): OpenSession | undefined {
    const { current } = this;
    if (!current) return undefined;
    const { registrationId, baseKey, pending } = current;
    const pendingPreKey = pending && { preKeyId: pending.preKeyId, signedKeyId: pending.signedPreKeyId };
    return { registrationId, indexInfo: { baseKey }, pendingPreKey };
  }

  /** With a session as the current one, in the place of what it was before, if it was here. */
  with(session: Session, before?: Session): SessionRecord {
    const others = this.#sessions.filter((each) => each !== before);
    return new SessionRecord([session, ...others].slice(0, previousMax + 1), this.#before);
  }

  /** The session that somebody else opened with this key. */
  openedWith(baseKey: Uint8Array): Session | undefined {
    return this.#sessions.find((session) => !session.isOurs && isSame(session.baseKey, baseKey));
  }

  /**
   * Decrypts with the session that fits, which becomes the current one; all others stay as they are.
   * @throws MessageCounterError when one fits, but the key was used already
   * @throws SessionError when none fits
   */
  decrypt(received: Received, ownIdentity: Uint8Array): Decrypted {
    const { ratchetKey } = received.message;
    // A session that has received with this key is the only one it can be for: such keys are random.
    const known = this.#sessions.find((session) => knowsRatchetKey(session, ratchetKey));
    const opened = known
      ? attempt(known, received, ownIdentity)
      : firstOf(this.#sessions, (session) => attempt(session, received, ownIdentity));
    if (!opened) throw new SessionError('No matching sessions found for message');
    return { record: this.with(opened.session, opened.before), plaintext: opened.plaintext };
  }

  /** Decrypts with one session, new or of this record, which becomes the current one. Throws what {@link open} throws. */
  decryptWith(session: Session, received: Received, ownIdentity: Uint8Array): Decrypted {
    const opened = open(session, received, ownIdentity);
    return { record: this.with(opened.session, session), plaintext: opened.plaintext };
  }
}

/** What opening gives, or nothing when the message isn't of this session. */
function attempt(before: Session, received: Received, ownIdentity: Uint8Array) {
  try {
    return { before, ...open(before, received, ownIdentity) };
  } catch (error) {
    if (error instanceof MessageCounterError) throw error;
    return undefined;
  }
}

function firstOf<T, R>(values: readonly T[], make: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const made = make(value);
    if (made !== undefined) return made;
  }
  return undefined;
}
