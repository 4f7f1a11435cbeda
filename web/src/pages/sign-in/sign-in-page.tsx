/** The sign-in: by an identity provider, a password or a one-time link, as far as the server has them. */
import { Button, Divider, Paper, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { waysQuery } from '../../api/access';
import type { SignInWays } from '../../api/types';
import { words } from '../../messages';
import { Loaded, SkeletonLines } from '../../parts/loaded';
import { Refused } from '../../parts/sign-in-failure';
import { Mark } from '../../shell/mark';
import { LinkForm } from './link-form';
import { PasswordForm } from './password-form';
import styles from './sign-in-page.module.css';
import { failedCode, wantedAddress } from './wanted';

const say = words.signIn;

/** Where the ways cannot be asked for, the link still leads in. */
const LINK_ALONE: SignInWays = { password: false };

export function SignInPage() {
  useEffect(() => {
    document.title = say.documentTitle;
  }, []);
  const ways = useQuery(waysQuery);
  const failed = failedCode();
  const of = { ...ways, data: ways.data ?? (ways.error ? LINK_ALONE : undefined), error: null };
  return (
    <main className={styles.page}>
      <Paper className={styles.card}>
        <Stack gap="lg">
          <Mark size={44} />
          <Title order={1} size="h2">
            {say.title}
          </Title>
          {failed && <Refused code={failed} />}
          <Loaded of={of} waiting={say.loading} skeleton={<SkeletonLines lines={3} height={36} />}>
            {(known) => <Ways ways={known} linkFailed={failed === 'link-used'} />}
          </Loaded>
        </Stack>
      </Paper>
    </main>
  );
}

function Ways({ ways: { password, provider }, linkFailed }: { ways: SignInWays; linkFailed: boolean }) {
  const [byLink, setByLink] = useState(linkFailed);
  if (!password && !provider) return <LinkForm />;
  return (
    <Stack gap="lg">
      {provider && (
        <Button
          component="a"
          href={`/v1/sign-in/oidc?return_to=${encodeURIComponent(wantedAddress())}`}
          size="md"
          variant={password ? 'default' : 'filled'}
        >
          {say.provider(provider)}
        </Button>
      )}
      {provider && password && <Divider label={say.or} labelPosition="center" />}
      {password && <PasswordForm />}
      <Button variant="subtle" aria-expanded={byLink} onClick={() => setByLink(!byLink)}>
        {say.byLink}
      </Button>
      {byLink && <LinkForm />}
    </Stack>
  );
}
