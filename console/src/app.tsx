import { Anchor, Button, Container, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { session, signOut, type Session } from './api';
import { Figures } from './figures';
import { SignIn } from './sign-in';
import { t } from './texts';

export function App() {
  const current = useQuery({ queryKey: ['session'], queryFn: session });
  return (
    <Container size="md" py="xl">
      <Stack gap="xl">
        <Header session={current.data ?? null} />
        <SimpleGrid cols={{ base: 1, sm: current.data ? 1 : 2 }} spacing="xl">
          <Figures session={current.data ?? null} />
          {current.data === null && <SignIn />}
        </SimpleGrid>
        <Footer />
      </Stack>
    </Container>
  );
}

function Header({ session: current }: { readonly session: Session | null }) {
  const queries = useQueryClient();
  const leave = useMutation({ mutationFn: signOut, onSettled: () => queries.invalidateQueries() });
  return (
    <Group justify="space-between" align="flex-start" component="header">
      <Stack gap={4} maw={560}>
        <Title order={1}>Clepsydra</Title>
        <Text c="dimmed">{t.tagline}</Text>
      </Stack>
      {current && (
        <Stack gap={4} align="flex-end">
          <Text size="sm">
            {current.person?.displayName}, {current.organisation.name}
          </Text>
          <Button variant="default" size="xs" loading={leave.isPending} onClick={() => leave.mutate()}>
            {t.signOut}
          </Button>
        </Stack>
      )}
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
