/** The CORS headers (Fetch standard) of an answer; an origin that is not allowed gets none. */
export function corsHeaders(allowed: string[], origin: string | undefined): Record<string, string> {
  if (origin === undefined || !allowed.some((pattern) => matches(pattern, origin))) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers':
      'X-Request-Id, RateLimit, RateLimit-Policy, Retry-After, Preference-Applied, WWW-Authenticate, Content-Disposition, X-Total-Count',
  };
}

/** Returns the further headers of a preflight response to an allowed origin. */
export function preflightHeaders(methods: string[]): Record<string, string> {
  return {
    'Access-Control-Allow-Methods': methods
      .filter((method) => method !== 'HEAD' && method !== 'OPTIONS')
      .join(', '),
    // The last three are those of W3C Trace Context and Baggage, which tracing libraries add by themselves.
    'Access-Control-Allow-Headers':
      'Authorization, Content-Type, Prefer, X-Request-Id, traceparent, tracestate, baggage',
    'Access-Control-Max-Age': '7200',
  };
}

/** One `*` stands for any run of characters of a host, never for a scheme, a port or a path. */
function matches(pattern: string, origin: string): boolean {
  const [head = '', tail] = pattern.split('*');
  if (tail === undefined) return origin === pattern;
  const middle = origin.slice(head.length, origin.length - tail.length);
  return origin === head + middle + tail && /^[A-Za-z0-9.-]+$/.test(middle);
}
