/** Of one chat, in a second. */
const peopleMax = 20;

/**
 * Passes on the latest of each person of a chat: the first at once, then once in `everyMs` for each chat. Strangers may do
 * as much as they like.
 */
export function createGathered<Told>(everyMs: number, tell: (chat: string, told: readonly Told[]) => void) {
  const waiting = new Map<string, { latest: Map<string, Told>; timer: NodeJS.Timeout }>();

  function rest(chat: string): void {
    waiting.set(chat, { latest: new Map(), timer: setTimeout(over, everyMs, chat).unref() });
  }

  function over(chat: string): void {
    const latest = waiting.get(chat)?.latest;
    waiting.delete(chat);
    if (!latest || latest.size === 0) return;
    rest(chat);
    tell(chat, [...latest.values()]);
  }

  return {
    add(chat: string, who: string, told: Told): void {
      const gathered = waiting.get(chat)?.latest;
      if (!gathered) {
        rest(chat);
        tell(chat, [told]);
        return;
      }
      gathered.delete(who);
      gathered.set(who, told);
      const [oldest] = gathered.keys();
      if (oldest !== undefined && gathered.size > peopleMax) gathered.delete(oldest);
    },
    stop(): void {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
