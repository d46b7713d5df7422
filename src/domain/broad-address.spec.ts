import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { breadthOf, type Breadth } from './broad-address';
import { identify, identifyHandle } from './web-address';

describe('an address that means more than one item', () => {
  it.each<[string, Breadth]>([
    ['', 'home'],
    ['/', 'home'],
    ['/index.php', 'home'],
    ['/fr/', 'home'],
    ['/pt-BR', 'home'],
    ['/?utm_source=mail&lang=fr', 'home'],
    ['/#top', 'home'],
    ['/#/', 'home'],
    ['/search?q=abc', 'search'],
    ['/fr/recherche', 'search'],
    ['/search/abc', 'search'],
    ['/?q=abc', 'search'],
    ['/?s=abc', 'search'],
    ['/results?search_query=abc', 'search'],
    ['/#/search?q=abc', 'search'],
    ['/videos', 'collection'],
    ['/en/trending/', 'collection'],
    ['/tag/abc', 'collection'],
    ['/hashtag/abc?lang=en', 'collection'],
    ['/explore/tags/abc', 'collection'],
    ['/users/*', 'collection'],
    ['/%2A', 'collection'],
    ['/.', 'home'],
    ['/%2e', 'home'],
    ['/a/..', 'home'],
    ['/x/../', 'home'],
    ['/%2e%2E/', 'home'],
    ['/x/.%2e/fr/./', 'home'],
    ['/a\\..\\', 'home'],
    ['/%2F', 'home'],
    ['/a%2F..', 'home'],
    ['/#/./', 'home'],
    ['/#!', 'home'],
    ['/??', 'home'],
    ['/?_=1700000000', 'home'],
    ['/?page=2', 'home'],
    ['/?sort=new&offset=20&PHPSESSID=a1', 'home'],
    ['/;jsession=1', 'home'],
    ['/index.jsp;jsessionid=A1', 'home'],
    ['/s/?query=x', 'search'],
    ['/a/../search?q=x', 'search'],
    ['/videos?q=x&page=2', 'search'],
    ['/user/', 'collection'],
    ['/users?page=3', 'collection'],
    ['/videos/aB3/..', 'collection'],
    ['/tag/abc/post/%2e%2e', 'collection'],
  ])('%s is a %s page and waits for a second person', (tail, breadth) => {
    expect(breadthOf(identify(`https://video.example${tail}`).identity)).toBe(breadth);
  });

  it.each([
    '/watch?v=aB3',
    '/?p=123',
    '/videos/aB3',
    '/@anna',
    '/users/anna',
    '/#/post/1',
    '/#!post-1',
    '/tag/abc/post/1',
    '/aB3',
    '/en/post/1',
    '/posts?id=1',
    '/%E0%A4%A',
    '/a/../watch?v=aB3',
    '/./aB3',
    '/?page=about-us',
    '/?page_id=2',
    '/;p=123',
    '/aB3;jsessionid=1',
    '/user/anna',
    '/s/aB3',
    '/aB3?s=20',
    '/...',
  ])('%s is one item', (tail) => {
    expect(breadthOf(identify(`https://video.example${tail}`).identity)).toBeNull();
  });

  it('is never an account or a channel', () => {
    expect(breadthOf(identifyHandle('account', 'video.example', 'search').identity)).toBeNull();
    expect(breadthOf(identifyHandle('channel', 'video.example', '*').identity)).toBeNull();
  });

  it('is found whatever the host', () => {
    fc.assert(
      fc.property(fc.domain(), (host) => {
        expect(breadthOf(identify(`https://${host}`).identity)).toBe('home');
        expect(breadthOf(identify(`https://${host}/post/0123456789`).identity)).toBeNull();
      }),
    );
  });
});
