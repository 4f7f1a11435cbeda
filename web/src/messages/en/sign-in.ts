/** What is said of codes that the server refuses with; others are told in its own words. */
const failures: Record<string, { title: string; detail: string }> = {
  'wrong-password': {
    title: 'The name or the password is wrong',
    detail: 'Which of the two, nobody is told. Whoever runs Faregate can set another password.',
  },
  wait: {
    title: 'Too many tries have failed',
    detail: 'Whoever guesses waits a little longer each time. The button says when you can try again.',
  },
  'link-used': {
    title: 'This link was used or has expired',
    detail: 'Each link works once, and not for long. On the server, `faregate sign-in` prints a new one.',
  },
  'provider-away': {
    title: 'The identity provider cannot be reached',
    detail: 'Try again in a moment, or sign in another way.',
  },
  'stale-sign-in': {
    title: 'That took too long, or began in another browser',
    detail: 'Begin again here; it has to be finished within ten minutes.',
  },
  'not-believed': {
    title: 'The identity provider’s answer is not believed',
    detail: 'Whoever runs Faregate should look at `sign-in.toml` and at the clocks.',
  },
  'not-admitted': {
    title: 'You are not let in',
    detail: 'The identity provider knows you, but nothing lets you in here. Ask whoever runs Faregate for a role.',
  },
};

export const signIn = {
  title: 'Sign in to Faregate',
  loading: 'Asking how one can sign in',
  provider: (label: string) => `Continue with ${label}`,
  or: 'or',
  name: 'Name',
  password: 'Password',
  showPassword: 'Show what is typed',
  submit: 'Sign in',
  waiting: (seconds: number) => `Sign in (in ${seconds} s)`,
  nameMissing: 'Write your name first.',
  passwordMissing: 'Write your password first.',
  mustChange:
    'Somebody else gave you this password. Choose another one that only you know; it is asked for from now on.',
  newPassword: 'New password',
  newPasswordHelp: 'At least 12 characters. Several words are good; nothing is asked of which ones.',
  newPasswordMissing: 'Choose a new password of at least 12 characters.',
  changeAndSignIn: 'Change it and sign in',
  submitLink: 'Sign in with the link',
  byLink: 'Sign in with a one-time link',
  how: 'When Faregate starts, it prints a link that works once. Open that link in this browser, or paste it here.',
  where: 'In the terminal it looks like this:',
  example: (origin: string) => `${origin}/sign-in?token=…`,
  another: 'Is the link used or lost? On the server, `faregate sign-in` prints a new one.',
  label: 'Link or code',
  description: 'The whole link, or only the part after “token=”',
  empty: 'Paste the link or the code first.',
  documentTitle: 'Sign in · Faregate',
  failures,
};
