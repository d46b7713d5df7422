import * as fc from 'fast-check';
import {
  concludeProbe, detourOf, findingOf, FOLLOW_UPS_MS, hasReappeared, PROBE_CAUSES, PROBE_OUTCOMES,
  type Detour, type Finding, type Sight,
} from './probe'; // prettier-ignore

const sight = (more: Partial<Sight>): Sight => ({ status: 200, failure: null, detour: 'none', text: '', ...more });
const page = (title: string, body = ''): string =>
  `<!doctype html><html><head><title>${title}</title></head><body>${body}`;
const PASSWORD = '<form><input name=p type="password"></form>';

describe('what a look at an address tells', () => {
  it.each<[string, Partial<Sight>, string, string]>([
    ['an answer', {}, 'online', 'answered'],
    ['an answer of part of it', { status: 206 }, 'online', 'answered'],
    ['404', { status: 404 }, 'offline', 'gone'],
    ['410', { status: 410 }, 'offline', 'gone'],
    ['451', { status: 451 }, 'unknown', 'legal_block'],
    ['401', { status: 401 }, 'login_walled', 'login_page'],
    ['403', { status: 403 }, 'unknown', 'refused'],
    ['429', { status: 429 }, 'unknown', 'busy'],
    ['503', { status: 503 }, 'unknown', 'server_error'],
    ['400', { status: 400 }, 'unknown', 'odd_status'],
    ['a redirect without a target', { status: 302 }, 'unknown', 'odd_status'],
    ['no answer', { status: null, failure: 'timeout' }, 'unknown', 'timeout'],
    ['no such host', { status: null, failure: 'host_unknown' }, 'unknown', 'host_unknown'],
    ['the same page under https', { detour: 'same' }, 'online', 'answered'],
    ['the login page instead', { detour: 'login' }, 'login_walled', 'login_redirect'],
    ['the home page instead', { detour: 'home' }, 'unknown', 'redirected_home'],
    ['another page', { detour: 'elsewhere' }, 'moved', 'redirected'],
    ['another page that is gone', { detour: 'elsewhere', status: 404 }, 'offline', 'gone'],
    ['another page that says so', { detour: 'elsewhere', text: page('Page not found') }, 'offline', 'says_gone'],
    ['a page that says it is gone', { text: page('This post is no longer available') }, 'offline', 'says_gone'],
    ['the same in French', { text: page('Page introuvable') }, 'offline', 'says_gone'],
    ['the same in German', { text: page('Seite nicht gefunden') }, 'offline', 'says_gone'],
    ['a page that speaks of it', { text: page('A day', '404 not found') }, 'online', 'answered'],
    ['a login page', { text: page('Sign in – Harbour', PASSWORD) }, 'login_walled', 'login_page'],
    ['a page with a login in its corner', { text: page('A post', PASSWORD) }, 'online', 'answered'],
    ['a page about logging in', { text: page('How to log in') }, 'online', 'answered'],
    [
      'a page that names the country',
      { text: page('Sorry', 'This video is not available in your country.') },
      'unknown',
      'region_block',
    ],
  ])('%s: %j is %s because %s', (_name, more, outcome, cause) => {
    expect(findingOf(sight(more))).toEqual({ outcome, cause });
  });

  it.each<[string, string, Detour]>([
    ['https://a.example/p', 'https://a.example/p', 'none'],
    ['http://a.example/p', 'https://www.a.example/p/', 'same'],
    ['https://a.example/p?x=1', 'https://a.example/p?x=2', 'elsewhere'],
    ['https://a.example/p', 'https://a.example/login?next=%2Fp', 'login'],
    ['https://a.example/p', 'https://accounts.a.example/signin', 'login'],
    ['https://a.example/login/p', 'https://a.example/login', 'elsewhere'],
    ['https://a.example/p', 'https://a.example/', 'home'],
    ['https://a.example/p', 'https://b.example/', 'elsewhere'],
    ['https://a.example/p', 'https://a.example/authors', 'elsewhere'],
  ])('from %s to %s is %s', (asked, reached, detour) => {
    expect(detourOf(asked, reached)).toBe(detour);
  });

  const online: Finding = { outcome: 'online', cause: 'answered' };
  const legal: Finding = { outcome: 'unknown', cause: 'legal_block' };
  const gone: Finding = { outcome: 'offline', cause: 'gone' };
  const slow: Finding = { outcome: 'unknown', cause: 'timeout' };
  const login: Finding = { outcome: 'login_walled', cause: 'login_page' };
  it.each<[string, readonly Finding[], Finding]>([
    ['451 with one vantage point', [legal], legal],
    ['451 here and the page there', [legal, online], { outcome: 'geo_blocked', cause: 'differs_by_vantage' }],
    ['404 here and the page there', [gone, online], { outcome: 'geo_blocked', cause: 'differs_by_vantage' }],
    ['451 everywhere we look', [legal, legal], legal],
    ['gone everywhere', [gone, gone], gone],
    ['gone here and silence there', [gone, slow], gone],
    ['the page here and silence there', [online, slow], online],
    ['gone here and 451 there', [gone, legal], legal],
    ['gone here and a login there', [gone, login], { outcome: 'unknown', cause: 'differs_by_vantage' }],
    ['no vantage point', [], { outcome: 'unknown', cause: 'no_connection' }],
  ])('%s', (_name, findings, expected) => {
    expect(concludeProbe(findings)).toEqual(expected);
  });

  const finding = fc.record({ outcome: fc.constantFrom(...PROBE_OUTCOMES.filter((o) => o !== 'geo_blocked')), cause: fc.constantFrom(...PROBE_CAUSES) }); // prettier-ignore

  it('never says geo-blocked, moved, online or gone when nobody saw it so', () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 5 }), (findings) => {
        const { outcome } = concludeProbe(findings);
        const seen = findings.map((each) => each.outcome);
        if (outcome === 'geo_blocked') expect([seen.includes('online'), new Set(seen).size > 1]).toEqual([true, true]);
        else if (outcome !== 'unknown') expect(seen).toContain(outcome);
        if (outcome === 'offline') expect(seen).not.toContain('online');
      }),
    );
  });

  it('does not depend on the order of the vantage points', () => {
    fc.assert(
      fc.property(fc.array(finding, { minLength: 1, maxLength: 5 }), (findings) => {
        expect(concludeProbe(findings.toReversed())).toEqual(concludeProbe(findings));
      }),
    );
  });

  it('takes any answer whatever for one of the six words', () => {
    const any = fc.record({
      status: fc.option(fc.integer({ min: 100, max: 999 })),
      failure: fc.constant(null),
      detour: fc.constantFrom<Detour>('none', 'same', 'login', 'home', 'elsewhere'),
      text: fc.string(),
    });
    fc.assert(fc.property(any, (each) => PROBE_OUTCOMES.includes(findingOf(each).outcome)));
  });

  it('is a reappearance only from gone to there', () => {
    const pairs = PROBE_OUTCOMES.flatMap((before) => PROBE_OUTCOMES.map((now) => [before, now] as const));
    expect(pairs.filter(([before, now]) => hasReappeared(before, now))).toEqual([['offline', 'online']]);
    expect(hasReappeared(null, 'online')).toBe(false);
  });

  it('is taken at growing intervals', () => {
    expect(FOLLOW_UPS_MS.map((ms) => ms / 3_600_000)).toEqual([1, 6, 24, 72, 168, 720, 2160]);
  });
});
