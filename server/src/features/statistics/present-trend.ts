import { daysFrom, hoursOf, weekOf } from './calendar.ts';
import type { Part } from './parts.ts';
import type { Range } from './range.ts';
import type { granularities } from './statistics.schema.ts';
import type { StatisticsStore } from './statistics.store.ts';

interface Period {
  period: string;
  incoming: number;
  outgoing: number;
}

/** How many messages came in and went out, period by period, also where there were none. */
export async function presentTrend(
  store: Pick<StatisticsStore, 'days' | 'hours'>,
  part: Part,
  range: Range,
  granularity: (typeof granularities)[number],
): Promise<Period[]> {
  if (granularity === 'hour') return byHour(await store.hours(part, range), range);
  const nameOf = granularity === 'week' ? weekOf : (day: string) => day;
  const periods = emptyPeriods(daysFrom(range.from, range.to).map(nameOf));
  for (const { day, incoming, outgoing } of await store.days(part, range)) {
    const period = periods.get(nameOf(day));
    if (!period) continue;
    period.incoming += incoming;
    period.outgoing += outgoing;
  }
  return [...periods.values()];
}

function byHour(rows: Awaited<ReturnType<StatisticsStore['hours']>>, range: Range): Period[] {
  const nameOf = (day: string, hour: number) => `${day} ${String(hour).padStart(2, '0')}:00`;
  const periods = emptyPeriods(
    daysFrom(range.from, range.to).flatMap((day) =>
      hoursOf(day, range.zone).map((hour) => nameOf(day, hour)),
    ),
  );
  for (const row of rows) {
    for (let hour = 0; hour < 24; hour++) {
      const period = periods.get(nameOf(row.day, hour));
      const n = Number(row[`h${hour}`]);
      // An hour that this zone skips may have messages from when days went by another one.
      if (period) period[row.direction === 'incoming' ? 'incoming' : 'outgoing'] += n;
    }
  }
  return [...periods.values()];
}

const emptyPeriods = (names: readonly string[]) =>
  new Map(names.map((period): [string, Period] => [period, { period, incoming: 0, outgoing: 0 }]));
