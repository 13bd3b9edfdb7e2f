import type { Updateable } from 'kysely';
import { type EngineName, engineRows } from '../../engines/port.ts';
import { given } from '../../http/schema.ts';
import { differences } from '../../platform/audit/record.ts';
import { parseChatId, phoneOf, readCountry } from '../../platform/chat-id.ts';
import { Failure } from '../../platform/failures.ts';
import type { UpdateProfileBody } from './profiles.schema.ts';
import type { ProfileRow } from './profiles.store.ts';
import type { ProfilesTable } from './profiles.tables.ts';

const engines = Object.keys(engineRows) as EngineName[];

/** The engine that a client means, by its own name or its former one. */
export function engineOf(word: string | undefined): EngineName | undefined {
  return engines.find((name) => word === name || word === engineRows[name].formerly);
}

/** A country that numbers can be completed with, in capitals. */
export function countryOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const country = readCountry(text);
  if (country) return country;
  throw new Failure('VALIDATION_ERROR', {
    details: [{ path: '/defaultCountry', problem: 'must be a country in two letters (ISO 3166), like ID' }],
  });
}

/** The columns that the body changes: absent and `""` keep, `null` clears. A new engine sets its usual pace. */
export function changesOf(body: UpdateProfileBody, before: ProfileRow): Updateable<ProfilesTable> {
  const name = given(body.name) ?? given(body.displayName);
  const engine = engineOf(given(body.engine));
  const hadUsualPace = before.message_delay_ms === engineRows[before.engine as EngineName].messageDelayMs;
  return {
    ...(name && { display_name: name }),
    ...(engine && { engine }),
    ...(engine &&
      engine !== before.engine &&
      hadUsualPace && { message_delay_ms: engineRows[engine].messageDelayMs }),
    ...(body.labels && { labels: labelsOf(body.labels) }),
    ...(body.settings !== undefined && { settings: JSON.stringify(body.settings ?? {}) }),
    ...(body.defaultCountry === null && { default_country: null }),
    ...(given(body.defaultCountry) && { default_country: countryOf(given(body.defaultCountry)) }),
    ...(body.dropStatuses !== undefined && { drop_statuses: body.dropStatuses }),
    ...(body.sendingPaused !== undefined && { sending_held: body.sendingPaused === true }),
    ...(body.messageDelayMs !== undefined && { message_delay_ms: body.messageDelayMs }),
    ...(body.messageDelayJitterMs !== undefined && { message_delay_jitter_ms: body.messageDelayJitterMs }),
    ...(body.dailyMessageLimit !== undefined && { daily_message_limit: body.dailyMessageLimit }),
  };
}

/** Without spaces around them, each once. */
export const labelsOf = (labels: readonly string[]) => [...new Set(labels.map((label) => label.trim()))];

/** The digits of a phone number. @throws Failure INVALID_RECIPIENT */
export function ownNumber(phone: string, defaultCountry: string): string {
  const digits = phoneOf(parseChatId(phone, defaultCountry));
  if (!digits)
    throw new Failure('INVALID_RECIPIENT', { says: `Not a phone number: ${JSON.stringify(phone)}` });
  return digits;
}

/** A change in the audit log: plain settings with their values, texts that people write by their field only. */
export function auditedChange(before: ProfileRow, after: ProfileRow) {
  const texts = (row: ProfileRow) => ({
    displayName: row.display_name,
    settings: row.settings,
    labels: row.labels,
  });
  return {
    ...differences(settings(before), settings(after)),
    details: { fields: Object.keys(differences(texts(before), texts(after)).after) },
  };
}

function settings(row: ProfileRow) {
  return {
    engine: row.engine,
    defaultCountry: row.default_country,
    dropStatuses: row.drop_statuses,
    sendingPaused: row.sending_held,
    messageDelayMs: row.message_delay_ms,
    messageDelayJitterMs: row.message_delay_jitter_ms,
    dailyMessageLimit: row.daily_message_limit,
  };
}
