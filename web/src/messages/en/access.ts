export const access = {
  roles: {
    administrator: 'Administrator',
    'licence-manager': 'Licence manager',
    approver: 'Approver',
    procurement: 'Procurement',
    viewer: 'Auditor',
    member: 'Member',
    workstation: 'Workstation',
    collector: 'Collector',
  } as Record<string, string>,
  menu: {
    signIns: 'Where I am signed in',
    password: 'Change my password',
  },
  signIns: {
    title: 'Where I am signed in',
    close: 'Close',
    loading: 'Loading where you are signed in',
    current: 'This browser',
    other: 'Another browser',
    ends: (when: string) => `ends on ${when}`,
    help: 'A sign-in that you do not know may be somebody else’s: sign out everywhere, and change your password.',
    everywhere: 'Sign out everywhere',
  },
  password: {
    title: 'Change my password',
    current: 'Password so far',
    submit: 'Change it',
    currentMissing: 'Write the password that you have first.',
    done: 'Your password was changed. Every other browser was signed out.',
    ends: 'Every other browser of yours is signed out by this.',
  },
};
