import { given } from '../../http/schema.ts';
import { dayMs } from '../../platform/clock.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import type { AskedFilter } from './audit.schema.ts';
import type { AuditFilter } from './audit.store.ts';

const dateOnly = /^\d{4}-\d{2}-\d{2}$/;
const moment = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?$/;
/** An id nobody has: what a malformed one finds, as an unknown one does. */
const nobody = '00000000-0000-0000-0000-000000000000';

/**
 * What a list is narrowed to; `at` is where the request has these fields.
 * @throws Failure VALIDATION_ERROR that names every date which is none.
 */
export function readFilter(asked: AskedFilter, at = ''): AuditFilter {
  const problems: Problem[] = [];
  const read = (field: 'startDate' | 'endDate'): Date | undefined => {
    const text = given(asked[field]);
    if (text === undefined) return undefined;
    const parsed = parseMoment(text);
    if (!parsed) problems.push({ path: `${at}/${field}`, problem: 'must be a date or a moment in ISO 8601' });
    else if (field === 'endDate' && dateOnly.test(text)) return new Date(parsed.getTime() + dayMs - 1);
    return parsed;
  };
  const [from, to] = [read('startDate'), read('endDate')];
  if (problems.length > 0) throw new Failure('VALIDATION_ERROR', { details: problems });
  const userId = given(asked.userId);
  return {
    userId: userId && !isUuid(userId) ? nobody : userId,
    action: given(asked.action),
    resourceType: given(asked.resourceType),
    resourceId: given(asked.resourceId),
    outcome: given(asked.outcome),
    from,
    to,
  };
}

/** A date or a moment; without a zone it is UTC, and a plus that became a blank in an address is one again. */
function parseMoment(text: string): Date | undefined {
  const plain = text
    .trim()
    .replace(/ (\d{2}:?\d{2})$/, '+$1')
    .toUpperCase();
  const [, date = plain, time = '00:00', zone = 'Z'] = moment.exec(plain) ?? [];
  if (!dateOnly.test(date)) return undefined;
  const midnight = new Date(`${date}T00:00:00Z`);
  const isReal =
    !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date) && date >= '1900';
  const parsed = new Date(
    `${date}T${time}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`,
  );
  return isReal && !Number.isNaN(parsed.getTime()) ? parsed : undefined;
}
