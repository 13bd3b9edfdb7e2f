/** The nodes that have a session with the database now. A process that dies loses its session at once. */
export interface Presence {
  /** The ids of the nodes, this one included; undefined while they are not known for certain. */
  nodes(): readonly string[] | undefined;
  /** Calls the handler whenever a node has come or gone. */
  onChange(handler: () => void): void;
}

export interface PresenceWatch extends Presence {
  /** Reads the sessions now; when that fails, the nodes are unknown. */
  look(): Promise<void>;
}

/** A running node that lost its session is back within this time; after a longer absence it counts as gone. */
const graceMs = 2000;

/**
 * Follows which nodes are present. They are unknown until it has read them for a while without a gap: just after a start,
 * after the database was away, and after this process was frozen, all nodes could seem to be gone.
 */
export function watchPresence(ownId: string, readNodes: () => Promise<string[]>): PresenceWatch {
  const seenAt = new Map<string, number>();
  const handlers: (() => void)[] = [];
  let since: number | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let reported = '';

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
    if (now - lookedAt > graceMs || !ids.includes(ownId)) forget();
    lookedAt = now;
    // Behind some poolers sessions can't be seen, not even this node's own one.
    if (!ids.includes(ownId)) return;
    since ??= now;
    for (const id of ids) seenAt.set(id, now);
    for (const [id, atMs] of seenAt) if (now - atMs >= graceMs) seenAt.delete(id);
    const current = nodes()?.join() ?? reported;
    if (current === reported) return;
    reported = current;
    for (const handler of handlers) handler();
  }

  return {
    nodes,
    onChange: (handler) => void handlers.push(handler),
    look: () => readNodes().then(note, forget),
  };
}
