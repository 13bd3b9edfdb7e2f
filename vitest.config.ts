import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { maxWorkers } from './vitest.workers.ts';

/** Begun first, slowest first: two workers end together when the long ones are not last. */
const slow = [
  'server/test/nodes.test.ts',
  'server/src/platform/db/embedded/embedded.test.ts',
  'server/test/backup.test.ts',
  'server/test/crash.test.ts',
  'server/test/hostile.test.ts',
  'server/test/faults.access.test.ts',
  'sandbox/test/survival.test.ts',
  'server/test/sessions.test.ts',
];
const rank = ({ moduleId }: TestSpecification) => {
  const place = slow.findIndex((path) => moduleId.endsWith(path));
  return place < 0 ? slow.length : place;
};

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    projects: ['server', 'sandbox', 'sandbox/vitest.alone.config.ts'],
    maxWorkers,
    sequence: { sequencer: SlowFirst },
  },
});
