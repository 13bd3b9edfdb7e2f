import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { maxWorkers } from './vitest.workers.ts';

/** Of each project's files, begun first, slowest first: workers end together when the long ones are not last. */
const slow = [
  'server/src/features/broadcasts/crash.test.ts',
  'server/test/crash-instants.test.ts',
  'server/test/nodes.test.ts',
  'server/src/features/broadcasts/policy.test.ts',
  'server/test/storage-crash.test.ts',
  'server/src/platform/db/connect.test.ts',
  'server/test/crash.test.ts',
  'server/test/people-crash.test.ts',
  'server/src/engines/baileys/conformance.test.ts',
  'server/test/backup.test.ts',
  'server/src/engines/baileys/dead-connections.test.ts',
  'server/test/slow-down.test.ts',
  'server/test/statuses.test.ts',
  'server/test/stopping.test.ts',
  'server/src/features/profiles/profiles.remove.test.ts',
  'server/src/features/conversations/inbox/inbox.test.ts',
  'server/test/drain.test.ts',
  'server/test/access-matrix.test.ts',
  'server/src/features/schedule/schedule.test.ts',
  'server/test/stranger.test.ts',
  'server/src/features/schedule/hand-over.test.ts',
  'server/test/sessions.test.ts',
  'server/test/hostile.test.ts',
  'server/src/platform/db/embedded/embedded.test.ts',
  'web/test/pages.test.ts',
  'web/test/journeys/inbox.test.ts',
  'sandbox/test/storm.test.ts',
  'sandbox/test/survival.test.ts',
  'sandbox/test/history.test.ts',
  'sandbox/test/fuzz-http.test.ts',
  'sandbox/test/app-state.test.ts',
  'sandbox/test/faults.test.ts',
  'sandbox/test/fault-links.test.ts',
];
const rank = ({ moduleId }: TestSpecification) => {
  const place = slow.findIndex((path) => moduleId.endsWith(path));
  return place < 0 ? slow.length : place;
};

/** One project after the other: a worker that comes to a file of another project ends, and all is loaded anew. */
const projects = [
  ...['@multiwa/server', '@multiwa/sandbox', '@multiwa/sandbox, alone', '@multiwa/signal', '@multiwa/web'],
];
const turn = ({ project }: TestSpecification) => projects.indexOf(project.name);

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => turn(one) - turn(other) || rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    projects: ['server', 'sandbox', 'sandbox/vitest.alone.config.ts', 'signal', 'web'],
    maxWorkers,
    sequence: { sequencer: SlowFirst },
  },
});
