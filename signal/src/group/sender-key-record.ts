import { readOldSenderKeys } from './old-sender-keys.ts';
import { readSenderKeys, writeSenderKeys } from './sender-key-format.ts';
import { isSameKey, type SenderKeyState, withState } from './sender-key-state.ts';

const arrayBegin = 0x5b;

/** The sender keys of one device in one group, the newest first. It never changes: what is done with it gives another one. */
export class SenderKeyRecord {
  readonly #states: readonly SenderKeyState[];

  constructor(states: readonly SenderKeyState[] = []) {
    this.#states = states;
  }

  /** Reads a record of ours, or of Baileys in its JSON form. */
  static deserialize(kept: Uint8Array): SenderKeyRecord {
    return new SenderKeyRecord(kept[0] === arrayBegin ? readOldSenderKeys(kept) : readSenderKeys(kept));
  }

  serialize(): Buffer {
    return writeSenderKeys(this.#states);
  }

  get count(): number {
    return this.#states.length;
  }

  /** The key that its owner writes with; undefined for everybody else. */
  get own(): SenderKeyState | undefined {
    return this.#states[0]?.signing && this.#states[0];
  }

  state(id: number): SenderKeyState | undefined {
    return this.#states.find((state) => state.id === id);
  }

  /** With what a key has become, or a key just announced; one announced again stays where it was. */
  with(state: SenderKeyState): SenderKeyRecord {
    return new SenderKeyRecord(withState(this.#states, state));
  }

  knows(key: { id: number; signingKey: Uint8Array }): boolean {
    return this.#states.some((state) => isSameKey(state, key));
  }
}
