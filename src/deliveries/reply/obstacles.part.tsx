import type { VNode } from 'preact';
import { Facts, Hidden, utc } from './parts';
import type { NoticePage } from './notice.page';
import type { Texts } from './texts/en';
import { TEXTS } from './texts/texts';

const GROUNDS = ['insufficient_information', 'manifest_errors'] as const;

/** What keeps the platform from acting, or no more does; and what cannot wait for anything. */
export function Obstacles(props: NoticePage): VNode {
  const { lang, notice, lifeThreatPath } = props;
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
        {lifeThreatPath !== null && <a href={lifeThreatPath}>{t.lifeThreatOpen}</a>}
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
          <Text name="explanation" id="impossible-explanation" label={t.explanation} />
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
          <Text name="explanation" id="clarification-explanation" label={t.explanation} />
          <Text name="needed" id="needed" label={t.needed} />
          <button>{t.send}</button>
        </Form>
      </details>
    </>
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
}

const Text = ({ name, id, label }: TextProps): VNode => (
  <>
    <label for={id}>{label}</label>
    <textarea id={id} name={name} maxLength={10_000} required />
  </>
);
