import { Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState, useSyncExternalStore } from 'react';
import { useCursor } from '../cursor';
import { useKeys } from '../keys';
import { noticeOf, type Notice } from '../notices-api';
import { KeysDialog } from '../shell/keys-dialog';
import { Failed, Loading } from '../shell/states';
import { useSession } from '../shell/session';
import { t } from '../texts';
import { Countdown } from '../time/countdown';
import { held, lastOf } from '../undo/held-answers';
import { About } from './about';
import { AnswerDesk } from './answer-desk';
import { Deliveries } from './deliveries';
import { Items } from './items';
import { Obstacles } from './obstacles';
import { Annulling, Signing } from '../order/signing';
import { NonCompliance } from './non-compliance';
import { KEY_OF, outcomesFor } from './outcomes';
import { Previews } from './previews';
import { PutBack } from './put-back';
import { RecordEntries } from './record-entries';
import { SenderActions } from './sender-actions';

export function NoticePage() {
  const { id } = useParams({ from: '/notices/$id' });
  const notice = useQuery({ queryKey: ['notice', id], queryFn: () => noticeOf(id) });
  if (notice.data) return <Opened key={id} notice={notice.data} />;
  return notice.isError ? <Failed error={notice.error} again={() => void notice.refetch()} /> : <Loading />;
}

const toggled = (set: ReadonlySet<string>, id: string): ReadonlySet<string> =>
  new Set(set.has(id) ? [...set].filter((other) => other !== id) : [...set, id]);

function Opened({ notice }: { readonly notice: Notice }) {
  const { organisation, permissions } = useSession();
  const isSender = notice.sender.id === organisation.id;
  const isRecipient = notice.platform.id === organisation.id;
  const canAnswer =
    !isSender && permissions.includes('notice.answer') && notice.possible.some((event) => event.startsWith('answer'));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const cursor = useCursor(notice.items, ({ itemId }) => itemId);
  const navigate = useNavigate();
  const all = (): void =>
    setChosen(chosen.size === notice.items.length ? new Set() : new Set(notice.items.map(({ itemId }) => itemId)));
  const choose = (itemId: string): void => setChosen(toggled(chosen, itemId));
  useKeys({
    ...cursor.keys,
    ...(canAnswer ? { x: () => cursor.current && choose(cursor.current.itemId), '*': all } : {}),
    Escape: () => void navigate({ to: isSender ? '/board' : '/inbox' }),
  });
  const answers = useHeld(notice.id);
  const targets =
    chosen.size > 0 ? notice.items.filter(({ itemId }) => chosen.has(itemId)) : cursor.current ? [cursor.current] : [];
  const onGiven = (): void => {
    setChosen(new Set());
    if (chosen.size === 0) cursor.keys['j']?.();
  };
  return (
    <Stack component="section" aria-labelledby="title" className="notice">
      <Head notice={notice} canAnswer={canAnswer} />
      <About notice={notice} isSender={isSender} />
      {isSender && notice.order?.signedAt === null && notice.state === 'draft' && <Signing notice={notice} />}
      {isRecipient && permissions.includes('notice.answer') && <PutBack notice={notice} />}
      <Title order={2} size="h5">
        {t.notice.items}
      </Title>
      <div className="work">
        <Items
          items={notice.items}
          held={answers}
          at={cursor.current?.itemId}
          chosen={canAnswer ? chosen : null}
          onChoose={choose}
          onPoint={cursor.set}
        />
        {canAnswer && <AnswerDesk notice={notice} targets={targets} chosen={chosen.size} onGiven={onGiven} />}
      </div>
      <Obstacles notice={notice} side={canAnswer ? 'platform' : isSender ? 'sender' : null} />
      {!isRecipient && <NonCompliance notice={notice} />}
      {!canAnswer && isRecipient && <Text c="dimmed">{t.answer.final}</Text>}
      <Previews notice={notice} isSender={isSender} />
      {isSender && <Deliveries noticeId={notice.id} />}
      <RecordEntries noticeId={notice.id} />
      {isSender && <SenderActions notice={notice} />}
      {isSender && <Annulling notice={notice} />}
    </Stack>
  );
}

function useHeld(noticeId: string) {
  const all = useSyncExternalStore(held.subscribe, held.get);
  const mine = all.find((each) => each.noticeId === noticeId);
  return new Map((mine ? lastOf(mine) : []).map((answer) => [answer.itemId, answer]));
}

function Head({ notice, canAnswer }: { readonly notice: Notice; readonly canAnswer: boolean }) {
  const answering = canAnswer
    ? ([
        ['x', t.keys.choose],
        ['*', t.keys.all],
        ['a', t.answer.acknowledge],
        ...outcomesFor(notice.kind).map((outcome) => [KEY_OF[outcome], t.words.outcomes[outcome]] as const),
        ['z', t.keys.undo],
        ['s', t.keys.now],
      ] as const)
    : [];
  return (
    <Group justify="space-between" align="flex-start">
      <div>
        <Title order={1} size="h3" id="title">
          {t.words.kinds[notice.kind]} <bdi>{notice.reference}</bdi>
        </Title>
        <Text c="dimmed" role="status">
          {t.words.states[notice.state]}
        </Text>
        <KeysDialog keys={[['j', t.keys.next], ['k', t.keys.previous], ...answering, ['Esc', t.keys.back]]} />
      </div>
      <div>
        {(notice.clock !== null || notice.state === 'sent') && <Countdown clock={notice.clock} />}
        {notice.clock?.kind === 'target' && (
          <Text size="xs" c="dimmed">
            {t.clock.binding}
          </Text>
        )}
        {notice.clock === null && notice.state === 'sent' && (
          <Text size="xs" c="dimmed">
            {t.clock.starts}
          </Text>
        )}
      </div>
    </Group>
  );
}
