import { failsWith } from '../../http/fails-with.ts';
import { byId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import { type AnyOrder, Results, ResultsQuery } from './bulk-acts.schema.ts';
import type { BulkActService } from './bulk-acts.service.ts';
import type { BulkKind } from './kind.ts';

/** `/<path>/bulk…` of one kind: one act on many. */
export function bulkActRoutes(app: App, service: BulkActService, kind: BulkKind): void {
  const { path, answer } = kind;
  const tags = [kind.tag];
  const config = { access: kind.access };
  const params = byId('BULK_NOT_FOUND');
  const beyond = 'This goes beyond the specification.';

  app.post(
    `${path}/bulk`,
    {
      config: { ...config, idempotent: true },
      schema: {
        tags,
        summary: kind.summary,
        description:
          `${kind.description} Those that match now are done one after the other by a job: \`GET ${path}/bulk/:id\` shows how far ` +
          `it is, \`GET ${path}/bulk/:id/results\` what became of each, and \`${kind.event.name}\` tells of it. ${beyond}`,
        body: kind.order,
        response: { 202: answer, ...failsWith('VALIDATION_ERROR', 'PERMISSION_DENIED', ...kind.refusals) },
      },
    },
    async ({ actor, body }, reply) =>
      reply.status(202).send((await service.begin(actor, kind, body as unknown as AnyOrder)) as never),
  );

  app.get(
    `${path}/bulk/:id`,
    {
      config,
      schema: {
        ...{ tags, params, description: beyond },
        summary: 'How far an act on many is.',
        response: { 200: answer, ...failsWith('BULK_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => (await service.get(actor, kind, id)) as never,
  );

  app.post(
    `${path}/bulk/:id/cancel`,
    {
      config,
      schema: {
        ...{ tags, params, description: `What was done stays as it is. ${beyond}` },
        summary: 'End an act on many before its time: after the answer nothing more is done.',
        response: { 200: answer, ...failsWith('BULK_NOT_FOUND', 'BULK_ENDED') },
      },
    },
    async ({ actor, params: { id } }) => (await service.cancel(actor, kind, id)) as never,
  );

  app.get(
    `${path}/bulk/:id/results`,
    {
      config,
      schema: {
        ...{ tags, params, description: `They are kept for 30 days. ${beyond}`, querystring: ResultsQuery },
        summary: 'What became of each thing that an act on many was about.',
        response: { 200: Results, ...failsWith('BULK_NOT_FOUND', 'VALIDATION_ERROR') },
      },
    },
    async ({ actor, params: { id }, query }) => service.results(actor, kind, id, query),
  );
}
