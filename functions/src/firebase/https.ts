import { type HttpsFunction, type HttpsOptions, onRequest, type Request } from 'firebase-functions/v2/https';
import { readSecrets, TUNING } from '../config.ts';
import { originOf } from '../http/callerIp.ts';
import { type AnyEndpoint, deployedName } from '../http/endpoint.ts';
import { type HttpRequest, serve } from '../http/pipeline.ts';
import { services } from '../services.ts';
import { namingSources } from '../sourceStack.ts';
import { answer } from './answer.ts';
import { whenServing } from './deployment.ts';
import { leaveDomain } from './domain.ts';
import { readBody, takeOverBodies } from './rawBody.ts';

/**
 * Deploys an endpoint, or the endpoints of one path by method, as an HTTPS function that anyone can reach; the pipeline
 * tells who may do what.
 */
export function https(definitions: AnyEndpoint | AnyEndpoint[], options: HttpsOptions = {}): HttpsFunction {
  const served = [definitions].flat();
  whenServing(deployedName(served[0] as AnyEndpoint), () => {
    takeOverBodies();
    if (options.secrets) readSecrets();
  });
  const settings: HttpsOptions = {
    invoker: 'public',
    cors: false,
    timeoutSeconds: TUNING.requestTimeoutSeconds,
    ...options,
  };
  return onRequest(settings, async (request, response) => {
    leaveDomain();
    try {
      const parts = services();
      const received = toHttpRequest(request, parts.config.TRUSTED_HOPS);
      await answer(request, response, await serve(served, received, parts), parts.log);
    } catch (error) {
      throw namingSources(error);
    }
  });
}

function toHttpRequest(request: Request, trustedHops: number): HttpRequest {
  return {
    method: request.method,
    path: request.path,
    // A second question mark belongs to the query (RFC 3986).
    query: request.url.split('?').slice(1).join('?'),
    header: (name) => request.get(name),
    ...originOf(request.get('x-forwarded-for'), request.socket.remoteAddress, trustedHops),
    readBody: (bounds) => readBody(request, bounds),
  };
}
