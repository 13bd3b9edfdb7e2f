import { BufferJSON } from 'baileys';
import * as group from 'baileys/lib/Signal/Group/index.js';
import { SenderKeyRecord, SenderKeys } from '../src/index.ts';
import type { Library } from './person.ts';

/** Somebody in a group, with our sender keys or Baileys' own. Records are kept as bytes from one step to the next. */
export class GroupMember {
  readonly library: Library;
  readonly kept = new Map<string, Buffer>();
  readonly #keys: SenderKeys;

  constructor(library: Library, kept?: Iterable<[string, Buffer]>) {
    this.library = library;
    for (const [name, record] of kept ?? []) this.kept.set(name, record);
    this.#keys = new SenderKeys({
      loadSenderKey: (name) => {
        const record = this.kept.get(name);
        return record && SenderKeyRecord.deserialize(record);
      },
      storeSenderKey: (name, record) => this.kept.set(name, record.serialize()),
    });
  }

  async announce(name: string): Promise<Buffer> {
    if (this.library === 'ours') return this.#keys.announce(name);
    const message = await new group.GroupSessionBuilder(this.#oldStore()).create(oldName(name));
    return Buffer.from(message.serialize());
  }

  async accept(name: string, announcement: Buffer): Promise<void> {
    if (this.library === 'ours') return this.#keys.accept(name, announcement);
    const message = new group.SenderKeyDistributionMessage(null, null, null, null, announcement);
    await new group.GroupSessionBuilder(this.#oldStore()).process(oldName(name), message);
  }

  async encrypt(name: string, plaintext: Buffer): Promise<Buffer> {
    if (this.library === 'ours') return this.#keys.encrypt(name, plaintext);
    return Buffer.from(await new group.GroupCipher(this.#oldStore(), oldName(name)).encrypt(plaintext));
  }

  async decrypt(name: string, message: Buffer): Promise<Buffer> {
    if (this.library === 'ours') return this.#keys.decrypt(name, message);
    return Buffer.from(await new group.GroupCipher(this.#oldStore(), oldName(name)).decrypt(message));
  }

  /** The next message is written with another key. */
  rotate(name: string): void {
    this.kept.delete(name);
  }

  #oldStore() {
    return {
      loadSenderKey: async (name: group.SenderKeyName) => {
        const record = this.kept.get(name.getGroupId());
        return record ? group.SenderKeyRecord.deserialize(record) : new group.SenderKeyRecord();
      },
      storeSenderKey: async (name: group.SenderKeyName, record: group.SenderKeyRecord) => {
        // Without the replacer, as Baileys writes it, it can't read overtaken messages: their keys come back as arrays.
        this.kept.set(
          name.getGroupId(),
          Buffer.from(JSON.stringify(record.serialize(), BufferJSON.replacer)),
        );
      },
    };
  }
}

function oldName(name: string): group.SenderKeyName {
  return new group.SenderKeyName(name, { id: 'someone', deviceId: 0, toString: () => 'someone.0' });
}
