import assert from 'node:assert/strict';
import { originOf } from '../../../src/http/origin.ts';

describe('the route of a request', () => {
  const routeOf = (header: string | undefined, hops = 1) => originOf(header, '198.51.100.99', hops).route;

  it('is the address and what stands before it', () => {
    assert.equal(routeOf('192.0.2.1, 198.51.100.2'), '192.0.2.1 198.51.100.2');
    assert.equal(routeOf('203.0.113.9, 192.0.2.1, 198.51.100.2', 2), '203.0.113.9 192.0.2.1');
    assert.equal(routeOf('2001:db8:1:2:3::4, 192.0.2.1'), '2001:db8:1:2::/64 192.0.2.1');
    assert.equal(routeOf('192.0.2.1, 2001:db8:1:2:3::4'), '192.0.2.1 2001:db8:1:2::/64');
  });

  it('is the address alone where nothing that is an address stands before it', () => {
    for (const header of ['192.0.2.1', ', 192.0.2.1', 'garbage, 192.0.2.1']) {
      assert.equal(routeOf(header), 'unknown 192.0.2.1');
    }
    assert.equal(routeOf(undefined), 'unknown 198.51.100.99');
  });
});
