import { expect, test } from 'vitest';
import { docxOf, pdfOf, zipOf } from '../testing-files.ts';
import { createPrepare } from '../threads/prepare.ts';
import { createWorkshop } from '../threads/workshop.ts';
import { kindOf } from './kind.ts';
import { readText } from './read.ts';

const bytes = (text: string, encoding: BufferEncoding = 'utf8') =>
  new Uint8Array(Buffer.from(text, encoding));

test('files are known by their content, and texts by the end of their name', () => {
  const named = [
    ['%PDF-1.7', 'x.txt', 'pdf'],
    ['PK\x03\x04', 'x', 'docx'],
    ['a,b', 'prices.CSV', 'csv'],
    ['# a', 'a.md', 'md'],
    ['a', '', 'txt'],
    ['\x00\x01', 'a.txt', undefined],
  ] as const;
  for (const [content, name, kind] of named) expect(kindOf(bytes(content, 'latin1'), name)).toBe(kind);
});

test('text comes out of PDF, DOCX with headings, items and tables, CSV, and old encodings', async () => {
  expect(await readText('pdf', new Uint8Array(pdfOf('We open at seven.')))).toContain('We open at seven.');
  const run = (words: string) => `<w:r><w:t>${words}</w:t></w:r>`;
  const cell = (words: string) => `<w:tc><w:p>${run(words)}</w:p></w:tc>`;
  const docx = docxOf(
    `<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>${run('Prices')}</w:p><w:p>${run('All in pounds.')}</w:p>` +
      `<w:tbl><w:tr>${cell('Bread')}${cell('Price')}</w:tr><w:tr>${cell('Rye')}${cell('3 | 4')}</w:tr></w:tbl>`,
  );
  expect(await readText('docx', new Uint8Array(docx))).toBe(
    '# Prices\n\nAll in pounds.\n\n\n| Bread | Price |\n| --- | --- |\n| Rye | 3 / 4 |',
  );
  expect(await readText('csv', bytes('\ufeffBread;Price\r\nRye;"3,50\nnow"\r\n'))).toBe(
    '| Bread | Price |\n| --- | --- |\n| Rye | 3,50 now |',
  );
  expect(await readText('txt', bytes('Größe', 'latin1'))).toBe('Größe');
  expect(await readText('txt', bytes('\ufeffGröße', 'utf16le'))).toBe('Größe');
});

test('text of a PDF that stands outside its page, or is too small to be seen, is left out', async () => {
  const pdf = pdfOf(
    'We open at seven.',
    { text: 'A', at: [72, 900] },
    { text: 'B', at: [-300, 700] },
    { text: 'C', at: [700, 700] },
    { text: 'D', size: 0.5, at: [72, 650] },
    { text: 'Closed on Sunday.', size: 6, at: [72, 20] },
  );
  const text = await readText('pdf', new Uint8Array(pdf));
  expect(text.split(/\s*\n\s*/).filter(Boolean)).toEqual(['We open at seven.', 'Closed on Sunday.']);
});

test('text that is hidden in a DOCX is left out, by itself, by its style, and under any prefix', async () => {
  const run = (words: string, rules = '') =>
    `<w:r>${rules && `<w:rPr>${rules}</w:rPr>`}<w:t>${words}</w:t></w:r>`;
  const styled = (id: string, runs: string) => `<w:p><w:pPr><w:pStyle w:val="${id}"/></w:pPr>${runs}</w:p>`;
  const other = 'xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
  const docx = docxOf(
    `<w:p>${run('Seen.')}${run('A', '<w:vanish/>')}${run(' Also.', '<w:vanish w:val="0"/>')}` +
      `${run('B', '<w:b/><w:rStyle w:val="Under"/>')}<x:r ${other}><x:rPr><x:vanish/></x:rPr><x:t>C</x:t></x:r></w:p>` +
      styled('Secret', run('D') + run(' Shown.', '<w:vanish w:val="false"/>')) +
      `<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>${run('Its mark alone is hidden.')}</w:p>`,
    {
      styles:
        '<w:style w:type="paragraph" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>' +
        '<w:style w:type="character" w:styleId="Under"><w:basedOn w:val="Secret"/></w:style>',
    },
  );
  expect(await readText('docx', new Uint8Array(docx))).toBe(
    'Seen. Also.\n\n Shown.\n\nIts mark alone is hidden.',
  );
});

test('archives that are larger inside than a document, or than they say, are refused', async () => {
  const bomb = zipOf({ 'word/document.xml': Buffer.alloc(80_000_000) });
  await expect(readText('docx', new Uint8Array(bomb))).rejects.toThrow('too large inside');
  const liar = docxOf(`<w:p><w:r><w:t>${'x'.repeat(100_000)}</w:t></w:r></w:p>`, { says: 50 });
  await expect(readText('docx', new Uint8Array(liar))).rejects.toThrow();
});

test('a damaged file is unreadable, and the thread goes on with the next', async () => {
  const prepare = createPrepare();
  try {
    for (const [kind, content] of [
      ['pdf', '%PDF-1.7 nothing'],
      ['docx', 'PK\x03\x04 nothing'],
    ] as const) {
      const task = { name: 'x', kind, bytes: bytes(content, 'latin1') };
      await expect(prepare.run(task)).rejects.toMatchObject({ code: 'DOCUMENT_UNREADABLE' });
    }
    const long = { name: 'x', kind: 'txt', bytes: bytes('a '.repeat(1_100_000)) } as const;
    await expect(prepare.run(long)).rejects.toMatchObject({ code: 'DOCUMENT_UNREADABLE' });
    const file = { name: 'x', kind: 'pdf', bytes: new Uint8Array(pdfOf('Bread and salt')) } as const;
    expect((await prepare.run(file)).chunks[0]?.content).toContain('Bread and salt');
  } finally {
    await prepare.stop();
  }
});

test('a task that takes too long or too much memory is ended, and the next one runs', async () => {
  const code = `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (task) => {
      if (task === 'hang') for (;;);
      if (task === 'eat') for (const eaten = []; ; ) eaten.push(new Array(100_000).fill({}));
      if (task === 'buffers') for (const eaten = []; ; ) eaten.push(Buffer.alloc(4_000_000, 1));
      parentPort.postMessage({ result: task });
    });`;
  const entry = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const workshop = createWorkshop<string, string>(entry, {
    ...{ msMax: 3_000, mbMax: 32, growthMbMax: 150, waitingMax: 3 },
  });
  try {
    const tasks = ['hang', 'one', 'eat', 'two'].map((task) => workshop.run(task));
    expect(() => workshop.run('full')).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    const ended = { status: 'rejected', reason: expect.objectContaining({ code: 'DOCUMENT_TOO_COSTLY' }) };
    expect(await Promise.allSettled(tasks)).toEqual([
      ended,
      { status: 'fulfilled', value: 'one' },
      ended,
      { status: 'fulfilled', value: 'two' },
    ]);
    await expect(workshop.run('buffers')).rejects.toMatchObject({ code: 'DOCUMENT_TOO_COSTLY' });
    expect(await workshop.run('three')).toBe('three');
  } finally {
    await workshop.stop();
  }
});
