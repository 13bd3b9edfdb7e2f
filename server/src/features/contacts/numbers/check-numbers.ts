import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { EngineBusy } from '../../../engines/port.ts';
import type { Actor } from '../../../platform/actor.ts';
import { localPart, phoneChat, storedChat } from '../../../platform/chat-id.ts';
import { type Clock, dayMs, hourMs, later } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import type { Log } from '../../../platform/log.ts';
import type { ContactStore, OwnProfile } from '../contacts.store.ts';
import { type ErrandRunner, numbersAtOnce } from '../phone/errands.ts';
import { readPerson } from '../read-person.ts';
import type { Whose } from '../whose.ts';
import { askedSince, keepChecks, knownChecks, type NumberCheck, purgeChecks } from './checks.store.ts';

/** WhatsApp watches who asks about many numbers: so many a profile asks about in an hour, on all nodes together. */
const askedPerHourMax = 1_000;
const foundMs = dayMs;
const missingMs = hourMs;
/** Campaigns believe it for so long. */
const keptMs = 30 * dayMs;

interface Numbers {
  known: ReadonlyMap<string, NumberCheck>;
  /** Why WhatsApp was not asked about the others. */
  unknownBecause: string | undefined;
}

/** Says of numbers whether they can be dialled, and whether WhatsApp has an account for them. */
export function createNumberChecks(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  store: Pick<ContactStore, 'profile'>;
  errands: Pick<ErrandRunner, 'run'>;
  defaultCountry: string;
}) {
  const { db, clock, log, store, errands } = deps;

  /** Asks WhatsApp about as many as may be asked about, and keeps what it says. */
  async function ask(profile: OwnProfile, phones: readonly string[]): Promise<Numbers> {
    const known = new Map<string, NumberCheck>();
    if (profile.status !== 'connected') return { known, unknownBecause: 'The profile is not connected.' };
    const left = askedPerHourMax - (await askedSince(db, profile.id, later(clock.now(), -hourMs)));
    const asked = phones.slice(0, Math.max(0, left));
    try {
      for (let at = 0; at < asked.length; at += numbersAtOnce) {
        const some = asked.slice(at, at + numbersAtOnce);
        const addresses = await errands.run(profile.id, 'find', { phones: some.map(phoneChat) });
        const checks = some.map((phone, n) => {
          const address = addresses[n];
          return { phone, address: address ? localPart(storedChat(address)) : null, checked_at: clock.now() };
        });
        const whose = { organizationId: profile.organizationId, profileId: profile.id };
        await keepChecks(db, whose, checks);
        for (const check of checks) known.set(check.phone, check);
      }
    } catch (error) {
      if (error instanceof EngineBusy) {
        return { known, unknownBecause: 'WhatsApp asks this profile to slow down: try again later.' };
      }
      log.debug({ err: error, profileId: profile.id }, 'numbers could not be looked up');
      return { known, unknownBecause: error instanceof Error ? error.message : 'WhatsApp did not answer.' };
    }
    const isEnough = asked.length < phones.length;
    return {
      known,
      unknownBecause: isEnough
        ? `A profile may look up ${askedPerHourMax} numbers an hour: try again later.`
        : undefined,
    };
  }

  async function lookUp(profile: OwnProfile, phones: readonly string[]): Promise<Numbers> {
    const now = clock.now();
    const since = { found: later(now, -foundMs), missing: later(now, -missingMs) };
    const before = await knownChecks(db, profile.id, phones, since);
    const news = phones.filter((phone) => !before.has(phone));
    if (news.length === 0) return { known: before, unknownBecause: undefined };
    const { known, unknownBecause } = await ask(profile, news);
    return { known: new Map([...before, ...known]), unknownBecause };
  }

  async function profileOf(actor: Actor, id: string): Promise<OwnProfile & { country: string }> {
    const profile = isUuid(id) ? await store.profile(actor, id) : undefined;
    if (!profile) throw new Failure('PROFILE_NOT_FOUND');
    return { ...profile, country: profile.country ?? deps.defaultCountry };
  }

  return {
    /** In the order of the numbers. @throws Failure PROFILE_NOT_FOUND */
    async check(actor: Actor, profileId: string, written: readonly string[]) {
      const profile = await profileOf(actor, profileId);
      const read = written.map((original) => ({
        original,
        phone: readPerson(original, profile.country)?.phone,
      }));
      const phones = [...new Set(read.flatMap(({ phone }) => phone ?? []))];
      const numbers = await lookUp(profile, phones);
      return read.map(({ original, phone }) => presentCheck(original, phone, numbers, profile.status));
    },

    /** Asks about these and keeps what is said, whatever it is; how long it is believed is up to whoever reads it. */
    async ahead({ organizationId, profileId }: Whose, phones: readonly string[]): Promise<void> {
      const profile = await store.profile({ organizationId }, profileId);
      if (profile) await ask(profile, phones);
    },

    purge: () => purgeChecks(db, later(clock.now(), -keptMs)),
  };
}

export type NumberChecks = ReturnType<typeof createNumberChecks>;

function presentCheck(original: string, phone: string | undefined, numbers: Numbers, profileStatus: string) {
  const check = phone === undefined ? undefined : numbers.known.get(phone);
  const parsed = phone === undefined ? undefined : parsePhoneNumberFromString(`+${phone}`);
  const reason =
    phone === undefined
      ? 'This is no phone number with country code.'
      : check
        ? null
        : (numbers.unknownBecause ?? 'WhatsApp did not say.');
  return {
    phone: phone ?? original.replace(/\D/g, ''),
    originalPhone: original,
    validFormat: phone !== undefined,
    isIndonesian: parsed?.countryCallingCode === '62',
    countryCode: parsed?.countryCallingCode ?? '',
    country: parsed?.country ?? null,
    isNormalized: phone !== undefined && phone !== original,
    onWhatsApp: phone === undefined ? false : check ? check.address !== null : null,
    whatsappPhone: check?.address ?? null,
    chatId: check?.address ? phoneChat(check.address) : null,
    reason,
    checkedAt: check?.checked_at.toISOString() ?? null,
    profileStatus,
  };
}
