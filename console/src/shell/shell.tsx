import { ActionIcon, Anchor, Button, Container, Group, SimpleGrid, Stack, Text, Title, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'; // prettier-ignore
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { session, signOut, type Session } from '../api';
import { Figures } from '../figures';
import { useLive } from '../live';
import { forget } from '../notice/seen-entries';
import { SignIn } from '../sign-in';
import { switchLanguage, t } from '../texts';
import { held, sendOn } from '../undo/held-answers';
import { letGo } from '../undo/leaving';
import { UndoBars } from '../undo/undo-bars';
import { SessionContext, useSession } from './session';
import { Empty, Failed, Loading } from './states';

/** Everything around the screens. Who is not signed in sees the published figures and the way in, wherever they wanted to go. */
export function Shell() {
  const current = useQuery({ queryKey: ['session'], queryFn: session });
  return (
    <Container size="lg" py="md" px={{ base: 'xs', sm: 'md' }}>
      <a className="skip" href="#main" onClick={skip}>
        {t.shell.skip}
      </a>
      {current.isError && <Failed error={current.error} again={() => void current.refetch()} />}
      {current.isPending && <Loading />}
      {current.data === null && <Landing />}
      {current.data && <SignedIn session={current.data} />}
    </Container>
  );
}

/** The place behind `#` belongs to the router. */
function skip(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Landing() {
  return (
    <Stack gap="xl">
      <Group justify="space-between" align="flex-start" component="header">
        <Stack gap={4} maw={560}>
          <Title order={1}>Clepsydra</Title>
          <Text c="dimmed">{t.tagline}</Text>
        </Stack>
        <Choices />
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" component="main" id="main" tabIndex={-1}>
        <Figures session={null} />
        <SignIn />
      </SimpleGrid>
      <Footer />
    </Stack>
  );
}

function SignedIn({ session: current }: { readonly session: Session }) {
  const isLive = useLive(`${current.person?.id ?? ''} ${current.organisation.id}`);
  return (
    <SessionContext value={current}>
      <Stack gap="md">
        <Header session={current} isLive={isLive} />
        <Main />
        <Footer />
      </Stack>
      <UndoBars />
    </SessionContext>
  );
}

/** A new screen takes the focus, so that its keys work at once and a reader begins with it. */
function Main() {
  const { pathname } = useLocation();
  const { permissions } = useSession();
  const main = useRef<HTMLElement>(null);
  const [, , needed] = SCREENS.find(([to]) => to === pathname) ?? [];
  const mayOpen = needed === undefined || permissions.includes(needed);
  useEffect(() => {
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <main id="main" tabIndex={-1} ref={main}>
      {mayOpen ? <Outlet /> : <Empty says={t.shell.notYours} />}
    </main>
  );
}

function Header({ session: current, isLive }: { readonly session: Session; readonly isLive: boolean }) {
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: async () => {
      // What was answered goes with the name of the person who answered it.
      await Promise.all(held.get().map(({ noticeId }) => sendOn(noticeId)));
      await signOut();
    },
    onSettled: () => {
      forget();
      letGo.set([]);
      held.set([]);
      queries.clear();
      return queries.refetchQueries({ queryKey: ['session'] });
    },
  });
  return (
    <header className="header">
      <Group gap="md" wrap="nowrap" className="brand">
        <Text fw={700}>Clepsydra</Text>
        <span role="status" className={isLive ? 'live' : 'live live-off'}>
          {isLive ? t.shell.live : t.shell.notLive}
        </span>
      </Group>
      <Screens session={current} />
      <Group gap="xs" className="who" wrap="nowrap">
        <Text size="sm">
          {current.person?.displayName}, {current.organisation.name}
        </Text>
        <Choices />
        <Button variant="default" size="compact-sm" loading={leave.isPending} onClick={() => leave.mutate()}>
          {t.signOut}
        </Button>
      </Group>
    </header>
  );
}

const SCREENS = [
  ['/refer', t.shell.refer, 'notice.draft'],
  ['/board', t.shell.board, 'notice.send'],
  ['/inbox', t.shell.inbox, 'notice.answer'],
  ['/figures', t.shell.figures, 'figures.read'],
] as const;

function Screens({ session: { permissions } }: { readonly session: Session }) {
  return (
    <nav aria-label={t.shell.main}>
      {SCREENS.filter(([, , permission]) => permissions.includes(permission)).map(([to, title]) => (
        <Link key={to} to={to} activeProps={{ 'aria-current': 'page' }}>
          {title}
        </Link>
      ))}
    </nav>
  );
}

function Choices() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="default"
        aria-label={t.shell.theme}
        title={t.shell.theme}
        onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
      >
        <span className="theme" />
      </ActionIcon>
      <Button variant="default" size="compact-sm" lang={t.lang === 'fr' ? 'en' : 'fr'} onClick={switchLanguage}>
        {t.shell.otherLanguage}
      </Button>
    </Group>
  );
}

function Footer() {
  return (
    <Group gap="lg" component="footer">
      <Anchor href="/hash.html" size="sm">
        {t.hashAPicture}
      </Anchor>
      <Anchor href="/figures" size="sm">
        {t.withoutScript}
      </Anchor>
      <Anchor href="/docs" size="sm">
        {t.api}
      </Anchor>
      <Anchor href="/problems" size="sm">
        {t.errors}
      </Anchor>
    </Group>
  );
}
