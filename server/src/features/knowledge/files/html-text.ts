import { Parser } from 'htmlparser2';
import { line } from './table.ts';

const blocks = new Set(['p', 'div', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'li', 'table']);

/** HTML of a document as text, with the marks of Markdown for headings, items and tables. */
export function textOfHtml(html: string): string {
  let text = '';
  let row: string[] | undefined;
  let rows = 0;
  const parser = new Parser({
    onopentag(name) {
      if (name === 'table') rows = 0;
      if (name === 'tr') row = [];
      else if (row && (name === 'td' || name === 'th')) row.push('');
      else if (!row && blocks.has(name)) text += name === 'li' ? '\n- ' : '\n\n';
      if (/^h[1-6]$/.test(name) && !row) text += `${'#'.repeat(Number(name[1]))} `;
      if (name === 'br') text += '\n';
    },
    ontext(words) {
      if (row) row[row.length - 1] = `${row.at(-1) ?? ''}${words} `;
      else text += words;
    },
    onclosetag(name) {
      if (name !== 'tr' || !row) return;
      text += `\n${line(row)}`;
      if (rows++ === 0) text += `\n${line(row.map(() => '---'))}`;
      row = undefined;
    },
  });
  parser.end(html);
  return text.trim();
}
