import { MultiWaError } from '@multiwa/sdk';
import { tokens } from '../../session/index.ts';
import type { Uploaded } from './outbox.ts';

/**
 * Brings a file to the server and tells how far it is. Requests that tell that are the only ones which the client can't
 * make. @throws MultiWaError, AbortError
 */
export async function upload(
  file: File,
  { progress, signal }: { progress: (share: number) => void; signal: AbortSignal },
): Promise<Uploaded> {
  const token = await tokens.token();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/v1/uploads/media');
    request.setRequestHeader('x-response-format', 'raw');
    if (token !== undefined) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(noAnswer());
    request.onabort = () => reject(new DOMException('The upload was stopped.', 'AbortError'));
    request.onload = () => {
      const body: unknown = request.response;
      if (request.status < 300) resolve(uploadedOf(body));
      else reject(problemOf(request, body));
    };
    signal.addEventListener('abort', () => request.abort());
    const form = new FormData();
    form.append('file', file, file.name);
    request.send(form);
  });
}

/** This answer comes in an envelope, however it is asked for: older clients look for it there. */
const uploadedOf = (body: unknown): Uploaded => (body as { data: Uploaded }).data;

function problemOf(request: XMLHttpRequest, body: unknown): MultiWaError {
  const answer = (body ?? {}) as {
    message?: string;
    error?: { code?: string; details?: { path: string; problem: string }[] };
    requestId?: string;
  };
  return new MultiWaError(answer.message ?? request.statusText, {
    code: answer.error?.code ?? 'NOT_UNDERSTOOD',
    status: request.status,
    details: answer.error?.details,
    requestId: answer.requestId,
    retryAfterSeconds: Number(request.getResponseHeader('retry-after')) || undefined,
  });
}

const noAnswer = () => new MultiWaError('The server did not answer.', { code: 'NO_ANSWER', status: 0 });
