import { readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';
import { readServer, type SourceFile, tablesOfMigrations, type Write } from './statements.ts';

/**
 * Prints `docs/tables.md`: who owns each table, and who else may write it. With `--check` it only tells whether the
 * committed file is the same. Both fail when somebody writes a table that is not theirs.
 *
 * The owner of a table is the folder that declares its type (a member of the interface `Tables`), or, for what
 * platform/db declares, the folder that `@owner` names. Who else may write it stands there too:
 * `@guest features/messages/keep.sql.ts One statement for message and conversation.`
 */
const document = 'docs/tables.md';
const source = 'server/src/';
/** Where types may be declared for others. */
const platform = 'platform/db';
/** Files that delete what features name in their keeps: a piece of `rows` counts as a write where it stands. */
const erasers = new Set(['features/gdpr/erase/organization.store.ts']);
/** Tables in a schema of their own are not ours: the job store makes and keeps its own. */
const foreign = /\./;

interface Guest {
  path: string;
  reason: string;
}
interface Declared {
  table: string;
  at: string;
  owner: string | undefined;
  guests: Guest[];
}

const files = readServer();
const tables = tablesOfMigrations();
const declared = declarations(files);
const writes = files.flatMap(writesOf);
const problems = [...undeclared(), ...writes.flatMap(problemOf), ...idle()];
const text = print();

if (process.argv.includes('--check')) {
  if (readFileSync(document, 'utf8') !== text)
    problems.push(`${document} is not what the source says: run \`npm run tables\` and commit it.`);
} else {
  writeFileSync(document, text);
  console.log(`${document}: ${declared.size} tables`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function declarations(from: SourceFile[]): Map<string, Declared> {
  const tablesByName = new Map<string, Declared>();
  for (const { path, tree } of from) {
    const read = (node: ts.Node): void => {
      if (ts.isInterfaceDeclaration(node) && node.name.text === 'Tables') {
        for (const member of node.members) {
          if (!member.name) continue;
          const table = member.name.getText();
          const folder = ownerOf(path);
          const owner = folder === platform ? tags(member, 'owner')[0] : folder;
          tablesByName.set(table, { table, at: path, owner, guests: guestsIn(member) });
        }
      }
      ts.forEachChild(node, read);
    };
    read(tree);
  }
  return tablesByName;
}

function tags(node: ts.Node, tag: string): string[] {
  return ts
    .getJSDocTags(node)
    .filter(({ tagName }) => tagName.text === tag)
    .map(({ comment }) => (ts.getTextOfJSDocComment(comment) ?? '').replaceAll(/\s+/g, ' ').trim());
}

function guestsIn(node: ts.Node): Guest[] {
  return tags(node, 'guest').map((words) => {
    const [path = '', ...reason] = words.split(' ');
    return { path, reason: reason.join(' ') };
  });
}

/** The room of the house that a file stands in: `features/messages`, `platform/events`, `http`. */
function ownerOf(path: string): string {
  const [top = '', second = ''] = path.slice(source.length).split('/');
  return ['features', 'engines', 'platform'].includes(top) ? `${top}/${second}` : top;
}

/** What a file writes itself, and what it has deleted by the pieces of its keeps. */
function writesOf({ path, tree, writes: found }: SourceFile): Write[] {
  const own = erasers.has(path.slice(source.length))
    ? found.filter(({ table }) => table !== undefined)
    : found;
  const pieces: Write[] = [];
  const read = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'rows') pieces.push(...piecesIn(path, node));
    ts.forEachChild(node, read);
  };
  if (path.endsWith('.keeps.ts')) read(tree);
  return [...own, ...pieces];
}

function piecesIn(path: string, { initializer }: ts.PropertyAssignment): Write[] {
  if (!ts.isArrayLiteralExpression(initializer)) return [];
  const pieces = initializer.elements.filter((piece) => ts.isObjectLiteralExpression(piece));
  // A piece that erases by itself writes where its function stands.
  const plain = pieces.filter(({ properties }) => properties.some((field) => field.name?.getText() === 'of'));
  return plain
    .flatMap(({ properties }) => [...properties])
    .filter((field) => ts.isPropertyAssignment(field) && field.name.getText() === 'table')
    .map((field) => {
      const { initializer: table } = field as ts.PropertyAssignment;
      const line = table.getSourceFile().getLineAndCharacterOfPosition(table.getStart()).line + 1;
      return { path, line, table: ts.isStringLiteral(table) ? table.text : undefined };
    });
}

function isWithin(path: string, place: string): boolean {
  return path === `${source}${place}` || path.startsWith(`${source}${place}/`);
}

function problemOf({ path, line, table }: Write): string[] {
  const at = `${path}:${line}`;
  if (table === undefined)
    return [`${at} writes a table whose name is computed: name it, so that it can be seen who writes what.`];
  if (foreign.test(table)) return [];
  if (!tables.has(table)) return [`${at} writes ${table}, which no migration makes: correct the name.`];
  const { owner, guests = [] } = declared.get(table) ?? {};
  if (!owner || isWithin(path, owner) || guests.some((guest) => isWithin(path, guest.path))) return [];
  return [
    `${at} writes ${table}, which belongs to ${owner}: call a function of the owner, with your transaction. Where ` +
      `one statement must write both, declare the guest with its reason beside the type of the table.`,
  ];
}

function undeclared(): string[] {
  const missing = [...tables].filter((table) => !declared.get(table)?.owner);
  const gone = [...declared.values()].filter(({ table }) => !tables.has(table));
  return [
    ...missing.map(
      (table) => `${table} has no owner: declare its type in the interface Tables of its feature.`,
    ),
    ...gone.map(({ table, at }) => `${at} declares the table ${table}, which no migration makes: delete it.`),
  ];
}

/** Declarations that nothing needs any more. */
function idle(): string[] {
  const isWritten = (table: string, place: string) =>
    writes.some((write) => write.table === table && isWithin(write.path, place));
  return [...declared.values()].flatMap(({ table, at, owner, guests }) => [
    ...(owner && !isWritten(table, owner)
      ? [`${at}: ${owner} owns ${table} and never writes it: give it to who does.`]
      : []),
    ...guests
      .filter(({ path }) => !isWritten(table, path))
      .map(({ path }) => `${at}: ${path} does not write ${table} any more: delete its @guest.`),
    ...guests
      .filter(({ reason }) => reason.length === 0)
      .map(({ path }) => `${at}: say why ${path} may write ${table}, behind its @guest.`),
  ]);
}

function print(): string {
  const lines = [...declared.values()].sort((one, other) => (one.table < other.table ? -1 : 1));
  const row = ({ table, owner, guests }: Declared) => {
    const others = guests.map(({ path, reason }) => `\`${path}\`: ${reason}`).join('<br>');
    return `| \`${table}\` | \`${owner}\` | ${others || '–'} |`;
  };
  return [
    '# Who writes which table',
    '',
    'Printed from the source by `npm run tables`; the check fails on any other writer. Whoever else wants a table',
    'changed calls a function of its owner, with their transaction. Guests write it themselves, for the reason given.',
    '',
    '| table | owner | guests |',
    '| --- | --- | --- |',
    ...lines.map(row),
    '',
  ].join('\n');
}
