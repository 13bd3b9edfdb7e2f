import { type NoticeKind, noticeKinds } from '../../platform/events/notice.ts';
import { isTimeZone } from '../../platform/time-zone.ts';

/** When a person hears of something by letter or push. */
export const paces = ['instant', 'hourly', 'daily', 'off'] as const;
export type Pace = (typeof paces)[number];

export interface KindChoice {
  readonly inApp: boolean;
  readonly email: Pace;
  readonly push: Pace;
}
export interface Choices {
  readonly kinds: Readonly<Record<NoticeKind, KindChoice>>;
  readonly timeZone: string;
  /** On the person's clocks, `HH:MM`; it may span midnight. */
  readonly quietHours: { readonly from: string; readonly to: string } | undefined;
  /** The hour of what comes once a day. */
  readonly digestHour: number;
}

interface Problem {
  path: string;
  problem: string;
}
type Json = Readonly<Record<string, unknown>>;

const kinds = Object.keys(noticeKinds) as NoticeKind[];
const switches = [
  ...['notifyOnMessage', 'notifyOnConnect', 'notifyOnDisconnect'],
  ...['emailNotifications', 'pushNotifications'],
];
const ofKind: Partial<Record<NoticeKind, string>> = {
  message: 'notifyOnMessage',
  connection: 'notifyOnConnect',
  disconnection: 'notifyOnDisconnect',
};
/** What goes by letter when somebody wants letters and says no more. */
const letters: Record<NoticeKind, Pace> = {
  message: 'hourly',
  connection: 'off',
  disconnection: 'instant',
  broadcast: 'hourly',
  automation: 'hourly',
  system: 'instant',
  security: 'instant',
};
/** These go by letter unless somebody does not want letters. */
const isUrgent = (kind: NoticeKind) => kind === 'system' || kind === 'security';
const hour = /^([01]\d|2[0-3]):[0-5]\d$/;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPace = (value: unknown): value is Pace => paces.some((pace) => pace === value);

/** The choices in a person's preferences; what is absent or makes no sense is as if nothing had been chosen. */
export function choicesOf(preferences: Json): Choices {
  const own = isObject(preferences.notifications) ? preferences.notifications : {};
  const perKind = isObject(own.kinds) ? own.kinds : {};
  const quiet = isObject(own.quietHours) ? own.quietHours : {};
  const isQuiet = hour.test(String(quiet.from)) && hour.test(String(quiet.to)) && quiet.from !== quiet.to;
  return {
    kinds: Object.fromEntries(
      kinds.map((kind) => [kind, choiceOf(kind, preferences, perKind[kind])]),
    ) as Choices['kinds'],
    timeZone: typeof own.timeZone === 'string' && isTimeZone(own.timeZone) ? own.timeZone : 'UTC',
    quietHours: isQuiet ? { from: String(quiet.from), to: String(quiet.to) } : undefined,
    digestHour: isHour(own.digestHour) ? own.digestHour : 9,
  };
}

function choiceOf(kind: NoticeKind, preferences: Json, chosen: unknown): KindChoice {
  if (preferences[ofKind[kind] ?? ''] === false) return { inApp: false, email: 'off', push: 'off' };
  const own = isObject(chosen) ? chosen : {};
  const wantsLetters = preferences.emailNotifications;
  const byLetter = wantsLetters === true || (wantsLetters !== false && isUrgent(kind));
  return {
    inApp: own.inApp !== false,
    email: !byLetter ? 'off' : isPace(own.email) ? own.email : letters[kind],
    push: preferences.pushNotifications === false ? 'off' : isPace(own.push) ? own.push : 'instant',
  };
}

const isHour = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 23;

/** Every problem of what somebody wants to store; other preferences are no matter of ours. `null` means absent. */
export function problemsOf(preferences: Json): Problem[] {
  const found: Problem[] = [];
  const check = (path: string, value: unknown, isRight: (given: unknown) => boolean, problem: string) => {
    if (value !== undefined && value !== null && !isRight(value)) found.push({ path, problem });
  };
  const isBoolean = (value: unknown) => typeof value === 'boolean';
  for (const name of switches) check(`/${name}`, preferences[name], isBoolean, 'must be true or false');
  const { notifications } = preferences;
  check('/notifications', notifications, isObject, 'must be an object');
  if (!isObject(notifications)) return found;
  const at = (name: string) => `/notifications/${name}`;
  check(
    at('timeZone'),
    notifications.timeZone,
    (zone) => typeof zone === 'string' && isTimeZone(zone),
    'must be an IANA time zone, as Asia/Jakarta',
  );
  check(at('digestHour'), notifications.digestHour, isHour, 'must be a whole number from 0 to 23');
  const { quietHours, kinds: perKind } = notifications;
  check(at('quietHours'), quietHours, isObject, 'must be an object');
  if (isObject(quietHours)) {
    for (const end of ['from', 'to'])
      if (!hour.test(String(quietHours[end])))
        found.push({ path: at(`quietHours/${end}`), problem: 'must be a time of day, as 22:00' });
  }
  check(at('kinds'), perKind, isObject, 'must be an object');
  if (isObject(perKind)) for (const [kind, chosen] of Object.entries(perKind)) checkKind(kind, chosen);
  return found;

  function checkKind(kind: string, chosen: unknown): void {
    const path = at(`kinds/${kind.slice(0, 64)}`);
    if (!kinds.some((known) => known === kind)) {
      found.push({ path, problem: `is not a kind: ${kinds.join(', ')}` });
      return;
    }
    check(path, chosen, isObject, 'must be an object');
    if (!isObject(chosen)) return;
    check(`${path}/inApp`, chosen.inApp, isBoolean, 'must be true or false');
    for (const channel of ['email', 'push'])
      check(`${path}/${channel}`, chosen[channel], isPace, `must be one of ${paces.join(', ')}`);
  }
}
