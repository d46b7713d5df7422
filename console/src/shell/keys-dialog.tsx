import { Button } from '@mantine/core';
import { useState } from 'react';
import { useKeys } from '../keys';
import { t } from '../texts';
import { Dialog } from './dialog';

export type KeyList = readonly (readonly [keys: string, does: string])[];

/** `?` shows the keys of the screen. */
export function KeysDialog({ keys }: { readonly keys: KeyList }) {
  const [isOpen, setOpen] = useState(false);
  useKeys({ '?': () => setOpen(true) });
  return (
    <>
      <Button variant="subtle" size="compact-sm" onClick={() => setOpen(true)}>
        {t.keys.title} (?)
      </Button>
      {isOpen && (
        <Dialog title={t.keys.title} onClose={() => setOpen(false)}>
          <dl className="keys">
            {[...keys, ['?', t.keys.help] as const].map(([key, does]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          <Button variant="default" onClick={() => setOpen(false)} autoFocus>
            {t.keys.close}
          </Button>
        </Dialog>
      )}
    </>
  );
}
