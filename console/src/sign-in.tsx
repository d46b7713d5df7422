import { Alert, Button, Paper, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { Refused, signIn } from './api';
import { t } from './texts';

function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

export function SignIn() {
  const queries = useQueryClient();
  const enter = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => signIn(email, password),
    onSuccess: () => queries.invalidateQueries(),
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    enter.mutate({ email: textOf(fields, 'email'), password: textOf(fields, 'password') });
  };
  return (
    <Paper withBorder p="lg" radius="md" component="section" aria-labelledby="sign-in">
      <form onSubmit={submit}>
        <Stack>
          <Title order={2} size="h4" id="sign-in">
            {t.signIn}
          </Title>
          <TextInput name="email" type="email" label={t.email} autoComplete="username" required />
          <PasswordInput name="password" label={t.password} autoComplete="current-password" required />
          {enter.error && (
            <Alert color="red" role="alert">
              {enter.error instanceof Refused ? enter.error.message : t.failed}
            </Alert>
          )}
          <Button type="submit" loading={enter.isPending}>
            {t.signIn}
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
