import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** A line of the source that writes a table; without a name when that is computed. */
export interface Write {
  path: string;
  line: number;
  table: string | undefined;
}

/** What one file of the server says to the database. */
export interface SourceFile {
  path: string;
  tree: ts.SourceFile;
  /** Lines on which a statement begins. */
  statements: number[];
  writes: Write[];
}

/** How a query builder begins a statement, and whether it writes. */
const builders = new Map([
  ['selectFrom', false],
  ['selectNoFrom', false],
  ['insertInto', true],
  ['updateTable', true],
  ['deleteFrom', true],
  ['mergeInto', true],
]);
/** How a template behind `sql` begins when it is a statement and no part of one. */
const statement =
  /^[\s(]*(select|insert|update|delete|merge|with|values|truncate|notify|lock|set|alter|create|drop|call|copy)\b/;
/** The same for any other text, which may be prose. */
const statementInText =
  /^\s*(select\s[\s\S]*\sfrom\s|select\s+\w+\(|with\s+\w+\s+as\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s)/;
/** Stands before the number of what is put into a template. */
const hole = '\u{e000}';
const name = `([\\w.]+|${hole}\\d+)`;
const writings = [
  `\\binsert\\s+into\\s+${name}`,
  `\\bdelete\\s+from\\s+(?:only\\s+)?${name}`,
  `\\bmerge\\s+into\\s+(?:only\\s+)?${name}`,
  `\\btruncate\\s+(?:table\\s+)?${name}`,
  `\\bupdate\\s+(?:only\\s+)?(?!set\\b)${name}(?:\\s+(?:as\\s+)?\\w+)?\\s+set\\b`,
].map((pattern) => new RegExp(pattern, 'g'));

/** The server's own source: no tests, no migrations. */
export function readServer(): SourceFile[] {
  return listed('server/src/*.ts')
    .filter((path) => !/(\.test|\/testing[\w-]*)\.ts$|\/migrations\//.test(path))
    .map((path) => readSource(path, readFileSync(path, 'utf8')));
}

/** Names of the tables that the migrations leave behind. */
export function tablesOfMigrations(): Set<string> {
  const tables = new Set<string>();
  const making = /\b(create|drop)\s+(?:unlogged\s+)?table\s+(?:if\s+(?:not\s+)?exists\s+)?(\w+)/g;
  for (const path of listed('server/src/platform/db/migrations/[0-9]*.ts').sort()) {
    if (path.endsWith('.test.ts')) continue;
    for (const [, verb, table = ''] of readFileSync(path, 'utf8').matchAll(making)) {
      if (verb === 'create') tables.add(table);
      else tables.delete(table);
    }
  }
  return tables;
}

function listed(pattern: string): string[] {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', pattern], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((path) => path.length > 0 && existsSync(path));
}

export function readSource(path: string, source: string): SourceFile {
  const tree = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const file: SourceFile = { path, tree, statements: [], writes: [] };

  function visit(node: ts.Node): void {
    const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (ts.isCallExpression(node)) readCall(node, line);
    else if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) readText(node, line);
    ts.forEachChild(node, visit);
  }

  function readCall({ expression, arguments: [first] }: ts.CallExpression, line: number): void {
    if (!ts.isPropertyAccessExpression(expression)) return;
    const writes = builders.get(expression.name.text);
    if (writes === undefined) return;
    file.statements.push(line);
    const table = first && ts.isStringLiteral(first) ? first.text.split(' ')[0] : undefined;
    if (writes) file.writes.push({ path, line, table });
  }

  function readText(node: ts.StringLiteralLike | ts.TemplateExpression, line: number): void {
    const isSql = ts.isTaggedTemplateExpression(node.parent) && node.parent.tag.getText() === 'sql';
    const [text, holes] = textOf(node);
    if ((isSql ? statement : statementInText).test(text)) file.statements.push(line);
    else if (!isSql) return;
    for (const [, word = ''] of writings.flatMap((pattern) => [...text.matchAll(pattern)])) {
      const put = word.startsWith(hole) ? holes[Number(word.slice(hole.length))] : undefined;
      file.writes.push({ path, line, table: put ? identifierIn(put) : word });
    }
  }

  visit(tree);
  return file;
}

/** The words of a template, with the place of each thing that is put in marked by its number. */
function textOf(template: ts.StringLiteralLike | ts.TemplateExpression): [string, ts.Expression[]] {
  if (ts.isStringLiteralLike(template)) return [template.text, []];
  const spans = template.templateSpans;
  const rest = spans.map((span, number) => `${hole}${number}${span.literal.text}`);
  return [template.head.text + rest.join(''), spans.map((span) => span.expression)];
}

/** `sql.table('messages')` by the word in it; `sql.id(schema, 'job')` as `schema.job`. */
function identifierIn(put: ts.Expression): string | undefined {
  if (!ts.isCallExpression(put) || !/^sql\.(table|id|ref|raw)$/.test(put.expression.getText()))
    return undefined;
  const last = put.arguments.at(-1);
  if (!last || !ts.isStringLiteral(last)) return undefined;
  return put.arguments.map((word) => (ts.isStringLiteral(word) ? word.text : word.getText())).join('.');
}
