import { ALWAYS as always, type FaultKind } from './kind.ts';
import { WRONG_ANSWERS } from './wrong-answers.ts';
import { WRONG_CERTIFICATES } from './wrong-certificates.ts';

/** Every fault by name. `times` is per fault; `device` and `number` narrow all but the `connect` and `hello` ones. */
export const FAULTS = {
  'upgrade-403': {
    stage: 'connect',
    times: always,
    what: 'Answers the WebSocket upgrade with 403 and destroys the socket.',
  },
  'upgrade-200': {
    stage: 'connect',
    times: always,
    what: 'Answers the WebSocket upgrade with a web page and leaves the socket open, as a portal does.',
  },
  'silent-tcp': {
    stage: 'connect',
    times: always,
    what: 'Accepts the connection and never answers the upgrade.',
  },
  'no-server-hello': {
    stage: 'connect',
    times: always,
    what: 'Opens the WebSocket and never answers the handshake.',
  },
  'login-401': { stage: 'login', times: always, code: 401, what: 'Refuses logins: logged out.' },
  'login-403': { stage: 'login', times: always, code: 403, what: 'Refuses logins: banned.' },
  'login-405': { stage: 'login', times: always, code: 405, what: 'Refuses logins: client outdated.' },
  'login-503': { stage: 'login', times: always, code: 503, what: 'Refuses logins: service unavailable.' },
  ban: {
    stage: 'account',
    times: always,
    code: 403,
    what: 'Bans people: ends their streams with 403 and refuses their logins until it is cleared.',
  },
  'device-removed': {
    stage: 'act',
    times: 1,
    what: 'Unlinks the device, as the phone does, and ends its stream with 401.',
  },
  'stream-503': { stage: 'act', times: 1, code: 503, what: 'Ends the stream: service unavailable.' },
  restart: { stage: 'act', times: 1, code: 515, what: 'Ends the stream: restart required.' },
  replaced: { stage: 'act', times: 1, what: 'Ends the stream as if another login had replaced it (440).' },
  'stream-error': { stage: 'act', times: 1, what: 'Ends the stream with an error that says nothing (500).' },
  'multi-device-mismatch': { stage: 'act', times: 1, what: 'Says that the account left multi-device (411).' },
  'stream-end': { stage: 'act', times: 1, what: 'Ends the stream politely (428).' },
  close: { stage: 'act', times: 1, what: 'Closes the socket (428).' },
  terminate: { stage: 'act', times: 1, what: 'Cuts the TCP connection without a word.' },
  'half-open': {
    stage: 'act',
    times: 1,
    what: 'Leaves the TCP connection open while nothing passes any more, in either or in one direction; what was held passes when the fault ends.',
  },
  mute: { stage: 'out', times: always, what: 'Sends nothing any more, though everything is still taken in.' },
  'drop-answer': {
    stage: 'in',
    stanzas: ['message', 'receipt', 'iq'],
    times: 1,
    what: 'Handles what the client says and loses the answer.',
  },
  'lose-ack': { stage: 'in', stanzas: ['message'], times: 1, what: 'Delivers a message and loses its ack.' },
  'rate-limit': {
    stage: 'in',
    stanzas: ['message', 'iq'],
    times: 1,
    code: 429,
    what: 'Answers a query with rate-overlimit, or refuses a message with 429 in its ack; with backoffSeconds it says when to come back.',
  },
  'reachout-timelock': {
    stage: 'in',
    stanzas: ['message'],
    times: always,
    code: 463,
    what: 'Refuses what companions write to strangers (463); those who know each other go on.',
  },
  'refuse-message': {
    stage: 'in',
    stanzas: ['message'],
    times: 1,
    code: 463,
    what: 'Refuses a message with an error in its ack (463 or 479).',
  },
  'no-route': {
    stage: 'in',
    stanzas: ['message'],
    times: 1,
    what: 'Acknowledges a message and throws it away.',
  },
  'hold-acks': {
    stage: 'in',
    stanzas: ['message'],
    times: always,
    what: 'Routes messages and keeps their acks back until the fault is cleared.',
  },
  'lose-receipt': {
    stage: 'in',
    stanzas: ['receipt'],
    times: 1,
    what: 'Acknowledges a receipt and tells nobody of it.',
  },
  'deliver-twice': { stage: 'out', times: 1, what: 'Sends a message to the device twice.' },
  'out-of-order': {
    stage: 'out',
    times: 1,
    what: 'Holds one message back for delayMs (default 500), so that later ones overtake it.',
  },
  'late-receipt': {
    stage: 'out',
    stanzas: ['receipt'],
    times: 1,
    what: 'Holds one receipt back for delayMs (default 500), so that later ones overtake it.',
  },
  slow: {
    stage: 'out',
    times: always,
    what: 'Delays everything that is sent by delayMs (default 500), in order.',
  },
  bandwidth: {
    stage: 'out',
    times: always,
    what: 'Lets only bytesPerSecond (default 10000) pass, in each or in one direction.',
  },
  'corrupt-frame': { stage: 'out', times: 1, what: 'Cuts a stanza in half before it is encrypted.' },
  'lose-prekeys': {
    stage: 'state',
    times: always,
    what: 'Forgets the one-time keys of devices, once.',
  },
  'forget-sessions': {
    stage: 'state',
    times: always,
    what: 'Makes phones forget their Signal sessions, once.',
  },
  'phone-offline': {
    stage: 'state',
    times: always,
    what: 'Switches phones off, and on again when it ends or the network starts anew.',
  },
  'upload-failure': { stage: 'upload', times: always, code: 500, what: 'Answers uploads of files with 500.' },
  'download-failure': {
    stage: 'download',
    times: always,
    code: 500,
    what: 'Answers downloads of files with 500.',
  },
  ...WRONG_CERTIFICATES,
  ...WRONG_ANSWERS,
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULTS;

/** The stage, count and code of a fault. */
export const kindOf = (name: FaultName): FaultKind => FAULTS[name];
