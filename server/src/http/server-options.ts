import { type FastifyServerOptions, LogController } from 'fastify';
import type { Config } from '../platform/config/config.ts';
import type { Log } from '../platform/log.ts';
import { answerBrokenRequest, answerUnreadableAddress } from './errors.ts';
import { requestId } from './headers.ts';

/** How long a request may take to arrive. */
export interface ArrivalLimits {
  headersMsMax: number;
  /** How long nothing may come while a request is not complete. */
  silentMsMax: number;
  requestMsMax: number;
  /** How often late ones are looked for; Node's default of 30 s would let a slow header live for 40 s. */
  checkMs: number;
}

/** Whoever says nothing is cut within ten seconds, whoever says little within a minute. */
export const usualArrival: ArrivalLimits = {
  headersMsMax: 8_000,
  silentMsMax: 9_500,
  requestMsMax: 60_000,
  checkMs: 1_500,
};
const idleMsMax = 72_000;
/** Node's own limit for a whole request stands behind ours, which a route may lengthen. */
const slowestMsMax = 20 * 60_000;

/** What the HTTP server itself is told: how long anything may take to arrive, whom to believe, what ids are. */
export function serverOptions(config: Config, log: Log, arrival = usualArrival): FastifyServerOptions {
  return {
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    requestIdHeader: false,
    bodyLimit: config.bodyBytesMax,
    requestTimeout: slowestMsMax,
    keepAliveTimeout: idleMsMax,
    http: {
      headersTimeout: arrival.headersMsMax,
      requestTimeout: slowestMsMax,
      connectionsCheckingInterval: arrival.checkMs,
    },
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerUnreadableAddress,
  } as FastifyServerOptions;
}
