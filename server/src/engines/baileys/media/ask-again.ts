import {
  type BaileysEventMap,
  decryptMediaRetryData,
  encryptMediaRetryRequest,
  proto,
  type WASocket,
} from 'baileys';
import { EngineGone, FileGone } from '../../port.ts';
import type { FileAtNetwork } from './reference.ts';

const { SUCCESS, NOT_FOUND } = proto.MediaRetryNotification.ResultType;
const answerMsMax = 30_000;

type Update = BaileysEventMap['messages.media-update'][number];

/**
 * Asks our own phone to upload a file once more; answers where it lies then. The library's own way waits without end for a
 * phone that does not answer.
 * @throws FileGone, EngineGone
 */
export async function askAgain(socket: WASocket, file: FileAtNetwork): Promise<FileAtNetwork> {
  const mediaKey = Buffer.from(file.mediaKey, 'base64');
  const update = await answerTo(socket, file, () =>
    socket.sendNode(encryptMediaRetryRequest(file.key, mediaKey, socket.user?.id ?? '')),
  );
  if (!update.media) throw gone();
  const { result, directPath } = decryptMediaRetryData(update.media, mediaKey, file.key.id ?? '');
  if (result === SUCCESS && directPath) return { ...file, directPath };
  if (result === NOT_FOUND) throw gone();
  throw new EngineGone('The phone could not upload the file again.');
}

const gone = () => new FileGone('The phone has this file no longer.');

function answerTo(socket: WASocket, file: FileAtNetwork, ask: () => Promise<void>): Promise<Update> {
  const answer = Promise.withResolvers<Update>();
  const hear = (updates: Update[]) => {
    const mine = updates.find(({ key }) => key.id === file.key.id);
    if (mine) answer.resolve(mine);
  };
  const ended = ({ connection }: BaileysEventMap['connection.update']) => {
    if (connection === 'close') answer.reject(new EngineGone('The connection ended.'));
  };
  const late = () => answer.reject(new EngineGone('The phone did not answer: it may be off.'));
  const timer = setTimeout(late, answerMsMax);
  socket.ev.on('messages.media-update', hear);
  socket.ev.on('connection.update', ended);
  ask().catch((error: unknown) => answer.reject(new EngineGone(String(error))));
  return answer.promise.finally(() => {
    clearTimeout(timer);
    socket.ev.off('messages.media-update', hear);
    socket.ev.off('connection.update', ended);
  });
}
