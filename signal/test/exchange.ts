import fc from 'fast-check';
import { expect } from 'vitest';
import { MessageCounterError, SignalError } from '../src/index.ts';
import { readPreKeyWhisperMessage, readWhisperMessage } from '../src/wire/messages.ts';
import { type Library, Person, type Sealed } from './person.ts';

/** What may happen between two people; `pick` says which message on its way, or which that came before. */
const deed = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant('send' as const) },
    { weight: 8, arbitrary: fc.constant('deliver' as const) },
    { weight: 1, arbitrary: fc.constant('lose' as const) },
    { weight: 1, arbitrary: fc.constant('repeat' as const) },
    { weight: 1, arbitrary: fc.constant('renew' as const) },
  ),
  by: fc.constantFrom(0, 1),
  pick: fc.nat(40),
});

interface Sent extends Sealed {
  readonly text: Buffer;
  readonly ratchetKey: string;
  readonly session: string;
}

export interface Exchange {
  readonly libraries: readonly [Library, Library];
  /** Whether both write first, and new sessions are opened now and then. */
  readonly isCrossed: boolean;
  readonly runs: number;
  readonly seed: number;
}

/** Random exchanges: whatever comes is read exactly once, in whatever order, unless it is too old for its session. */
export async function exchanges({ libraries, isCrossed, runs, seed }: Exchange): Promise<void> {
  const plan = fc.record({
    deeds: fc.array(deed, { minLength: 30, maxLength: 120 }),
    hasPreKey: fc.boolean(),
  });
  const property = fc.asyncProperty(plan, async ({ deeds, hasPreKey }) => {
    const stage = new Stage(libraries);
    await stage.renew(0, hasPreKey);
    if (isCrossed) await stage.renew(1, hasPreKey);
    for (const { kind, by, pick } of deeds) {
      if (kind !== 'renew') await stage[kind](by, pick);
      else if (isCrossed) await stage.renew(by, hasPreKey);
    }
    await stage.deliverAll();
  });
  await fc.assert(property, { numRuns: runs, seed });
}

/** Two people, and what is on its way to each. */
class Stage {
  readonly #people: readonly [Person, Person];
  readonly #onTheWay: [Sent[], Sent[]] = [[], []];
  readonly #arrived: [Sent[], Sent[]] = [[], []];
  /** Ratchet keys that each has received with, by session, the oldest first. */
  readonly #heard = new Map<string, string[]>();
  #count = 0;

  constructor([one, other]: readonly [Library, Library]) {
    this.#people = [new Person('anna', one), new Person('ben', other)];
  }

  async renew(by: number, hasPreKey: boolean): Promise<void> {
    const [person, other] = this.#pair(by);
    await person.open(other, hasPreKey);
  }

  async send(by: number): Promise<void> {
    const [person, other] = this.#pair(by);
    // Whoever has not heard of the other yet can't answer.
    if (!person.kept.has(other.address)) return;
    const text = Buffer.from(`${this.#count++}`.padStart(this.#count % 40, '·'));
    const sealed = await person.encrypt(other, text);
    const first = sealed.type === 3 ? readPreKeyWhisperMessage(sealed.body) : undefined;
    const { message } = readWhisperMessage(first?.message ?? sealed.body);
    const session = person.currentBaseKey(other);
    this.#toward(by).push({ ...sealed, text, session, ratchetKey: hex(message.ratchetKey) });
  }

  async deliver(by: number, pick: number): Promise<void> {
    const [sent] = take(this.#toward(by), pick);
    if (!sent) return;
    const [sender, receiver] = this.#pair(by);
    const isTooOld = this.#isTooOld(receiver, sent);
    try {
      expect(await receiver.decrypt(sender, sent)).toEqual(sent.text);
    } catch (error) {
      if (!isTooOld) throw error;
      return;
    }
    this.#remember(receiver, sent);
    this.#arrived[by === 0 ? 1 : 0].push(sent);
  }

  async lose(by: number, pick: number): Promise<void> {
    take(this.#toward(by), pick);
  }

  /** What came before comes again: it is refused, and nothing is changed by it. */
  async repeat(by: number, pick: number): Promise<void> {
    const arrived = this.#arrived[by === 0 ? 1 : 0];
    const sent = arrived[pick % Math.max(arrived.length, 1)];
    if (!sent) return;
    const [sender, receiver] = this.#pair(by);
    const before = receiver.kept.get(sender.address);
    const isTooOld = this.#isTooOld(receiver, sent);
    const again = receiver.decrypt(sender, sent);
    if (receiver.library === 'old') await expect(again).rejects.toThrow();
    else await expect(again).rejects.toThrow(isTooOld ? SignalError : MessageCounterError);
    expect(receiver.kept.get(sender.address)).toEqual(before);
  }

  async deliverAll(): Promise<void> {
    for (const by of [0, 1]) while (this.#toward(by).length > 0) await this.deliver(by, 0);
  }

  /** A session keeps five chains to receive with. */
  #isTooOld(receiver: Person, { session, ratchetKey }: Sent): boolean {
    const heard = this.#heard.get(`${receiver.name} ${session}`) ?? [];
    const at = heard.indexOf(ratchetKey);
    return at >= 0 && at < heard.length - 5;
  }

  #remember(receiver: Person, { session, ratchetKey }: Sent): void {
    const name = `${receiver.name} ${session}`;
    const heard = this.#heard.get(name) ?? [];
    if (!heard.includes(ratchetKey)) this.#heard.set(name, [...heard, ratchetKey]);
  }

  #pair(by: number): [Person, Person] {
    const [one, other] = this.#people;
    return by === 0 ? [one, other] : [other, one];
  }

  #toward(by: number): Sent[] {
    return this.#onTheWay[by === 0 ? 1 : 0];
  }
}

function take(from: Sent[], pick: number): Sent[] {
  return from.length === 0 ? [] : from.splice(pick % from.length, 1);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
