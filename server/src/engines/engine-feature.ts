import type { App, Feature } from '../platform/feature.ts';
import type { Engine } from './port.ts';

/** What an engine adds besides connections: its stored data, and routes under `/engines/<name>` when it has any. */
export function engineFeature(engine: Pick<Engine, 'name' | 'routes' | 'keeps'>): Feature {
  return {
    name: `engine-${engine.name}`,
    ...(engine.keeps && { keeps: engine.keeps }),
    routes(app) {
      if (!engine.routes) return;
      void app.register(
        (scope, _options, done) => {
          // An error while routes are mounted must fail the start of the server, not end the process unhandled.
          try {
            engine.routes?.(scope as unknown as App);
            done();
          } catch (error) {
            done(error as Error);
          }
        },
        { prefix: `/engines/${engine.name}` },
      );
    },
  };
}
