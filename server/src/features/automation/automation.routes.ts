import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { CursorQuery, onePage, sliceOf } from '../../http/list.ts';
import { byId, pathId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './automation.schema.ts';
import { type AutomationService, changeOf, fromBody } from './automation.service.ts';
import * as deskWire from './desk.schema.ts';
import type { Desk } from './desk.ts';
import type { createDryRun } from './dry-run.ts';

const tags = ['Automation'];
const params = byId('AUTOMATION_NOT_FOUND');
const read = { access: 'automation:read' } as const;
const update = { access: 'automation:update' } as const;
const mayNot = ['VALIDATION_ERROR', 'PERMISSION_DENIED'] as const;

/** `/automation`: rules and flows. */
export function automationRoutes(
  app: App,
  service: AutomationService,
  dryRun: ReturnType<typeof createDryRun>,
): void {
  app.post(
    '/automation',
    {
      config: { access: 'automation:create' },
      schema: {
        tags,
        summary: 'Make a rule, or with `graph` a flow.',
        description:
          'What can’t run (an unknown trigger, condition or action, an invalid expression, no action) is stored switched off, and ' +
          '`problems` says why; with `isActive: true` it is refused. Whoever makes one that sends needs `message:send`, one that ' +
          'calls another program `webhook:manage`.',
        body: wire.CreateAutomation,
        response: {
          201: wire.Automation,
          ...failsWith(...mayNot, 'PROFILE_NOT_FOUND', 'AUTOMATIONS_FULL'),
        },
      },
    },
    async ({ actor, body }, reply) => reply.status(201).send(await service.create(actor, fromBody(body))),
  );
  app.get(
    '/automation',
    {
      config: read,
      schema: {
        tags,
        summary:
          'Rules, flows and automatic replies of a profile, in the order they are looked at; 500 at most.',
        querystring: wire.ListQuery,
        response: { 200: Type.Array(wire.Automation), ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => service.list(actor, query),
  );
  app.post(
    '/automation/reorder',
    {
      config: update,
      schema: {
        tags,
        summary: 'Put automations of a profile into another order.',
        description: 'All of them or nothing: one that is not of the profile is not found.',
        body: wire.Reorder,
        response: {
          200: Success,
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'AUTOMATION_NOT_FOUND'),
        },
      },
    },
    async ({ actor, body }) => service.reorder(actor, body),
  );
  app.get(
    '/automation/:id',
    {
      config: read,
      schema: {
        tags,
        summary: 'One automation.',
        params,
        response: { 200: wire.Automation, ...failsWith('AUTOMATION_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => service.get(actor, params.id),
  );
  app.put(
    '/automation/:id',
    {
      config: update,
      schema: {
        tags,
        summary: 'Change an automation; what is absent stays.',
        description: 'Runs under way go on with what they began with.',
        params,
        body: wire.UpdateAutomation,
        response: {
          200: wire.Automation,
          ...failsWith(...mayNot, 'AUTOMATION_NOT_FOUND', 'AUTOMATION_CHANGED', 'AUTOMATIONS_FULL'),
        },
      },
    },
    async ({ actor, params, body }) => service.update(actor, params.id, changeOf(body)),
  );
  app.delete(
    '/automation/:id',
    {
      config: { access: 'automation:delete' },
      schema: {
        tags,
        summary: 'Delete an automation; its runs end and are gone.',
        params,
        response: { 200: Success, ...failsWith('AUTOMATION_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => service.remove(actor, params.id),
  );
  app.put(
    '/automation/:id/toggle',
    {
      config: update,
      schema: {
        tags,
        summary: 'Switch an automation on or off, whichever it is not.',
        description:
          'Switched off it starts nothing more, and its runs end; with `onDisable: finish` they go on.',
        params,
        response: {
          200: wire.Automation,
          ...failsWith(...mayNot, 'AUTOMATION_NOT_FOUND', 'AUTOMATION_CHANGED'),
        },
      },
    },
    async ({ actor, params }) => service.toggle(actor, params.id),
  );
  app.post(
    '/automation/:id/test',
    {
      config: read,
      schema: {
        tags,
        summary: 'What would an automation do with a message? Nothing is sent, called or counted.',
        description:
          'The same interpreter as for messages that come, with a clock that jumps over waits. What another program would be ' +
          'asked counts as answered.',
        params,
        body: wire.TestBody,
        response: { 200: wire.TestResult, ...failsWith('VALIDATION_ERROR', 'AUTOMATION_NOT_FOUND') },
      },
    },
    async ({ actor, params, body }) => dryRun(actor, params.id, body),
  );
  app.get(
    '/automation/:id/stats',
    {
      config: read,
      schema: {
        tags,
        summary: 'How often it was started, and how its runs went.',
        params,
        response: { 200: wire.Stats, ...failsWith('AUTOMATION_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => service.stats(actor, params.id),
  );
}

/** Runs, starting one by request, and who answers in a conversation. */
export function deskRoutes(app: App, desk: Desk): void {
  app.get(
    '/automation/:id/runs',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'Runs of an automation, newest first; those that ended are kept for 30 days.',
        params,
        querystring: CursorQuery,
        response: {
          200: Type.Array(deskWire.Run),
          ...failsWith('VALIDATION_ERROR', 'AUTOMATION_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params, query }, reply) => {
      const slice = sliceOf(query);
      return onePage(reply, slice, await desk.runs(actor, params.id, slice), ({ startedAt }) => startedAt);
    },
  );
  app.get(
    '/automation/:id/runs/:runId',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'One run with each step that was done.',
        params: Type.Object({ ...params.properties, runId: pathId('RUN_NOT_FOUND') }),
        response: { 200: deskWire.RunWithSteps, ...failsWith('AUTOMATION_NOT_FOUND', 'RUN_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => desk.run(actor, params.id, params.runId),
  );
  app.post(
    '/automation/:id/runs/:runId/cancel',
    {
      config: update,
      schema: {
        tags,
        summary: 'End a run that is under way; one that has ended stays as it is.',
        params: Type.Object({ ...params.properties, runId: pathId('RUN_NOT_FOUND') }),
        response: { 200: deskWire.Run, ...failsWith('AUTOMATION_NOT_FOUND', 'RUN_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => desk.cancel(actor, params.id, params.runId),
  );
  app.post(
    '/automation/:id/trigger',
    {
      config: { access: 'message:send', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Start an automation for somebody, with variables.',
        description:
          'It must be switched on; its trigger and conditions are not looked at, its limits are. With an `Idempotency-Key` a ' +
          'request that comes again starts nothing more.',
        params,
        body: deskWire.TriggerBody,
        response: {
          200: deskWire.Triggered,
          ...failsWith('VALIDATION_ERROR', 'INVALID_RECIPIENT', 'AUTOMATION_NOT_FOUND', 'AUTOMATION_OFF'),
        },
      },
    },
    async ({ actor, params, body, idempotency }) => desk.trigger(actor, params.id, body, idempotency),
  );
  const ofConversation = byId('CONVERSATION_NOT_FOUND');
  app.get(
    '/conversations/:id/handling',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'Who answers in a conversation: automations, or people only.',
        params: ofConversation,
        response: { 200: deskWire.Handling, ...failsWith('CONVERSATION_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => desk.handling(actor, params.id),
  );
  app.put(
    '/conversations/:id/handling',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Take a conversation from the automations, or give it back.',
        description: 'Whoever answers by hand takes it for 12 hours by doing so.',
        params: ofConversation,
        body: deskWire.SetHandling,
        response: { 200: deskWire.Handling, ...failsWith('VALIDATION_ERROR', 'CONVERSATION_NOT_FOUND') },
      },
    },
    async ({ actor, params, body }) => desk.hand(actor, params.id, body),
  );
}
