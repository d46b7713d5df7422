import { Alert, Button, Stack, Text } from '@mantine/core';
import { t } from '../texts';
import { reasonOf } from '../wire';

export const Loading = () => (
  <div className="loading" role="status" aria-label={t.shell.loading}>
    <span />
    <span />
    <span />
  </div>
);

export function Failed({ error, again }: { readonly error: unknown; readonly again: () => void }) {
  return (
    <Alert color="red" role="alert">
      <Stack gap="xs" align="flex-start">
        {reasonOf(error, t.shell.unreachable)}
        <Button size="xs" variant="default" onClick={again}>
          {t.shell.retry}
        </Button>
      </Stack>
    </Alert>
  );
}

/** Why what was just tried was not done; nothing as long as nothing was refused. */
export const Refusal = ({ error }: { readonly error: Error | null }) =>
  error && (
    <Alert color="red" role="alert">
      {reasonOf(error, t.shell.unreachable)}
    </Alert>
  );

export const Empty = ({ says }: { readonly says: string }) => (
  <Text className="empty" c="dimmed">
    {says}
  </Text>
);
