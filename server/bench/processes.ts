import { readdirSync, readFileSync } from 'node:fs';

const msPerTick = 10;

/** Resident memory of a process in MB. */
export function memoryOf(pid: number): number {
  const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** CPU time a process has used by itself, in ms. */
export function cpuOf(pid: number): number {
  const { ownTicks } = statOf(pid);
  return ownTicks * msPerTick;
}

/** CPU time that all processes of the machine have used, and what its host took away, in ms. */
export function machineCpu(): number {
  const [, ...ticks] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks;
  return (user + nice + system + irq + softirq + steal) * msPerTick;
}

/**
 * CPU time of a server and the processes it forks, in ms: those that live, to the nanosecond, and those that have
 * ended, which it has taken over.
 */
export function familyCpuOf(pid: number): number {
  const { endedTicks } = statOf(pid);
  let sum = endedTicks * msPerTick + scheduledMs(pid);
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (statOf(Number(name)).parent === pid) sum += scheduledMs(Number(name));
    } catch {
      // Ended between the two looks.
    }
  }
  return sum;
}

/** Only of a process with one thread: it tells of the first. */
function scheduledMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function statOf(pid: number): { parent: number; ownTicks: number; endedTicks: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (from: number) => Number(fields[from]) + Number(fields[from + 1]);
  return { parent: Number(fields[1]), ownTicks: ticks(11), endedTicks: ticks(13) };
}
