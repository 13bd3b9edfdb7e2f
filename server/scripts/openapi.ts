import { readFileSync, writeFileSync } from 'node:fs';
import { createHttp } from '../src/http/create-http.ts';
import { openapiDocument } from '../src/http/reference.ts';
import { house, platform } from './composed.ts';

/**
 * Writes `server/openapi.json` from the routes as they are mounted; with `--check` it only tells whether the
 * committed file is the same. Nothing is started: the document needs the routes, not a database.
 */
const path = new URL('../openapi.json', import.meta.url);

const app = await createHttp({ ...platform, authenticator: house.authenticator, features: house.features });
await app.ready();
const text = `${JSON.stringify(await openapiDocument(app), null, 2)}\n`;

if (process.argv.includes('--check')) {
  const committed = readFileSync(path, 'utf8');
  if (committed !== text) {
    console.error('server/openapi.json is not what the server answers: run `npm run openapi` and commit it.');
    process.exit(1);
  }
} else {
  writeFileSync(path, text);
  console.log(`server/openapi.json: ${Object.keys(JSON.parse(text).paths).length} paths`);
}
process.exit(0);
