import type { App, Feature } from '../platform/feature.ts';
import type { Engine } from './port.ts';

/** What an engine brings besides connections: what it keeps, and its routes under `/engines/<name>`, when it has any. */
export function engineFeature(engine: Pick<Engine, 'name' | 'routes' | 'keeps'>): Feature {
  return {
    name: `engine-${engine.name}`,
    ...(engine.keeps && { keeps: engine.keeps }),
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
