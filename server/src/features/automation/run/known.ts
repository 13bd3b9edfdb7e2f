import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { AutomationRow } from '../automation.store.ts';
import type { Program } from '../program/program.ts';
import { readsPast } from './reads-past.ts';
import { zoneDefault } from './zone.ts';

/** An automation that is on, ready to be asked. */
export interface Ready {
  readonly id: string;
  readonly name: string;
  readonly program: Program;
  readonly version: number;
  readonly cooldownSecs: number;
  readonly createdAt: Date;
  /** Whether it asks what was said before in the chat. */
  readonly readsPast: boolean;
}

/** Whatever answers where no automation has; the later of two that know an answer is not asked. */
export type HookKind = 'webhook' | 'ai';

/** All that may happen for a profile when a message comes. */
export interface Known {
  readonly organizationId: string;
  readonly timeZone: string;
  /** The chats that are the profile itself. */
  readonly own: readonly string[];
  /** In the order they are looked at. */
  readonly automations: readonly Ready[];
  readonly hooks: readonly HookKind[];
  /** Whether a run may wait for an answer though nothing is on. */
  readonly hasRuns: boolean;
  /** Whether a run waits for something to happen. */
  readonly hasEventWaits: boolean;
  readonly readAtMs: number;
}

/** So old at most: the time zone of the organisation is read again after that. */
const freshMs = 60_000;
const profilesMax = 10_000;

export interface KnownSource {
  active(
    profileId: string,
    from: Db | Tx | undefined,
  ): Promise<{
    organizationId: string;
    timeZone: string | null;
    own: string[];
    automations: (AutomationRow & { program: Program })[];
    hasRuns: boolean;
    hasEventWaits: boolean;
  }>;
}

/**
 * What each profile has, kept in memory: a message to a profile without anything costs no statement. Every change is an event
 * that the reader of messages reads in its place and forgets the profile by, on each node.
 */
export function createKnown(
  source: KnownSource,
  hooksOf: (profileId: string, from: Db | Tx | undefined) => Promise<HookKind[]>,
) {
  const known = new Map<string, Known>();

  return {
    /** `from` is the transaction of the caller, if it is in one. */
    async of(profileId: string, from?: Db | Tx): Promise<Known> {
      const kept = known.get(profileId);
      // Where there is nothing, nothing has to be fresh.
      if (kept && (!hasAny(kept) || performance.now() - kept.readAtMs < freshMs)) return kept;
      const readAtMs = performance.now();
      const { organizationId, timeZone, own, automations, ...has } = await source.active(profileId, from);
      const made: Known = {
        ...{
          organizationId,
          hasRuns: has.hasRuns,
          hasEventWaits: has.hasEventWaits,
          readAtMs,
          own,
          timeZone: timeZone ?? zoneDefault,
        },
        hooks: await hooksOf(profileId, from),
        automations: automations.map((row) => ({
          ...{ id: row.id, name: row.name, program: row.program, version: row.version },
          ...{ cooldownSecs: row.cooldown_secs, createdAt: row.created_at },
          readsPast: readsPast(row.program),
        })),
      };
      if (known.size >= profilesMax) known.clear();
      known.set(profileId, made);
      return made;
    },

    forget: (profileId: string) => void known.delete(profileId),
    forgetAll: () => known.clear(),
  };
}

export type KnownAutomations = ReturnType<typeof createKnown>;

/** Whether a message or an answer can mean anything for the profile. */
export const hasAny = ({ automations, hooks, hasRuns }: Known): boolean =>
  automations.length > 0 || hooks.length > 0 || hasRuns;
