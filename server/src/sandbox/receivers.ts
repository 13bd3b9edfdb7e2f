/** A name of no machine (RFC 9476 keeps `.internal` free of them): the sandbox's receivers, wherever it listens. */
const host = 'receiver.sandbox.internal';
const path = /^\/[A-Za-z0-9_-]{1,64}$/;

/**
 * Where `http://receiver.sandbox.internal/<name>` leads while the sandbox is on: to a receiver of webhooks in it and to
 * nothing else of it, so that a webhook has somewhere to go. Undefined for every other URL.
 */
export function insideSandbox(port: () => number | undefined): (url: URL) => URL | undefined {
  return (url) => {
    const known = port();
    if (url.hostname !== host || url.protocol !== 'http:' || url.port !== '' || known === undefined)
      return undefined;
    if (!path.test(url.pathname) || url.search !== '') return undefined;
    return new URL(`http://127.0.0.1:${known}/api/receivers${url.pathname}`);
  };
}
