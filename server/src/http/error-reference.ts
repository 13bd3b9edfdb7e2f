import { failures } from '../platform/failures.ts';

/** The catalogue of failure codes, as a page or, where JSON is asked for, as a list. */
export function errorReference(accept: string): { type: string; body: string } {
  const rows = Object.entries(failures).map(([code, { status, says }]) => ({ code, status, says }));
  if (accept.includes('application/json') && !accept.includes('text/html')) {
    return { type: 'application/json; charset=utf-8', body: JSON.stringify(rows) };
  }
  const lines = rows.map(
    ({ code, status, says }) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escaped(says)}</td></tr>`,
  );
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>MultiWA error codes</title></head>
<body><h1>Error codes</h1>
<p>Every error answer carries one of these codes in <code>error.code</code>.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>What it says</th></tr></thead>
<tbody>
${lines.join('\n')}
</tbody></table></body></html>
`;
  return { type: 'text/html; charset=utf-8', body };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
