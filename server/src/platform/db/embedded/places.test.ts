import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { findBinaries, linkLibraries, programEnvironment } from './binaries.ts';
import { choosePlaces } from './places.ts';
import { makeSocketDir } from './socket-dir.ts';

const isRoot = process.getuid?.() === 0;

async function folder(): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'mwa-places-')));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await chmod(dir, 0o711);
  return dir;
}

test.runIf(isRoot)(
  'as root an installation that others may not enter is copied to where they can run it',
  async () => {
    const closed = await folder();
    const { nativeDir } = await findBinaries();
    await cp(nativeDir, join(closed, 'native'), { recursive: true });
    // What a strict umask at install time leaves behind.
    await promisify(execFile)('chmod', ['-R', 'go=', closed]);
    const dataDir = await folder();

    const version = `test-${process.pid}`;
    const places = await choosePlaces(dataDir, { nativeDir: join(closed, 'native'), version });
    onTestFinished(() => rm(places.nativeDir, { recursive: true, force: true }));
    expect(places.nativeDir).toBe(`/var/lib/multiwa/pg-${version}`);
    expect(places.databaseDir).toBe(join(dataDir, 'postgres'));
    await linkLibraries(places.nativeDir, places.linksDir);
    const { stdout } = await promisify(execFile)(join(places.nativeDir, 'bin/initdb'), ['--version'], {
      env: programEnvironment(places.nativeDir, places.linksDir),
      ...places.runAs,
    });
    expect(stdout).toContain('PostgreSQL');
  },
);

test('the socket is short enough for the system and closed to others, however long the paths are', async () => {
  const dataDir = join(await folder(), 'a'.repeat(120));
  await mkdir(dataDir);
  const places = await choosePlaces(dataDir, await findBinaries());
  const temporary = process.env.TMPDIR;
  process.env.TMPDIR = join(dirname(dataDir), 'b'.repeat(120));
  onTestFinished(() => {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
  });
  const socketDir = await makeSocketDir(places);
  onTestFinished(() => rm(socketDir, { recursive: true, force: true }));
  expect(`${socketDir}/.s.PGSQL.5432`.length).toBeLessThan(100);
});

test('without a temporary folder the socket lies in the data folder, or a sentence says why', async () => {
  const dataDir = await folder();
  const binaries = await findBinaries();
  const places = await choosePlaces(dataDir, binaries);
  const nowhere = [join(dataDir, 'none'), '/proc/none'];
  expect(await makeSocketDir(places, nowhere)).toBe(join(dataDir, places.socketName));

  const longer = join(dataDir, 'a'.repeat(80));
  await mkdir(longer);
  const deep = await choosePlaces(longer, binaries);
  await expect(makeSocketDir(deep, nowhere)).rejects.toThrow(/no folder for .*Set TMPDIR to a short path/);
});

test.runIf(isRoot)("another user's folder under the socket's name is not used", async () => {
  const places = await choosePlaces(await folder(), await findBinaries());
  const socketDir = await makeSocketDir(places);
  onTestFinished(() => rm(socketDir, { recursive: true, force: true }));
  await promisify(execFile)('chown', ['33:33', socketDir]);
  await expect(makeSocketDir(places)).rejects.toThrow(/belongs to another user/);
});
