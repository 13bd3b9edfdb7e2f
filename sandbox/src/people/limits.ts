import type { Account } from '../accounts/account.ts';
import { Part } from '../part.ts';
import type { Notifications } from '../router/notifications.ts';
import { node, SERVER } from '../wire/node.ts';
import type { Settings } from './settings.ts';

/** For so long a person can't write to strangers. `endsAt` is unix seconds. */
interface ReachoutTimelock {
  endsAt: number;
  /** Why, in WhatsApp's own words, e.g. `BIZ_QUALITY`. */
  type: string;
}

/** How many strangers a person may write to, and how many it has been. */
interface Capping {
  total: number;
  used: number;
}

export interface Limits {
  reachoutTimelock?: ReachoutTimelock | undefined;
  capping?: Capping | undefined;
}

const NAME = 'limits';
const FIRST_WARNING = 0.8;

interface AccountLimitsDeps {
  readonly settings: Settings;
  readonly notifications: Notifications;
}

/** Restrictions of accounts, as WhatsApp puts on those that write to many strangers. Nobody has any until told so. */
export class AccountLimits extends Part<AccountLimitsDeps> {
  /** What restricts an account now; a timelock that is over is left out. */
  of(account: Account): Limits {
    const { reachoutTimelock, capping } = this.deps.settings.data<Limits>(account.number, NAME) ?? {};
    const isLocked = reachoutTimelock && reachoutTimelock.endsAt * 1000 > Date.now();
    return { ...(isLocked && { reachoutTimelock }), ...(capping && { capping }) };
  }

  /** Replaces the restrictions and tells every companion of those that changed. */
  set(account: Account, limits: Limits): void {
    const before = this.of(account);
    this.deps.settings.setData(account.number, NAME, limits);
    const after = this.of(account);
    if (JSON.stringify(before.reachoutTimelock) !== JSON.stringify(after.reachoutTimelock)) {
      this.#push(account, 'NotificationUserReachoutTimelockUpdate', {
        xwa2_notify_account_reachout_timelock: this.timelockAnswer(account),
      });
    }
    if (JSON.stringify(before.capping) !== JSON.stringify(after.capping)) this.#pushCapping(account);
  }

  /** Whether a person may write to a stranger; counts it when there is a cap. */
  admitStranger(account: Account): boolean {
    const { reachoutTimelock, capping } = this.of(account);
    if (reachoutTimelock || (capping && capping.used >= capping.total)) return false;
    if (capping) this.set(account, { capping: { ...capping, used: capping.used + 1 } });
    return true;
  }

  /** `xwa2_fetch_account_reachout_timelock`. */
  timelockAnswer(account: Account): Record<string, unknown> {
    const { reachoutTimelock } = this.of(account);
    if (!reachoutTimelock)
      return { is_active: false, time_enforcement_ends: '0', enforcement_type: 'DEFAULT' };
    const { endsAt, type } = reachoutTimelock;
    return { is_active: true, time_enforcement_ends: String(endsAt), enforcement_type: type };
  }

  /** `xwa2_message_capping_info`. */
  cappingAnswer(account: Account): Record<string, unknown> {
    const { capping } = this.of(account);
    const fixed = { ote_status: 'NOT_ELIGIBLE', mv_status: 'NOT_ELIGIBLE' };
    if (!capping) return { total_quota: null, used_quota: null, capping_status: 'NONE', ...fixed };
    const { total, used } = capping;
    const warned = used >= total * FIRST_WARNING ? 'FIRST_WARNING' : 'NONE';
    const capping_status = used >= total ? 'CAPPED' : warned;
    return { total_quota: total, used_quota: used, capping_status, ...fixed };
  }

  #pushCapping(account: Account): void {
    this.#push(account, 'MessageCappingInfoNotification', {
      xwa2_notify_new_chat_messages_capping_info_update: this.cappingAnswer(account),
    });
  }

  #push(account: Account, operation: string, data: Record<string, unknown>): void {
    const json = Buffer.from(JSON.stringify({ data }));
    this.deps.notifications.tell([account], 'mex', SERVER, node('update', { op_name: operation }, json));
  }
}
