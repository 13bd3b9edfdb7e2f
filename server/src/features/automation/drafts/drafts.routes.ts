import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { byId, missingKeyword } from '../../../http/path-id.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import { Automation } from '../automation.schema.ts';
import * as wire from './drafts.schema.ts';
import type { Drafts } from './drafts.service.ts';

const tags = ['Automation'];
const params = byId('AUTOMATION_NOT_FOUND');
const read = { access: 'automation:read' } as const;
const update = { access: 'automation:update' } as const;
const ofVersion = Type.Object({
  ...params.properties,
  version: Type.String({
    pattern: '^[1-9][0-9]{0,8}$',
    examples: ['1'],
    [missingKeyword]: 'AUTOMATION_VERSION_NOT_FOUND',
  }),
});

const publishing = [
  ...(['VALIDATION_ERROR', 'PERMISSION_DENIED', 'AUTOMATION_NOT_FOUND'] as const),
  ...(['AUTOMATION_DRAFT_NOT_FOUND', 'AUTOMATION_CHANGED', 'AUTOMATIONS_FULL'] as const),
];

/** What an automation is to become, and what it was. */
export function draftRoutes(app: App, drafts: Drafts): void {
  app.post(
    '/automation/validate',
    {
      config: read,
      schema: {
        tags,
        summary: 'What is wrong with an automation that is not kept yet?',
        body: wire.ValidateBody,
        response: { 200: wire.Validated, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, body }) => drafts.validate(actor, body),
  );
  app.get(
    '/automation/:id/draft',
    {
      config: read,
      schema: {
        tags,
        summary: 'The draft of an automation, with what is wrong with it and what it would change.',
        params,
        response: {
          200: wire.Draft,
          ...failsWith('AUTOMATION_NOT_FOUND', 'AUTOMATION_DRAFT_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params }) => drafts.get(actor, params.id),
  );
  app.put(
    '/automation/:id/draft',
    {
      config: update,
      schema: {
        tags,
        summary: 'Work on an automation without changing what it does; what is absent stays.',
        description:
          'The first time it begins from what is published. It may be unfinished, and is tried with `draft: true` of ' +
          '`POST /automation/{id}/test`.',
        params,
        body: wire.DraftBody,
        response: { 200: wire.Draft, ...failsWith('VALIDATION_ERROR', 'AUTOMATION_NOT_FOUND') },
      },
    },
    async ({ actor, params, body }) => drafts.put(actor, params.id, body),
  );
  app.delete(
    '/automation/:id/draft',
    {
      config: update,
      schema: {
        tags,
        summary: 'Throw the draft of an automation away.',
        params,
        response: { 200: Success, ...failsWith('AUTOMATION_NOT_FOUND', 'AUTOMATION_DRAFT_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => drafts.discard(actor, params.id),
  );
  app.post(
    '/automation/:id/publish',
    {
      config: update,
      schema: {
        tags,
        summary:
          'Publish the draft: new runs begin with it, those under way go on with what they began with.',
        description:
          'It becomes a version of its own. Where another version was published since the draft was begun it is refused, unless ' +
          '`baseVersion` names that one; what can’t run is refused for an automation that is switched on.',
        params,
        body: wire.PublishBody,
        response: {
          200: Automation,
          ...failsWith(...publishing),
        },
      },
    },
    async ({ actor, params, body }) => drafts.publish(actor, params.id, body),
  );
  app.get(
    '/automation/:id/versions',
    {
      config: read,
      schema: {
        tags,
        summary: 'Versions of an automation, newest first: the latest 100, with what each changed.',
        params,
        response: { 200: Type.Array(wire.Version), ...failsWith('AUTOMATION_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => drafts.versions(actor, params.id),
  );
  const notThere = ['AUTOMATION_NOT_FOUND', 'AUTOMATION_VERSION_NOT_FOUND'] as const;
  app.get(
    '/automation/:id/versions/:version',
    {
      config: read,
      schema: {
        tags,
        summary: 'One version with all it says.',
        params: ofVersion,
        response: { 200: wire.WholeVersion, ...failsWith(...notThere) },
      },
    },
    async ({ actor, params }) => drafts.version(actor, params.id, Number(params.version)),
  );
  app.post(
    '/automation/:id/versions/:version/restore',
    {
      config: update,
      schema: {
        tags,
        summary: 'Make a draft of an earlier version; publishing it brings it back.',
        params: ofVersion,
        response: { 200: wire.Draft, ...failsWith(...notThere) },
      },
    },
    async ({ actor, params }) => drafts.restore(actor, params.id, Number(params.version)),
  );
}
