import { readServer } from './statements.ts';

/**
 * SQL stands in `*.store.ts`, `*.sql.ts` and `*.keeps.ts`, so that whoever wants to know what is asked of the database
 * has few files to read. A condition that a store is given is no statement and may stand anywhere.
 */
const stores = /\.(store|sql|keeps)\.ts$/;

/** Folders and files that may hold statements under another name, and why. */
const exceptions = new Map([
  ['server/src/platform/db/', 'It is the database: opened, migrated, watched and backed up there.'],
]);

const files = readServer();
const problems = files
  .filter(({ path, statements }) => statements.length > 0 && !stores.test(path))
  .filter(({ path }) => ![...exceptions.keys()].some((place) => path.startsWith(place)))
  .map(
    ({ path, statements }) =>
      `${path} has SQL (line ${statements.join(', ')}): move it to a *.store.ts beside it, or to a *.sql.ts ` +
      'when it is no more than statements.',
  );
const idle = [...exceptions.keys()]
  .filter((place) => !files.some(({ path, statements }) => path.startsWith(place) && statements.length > 0))
  .map((place) => `${place} has no SQL any more: delete the exception in scripts/stores.ts.`);

for (const problem of [...problems, ...idle]) console.error(problem);
if (problems.length + idle.length > 0) process.exitCode = 1;
