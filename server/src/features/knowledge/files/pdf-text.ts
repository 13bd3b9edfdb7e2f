const pagesMax = 2_000;
/** In points. Nobody reads smaller letters; they are there for machines. */
const letterPointsMin = 1;

type Proxy = Awaited<ReturnType<typeof import('unpdf')['getDocumentProxy']>>;
type Page = Awaited<ReturnType<Proxy['getPage']>>;
type Item = Extract<Awaited<ReturnType<Page['getTextContent']>>['items'][number], { str: string }>;

/**
 * The text of a PDF, page by page, without what stands outside its page or is too small to be seen. Text in ink that can not be
 * seen stays: scanned pages have what was recognised in it, behind their picture. @throws Error when it can't be read
 */
export async function textOfPdf(bytes: Uint8Array): Promise<string> {
  const { getDocumentProxy } = await import('unpdf');
  const pdf = await getDocumentProxy(bytes);
  if (pdf.numPages > pagesMax) throw new Error('too many pages');
  const texts: string[] = [];
  for (let n = 1; n <= pdf.numPages; n++) {
    const page = await pdf.getPage(n);
    const { items } = await page.getTextContent();
    const written = items.filter((item): item is Item => 'str' in item);
    texts.push(
      written.map((item) => (isSeen(item, page.view) ? item.str : '') + (item.hasEOL ? '\n' : '')).join(''),
    );
    page.cleanup();
  }
  return texts.join('\n\n');
}

/** Whether any of a line is on its page, in letters that can be read. */
function isSeen({ transform, width, height, str }: Item, view: readonly number[]): boolean {
  if (str.trim() === '') return true;
  const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0] = transform as number[];
  const size = Math.hypot(c, d);
  const along = Math.hypot(a, b) || 1;
  // A line runs in the direction of its letters, which may be turned.
  const [dx, dy] = [(a / along) * width, (b / along) * width];
  const [ux, uy] = size > 0 ? [(c / size) * height, (d / size) * height] : [0, 0];
  const xs = [x, x + dx, x + ux, x + dx + ux];
  const ys = [y, y + dy, y + uy, y + dy + uy];
  const [left = 0, bottom = 0, right = 0, top = 0] = view;
  const isOnPage =
    Math.max(...xs) > left && Math.min(...xs) < right && Math.max(...ys) > bottom && Math.min(...ys) < top;
  return size >= letterPointsMin && isOnPage;
}
