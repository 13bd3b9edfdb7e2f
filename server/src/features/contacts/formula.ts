/** How a cell begins that a spreadsheet would run, also in the wide letters of East Asia, and with quotes before it. */
const formula = /^'*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** The cell with a quote before it, where a spreadsheet would run it; {@link withoutQuote} gives the same back. */
export const withQuote = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell);

/** What a cell said before {@link withQuote}. */
export const withoutQuote = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
