import { Button, Group } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { useKeys } from '../keys';
import { noticeOf, step, type Notice } from '../notices-api';
import { Refusal } from '../shell/states';
import { fill, plural, t } from '../texts';
import { useServerNow } from '../time/now';
import { drop, held, lastOf, onAnswered, sendAllOnLeaving, sendOn, takeBack, type Held } from './held-answers';
import { dismiss, letGo } from './leaving';

/** How long it is said that a notice has left. */
const SAID_MS = 8_000;

/** What can still be taken back, whichever screen is open. `z` takes back the newest, `s` sends on. */
export function UndoBars() {
  const queries = useQueryClient();
  const answers = useSyncExternalStore(held.subscribe, held.get);
  const leaving = useSyncExternalStore(letGo.subscribe, letGo.get);
  useEffect(() => {
    onAnswered((notice) => {
      queries.setQueryData(['notice', notice.id], notice);
      void queries.invalidateQueries({ queryKey: ['notices'] });
    });
    return sendAllOnLeaving();
  }, [queries]);
  const newest = answers.at(-1);
  useKeys(newest ? { z: () => takeBack(newest.noticeId), s: () => void sendOn(newest.noticeId) } : {});
  if (answers.length === 0 && leaving.length === 0) return null;
  return (
    <aside className="undo-bars" aria-label={t.undo.bars}>
      {leaving.map((id) => (
        <LeavingBar key={id} id={id} isNewest={newest === undefined && id === leaving.at(-1)} />
      ))}
      {answers.map((each) => (
        <AnswerBar key={each.noticeId} held={each} />
      ))}
    </aside>
  );
}

const secondsTo = (at: number, now: number): number => Math.max(0, Math.ceil((at - now) / 1000));

function Bar({
  says,
  children,
  bad = false,
}: {
  readonly says: string;
  readonly children: ReactNode;
  readonly bad?: boolean;
}) {
  // prettier-ignore
  return (
    <Group className={bad ? 'undo-bar undo-bar-bad' : 'undo-bar'} justify="space-between" gap="xs">
      <span role={bad ? 'alert' : 'status'}>{says}</span>
      <Group gap="xs" wrap="nowrap">
        {children}
      </Group>
    </Group>
  );
}

function AnswerBar({ held: each }: { readonly held: Held }) {
  useServerNow();
  const { noticeId, reference, failed } = each;
  const seconds = String(secondsTo(each.leavesAt, Date.now()));
  const says = plural(t.undo.answers, lastOf(each).length, { reference, seconds });
  return (
    <Bar says={failed === null ? says : fill(t.undo.failed, { reference, why: failed })} bad={failed !== null}>
      <Button size="xs" variant="default" onClick={() => (failed === null ? takeBack(noticeId) : drop(noticeId))}>
        {failed === null ? `${t.undo.undo} (z)` : t.undo.dismiss}
      </Button>
      <Button size="xs" onClick={() => void sendOn(noticeId)}>
        {failed === null ? `${t.undo.now} (s)` : t.shell.retry}
      </Button>
    </Bar>
  );
}

function LeavingBar({ id, isNewest }: { readonly id: string; readonly isNewest: boolean }) {
  const now = useServerNow();
  const queries = useQueryClient();
  const notice = useQuery({ queryKey: ['notice', id], queryFn: () => noticeOf(id) }).data;
  const undo = useMutation({
    mutationFn: ({ version }: Notice) => step(id, 'undo', { version }),
    onSuccess: (back) => {
      queries.setQueryData(['notice', id], back);
      void queries.invalidateQueries({ queryKey: ['notices'] });
    },
  });
  const state = notice?.state;
  const isLeaving = state === 'leaving';
  useEffect(() => {
    if (state === undefined || isLeaving || undo.isError) return undefined;
    const timer = setTimeout(() => dismiss(id), SAID_MS);
    return () => clearTimeout(timer);
  }, [id, state, isLeaving, undo.isError]);
  useKeys(notice && isLeaving && isNewest ? { z: () => undo.mutate(notice) } : {});
  if (!notice) return null;
  const { reference, departsAt } = notice;
  const left = departsAt ? secondsTo(Date.parse(departsAt), now) : 0;
  const says = isLeaving
    ? plural(t.undo.leaving, left, { reference })
    : fill(state === 'draft' ? t.undo.back : t.undo.left, { reference });
  return (
    <Bar says={says}>
      <Refusal error={undo.error} />
      {isLeaving && (
        <Button size="xs" loading={undo.isPending} onClick={() => undo.mutate(notice)}>
          {t.undo.undo} (z)
        </Button>
      )}
      <Link to="/notices/$id" params={{ id }}>
        {t.undo.open}
      </Link>
      {!isLeaving && (
        <Button size="xs" variant="default" onClick={() => dismiss(id)}>
          {t.undo.dismiss}
        </Button>
      )}
    </Bar>
  );
}
