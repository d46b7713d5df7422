import type { VNode } from 'preact';
import type { Form } from '../../domain/forms/forms';
import { sayIn } from '../../domain/forms/labels';
import { layoutOf, type Block } from '../../domain/forms/layout';
import type { ContactLanguage } from '../deliveries.entity';
import { Facts } from '../reply/parts';

/** A form as a page, from top to bottom: labels in the language of the reader, contents as they were signed. */
export const OrderCopy = ({ form, lang }: { readonly form: Form; readonly lang: ContactLanguage }): VNode => (
  <>
    {layoutOf(form, sayIn(lang)).map((block, place) => (
      <Part block={block} key={place} />
    ))}
  </>
);

function Part({ block }: { readonly block: Block }): VNode {
  if (block.kind === 'rows') return <Facts facts={block.rows.map(({ label, value }) => [label, value] as const)} />;
  if (block.kind === 'boxes') {
    return (
      <>
        {block.boxes.map(({ ticked, text }) => (
          <p key={text}>{`${ticked ? '☒' : '☐'} ${text}`}</p>
        ))}
      </>
    );
  }
  if (block.kind === 'title' || block.kind === 'heading') return <h3>{block.text}</h3>;
  return <p class={block.kind === 'text' ? 'text' : 'soft'}>{block.text}</p>;
}
