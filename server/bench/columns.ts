import type { Figure } from './measure.ts';
import type { Goal, Row } from './rows.ts';
import { type FigureName, type Figures, writeBound, writeFigure, writeMedian } from './units.ts';

/** What a row came to. */
export interface Measured {
  figures: Figures;
  /** Plain Baileys in the same rounds. */
  raw?: Figures;
  /** Whatever the figures don't say. */
  note?: string;
}

/** A column of the tables; it is left out where all its cells are empty. */
interface Column {
  title: string;
  /** What goes before its cell in a line of progress. */
  said: string;
  cell(row: Row, measured: Measured): string;
}

/** Figures with a column of their own, or part of one. */
const apart = new Set<FigureName>([
  'ratio',
  'statements',
  'engineCpu',
  'postgresCpu',
  'engineBusy',
  'postgresBusy',
  'networkBusy',
  'driverBusy',
  'othersBusy',
]);

export const columns: readonly Column[] = [
  { title: 'what', said: '', cell: ({ what }) => what },
  {
    title: 'goals',
    said: 'goals ',
    cell: ({ goals = [] }, { figures }) =>
      goals.map((goal) => `${bound(goal)} ${verdict(goal, figures)}`).join('; '),
  },
  {
    title: 'measured',
    said: '',
    cell: (_, { figures, note }) => [...main(figures), ...(note ? [note] : [])].join(', '),
  },
  {
    title: 'beside raw',
    said: '',
    cell: (_, { figures }) => (figures.ratio ? writeFigure('ratio', figures.ratio) : ''),
  },
  { title: 'raw', said: 'raw ', cell: (_, { raw }) => (raw ? main(raw).join(', ') : '') },
  {
    title: 'statements a message',
    said: 'statements ',
    cell: (_, { figures }) => (isCharged(figures) ? writeMedian('statements', figures.statements) : ''),
  },
  {
    title: 'CPU ms a message: gateway + PostgreSQL; raw',
    said: 'CPU ms ',
    cell: (_, { figures, raw }) =>
      isCharged(figures)
        ? `${sum(figures, ['engineCpu', 'postgresCpu'])}${raw ? `; ${sum(raw, ['engineCpu'])}` : ''}`
        : '',
  },
  {
    title: 'busy, % of a core: gateway + PostgreSQL + network + driver (others); raw + network',
    said: 'busy % ',
    cell: (_, { figures, raw }) =>
      isCharged(figures)
        ? `${sum(figures, ['engineBusy', 'postgresBusy', 'networkBusy', 'driverBusy'])}` +
          ` (${sum(figures, ['othersBusy'])})${raw ? `; ${sum(raw, ['engineBusy', 'networkBusy'])}` : ''}`
        : '',
  },
];

const isCharged = (figures: Figures): boolean => figures.engineCpu !== undefined;

const sum = (figures: Figures, names: readonly FigureName[]): string =>
  names.map((name) => writeMedian(name, figures[name])).join(' + ');

function main(figures: Figures): string[] {
  return (Object.entries(figures) as [FigureName, Figure][])
    .filter(([name]) => !apart.has(name))
    .map(([name, found]) => writeFigure(name, found));
}

function bound({ figure, atLeast, atMost = Number.NaN }: Goal): string {
  return atLeast === undefined ? writeBound(figure, '≤', atMost) : writeBound(figure, '≥', atLeast);
}

function verdict({ figure, atLeast = -Infinity, atMost = Infinity }: Goal, figures: Figures): string {
  const found = figures[figure];
  if (!found) return '(n/a)';
  return found.median >= atLeast && found.median <= atMost ? '✓' : '✗';
}
