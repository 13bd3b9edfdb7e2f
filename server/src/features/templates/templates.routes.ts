import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { CursorQuery, onePage, sliceOf } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import { mediaFailures } from '../media/index.ts';
import type { Preview } from './preview.ts';
import * as wire from './templates.schema.ts';
import type { TemplateService } from './templates.service.ts';
import type { TestSend } from './test-send.ts';

const tags = ['Templates'];
const params = byId('TEMPLATE_NOT_FOUND');
const unknown = failsWith('TEMPLATE_NOT_FOUND');
const reads = { access: 'template:read' } as const;

/** `/templates`: messages that are written once. */
export function templateRoutes(
  app: App,
  service: TemplateService,
  preview: Preview,
  testSend: TestSend,
): void {
  app.post(
    '/templates',
    {
      config: { access: 'template:create' },
      schema: {
        tags,
        summary: 'Write a template.',
        description:
          'Its name is unique in the profile, whatever its case. Kind and content are checked together, as the routes that ' +
          'send check theirs. Of an upload it names, the file stays as long as the template.',
        body: wire.CreateTemplate,
        response: {
          201: wire.Template,
          ...failsWith(
            ...(['VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'MEDIA_NOT_FOUND'] as const),
            ...(['TEMPLATE_NAME_TAKEN', 'TEMPLATES_FULL'] as const),
          ),
        },
      },
    },
    async ({ actor, body }, reply) => reply.status(201).send(await service.create(actor, body)),
  );
  app.get(
    '/templates',
    {
      config: reads,
      schema: {
        tags,
        summary: 'Templates of a profile, the most used first.',
        querystring: Type.Object({
          ...CursorQuery.properties,
          profileId: Type.String({ minLength: 1, maxLength: 64 }),
          category: Type.Optional(Type.String({ maxLength: 50 })),
          search: Type.Optional(
            Type.String({ maxLength: 200, description: 'Part of the name, in any case.' }),
          ),
        }),
        response: {
          200: Type.Array(wire.Template),
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, query }, reply) => {
      const slice = sliceOf(query);
      const rows = await service.list(actor, query, slice);
      return onePage(reply, slice, rows, ({ updatedAt }) => updatedAt);
    },
  );
  app.get(
    '/templates/:id',
    {
      config: reads,
      schema: { tags, summary: 'One template.', params, response: { 200: wire.Template, ...unknown } },
    },
    async ({ actor, params: { id } }) => service.get(actor, id),
  );
  app.put(
    '/templates/:id',
    {
      config: { access: 'template:update' },
      schema: {
        tags,
        summary: 'Change a template; what is absent stays.',
        params,
        body: wire.UpdateTemplate,
        response: {
          200: wire.Template,
          ...failsWith('VALIDATION_ERROR', 'TEMPLATE_NOT_FOUND', 'MEDIA_NOT_FOUND', 'TEMPLATE_NAME_TAKEN'),
        },
      },
    },
    async ({ actor, params: { id }, body }) => service.update(actor, id, body),
  );
  app.delete(
    '/templates/:id',
    {
      config: { access: 'template:delete' },
      schema: {
        tags,
        summary: 'Delete a template; messages that were made with it stay.',
        description:
          'Broadcasts that were made of it have what it says. Automations that send it will fail there: with `unused=true` it is ' +
          'deleted only if none that is on names it, and no broadcast that is not over; `GET /templates/:id/uses` tells which do.',
        params,
        querystring: Type.Object({
          unused: Type.Optional(Type.Boolean({ description: 'Refuses what is still used (409).' })),
        }),
        response: { 200: Success, ...failsWith('TEMPLATE_NOT_FOUND', 'TEMPLATE_IN_USE') },
      },
    },
    async ({ actor, params: { id }, query }) => service.remove(actor, id, query.unused ?? false),
  );
  app.get(
    '/templates/:id/uses',
    {
      config: reads,
      schema: {
        tags,
        summary: 'Where a template is used: automations that send it, and broadcasts that were made of it.',
        description:
          'Listed are those that the caller may see, at most a hundred of each; the numbers are of all. This goes beyond the ' +
          'specification.',
        params,
        response: { 200: wire.TemplateUses, ...unknown },
      },
    },
    async ({ actor, params: { id } }) => service.uses(actor, id),
  );
  app.post(
    '/templates/:id/duplicate',
    {
      config: { access: 'template:create' },
      schema: {
        tags,
        summary: 'Copy a template under another name.',
        params,
        body: wire.DuplicateTemplate,
        response: {
          201: wire.Template,
          ...failsWith(
            ...(['VALIDATION_ERROR', 'TEMPLATE_NOT_FOUND', 'MEDIA_NOT_FOUND'] as const),
            ...(['TEMPLATE_NAME_TAKEN', 'TEMPLATES_FULL'] as const),
          ),
        },
      },
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply.status(201).send(await service.duplicate(actor, id, body.name)),
  );
  previewRoutes(app, preview, testSend);
}

function previewRoutes(app: App, preview: Preview, testSend: TestSend): void {
  app.post(
    '/templates/:id/preview',
    {
      config: reads,
      schema: {
        tags,
        summary: 'What a template becomes with these variables; nothing is sent.',
        description:
          'Says of each value where it came from, which names nobody knows, and what would keep the message from being sent. ' +
          '120 times a minute at most.',
        params,
        body: wire.PreviewTemplate,
        response: {
          200: wire.Preview,
          ...failsWith('VALIDATION_ERROR', 'TEMPLATE_NOT_FOUND', 'CONTACT_NOT_FOUND', 'RATE_LIMITED'),
        },
      },
    },
    async ({ actor, params: { id }, body }) => preview.saved(actor, id, body),
  );
  app.post(
    '/templates/preview',
    {
      config: reads,
      schema: {
        tags,
        summary: 'The same of a template that is not saved yet.',
        body: wire.PreviewContent,
        response: {
          200: wire.Preview,
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'CONTACT_NOT_FOUND', 'RATE_LIMITED'),
        },
      },
    },
    async ({ actor, body }) => preview.unsaved(actor, body),
  );
  app.post(
    '/templates/test',
    {
      config: { access: 'message:send', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Send a template that is not saved yet to one number.',
        description:
          'It is filled in as its preview shows it, and counts as no use. 120 previews and tests a minute at most.',
        body: wire.TestContent,
        response: {
          201: wire.Tested,
          ...failsWith(
            ...(['VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'CONTACT_NOT_FOUND', 'RATE_LIMITED'] as const),
            ...([
              'INVALID_RECIPIENT',
              'SENDING_POLICY',
              'MEDIA_CONVERSION_UNAVAILABLE',
              ...mediaFailures,
            ] as const),
          ),
        },
      },
    },
    async ({ actor, body, idempotency }, reply) =>
      reply.status(201).send(await testSend(actor, body, idempotency)),
  );
}
