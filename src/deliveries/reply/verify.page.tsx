import type { VNode } from 'preact';
import type { ContactLanguage } from '../deliveries.entity';
import { authorityFacts, Facts, Languages, page, utc } from './parts';
import { TEXTS } from './texts/texts';
import type { Verified } from './verifying.service';

const Ask = ({ lang }: { readonly lang: ContactLanguage }): VNode => (
  <form method="post" action="/verify">
    <input type="hidden" name="lang" value={lang} />
    <label for="code">{TEXTS[lang].code}</label>
    <input
      id="code"
      name="code"
      autocomplete="off"
      autocapitalize="characters"
      spellcheck={false}
      maxLength={40}
      required
    />
    <button>{TEXTS[lang].verify.look}</button>
  </form>
);

export function renderVerify(lang: ContactLanguage): string {
  const t = TEXTS[lang];
  return page(
    t.verify.title,
    lang,
    <>
      <h1>{t.verify.title}</h1>
      <p>{t.verify.help}</p>
      <Ask lang={lang} />
      <Languages action="/verify" fields={{}} lang={lang} />
    </>,
  );
}

/** The same page for whatever is not known. */
export function renderUnknown(lang: ContactLanguage): string {
  const t = TEXTS[lang];
  return page(
    t.verify.unknown,
    lang,
    <>
      <h1>{t.verify.unknown}</h1>
      <p>{t.verify.unknownHelp}</p>
      <Ask lang={lang} />
    </>,
  );
}

export function renderVerified(lang: ContactLanguage, verified: Verified): string {
  const t = TEXTS[lang];
  const { sender: name, kind, authority, reference, digest, mailedAt, takenBackAt } = verified;
  return page(
    t.verify.known,
    lang,
    <>
      <h1>{t.verify.known}</h1>
      <Facts
        facts={[
          ...authorityFacts(t, { name, kind, authority }),
          ...(authority ? [[t.verify.confirmedAt, utc(authority.confirmedAt)] as const] : []),
          [t.reference, kind === 'advance_information' ? t.verify.advance : `${t.kind[kind]} ${reference}`],
          [t.digest, digest ?? t.digestPending],
          [t.verify.mailed, utc(mailedAt)],
          ...(takenBackAt ? [[t.verify.takenBack, utc(takenBackAt)] as const] : []),
        ]}
      />
      {authority && (
        <p>
          {t.verify.callRegister} <strong>{authority.telephone}</strong>
        </p>
      )}
      <Ask lang={lang} />
    </>,
  );
}
