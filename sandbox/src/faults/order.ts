import type { FaultOrder } from './faults.ts';
import type { FaultStage } from './kind.ts';
import { type FaultName, kindOf } from './kinds.ts';

type Field = keyof FaultOrder;

/** What faults of a stage can't be narrowed to, and why. */
const TOO_EARLY = 'strikes before a client says who it is';
const NO_STANZA = 'does not wait for a stanza';
const CANNOT: Partial<Record<FaultStage, [string, Field[]]>> = {
  connect: [TOO_EARLY, ['number', 'device', 'stanza', 'xmlns', 'child']],
  hello: [TOO_EARLY, ['number', 'device', 'stanza', 'xmlns', 'child']],
  login: [NO_STANZA, ['stanza', 'xmlns', 'child']],
  account: [NO_STANZA, ['stanza', 'xmlns', 'child']],
  state: [NO_STANZA, ['stanza', 'xmlns', 'child', 'probability']],
  upload: [NO_STANZA, ['device', 'stanza', 'xmlns', 'child']],
  download: ['strikes whoever fetches a file', ['number', 'device', 'stanza', 'xmlns', 'child']],
};

/** What only some faults know. */
const ONLY_FOR: Partial<Record<Field, FaultName[]>> = {
  direction: ['half-open', 'bandwidth'],
  bytesPerSecond: ['bandwidth'],
  backoffSeconds: ['rate-limit'],
  delayMs: ['slow', 'out-of-order', 'late-receipt'],
  attribute: ['strip-attribute'],
  path: ['strip-attribute'],
};

/** Why a fault that is asked for like this could never strike, or not as it is meant; all reasons, or none. */
export function problemsIn(order: FaultOrder): string[] {
  return [...narrowings(order), ...strangers(order), ...stanzaProblems(order), ...gaps(order)];
}

function narrowings(order: FaultOrder): string[] {
  const [why, cannot] = CANNOT[kindOf(order.name).stage] ?? ['', []];
  return cannot
    .filter((field) => order[field] !== undefined)
    .map((field) => `"${order.name}" ${why}, so it can't be narrowed by ${field}.`);
}

function strangers(order: FaultOrder): string[] {
  const found = (Object.entries(ONLY_FOR) as [Field, FaultName[]][])
    .filter(([field, names]) => order[field] !== undefined && !names.includes(order.name))
    .map(([field, names]) => {
      const have = names.length === 1 ? 'has' : 'have';
      return `"${order.name}" has no ${field}; only ${names.join(' and ')} ${have}.`;
    });
  const knowsCode = order.code === undefined || kindOf(order.name).code !== undefined;
  return knowsCode ? found : [...found, `"${order.name}" has no code: it answers with none.`];
}

function stanzaProblems(order: FaultOrder): string[] {
  const { stage, stanzas: tags } = kindOf(order.name);
  if (CANNOT[stage]?.[1].includes('stanza')) return [];
  const found: string[] = [];
  if (order.stanza !== undefined && tags && !tags.includes(order.stanza))
    found.push(`"${order.name}" strikes ${tags.join(', ')} only, never "${order.stanza}".`);
  const ofClients = stage === 'in' || stage === 'act';
  const canBeQuery = ofClients && (order.stanza ?? 'iq') === 'iq' && (tags?.includes('iq') ?? true);
  if (order.xmlns !== undefined && !canBeQuery)
    found.push(`Only queries of clients (iq) have an xmlns, and this "${order.name}" never strikes one.`);
  if (order.name === 'bandwidth' && order.direction === 'in' && (order.stanza ?? order.xmlns ?? order.child))
    found.push(
      'What comes in is slowed before it is read, so "bandwidth" can\'t be narrowed to a stanza there.',
    );
  return found;
}

function gaps(order: FaultOrder): string[] {
  const found: string[] = [];
  if (order.name === 'strip-attribute' && order.attribute === undefined)
    found.push('"strip-attribute" needs to know which attribute.');
  if (order.seed !== undefined && order.probability === undefined)
    found.push('A seed without a probability repeats nothing: give both.');
  return found;
}
