export { useConnection } from './connection.ts';
export { defineLive, type Live } from './reducers.ts';
export { type LivePart, onEvent, startLive } from './start.ts';
