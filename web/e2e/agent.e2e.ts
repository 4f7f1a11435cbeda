/**
 * The whole path on one machine: a server, the agent, a process that bears a product's name. The product stands
 * still, the page asks, a click lets it go on, and the tokens are held.
 * `cargo build --release -p faregate -p faregate-agent` first.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAMS = `${process.env.CARGO_TARGET_DIR ?? `${ROOT}target`}/release`;
const KILL = 'SIGKILL';

const ESTATE = (account: string) => `
[[bucket]]
key = "bridge-west"
name = "Bridge West"
parent = "general"
owners = ["jo"]
tokens = 462
[[bucket]]
key = "tender"
name = "Tender 2026/14"
parent = "bridge-west"
owners = ["jo"]
tokens = 50
[[person]]
key = "jo"
name = "Jo"
aliases = ["${account}"]
bucket = "bridge-west"
[terms]
owners = ["jo"]
`;

// Of this run alone: products of other runs are none of this one's.
const PROCESS = `e2e${process.pid}-revit`;
const RULES = `
[[product]]
product = "revit"
name = "Revit"
processes = ["${PROCESS}"]
level = "suspend"
`;

/** A server, an agent and what they need, in a directory of their own. */
class Office {
  readonly directory = mkdtempSync(join(tmpdir(), 'faregate-agent-'));
  private readonly running: ChildProcess[] = [];
  private server = { url: '', api_key: '' };

  path = (name: string) => join(this.directory, name);

  faregate(...words: string[]): string {
    return execFileSync(`${PROGRAMS}/faregate`, words, { cwd: this.directory, encoding: 'utf8' });
  }

  agent(...words: string[]): string {
    return execFileSync(`${PROGRAMS}/faregate-agent`, ['--state', this.path('state'), ...words], { encoding: 'utf8' });
  }

  async serve() {
    writeFileSync(this.path('estate.toml'), ESTATE(userInfo().username));
    writeFileSync(this.path('agents.toml'), RULES);
    this.faregate('init', '--tokens', '1000', '--from', '2026-01-01', '--until', '2199-12-31');
    this.faregate('estate', 'apply', 'estate.toml');
    this.faregate('agent', 'set-rules', 'agents.toml');
    const server = this.start(`${PROGRAMS}/faregate`, 'serve', '--json', '--listen', '127.0.0.1:0');
    const said = createInterface(server.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
    this.server = JSON.parse((await said.next()).value ?? '{}') as typeof this.server;
  }

  /** Enrols and starts the agent; what would open a browser writes the address down. */
  watch() {
    writeFileSync(this.path('code'), this.faregate('agent', 'code'));
    this.agent('enrol', '--server', this.server.url, '--code-file', this.path('code'));
    const opener = ['/bin/sh', '-c', 'echo "$0" >"$1.next"; mv "$1.next" "$1"', '{url}', this.path('url')];
    writeFileSync(this.path('state/agent.toml'), `opener = ${JSON.stringify(opener)}\n`);
    this.start(`${PROGRAMS}/faregate-agent`, '--state', this.path('state'), 'run');
  }

  start(program: string, ...words: string[]): ChildProcess {
    const child = spawn(program, words, { cwd: this.directory, stdio: ['ignore', 'pipe', 'inherit'] });
    this.running.push(child);
    return child;
  }

  product(): ChildProcess {
    copyFileSync('/bin/sleep', this.path(PROCESS));
    return this.start(this.path(PROCESS), '1000');
  }

  async held(bucket: string): Promise<number> {
    const headers = { authorization: `Bearer ${this.server.api_key}` };
    const answer = await fetch(`${this.server.url}/v1/buckets/${bucket}`, { headers });
    return ((await answer.json()) as { held: number }).held;
  }

  standing(): string | undefined {
    const status = JSON.parse(this.agent('status', '--json')) as { sessions: { standing: string }[] };
    return status.sessions[0]?.standing;
  }

  end() {
    // The agent first: it may not be told of the end of the others.
    for (const child of this.running.toReversed()) child.kill(KILL);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** As `ps` shows it: `T` stands still. */
const state = (child: ChildProcess) =>
  readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ').at(-1)?.charAt(0);

// Nobody signs in here.
test.use({ storageState: { cookies: [], origins: [] } });

test('a product waits, the page asks, a click lets it go on, and the tokens are held', async ({ page }) => {
  const office = new Office();
  try {
    await office.serve();
    office.watch();
    await expect.poll(() => office.agent('status'), { timeout: 20_000 }).toContain('rules         1');
    const product = office.product();
    await expect.poll(() => existsSync(office.path('url')), { timeout: 20_000 }).toBe(true);
    await expect.poll(() => state(product)).toBe('T');

    await page.goto(readFileSync(office.path('url'), 'utf8').trim());
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Revit needs tokens, and waits until you answer');
    await expect(page.getByText('Revit will use 10 tokens (about 30.00 USD) of Bridge West (412 left).')).toBeVisible();
    expect(await office.held('tender')).toBe(0);
    await page.getByRole('radio', { name: 'Tender 2026/14' }).check();
    await page.getByRole('button', { name: 'Use the tokens' }).click();

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing to answer');
    await expect.poll(() => state(product)).not.toBe('T');
    await expect.poll(() => office.standing()).toBe('tokens');
    expect([await office.held('tender'), await office.held('bridge-west')]).toEqual([10, 0]);

    product.kill(KILL);
    await expect.poll(() => office.held('tender'), { timeout: 20_000 }).toBe(0);
  } finally {
    office.end();
  }
});
