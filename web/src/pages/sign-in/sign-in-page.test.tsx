import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { problem, renderWithin, serve } from '../../test-page';
import { SignInPage } from './sign-in-page';

afterEach(() => {
  vi.unstubAllGlobals();
  window.history.replaceState(null, '', '/');
});

type Answers = Parameters<typeof serve>[0];

async function open(ways: { password: boolean; provider?: string }, answers: Answers = {}, address = '/') {
  window.history.replaceState(null, '', address);
  const fetched = serve({ '/v1/sign-in/ways': () => Response.json(ways), ...answers });
  renderWithin(<SignInPage />);
  await waitFor(() => expect(screen.queryByRole('status', { name: /^Asking/ })).toBeNull());
  const sent = () =>
    fetched.mock.calls
      .filter(([, init]) => init?.method === 'POST')
      .map(([, init]) => JSON.parse(String(init?.body)) as unknown);
  return { sent };
}

const link = { password: false };
const submit = (name = 'Sign in') => userEvent.click(screen.getByRole('button', { name }));

describe('signing in by a link', () => {
  it('sends the code out of a pasted link', async () => {
    const { sent } = await open(link, { '/v1/sign-in': () => new Response(null, { status: 204 }) });
    await userEvent.type(screen.getByLabelText('Link or code'), 'http://localhost/sign-in?token=abc');
    await submit('Sign in with the link');
    expect(sent()).toEqual([{ token: 'abc' }]);
  });

  it('says that a link was used or has expired, and how to get a new one', async () => {
    await open(link, {}, '/?sign-in=stale');
    expect(screen.getByRole('status')).toHaveTextContent(
      /^This link was used or has expired.*faregate sign-in prints a new one/,
    );
  });

  it('says nothing of used links to whoever comes without one', async () => {
    await open(link);
    expect(screen.queryByRole('status')).toBeNull();
  });

  it('asks for the code before it asks the server', async () => {
    const { sent } = await open(link);
    await submit('Sign in with the link');
    expect(screen.getByText('Paste the link or the code first.')).toBeVisible();
    expect(sent()).toEqual([]);
  });

  it('says what the server refused, and what helps', async () => {
    await open(link, {
      '/v1/sign-in': () => problem(401, { detail: 'it was `used`', help: 'Restart Faregate.' }),
    });
    await userEvent.type(screen.getByLabelText('Link or code'), 'old');
    await submit('Sign in with the link');
    expect(await screen.findByText('The request failed')).toBeVisible();
    expect(screen.getByText('Restart Faregate.')).toBeVisible();
    expect(screen.getByText('used')).toHaveProperty('tagName', 'CODE');
  });

  it('is still possible where the ways cannot be asked for', async () => {
    await open(link, { '/v1/sign-in/ways': () => problem(503, { title: 'Service Unavailable' }) });
    expect(await screen.findByLabelText('Link or code')).toBeVisible();
  });
});

describe('signing in by a password', () => {
  const write = async (password: string) => {
    await userEvent.type(screen.getByLabelText('Name'), 'ana');
    await userEvent.type(screen.getByLabelText('Password'), password);
  };

  it('lets password managers fill it in, and anybody look at it', async () => {
    await open({ password: true });
    expect(screen.getByLabelText('Name')).toHaveAttribute('autocomplete', 'username');
    expect(screen.getByLabelText('Password')).toHaveAttribute('autocomplete', 'current-password');
    await userEvent.click(screen.getByLabelText('Password'));
    await userEvent.paste('from the manager');
    await userEvent.click(screen.getByRole('button', { name: 'Show what is typed' }));
    expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'text');
    expect(screen.getByLabelText('Password')).toHaveValue('from the manager');
  });

  it('says what is missing before it asks the server', async () => {
    const { sent } = await open({ password: true });
    await submit();
    expect(screen.getByText('Write your name first.')).toBeVisible();
    expect(screen.getByText('Write your password first.')).toBeVisible();
    expect(sent()).toEqual([]);
  });

  it('does not say whether the name or the password is wrong', async () => {
    await open({ password: true }, { '/v1/sign-in': () => problem(401, { code: 'wrong-password' }) });
    await write('wrong');
    await submit();
    expect(await screen.findByText('The name or the password is wrong')).toBeVisible();
  });

  it('waits as long as the server says, and says how long', async () => {
    const wait = () => {
      const response = problem(429, { code: 'wait' });
      response.headers.set('Retry-After', '3');
      return response;
    };
    await open({ password: true }, { '/v1/sign-in': wait });
    await write('wrong');
    await submit();
    expect(await screen.findByText('Too many tries have failed')).toBeVisible();
    expect(screen.getByRole('button', { name: /^Sign in \(in \d s\)$/ })).toBeDisabled();
  });

  it('asks whoever got a password from somebody else for another one', async () => {
    let tries = 0;
    const { sent } = await open(
      { password: true },
      {
        '/v1/sign-in': () => {
          tries += 1;
          return tries === 1 ? problem(403, { code: 'password-must-change' }) : new Response(null, { status: 204 });
        },
      },
    );
    await write('given');
    await submit();
    const another = await screen.findByLabelText('New password');
    expect(another).toHaveAttribute('autocomplete', 'new-password');
    await userEvent.type(another, 'short');
    await userEvent.click(screen.getByRole('button', { name: 'Change it and sign in' }));
    expect(screen.getByText('Choose a new password of at least 12 characters.')).toBeVisible();
    await userEvent.type(another, ' and longer');
    await userEvent.click(screen.getByRole('button', { name: 'Change it and sign in' }));
    await waitFor(() => expect(sent()).toHaveLength(2));
    expect(sent()[1]).toEqual({ name: 'ana', password: 'given', new_password: 'short and longer' });
  });

  it('keeps the link at hand', async () => {
    await open({ password: true });
    expect(screen.queryByLabelText('Link or code')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Sign in with a one-time link' }));
    expect(screen.getByLabelText('Link or code')).toBeVisible();
  });
});

describe('signing in by an identity provider', () => {
  it('comes back to where one wanted to go', async () => {
    await open({ password: false, provider: 'Acme' }, {}, '/plan?rule=x&failed=not-admitted');
    const way = screen.getByRole('link', { name: 'Continue with Acme' });
    expect(way).toHaveAttribute('href', `/v1/sign-in/oidc?return_to=${encodeURIComponent('/plan?rule=x')}`);
    expect(screen.getByRole('status')).toHaveTextContent('You are not let in');
  });

  it('tells a reason that is not known by its code', async () => {
    await open({ password: false, provider: 'Acme' }, {}, '/?failed=something-new');
    expect(screen.getByRole('status')).toHaveTextContent('Code: something-new');
  });
});
