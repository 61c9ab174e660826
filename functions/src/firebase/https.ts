import { type HttpsFunction, type HttpsOptions, onRequest, type Request } from 'firebase-functions/v2/https';
import { readSecrets, TUNING } from '../config.ts';
import type { AnyEndpoint } from '../http/endpoint.ts';
import { type HttpRequest, serve } from '../http/pipeline.ts';
import { services } from '../services.ts';
import { whenServing } from './deployment.ts';
import { rawBody, takeOverBodies } from './rawBody.ts';

/** Deploys an endpoint as an HTTPS function that anyone can reach; the pipeline tells who may do what. */
export function https(definition: AnyEndpoint, options: HttpsOptions = {}): HttpsFunction {
  whenServing(definition.name, () => {
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
    const { status, headers, body } = await serve(definition, toHttpRequest(request), services());
    response.status(status).set(headers).send(body);
  });
}

function toHttpRequest(request: Request): HttpRequest {
  const { contentType, body } = rawBody(request);
  return {
    method: request.method,
    path: request.path,
    header: (name) => (name === 'content-type' ? contentType : request.get(name)),
    ip: callerIp(request),
    body,
  };
}

/** The last entry of X-Forwarded-For is the platform's own; whatever stands before it, the caller may have written. */
function callerIp(request: Request): string {
  return (
    request.get('x-forwarded-for')?.split(',').at(-1)?.trim() || request.socket.remoteAddress || 'unknown'
  );
}
