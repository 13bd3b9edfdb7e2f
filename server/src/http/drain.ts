import { Failure } from '../platform/failures.ts';
import type { App } from '../platform/feature.ts';

/**
 * A graceful end: once closing begins no connection is accepted, what is under way is answered, and each
 * kept connection is told to close; a request that still arrives on one gets 503.
 */
export function drainOnClose(app: App): void {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onRequest', (_request, _reply, done) => {
    done(closing ? new Failure('SHUTTING_DOWN', { retryAfterSeconds: 5 }) : undefined);
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}
