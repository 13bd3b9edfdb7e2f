import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { maxWorkers } from './vitest.workers.ts';

/** Of each project's files, begun first, slowest first: workers end together when the long ones are not last. */
const slow = [
  'server/test/nodes.test.ts',
  'server/src/engines/baileys/conformance.test.ts',
  'server/test/backup.test.ts',
  'server/test/stopping.test.ts',
  'server/src/platform/db/embedded/embedded.test.ts',
  'server/test/sessions.test.ts',
  'server/test/hostile.test.ts',
  'server/test/history-crash.test.ts',
  'server/src/engines/baileys/durability.test.ts',
  'server/src/features/schedule/hand-over.test.ts',
  'sandbox/test/storm.test.ts',
  'sandbox/test/survival.test.ts',
  'sandbox/test/fuzz-http.test.ts',
  'sandbox/test/app-state.test.ts',
];
const rank = ({ moduleId }: TestSpecification) => {
  const place = slow.findIndex((path) => moduleId.endsWith(path));
  return place < 0 ? slow.length : place;
};

/** One project after the other: a worker that comes to a file of another project ends, and all is loaded anew. */
const projects = ['@multiwa/server', '@multiwa/sandbox', '@multiwa/sandbox, alone'];
const turn = ({ project }: TestSpecification) => projects.indexOf(project.name);

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => turn(one) - turn(other) || rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    projects: ['server', 'sandbox', 'sandbox/vitest.alone.config.ts'],
    maxWorkers,
    sequence: { sequencer: SlowFirst },
  },
});
