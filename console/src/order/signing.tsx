import { useState } from 'react';
import { Button } from '@mantine/core';
import type { Notice } from '../notices-api';
import { useSession } from '../shell/session';
import { t } from '../texts';
import { language } from '../texts/language';
import { annul, sign } from './order-api';
import { TwoPeople } from './two-people';

/** An order that nobody has signed: both people see before what it will say. */
export function Signing({ notice }: { readonly notice: Notice }) {
  const { permissions } = useSession();
  if (!permissions.includes('order.sign')) return null;
  return (
    <TwoPeople
      notice={notice}
      verb="order.sign"
      act={(reason) => sign(notice.id, reason)}
      title={t.order.signing}
      how={t.order.signingHow}
      why={t.order.askWhy}
      leastWhy={3}
      ask={t.order.ask}
      agree={t.order.sign}
    >
      <a href={`/v1/notices/${notice.id}/form-preview.pdf?language=${language}`} download>
        {t.order.preview}
      </a>
    </TwoPeople>
  );
}

const STANDING: readonly Notice['state'][] = ['sent', 'received', 'acknowledged', 'answered', 'closed'];

/** The authority's own review finds that an order that was sent cannot stand: it is void, and to be put back. */
export function Annulling({ notice }: { readonly notice: Notice }) {
  const { permissions } = useSession();
  const [isOpen, setOpen] = useState(false);
  if (notice.order === null || !STANDING.includes(notice.state) || !permissions.includes('order.sign')) return null;
  if (!isOpen) {
    return (
      <Button variant="default" color="red" onClick={() => setOpen(true)}>
        {t.order.annul}
      </Button>
    );
  }
  return (
    <TwoPeople
      notice={notice}
      verb="notice.annul"
      act={(reason) => annul(notice.id, reason)}
      title={t.order.annul}
      how={t.order.annulHow}
      why={t.order.annulWhy}
      leastWhy={10}
      ask={t.order.annulAsk}
      agree={t.order.annulAgree}
    />
  );
}
