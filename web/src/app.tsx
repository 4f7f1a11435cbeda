/** The providers, and the gate: whoever is not signed in sees the sign-in page and nothing else. */
import { Center, Container, Loader, MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { isSignedOut, Problem } from './api/client';
import { ME_KEY, meQuery, summaryQuery } from './api/queries';
import { words } from './messages';
import { SignInPage } from './pages/sign-in/sign-in-page';
import { ProblemNotice } from './parts/problem-notice';
import { router } from './router';
import { cssVariables, schemeManager, theme } from './theme';

export function App() {
  const [client] = useState(newQueryClient);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={client}>
        <Gate />
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Gate() {
  const me = useQuery(meQuery);
  if (isSignedOut(me.error)) {
    return <SignInPage />;
  }
  if (me.data) {
    return <RouterProvider router={router} />;
  }
  if (me.error) {
    return (
      <Container component="main" size="sm" py="xl">
        <ProblemNotice error={me.error} onRetry={() => void me.refetch()} busy={me.isFetching} />
      </Container>
    );
  }
  return (
    <Center component="main" mih="100vh">
      <Loader aria-label={words.shell.loading} role="status" />
    </Center>
  );
}

function newQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        // A sign-in that ended while a page was open: ask who we are, and the gate closes.
        const wasSignedIn = client.getQueryData(ME_KEY) !== undefined && query.queryKey[0] !== ME_KEY[0];
        if (isSignedOut(error) && wasSignedIn) {
          void client.invalidateQueries({ queryKey: ME_KEY });
        }
      },
    }),
    defaultOptions: {
      queries: { retry: worthRetrying, staleTime: 30_000, refetchOnWindowFocus: false },
    },
  });
  // Asked beside `me`, not after it, so that the tiles need not wait for two answers.
  void client.prefetchQuery(summaryQuery);
  return client;
}

/** A refusal stays a refusal; only what the network or the server broke is tried once more. */
function worthRetrying(failures: number, error: Error): boolean {
  const refused = error instanceof Problem && error.status >= 400 && error.status < 500;
  return !refused && failures < 1;
}
