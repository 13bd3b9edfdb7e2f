import { spawn } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import { once } from '../../../platform/concurrency/once.ts';

/** A conversion that takes longer than this was made to take long. */
const msMax = 120_000;
const complaintsMax = 2_000;

/** The program is asked for once, when something is to be converted. */
export interface Ffmpeg {
  isThere(): Promise<boolean>;
  /** What it makes of a file, as it comes. The stream fails when the program does, and ends it when it is destroyed. */
  run(path: string, args: readonly string[]): Readable;
}

/** @param program its path, or its name when it is looked for in `PATH` */
export function createFfmpeg(program: string): Ffmpeg {
  return {
    isThere: once(
      () =>
        new Promise<boolean>((resolve) => {
          const child = spawn(program, ['-version'], { stdio: 'ignore' });
          child.once('error', () => resolve(false)).once('exit', (code) => resolve(code === 0));
        }),
    ),
    run(path, args) {
      // It may read this file and write to us: no list of parts, no address, nothing else that a file could name.
      const safe = ['-nostdin', '-v', 'error', '-protocol_whitelist', 'file,pipe', '-i', path];
      const child = spawn(program, [...safe, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: msMax,
        killSignal: 'SIGKILL',
      });
      let complaints = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaints = (complaints + text).slice(-complaintsMax);
      });
      // It ends only once the program says that all went well: what a failed one wrote is no file.
      const made = new PassThrough();
      child.stdout.pipe(made, { end: false });
      child.once('error', (error) => made.destroy(error));
      child.once('close', (code) => {
        if (code === 0) made.end();
        else made.destroy(new Error(`ffmpeg ended with ${code}: ${complaints}`));
      });
      made.once('close', () => child.kill('SIGKILL'));
      return made;
    },
  };
}
