import type { Clock } from '../../../platform/clock.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import { type Facts, noPast } from '../match/facts.ts';
import { firedByOf } from '../triggers/triggers.ts';
import { type Came, cameWith } from './arrivals.ts';
import { happenedWith, happeningNames } from './happenings.ts';
import { firedBy, fitsChat } from './interpret.ts';
import type { Known, Ready } from './known.ts';
import { isByPast } from './reads-past.ts';

/** Rules that are left when so much time has gone into one message are not looked at: others wait for theirs. */
const lookMsMax = 250;

/** What an event tells of, and the automations whose triggers could fire for it. */
export interface Candidates {
  readonly came: Came;
  readonly ready: readonly Ready[];
}

/**
 * Finds out what could start, without the database. It is asked twice for each event, before the transaction and in it: the
 * second time the answer is at hand, unless what is known of the profile was read anew meanwhile.
 */
export function createCandidates({ clock }: { clock: Clock }) {
  const found = new WeakMap<RecordedEvent, { of: Known; candidates: Candidates | undefined }>();

  function look(event: RecordedEvent, of: Known): Candidates | undefined {
    const told = happeningNames.has(event.name) ? happenedWith(event) : cameWith(event);
    if (!told) return undefined;
    const mentionsUs = told.mentions.some((one) => one === 'all' || of.own.includes(one));
    const came = mentionsUs ? { ...told, arrival: { ...told.arrival, mentionsUs } } : told;
    const begunMs = performance.now();
    const ready = of.automations.filter(
      (one) =>
        one.createdAt <= event.occurredAt &&
        performance.now() - begunMs < lookMsMax &&
        mayMatch(one, came, of, clock.now()),
    );
    return { came, ready };
  }

  return (event: RecordedEvent, of: Known): Candidates | undefined => {
    const kept = found.get(event);
    if (kept?.of === of) return kept.candidates;
    const candidates = look(event, of);
    found.set(event, { of, candidates });
    return candidates;
  };
}

/** Before anything is asked of the database: whether a trigger could fire. */
function mayMatch({ program }: Ready, { arrival }: Came, { timeZone }: Known, now: Date): boolean {
  if (!fitsChat(program, arrival)) return false;
  const facts: Facts = {
    ...{ arrival, person: null, isNew: true, isAssigned: false, isWithPerson: false, vars: new Map(), now },
    ...{ timeZone, past: noPast },
  };
  return program.triggers.some(
    (one) => isByPast(one) || firedBy({ ...program, triggers: [one] }, facts) !== undefined,
  );
}

/** Whether anything may start by what is no message. */
export const hearsOf = ({ automations }: Known): boolean =>
  automations.some(({ program }) => program.triggers.some((one) => firedByOf(one) === 'happening'));

const hasNode = ({ automations }: Known, wanted: string): boolean =>
  automations.some(({ program }) => Object.values(program.nodes).some(({ kind }) => kind === wanted));

/** Whether a run may wait for what somebody says. */
export const mayWait = (of: Known): boolean => of.hasRuns || hasNode(of, 'wait_reply');

/** Whether a run may wait for something to happen. */
export const waitsForEvents = (of: Known): boolean => of.hasEventWaits || hasNode(of, 'wait_event');

/** Whether an automation takes together what is said quickly. */
export const hasRests = ({ automations }: Known): boolean =>
  automations.some(({ program }) => program.settings.debounceSeconds);
