export const signIn = {
  title: 'Sign in to Faregate',
  how: 'When Faregate starts, it prints a link that works once. Open that link in this browser, or paste it here.',
  where: 'In the terminal it looks like this:',
  example: (origin: string) => `${origin}/sign-in?token=…`,
  another: 'Is the link used or lost? On the server, `faregate sign-in` prints a new one.',
  staleTitle: 'This link was used or has expired',
  staleDetail: 'Each link works once, and not for long. On the server, `faregate sign-in` prints a new one.',
  label: 'Link or code',
  description: 'The whole link, or only the part after “token=”',
  submit: 'Sign in',
  empty: 'Paste the link or the code first.',
  documentTitle: 'Sign in · Faregate',
};
