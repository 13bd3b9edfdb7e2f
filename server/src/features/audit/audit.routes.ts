import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import type { App } from '../../platform/feature.ts';
import * as wire from './audit.schema.ts';
import type { AuditService } from './audit.service.ts';

const tags = ['Audit'];
const config = { access: 'audit:read' } as const;

/** `/audit`: reading who did what. */
export function auditRoutes(app: App, service: AuditService): void {
  app.get(
    '/audit/logs',
    {
      config,
      schema: {
        tags,
        summary: 'List audit log entries, newest first.',
        querystring: wire.AuditQuery,
        response: { 200: wire.AuditPage },
      },
    },
    async (request) => service.list(request.actor, request.query),
  );

  app.get(
    '/audit/summary',
    {
      config,
      schema: {
        tags,
        summary: 'Count audit log entries by action, category and day.',
        querystring: wire.SummaryQuery,
        response: { 200: wire.AuditSummary },
      },
    },
    async (request) => service.summary(request.actor, request.query.days),
  );

  app.get(
    '/audit/actions',
    {
      config,
      schema: {
        tags,
        summary: 'List every action the audit log can name.',
        response: { 200: Type.Array(wire.AuditActionItem) },
      },
    },
    async () => service.actions(),
  );

  app.post(
    '/audit/export',
    {
      config: { ...config, envelope: 'never' },
      schema: {
        tags,
        summary: 'Download the audit log as CSV or JSON.',
        description:
          'The answer is a file without an envelope, newest entries first, streamed to its end. ' +
          'Each export is itself an entry of the log.',
        body: wire.ExportAudit,
        response: {
          200: {
            description: 'The file.',
            content: {
              'text/csv': { schema: Type.String({ examples: ['timestamp,action,outcome,…'] }) },
              'application/json; charset=utf-8': { schema: Type.Array(wire.AuditEntry) },
            },
          },
        },
      },
    },
    async (request, reply) => download(reply, await service.export(request.actor, request.body)),
  );
}

const types = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' };

function download(
  reply: FastifyReply,
  { stream, format, name }: Awaited<ReturnType<AuditService['export']>>,
): FastifyReply {
  return reply
    .type(types[format])
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('x-content-type-options', 'nosniff')
    .send(stream);
}
