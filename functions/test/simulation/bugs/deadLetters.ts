import type { Services } from '../../../src/app/services.ts';
import type { Outbox } from '../../../src/delivery/ports.ts';
import { type Bug, withTweets } from './bug.ts';

/** Dead letters that nobody hears of. */
export const deadLetters: Record<string, Bug> = {
  silentDeadLetter: {
    title: 'nobody is told of a dead letter that a claim makes',
    services: (services) => {
      let isClaiming = false;
      const log: Services['log'] = (severity, event, fields) => {
        if (!(isClaiming && event === 'dead_letter')) services.log(severity, event, fields);
      };
      const claimDue: Outbox['claimDue'] = (now, limit, claim) =>
        services.outbox.claimDue(now, limit, (item) => {
          isClaiming = true;
          const claimed = claim(item);
          isClaiming = false;
          return claimed;
        });
      return { ...withTweets(services, { claimDue }), log };
    },
  },
  toldAfterwards: {
    title: 'a dead letter is told after its commit, which a death between the two makes silent',
    services: (services) => {
      const late: (() => void)[] = [];
      const log: Services['log'] = (...line) =>
        line[1] === 'dead_letter' ? late.push(() => services.log(...line)) : services.log(...line);
      const after = async <T>(work: Promise<T>) => {
        const value = await work;
        for (const tell of late.splice(0)) tell();
        return value;
      };
      const { claimDue, settleFailed } = services.outbox;
      return {
        ...withTweets(services, {
          claimDue: (...args) => after(claimDue(...args)),
          settleFailed: (items) => after(settleFailed(items)),
        }),
        log,
      };
    },
  },
};
