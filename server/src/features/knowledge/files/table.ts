import { parse } from 'csv-parse/sync';

const separators = [',', ';', '\t'];

/** A table in CSV as one of Markdown, so that each of its chunks has the header. */
export function tableOf(text: string): string {
  const rows = parse(text, {
    delimiter: separatorOf(text.slice(0, text.search(/\r?\n|$/))),
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  }) as string[][];
  const [header = [], ...others] = rows;
  return [line(header), line(header.map(() => '---')), ...others.map(line)].join('\n');
}

/** The one that stands in the header most often. */
function separatorOf(header: string): string {
  const count = (separator: string) => header.split(separator).length;
  return separators.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

/** A row of Markdown. */
export function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll(/\s+/g, ' ').replaceAll('|', '/').trim()).join(' | ')} |`;
}
