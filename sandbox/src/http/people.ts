import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Account } from '../accounts/account.ts';
import { pnJid } from '../accounts/account.ts';
import { groupJid } from '../groups/group.ts';
import { assertMember } from '../groups/refusal.ts';
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
        const chat = typingIn(network(), account, to);
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
      '/api/phones/:number/people/:other',
      {
        schema: {
          tags,
          summary: 'Somebody else as this person sees them: only what they may see.',
          params: schemas.OtherParam,
          response: { 200: schemas.SeenPerson, ...refusals },
        },
      },
      async ({ params: { number, other }, host }) =>
        seen(network(), phoneIn(network(), number), phoneIn(network(), other), host),
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

function seen({ people }: Network, viewer: Account, other: Account, host: string) {
  const { privacy, profiles, pictures, presence } = people;
  const { isAvailable, last } = presence.shownTo(viewer, other);
  const owner = pictures.person(other);
  const picture = owner.maySee(viewer) ? pictures.get(owner) : undefined;
  return {
    number: other.number,
    name: other.name,
    presence: isAvailable ? ('available' as const) : ('unavailable' as const),
    lastSeen: last ?? null,
    about: privacy.allows(other, viewer, 'status') ? profiles.about(other).value : null,
    picture: picture ? `http://${host}${pictures.path(picture, 'image')}` : null,
    business: profiles.business(other) ?? null,
  };
}

/** JID of the chat somebody types in; a group they are in, or another person. */
function typingIn(network: Network, account: Account, to: string): string {
  if (!to.trim().endsWith('@g.us')) return pnJid(phoneIn(network, to));
  const group = groupIn(network, to);
  assertMember(group, account);
  return groupJid(group);
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
