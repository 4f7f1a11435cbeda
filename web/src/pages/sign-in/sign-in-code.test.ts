import { expect, it } from 'vitest';
import { signInCode } from './sign-in-code';

it.each([
  ['abc-123', 'abc-123'],
  ['  abc-123\n', 'abc-123'],
  ['http://127.0.0.1:8080/sign-in?token=abc-123', 'abc-123'],
  ['  <https://faregate.example/sign-in?token=abc%2B123#top>', 'abc+123'],
  ['"/sign-in?next=x&token=abc-123&y=1"', 'abc-123'],
  ['token=abc-123', 'abc-123'],
  ['http://127.0.0.1/sign-in?token=', ''],
  ['', ''],
])('%j holds the code %j', (pasted, code) => {
  expect(signInCode(pasted)).toBe(code);
});
