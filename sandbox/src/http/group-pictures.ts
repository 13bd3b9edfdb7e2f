import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { forbidden } from '../groups/refusal.ts';
import type { Network } from '../network.ts';
import type { PictureOwner } from '../people/pictures.ts';
import { By, GroupParam } from './group-schemas.ts';
import * as schemas from './people-schemas.ts';
import { Jpeg, noPicture, setPicture } from './pictures.ts';
import { Empty, refusals } from './schemas.ts';
import { groupIn, phoneIn } from './who.ts';

/** Pictures of groups, as members change them on their phones. */
export function groupPictureRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Groups'];
    const params = GroupParam;
    const owner = (group: string): PictureOwner => network().people.pictures.group(groupIn(network(), group));
    const author = (of: PictureOwner, by: string) => {
      const account = phoneIn(network(), by);
      if (!of.maySet(account))
        throw forbidden('Only members may change the picture, and only admins of a locked group.');
      return account;
    };
    app.put(
      '/api/groups/:group/picture',
      {
        schema: {
          tags,
          summary: 'A member sets the picture of the group: a JPEG, or a generated one.',
          params,
          body: schemas.NewGroupPicture,
          response: { 200: schemas.PictureId, ...refusals },
        },
      },
      async ({ params: { group }, body, host }) => {
        const of = owner(group);
        return setPicture(network().people.pictures, of, author(of, body.by), body, host);
      },
    );
    app.delete(
      '/api/groups/:group/picture',
      {
        schema: {
          tags,
          summary: 'A member takes the picture of the group away.',
          params,
          querystring: By,
          response: { 200: Empty, ...refusals },
        },
      },
      async ({ params: { group }, query }) => {
        const of = owner(group);
        const account = author(of, query.by);
        if (!network().people.pictures.remove(of, { account, device: 0 })) throw noPicture();
        return {};
      },
    );
    app.get(
      '/api/groups/:group/picture',
      {
        schema: {
          tags,
          summary: 'The picture of the group itself.',
          params,
          response: { 200: Jpeg, ...refusals },
        },
      },
      async ({ params: { group } }, reply) => {
        const picture = network().people.pictures.get(owner(group));
        if (!picture) throw noPicture();
        return reply.type('image/jpeg').send(picture.image);
      },
    );
  };
}
