import { type HttpsFunction, onRequest, type Request } from 'firebase-functions/v2/https';
import type { Config } from '../../config/parameters.ts';
import { readSecrets } from '../../config/secrets.ts';
import type { AnyEndpoint } from '../../http/endpoint.ts';
import type { HttpRequest } from '../../http/exchange.ts';
import { originOf } from '../../http/origin.ts';
import { type PipelineServices, serve } from '../../http/pipeline.ts';
import { STREAM_TIMEOUTS, type StreamTimeouts } from '../../http/textStream.ts';
import { signingSecrets, whenServing } from './deployment.ts';
import { exitRequestDomain } from './legacyDomain.ts';
import { deferBodies, readBody } from './rawBody.ts';
import { sendResponse } from './sendResponse.ts';

export type HttpsServices = PipelineServices & { config: Pick<Config, 'TRUSTED_HOPS'> };

/** A deployed HTTPS function: its endpoints and the settings of its instances. */
export interface HttpsFunctionDefinition<Services> {
  endpoints: AnyEndpoint<Services>[];
  memory: '256MiB' | '512MiB';
  /** How many requests one instance serves at a time. */
  concurrency: number;
  timeoutSeconds: number;
}

/** Deploys endpoints as one HTTPS function. Anyone may call it; the pipeline checks who may do what. */
export function https<Services extends HttpsServices>(
  name: string,
  { endpoints, ...settings }: HttpsFunctionDefinition<Services>,
  services: () => Services,
  timeouts: StreamTimeouts = STREAM_TIMEOUTS,
): HttpsFunction {
  // The endpoints under /api/auth sign tokens; those that need a token verify it.
  const usesTokens = endpoints.some(
    ({ access, path }) => access !== 'public' || path.startsWith('/api/auth/'),
  );
  whenServing(name, () => {
    deferBodies();
    if (usesTokens) readSecrets();
  });
  const secrets = usesTokens ? signingSecrets : [];
  return onRequest({ ...settings, secrets, invoker: 'public', cors: false }, async (request, response) => {
    exitRequestDomain();
    const built = services();
    const received = toHttpRequest(request, built.config.TRUSTED_HOPS);
    const answer = await serve(endpoints, received, built, timeouts);
    await sendResponse(request, response, answer, built.log, timeouts.readerMs);
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
