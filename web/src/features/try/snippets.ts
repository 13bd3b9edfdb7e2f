import type { Operation } from './operations.ts';
import { type Filled, filledOf, requestOf } from './request.ts';

/** The request as a command of a shell; the key comes from the environment. */
export function curlOf(operation: Operation, filled: Filled, origin: string): string {
  const { method, url, headers, body } = requestOf(operation, filled);
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quoted(`${origin}${url}`)}`,
    `-H "x-api-key: $MULTIWA_KEY"`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
  ];
  return lines.join(' \\\n  ');
}

/** As a shell takes it literally. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same with the SDK, which answers the bare data. */
export function sdkOf(operation: Operation, filled: Filled, origin: string): string {
  const parts = [
    ['path', filledOf(operation, filled, 'path')],
    ['query', filledOf(operation, filled, 'query')],
    ['headers', filledOf(operation, filled, 'header')],
  ] as const;
  const given = parts
    .filter(([, values]) => values.length > 0)
    .map(
      ([name, values]) =>
        `${name}: ${literal(Object.fromEntries(values.map(([key, value]) => [key, typed(value)])))}`,
    );
  if (operation.body && filled.body.trim() !== '') given.push(`body: ${literal(parsed(filled.body))}`);
  return [
    `import { env } from 'node:process';`,
    `import { connect, ${operation.id} } from '@multiwa/sdk';`,
    '',
    `const client = connect({ url: ${literal(origin)}, apiKey: env.MULTIWA_KEY });`,
    `const answer = await ${operation.id}({ ${['client', ...given].join(', ')} });`,
  ].join('\n');
}

/** Numbers and yes-or-no of a query, as the SDK's types have them. */
function typed(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value as JavaScript is written by hand: names without quotes where they need none, texts in single ones. */
function literal(value: unknown, depth = 0): string {
  const indent = '  '.repeat(depth + 1);
  const end = '  '.repeat(depth);
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll(String.raw`\"`, '"').replaceAll("'", String.raw`\'`)}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((each) => `${indent}${literal(each, depth + 1)},\n`).join('')}${end}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const name = (key: string) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`);
  if (depth === 0 && entries.length === 1 && typeof entries[0]?.[1] !== 'object')
    return `{ ${entries.map(([key, each]) => `${name(key)}: ${literal(each, depth + 1)}`).join()} }`;
  return `{\n${entries.map(([key, each]) => `${indent}${name(key)}: ${literal(each, depth + 1)},\n`).join('')}${end}}`;
}
