import type { ComponentChildren, VNode } from 'preact';
import type { AuthorityView } from '../../accounts/registry/registry.dto';
import type { NoticeKind } from '../../domain/vocabulary';
import { Page, renderPage } from '../../infra/http/page';
import { CONTACT_LANGUAGES, type ContactLanguage } from '../deliveries.entity';
import { REPLY_STYLE } from './page-style';
import type { Texts } from './texts/en';
import { LANGUAGE_NAMES } from './texts/texts';

/** `2026-03-02 09:05:07 UTC`: the same for everybody who reads it. */
export const utc = (instant: Date | string): string =>
  `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export const page = (title: string, lang: ContactLanguage, children: ComponentChildren): string =>
  renderPage(
    <Page title={title} lang={lang} style={REPLY_STYLE}>
      {children}
    </Page>,
  );

export const Hidden = ({ fields }: { readonly fields: Readonly<Record<string, string>> }): VNode => (
  <>
    {Object.entries(fields).map(([name, value]) => (
      <input type="hidden" name={name} value={value} key={name} />
    ))}
  </>
);

export const Facts = ({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }): VNode => (
  <dl>
    {facts.map(([term, fact]) => (
      <div key={term}>
        <dt>{term}</dt>
        <dd>{fact}</dd>
      </div>
    ))}
  </dl>
);

/** Who wrote: in whose name, by which mandate, and how to ask them otherwise than by the mail. */
export function authorityFacts(
  t: Texts,
  {
    name,
    kind,
    authority,
  }: {
    readonly name: string;
    readonly kind: NoticeKind | 'advance_information';
    readonly authority: AuthorityView | null;
  },
): (readonly [string, ComponentChildren])[] {
  const from = [t.from, name] as const;
  // A referral asks for something voluntary: which orders or sanctions the body could turn to has no place beside it.
  const mandates =
    kind === 'referral' ? [t.mandates.refer] : (authority?.competences ?? []).map((one) => t.mandates[one]);
  const mandate = [t.mandate, mandates.join('; ')] as const;
  if (!authority) return [from, ...(mandates.length > 0 ? [mandate] : []), [t.register, t.registerNone]];
  const { sourceUrl, sourceDate, telephone, country } = authority;
  return [
    from,
    mandate,
    [t.register, `${authority.name} (${country})`],
    [t.source, `${sourceUrl}, ${sourceDate}`],
    [t.telephone, telephone],
  ];
}

interface LanguagesProps {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly lang: ContactLanguage;
}

/** Chooses another language without a link, so that nothing of the form gets into an address. */
export const Languages = ({ action, fields, lang }: LanguagesProps): VNode => (
  <form method="post" action={action}>
    <Hidden fields={fields} />
    {CONTACT_LANGUAGES.filter((one) => one !== lang).map((one) => (
      <button class="plain" name="lang" value={one} lang={one} key={one}>
        {LANGUAGE_NAMES[one]}
      </button>
    ))}
  </form>
);
