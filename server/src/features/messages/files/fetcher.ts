import type { FilePower } from '../../../engines/port.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Log } from '../../../platform/log.ts';
import type { Live } from '../../profiles/index.ts';
import type { DueFile } from './files.store.ts';

/** Of one profile: the next messages must not wait for large files. */
const ofProfileMax = 3;
/** Of all profiles of this node. */
const atOnceMax = 12;
const troubleMs = 5_000;
const restMsMax = 60_000;

/** Fetches the files that arrive, beside everything else: for each connected profile a few at a time, oldest first. */
export function createFetcher<Due extends DueFile>(deps: {
  clock: Clock;
  log: Log;
  store: {
    due(profileId: string, now: Date, limit: number, inFlight: readonly string[]): Promise<Due[]>;
    nextDue(profileId: string): Promise<Date | undefined>;
  };
  fetch(live: Live, files: FilePower, due: Due): Promise<void>;
}) {
  const { clock, log, store, fetch } = deps;
  const profiles = new Map<string, ReturnType<typeof createProfile>>();
  const running = new Set<Promise<void>>();
  const free: (() => void)[] = [];
  let underWay = 0;

  /** Until it ends a stop waits for it; it must not fail. */
  function begin(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  async function inPlace(deed: () => Promise<void>): Promise<void> {
    if (underWay >= atOnceMax) await new Promise<void>((resolve) => free.push(resolve));
    underWay += 1;
    try {
      await deed();
    } finally {
      underWay -= 1;
      free.shift()?.();
    }
  }

  function createProfile(live: Live) {
    const inFlight = new Set<string>();
    let timer: NodeJS.Timeout | undefined;
    let isLooking = false;
    let again = false;

    async function look(): Promise<void> {
      again = false;
      const files = live.session.files;
      if (!files) return;
      const room = ofProfileMax - inFlight.size;
      if (room <= 0) return;
      const due = await store.due(live.profileId, clock.now(), room, [...inFlight]);
      for (const one of due) {
        inFlight.add(one.message_id);
        const work = inPlace(() => (live.ended.aborted ? Promise.resolve() : fetch(live, files, one)));
        begin(
          work
            .catch((err: unknown) =>
              log.warn({ err, messageId: one.message_id }, 'a file could not be settled'),
            )
            .finally(() => {
              inFlight.delete(one.message_id);
              poke();
            }),
        );
      }
      if (due.length === 0 && inFlight.size === 0) await rest();
    }

    async function rest(): Promise<void> {
      const next = await store.nextDue(live.profileId);
      if (!next || live.ended.aborted) return;
      const waitMs = Math.min(Math.max(next.getTime() - clock.now().getTime(), 10), restMsMax);
      clearTimeout(timer);
      timer = setTimeout(poke, waitMs).unref();
    }

    function poke(): void {
      again = true;
      if (isLooking || live.ended.aborted) return;
      clearTimeout(timer);
      isLooking = true;
      const looked = look()
        .catch((err: unknown) => {
          log.warn({ err, profileId: live.profileId }, 'files that arrived could not be looked for');
          timer = setTimeout(poke, troubleMs).unref();
          again = false;
        })
        .finally(() => {
          isLooking = false;
          if (again) poke();
        });
      begin(looked);
    }

    return { poke, forget: () => clearTimeout(timer) };
  }

  return {
    connected(live: Live): void {
      const profile = createProfile(live);
      profiles.set(live.profileId, profile);
      live.ended.addEventListener(
        'abort',
        () => {
          profile.forget();
          if (profiles.get(live.profileId) === profile) profiles.delete(live.profileId);
        },
        { once: true },
      );
      profile.poke();
    },

    /** A file may have arrived for this profile. */
    poke: (profileId: string) => profiles.get(profileId)?.poke(),

    /** Resolves when nothing is in flight; connections must have ended first. */
    async stop(): Promise<void> {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

export type Fetcher = ReturnType<typeof createFetcher>;
