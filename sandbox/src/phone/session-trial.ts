/**
 * The sessions with one device as they are kept: by base key, each with when it was used last, whether it is the open
 * one (-1), and what says that the other device has not answered on it yet.
 */
export interface SessionRecord {
  _sessions: Record<string, { indexInfo?: { used?: number; closed?: number }; pendingPreKey?: unknown }>;
}

/** Where one record is kept. */
export interface RecordPlace {
  get(): SessionRecord | undefined;
  set(record: SessionRecord): void;
}

/**
 * Lets `decrypt` try one session after the other, each alone and on a copy, most recently used first. Signal's
 * JavaScript tries them all on one record: those that did not fit have stepped their ratchets by then, are kept so,
 * and can never read what was written for them. Throws what `decrypt` threw last. The gateway has code like this of its
 * own: what both sides of the wire share, no test of one against the other could prove.
 */
export async function trySessions<T>(place: RecordPlace, decrypt: () => Promise<T>): Promise<T> {
  const record = place.get();
  const names = Object.keys(record?._sessions ?? {});
  if (!record || names.length < 2) return decrypt();
  const usedAt = (name: string) => record._sessions[name]?.indexInfo?.used ?? 0;
  let refusal: unknown;
  for (const name of names.sort((one, other) => usedAt(other) - usedAt(one))) {
    const session = record._sessions[name];
    if (!session) continue;
    place.set({ ...record, _sessions: { [name]: structuredClone(session) } });
    try {
      const plain = await decrypt();
      place.set({ ...record, _sessions: { ...record._sessions, ...place.get()?._sessions } });
      return plain;
    } catch (error) {
      refusal = error;
      place.set(record);
    }
  }
  throw refusal;
}
