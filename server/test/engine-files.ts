import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleFiles } from '../src/engines/conformance-files.ts';
import type { Sandbox } from './sandbox.ts';

/** What an engine needs for files, on a network of tests. */
export function filesOf(network: Pick<Sandbox, 'certificate'>) {
  return {
    files: sampleFiles,
    uploadsFolder: join(tmpdir(), `mwa-uploads-${process.pid}`),
    certificate: network.certificate,
  };
}
