import { Button, Group, NativeSelect, Stack, Textarea, Title } from '@mantine/core';
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useState } from 'react';
import { step, type Notice, type Obstacle } from '../notices-api';
import { Dialog } from '../shell/dialog';
import { Refusal } from '../shell/states';
import { fill, t } from '../texts';
import { Instant } from '../time/instant';

const UNCLEAR = ['manifest_errors', 'insufficient_information'] as const;

/** Something is still asked of the platform. */
const ASKED: readonly Notice['state'][] = ['sent', 'received', 'acknowledged'];

type Verb = 'impossible' | 'possible-again' | 'ask-clarification' | 'clarify';
type Doing = UseMutationResult<Notice, Error, { readonly verb: Verb; readonly says: Readonly<Record<string, string>> }>;
type Asking = 'cannot' | 'unclear' | 'clarify';

interface Props {
  readonly notice: Notice;
  /** Who may act here; null: nobody. */
  readonly side: 'platform' | 'sender' | null;
}

/** What keeps the platform from acting, and what each side can do about it. */
export function Obstacles({ notice, side }: Props) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const queries = useQueryClient();
  const doing: Doing = useMutation({
    mutationFn: ({ verb, says }) => step(notice.id, verb, { version: notice.version, ...says }),
    onSuccess: (next) => {
      setAsking(null);
      queries.setQueryData(['notice', notice.id], next);
    },
    onError: () => queries.invalidateQueries({ queryKey: ['notice', notice.id] }),
  });
  const isAsked = ASKED.includes(notice.state);
  const open = notice.obstacles.find(({ endedAt }) => endedAt === null);
  if (notice.obstacles.length === 0 && !(side === 'platform' && isAsked)) return null;
  return (
    <Stack gap="xs" component="section" aria-labelledby="obstacles">
      <Title order={2} size="h5" id="obstacles">
        {t.obstacle.title}
      </Title>
      {notice.obstacles.map((obstacle) => (
        <Said key={obstacle.raisedAt} obstacle={obstacle} />
      ))}
      <Group gap="xs">
        {side === 'platform' && isAsked && !open && (
          <>
            <Button size="xs" variant="default" onClick={() => setAsking('cannot')}>
              {t.obstacle.cannot}
            </Button>
            <Button size="xs" variant="default" onClick={() => setAsking('unclear')}>
              {t.obstacle.unclear}
            </Button>
          </>
        )}
        {side === 'platform' && open?.kind === 'impossible' && (
          <Button
            size="xs"
            loading={doing.isPending}
            onClick={() => doing.mutate({ verb: 'possible-again', says: {} })}
          >
            {t.obstacle.again}
          </Button>
        )}
        {side === 'sender' && open?.kind === 'clarification' && (
          <Button size="xs" onClick={() => setAsking('clarify')}>
            {t.obstacle.clarify}
          </Button>
        )}
      </Group>
      {asking === null && <Refusal error={doing.error} />}
      {asking !== null && <Ask asking={asking} doing={doing} onClose={() => setAsking(null)} />}
    </Stack>
  );
}

function Said({
  obstacle: { ground, explanation, needed, since, clarification, endedAt },
}: {
  readonly obstacle: Obstacle;
}) {
  // prettier-ignore
  return (
    <div className="obstacle">
      <strong>{t.words.obstacles[ground]}</strong> · {t.obstacle.since} <Instant at={since} /> ·{' '}
      {endedAt ? (
        <>
          {t.obstacle.over} <Instant at={endedAt} />
        </>
      ) : (
        t.obstacle.open
      )}
      <p>{explanation}</p>
      {needed && <p>{fill(t.obstacle.needs, { what: needed })}</p>}
      {clarification && <p>{fill(t.obstacle.clarified, { what: clarification })}</p>}
    </div>
  );
}

interface AskProps {
  readonly asking: Asking;
  readonly doing: Doing;
  readonly onClose: () => void;
}

function Ask({ asking, doing, onClose }: AskProps) {
  const [text, setText] = useState('');
  const [needed, setNeeded] = useState('');
  const [ground, setGround] = useState<(typeof UNCLEAR)[number]>('insufficient_information');
  const isComplete = text.trim() !== '' && (asking !== 'unclear' || needed.trim() !== '');
  const send = (): void => {
    const explanation = text.trim();
    if (asking === 'cannot') doing.mutate({ verb: 'impossible', says: { explanation } });
    else if (asking === 'clarify') doing.mutate({ verb: 'clarify', says: { clarification: explanation } });
    else doing.mutate({ verb: 'ask-clarification', says: { ground, explanation, needed: needed.trim() } });
  };
  return (
    <Dialog title={t.obstacle[asking]} onClose={onClose}>
      <Stack gap="sm">
        {asking === 'unclear' && (
          <NativeSelect
            label={t.obstacle.which}
            value={ground}
            data={UNCLEAR.map((value) => ({ value, label: t.words.obstacles[value] }))}
            onChange={({ currentTarget: { value } }) => setGround(UNCLEAR.find((each) => each === value) ?? ground)}
          />
        )}
        <Textarea
          label={asking === 'clarify' ? t.obstacle.clarification : t.obstacle.explanation}
          value={text}
          autoFocus
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {asking === 'unclear' && (
          <Textarea
            label={t.obstacle.needed}
            value={needed}
            onChange={(event) => setNeeded(event.currentTarget.value)}
          />
        )}
        <Refusal error={doing.error} />
        <Group gap="xs">
          <Button disabled={!isComplete} loading={doing.isPending} onClick={send}>
            {asking === 'clarify' ? t.obstacle.answer : t.obstacle.tell}
          </Button>
          <Button variant="subtle" onClick={onClose}>
            {t.notice.cancel}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
