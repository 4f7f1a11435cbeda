export const plural = new Intl.PluralRules('en');

/** A number, as it is shown, with the noun that agrees with it. */
export const count = (n: number, shown: string, one: string, many: string) =>
  `${shown} ${plural.select(n) === 'one' ? one : many}`;
