import { type Account, pnJid } from '../accounts/account.ts';
import { Part } from '../part.ts';
import type { Notifications } from '../router/notifications.ts';
import { node, nowSeconds } from '../wire/node.ts';
import type { Acquaintances } from './acquaintances.ts';
import type { Privacy } from './privacy.ts';
import type { Settings } from './settings.ts';

/** Something set at a moment; `at` is unix seconds, 0 for what nobody has set. */
interface Dated<T> {
  value: T;
  at: number;
}

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export const OPENING_MODES = ['open_24h', 'appointment_only', 'specific_hours'] as const;

/** One day of a week, as clients write it; times are minutes after midnight. */
interface BusinessDay {
  day_of_week: (typeof WEEKDAYS)[number];
  mode: (typeof OPENING_MODES)[number];
  open_time?: string;
  close_time?: string;
}

export interface Business {
  description?: string;
  address?: string;
  email?: string;
  websites?: string[];
  category?: string;
  hours?: { timezone: string; days: BusinessDay[] };
}

const NOTHING_SET: Dated<string> = { value: 'Hey there! I am using WhatsApp.', at: 0 };
/** Characters of an "about" text. */
export const ABOUT_MAX = 139;
/** Seconds after which messages may disappear: never, a day, a week, 90 days. */
export const DISAPPEARING_SECONDS = [0, 86_400, 604_800, 7_776_000];

/** A day as somebody wrote it; undefined when it makes no sense. */
export function businessDay({
  day_of_week,
  mode,
  open_time,
  close_time,
}: Record<string, string>): BusinessDay | undefined {
  const day = WEEKDAYS.find((each) => each === day_of_week);
  const opening = OPENING_MODES.find((each) => each === mode);
  const isTime = (text: string | undefined): boolean => text === undefined || /^\d{1,4}$/.test(text);
  if (!day || !opening || !isTime(open_time) || !isTime(close_time)) return undefined;
  return {
    ...{ day_of_week: day, mode: opening },
    ...(open_time !== undefined && { open_time }),
    ...(close_time !== undefined && { close_time }),
  };
}

interface ProfilesDeps {
  readonly settings: Settings;
  readonly privacy: Privacy;
  readonly acquaintances: Acquaintances;
  readonly notifications: Notifications;
}

/** What people tell of themselves beside their name and picture. */
export class Profiles extends Part<ProfilesDeps> {
  about(account: Account): Dated<string> {
    return this.deps.settings.data<Dated<string>>(account.number, 'about') ?? NOTHING_SET;
  }

  /** Changes the "about" text and tells everybody who knows the person and may see it, and the companions but `by`. */
  setAbout(account: Account, value: string, by: number): void {
    this.deps.settings.setData(account.number, 'about', { value, at: nowSeconds() });
    const mayKnow = this.deps.acquaintances
      .circle(account)
      .filter((other) => this.deps.privacy.allows(account, other, 'status'));
    const news = node('set', {}, Buffer.from(value));
    this.deps.notifications.tell([account, ...mayKnow], 'status', pnJid(account), news, {
      account,
      device: by,
    });
  }

  /** Default timer of new chats in seconds; 0 is off. */
  disappearing(account: Account): Dated<number> {
    return this.deps.settings.data<Dated<number>>(account.number, 'disappearing') ?? { value: 0, at: 0 };
  }

  setDisappearing(account: Account, duration: number, by: number): void {
    const t = nowSeconds();
    this.deps.settings.setData(account.number, 'disappearing', { value: duration, at: t });
    this.deps.notifications.accountChanged(account, by, node('disappearing_mode', { duration, t }));
  }

  /** The business profile; undefined for a person who is no business. */
  business(account: Account): Business | undefined {
    return this.deps.settings.data<Business>(account.number, 'business');
  }

  /** Makes an account a business, changes its profile, or (undefined) makes it a private person again. */
  setBusiness(account: Account, business: Business | undefined): void {
    if (business) this.deps.settings.setData(account.number, 'business', business);
    else this.deps.settings.drop(account.number, 'business');
  }
}
