import { readFileSync, writeFileSync } from 'node:fs';
import { kinds } from '../src/features/messages/kinds/kinds.ts';

/**
 * Writes `docs/contents.md` from the table of kinds: what the content of a message of each kind holds. With `--check` it
 * only tells whether the committed file is the same.
 */
const path = new URL('../../docs/contents.md', import.meta.url);

interface Shape {
  type?: string;
  format?: string;
  enum?: unknown[];
  description?: string;
  items?: Shape;
  properties?: Record<string, Shape>;
  anyOf?: Shape[];
}

/** What a field is, in few words. */
function typeOf({ type, format, enum: values, items, anyOf }: Shape): string {
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (items) return `list of ${typeOf(items)}`;
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  return format ?? type ?? 'anything';
}

/** A field and, of an object or a list of such, its own fields below it. */
function rowsOf(name: string, shape: Shape): string[] {
  const inner = shape.properties ?? shape.items?.properties ?? {};
  return [
    `| \`${name}\` | ${typeOf(shape)} | ${shape.description ?? ''} |`,
    ...Object.entries(inner).flatMap(([field, one]) => rowsOf(`${name}.${field}`, one)),
  ];
}

const table = (fields: [string, Shape][]) =>
  fields.length === 0
    ? ['Nothing of its own.']
    : [
        '| field | type | meaning |',
        '| --- | --- | --- |',
        ...fields.flatMap(([name, shape]) => rowsOf(name, shape)),
      ];

const fieldsOf = (shape: object) => Object.entries((shape as Shape).properties ?? {});
const everywhere = fieldsOf(kinds[0]?.content ?? {}).filter(([name]) =>
  kinds.every(({ content }) => name in content.properties),
);
const common = new Set(everywhere.map(([name]) => name));

const text = [
  '# What messages say',
  '',
  'Printed from the code by `npm run contents`. The `content` of a message and of its events depends on its `type`. Fields',
  'that the sender left out are absent, and so is everything once the message was taken back. Kinds are added as WhatsApp',
  'adds them: show one you don’t know as such.',
  '',
  '## With any kind',
  '',
  ...table(everywhere),
  ...kinds.flatMap(({ type, content, sending }) => [
    '',
    `## \`${type}\``,
    '',
    `${(content as Shape).description}${sending ? ` Sent with \`POST /messages/${sending.path}\`.` : ''}`,
    '',
    ...table(fieldsOf(content).filter(([name]) => !common.has(name))),
  ]),
  '',
].join('\n');

if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== text) {
    console.error('docs/contents.md is not what the server declares: run `npm run contents` and commit it.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(path, text);
  console.log(`docs/contents.md: ${kinds.length} kinds`);
}
