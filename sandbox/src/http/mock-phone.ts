import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Account } from '../accounts/account.ts';
import type { Network } from '../network.ts';
import * as schemas from './schemas.ts';
import { paired } from './who.ts';

/** What existing test tooling calls to have any QR scanned: the number follows from the client's push name. */
export function mockPhoneRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.post(
      '/admin/mock-phone/scan-qr',
      {
        schema: {
          tags: ['Phones'],
          summary: 'Scan a raw QR text with a phone chosen by the push name of the client.',
          body: Type.String({ minLength: 1, examples: ['2@ref,noise,identity,secret,1'] }),
          response: { 200: schemas.Paired, ...schemas.refusals },
        },
      },
      async ({ body }) => {
        const name = network().qr.find(body).connection.pushName;
        const digest = createHash('sha256')
          .update(name || body)
          .digest();
        const number = `62${digest.readBigUInt64BE(0) % 10n ** 11n}`.padEnd(13, '0');
        const account = network().directory.ensure(number, name || undefined);
        const device = await network().qr.scan(account, body);
        joinMockGroup(network(), account);
        return paired(account, device);
      },
    );
  };
}

/** Tools that test groups expect all accounts made this way to share one; the first of them makes it. */
function joinMockGroup(network: Network, account: Account): void {
  const { mockGroup: subject, groupMode, groups } = network;
  if (!subject) return;
  const group = groups.all.all().find((each) => each.subject === subject);
  if (!group) groups.membership.create(account, subject, [], groupMode).tell();
  else if (!group.members.has(account.number)) groups.membership.enter(account, group, [account], 'invite')();
}
