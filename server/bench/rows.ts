import type { FigureName } from './units.ts';

/** What a row's figure must be. */
export interface Goal {
  figure: FigureName;
  atLeast?: number;
  atMost?: number;
}

export interface Row {
  group: GroupName;
  what: string;
  goals?: readonly Goal[];
}

/** Groups of rows, in the order in which they are measured and printed. */
export const groupTitles = {
  signal: 'The Signal layer, beside the library that Baileys comes with',
  start: 'Start, from spawning the process to its first answer',
  send: 'Sending',
  first: 'First contact',
  accept: 'Accepting',
  inbound: 'Receiving',
  reply: 'Automatic replies',
  group: 'Groups',
  sockets: 'Telling: webhooks and sockets',
  profiles: 'Idle and memory',
  lists: 'Lists at a million messages',
  search: 'Search at a million messages',
  knowledge: 'Knowledge: taking in, and searching 10,000 and 100,000 chunks by words',
  statistics: 'Statistics of 100 profiles and a year, some ten million messages',
} as const;

export type GroupName = keyof typeof groupTitles;

const fewStatements: Goal = { figure: 'statements', atMost: 5 };
const manyTimes: Goal[] = [{ figure: 'ratio', atLeast: 5 }];
const quickFew: Goal[] = [{ figure: 'p95', atMost: 60 }];
const quickMany: Goal[] = [{ figure: 'p95', atMost: 150 }];
const quickList: Goal[] = [{ figure: 'p99', atMost: 50 }];

/** All that is measured, with its goals. */
export const rows = {
  'signal.encrypt': { group: 'signal', what: 'a message encrypted' },
  'signal.oneWay': { group: 'signal', what: 'encrypted and decrypted, one direction' },
  'signal.toAndFro': {
    group: 'signal',
    what: 'encrypted and decrypted, to and fro: two turns of the ratchet',
  },
  'signal.first': {
    group: 'signal',
    what: 'first contact: opened, encrypted, decrypted (the other library checks no signature)',
    goals: [{ figure: 'ratio', atLeast: 3 }],
  },
  'signal.groupOut': { group: 'signal', what: 'a group message out', goals: manyTimes },
  'signal.groupIn': { group: 'signal', what: 'a group message in', goals: manyTimes },

  'start.source.first': { group: 'start', what: 'source, first start (makes the database)' },
  'start.source': { group: 'start', what: 'source, existing database' },
  'start.bundle.first': { group: 'start', what: 'bundle, first start (makes the database)' },
  'start.bundle': {
    group: 'start',
    what: 'bundle, existing database',
    goals: [{ figure: 'ready', atMost: 1 }],
  },
  'start.npm': { group: 'start', what: 'source with the sandbox inside, as `npm start` runs it' },

  'send.one': {
    group: 'send',
    what: 'one after the other to one chat, until the server’s ack',
    goals: [{ figure: 'ratio', atLeast: 1 }, { figure: 'p50', atMost: 6 }, fewStatements],
  },
  'send.oneChat': {
    group: 'send',
    what: '16 at once to one chat',
    goals: [{ figure: 'toOne', atLeast: 1 }, fewStatements],
  },
  'send.manyChats': {
    group: 'send',
    what: '16 at once over 16 chats',
    goals: [{ figure: 'ratio', atLeast: 1.5 }, fewStatements],
  },
  'send.manyProfiles': {
    group: 'send',
    what: '16 at once, 20 profiles round robin',
    goals: [{ figure: 'toOneProfile', atLeast: 0.9 }, fewStatements],
  },
  'first.one': {
    group: 'first',
    what: 'each message to a new number, one after the other',
    goals: [{ figure: 'ratio', atLeast: 3 }],
  },

  'accept.flood': {
    group: 'accept',
    what: 'durable accept of `POST /messages/text`, 32 at once',
    goals: [{ figure: 'rate', atLeast: 2000 }],
  },
  'accept.steady': {
    group: 'accept',
    what: 'the same at 200/s',
    goals: [{ figure: 'p99', atMost: 25 }],
  },

  'inbound.50': {
    group: 'inbound',
    what: 'a phone’s send to the webhook, 50/s from 20 chats',
    goals: [{ figure: 'p50', atMost: 10 }, { figure: 'p99', atMost: 60 }, fewStatements],
  },
  'inbound.150': { group: 'inbound', what: 'the same at 150/s', goals: [{ figure: 'growth', atMost: 50 }] },
  'inbound.200': { group: 'inbound', what: 'the same at 200/s', goals: [{ figure: 'growth', atMost: 50 }] },
  'reply.auto': {
    group: 'reply',
    what: 'from a message that came in to its automatic reply in the outbox, 50/s from 375 known chats, 100 active rules',
    goals: [
      { figure: 'p50', atMost: 15 },
      { figure: 'p99', atMost: 80 },
    ],
  },

  'group.out': { group: 'group', what: 'out to a group of 20, one after the other', goals: manyTimes },
  'group.outAtOnce': { group: 'group', what: 'out to a group of 20, 16 at once', goals: manyTimes },
  'group.large': { group: 'group', what: 'out to a group of 1,000, one after the other' },
  'group.in': {
    group: 'group',
    what: 'from 19 members of the group to the webhook, 25/s; to plain Baileys 10/s',
  },
  'group.inMany': {
    group: 'group',
    what: 'the same at 100/s',
    goals: [{ figure: 'growth', atMost: 50 }],
  },

  'sockets.webhook50': {
    group: 'sockets',
    what: 'from accepting a message to the webhook of its event, 50/s',
  },
  'sockets.webhook200': { group: 'sockets', what: 'the same at 200/s' },
  'sockets.io': {
    group: 'sockets',
    what: 'from accepting a message to each of the Socket.IO clients, 5/s',
    goals: [{ figure: 'p99', atMost: 500 }],
  },
  'sockets.plain': {
    group: 'sockets',
    what: 'the same to plain web sockets',
    goals: [{ figure: 'p99', atMost: 500 }],
  },

  'profiles.idle': {
    group: 'profiles',
    what: 'idle with all profiles connected (bundle), share of a core',
    goals: [{ figure: 'together', atMost: 0.5 }],
  },
  'profiles.bundle': {
    group: 'profiles',
    what: 'resident memory of the bundle',
    goals: [
      { figure: 'atRest', atMost: 150 },
      { figure: 'withProfiles', atMost: 250 },
      { figure: 'afterMessages', atMost: 250 },
    ],
  },
  'profiles.source': { group: 'profiles', what: 'resident memory of the source' },

  'lists.fill': { group: 'lists', what: 'rows put in' },
  'lists.profile': { group: 'lists', what: 'messages of a profile', goals: quickList },
  'lists.image': { group: 'lists', what: 'messages of a profile, `?type=image`', goals: quickList },
  'lists.conversation': { group: 'lists', what: 'messages of a conversation', goals: quickList },
  'lists.conversations': { group: 'lists', what: 'conversations', goals: quickList },
  'lists.conversationsNamed': {
    group: 'lists',
    what: 'conversations, `?search=` of one name',
    goals: quickList,
  },
  'lists.conversationsAlike': {
    group: 'lists',
    what: 'conversations, `?search=` of a part of all names',
    goals: quickList,
  },
  'lists.contacts': { group: 'lists', what: 'contacts', goals: quickList },
  'lists.contactsNamed': { group: 'lists', what: 'contacts, `?search=` of one name', goals: quickList },
  'lists.import': { group: 'lists', what: 'import of new contacts from CSV, rows a second' },
  'lists.events': { group: 'lists', what: 'events', goals: quickList },

  'search.fill': { group: 'search', what: 'rows put in' },
  'search.common': { group: 'search', what: 'a word in every message', goals: quickList },
  'search.rare': { group: 'search', what: 'a word in one message', goals: quickList },
  'search.some': { group: 'search', what: 'digits in some thousand messages', goals: quickList },
  'search.never': { group: 'search', what: 'a word that nobody wrote', goals: quickList },
  'search.short': { group: 'search', what: 'two letters that nobody wrote', goals: quickList },
  'search.conversation': { group: 'search', what: 'digits in the busiest conversation', goals: quickList },
  'search.all': { group: 'search', what: 'everything at once, by a name', goals: quickList },

  'knowledge.ingest': { group: 'knowledge', what: 'a text of 1 MB taken in' },
  'knowledge.few': { group: 'knowledge', what: 'six words, 10,000 chunks', goals: quickFew },
  'knowledge.fewCommon': {
    group: 'knowledge',
    what: 'common words only, 10,000 chunks',
    goals: quickFew,
  },
  'knowledge.fewMistyped': {
    group: 'knowledge',
    what: 'two typing errors, 10,000 chunks',
    goals: quickFew,
  },
  'knowledge.many': { group: 'knowledge', what: 'six words, 100,000 chunks', goals: quickMany },
  'knowledge.manyCommon': {
    group: 'knowledge',
    what: 'common words only, 100,000 chunks',
    goals: quickMany,
  },
  'knowledge.manyMistyped': {
    group: 'knowledge',
    what: 'two typing errors, 100,000 chunks',
    goals: quickMany,
  },

  'statistics.fill': { group: 'statistics', what: 'rows put in' },
  'statistics.dashboard': { group: 'statistics', what: 'the dashboard', goals: quickList },
  'statistics.messages': { group: 'statistics', what: 'messages, all profiles, 30 days', goals: quickList },
  'statistics.messagesYear': { group: 'statistics', what: 'messages of a profile, a year', goals: quickList },
  'statistics.trend': {
    group: 'statistics',
    what: 'the trend by days, all profiles, 30 days',
    goals: quickList,
  },
  'statistics.trendYear': {
    group: 'statistics',
    what: 'the trend by weeks of a profile, a year',
    goals: quickList,
  },
  'statistics.trendHours': {
    group: 'statistics',
    what: 'the trend by hours of a profile, 30 days',
    goals: quickList,
  },
  'statistics.contacts': { group: 'statistics', what: 'contacts, all profiles', goals: quickList },
  'statistics.broadcasts': { group: 'statistics', what: 'broadcasts', goals: quickList },
  'statistics.automations': { group: 'statistics', what: 'automations', goals: quickList },
  'statistics.responses': {
    group: 'statistics',
    what: 'times of answers, all profiles, 7 days',
    goals: quickList,
  },
  'statistics.responsesYear': {
    group: 'statistics',
    what: 'times of answers of a profile, a year',
    goals: quickList,
  },
  'statistics.allYear': { group: 'statistics', what: 'messages, all profiles, a year', goals: quickList },
  'statistics.allTrendYear': {
    group: 'statistics',
    what: 'the trend by days, all profiles, a year',
    goals: quickList,
  },
  'statistics.allResponsesYear': {
    group: 'statistics',
    what: 'times of answers, all profiles, a year',
    goals: quickList,
  },
} as const satisfies Record<string, Row>;

export type RowName = keyof typeof rows;
export const rowOf = (name: RowName): Row => rows[name];
