/** Which nodes hold a session with the database at this moment. A process that dies loses its session at once. */
export interface Presence {
  /** Their ids, the own one included; undefined while it is not known for certain. */
  nodes(): readonly string[] | undefined;
  /** Calls the handler whenever a node has come or gone. */
  onChange(handler: () => void): void;
}

export interface PresenceWatch extends Presence {
  /** Looks now; what can't be seen counts as unknown. */
  look(): Promise<void>;
}

/** A node that lost its session is back within this time when it lives; longer absence means that it is gone. */
const graceMs = 2000;

/**
 * Follows who is there. Says nothing until it has looked for a while without a gap: just after a start, after the
 * database was away, and after this process itself was frozen, everybody could seem to be gone.
 */
export function watchPresence(self: string, whoIsThere: () => Promise<string[]>): PresenceWatch {
  const seenAt = new Map<string, number>();
  const handlers: (() => void)[] = [];
  let since: number | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let told = '';

  function forget(): void {
    since = undefined;
    seenAt.clear();
  }

  function nodes(): readonly string[] | undefined {
    const now = performance.now();
    if (since === undefined || now - lookedAt > graceMs || lookedAt - since < graceMs) return undefined;
    return [...seenAt.keys()].sort();
  }

  function note(ids: string[]): void {
    const now = performance.now();
    if (now - lookedAt > graceMs || !ids.includes(self)) forget();
    lookedAt = now;
    // Where sessions can't be seen, as behind some poolers, not even the own one is there.
    if (!ids.includes(self)) return;
    since ??= now;
    for (const id of ids) seenAt.set(id, now);
    for (const [id, atMs] of seenAt) if (now - atMs >= graceMs) seenAt.delete(id);
    const known = nodes()?.join() ?? told;
    if (known === told) return;
    told = known;
    for (const handler of handlers) handler();
  }

  return {
    nodes,
    onChange: (handler) => void handlers.push(handler),
    look: () => whoIsThere().then(note, forget),
  };
}
