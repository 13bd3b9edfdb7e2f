import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { pictureOwner } from '../groups/picture.ts';
import type { Network } from '../network.ts';
import { RequestFailure } from './failures.ts';
import { By, GroupParam } from './group-schemas.ts';
import * as schemas from './people-schemas.ts';
import { Empty, NumberParam, refusals } from './schemas.ts';
import { groupIn, phoneIn } from './who.ts';

const FILE = /^([0-9a-f]+)(-preview)?\.jpg$/;
const Jpeg = Type.Unsafe<Buffer>(Type.Any({ description: 'JPEG bytes (`image/jpeg`).' }));

/** Profile pictures: as the phone has them, and at the addresses clients are given. */
export function pictureRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['People'];
    const params = NumberParam;
    app.put(
      '/api/phones/:number/picture',
      {
        schema: {
          tags,
          summary: 'Set the profile picture on the phone: a JPEG, or a generated one.',
          params,
          body: schemas.NewPicture,
          response: { 200: schemas.PictureId, ...refusals },
        },
      },
      async ({ params: { number }, body, host }) => {
        const account = phoneIn(network(), number);
        const { pictures } = network().people;
        const { image, preview } = picturesIn(network(), body);
        const owner = pictures.person(account);
        const id = pictures.set(owner, { account, device: 0 }, image, preview);
        const picture = pictures.get(owner);
        return { id, url: picture ? `http://${host}${pictures.path(picture, 'image')}` : '' };
      },
    );
    app.delete(
      '/api/phones/:number/picture',
      {
        schema: {
          tags,
          summary: 'Take the profile picture away.',
          params,
          response: { 200: Empty, ...refusals },
        },
      },
      async ({ params: { number } }) => {
        const account = phoneIn(network(), number);
        const { pictures } = network().people;
        if (!pictures.remove(pictures.person(account), { account, device: 0 })) throw noPicture();
        return {};
      },
    );
    app.get(
      '/api/phones/:number/picture',
      {
        schema: {
          tags,
          summary: 'The profile picture itself.',
          params,
          response: { 200: Jpeg, ...refusals },
        },
      },
      async ({ params: { number } }, reply) => {
        const account = phoneIn(network(), number);
        const { pictures } = network().people;
        const picture = pictures.get(pictures.person(account));
        if (!picture) throw noPicture();
        return reply.type('image/jpeg').send(picture.image);
      },
    );
    app.put(
      '/api/groups/:group/picture',
      {
        schema: {
          tags: ['Groups'],
          summary: 'A member sets the picture of a group: a JPEG, or a generated one.',
          params: GroupParam,
          body: schemas.NewGroupPicture,
          response: { 200: schemas.PictureId, ...refusals },
        },
      },
      async ({ params: { group }, body, host }) => {
        const { pictures } = network().people;
        const owner = pictureOwner(groupIn(network(), group));
        const account = phoneIn(network(), body.by);
        if (!owner.maySet(account)) throw mayNot();
        const { image, preview } = picturesIn(network(), body);
        const id = pictures.set(owner, { account, device: 0 }, image, preview);
        const picture = pictures.get(owner);
        return { id, url: picture ? `http://${host}${pictures.path(picture, 'image')}` : '' };
      },
    );
    app.delete(
      '/api/groups/:group/picture',
      {
        schema: {
          tags: ['Groups'],
          summary: 'A member takes the picture of a group away.',
          params: GroupParam,
          body: By,
          response: { 200: Empty, ...refusals },
        },
      },
      async ({ params: { group }, body }) => {
        const owner = pictureOwner(groupIn(network(), group));
        const account = phoneIn(network(), body.by);
        if (!owner.maySet(account)) throw mayNot();
        if (!network().people.pictures.remove(owner, { account, device: 0 })) throw noPicture();
        return {};
      },
    );
    app.get(
      '/v/pictures/:file',
      {
        schema: {
          tags,
          summary: 'A picture at the address that clients were given; gone when it has been replaced.',
          params: schemas.PictureFile,
          response: { 200: Jpeg, ...refusals },
        },
      },
      async ({ params: { file } }, reply) => {
        const [, token = '', preview] = FILE.exec(file) ?? [];
        const bytes = network().people.pictures.at(token, preview ? 'preview' : 'image');
        if (!bytes) throw noPicture();
        return reply.type('image/jpeg').send(bytes);
      },
    );
  };
}

/** The JPEGs in a body; undefined for a generated picture. Anything else is a 400. */
function picturesIn(network: Network, body: Static<typeof schemas.NewPicture> | undefined) {
  const [image, preview] = [body?.data, body?.preview].map((data) => {
    const bytes = data === undefined ? undefined : Buffer.from(data, 'base64');
    if (bytes && network.people.pictures.problem(bytes)) {
      throw new RequestFailure(400, 'PICTURE_INVALID', 'A picture is a JPEG of at most 2 MB, as base64.');
    }
    return bytes;
  });
  return { image, preview };
}

function mayNot(): RequestFailure {
  return new RequestFailure(403, 'GROUP_FORBIDDEN', 'This person may not change the picture of the group.');
}

function noPicture(): RequestFailure {
  return new RequestFailure(404, 'PICTURE_NOT_FOUND', 'There is no such picture.');
}
