import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Failure } from '../failures.ts';

/** For libraries that bring their own HTTP client: connections of theirs are guarded, too. */
export interface GuardedAgents {
  http: HttpAgent;
  https: HttpsAgent;
}

const socketsMaxPerHost = 16;
const socketsMax = 500;
/** Longer than anybody here waits for an answer: it ends those that nobody uses. */
const idleMs = 45_000;

/** Agents that connect only to checked addresses; a host that is an address never reaches a look-up, so it is checked here. */
export function guardedAgents(
  mayReach: (address: string, port: number) => boolean,
  lookupFor: (port: number) => LookupFunction,
): GuardedAgents {
  const options = {
    keepAlive: true,
    maxSockets: socketsMaxPerHost,
    maxTotalSockets: socketsMax,
    timeout: idleMs,
  };
  const guarded = <Agent extends HttpAgent>(agent: Agent): Agent => {
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (target, done) => {
      const port = Number(target.port);
      const host = target.host ?? '';
      if (isIP(host) === 0 || mayReach(host, port)) {
        return connect({ ...target, lookup: lookupFor(port) }, done);
      }
      done?.(new Failure('TARGET_NOT_ALLOWED'), undefined as never);
      return undefined;
    };
    return agent;
  };
  return { http: guarded(new HttpAgent(options)), https: guarded(new HttpsAgent(options)) };
}
