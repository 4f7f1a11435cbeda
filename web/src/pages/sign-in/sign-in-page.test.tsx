import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { problem, renderWithin, serve } from '../../test-page';
import { SignInPage } from './sign-in-page';

afterEach(() => vi.unstubAllGlobals());

describe('the sign-in page', () => {
  it('sends the code out of a pasted link', async () => {
    const fetched = serve({ '/v1/sign-in': () => new Response(null, { status: 204 }) });
    renderWithin(<SignInPage />);
    await userEvent.type(screen.getByLabelText('Link or code'), 'http://localhost/sign-in?token=abc');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(fetched.mock.calls[0]?.[1]?.body).toBe('{"token":"abc"}');
  });

  it('says that a link was used or has expired, and how to get a new one', () => {
    window.history.replaceState(null, '', '/?sign-in=stale');
    renderWithin(<SignInPage />);
    expect(screen.getByRole('status')).toHaveTextContent(
      /^This link was used or has expired.*faregate sign-in prints a new one/,
    );
    window.history.replaceState(null, '', '/');
  });

  it('says nothing of used links to whoever comes without one', () => {
    renderWithin(<SignInPage />);
    expect(screen.queryByRole('status')).toBeNull();
  });

  it('asks for the code before it asks the server', async () => {
    const fetched = serve({});
    renderWithin(<SignInPage />);
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(screen.getByText('Paste the link or the code first.')).toBeVisible();
    expect(fetched).not.toHaveBeenCalled();
  });

  it('says what the server refused, and what helps', async () => {
    serve({
      '/v1/sign-in': () => problem(401, { title: 'code used', detail: 'it was `used`', help: 'Restart Faregate.' }),
    });
    renderWithin(<SignInPage />);
    await userEvent.type(screen.getByLabelText('Link or code'), 'old');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('code used')).toBeVisible();
    expect(screen.getByText('Restart Faregate.')).toBeVisible();
    expect(screen.getByText('used')).toHaveProperty('tagName', 'CODE');
  });
});
