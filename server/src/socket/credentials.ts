import type { Socket } from 'socket.io';

export interface Credentials {
  bearer?: string;
  apiKey?: string;
}

/** The token or key of a handshake: its `auth`, else its headers, else its query. */
export function credentialsOf({
  handshake,
}: {
  handshake: Pick<Socket['handshake'], 'auth' | 'headers' | 'query'>;
}): Credentials {
  const { auth, headers, query } = handshake;
  const token = text(auth.token) ?? text(headers.authorization) ?? text(query.token);
  const apiKey = text(auth.apiKey) ?? text(headers['x-api-key']) ?? text(query.apiKey);
  const bearer = token?.replace(/^bearer\s+/i, '');
  return { ...(bearer && { bearer }), ...(apiKey && { apiKey }) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
