import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Account } from '../accounts/account.ts';
import type { Network } from '../network.ts';
import type { PictureOwner, Pictures } from '../people/pictures.ts';
import { RequestFailure } from './failures.ts';
import * as schemas from './people-schemas.ts';
import { Empty, NumberParam, refusals } from './schemas.ts';
import { phoneIn } from './who.ts';

const FILE = /^([0-9a-f]+)(-preview)?\.jpg$/;
export const Jpeg = Type.Unsafe<Buffer>(Type.Any({ description: 'JPEG bytes (`image/jpeg`).' }));

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
        const owner = network().people.pictures.person(account);
        return setPicture(network().people.pictures, owner, account, body ?? {}, host);
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

/** Sets the picture that somebody chose on the phone, or a generated one; gives its id and address. */
export function setPicture(
  pictures: Pictures,
  owner: PictureOwner,
  author: Account,
  chosen: { data?: string; preview?: string },
  host: string,
) {
  const [image, preview] = [chosen.data, chosen.preview].map((data) => {
    const bytes = data === undefined ? undefined : Buffer.from(data, 'base64');
    if (bytes && pictures.problem(bytes))
      throw new RequestFailure(400, 'PICTURE_INVALID', 'A picture is a JPEG of at most 2 MB, as base64.');
    return bytes;
  });
  const id = pictures.set(owner, { account: author, device: 0 }, image, preview);
  const picture = pictures.get(owner);
  return { id, url: picture ? `http://${host}${pictures.path(picture, 'image')}` : '' };
}

export function noPicture(): RequestFailure {
  return new RequestFailure(404, 'PICTURE_NOT_FOUND', 'There is no such picture.');
}
