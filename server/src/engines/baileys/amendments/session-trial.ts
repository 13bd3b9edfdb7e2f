import type { SignalKeyStoreWithTransaction } from 'baileys';

/** The sessions with one device as libsignal keeps them: by base key, each with when it was used last. */
interface SessionRecord {
  _sessions: Record<string, { indexInfo?: { used?: number } }>;
}

/**
 * Changes: of several sessions with one device each is tried alone and on a copy, most recently used first.
 *
 * Why: libsignal tries them all on one record: sessions that did not fit have advanced their ratchets by then, are stored
 * like that, and can never decrypt messages of their own. Two people who write to each other for the first time at the same
 * moment have two sessions, so from then on message after message would have to be sent again.
 *
 * In: `libsignal/src/session_cipher.js` (decryptWithSessions), `libsignal/src/session_record.js`.
 *
 * The sandbox has code like this of its own: a test of one side against the other proves nothing about code that both
 * share.
 *
 * To be called inside a key transaction; throws what `decrypt` threw last.
 * @param address the session's own name in the store
 */
export async function trySessions<T>(
  keys: SignalKeyStoreWithTransaction,
  address: string,
  decrypt: () => Promise<T>,
): Promise<T> {
  const read = async () =>
    (await keys.get('session', [address]))[address] as unknown as SessionRecord | undefined;
  const write = (record: SessionRecord) => keys.set({ session: { [address]: record as never } });
  const record = await read();
  const names = Object.keys(record?._sessions ?? {});
  if (!record || names.length < 2) return decrypt();
  const usedAt = (name: string) => record._sessions[name]?.indexInfo?.used ?? 0;
  let refusal: unknown;
  for (const name of names.sort((a, b) => usedAt(b) - usedAt(a))) {
    const session = record._sessions[name];
    if (!session) continue;
    await write({ ...record, _sessions: { [name]: structuredClone(session) } });
    try {
      const plaintext = await decrypt();
      const current = await read();
      await write({ ...record, _sessions: { ...record._sessions, ...current?._sessions } });
      return plaintext;
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}
