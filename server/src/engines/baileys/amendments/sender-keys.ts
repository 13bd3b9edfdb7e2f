import { SenderKeyRecord, SenderKeys } from '@multiwa/signal';
import type { SignalKeyStoreWithTransaction, SignalRepositoryWithLIDStore } from 'baileys';

type GroupPart = Pick<
  SignalRepositoryWithLIDStore,
  | 'encryptGroupMessage'
  | 'decryptGroupMessage'
  | 'getSenderKeyDistributionMessage'
  | 'processSenderKeyDistributionMessage'
>;

/**
 * Changes: sender keys of groups are those of our Signal layer; records that Baileys kept are read, and kept in our form
 * when they are next used.
 *
 * Why: Baileys skips every other of its own messages and keeps their keys, so that each message reads and writes up to two
 * thousand of them; keys of overtaken messages come back from storage in a form that it can't use, so those are never
 * read; a key announced again takes the place of an older one among the five that are kept.
 *
 * In: `baileys/lib/Signal/libsignal.js` (makeLibSignalRepository), `baileys/lib/Signal/Group/group_cipher.js`,
 * `baileys/lib/Signal/Group/sender-key-record.js`.
 */
export function senderKeysOf(
  keys: SignalKeyStoreWithTransaction,
  addressOf: (jid: string) => string,
): GroupPart {
  const senderKeys = new SenderKeys({
    async loadSenderKey(name) {
      const { [name]: kept } = await keys.get('sender-key', [name]);
      return kept && SenderKeyRecord.deserialize(kept);
    },
    storeSenderKey: (name, record) => keys.set({ 'sender-key': { [name]: record.serialize() } }),
  });
  /** As Baileys names them in its key store. */
  const nameOf = (group: string, jid: string) => {
    const [id, deviceId] = addressOf(jid).split('.');
    return `${group}::${id}::${deviceId}`;
  };
  return {
    encryptGroupMessage: ({ group, meId, data }) =>
      keys.transaction(async () => {
        const name = nameOf(group, meId);
        const senderKeyDistributionMessage = await senderKeys.announce(name);
        return { ciphertext: await senderKeys.encrypt(name, data), senderKeyDistributionMessage };
      }, group),
    decryptGroupMessage: ({ group, authorJid, msg }) =>
      keys.transaction(() => senderKeys.decrypt(nameOf(group, authorJid), msg), group),
    getSenderKeyDistributionMessage: ({ group, meId }) =>
      keys.transaction(() => senderKeys.announce(nameOf(group, meId)), group),
    async processSenderKeyDistributionMessage({ item, authorJid }) {
      const { groupId, axolotlSenderKeyDistributionMessage: announced } = item;
      if (!groupId) throw new Error('Group ID is required for sender key distribution message');
      if (!announced) throw new Error('A sender key distribution message without a key');
      await keys.transaction(() => senderKeys.accept(nameOf(groupId, authorJid), announced), groupId);
    },
  };
}
