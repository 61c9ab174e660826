import type { Amounts } from '../budgets/budgetStore.ts';
import type { Budgets } from '../budgets/budgets.ts';
import type { AnyEndpoint } from './endpoint.ts';
import { isTextStream } from './textStream.ts';

interface Spender {
  definition: AnyEndpoint;
  method: string;
  /** Undefined on a public endpoint, which spends nothing. */
  userId: string | undefined;
  body: unknown;
  bodyBytes: number;
  exportId: string;
}

/**
 * Counts the reads of an answer and returns it. The reads of a stream are counted while it is sent. Null if there is no
 * answer.
 */
type Settle = <Content>(content: Content | null) => Promise<Content>;

/**
 * Counts a request against the daily budgets of its endpoint. Fails with `rate_limited` before any work if one of them is
 * used up.
 */
export async function startSpending(spender: Spender, budgets: Budgets): Promise<Settle> {
  const { definition, method, userId, body, bodyBytes, exportId } = spender;
  const { spends = [] } = definition;
  if (userId === undefined) return async (content) => content as NonNullable<typeof content>;
  // A HEAD of an export sends no row.
  if (spends.includes('exports') && method !== 'HEAD') {
    return settleExport(await budgets.startExport(userId, exportId));
  }
  const amounts: Partial<Amounts> = {
    ...(spends.includes('captures') && { captures: entriesOf(definition, body) }),
    ...(spends.includes('bytes') && { bytes: bodyBytes }),
  };
  if (spends.length > 0) await budgets.spend(userId, spends, amounts);
  return async (content) => {
    if (spends.includes('reads')) await budgets.used(userId, { reads: readsOf(content) });
    return content as NonNullable<typeof content>;
  };
}

function settleExport(end: (reads: number) => Promise<void>): Settle {
  return async (content) => {
    if (!isTextStream(content)) {
      await end(1);
      return content as NonNullable<typeof content>;
    }
    const { text, ...rest } = content;
    return { ...rest, text: counted(text, end) } as unknown as typeof content;
  };
}

async function* counted(text: AsyncIterable<string>, end: (reads: number) => Promise<void>) {
  let rows = 0;
  try {
    for await (const piece of text) {
      rows += 1;
      yield piece;
    }
  } finally {
    await end(rows);
  }
}

function entriesOf({ rateLimitCost }: AnyEndpoint, body: unknown): number {
  return rateLimitCost ? ((body as Record<string, unknown[]>)[rateLimitCost.list]?.length ?? 0) : 1;
}

/** A page reads one item more than it shows. */
function readsOf(content: unknown): number {
  const { items } = (content ?? {}) as { items?: unknown };
  return Array.isArray(items) ? items.length + 1 : 1;
}
