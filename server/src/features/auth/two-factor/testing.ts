import { generateSync } from 'otplib';
import type { Owner, TestDoor } from '../../../../test/door.ts';
import type { Clock } from '../../../platform/clock.ts';

/** A person with a second factor, and the authenticator app of another maker. */
export interface Protected extends Owner {
  backupCodes: string[];
  /** The code of the app, some steps away from now. */
  code(steps?: number): string;
}

export async function withSecondFactor(door: TestDoor, owner: Owner): Promise<Protected> {
  const headers = owner.bearer;
  const { data } = await door.ask('POST', '/auth/2fa/setup', { headers });
  const code = (steps = 0) => codeOf(door, data.secret, steps);
  const enabled = await door.ask('POST', '/auth/2fa/enable', { headers, payload: { token: code() } });
  // The code that switched it on is used up: time passes until the next one.
  door.clock.advance(60);
  return { ...owner, backupCodes: enabled.data.backupCodes, code };
}

export function codeOf({ clock }: { clock: Clock }, secret: string, steps = 0): string {
  const epoch = Math.floor(clock.now().getTime() / 1000) + steps * 30;
  return generateSync({ secret, epoch });
}

/** A code that is none of those that are good now. */
export function wrongCode(person: Pick<Protected, 'code'>): string {
  const good = [-2, -1, 0, 1, 2].map((steps) => person.code(steps));
  return (
    ['111111', '222222', '333333', '444444', '555555', '666666'].find((code) => !good.includes(code)) ?? ''
  );
}
