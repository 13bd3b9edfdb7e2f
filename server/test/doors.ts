import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

/** What a client of any door was told. */
export interface Heard {
  id: string;
  event: string;
  sequence: number;
  profileId: string | null;
  data: Record<string, unknown>;
}
/** Somebody at a door, who may leave without a word. */
export interface Listener {
  readonly heard: Heard[];
  /** What is no event, by its name: `ack`, `behind`, `session:ended` … */
  readonly told: { name: string; payload: Record<string, unknown> }[];
  /** Reads nothing for a while. */
  pause(): void;
  goOn(): void;
  /** Resolves when the door has shut. */
  readonly ended: Promise<void>;
  leave(): void;
}
export type Door = (url: string, key: string, after: number) => Promise<Listener>;

const blank = () => ({ heard: [] as Heard[], told: [] as Listener['told'] });

const socketIo: Door = async (url, key, after) => {
  const kept = blank();
  const socket = io(`${url}/ws`, {
    ...{ auth: { apiKey: key }, forceNew: true, reconnection: false, transports: ['websocket'] },
  });
  const ended = new Promise<void>((resolve) => socket.once('disconnect', () => resolve()));
  socket.on('event', (event: Heard) => kept.heard.push(event));
  for (const name of ['session:ended', 'session:behind']) {
    socket.on(name, (payload: Record<string, unknown>) => kept.told.push({ name, payload }));
  }
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  // Not awaited: events come before the answer.
  socket.emitWithAck('join', { after }).then(
    (payload) => kept.told.push({ name: 'ack', payload }),
    () => undefined,
  );
  const under = () =>
    (socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void; resume(): void } } }).ws
      ._socket;
  return {
    ...{ ...kept, ended, pause: () => under().pause(), goOn: () => under().resume() },
    leave: () => socket.io.engine.close(),
  };
};

const plain: Door = async (url, key, after) => {
  const kept = blank();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws?apiKey=${key}`);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(data.toString());
    if (type === 'event') kept.heard.push(payload);
    else kept.told.push({ name: type, payload });
  });
  await new Promise<void>((resolve) => socket.once('open', () => resolve()));
  socket.send(JSON.stringify({ type: 'subscribe', requestId: 'one', payload: { events: ['*'], after } }));
  return {
    ...{ ...kept, ended, pause: () => socket.pause(), goOn: () => socket.resume() },
    leave: () => socket.terminate(),
  };
};

const stream: Door = async (url, key, after) => {
  const kept = blank();
  const leaving = new AbortController();
  const answer = await fetch(`${url}/api/v1/events/stream`, {
    headers: { 'x-api-key': key, 'last-event-id': String(after) },
    signal: leaving.signal,
  });
  let text = '';
  let going = Promise.resolve();
  let goOn = () => {};
  const read = async () => {
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString();
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        const name = /^event: (.*)$/m.exec(frame)?.[1] ?? '';
        if (data && /^id: /m.test(frame)) kept.heard.push(JSON.parse(data));
        else if (data) kept.told.push({ name, payload: JSON.parse(data) });
      }
      await going;
    }
  };
  return {
    ...kept,
    ended: read().catch(() => undefined),
    pause() {
      going = new Promise((resolve) => {
        goOn = resolve;
      });
    },
    goOn: () => goOn(),
    leave: () => leaving.abort(),
  };
};

/** The three ways to hear what happens while it does. */
export const doors: readonly (readonly [string, Door])[] = [
  ['Socket.IO', socketIo],
  ['a plain web socket', plain],
  ['server-sent events', stream],
];
