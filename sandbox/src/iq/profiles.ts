import type { Account } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import type { Privacy } from '../people/privacy.ts';
import {
  ABOUT_MAX,
  type Business,
  businessDay,
  DISAPPEARING_SECONDS,
  type Profiles,
} from '../people/profiles.ts';
import { type BinaryNode, bytes, child, children, node } from '../wire/node.ts';
import { type Answer, BAD_REQUEST, EMPTY, NOT_CARRIED, type QueryHandler, UNKNOWN } from './answer.ts';

const NOT_ACCEPTABLE: Answer = { error: 406, text: 'not-acceptable' };
const FORBIDDEN: Answer = { error: 403, text: 'forbidden' };
const BUSINESS_TEXTS = ['address', 'description', 'email'] as const;
const BUSINESS_BYTES_MAX = 8192;

/** xmlns `status`: the "about" text. */
export function aboutQueries(profiles: Profiles): QueryHandler {
  return ({ iq, ask, caller }) => {
    if (iq.attrs.type !== 'set') return UNKNOWN;
    const text = bytes(ask)?.toString() ?? '';
    if (ask.tag !== 'status') return BAD_REQUEST;
    if ([...text].length > ABOUT_MAX) return NOT_ACCEPTABLE;
    return { after: () => profiles.setAbout(caller.account, text, caller.device) };
  };
}

/** xmlns `disappearing_mode`: the default timer of new chats. */
export function disappearingQueries(profiles: Profiles): QueryHandler {
  return ({ iq, ask, caller }) => {
    if (iq.attrs.type !== 'set') return UNKNOWN;
    const duration = Number(ask.attrs.duration);
    if (!DISAPPEARING_SECONDS.includes(duration)) return BAD_REQUEST;
    return { after: () => profiles.setDisappearing(caller.account, duration, caller.device) };
  };
}

/** xmlns `bot`: there are no bots here. */
export const botQueries: QueryHandler = ({ ask }) => ({ content: [node('bot', { v: ask.attrs.v }, [])] });

/** xmlns `w:biz`: business profiles. */
export function businessQueries(profiles: Profiles, directory: Directory): QueryHandler {
  return ({ iq, ask, caller }) => {
    if (ask.tag !== 'business_profile') return UNKNOWN;
    if (iq.attrs.type === 'set') return changeBusiness(profiles, caller.account, ask);
    const found = children(ask, 'profile').flatMap((asked) => {
      const account = directory.resolve(asked.attrs.jid)?.account;
      const business = account && profiles.business(account);
      return business ? [businessNode(asked.attrs.jid, business)] : [];
    });
    return { content: [node('business_profile', { v: ask.attrs.v }, found)] };
  };
}

function businessNode(jid: string | undefined, business: Business): BinaryNode {
  const text = (tag: string, value: string | undefined): BinaryNode[] =>
    value === undefined ? [] : [node(tag, {}, Buffer.from(value))];
  const { category, hours } = business;
  const days = hours?.days.map((day) => node('business_hours_config', { ...day }));
  return node('profile', { jid }, [
    ...BUSINESS_TEXTS.flatMap((tag) => text(tag, business[tag])),
    ...(business.websites ?? []).flatMap((website) => text('website', website)),
    ...(category === undefined
      ? []
      : [node('categories', {}, [node('category', { id: '1' }, Buffer.from(category))])]),
    ...(hours ? [node('business_hours', { timezone: hours.timezone }, days)] : []),
  ]);
}

function changeBusiness(profiles: Profiles, account: Account, ask: BinaryNode): Answer {
  if (child(ask, 'cover_photo')) return NOT_CARRIED;
  const business = profiles.business(account);
  if (!business) return FORBIDDEN;
  const changed: Business = { ...business };
  for (const tag of BUSINESS_TEXTS) {
    const value = child(ask, tag);
    if (value) changed[tag] = bytes(value)?.toString() ?? '';
  }
  const websites = children(ask, 'website').map((each) => bytes(each)?.toString() ?? '');
  if (websites.length > 0) changed.websites = websites;
  const hours = child(ask, 'business_hours');
  if (hours) {
    const written = children(hours, 'business_hours_config');
    const days = written.flatMap(({ attrs }) => businessDay(attrs) ?? []);
    if (days.length < written.length) return BAD_REQUEST;
    changed.hours = { timezone: hours.attrs.timezone ?? '', days };
  }
  if (JSON.stringify(changed).length > BUSINESS_BYTES_MAX) return NOT_ACCEPTABLE;
  profiles.setBusiness(account, changed);
  return EMPTY;
}

/** The "about" text and the disappearing timer of one person, as usync gives them to `viewer`. */
export function profileProtocol(
  protocol: string,
  { profiles, privacy }: { profiles: Profiles; privacy: Privacy },
  account: Account,
  viewer: Account,
): BinaryNode[] {
  if (protocol === 'status') {
    if (!privacy.allows(account, viewer, 'status')) return [node('status', { code: 401 })];
    const { value, at } = profiles.about(account);
    return [value === '' ? node('status', { t: at }) : node('status', { t: at }, Buffer.from(value))];
  }
  const { value, at } = profiles.disappearing(account);
  return [node('disappearing_mode', { duration: value, t: at })];
}
