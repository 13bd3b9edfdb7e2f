import { cpus } from 'node:os';
import { columns, type Measured } from './columns.ts';
import { type GroupName, groupTitles, type RowName, rowOf } from './rows.ts';

/** Prints: a line as soon as a row is measured, and tables in the end. */
export interface Report {
  add(name: RowName, measured: Measured): void;
  /** A group that could not be measured to its end. */
  failed(group: GroupName, why: string): void;
  markdown(command: string): string;
}

/** Share of a core that other programs may use before the figures are doubted. */
const othersBusyMax = 20;

export function createReport(): Report {
  const done = new Map<RowName, Measured>();
  const failures = new Map<GroupName, string>();

  function section(group: GroupName): string[] {
    const failure = failures.get(group);
    const rows = [...done].filter(([name]) => rowOf(name).group === group);
    if (rows.length === 0 && failure === undefined) return [];
    const shown = columns.filter(({ cell }) => rows.some(([name, one]) => cell(rowOf(name), one) !== ''));
    const lines = [
      shown.map(({ title }) => title),
      shown.map(() => '---'),
      ...rows.map(([name, one]) => shown.map(({ cell }) => cell(rowOf(name), one))),
    ];
    return [
      '',
      `## ${groupTitles[group]}`,
      '',
      ...(failure === undefined ? [] : [`Not measured to the end: ${failure}`, '']),
      ...lines.map((line) => `| ${line.join(' | ')} |`),
    ];
  }

  /** Names the rows during which somebody else worked. */
  function disturbed(): string[] {
    const rows = [...done].filter(([, { figures, raw }]) =>
      [figures, raw].some((one) => (one?.othersBusy?.max ?? 0) > othersBusyMax),
    );
    if (rows.length === 0) return [];
    const names = rows.map(([name]) => `\`${name}\``).join(', ');
    return [
      '',
      `**The machine was not quiet**: other programs took more than ${othersBusyMax} % during ${names}.`,
    ];
  }

  return {
    add(name, measured) {
      done.set(name, measured);
      const said = columns.map(({ said, cell }) => {
        const text = cell(rowOf(name), measured);
        return text && `${said}${text}`;
      });
      console.log(`  ${said.filter(Boolean).join(' | ')}`);
    },
    failed(group, why) {
      failures.set(group, why);
      console.log(`  ${group} failed: ${why}`);
    },
    markdown: (command) =>
      [
        ...head(command),
        ...disturbed(),
        ...(Object.keys(groupTitles) as GroupName[]).flatMap(section),
        '',
      ].join('\n'),
  };
}

function head(command: string): string[] {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
  return [
    '# Measured',
    '',
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${machine}.`,
    'Everything (gateway, its PostgreSQL, the sandbox network, plain Baileys and the measuring program) shares those cores.',
    'Figures are medians of alternating rounds, in brackets the least and the most. *Raw* is Baileys as it comes with its',
    'keys in memory, in a process of its own on the same network: it loses them with the process and stores nothing. A ratio',
    'is the median of the ratios of the rounds. Statements are those the gateway sent, `begin` and `commit` too. CPU and',
    'statements hold all that a message causes until everything is quiet again, receipts too, and nothing of what an idle',
    'gateway does anyway. *Network* is the sandbox, *driver* the measuring program: a row in which either fills a core',
    'says how fast these are, and *others* are programs that had no business on the machine.',
  ];
}
