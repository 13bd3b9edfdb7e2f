import { readFileSync, writeFileSync } from 'node:fs';
import { catalogueOf } from '../src/platform/events/catalogue.ts';
import { house } from './composed.ts';

/**
 * Writes `docs/events.md` from the declarations of events: what each tells, who may hear it, and how it looks. With
 * `--check` it only tells whether the committed file is the same.
 */
const path = new URL('../../docs/events.md', import.meta.url);

interface Shape {
  type?: string | string[];
  enum?: unknown[];
  description?: string;
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: string[];
  anyOf?: Shape[];
}

/** What a field is, in few words. */
function typeOf({ type, enum: values, items, anyOf }: Shape): string {
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (items) return `list of ${typeOf(items)}`;
  return [type ?? 'anything'].flat().join(' or ');
}

const row = (name: string, shape: Shape, required: boolean) =>
  `| \`${name}\` | ${typeOf(shape)}${required ? '' : ', or absent'} | ${shape.description ?? ''} |`;

const entries = catalogueOf(house.eventDefinitions);
const text = [
  '# Events',
  '',
  'Printed from the code by `npm run events`; `GET /api/v1/events/catalogue` answers the same with JSON Schemas, and',
  '`webhooks` in the API description, too. Every door shows an event as',
  '`{id, event, sequence, timestamp, profileId, data}`; this page says what `data` holds. Fields are added as there is more to',
  'tell: pass over those you don’t know. Webhooks also send `test`, when they are asked to.',
  '',
  '| event | permission | when |',
  '| --- | --- | --- |',
  ...entries.map(
    ({ name, permission, what }) =>
      `| [\`${name}\`](#${name.replaceAll('.', '')}) | \`${permission}\` | ${what} |`,
  ),
  '',
  ...entries.flatMap(({ name, what, permission, isPassing, schema, example }) => {
    const { properties = {}, required = [] } = schema as Shape;
    return [
      `## ${name}`,
      '',
      what,
      `Permission: \`${permission}\`.${isPassing ? ' Sockets and streams only.' : ''}`,
      '',
      '| field | type | meaning |',
      '| --- | --- | --- |',
      ...Object.entries(properties).map(([field, shape]) => row(field, shape, required.includes(field))),
      '',
      '```json',
      JSON.stringify(example, null, 2),
      '```',
      '',
    ];
  }),
].join('\n');

if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== text) {
    console.error('docs/events.md is not what the server declares: run `npm run events` and commit it.');
    process.exit(1);
  }
} else {
  writeFileSync(path, text);
  console.log(`docs/events.md: ${entries.length} events`);
}
process.exit(0);
