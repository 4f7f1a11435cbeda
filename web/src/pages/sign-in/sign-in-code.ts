/** The code in what the reader pasted: the whole printed link, its query, or the code alone. */
export function signInCode(pasted: string): string {
  const text = pasted.trim().replace(/^["'<]+|["'>]+$/g, '');
  const query = text.indexOf('token=');
  if (query === -1) {
    return text;
  }
  return new URLSearchParams(text.slice(query).split('#')[0]).get('token')?.trim() ?? '';
}
