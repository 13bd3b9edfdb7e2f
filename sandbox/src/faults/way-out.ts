import type { Ledger } from '../ledger/ledger.ts';
import { Part } from '../part.ts';
import type { Connection, Outgoing } from '../wire/connection.ts';
import { type BinaryNode, child } from '../wire/node.ts';
import type { Fault, Faults, Moment } from './faults.ts';
import type { Spoiled } from './kind.ts';
import { spoiled } from './wrong-answers.ts';

/** How long a stanza is held back, unless the fault says. */
const DELAY_MS = 500;
const BYTES_PER_SECOND = 10_000;

interface WayOutDeps {
  readonly faults: Faults;
  readonly ledger: Ledger;
}

/** What faults do to a stanza that is about to leave; the ledger shows it as it leaves. */
export class WayOut extends Part<WayOutDeps> {
  /** What becomes of a stanza on its way out. */
  outgoing(connection: Connection, stanza: BinaryNode): Outgoing {
    const moment = { ...whose(connection, stanza), stanza };
    const mute = this.deps.faults.strike(['mute'], moment);
    const wrong = mute ? undefined : this.#spoil(moment);
    const isLost = mute !== undefined || wrong?.spoiled === 'nothing';
    const corrupt = !isLost && this.deps.faults.strike(['corrupt-frame'], moment) !== undefined;
    const slow = this.deps.faults.strike(['slow'], moment);
    const delayMs = slow ? (slow.delayMs ?? DELAY_MS) : 0;
    const odd = isLost ? undefined : this.#strikeOrder(moment);
    const flags = [mute && 'muted', wrong?.fault.name, corrupt && 'corrupt', odd?.name];
    const instead = wrong && wrong.spoiled !== 'nothing' ? wrong.spoiled : undefined;
    const { number, device } = connection;
    this.deps.ledger.stanza('out', number, device, instead ?? stanza, flags.filter(Boolean).join(' '));
    const lateMs = odd && odd.name !== 'deliver-twice' ? (odd.delayMs ?? DELAY_MS) : 0;
    const twice = odd?.name === 'deliver-twice';
    const rate = isLost ? 0 : this.bytesPerSecond(moment, 'out');
    return {
      drop: isLost,
      corrupt,
      delayMs,
      lateMs,
      twice,
      bytesPerSecond: rate,
      ...(instead && { instead }),
    };
  }

  /** How many bytes a second pass in this direction; 0: as many as there are. */
  bytesPerSecond(moment: Moment, direction: 'in' | 'out'): number {
    const fits = (fault: Fault): boolean => (fault.direction ?? direction) === direction;
    const fault = this.deps.faults.strike(['bandwidth'], moment, fits);
    return fault ? (fault.bytesPerSecond ?? BYTES_PER_SECOND) : 0;
  }

  /** A fault that makes this stanza come twice or late. */
  #strikeOrder(moment: Moment): Fault | undefined {
    const names = ['deliver-twice', 'out-of-order', 'late-receipt'] as const;
    return this.deps.faults.strike([...names], moment, ({ name, stanza }) => {
      const usual = name === 'late-receipt' ? 'receipt' : (stanza ?? 'message');
      return usual === moment.stanza?.tag;
    });
  }

  #spoil(
    moment: Moment & { stanza: BinaryNode },
  ): { fault: Fault; spoiled: NonNullable<Spoiled> } | undefined {
    let made: Spoiled;
    const fault = this.deps.faults.strikeStage('answer', moment, (each) => {
      made = spoiled(each.name, moment.stanza, {
        attribute: each.attribute,
        path: each.path,
        code: each.code,
      });
      return made !== undefined;
    });
    return fault && made ? { fault, spoiled: made } : undefined;
  }
}

/** Whose stanza this is; a client that is being paired learns who it is by this very stanza. */
function whose({ number, device }: Connection, stanza: BinaryNode): { number: string; device: number } {
  const jid = child(child(stanza, 'pair-success'), 'device')?.attrs.jid;
  const [, user = number, id = device] = /^(\d+):(\d+)@/.exec(jid ?? '') ?? [];
  return { number: user, device: Number(id) };
}
