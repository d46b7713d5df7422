import { describe, expect, it } from '@jest/globals';
import { Addresses } from './methods';

describe('the methods of an address', () => {
  const addresses = new Addresses();
  addresses.add('/', ['GET', 'HEAD']);
  addresses.add('/v1/signals', ['POST']);
  addresses.add('/v1/signals', ['GET']);
  addresses.add('/v1/signals/:id', ['GET']);
  addresses.add('/v1/signals/match', ['POST']);
  addresses.add('/v1/tiles/:level/:n.json', ['GET']);
  addresses.add('/docs/*', ['GET']);

  it.each([
    ['/', ['GET', 'HEAD']],
    ['/v1/signals', ['GET', 'POST']],
    ['/v1/signals/', ['GET', 'POST']],
    ['/v1/signals/0190', ['GET']],
    // Both a place of its own and one of many.
    ['/v1/signals/match', ['GET', 'POST']],
    ['/v1/tiles/0/x12.json', ['GET']],
    ['/v1/tiles/0/x12xjson', []],
    ['/docs/static/index.css', ['GET']],
    ['/v1', []],
    ['/v1/signals/0190/opinion', []],
  ])('of %s are %j', (path, methods) => expect(addresses.methodsOf(path)).toEqual(methods));
});
