import type { Figure } from './measure.ts';

/** What is measured, as it is written. */
const units = {
  rate: { label: '', unit: '/s', digits: 0 },
  p50: { label: 'p50', unit: ' ms', digits: 1 },
  p95: { label: 'p95', unit: ' ms', digits: 1 },
  p99: { label: 'p99', unit: ' ms', digits: 1 },
  /** How much later the last fifth of the messages was than the first: whether a queue grows. */
  growth: { label: 'last fifth later by', unit: ' ms', digits: 0 },
  ratio: { label: '', unit: ' × raw', digits: 2 },
  toOne: { label: '', unit: ' × one after the other', digits: 2 },
  toOneProfile: { label: '', unit: ' × one profile', digits: 2 },
  cpu: { label: '', unit: ' ms of CPU', digits: 2 },
  statements: { label: '', unit: ' statements', digits: 1 },
  engineCpu: { label: 'engine', unit: ' ms', digits: 1 },
  postgresCpu: { label: 'PostgreSQL', unit: ' ms', digits: 1 },
  engineBusy: { label: 'engine', unit: ' %', digits: 0 },
  postgresBusy: { label: 'PostgreSQL', unit: ' %', digits: 0 },
  networkBusy: { label: 'network', unit: ' %', digits: 0 },
  driverBusy: { label: 'driver', unit: ' %', digits: 0 },
  othersBusy: { label: 'others', unit: ' %', digits: 0 },
  gateway: { label: 'gateway', unit: ' %', digits: 2 },
  postgres: { label: 'PostgreSQL', unit: ' %', digits: 2 },
  together: { label: 'together', unit: ' %', digits: 2 },
  statementRate: { label: '', unit: ' statements/s', digits: 1 },
  ready: { label: '', unit: ' s', digits: 2 },
  atRest: { label: 'at rest', unit: ' MB', digits: 0 },
  withProfiles: { label: 'with all profiles', unit: ' MB', digits: 0 },
  afterMessages: { label: 'after the messages', unit: ' MB', digits: 0 },
} as const;

export type FigureName = keyof typeof units;
export type Figures = Partial<Record<FigureName, Figure>>;

/** The median, and in brackets the least and the most where there were several rounds. */
export function writeFigure(name: FigureName, { median, min, max }: Figure): string {
  const { label, unit } = units[name];
  const range = min === max ? '' : ` (${number(name, min)}–${number(name, max)})`;
  return `${label} ${number(name, median)}${unit}${range}`.trim();
}

/** A bound on a figure, said as the figure is. */
export function writeBound(name: FigureName, sign: '≤' | '≥', bound: number): string {
  const { label, unit } = units[name];
  return `${label} ${sign} ${bound.toLocaleString('en')}${unit}`.trim();
}

/** Only the median. */
export const writeMedian = (name: FigureName, figure: Figure | undefined): string =>
  figure ? number(name, figure.median) : 'n/a';

function number(name: FigureName, value: number): string {
  const { digits } = units[name];
  return value.toFixed(Math.abs(value) >= 100 && digits === 1 ? 0 : digits);
}
