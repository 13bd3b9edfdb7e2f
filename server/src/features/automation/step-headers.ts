import type { Vault } from '../../platform/crypto.ts';
import { problemOfHeader } from '../../platform/custom-headers.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import { isMasked } from '../../platform/masked.ts';
import {
  isMaskOf,
  maskHeaders,
  openHeader,
  type SealedHeader,
  sealHeader,
} from '../../platform/sealed-headers.ts';
import { type HeadersAt, isObject, mapHeaders, type Steps } from './program/headers-in.ts';

/** A header that is stored. */
interface Kept extends Omit<HeadersAt, 'headers'> {
  name: string;
  value: string;
  stored: SealedHeader;
}

const ownerOf = (automationId: string) => `automation/${automationId}`;

/** Headers of `webhook` steps are secrets: stored encrypted for their automation, answered masked. */
export function createStepHeaders(vault: Vault) {
  /** Headers of a step in clear; undefined when these are none. Of an automation that is not kept nothing is encrypted. */
  function open(automationId: string | undefined, headers: unknown): Record<string, string> | undefined {
    if (!isObject(headers)) return undefined;
    const opened: [string, string][] = [];
    for (const [name, stored] of Object.entries(headers)) {
      const isKept = automationId !== undefined && isSealed(stored);
      if (typeof stored !== 'string' && !isKept) return undefined;
      opened.push([name, openHeader(vault, ownerOf(automationId ?? ''), name, stored)]);
    }
    return Object.fromEntries(opened);
  }

  function keptIn(automationId: string, steps: Steps): Kept[] {
    const kept: Kept[] = [];
    mapHeaders(steps, ({ headers, ...at }) => {
      for (const [name, stored] of Object.entries(isObject(headers) ? headers : {})) {
        if (!isSealed(stored)) continue;
        kept.push({ ...at, name, stored, value: openHeader(vault, ownerOf(automationId), name, stored) });
      }
      return headers;
    });
    return kept;
  }

  return {
    open,

    /**
     * What a client gives of an automation as it is stored. A mask stands for the value of that header in `before`, the first
     * of which that has it, and never for one that went to another server.
     * @throws Failure VALIDATION_ERROR for what is no text, and for masks that stand for nothing
     */
    sealed<Given extends Steps>(automationId: string, given: Given, before: readonly Steps[] = []): Given {
      const kept = before.map((steps) => keptIn(automationId, steps));
      const details: Problem[] = [];
      const whole = mapHeaders(given, ({ headers, ...at }) => {
        const path = `${at.path}/headers`;
        if (!isTexts(headers)) {
          details.push({ path, problem: 'must be texts by their names' });
          return headers;
        }
        const sealed = Object.entries(headers).map(([name, value]) => {
          // What stays the same is stored the same: it is no other version.
          const same = kept.map((some) => keptAs(some, at, name, value)).find((one) => one !== undefined);
          if (!same && isMasked(value)) {
            const problem = 'is masked: give its value, or what was answered of it for this address';
            details.push({ path: `${path}/${name}`, problem });
          }
          return [name, same ?? sealHeader(vault, ownerOf(automationId), name, value)] as const;
        });
        return Object.fromEntries(sealed);
      });
      if (details.length === 0) return whole;
      throw new Failure('VALIDATION_ERROR', { says: 'The custom headers are not usable.', details });
    },

    /** What is stored as it is answered. @throws Error when a value is of another automation or key */
    masked: <Stored extends Steps>(automationId: string, stored: Stored): Stored =>
      mapHeaders(stored, ({ headers }) => maskHeaders(open(automationId, headers) ?? {})),

    /** Encrypts what an older version kept in clear, the same value the same way; what could never be sent is left out. */
    sealerOf(automationId: string) {
      const sealed = new Map<string, SealedHeader>();
      const sealedOnce = (name: string, value: string): SealedHeader => {
        const key = `${name} ${value}`;
        const made = sealed.get(key) ?? sealHeader(vault, ownerOf(automationId), name, value);
        sealed.set(key, made);
        return made;
      };
      return ({ headers }: Pick<HeadersAt, 'headers'>): unknown => {
        if (!isObject(headers)) return undefined;
        const kept = Object.entries(headers).flatMap(([name, value]) => {
          if (isSealed(value)) return [[name, value] as const];
          const isUsable = typeof value === 'string' && problemOfHeader(name, value) === undefined;
          return isUsable ? [[name, sealedOnce(name, value)] as const] : [];
        });
        return Object.fromEntries(kept);
      };
    },
  };
}

export type StepHeaders = ReturnType<typeof createStepHeaders>;

const isSealed = (stored: unknown): stored is SealedHeader =>
  isObject(stored) && typeof stored.sealed === 'string';

const isTexts = (headers: unknown): headers is Record<string, string> =>
  isObject(headers) && Object.values(headers).every((value) => typeof value === 'string');

/** A value that is stored already, as itself or by its mask: of the same step if there are several. */
function keptAs(
  kept: readonly Kept[],
  { url, place }: Pick<HeadersAt, 'url' | 'place'>,
  name: string,
  value: string,
): SealedHeader | undefined {
  const fitting = kept.filter(
    (one) =>
      one.name === name &&
      serverOf(one.url) === serverOf(url) &&
      (one.value === value || isMaskOf(value, one.value)),
  );
  const closest = [
    fitting.filter((one) => one.place === place && one.url === url),
    fitting.filter((one) => one.url === url),
    fitting.filter((one) => one.place === place),
    fitting,
  ].find((some) => some.length > 0);
  const [first, ...others] = closest ?? [];
  return others.every((one) => one.value === first?.value) ? first?.stored : undefined;
}

const serverOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);
