import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Account } from '../accounts/account.ts';
import { pnJid } from '../accounts/account.ts';
import { groupJid } from '../groups/group.ts';
import type { Network } from '../network.ts';
import type { Limits } from '../people/limits.ts';
import type { Profiles } from '../people/profiles.ts';
import { PhoneOffline } from '../phone/phones.ts';
import { RequestFailure } from './failures.ts';
import * as schemas from './people-schemas.ts';
import { NumberParam, refusals } from './schemas.ts';
import { groupIn, phoneIn } from './who.ts';

const tags = ['People'];

/** How somebody is now. */
export function presenceOf({ people }: Network, account: Account) {
  const presence = people.presence.isAvailable(account) ? ('available' as const) : ('unavailable' as const);
  return { presence, lastSeen: people.presence.lastSeen(account) ?? null };
}

/** What people show and tell of themselves, and what restricts their accounts. */
export function peopleRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const params = NumberParam;
    app.post(
      '/api/phones/:number/presence',
      {
        schema: {
          tags,
          summary: 'The person opens or leaves WhatsApp on the phone, or types in a chat.',
          params,
          body: schemas.NewPresence,
          response: { 200: schemas.Presence, ...refusals },
        },
      },
      async ({ params: { number }, body: { state, to } }) => {
        const account = phoneIn(network(), number);
        const { presence } = network().people;
        if (!account.online) throw new PhoneOffline();
        if (state === 'available' || state === 'unavailable') {
          presence.setPhone(account, state === 'available');
          return presenceOf(network(), account);
        }
        if (to === undefined)
          throw new RequestFailure(400, 'VALIDATION_ERROR', `"${state}" needs "to": the chat it is in.`);
        const chat = to.endsWith('@g.us') ? groupJid(groupIn(network(), to)) : pnJid(phoneIn(network(), to));
        presence.setPhone(account, true);
        presence.typeOnPhone(account, chat, state);
        return presenceOf(network(), account);
      },
    );
    app.get(
      '/api/phones/:number/profile',
      {
        schema: {
          tags,
          summary: 'What the person tells of themselves.',
          params,
          response: { 200: schemas.Profile, ...refusals },
        },
      },
      async ({ params: { number } }) => profileOf(network().people.profiles, phoneIn(network(), number)),
    );
    app.put(
      '/api/phones/:number/profile',
      {
        schema: {
          tags,
          summary: 'Change the about text, the default disappearing timer, or the business profile.',
          params,
          body: schemas.ProfileChange,
          response: { 200: schemas.Profile, ...refusals },
        },
      },
      async ({ params: { number }, body }) => {
        const account = phoneIn(network(), number);
        const { profiles } = network().people;
        if (body.about !== undefined) profiles.setAbout(account, body.about, 0);
        if (body.disappearingSeconds !== undefined)
          profiles.setDisappearing(account, body.disappearingSeconds, 0);
        if (body.business !== undefined) profiles.setBusiness(account, body.business ?? undefined);
        return profileOf(profiles, account);
      },
    );
    app.get(
      '/api/phones/:number/limits',
      {
        schema: {
          tags,
          summary: 'What restricts the account.',
          params,
          response: { 200: schemas.Limits, ...refusals },
        },
      },
      async ({ params: { number } }) => limitsOf(network(), phoneIn(network(), number)),
    );
    app.put(
      '/api/phones/:number/limits',
      {
        schema: {
          tags,
          summary: 'Restrict the account, or lift a restriction with null; companions are told.',
          description:
            'With a reach-out timelock, or a cap that is used up, the first message of a companion to a stranger is refused with 463. Strangers are people of whom neither has written to the other.',
          params,
          body: schemas.LimitsChange,
          response: { 200: schemas.Limits, ...refusals },
        },
      },
      async ({ params: { number }, body }) => {
        const account = phoneIn(network(), number);
        const limits: Limits = { ...network().people.limits.of(account) };
        const { reachoutTimelock: lock, capping } = body;
        if (lock !== undefined)
          limits.reachoutTimelock = lock ? { endsAt: lock.endsAt, type: lock.type ?? 'DEFAULT' } : undefined;
        if (capping !== undefined)
          limits.capping = capping ? { total: capping.total, used: capping.used ?? 0 } : undefined;
        network().people.limits.set(account, limits);
        return limitsOf(network(), account);
      },
    );
  };
}

function profileOf(profiles: Profiles, account: Account) {
  return {
    about: profiles.about(account).value,
    disappearingSeconds: profiles.disappearing(account).value,
    business: profiles.business(account) ?? null,
  };
}

function limitsOf({ people }: Network, account: Account) {
  const { reachoutTimelock, capping } = people.limits.of(account);
  return { reachoutTimelock: reachoutTimelock ?? null, capping: capping ?? null };
}
