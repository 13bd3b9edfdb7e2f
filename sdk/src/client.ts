import { errorOf } from './errors.ts';
import { type Client, createClient, createConfig } from './generated/client/index.ts';

/** Tokens of a person, as `keepTokens` keeps them, or of any other making. */
export interface TokenSource {
  /** The access token of now; undefined when nobody is signed in. */
  token(): string | undefined | Promise<string | undefined>;
  /** Asked once when the server refuses the token; undefined: nobody is signed in any more. */
  renew?(): Promise<string | undefined>;
}

export interface Connection {
  /** Where the server is, without a path: `http://localhost:3000`. In a page of the server itself it is `''`. */
  url: string;
  /** A key for programs. */
  apiKey?: string | undefined;
  /** Or the tokens of a person. */
  tokens?: TokenSource | undefined;
  fetch?: typeof globalThis.fetch | undefined;
}

/**
 * A client to call operations with: `await getProfiles({ client })`. Answers are bare (`X-Response-Format: raw`), and whatever
 * goes wrong is thrown as a `MultiWaError`. A token that the server refuses is renewed, and the call made again, once.
 */
export function connect({ url, apiKey, tokens, fetch: send = globalThis.fetch }: Connection): Client {
  const client = createClient(
    createConfig({
      baseUrl: url,
      throwOnError: true,
      headers: { 'x-response-format': 'raw', ...(apiKey && { 'x-api-key': apiKey }) },
      fetch: async (input, init) => {
        const request = new Request(input, init);
        if (!tokens) return send(request);
        // A body can be read once.
        const again = tokens.renew && request.clone();
        const answer = await send(signed(request, await tokens.token()));
        if (answer.status !== 401 || !again || !(await isRefusedToken(answer))) return answer;
        const renewed = await tokens.renew?.();
        return renewed === undefined ? answer : send(signed(again, renewed));
      },
    }),
  );
  client.interceptors.error.use((error, response) => errorOf(error, response));
  return client;
}

function signed(request: Request, token: string | undefined): Request {
  if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`);
  return request;
}

/** A token that has run out; one whose session is over can't be renewed. */
async function isRefusedToken(answer: Response): Promise<boolean> {
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  const code = (body as { error?: { code?: string } } | undefined)?.error?.code;
  return code === 'INVALID_TOKEN' || code === 'UNAUTHENTICATED';
}
