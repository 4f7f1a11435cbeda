'use strict';
// Shows the first open question and sends its answer. What others wrote is only ever text: nothing here makes markup.
(() => {
  const KINDS = {
    spend: 'Before tokens are used',
    refused: 'Not let through',
    'next-unit': 'The next charge is near',
    idle: 'Not in use',
    notice: 'For your information',
  };
  const CHOICES = {
    spend: 'Use the tokens',
    retry: 'Ask again',
    close: 'Close the product',
    'go-on': 'Keep working',
    read: 'Understood',
  };
  const RADIOS_MAX = 5;
  const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
  const main = document.getElementById('main');
  const status = document.getElementById('status');
  const count = document.getElementById('count');
  let shown = null;
  let version = null;
  let timer = null;
  let poll = null;

  const make = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  const textOf = (tag, text, properties = {}) => make(tag, { dir: 'auto', textContent: text, ...properties });
  const leftOf = (bucket) => `${number.format(bucket.left)} left`;

  function question(one) {
    const top = make('div', { className: 'top' }, make('p', { className: 'kind', textContent: KINDS[one.kind] ?? '' }));
    const title = textOf('h1', one.title, { tabIndex: -1 });
    top.append(title);
    const body = make('div', { className: 'body' }, top);
    if (one.ends !== null) body.append(countdown(one.ends));
    if (one.text) body.append(textOf('p', one.text, { className: 'text' }));
    const picked = picker(one, body);
    if (one.remedies.length > 0) {
      const list = make('ul', {}, ...one.remedies.map((remedy) => textOf('li', remedy)));
      body.append(make('section', {}, make('h2', { textContent: 'What you can do instead' }), list));
    }
    const actions = make('div', { className: 'actions' });
    one.choices.forEach((choice, index) => {
      const button = make('button', { type: 'button', textContent: CHOICES[choice] ?? choice });
      if (index === 0) button.className = 'first';
      button.addEventListener('click', () => send(one.id, choice, choice === 'spend' || choice === 'retry' ? picked() : null));
      actions.append(button);
    });
    main.className = one.kind;
    main.replaceChildren(body, actions);
    document.title = `${one.title} – Faregate`;
    return title;
  }

  /** Puts in who may pay, and returns how to ask who was picked. */
  function picker(one, body) {
    if (one.buckets.length === 0) return () => null;
    const legend = make('legend', { textContent: 'Project that pays' });
    const field = make('fieldset', {}, legend);
    body.append(field);
    if (one.buckets.length > RADIOS_MAX) {
      const select = make('select', { ariaLabel: 'Project that pays' });
      for (const bucket of one.buckets) {
        select.append(new Option(`${bucket.name} (${leftOf(bucket)})`, bucket.key, false, bucket.key === one.bucket));
      }
      field.append(select);
      return () => select.value;
    }
    const options = make('div', { className: 'options' });
    for (const bucket of one.buckets) {
      const radio = make('input', { type: 'radio', name: 'bucket', value: bucket.key, checked: bucket.key === one.bucket });
      const name = make('bdi', { textContent: bucket.name });
      options.append(make('label', { className: 'option' }, radio, name, make('span', { className: 'left', textContent: leftOf(bucket) })));
    }
    field.append(options);
    return () => field.querySelector('input:checked')?.value ?? null;
  }

  function countdown(ends) {
    const clock = make('strong');
    const tick = () => {
      const seconds = Math.max(0, Math.round(ends - Date.now() / 1000));
      const minutes = Math.floor(seconds / 60);
      clock.textContent = `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
      // Told aloud once a minute, and once at the end.
      if (seconds % 60 === 0) say(seconds === 0 ? 'The time is over.' : `${minutes} minutes left.`);
      if (seconds === 0) clearInterval(timer);
    };
    clearInterval(timer);
    timer = setInterval(tick, 1000);
    const label = make('span', { textContent: 'Time left to answer or to save' });
    const box = make('div', { className: 'left-time' }, clock, label);
    box.setAttribute('role', 'timer');
    queueMicrotask(tick);
    return box;
  }

  function nothing() {
    clearInterval(timer);
    const title = make('h1', { textContent: 'Nothing to answer', tabIndex: -1 });
    const text = make('p', { className: 'text', textContent: 'You can close this page. It opens again when there is a question.' });
    main.className = '';
    main.replaceChildren(make('div', { className: 'body' }, title, text));
    document.title = 'Faregate';
    return title;
  }

  function render(questions) {
    const one = questions[0];
    count.textContent = questions.length > 1 ? `1 of ${questions.length} questions` : '';
    const now = JSON.stringify(one ?? null);
    if (now === shown) return;
    const again = shown !== null && one?.id === JSON.parse(shown)?.id;
    shown = now;
    if (!one?.ends) clearInterval(timer);
    say('');
    const title = one ? question(one) : nothing();
    // A new question is read out from its title on; nothing is answered by a key meant for another window.
    if (!again) title.focus();
  }

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  async function send(id, choice, bucket) {
    for (const button of main.querySelectorAll('button')) button.disabled = true;
    const body = JSON.stringify({ id, choice, bucket });
    const headers = { 'Content-Type': 'application/json' };
    const answered = await fetch('answer', { method: 'POST', headers, body }).catch(() => null);
    if (answered?.ok) {
      say('Answered.');
    } else if (answered?.status === 409) {
      say('This question is no longer open.');
    } else {
      say('The answer did not arrive. Please try again.');
      for (const button of main.querySelectorAll('button')) button.disabled = false;
    }
  }

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  async function follow() {
    for (;;) {
      poll = new AbortController();
      const seen = document.visibilityState === 'visible' ? 1 : 0;
      const query = `questions?seen=${seen}${version === null ? '' : `&after=${version}`}`;
      try {
        const response = await fetch(query, { signal: poll.signal });
        if (!response.ok) throw new Error(String(response.status));
        const said = await response.json();
        version = said.version;
        render(said.questions);
      } catch (error) {
        if (error.name === 'AbortError') continue;
        say('The agent does not answer. It asks again here once it runs.');
        version = null;
        await pause(2000);
      }
    }
  }

  // Whether the page is in sight is told at once: a question that nobody can see opens another page.
  document.addEventListener('visibilitychange', () => poll?.abort());
  follow();
})();
