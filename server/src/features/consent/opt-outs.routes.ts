import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { onePage, sliceOf } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import { uploadMsMax } from '../media/index.ts';
import * as wire from './opt-outs.schema.ts';
import type { OptOutService } from './opt-outs.service.ts';
import type { OptOutTable } from './table.ts';

const tags = ['Contacts'];
const params = byId('OPT_OUT_NOT_FOUND');
const ofProfile = byId('PROFILE_NOT_FOUND');

/** `/opt-outs`: who does not want to be written to. */
export function optOutRoutes(
  app: App,
  service: OptOutService,
  table: OptOutTable,
  { bodyBytesMax }: { bodyBytesMax: number },
): void {
  app.get(
    '/opt-outs',
    {
      config: { access: 'contact:read' },
      schema: {
        tags,
        summary: 'Who has opted out, newest first.',
        querystring: wire.OptOutQuery,
        response: {
          200: Type.Array(wire.OptOut),
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'INVALID_RECIPIENT'),
        },
      },
    },
    async ({ actor, query }, reply) => {
      const slice = sliceOf(query);
      return onePage(reply, slice, await service.list(actor, query, slice), ({ at }) => at);
    },
  );
  app.post(
    '/opt-outs',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
        summary: 'Note that somebody does not want to be written to.',
        description:
          'It holds for every profile of the organization, for every form of the number, and for campaigns at once. With `forget` ' +
          'only a keyed hash of the number is kept: nobody can read it, and the person is not written to again.',
        body: wire.CreateOptOut,
        response: {
          201: wire.OptOut,
          ...failsWith(
            ...(['VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'PERMISSION_DENIED'] as const),
            'INVALID_RECIPIENT',
          ),
        },
      },
    },
    async ({ actor, body }, reply) => reply.status(201).send(await service.create(actor, body)),
  );
  app.delete(
    '/opt-outs/:id',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
        summary: 'Somebody may be written to again; that they had opted out stays on record.',
        params,
        response: { 200: wire.OptOut, ...failsWith('OPT_OUT_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => service.revoke(actor, id),
  );
  app.post(
    '/opt-outs/import',
    {
      bodyLimit: bodyBytesMax,
      config: { access: 'contact:import', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Add everybody in a table to those who have opted out.',
        description:
          'The column `phone` is read, as of contacts. Nobody is taken off the list, and nobody is sent anything; imported again, ' +
          'nothing is there twice.',
        body: wire.ImportOptOuts,
        response: {
          200: wire.ImportedOptOuts,
          ...failsWith(
            ...(['VALIDATION_ERROR', 'CSV_COLUMN_MISSING', 'CSV_UNREADABLE', 'PROFILE_NOT_FOUND'] as const),
            ...(['PERMISSION_DENIED', 'MEDIA_NOT_FOUND'] as const),
          ),
        },
      },
    },
    async ({ actor, body }) => table.import(actor, body),
  );
  app.get(
    '/opt-outs/export',
    {
      config: { access: 'contact:export' },
      schema: {
        tags,
        summary: 'Everybody who has opted out, as CSV.',
        description:
          'Cells that a spreadsheet would run as a formula begin with a quote; an import takes it off again.',
        response: {
          200: {
            description: 'The table.',
            content: {
              'text/csv': { schema: Type.String({ examples: ['phone,chat,scope,source,at'] }) },
            },
          },
        },
      },
    },
    async ({ actor }, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="opt-outs.csv"')
        .header('x-content-type-options', 'nosniff')
        .send((await table.export(actor)) as never),
  );
  app.get(
    '/profiles/:id/opt-out-words',
    {
      config: { access: 'profile:read' },
      schema: {
        tags: ['Profiles'],
        summary: 'The words of this profile by which people opt out and in, beside those that always count.',
        params: ofProfile,
        response: { 200: wire.OptOutWords, ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => service.words(actor, id),
  );
  app.put(
    '/profiles/:id/opt-out-words',
    {
      config: { access: 'profile:update' },
      schema: {
        tags: ['Profiles'],
        summary: 'Set words of one’s own by which people opt out and in, and what they are told.',
        params: ofProfile,
        body: wire.SetOptOutWords,
        response: { 200: wire.OptOutWords, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id }, body }) => service.setWords(actor, id, body),
  );
}
