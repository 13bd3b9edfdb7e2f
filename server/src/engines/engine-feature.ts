import type { App, Feature } from '../platform/feature.ts';
import type { Engine } from './port.ts';

/** What an engine brings to the doors: its routes under `/engines/<name>`, when it has any. */
export function engineFeature(engine: Pick<Engine, 'name' | 'routes'>): Feature {
  return {
    name: `engine-${engine.name}`,
    routes(app) {
      if (!engine.routes) return;
      void app.register(
        (own, _options, done) => {
          // What a route refuses while it is mounted must reach whoever starts the server, not the process.
          try {
            engine.routes?.(own as unknown as App);
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
