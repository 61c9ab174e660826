import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { networkOf, truncateIp } from '../../../src/core/ip.ts';
import { originOf } from '../../../src/http/origin.ts';

const callerIp = (...header: Parameters<typeof originOf>) => originOf(...header).ip;

/** What X-Forwarded-For says, how many hops are trusted, and who is taken for the caller. */
const HEADERS: [string | undefined, number, string][] = [
  ['192.0.2.1', 1, '192.0.2.1'],
  ['203.0.113.9, 192.0.2.1', 1, '192.0.2.1'],
  ['203.0.113.9,198.51.100.2,192.0.2.1', 1, '192.0.2.1'],
  ['203.0.113.9, 192.0.2.1, 198.51.100.2', 2, '192.0.2.1'],
  ['203.0.113.9, 192.0.2.1, 198.51.100.2, 198.51.100.3', 3, '192.0.2.1'],
  ['192.0.2.1', 2, '192.0.2.1'],
  ['203.0.113.9, 192.0.2.1', 3, '192.0.2.1'],
  ['  192.0.2.1\t', 1, '192.0.2.1'],
  ['203.0.113.9 ,  192.0.2.1  , 198.51.100.2', 2, '192.0.2.1'],
  ['2001:db8::1', 1, '2001:db8::1'],
  ['::ffff:192.0.2.1', 1, '192.0.2.1'],
  ['::FFFF:192.0.2.1, 198.51.100.2', 2, '192.0.2.1'],
  // Nothing was written where the hop should have: the peer is what is left.
  [undefined, 1, '198.51.100.99'],
  [undefined, 2, '198.51.100.99'],
  ['', 1, '198.51.100.99'],
  [' ', 2, '198.51.100.99'],
  ['203.0.113.9,', 1, '198.51.100.99'],
  ['203.0.113.9, , 198.51.100.2', 2, '198.51.100.99'],
  // Garbage stands for nobody, and for no other entry.
  ['203.0.113.9, garbage', 1, 'unknown'],
  ['203.0.113.9, 192.0.2.256', 1, 'unknown'],
  ['203.0.113.9, 192.0.2.1:443', 1, 'unknown'],
  ['203.0.113.9, ::ffff:192.0.2.1.5', 1, 'unknown'],
  ['203.0.113.9, ::ffff:::ffff:192.0.2.1', 1, 'unknown'],
];

describe("the caller's address", () => {
  for (const [header, hops, expected] of HEADERS) {
    it(`is ${expected} with ${hops} trusted of ${JSON.stringify(header) ?? 'nothing'}`, () => {
      assert.equal(callerIp(header, '198.51.100.99', hops), expected);
    });
  }

  it('is that of the peer where nothing was forwarded, however it is written', () => {
    assert.equal(callerIp(undefined, '::ffff:192.0.2.1', 1), '192.0.2.1');
    assert.equal(callerIp(undefined, '2001:db8::1', 1), '2001:db8::1');
  });

  it('is unknown where there is nothing at all, or nothing that is an address', () => {
    for (const peer of [undefined, '', 'localhost', '::ffff:']) {
      assert.equal(callerIp(undefined, peer, 1), 'unknown');
      assert.equal(callerIp('', peer, 2), 'unknown');
    }
  });

  it('stays the same, whatever a caller writes in front of what the trusted hops write', () => {
    const entry = fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom(',', '', ' ', '::ffff:1.2.3.4'),
    );
    const written = fc.array(entry, { maxLength: 5 });
    const hops = fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(written, hops, fc.constantFrom(',', ', '), (spoofed, real, separator) => {
        const honest = callerIp(real.join(separator), undefined, real.length);
        assert.equal(callerIp([...spoofed, ...real].join(separator), undefined, real.length), honest);
        assert.equal(isIP(honest) > 0, true);
      }),
    );
  });

  it('is always an address or unknown', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 10 }), (header, peer, hops) => {
        const ip = callerIp(header, peer, hops);
        assert.ok(ip === 'unknown' || isIP(ip) > 0, ip);
      }),
    );
  });
});

describe('what a caller is counted by', () => {
  it('is an IPv4 address as it is', () => {
    assert.equal(networkOf('192.0.2.1'), '192.0.2.1');
    assert.notEqual(networkOf('192.0.2.1'), networkOf('192.0.2.2'));
  });

  it('is the /64 of an IPv6 address', () => {
    assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
    assert.equal(networkOf('2001:db8:1:2:ffff:ffff:ffff:ffff'), '2001:db8:1:2::/64');
    assert.notEqual(networkOf('2001:db8:1:3::6'), networkOf('2001:db8:1:2::6'));
  });

  it('is the same for all spellings of one address', () => {
    const spellings = ['2001:db8::1', '2001:0DB8::1', '2001:db8:0:0:0:0:0:1', '2001:db8:0::0:1'];
    for (const ip of [...spellings, '2001:db8::0.0.0.1', '2001:0db8:0000:0000:0000:0000:0000:0001']) {
      assert.equal(networkOf(ip), '2001:db8:0:0::/64', ip);
    }
    assert.equal(networkOf('fe80::1%eth0'), networkOf('fe80::2%eth1'));
    assert.equal(networkOf('::'), '0:0:0:0::/64');
    assert.equal(networkOf('1::'), '1:0:0:0::/64');
    assert.equal(networkOf('::1:2:3:4:5:6'), '0:0:1:2::/64');
  });

  it('is one for everybody whose address is unknown', () => {
    assert.equal(networkOf('unknown'), 'unknown');
  });
});

describe('what is kept of an address', () => {
  it('is the /24 of an IPv4 address and the /48 of an IPv6 address', () => {
    assert.equal(truncateIp('192.0.2.199'), '192.0.2.0/24');
    assert.equal(truncateIp('2001:db8:1:2:3:4:5:6'), '2001:db8:1::/48');
    assert.equal(truncateIp('2001:db8::1'), '2001:db8:0::/48');
    assert.equal(truncateIp('fe80::1%eth0'), 'fe80:0:0::/48');
  });

  it('is nothing of what is no address', () => {
    for (const text of ['unknown', '', 'user@example.com', '192.0.2.300']) {
      assert.equal(truncateIp(text), 'unknown');
    }
  });

  it('is never more than that: all addresses of one network are kept alike', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((number) => number.toString(16));
    const groups = (length: number) => fc.array(group, { minLength: length, maxLength: length });
    fc.assert(
      fc.property(groups(3), groups(5), groups(5), (network, one, other) => {
        const ips = [one, other].map((host) => [...network, ...host].join(':'));
        assert.equal(...(ips.map(truncateIp) as [string, string]));
        assert.equal(truncateIp(ips[0] ?? ''), `${network.join(':')}::/48`);
      }),
    );
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(255), (ip, last) => {
        assert.equal(truncateIp(ip.replace(/[0-9]+$/, String(last))), truncateIp(ip));
      }),
    );
  });
});
