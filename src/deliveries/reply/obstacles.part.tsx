import type { VNode } from 'preact';
import { LIFE_THREAT_BASES } from '../../domain/life-threat';
import { Facts, Hidden, utc } from './parts';
import type { NoticePage } from './notice.page';
import type { Texts } from './texts/en';
import { TEXTS } from './texts/texts';

const GROUNDS = ['insufficient_information', 'manifest_errors'] as const;

/** What keeps the platform from acting, or no more does; and what cannot wait for anything. */
export function Obstacles(props: NoticePage): VNode {
  const { lang, notice } = props;
  const t = TEXTS[lang];
  const open = notice.obstacles.find(({ endedAt }) => endedAt === null);
  const mayRaise = notice.possible.includes('answer_part') && !open;
  return (
    <>
      {open && (
        <div class="item">
          <strong>{open.kind === 'impossible' ? t.impossible : t.clarification}</strong>
          <Facts
            facts={[
              [t.obstacle, utc(open.since)],
              [t.explanation, open.explanation],
              ...(open.needed === null ? [] : [[t.needed, open.needed] as const]),
              ...(open.clarification === null ? [] : [[t.clarified, open.clarification] as const]),
            ]}
          />
          <Form {...props} action="possible-again">
            <button class="plain">{t.possibleAgain}</button>
          </Form>
        </div>
      )}
      {mayRaise && <Raising t={t} {...props} />}
      <details>
        <summary>{t.lifeThreat}</summary>
        <p>{t.lifeThreatHelp}</p>
        <LifeThreat t={t} {...props} />
      </details>
    </>
  );
}

function Raising({ t, ...props }: NoticePage & { readonly t: Texts }): VNode {
  return (
    <>
      <details>
        <summary>{t.impossible}</summary>
        <Form {...props} action="impossible">
          <p>{t.impossibleHelp}</p>
          <Text
            name="explanation"
            id="impossible-explanation"
            label={t.explanation}
            value={props.given['explanation']}
          />
          <button>{t.send}</button>
        </Form>
      </details>
      <details>
        <summary>{t.clarification}</summary>
        <Form {...props} action="clarification">
          <label for="ground">{t.ground}</label>
          <select id="ground" name="ground">
            {GROUNDS.map((ground) => (
              <option value={ground} key={ground}>
                {t.grounding[ground]}
              </option>
            ))}
          </select>
          <Text
            name="explanation"
            id="clarification-explanation"
            label={t.explanation}
            value={props.given['explanation']}
          />
          <Text name="needed" id="needed" label={t.needed} value={props.given['needed']} />
          <button>{t.send}</button>
        </Form>
      </details>
    </>
  );
}

/** TCO Art. 14(5). What it is about is typed: it need not be anything that the notice names. */
function LifeThreat({ t, given, ...props }: NoticePage & { readonly t: Texts }): VNode {
  return (
    <Form {...props} action="life-threat">
      <Text name="contentRef" id="content-ref" label={t.lifeThreatContent} value={given['contentRef']} />
      <Text name="whyImminent" id="why-imminent" label={t.lifeThreatWhy} value={given['whyImminent']} />
      <label for="states">{t.lifeThreatStates}</label>
      <input id="states" name="states" maxLength={200} value={given['states'] ?? ''} autocomplete="off" />
      <label for="basis">{t.lifeThreatBasis}</label>
      <select id="basis" name="basis">
        {(['none', ...LIFE_THREAT_BASES] as const).map((basis) => (
          <option value={basis} selected={given['basis'] === basis} key={basis}>
            {t.bases[basis]}
          </option>
        ))}
      </select>
      <button>{t.lifeThreatOpen}</button>
    </Form>
  );
}

interface FormProps extends Pick<NoticePage, 'token' | 'lang' | 'form'> {
  readonly action: string;
  readonly children: VNode | readonly VNode[];
}

const Form = ({ token, lang, form, action, children }: FormProps): VNode => (
  <form method="post" action={`/reply/${action}`}>
    <Hidden fields={{ token, lang, form }} />
    {children}
  </form>
);

interface TextProps {
  readonly name: string;
  readonly id: string;
  readonly label: string;
  readonly value?: string | undefined;
}

const Text = ({ name, id, label, value = '' }: TextProps): VNode => (
  <>
    <label for={id}>{label}</label>
    <textarea id={id} name={name} maxLength={10_000} required value={value} />
  </>
);
