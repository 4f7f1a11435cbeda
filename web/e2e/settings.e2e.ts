import { everyLook } from './look';

everyLook('accounts', '/settings', (page) => page.getByRole('region', { name: /^Who signs in/ }));
everyLook('keys', '/settings/keys', (page) => page.getByRole('table'));
everyLook('contract', '/settings/contract', (page) => page.getByRole('region', { name: 'What is agreed' }));
everyLook('workstations', '/settings/workstations', (page) => page.getByRole('region', { name: 'Enrol workstations' }));
everyLook('rights', '/settings/rights', (page) => page.getByRole('table'));
everyLook('about', '/settings/about', (page) => page.getByText('Decides'));
