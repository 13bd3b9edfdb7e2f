import { failsWith } from '../../http/fails-with.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './storage.schema.ts';
import type { StorageService } from './storage.service.ts';

const tags = ['Settings'];

/** `/settings/storage`: where the files of an organisation lie, and how they get there. */
export function storageRoutes(app: App, storage: StorageService): void {
  app.get(
    '/settings/storage',
    {
      config: { access: 'settings:read' },
      schema: {
        tags,
        summary: 'Where new files of the organization go, the keys masked.',
        response: { 200: wire.Storage },
      },
    },
    async ({ actor }) => storage.get(actor),
  );
  app.put(
    '/settings/storage',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Set a bucket for the files of the organization, or the storage of this server again.',
        description:
          'It counts at once for new files, on every node. Those that are there stay readable where they are; ' +
          '`POST /settings/storage/move` brings them along. Test it first.',
        body: wire.StorageBody,
        response: { 200: wire.StorageSaved, ...failsWith('VALIDATION_ERROR', 'TARGET_NOT_ALLOWED') },
      },
    },
    async ({ actor, body }) => storage.put(actor, body),
  );
  app.post(
    '/settings/storage/test',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Try a bucket: write a small file, read it back, compare it and remove it.',
        description:
          'Says in words what went wrong. Ten times a minute at most; private addresses only where `OUTBOUND_ALLOW` names them.',
        querystring: wire.StorageTestQuery,
        body: wire.StorageTestBody,
        response: { 200: wire.StorageTested, ...failsWith('VALIDATION_ERROR', 'RATE_LIMITED') },
      },
    },
    async ({ actor, body, query }) => storage.test(actor, body, query.createBucket ?? false),
  );
  app.get(
    '/settings/storage/move',
    {
      config: { access: 'settings:read' },
      schema: {
        tags,
        summary: 'How far the files are that move to where new ones go.',
        response: { 200: wire.StorageMove },
      },
    },
    async ({ actor }) => storage.move.get(actor),
  );
  app.post(
    '/settings/storage/move',
    {
      config: { access: 'settings:update' },
      schema: {
        tags,
        summary: 'Bring all files to where new ones go.',
        description:
          'Each is copied, read back and compared; only then the old one is removed. It goes on by itself after a restart, ' +
          'and files stay readable all the time.',
        response: { 200: wire.StorageMove, ...failsWith('STORAGE_MOVE_UNDER_WAY') },
      },
    },
    async ({ actor }) => storage.move.begin(actor),
  );
  for (const [word, summary] of [
    ['pause', 'Pause the move of files.'],
    ['resume', 'Go on with a move that was paused, or at once with one that waits for its storage.'],
    ['cancel', 'End the move of files; what was moved stays moved.'],
  ] as const) {
    app.post(
      `/settings/storage/move/${word}`,
      {
        config: { access: 'settings:update' },
        schema: {
          tags,
          summary,
          response: { 200: wire.StorageMove, ...failsWith('STORAGE_MOVE_NOT_FOUND') },
        },
      },
      async ({ actor }) => storage.move[word](actor),
    );
  }
}
