import { statSync } from 'node:fs';
import type { Config } from '../platform/config/config.ts';
import type { Log } from '../platform/log.ts';
import { type BackupReport, backUp } from './backup.ts';
import { BackupProblem } from './problem.ts';
import { type RestoreReport, restore } from './restore.ts';

export interface CommandOptions {
  /** The words behind the program: the command and its file. */
  words: readonly string[];
  config: Config;
  version: string;
  log: Log;
  /** Where the operator reads. */
  out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
}

/** Runs `backup FILE` or `restore FILE`, and tells how it goes. */
export async function runCommand({ words, config, version, log, out }: CommandOptions): Promise<void> {
  const [command, file, ...more] = words;
  if (!file || more.length > 0 || (command !== 'backup' && command !== 'restore')) {
    throw new BackupProblem(
      `'${words.join(' ')}' is not understood. Write npm run backup -- FILE, or npm run restore -- FILE.`,
    );
  }
  if (command === 'backup') {
    const report = await backUp({ file, config, version, log, progress: progressOn(out, 'Saving') });
    out.write(`${saved(file, config, report).join('\n')}\n`);
  } else {
    const report = await restore({ file, config, log, progress: progressOn(out, 'Restoring') });
    out.write(`${restored(config, report).join('\n')}\n`);
  }
}

/** Every percent on one line of a terminal; every tenth as a line of its own elsewhere. */
function progressOn(out: CommandOptions['out'], deed: string): (done: number) => void {
  const step = out.isTTY ? 1 : 10;
  let told = -1;
  return (done) => {
    const percent = Math.floor((done * 100) / step) * step;
    if (percent <= told) return;
    told = percent;
    const line = `${deed}: ${percent} %`;
    out.write(out.isTTY ? `\r${line}${percent === 100 ? '\n' : ''}` : `${line}\n`);
  };
}

function saved(file: string, { dataDir }: Config, { installation }: BackupReport): string[] {
  const size = `${(statSync(file).size / 1_000_000).toFixed(1)} MB`;
  const care = 'Keep it as safe as the key: whoever has it can read every secret.';
  if (installation) {
    const { profiles, messages } = installation;
    return [
      `Saved ${file} (${size}): the database (${profiles} profiles, ${messages} messages), the key, the files of ${dataDir}.`,
      'The sandbox network, which is there to try things on, is not in it.',
      care,
    ];
  }
  return [
    `Saved ${file} (${size}): the key and the files of ${dataDir}.`,
    'THE DATABASE IS NOT IN IT: it is another server’s (DATABASE_URL). Save it as well, by its provider’s backups or:',
    '  pg_dump --format=custom --file=multiwa.dump "$DATABASE_URL"',
    'Without this file’s key, nobody can read the secrets in that database.',
    care,
  ];
}

function restored({ dataDir, databaseUrl }: Config, { manifest, installation }: RestoreReport): string[] {
  const made = `the backup of ${manifest.madeAt} (MultiWA ${manifest.version})`;
  if (!installation) {
    return [
      `Restored the key and the files of ${made} to ${dataDir}. It holds no database: restore that one as well, into`,
      'an empty database, and start with its DATABASE_URL:',
      '  pg_restore --no-owner --dbname="$DATABASE_URL" multiwa.dump',
    ];
  }
  const { profiles, messages } = installation;
  return [
    `Restored ${made} to ${dataDir}: ${profiles} profiles, ${messages} messages.`,
    ...(databaseUrl
      ? ['DATABASE_URL is set here. Start without it, or the restored database is not used.']
      : []),
    'Never run it beside the gateway that was saved: both would be the same device to WhatsApp.',
  ];
}
