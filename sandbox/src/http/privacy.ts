import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Account } from '../accounts/account.ts';
import type { Network } from '../network.ts';
import type { Privacy } from '../people/privacy.ts';
import { RequestFailure } from './failures.ts';
import * as schemas from './people-schemas.ts';
import { Empty, NumberParam, refusals } from './schemas.ts';
import { phoneIn } from './who.ts';

const tags = ['Privacy'];

/** Whom people let see what, and whom they have blocked. */
export function privacyRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const params = NumberParam;
    app.get(
      '/api/phones/:number/privacy',
      {
        schema: {
          tags,
          summary: 'The privacy settings of the person.',
          params,
          response: { 200: schemas.PrivacySettings, ...refusals },
        },
      },
      async ({ params: { number } }) => settingsOf(network().people.privacy, phoneIn(network(), number)),
    );
    app.put(
      '/api/phones/:number/privacy',
      {
        schema: {
          tags,
          summary: 'Change privacy settings on the phone; companions are told.',
          description: 'Contacts of a person are those the person has written to.',
          params,
          body: schemas.PrivacyChange,
          response: { 200: schemas.PrivacySettings, ...refusals },
        },
      },
      async ({ params: { number }, body }) => {
        const account = phoneIn(network(), number);
        const { except = {}, ...values } = body as { except?: Record<string, string[]> } & Record<
          string,
          string
        >;
        const { privacy } = network().people;
        for (const [name, value] of Object.entries(values)) refuse(privacy.problem(name, value));
        for (const name of Object.keys(except)) refuse(privacy.problem(name));
        for (const [name, numbers] of Object.entries(except))
          privacy.replaceExceptions(
            account,
            name,
            numbers.map((each) => phoneIn(network(), each)),
          );
        for (const [name, value] of Object.entries(values)) privacy.set(account, name, value, 0);
        return settingsOf(privacy, account);
      },
    );
    app.get(
      '/api/phones/:number/blocked',
      {
        schema: {
          tags,
          summary: 'Numbers the person has blocked.',
          params,
          response: { 200: schemas.Numbers, ...refusals },
        },
      },
      async ({ params: { number } }) => blockedBy(network(), phoneIn(network(), number)),
    );
    app.put(
      '/api/phones/:number/blocked/:other',
      {
        schema: {
          tags,
          summary: 'Block somebody: nothing of theirs arrives, and they see nothing of this person.',
          params: schemas.BlockedParam,
          response: { 200: schemas.Numbers, ...refusals },
        },
      },
      async ({ params: { number, other } }) => {
        const account = phoneIn(network(), number);
        const blocked = phoneIn(network(), other);
        if (blocked === account)
          throw new RequestFailure(400, 'VALIDATION_ERROR', 'Nobody can block their own number.');
        network().people.blocklist.change(account, blocked, 'block', 0);
        return blockedBy(network(), account);
      },
    );
    app.delete(
      '/api/phones/:number/blocked/:other',
      {
        schema: {
          tags,
          summary: 'Unblock somebody.',
          params: schemas.BlockedParam,
          response: { 200: Empty, ...refusals },
        },
      },
      async ({ params: { number, other } }) => {
        const account = phoneIn(network(), number);
        if (!network().people.blocklist.change(account, phoneIn(network(), other), 'unblock', 0))
          throw new RequestFailure(404, 'NOT_BLOCKED', `This person has not blocked ${other}.`);
        return {};
      },
    );
  };
}

function refuse(problem: string | undefined): void {
  if (problem) throw new RequestFailure(400, 'VALIDATION_ERROR', problem);
}

function settingsOf(privacy: Privacy, account: Account) {
  const values = privacy.all(account);
  const lists = Object.keys(values).map((name) => [name, privacy.exceptions(account, name)] as const);
  return { ...values, except: Object.fromEntries(lists.filter(([, numbers]) => numbers.length > 0)) };
}

function blockedBy({ people }: Network, account: Account): string[] {
  return people.blocklist.list(account).map((each) => each.number);
}
