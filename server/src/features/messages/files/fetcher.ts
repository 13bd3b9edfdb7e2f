import type { Clock } from '../../../platform/clock.ts';
import type { Log } from '../../../platform/log.ts';
import type { Live } from '../../profiles/index.ts';
import type { createFetch } from './fetch-files.ts';
import type { FileStore } from './files.store.ts';

/** Of one profile: the next messages must not wait for large files. */
const ofProfileMax = 3;
/** Of all profiles of this node. */
const atOnceMax = 12;
/** So many are looked at together. */
const lookMax = 50;
const troubleMs = 5_000;
const restMsMax = 60_000;

/** Fetches the files that arrive, beside everything else: for each connected profile a few at a time, oldest first. */
export function createFetcher(deps: {
  clock: Clock;
  log: Log;
  store: FileStore;
  fetch: ReturnType<typeof createFetch>;
}) {
  const { clock, log, store, fetch } = deps;
  const profiles = new Map<string, ReturnType<typeof createProfile>>();
  const free: (() => void)[] = [];
  let underWay = 0;

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
    const inFlight = new Map<string, Promise<void>>();
    let timer: NodeJS.Timeout | undefined;
    let looking: Promise<void> | undefined;
    let again = false;

    async function look(): Promise<void> {
      const files = live.session.files;
      if (!files) return;
      again = false;
      const room = ofProfileMax - inFlight.size;
      if (room <= 0) return;
      const due = await store.due(live.profileId, clock.now(), Math.min(room, lookMax), [...inFlight.keys()]);
      for (const one of due) {
        const done = inPlace(() => (live.ended.aborted ? Promise.resolve() : fetch(live, files, one)))
          .catch((err: unknown) =>
            log.warn({ err, messageId: one.message_id }, 'a file could not be settled'),
          )
          .finally(() => {
            inFlight.delete(one.message_id);
            poke();
          });
        inFlight.set(one.message_id, done);
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
      if (looking || live.ended.aborted) return;
      clearTimeout(timer);
      looking = look()
        .catch((err: unknown) => {
          log.warn({ err, profileId: live.profileId }, 'files that arrived could not be looked for');
          timer = setTimeout(poke, troubleMs).unref();
          again = false;
        })
        .finally(() => {
          looking = undefined;
          if (again) poke();
        });
    }

    return {
      live,
      poke,
      async ended() {
        clearTimeout(timer);
        await looking;
        await Promise.all(inFlight.values());
      },
    };
  }

  return {
    connected(live: Live): void {
      const profile = createProfile(live);
      profiles.set(live.profileId, profile);
      live.ended.addEventListener(
        'abort',
        () => {
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
      while (underWay > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}

export type Fetcher = ReturnType<typeof createFetcher>;
